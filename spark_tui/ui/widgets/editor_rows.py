"""Which row of the editor shows which line: pending hunks add rows that are not in the text, and mark lines that go.

Every question costs O(log of the number of places where hunks add rows), however long the text is.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView

HEADER = -1
"""Index of the row that names a hunk."""
TAIL = -2
"""Index of the row that is still arriving."""

_IN_PLACE = (HunkState.STREAMING, HunkState.PROPOSED, HunkState.AMBIGUOUS)
"""States in which the rows of a hunk are known to stand in the text where the hunk says."""


class LineMark(StrEnum):
    """What a pending hunk does to a line of the text."""

    NONE = ""
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Ghost:
    """A row that shows a proposal and is no part of the text."""

    hunk: HunkView
    index: int
    """Number of the hunk's row, or HEADER, or TAIL."""
    ordinal: int
    """Which pending hunk of the file it belongs to, from 1."""
    total: int
    """How many pending hunks the file has."""

    @property
    def key(self) -> tuple[str, int]:
        """What stays the same while the hunk grows or moves."""
        return self.hunk.id, self.index


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a hunk's rows go, in lines counted from the hunk's own line."""

    inserts: tuple[tuple[int, tuple[int, ...]], ...]
    """Before which line which rows are added."""
    removed: tuple[tuple[int, int], ...]
    """Ranges of lines that are marked as going."""


def _plan(hunk: HunkView) -> _Plan:
    """Work out the rows of one hunk; O(its rows)."""
    is_in_place = hunk.state in _IN_PLACE
    inserts: list[tuple[int, list[int]]] = []
    removed: list[tuple[int, int]] = []
    at = 0

    def add(index: int) -> None:
        if inserts and inserts[-1][0] == at:
            inserts[-1][1].append(index)
        else:
            inserts.append((at, [index]))

    for index, row in enumerate(hunk.rows):
        if row.kind is RowKind.CONTEXT:
            at += is_in_place
            continue
        if not inserts:
            add(HEADER)
        if row.kind is RowKind.ADD or not is_in_place:
            add(index)
            continue
        if removed and removed[-1][1] == at:
            removed[-1] = (removed[-1][0], at + 1)
        else:
            removed.append((at, at + 1))
        at += 1
    if not inserts:
        add(HEADER)
    if hunk.tail is not None and hunk.tail.kind is RowKind.ADD and hunk.tail.text:
        add(TAIL)
    return _Plan(tuple((line, tuple(rows)) for line, rows in inserts), tuple(removed))


@dataclass(slots=True)
class _Group:
    """All rows that are added before one line."""

    line: int
    runs: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """Number of the hunk among those shown, and the indexes of its rows."""

    @property
    def size(self) -> int:
        """How many rows these are."""
        return sum(len(indexes) for _, indexes in self.runs)

    def at(self, offset: int) -> tuple[int, int]:
        """Return hunk number and row index of one of the rows."""
        for number, indexes in self.runs:
            if offset < len(indexes):
                return number, indexes[offset]
            offset -= len(indexes)
        raise IndexError(offset)

    def find(self, number: int, index: int) -> int | None:
        """Return which of the rows shows a row of a hunk, if any does."""
        offset = 0
        for run_number, indexes in self.runs:
            if run_number == number and index in indexes:
                return offset + indexes.index(index)
            offset += len(indexes)
        return None


class Plans:
    """Remembers how each hunk is laid out until its rows change, so that a key press costs O(hunks)."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, ...]] = {}
        self._plans: dict[str, _Plan] = {}

    def of(self, hunk: HunkView) -> _Plan:
        """Return the plan of a hunk."""
        basis = (hunk.rows, hunk.tail, hunk.state)
        known = self._known.get(hunk.id)
        if known is None or any(one is not two for one, two in zip(known, basis, strict=True)):
            self._known[hunk.id] = basis
            self._plans[hunk.id] = _plan(hunk)
        return self._plans[hunk.id]

    def keep(self, ids: Iterable[str]) -> None:
        """Forget all hunks but these."""
        wanted = set(ids)
        for gone in self._known.keys() - wanted:
            del self._known[gone], self._plans[gone]


class RowMap:
    """The rows of one text with its pending hunks."""

    def __init__(self, hunks: Sequence[HunkView], line_count: int, plans: Plans) -> None:
        self.hunks = tuple(hunk for hunk in hunks if hunk.line is not None)
        self.line_count = line_count
        groups: dict[int, _Group] = {}
        removed: list[tuple[int, int]] = []
        for number, hunk in enumerate(self.hunks):
            base = hunk.line or 0
            plan = plans.of(hunk)
            for line, indexes in plan.inserts:
                at = max(0, min(base + line, line_count))
                groups.setdefault(at, _Group(at)).runs.append((number, indexes))
            removed.extend((base + start, base + stop) for start, stop in plan.removed)
        plans.keep(hunk.id for hunk in self.hunks)
        ordered = sorted(groups.values(), key=lambda group: group.line)
        self._groups = ordered
        self._lines = [group.line for group in ordered]
        self._before = list(accumulate((group.size for group in ordered), initial=0))
        self._first_rows = [line + before for line, before in zip(self._lines, self._before, strict=False)]
        self._removed = sorted(removed)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self.line_count + self._before[-1]

    def row_of(self, line: int) -> int:
        """Return the row that shows a line of the text."""
        return line + self._before[bisect_right(self._lines, line)]

    def at(self, row: int) -> int | Ghost:
        """Return the line that a row shows, or the ghost."""
        index = bisect_right(self._first_rows, row) - 1
        if index < 0:
            return row
        offset = row - self._first_rows[index]
        if offset >= self._before[index + 1] - self._before[index]:
            return row - self._before[index + 1]
        number, row_index = self._groups[index].at(offset)
        return Ghost(self.hunks[number], row_index, number + 1, len(self.hunks))

    def line_near(self, row: int) -> int:
        """Return the line that a row shows, or for a ghost the line that follows it, if there is one."""
        row = max(0, min(row, self.row_count - 1))
        index = bisect_right(self._first_rows, row) - 1
        if index < 0:
            return row
        if row - self._first_rows[index] < self._before[index + 1] - self._before[index]:
            return min(self._lines[index], self.line_count - 1)
        return row - self._before[index + 1]

    def row_of_ghost(self, key: tuple[str, int]) -> int | None:
        """Return the row of a ghost, if it is still there."""
        number = next((place for place, hunk in enumerate(self.hunks) if hunk.id == key[0]), None)
        if number is None:
            return None
        for first, group in zip(self._first_rows, self._groups, strict=True):
            offset = group.find(number, key[1])
            if offset is not None:
                return first + offset
        return None

    def mark(self, line: int) -> LineMark:
        """Return what becomes of a line."""
        index = bisect_right(self._removed, (line, self.line_count + 1)) - 1
        if index >= 0 and line < self._removed[index][1]:
            return LineMark.REMOVED
        return LineMark.NONE
