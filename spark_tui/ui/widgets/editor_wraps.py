"""Soft wrap: where lines are broken to fit a width, and how many rows that makes, block by block of the text.

A block that an edit did not touch keeps its count, so a key press measures one block however long the text is.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from spark_tui.ui.line_cells import LineCells, lay_out

LONGEST = 20_000
"""A longer line is broken by count and not between words, so that no key press has to read all of it."""
_LEAST = 8

Block = tuple[int, list[str]]


def hang_of(line: str, width: int, tab_size: int) -> int:
    """Return the cells by which the further rows of a line are indented: as the line is, up to half the width."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    cells = len(lead.expandtabs(tab_size)) if "\t" in lead else len(lead)
    return cells if cells <= width // 2 else 0


def breaks(line: str, width: int, tab_size: int) -> Sequence[int]:
    """Return the columns at which the rows of a line begin; the first is 0."""
    width = max(width, _LEAST)
    length = len(line)
    is_plain = line.isascii() and line.isprintable()
    if length <= width and is_plain:
        return (0,)
    if length > LONGEST:
        per_row = width if is_plain else max(1, width // max(2, tab_size if "\t" in line else 2))
        return range(0, length, per_row)
    cells = None if is_plain else lay_out(line, tab_size)
    if cells is not None and cells.cell_of(length) <= width:
        return (0,)
    room, hang = width, hang_of(line, width, tab_size)
    starts = [0]
    at = 0
    while True:
        if cells is None:
            cut = at + room
        else:
            cut = cells.column_at(cells.cell_of(at) + room)
            cut = cells.next_stop(at) if cut <= at else cut
        if cut >= length:
            return starts
        space = _behind_blank(line, at, cut, cells)
        at = space if line[at:space].strip() else cut
        starts.append(at)
        room = width - hang


def _behind_blank(line: str, start: int, stop: int, cells: LineCells | None) -> int:
    """Return the column behind the last blank of a stretch that no combining mark stands on; its start if none."""
    while True:
        space = max(line.rfind(" ", start, stop), line.rfind("\t", start, stop)) + 1
        if space <= start:
            return start
        if cells is None or cells.snap(space) == space and not _is_mark(line, space):
            return space
        stop = space - 1


def _is_mark(line: str, column: int) -> bool:
    return unicodedata.combining(line[column]) > 0


class Wraps:
    """The rows of one text at one width."""

    def __init__(
        self, blocks: Sequence[Block], width: int, tab_size: int, before: "Wraps | None" = None
    ) -> None:
        self.width = max(width, _LEAST)
        self.tab_size = tab_size
        fits = before is not None and (before.width, before.tab_size) == (self.width, tab_size)
        known = before._known if before is not None and fits else {}
        self._known: dict[int, tuple[list[str], list[int] | None]] = {}
        counts = []
        for _, lines in blocks:
            entry = known.get(id(lines))
            if entry is None:
                entry = lines, self._measured(lines)
            # The lines are kept with what was measured, so that no other list can get their identity.
            self._known[id(lines)] = entry
            counts.append(len(lines) if entry[1] is None else entry[1][-1])
        self._blocks = blocks
        self._starts = [start for start, _ in blocks]
        self._rows = list(accumulate(counts, initial=0))

    def _measured(self, lines: list[str]) -> list[int] | None:
        """Return the row at which each line of a block begins, or None if each takes one row."""
        width, tab_size = self.width, self.tab_size
        if max(map(len, lines)) <= width:
            joined = "".join(lines)
            if joined.isascii() and joined.isprintable():
                return None
        heights = [len(breaks(line, width, tab_size)) for line in lines]
        return None if max(heights) == 1 else list(accumulate(heights, initial=0))

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._rows[-1]

    def first(self, line: int) -> int:
        """Return the first row of a line; behind the last line, the number of rows."""
        index = bisect_right(self._starts, line) - 1
        start, lines = self._blocks[index]
        rows = self._known[id(lines)][1]
        offset = line - start
        return self._rows[index] + (offset if rows is None else rows[min(offset, len(lines))])

    def at(self, row: int) -> tuple[int, int]:
        """Return the line that a row shows, and which of the line's rows it is."""
        index = min(bisect_right(self._rows, row), len(self._blocks)) - 1
        start, lines = self._blocks[index]
        rows = self._known[id(lines)][1]
        offset = row - self._rows[index]
        if rows is None:
            return start + offset, 0
        number = bisect_right(rows, offset, 0, len(lines)) - 1
        return start + number, offset - rows[number]

    def parts(self, line: str) -> Sequence[int]:
        """Return the columns at which the rows of a line begin."""
        return breaks(line, self.width, self.tab_size)
