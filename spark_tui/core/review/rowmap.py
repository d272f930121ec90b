"""Which rows of a frozen text still stand in the living one, and where."""

from bisect import bisect_right
from typing import NamedTuple

from spark_tui.core.diff import changed_blocks
from spark_tui.core.review.rows import narrow, tokens
from spark_tui.core.review.window import Edits, RowEdit
from spark_tui.core.text import Text

_HEALED_GAP = 4096
"""Gaps with more rows than this stay gaps: looking through them at every key would take too long."""


class Rows(NamedTuple):
    """Rows that are equal in both texts."""

    frozen: int
    living: int
    length: int


class Window(NamedTuple):
    """Frozen rows and the living rows that stand in their place."""

    first: int
    last: int
    start: int
    stop: int


class RowMap:
    """Follows the living text edit by edit; rows that come back are found again."""

    __slots__ = ("_frozen", "_runs")

    def __init__(self, frozen: Text, runs: list[Rows] | None = None) -> None:
        self._frozen = frozen
        self._runs = [Rows(0, 0, frozen.row_count)] if runs is None else runs

    @classmethod
    def made_by(cls, frozen: Text, edits: Edits, living: Text) -> "RowMap":
        """Return the map from a text that was made by `edits` back to the one it was made of."""
        runs: list[Rows] = []
        here = there = 0
        for edit in edits.edits:
            if edit.start > there:
                runs.append(Rows(here, there, edit.start - there))
            here += edit.start - there + edit.count
            there = edit.stop
        if living.row_count > there:
            runs.append(Rows(here, there, living.row_count - there))
        return cls(frozen, runs)

    @classmethod
    def compared(cls, frozen: Text, living: Text | None) -> "RowMap":
        """Return the map between two texts of which nothing else is known."""
        if living is None:
            return cls(frozen, [])
        old, new = tokens(frozen, 0, frozen.row_count), tokens(living, 0, living.row_count)
        runs: list[Rows] = []
        at = there = 0
        for block in changed_blocks(old, new):
            runs.append(Rows(at, there, block.old_start - at))
            at, there = block.old_stop, block.new_stop
        runs.append(Rows(at, there, len(old) - at))
        return cls(frozen, [run for run in runs if run.length])

    def clone(self) -> "RowMap":
        """Return a copy that goes its own way."""
        return RowMap(self._frozen, list(self._runs))

    def follow(self, edits: Edits, living: Text | None) -> None:
        """Follow a change of the living text, which is `living` now."""
        for edit in reversed(edits.edits):
            self._cut(edit)
        self._heal(living)

    def clear(self) -> None:
        """Forget all: there is no living text any more."""
        self._runs = []

    def place(self, row: int) -> int:
        """Return the living row nearest to a frozen one; it never falls while `row` rises."""
        index = bisect_right(self._runs, row, key=lambda run: run.frozen) - 1
        if index < 0:
            return 0
        run = self._runs[index]
        return run.living + min(row - run.frozen, run.length)

    def window(self, start: int, stop: int, living: Text | None) -> Window:
        """Return frozen rows that hold `start` to `stop`, and the living rows between the same neighbours."""
        if start == stop:
            for run in self._runs:
                if run.frozen < start <= run.frozen + run.length:
                    at = run.living + start - run.frozen
                    return Window(start, start, at, at)
        first, here = self._edge_above(start)
        last, there = self._edge_below(stop, living)
        return Window(first, last, here, max(here, there))

    def _edge_above(self, row: int) -> tuple[int, int]:
        index = bisect_right(self._runs, row, key=lambda run: run.frozen) - 1
        if index < 0:
            return 0, 0
        run = self._runs[index]
        cut = min(row - run.frozen, run.length)
        return run.frozen + cut, run.living + cut

    def _edge_below(self, row: int, living: Text | None) -> tuple[int, int]:
        index = bisect_right(self._runs, row - 1, key=lambda run: run.frozen) - 1
        if index >= 0:
            run = self._runs[index]
            if row - 1 < run.frozen + run.length:
                return row, run.living + row - run.frozen
        if index + 1 < len(self._runs):
            return self._runs[index + 1].frozen, self._runs[index + 1].living
        return self._frozen.row_count, living.row_count if living else 0

    def _cut(self, edit: RowEdit) -> None:
        runs: list[Rows] = []
        for run in self._runs:
            frozen, here, length = run
            if here + length <= edit.start:
                runs.append(run)
            elif here >= edit.stop:
                runs.append(Rows(frozen, here + edit.shift, length))
            else:
                if here < edit.start:
                    runs.append(Rows(frozen, here, edit.start - here))
                if here + length > edit.stop:
                    cut = edit.stop - here
                    runs.append(Rows(frozen + cut, edit.stop + edit.shift, length - cut))
        self._runs = runs

    def _heal(self, living: Text | None) -> None:
        if living is None:
            return
        healed: list[Rows] = []
        frozen = here = 0
        for run in [*self._runs, Rows(self._frozen.row_count, living.row_count, 0)]:
            if frozen < run.frozen and here < run.living:
                self._heal_gap(living, Window(frozen, run.frozen, here, run.living), healed)
            if run.length:
                healed.append(run)
            frozen, here = run.frozen + run.length, run.living + run.length
        self._runs = _joined(healed)

    def _heal_gap(self, living: Text, gap: Window, out: list[Rows]) -> None:
        if max(gap.last - gap.first, gap.stop - gap.start) > _HEALED_GAP:
            return
        old, new = tokens(self._frozen, gap.first, gap.last), tokens(living, gap.start, gap.stop)
        edit = narrow(0, old, new)
        if edit.start:
            out.append(Rows(gap.first, gap.start, edit.start))
        if edit.stop < len(old):
            out.append(Rows(gap.first + edit.stop, gap.start + edit.start + edit.count, len(old) - edit.stop))


def _joined(runs: list[Rows]) -> list[Rows]:
    out: list[Rows] = []
    for run in runs:
        last = out[-1] if out else None
        if last and last.frozen + last.length == run.frozen and last.living + last.length == run.living:
            out[-1] = Rows(last.frozen, last.living, last.length + run.length)
        else:
            out.append(run)
    return out
