"""Finds what changed between two texts when nobody said it: one replacement that holds everything."""

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text

_BLOCK = 512


def difference(old: Text, new: Text) -> ChangeSet:
    """Return one replacement that makes the lines of `new` from those of `old`; endings do not count.

    Lines that both texts share are compared by identity, so this costs a few nanoseconds for each line.
    """
    first = _common_start(old, new)
    if first == old.line_count == new.line_count:
        return ChangeSet(old.revision, (), new.lone_cr)
    last = _common_end(old, new, min(old.line_count, new.line_count) - first)
    old_stop, new_stop = old.line_count - last, new.line_count - last
    if old_stop - first == 1 == new_stop - first:
        change = _within_line(first, old.line(first), new.line(first))
    else:
        first = min(first, old.line_count - 1, new.line_count - 1)
        start = Position(first, 0)
        text = new.slice(Span(start, _border(new, new_stop, start)))
        change = Change(Span(start, _border(old, old_stop, start)), text)
    return ChangeSet(old.revision, (change,), new.lone_cr)


def _border(text: Text, line: int, start: Position) -> Position:
    return max(start, Position(line, 0) if line < text.line_count else text.end)


def _common_start(old: Text, new: Text) -> int:
    """Return how many lines at the start are equal."""
    limit = min(old.line_count, new.line_count)
    at = 0
    while at < limit:
        size = min(_BLOCK, limit - at)
        if old.lines(at, at + size) != new.lines(at, at + size):
            break
        at += size
    while at < limit and old.line(at) == new.line(at):
        at += 1
    return at


def _common_end(old: Text, new: Text, limit: int) -> int:
    """Return how many lines at the end are equal, up to a limit."""
    at = 0
    while at < limit:
        size = min(_BLOCK, limit - at)
        old_stop, new_stop = old.line_count - at, new.line_count - at
        if old.lines(old_stop - size, old_stop) != new.lines(new_stop - size, new_stop):
            break
        at += size
    while at < limit and old.line(old.line_count - 1 - at) == new.line(new.line_count - 1 - at):
        at += 1
    return at


def _within_line(number: int, old: str, new: str) -> Change:
    shared = min(len(old), len(new))
    start = _equal_start(old, new, shared)
    end = _equal_start(old[::-1], new[::-1], shared - start)
    span = Span(Position(number, start), Position(number, len(old) - end))
    return Change(span, new[start : len(new) - end])


def _equal_start(old: str, new: str, limit: int) -> int:
    """Return how many characters at the start are equal, up to a limit."""
    at = 0
    while at < limit and old[at : at + _BLOCK] == new[at : at + _BLOCK]:
        at += _BLOCK
    at = min(at, limit)
    while at < limit and old[at] == new[at]:
        at += 1
    return at
