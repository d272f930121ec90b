"""Places in a text, and changes between two revisions of it that know the revision they were made for."""

from bisect import bisect_right
from collections.abc import Sequence

from spark_tui.core.text.lines import count_breaks, last_line_length
from spark_tui.core.values import dataclass


class WrongRevision(Exception):
    """A change set met a text of another revision than the one it was made for."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two code points; both numbers count from zero."""

    line: int
    column: int
    """In code points; never terminal cells, never bytes."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one position to another that is not before it."""

    start: Position
    end: Position

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies between start and end."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Change:
    """One span and the text that takes its place."""

    span: Span
    text: str
    """Inserted as it is, with its own line breaks."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes of one revision, sorted and disjoint, all in that revision's coordinates."""

    base: int
    """The revision of the text these changes are for."""
    changes: tuple[Change, ...]
    lone_cr: bool = False
    """Whether a lone carriage return breaks lines in that text (see `Text.lone_cr`)."""

    def __post_init__(self) -> None:
        last = Position(0, 0)
        for change in self.changes:
            if change.span.start < last or change.span.end < change.span.start:
                raise ValueError("changes must be sorted and disjoint")
            last = change.span.end

    def map(self, position: Position, after: bool = False) -> Position:
        """Return where `position` is after the changes.

        Inside replaced text, and at the very place of an insertion, it goes before the new text,
        or behind it with `after`.
        """
        index = bisect_right(self.changes, position, key=lambda change: change.span.start) - 1
        if index < 0:
            return position
        change = self.changes[index]
        start = self._shifted_starts(index)
        end = advance(start, change.text, self.lone_cr)
        span = change.span
        if position < span.end or span.is_empty and position == span.start:
            goes_behind = after and not (position == span.start and not span.is_empty)
            return end if goes_behind else start
        return shift(position, span.end, end)

    def map_all(self, positions: Sequence[Position], after: bool = False) -> list[Position]:
        """Return what `map` says of each of some sorted positions, in one walk over the changes."""
        out: list[Position] = []
        old = new = start = end = Position(0, 0)
        span = Span(old, old)
        number = -1
        for position in positions:
            while number + 1 < len(self.changes) and self.changes[number + 1].span.start <= position:
                number += 1
                span = self.changes[number].span
                start = shift(span.start, old, new)
                end = advance(start, self.changes[number].text, self.lone_cr)
                old, new = span.end, end
            if number >= 0 and (position < span.end or span.is_empty and position == span.start):
                goes_behind = after and not (position == span.start and not span.is_empty)
                out.append(end if goes_behind else start)
            else:
                out.append(shift(position, old, new))
        return out

    def _shifted_starts(self, index: int) -> Position:
        """Return where change number `index` begins after the changes before it."""
        line = column = 0
        old = Position(0, 0)
        for change in self.changes[: index + 1]:
            start = shift(change.span.start, old, Position(line, column))
            end = advance(start, change.text, self.lone_cr)
            line, column, old = end.line, end.column, change.span.end
        return start


def shift(position: Position, old: Position, new: Position) -> Position:
    """Move `position`, which is not before `old`, as far as `old` moved to become `new`."""
    if position.line == old.line:
        return Position(new.line, position.column - old.column + new.column)
    return Position(position.line - old.line + new.line, position.column)


def advance(position: Position, text: str, lone_cr: bool) -> Position:
    """Return the place behind `text` when it begins at `position`."""
    breaks = count_breaks(text, lone_cr)
    if not breaks:
        return Position(position.line, position.column + len(text))
    return Position(position.line + breaks, last_line_length(text, lone_cr))
