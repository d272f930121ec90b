"""What an answer about one hunk makes of the lines that the hunk stands for."""

from collections.abc import Sequence

from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import HunkState, HunkView
from spark_tui.core.text import Text


def new_lines(
    hunk: HunkView, answer: Sequence[HunkView], text: Text | None, span: tuple[int, int] | None = None
) -> tuple[str, ...] | None:
    """Return what an answer makes of the lines a hunk stands for, or of `span`; None if it does not keep to them."""
    if hunk.op is FileOp.ADD and span is None:
        whole = [each for each in answer if each.state is HunkState.PROPOSED]
        return (
            tuple(row.text for each in whole for row in each.rows if row.kind is RowKind.ADD)
            if whole
            else None
        )
    if text is None or not answer or (span is None and hunk.line is None):
        return None
    old = sum(row.kind is not RowKind.ADD for row in hunk.rows)
    first, last = span or (hunk.line or 0, (hunk.line or 0) + old)
    gone: set[int] = set()
    come: dict[int, list[str]] = {}
    for each in answer:
        places = [each.line] if each.state is HunkState.PROPOSED else list(each.alternatives)
        fitting = [at for at in places if at is not None and _keeps_to(each, at, first, last)]
        if len(fitting) != 1:
            return None
        at = fitting[0]
        for row in each.rows:
            if row.kind is RowKind.ADD:
                come.setdefault(at, []).append(row.text)
                continue
            if row.kind is RowKind.REMOVE:
                gone.add(at)
            at += 1
    lines: list[str] = []
    for at in range(first, last + 1):
        lines += come.get(at, [])
        if at < last and at not in gone:
            lines.append(text.line(at))
    return tuple(lines)


def _keeps_to(hunk: HunkView, at: int, first: int, last: int) -> bool:
    """Whether a hunk that begins at a line changes only lines from `first` up to `last`."""
    for row in hunk.rows:
        if row.kind is RowKind.REMOVE and not first <= at < last:
            return False
        if row.kind is RowKind.ADD and not first <= at <= last:
            return False
        at += row.kind is not RowKind.ADD
    return True
