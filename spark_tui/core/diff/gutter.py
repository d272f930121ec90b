"""What to show beside the lines of a text that differ from an earlier one: added, changed, removed."""

from enum import StrEnum

from spark_tui.core.diff.lines import changed_blocks
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass


class GutterKind(StrEnum):
    """What became of lines."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class GutterMark:
    """Lines of the newer text that are marked alike."""

    start: int
    stop: int
    """Behind the last line; for removed lines one more than `start`."""
    kind: GutterKind
    """Removed lines stood below the marked line; those above the first line are marked there."""


def gutter_marks(before: Text | None, after: Text) -> tuple[GutterMark, ...]:
    """Compare two texts line by line, endings included; without an earlier one every line is added."""
    if before is None:
        return (GutterMark(0, max(1, after.row_count), GutterKind.ADDED),)
    marks: list[GutterMark] = []
    for block in changed_blocks(_rows(before), _rows(after)):
        gone, come = block.old_stop - block.old_start, block.new_stop - block.new_start
        same = min(gone, come)
        if same:
            marks.append(GutterMark(block.new_start, block.new_start + same, GutterKind.CHANGED))
        if come > same:
            marks.append(GutterMark(block.new_start + same, block.new_stop, GutterKind.ADDED))
        elif gone > same and not same:
            line = max(0, block.new_start - 1)
            marks.append(GutterMark(line, line + 1, GutterKind.REMOVED))
    return tuple(marks)


def _rows(text: Text) -> list[str]:
    """Return the lines that there are, each with what of its ending is more than a line feed."""
    if text.lone_cr:
        return text.lines(0, text.row_count)
    return text.slice(text.full_span()).split("\n")[: text.row_count]
