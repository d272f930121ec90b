"""How a set of changes looks to a parser: one replacement after the other, each made in what the last left."""

from collections.abc import Iterator

from spark_tui.core.text import Change, ChangeSet, Position
from spark_tui.core.text.change import advance, shift
from spark_tui.core.values import dataclass

Point = tuple[int, int]
"""Line and column."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """From start, what went up to `old_end` now goes up to `new_end`."""

    start: Point
    old_end: Point
    new_end: Point


def replacements(changes: ChangeSet) -> Iterator[Replacement]:
    """The changes from first to last, in coordinates in which the earlier ones are made.

    Those which share a line come as one, so that whatever follows a replacement on its line is final.
    """
    moved = 0
    for group in _groups(changes):
        start, old_end = group[0].span.start, group[-1].span.end
        old, new = start, start
        for change in group:
            old, new = (
                change.span.end,
                advance(shift(change.span.start, old, new), change.text, changes.lone_cr),
            )
        yield Replacement(
            (start.line + moved, start.column),
            (old_end.line + moved, old_end.column),
            (new.line + moved, new.column),
        )
        moved += new.line - old_end.line


def _groups(changes: ChangeSet) -> Iterator[list[Change]]:
    group: list[Change] = []
    end = Position(0, 0)
    for change in changes.changes:
        if group and change.span.start.line > end.line:
            yield group
            group = []
        group.append(change)
        end = change.span.end
    if group:
        yield group
