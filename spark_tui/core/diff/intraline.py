"""Marks the words that differ between two versions of a line; meant for the lines that are on the screen."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

LINE_LIMIT = 2000
"""Longer lines get no marks."""
_LIKENESS = 0.4
"""Two lines that have less in common are two lines, not two versions of one."""
_TOKEN = re.compile(r"\w+|\s+|.")

Marks = tuple[tuple[int, int], ...]
"""Column ranges, in order."""


@lru_cache(maxsize=4096)
def intraline(old: str, new: str) -> tuple[Marks, Marks] | None:
    """Return what differs in the old and in the new line; None if the lines have too little in common."""
    if len(old) > LINE_LIMIT or len(new) > LINE_LIMIT:
        return None
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    common = sum(len("".join(a[block.a : block.a + block.size]).strip()) for block in blocks)
    whole = max(len(old.replace(" ", "")), len(new.replace(" ", "")), 1)
    if common / whole < _LIKENESS:
        return None
    kept_old = [(block.a, block.a + block.size) for block in blocks]
    kept_new = [(block.b, block.b + block.size) for block in blocks]
    return _others(a, kept_old), _others(b, kept_new)


def pairs(kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Pair removed and added rows: the first removed row of a run with the first added one, and so on.

    `kinds` are the row kinds of a hunk; the result holds pairs of row numbers.
    """
    out: list[tuple[int, int]] = []
    removed: list[int] = []
    added: list[int] = []
    for number, kind in enumerate([*kinds, "context"]):
        if kind == "add":
            added.append(number)
        elif kind == "remove" and not added:
            removed.append(number)
        else:
            out += zip(removed, added, strict=False)
            removed, added = ([number] if kind == "remove" else []), []
    return out


def _others(tokens: list[str], kept: list[tuple[int, int]]) -> Marks:
    """Return the column ranges of the tokens that are not kept."""
    out: list[tuple[int, int]] = []
    columns = [0]
    for token in tokens:
        columns.append(columns[-1] + len(token))
    last = 0
    for start, stop in kept:
        if start > last:
            out.append((columns[last], columns[start]))
        last = stop
    return tuple(out)
