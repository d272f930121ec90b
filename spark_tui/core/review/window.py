"""How the window of a hunk, the rows it stands for, moves along with changes of the text around and inside it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from spark_tui.core.values import dataclass

_HEALED_ROWS = 200
"""No more rows than this are tried to be found again at the edges of a window."""


class Key(NamedTuple):
    """Puts hunks that change the very same place in order: by their windows, then by their coming."""

    start: int
    stop: int
    order: int


@dataclass(frozen=True, slots=True)
class RowEdit:
    """Rows `start` to `stop` became other rows."""

    start: int
    stop: int
    count: int
    """How many rows there are now."""
    key: Key | None = None
    """The window of the hunk that did it; None for the person."""

    @property
    def shift(self) -> int:
        """How far the rows behind moved."""
        return self.count - (self.stop - self.start)


class Edits:
    """Row edits of one change, sorted and disjoint, and how far each moves the rows behind it."""

    __slots__ = ("_own", "bottom", "edits", "shifts", "top")

    def __init__(self, edits: Sequence[RowEdit]) -> None:
        self.edits = edits
        self.shifts = list(accumulate((edit.shift for edit in edits), initial=0))
        self.top = edits[0].start if edits else 0
        """The first row that changes; windows that end above it stay as they are."""
        self.bottom = edits[-1].stop if edits else -1
        """The row behind the last one that changes; windows that begin below it only move."""
        self._own: dict[int, tuple[int, int]] = {}
        for number, edit in enumerate(edits):
            if edit.key is not None:
                first, _ = self._own.get(edit.key.order, (number, number))
                self._own[edit.key.order] = first, number + 1

    def inside(self, key: Key, appends: bool) -> tuple[int, int]:
        """Return the range of the edits that change a window; `appends` puts it below what the person adds there."""
        edits = self.edits
        first = bisect_right(edits, key.start, key=_stop)
        if key.start == key.stop:
            first = self._below_same_place(first, key, appends)
        own = self._own.get(key.order)
        if own is not None:
            first = min(first, own[0])
        last = first
        while last < len(edits) and edits[last].start < key.stop:
            last += 1
        return first, last if own is None else max(last, own[1])

    def _below_same_place(self, count: int, key: Key, appends: bool) -> int:
        """Go back over new rows exactly at an empty window that belong below it."""
        while count and self.edits[count - 1].start == key.start:
            by = self.edits[count - 1].key
            if appends if by is None else by < key:
                break
            count -= 1
        return count

    def touches(self, start: int, stop: int) -> bool:
        """Say whether an edit is inside a window or directly at its edges."""
        first = bisect_left(self.edits, start, key=_stop)
        return first < len(self.edits) and self.edits[first].start <= stop

    def inverse(self) -> list[RowEdit]:
        """Return the edits that take these back."""
        return [
            RowEdit(edit.start + moved, edit.start + moved + edit.count, edit.stop - edit.start, edit.key)
            for edit, moved in zip(self.edits, self.shifts, strict=False)
        ]

    def moved(self, row: int) -> int:
        """Return where a row is after the edits."""
        return row + self.shifts[bisect_right(self.edits, row, key=_stop)]


def _stop(edit: RowEdit) -> int:
    return edit.stop


class Followed(NamedTuple):
    """A window after a change."""

    start: int
    stop: int
    above: int
    """How many old rows above the window were replaced together with rows in it, and are part of it now."""
    below: int
    touched: bool
    """Whether rows in it changed."""
    fresh_above: int
    """How many rows directly above it are new."""
    fresh_below: int


def follow(edits: Edits, key: Key, appends: bool) -> Followed:
    """Return the window after a change of the text."""
    first, last = edits.inside(key, appends)
    all_edits = edits.edits
    above = below = 0
    if first < last:
        above = max(0, key.start - all_edits[first].start)
        below = max(0, all_edits[last - 1].stop - key.stop)
    before = all_edits[first - 1] if first else None
    behind = all_edits[last] if last < len(all_edits) else None
    return Followed(
        key.start - above + edits.shifts[first],
        key.stop + below + edits.shifts[last],
        above,
        below,
        first < last,
        before.count if before is not None and before.stop == key.start else 0,
        behind.count if behind is not None and behind.start == key.stop else 0,
    )


def healed(followed: Followed, missing: int) -> Iterator[tuple[int, int]]:
    """Return windows that take in `missing` of the new rows at the edges: rows that came back belong there."""
    if not 0 < missing <= min(_HEALED_ROWS, followed.fresh_above + followed.fresh_below):
        return
    for above in range(min(missing, followed.fresh_above) + 1):
        below = missing - above
        if below <= followed.fresh_below:
            yield followed.start - above, followed.stop + below
