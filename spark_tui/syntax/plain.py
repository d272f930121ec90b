"""Texts without a grammar: headings underlined as in reStructuredText, and the first lines as a skeleton."""

import re
from collections.abc import Sequence

from spark_tui.core.repo import Definition, Kept
from spark_tui.core.repo.skeleton import ranges

FIRST_LINES = 8
MOST_HEADINGS = 400
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}\s*$")


def headings(lines: Sequence[str]) -> tuple[Definition, ...]:
    """Return lines that are underlined for at least their length; each reaches to the next one."""
    rows = []
    for row in range(1, len(lines)):
        under, title = lines[row], lines[row - 1].rstrip()
        if len(under) < 3 or not title or title[0].isspace() or len(under.rstrip()) < len(title):
            continue
        if _UNDERLINE.match(under) and any(char.isalnum() for char in title):
            rows.append(row - 1)
        if len(rows) == MOST_HEADINGS:
            break
    ends = [*(row - 1 for row in rows[1:]), len(lines) - 1][: len(rows)]
    return tuple(
        Definition(lines[row].strip()[:120], "heading", row, max(row, end), lines[row].strip()[:240])
        for row, end in zip(rows, ends, strict=True)
    )


def first_lines(lines: Sequence[str], more: Sequence[int] = ()) -> Kept:
    """Keep the first lines that are not blank, and others by number; nothing where that would be most of it."""
    rows: list[int] = []
    for row, line in enumerate(lines):
        if line.strip():
            rows.append(row)
        if len(rows) == FIRST_LINES:
            break
    kept = {*rows, *more}
    return ranges(kept) if len(kept) * 4 <= sum(not line.isspace() for line in lines if line) * 3 else ()
