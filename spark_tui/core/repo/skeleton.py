"""Skeletons as text: the lines of a file that are kept, with a mark where lines were left out."""

from collections.abc import Sequence

from spark_tui.core.repo.facts import Kept

ELISION = "…"
"""Stands on a line of its own where lines were left out: one token with its line break."""


def skeleton_text(lines: Sequence[str], kept: Kept) -> str:
    """Join the kept lines (without endings) by line feeds; every gap becomes one line with `ELISION`."""
    rows: list[str] = []
    at = 0
    for first, after in kept:
        if first > at:
            rows.append(ELISION)
        rows += lines[first:after]
        at = after
    if at < len(lines) and (at < len(lines) - 1 or lines[-1]):
        rows.append(ELISION)
    return "".join(f"{row}\n" for row in rows)
