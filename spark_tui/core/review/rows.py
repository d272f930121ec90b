"""Rows of a text as tokens, changes of rows, which rows a change of the text touched, and rows between two texts."""

from collections.abc import Sequence

from spark_tui.core.diff import changed_blocks
from spark_tui.core.edits import RowKind
from spark_tui.core.review.values import Row
from spark_tui.core.review.window import Edits, RowEdit
from spark_tui.core.text import Change, ChangeSet, Position, Span, Text, count_breaks


def tokens(text: Text | None, start: int, stop: int) -> list[str]:
    """Return rows with their endings; the last row of a file gets one even if it has none."""
    if text is None:
        return []
    stop = min(stop, text.row_count)
    out = [line + text.ending(start + at) for at, line in enumerate(text.lines(start, stop))]
    if out and stop == text.line_count:
        out[-1] += text.newline
    return out


def ending_above(text: Text | None, row: int) -> str:
    """Return the ending of the row above `row`; empty where there is none."""
    return text.ending(row - 1) if text is not None and 0 < row < text.line_count else ""


def rows_change(text: Text, start: int, stop: int, new: Sequence[str]) -> Change:
    """Return the change that puts tokens in the place of rows; a file without a final newline stays without."""
    first = Position(start, 0) if start < text.line_count else text.end
    last = Position(stop, 0) if stop < text.line_count else text.end
    source = "".join(new)
    if new and stop >= text.row_count and not text.ends_with_newline:
        # An empty last row can't go without its ending: it would be no row.
        source = _unended(source) if new[-1] not in ("\n", "\r\n", "\r") else source
        if start >= text.line_count:
            source = text.newline + source
    return Change(Span(first, last), source)


def _unended(source: str) -> str:
    if source.endswith("\r\n"):
        return source[:-2]
    return source[:-1] if source[-1:] in ("\n", "\r") else source


def rows_changes(text: Text, edits: Sequence[tuple[int, int, Sequence[str]]]) -> ChangeSet:
    """Return the change set that puts tokens in the place of rows; `edits` are sorted and disjoint."""
    joined: list[tuple[int, int, list[str]]] = []
    for start, stop, new in edits:
        if joined and joined[-1][1] == start:
            first, _, before = joined.pop()
            joined.append((first, stop, [*before, *new]))
        else:
            joined.append((start, stop, list(new)))
    changes = tuple(rows_change(text, start, stop, new) for start, stop, new in joined)
    return ChangeSet(text.revision, changes, text.lone_cr)


def row_edits(before: Text, after: Text, changes: ChangeSet) -> Edits:
    """Return which rows of `before` changes replaced, as narrowly as whole rows allow."""
    groups: list[tuple[int, int, int]] = []
    for change in changes.changes:
        first, last = change.span.start.line, change.span.end.line
        more = count_breaks(change.text, before.lone_cr) - (last - first)
        if groups and first <= groups[-1][1]:
            start, _, grown = groups.pop()
            groups.append((start, last, grown + more))
        else:
            groups.append((first, last, more))
    if sum(more for _, _, more in groups) != after.line_count - before.line_count:
        # A carriage return and a line feed met or parted somewhere: go by the rows themselves.
        groups = [(0, before.line_count - 1, after.line_count - before.line_count)]
    out: list[RowEdit] = []
    moved = 0
    for first, last, more in groups:
        old = tokens(before, first, last + 1)
        new = tokens(after, first + moved, last + 1 + moved + more)
        edit = narrow(first, old, new)
        if edit.stop > edit.start or edit.count:
            out.append(edit)
        moved += more
    return Edits(out)


def narrow(first: int, old: Sequence[str], new: Sequence[str]) -> RowEdit:
    """Return the edit that turns `old` into `new`, without equal rows at either end."""
    a, b, c, d = 0, len(old), 0, len(new)
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    return RowEdit(first + a, first + b, d - c)


def difference(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """Return the rows that turn lines into others."""
    out: list[Row] = []
    at = 0
    for block in changed_blocks(old, new):
        out += (Row(RowKind.CONTEXT, line) for line in old[at : block.old_start])
        out += (Row(RowKind.REMOVE, line) for line in old[block.old_start : block.old_stop])
        out += (Row(RowKind.ADD, line) for line in new[block.new_start : block.new_stop])
        at = block.old_stop
    return out + [Row(RowKind.CONTEXT, line) for line in old[at:]]
