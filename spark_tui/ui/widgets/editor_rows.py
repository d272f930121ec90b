"""Which row of the editor shows which line: pending hunks add rows that are not in the text, and mark lines that go.

Every question costs O(log of the number of places where hunks add rows), however long the text is. With soft wrap
a line has several rows, its parts.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import field
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView
from spark_tui.core.text import Position
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_wraps import Wraps

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
    part: int = 0
    """Which part of a wrapped row it is."""

    @property
    def key(self) -> tuple[str, int]:
        """What stays the same while the hunk grows or moves."""
        return self.hunk.id, self.index


class Part(NamedTuple):
    """A row that shows a further part of a wrapped line."""

    line: int
    part: int
    """From 1: the first part is the line itself."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a hunk's rows go, in lines counted from the hunk's own line."""

    inserts: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    """Before which line which rows and parts of rows are added."""
    removed: tuple[tuple[int, int], ...]
    """Ranges of lines that are marked as going."""


def _plan(hunk: HunkView, wraps: Wraps | None) -> _Plan:
    """Work out the rows of one hunk; O(its rows)."""
    is_in_place = hunk.state in _IN_PLACE
    inserts: list[tuple[int, list[tuple[int, int]]]] = []
    removed: list[tuple[int, int]] = []
    at = 0

    def add(index: int, text: str = "") -> None:
        if not (inserts and inserts[-1][0] == at):
            inserts.append((at, []))
        inserts[-1][1].extend((index, part) for part in range(1 if wraps is None else len(wraps.parts(text))))

    for index, row in enumerate(hunk.rows):
        if row.kind is RowKind.CONTEXT:
            at += is_in_place
            continue
        if not inserts:
            add(HEADER)
        if row.kind is RowKind.ADD or not is_in_place:
            add(index, row.text)
            continue
        if removed and removed[-1][1] == at:
            removed[-1] = (removed[-1][0], at + 1)
        else:
            removed.append((at, at + 1))
        at += 1
    if not inserts:
        add(HEADER)
    if hunk.tail is not None and hunk.tail.kind is RowKind.ADD and hunk.tail.text:
        add(TAIL, hunk.tail.text)
    return _Plan(tuple((line, tuple(rows)) for line, rows in inserts), tuple(removed))


@dataclass(slots=True)
class _Group:
    """All rows that are added before one line."""

    line: int
    runs: list[tuple[int, tuple[tuple[int, int], ...]]] = field(default_factory=list)
    """Number of the hunk among those shown, and the indexes of its rows with their parts."""

    @property
    def size(self) -> int:
        """How many rows these are."""
        return sum(len(indexes) for _, indexes in self.runs)

    def at(self, offset: int) -> tuple[int, int, int]:
        """Return hunk number, row index and part of one of the rows."""
        for number, indexes in self.runs:
            if offset < len(indexes):
                return number, *indexes[offset]
            offset -= len(indexes)
        raise IndexError(offset)

    def find(self, number: int, index: int) -> int | None:
        """Return which of the rows shows a row of a hunk, if any does."""
        offset = 0
        for run_number, indexes in self.runs:
            if run_number == number and (index, 0) in indexes:
                return offset + indexes.index((index, 0))
            offset += len(indexes)
        return None


class Plans:
    """Remembers how each hunk is laid out until its rows change, so that a key press costs O(hunks)."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, ...]] = {}
        self._plans: dict[str, _Plan] = {}

    def of(self, hunk: HunkView, wraps: Wraps | None = None) -> _Plan:
        """Return the plan of a hunk."""
        basis = (hunk.rows, hunk.tail, hunk.state, None if wraps is None else (wraps.width, wraps.tab_size))
        known = self._known.get(hunk.id)
        if known is None or known[3] != basis[3] or any(known[at] is not basis[at] for at in range(3)):
            self._known[hunk.id] = basis
            self._plans[hunk.id] = _plan(hunk, wraps)
        return self._plans[hunk.id]

    def keep(self, ids: Iterable[str]) -> None:
        """Forget all hunks but these."""
        wanted = set(ids)
        for gone in self._known.keys() - wanted:
            del self._known[gone], self._plans[gone]


class RowMap:
    """The rows of one text with its pending hunks."""

    def __init__(
        self, hunks: Sequence[HunkView], line_count: int, plans: Plans, wraps: Wraps | None = None
    ) -> None:
        self.hunks = tuple(hunk for hunk in hunks if hunk.line is not None)
        self.line_count = line_count
        self.wraps = wraps
        """How lines are wrapped; None if they are not."""
        groups: dict[int, _Group] = {}
        removed: list[tuple[int, int]] = []
        for number, hunk in enumerate(self.hunks):
            base = hunk.line or 0
            plan = plans.of(hunk, wraps)
            for line, indexes in plan.inserts:
                at = max(0, min(base + line, line_count))
                groups.setdefault(at, _Group(at)).runs.append((number, indexes))
            removed.extend((base + start, base + stop) for start, stop in plan.removed)
        plans.keep(hunk.id for hunk in self.hunks)
        ordered = sorted(groups.values(), key=lambda group: group.line)
        self._groups = ordered
        self._lines = [group.line for group in ordered]
        self._before = list(accumulate((group.size for group in ordered), initial=0))
        self._first_rows = [
            self._own_row(line) + before for line, before in zip(self._lines, self._before, strict=False)
        ]
        self._removed = sorted(removed)

    def _own_row(self, line: int) -> int:
        return line if self.wraps is None else self.wraps.first(line)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return (self.line_count if self.wraps is None else self.wraps.row_count) + self._before[-1]

    def row_of(self, line: int) -> int:
        """Return the first row that shows a line of the text."""
        return self._own_row(line) + self._before[bisect_right(self._lines, line)]

    def row_at(self, place: Position, line: str) -> int:
        """Return the row that shows a place of the text; `line` is the line it is on."""
        return self.row_of(place.line) + self.part_at(place.column, line)

    def parts(self, line: str) -> Sequence[int]:
        """Return the columns at which the rows of a line begin."""
        return (0,) if self.wraps is None else self.wraps.parts(line)

    def part_at(self, column: int, line: str) -> int:
        """Return which part of a line shows a column."""
        return 0 if self.wraps is None else bisect_right(self.wraps.parts(line), column) - 1

    def at(self, row: int) -> int | Part | Ghost:
        """Return the line that a row shows, the further part of one, or the ghost."""
        index = bisect_right(self._first_rows, row) - 1
        before = 0
        if index >= 0:
            offset = row - self._first_rows[index]
            before = self._before[index + 1]
            if offset < before - self._before[index]:
                number, row_index, part = self._groups[index].at(offset)
                return Ghost(self.hunks[number], row_index, number + 1, len(self.hunks), part)
        if self.wraps is None:
            return row - before
        line, part = self.wraps.at(row - before)
        return Part(line, part) if part else line

    def near(self, row: int) -> tuple[int, int]:
        """Return line and part that a row shows, or for a ghost the line that follows it, if there is one."""
        row = max(0, min(row, self.row_count - 1))
        item = self.at(row)
        if isinstance(item, Ghost):
            return min(self._lines[bisect_right(self._first_rows, row) - 1], self.line_count - 1), 0
        return item if isinstance(item, Part) else (item, 0)

    def line_near(self, row: int) -> int:
        """Return the line that a row shows, or for a ghost the line that follows it, if there is one."""
        return self.near(row)[0]

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
