"""Picks lines of the selected hunk, so that a decision is about some of its rows only."""

from collections.abc import Mapping

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkView
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.sight import Shape, shape_of

Lines = Mapping[int, tuple[int, ...]]
"""Lines of a hunk, counted from its first, and the numbers of the rows that stand in each."""


@dataclass(slots=True)
class _Range:
    anchor: int
    head: int
    of: Shape
    """The hunk as it was when picking began."""


class RowPicker:
    """Which lines are picked; nothing as soon as the hunk is another one."""

    def __init__(self) -> None:
        self._range: _Range | None = None

    @property
    def is_on(self) -> bool:
        """Whether lines are picked."""
        return self._range is not None

    @property
    def head(self) -> int:
        """The line that moves."""
        return self._range.head if self._range else 0

    @property
    def lines(self) -> range:
        """The picked lines."""
        if self._range is None:
            return range(0)
        ends = self._range.anchor, self._range.head
        return range(min(ends), max(ends) + 1)

    def begin(self, hunk: HunkView, lines: Lines, top: int) -> None:
        """Pick the first changed line at or below `top`, else the first of all."""
        changed = [line for line, rows in sorted(lines.items()) if _changed(hunk, rows)]
        below = [line for line in changed if line >= top] or changed
        self._range = _Range(below[0], below[0], shape_of(hunk)) if below else None

    def end(self) -> None:
        """Pick nothing any more."""
        self._range = None

    def keep_for(self, shape: Shape | None) -> None:
        """End if the hunk is not the one that lines were picked of."""
        if self._range is not None and self._range.of != shape:
            self._range = None

    def move(self, lines: Lines, by: int) -> None:
        """Go to the next line of other rows; at the edges, stay."""
        if self._range is None or not lines:
            return
        step = 1 if by > 0 else -1
        here, at = lines.get(self._range.head, ()), self._range.head + step
        while min(lines) <= at <= max(lines):
            if at in lines and lines[at] != here:
                self._range.head = at
                return
            at += step

    def rows(self, hunk: HunkView, lines: Lines) -> tuple[int, ...]:
        """Return the numbers of the picked rows on which something can be decided."""
        found = (row for line in self.lines for row in _changed(hunk, lines.get(line, ())))
        return tuple(dict.fromkeys(found))


def _changed(hunk: HunkView, rows: tuple[int, ...]) -> list[int]:
    # A row beyond the last one is the ghost of one that is still being written.
    return [row for row in rows if row < len(hunk.rows) and hunk.rows[row].kind is not RowKind.CONTEXT]
