"""The viewport of the editor: what stays in sight when the text, the hunks, the size or the caret change."""

from textual import events, on
from textual.geometry import Offset, Size
from textual.widget import Widget

from spark_tui.core.text import ChangeSet, Position
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_paint import gutter_width
from spark_tui.ui.widgets.editor_rows import Ghost
from spark_tui.ui.widgets.editor_surface import EditorSurface
from spark_tui.ui.widgets.scroll_marks import Shape, shape_of_bar

_MARGIN_ROWS = 2
_MARGIN_CELLS = 6
_WHEEL_CELLS = 4


@dataclass(frozen=True, slots=True)
class _Hold:
    """What the eye rests on, and on which row of the screen it must stay."""

    place: Position
    row: int
    is_caret: bool = False
    ghost: tuple[str, int] | None = None
    """The ghost on the top row; the place says only where to look when it is gone."""
    part: int = 0
    """Which part of the ghost."""


class EditorViewport(EditorSurface):
    """Scrolls."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._bar: Shape | None = None
        self._height = 0
        self._is_wrapped = False

    def on_resize(self) -> None:
        """Lay out for another size; a caret that was in view stays in view."""
        was_seen = 0 <= self._sheet.caret_row - self.scroll_offset.y < self._height
        self._height = self._view.height
        if self._is_wrapped:
            self._lay_out()
        if self._left:
            self._left = min(self._left, self._furthest)
        if was_seen and self.has_focus:
            self._reveal()
        else:
            self._repaint()

    def _adopt(self, changes: ChangeSet | None, carets: Carets | None = None) -> None:
        """Take over the host's text and hunks, and keep in place what the person looks at.

        With carets the change is the person's own, and the view follows the caret.
        """
        text, hunks = self._host.text(), self._host.hunks()
        if carets is None and text is self._sheet.text and hunks == self._sheet.hunks:
            return
        hold = self._hold(prefers_caret=carets is None)
        if text is not self._sheet.text:
            known = self._sheet.follow(text, changes, carets)
            self._followed(known)
            place = self._sheet.carets.primary.head if hold.is_caret else known.map(hold.place, after=True)
            hold = _Hold(place, hold.row, hold.is_caret, hold.ghost)
        elif carets is not None:
            self._sheet.carets = carets.clamped(text)
        self._sheet.place(hunks)
        self._sheet.wrap(self._wrap_width)
        self._settle(hold)
        if carets is None:
            self._repaint()
        else:
            self._reveal()

    def _followed(self, changes: ChangeSet) -> None:
        """Places that are remembered move along with the text."""

    def _hold(self, *, prefers_caret: bool) -> _Hold:
        """Say what must stay where it is: the caret's line if the person is at it, or else the top row."""
        top, rows = self.scroll_offset.y, self._sheet.rows
        row = self._sheet.caret_row - top
        if prefers_caret and self.has_focus and 0 <= row < self._view.height:
            return _Hold(self._sheet.carets.primary.head, row, is_caret=True)
        item = rows.at(min(top, rows.row_count - 1))
        line, part = rows.near(top)
        if isinstance(item, Ghost):
            return _Hold(Position(line, 0), rows.row_of(line) - top, ghost=item.key, part=item.part)
        return _Hold(Position(line, rows.parts(self._sheet.text.line(line))[part] if part else 0), 0)

    def _settle(self, hold: _Hold) -> None:
        """Scroll so that what is held is on its row of the screen again."""
        rows = self._sheet.rows
        self._fit_scrollbar()
        row = None if hold.ghost is None else rows.row_of_ghost(hold.ghost)
        if row is None:
            place = Position(min(hold.place.line, rows.line_count - 1), hold.place.column)
            row = rows.row_at(place, self._sheet.text.line(place.line)) - hold.row
        else:
            row += hold.part
        self._scroll_to_row(row)

    def _toggle_wrap(self) -> None:
        """Wrap lines, or let them run on; what the eye rests on stays."""
        self._is_wrapped = not self._is_wrapped
        self._lay_out()

    @property
    def _wrap_width(self) -> int:
        """The cells for a wrapped line, one kept for a caret behind it; 0 if lines run on."""
        return max(1, self._view.width - gutter_width(self._sheet.digits) - 1) if self._is_wrapped else 0

    def _lay_out(self) -> None:
        """Break lines for the width there is."""
        hold = self._hold(prefers_caret=True)
        if self._sheet.wrap(self._wrap_width):
            self._left = 0
            self._settle(hold)
            self._reveal()

    def _fit_scrollbar(self) -> None:
        """Tell the scroll bar the number of rows, without laying the whole screen out again."""
        size = Size(self._view.width, self._sheet.rows.row_count)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            shape = shape_of_bar(self._view.height, size.height, self.scroll_offset.y)
            if self.is_attached and self.show_vertical_scrollbar and shape != self._bar:
                self._bar = shape
                self.vertical_scrollbar.window_virtual_size = size.height

    def _scroll_to_row(self, row: int) -> None:
        if row != self.scroll_offset.y:
            self.scroll_to(y=row, animate=False, force=True)

    def _select(self, carets: Carets) -> None:
        """Put the carets somewhere and bring the main one into view."""
        self._sheet.carets = carets
        self._reveal()

    def _reveal(self) -> None:
        """Scroll as little as needed to see the caret."""
        height = max(1, self._view.height)
        margin = min(_MARGIN_ROWS, (height - 1) // 2)
        row, top = self._sheet.caret_row, self.scroll_offset.y
        self._scroll_to_row(max(min(top, row - margin), row + margin + 1 - height))
        if self._is_wrapped:
            self._repaint()
            return
        width = max(1, self._view.width - gutter_width(self._sheet.digits))
        cell = self._sheet.caret_cell
        margin = min(_MARGIN_CELLS, (width - 1) // 2)
        if cell < self._left:
            self._left = cell - margin if cell >= width else 0
        elif cell >= self._left + width:
            self._left = cell + margin + 1 - width
        self._repaint()

    def _place_at(self, offset: Offset) -> Position:
        """Return the place in the text that is drawn at a cell of the screen, or the one nearest to it."""
        sheet = self._sheet
        row = self.scroll_offset.y + offset.y
        if row >= sheet.rows.row_count:
            return sheet.text.end
        line, part = sheet.rows.near(row)
        scene = sheet.scene(1)
        cells = scene.cells(line)
        start, last, first, hang = scene.shape(line, part)
        cell = first + max(0, self._cell_at(offset) - hang)
        return Position(line, max(start, min(cells.snap(cells.column_at(cell, nearest=True)), last)))

    def _cell_at(self, offset: Offset) -> int:
        """Return the cell of a line that is drawn at a cell of the screen."""
        return max(0, offset.x - gutter_width(self._sheet.digits) + self._left)

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    @on(events.MouseScrollLeft)
    @on(events.MouseScrollRight)
    def _wheel_sideways(self, event: events.MouseEvent) -> None:
        is_upright = isinstance(event, events.MouseScrollDown | events.MouseScrollUp)
        if self._is_wrapped or is_upright and not event.shift:
            return
        is_forward = isinstance(event, events.MouseScrollDown | events.MouseScrollRight)
        event.stop()
        event.prevent_default()
        self._left = max(0, min(self._left + (_WHEEL_CELLS if is_forward else -_WHEEL_CELLS), self._furthest))
        self._repaint()

    @property
    def _furthest(self) -> int:
        """How far it makes sense to go to the right: the longest line in view then just fits."""
        widest = max(
            (self._sheet.width_of_row(self.scroll_offset.y + y) for y in range(self._view.height)), default=0
        )
        return max(0, widest + gutter_width(self._sheet.digits) + 1 - self._view.width)
