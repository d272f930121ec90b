"""One caret or several, each with its selection: sorted, apart from each other, one of them the main one."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_scene import Selection


@dataclass(frozen=True, slots=True)
class Carets:
    """Where the person types; make it with `one` or `of`."""

    all: tuple[Selection, ...]
    """Sorted by where they begin; no two share a character or a place."""
    main: int = 0
    """Index of the one that the view follows and that remains when there is to be one."""
    goals: tuple[int | None, ...] = (None,)
    """For each the cell that moving up or down aims for; None: its own."""

    @classmethod
    def one(cls, selection: Selection, goal: int | None = None) -> "Carets":
        """Return a single caret."""
        return cls((selection,), 0, (goal,))

    @classmethod
    def of(cls, selections: Sequence[Selection], main: int = 0, goals: Sequence[int | None] = ()) -> "Carets":
        """Return carets for selections in any order; those that meet become one."""
        goals = goals or (None,) * len(selections)
        if len(selections) == 1:
            return cls.one(selections[0], goals[0])
        order = sorted(range(len(selections)), key=lambda number: selections[number].span)
        kept: list[Selection] = []
        aims: list[int | None] = []
        at = 0
        for number in order:
            one = selections[number]
            if kept and _meet(kept[-1].span, one.span):
                leading = one if number == main else kept[-1]
                kept[-1] = _union(kept[-1].span, one.span, leading)
                aims[-1] = goals[number] if number == main else aims[-1]
            else:
                kept.append(one)
                aims.append(goals[number])
            if number == main:
                at = len(kept) - 1
        return cls(tuple(kept), at, tuple(aims))

    @property
    def primary(self) -> Selection:
        """The main one."""
        return self.all[self.main]

    @property
    def goal(self) -> int | None:
        """What the main one aims for."""
        return self.goals[self.main]

    @property
    def is_many(self) -> bool:
        """Whether there is more than one."""
        return len(self.all) > 1

    @property
    def are_empty(self) -> bool:
        """Whether nothing is selected."""
        return all(one.is_empty for one in self.all)

    def plus(self, selections: Iterable[Selection]) -> "Carets":
        """Return these and others; the last of the others becomes the main one."""
        more = (*self.all, *selections)
        return Carets.of(more, len(more) - 1)

    def clamped(self, text: Text) -> "Carets":
        """Return the nearest carets that exist in a text."""
        if not self.is_many:
            return Carets.one(self.primary.clamped(text), self.goal)
        return Carets.of([one.clamped(text) for one in self.all], self.main, self.goals)

    def mapped(self, changes: ChangeSet) -> "Carets":
        """Return where they are after changes by somebody else."""
        places = [place for one in self.all for place in (one.span.start, one.span.end)]
        moved = changes.map_all(places)
        selections = []
        for one, start, end in zip(self.all, moved[::2], moved[1::2], strict=True):
            selections.append(Selection(start, end) if one.anchor <= one.head else Selection(end, start))
        return Carets.of(selections, self.main, self.goals)

    def on_line(self, line: int, length: int) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        """Return the columns of a line where carets are, and those that are selected.

        One more than the line is long is selected where its ending is.
        """
        if not self.is_many:
            one = self.all[0]
            column = (one.head.column,) if one.head.line == line else ()
            return column, () if one.anchor == one.head else _selected(one.span, line, length)
        first = bisect_left(self.all, Position(line, 0), key=lambda one: one.span.end)
        columns: tuple[int, ...] = ()
        selected: tuple[tuple[int, int], ...] = ()
        for number in range(first, len(self.all)):
            one = self.all[number]
            span = one.span
            if span.start.line > line:
                break
            if one.head.line == line:
                columns += (one.head.column,)
            if not one.is_empty:
                selected += _selected(span, line, length)
        return columns, selected


def _selected(span: Span, line: int, length: int) -> tuple[tuple[int, int], ...]:
    if not span.start.line <= line <= span.end.line:
        return ()
    start = span.start.column if line == span.start.line else 0
    stop = span.end.column if line == span.end.line else length + 1
    return ((start, stop),) if start < stop else ()


def _meet(first: Span, second: Span) -> bool:
    """Whether two spans, the first not behind the second, share a character, or a place if one is empty."""
    if first.end > second.start:
        return True
    return first.end == second.start and (first.is_empty or second.is_empty)


def _union(first: Span, second: Span, leading: Selection) -> Selection:
    start, end = min(first.start, second.start), max(first.end, second.end)
    return Selection(start, end) if leading.anchor <= leading.head else Selection(end, start)
