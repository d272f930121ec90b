"""The drawing half of the editor: a viewport on a sheet, in which only rows that look different are drawn again.

It knows no keys. What a row looks like is asked of the sheet each time, never concluded from what was drawn.
"""

from dataclasses import dataclass

from textual import events, on
from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from spark_tui.core.text import ChangeSet, Position
from spark_tui.ui.widgets.editor_canvas import Canvas, Frame
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_paint import gutter_width
from spark_tui.ui.widgets.editor_rows import Ghost
from spark_tui.ui.widgets.editor_sheet import Sheet

_MARGIN_ROWS = 2
_MARGIN_CELLS = 6
_COLOURED_COLUMNS = 2000
_EFFECTS = ("tint", "hatch", "text_opacity", "outline_top", "outline_right", "outline_bottom", "outline_left")
_WHEEL_CELLS = 4


@dataclass(frozen=True, slots=True)
class _Hold:
    """What the eye rests on, and on which row of the screen it must stay."""

    place: Position
    row: int
    is_caret: bool = False
    ghost: tuple[str, int] | None = None
    """The ghost on the top row; the place says only where to look when it is gone."""


class EditorSurface(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws the visible rows of a sheet."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    EditorSurface {
        width: 1fr;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._host = host
        self._sheet = Sheet(self.set_timer, self._repaint, self._found)
        self._canvas = Canvas()
        self._left = 0
        self._height = 0

    # --- drawing

    @property
    def _view(self) -> Size:
        """The cells that rows are drawn in: without scroll bar, border and padding."""
        return self.scrollable_content_region.size

    def _frame(self) -> Frame:
        _, _, background, foreground = self.colors
        return Frame(
            self.app.theme_variables,
            foreground,
            background,
            not self.app.no_color,
            self._view.width,
            self._left,
            self._sheet.digits,
            self._sheet.indent.tab_size,
        )

    def render_line(self, y: int) -> Strip:
        """Return one row of the screen."""
        return self._canvas.strip(y, self._sheet.look(self.scroll_offset.y + y, self.has_focus))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows of the screen; their colours are looked up at once."""
        self._canvas.prepare(self._frame())
        self._ask_colours()
        if not self._is_bare():
            return super().render_lines(crop)
        width, filters = self.size.width, self.get_line_filters()
        self._canvas.goes_by((width, filters))
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = self._canvas.row(y) or self._canvas.finish(y, self.render_line(y), width, filters)
            strips.append(strip if crop.column_span == (0, width) else strip.crop(*crop.column_span))
        return strips

    def _is_bare(self) -> bool:
        """Whether nothing is drawn around or over the rows."""
        styles = self.styles
        has_effect = any(styles.has_rule(rule) for rule in _EFFECTS)
        return not has_effect and styles.gutter.totals == (0, 0) and self.opacity == 1

    def _ask_colours(self) -> None:
        top, rows = self.scroll_offset.y, self._sheet.rows
        first, last = rows.line_near(top), rows.line_near(top + self._view.height - 1)
        columns = max(_COLOURED_COLUMNS, self._left + self._view.width)
        self._sheet.highlighter.look(first, last, columns)

    def _repaint(self) -> None:
        """Have those rows drawn again that do not look as they did."""
        view = self._view if self.is_attached else Size(0, 0)
        if not view:
            return
        if self._canvas.prepare(self._frame()):
            self.refresh()
        else:
            self._ask_colours()
            top, has_focus, look = self.scroll_offset.y, self.has_focus, self._sheet.look
            stale = self._canvas.stale(look(top + y, has_focus) for y in range(view.height))
            if stale:
                self.refresh(*(Region(0, y, view.width, 1) for y in stale))
        self._place_cursor()

    def _found(self) -> None:
        """Draw what a search found."""
        self._repaint()

    def _place_cursor(self) -> None:
        """Put the terminal's own cursor where the caret is: there input methods open their windows."""
        if self.has_focus and self.is_attached:
            x = gutter_width(self._sheet.digits) + self._sheet.caret_cell - self._left
            y = self._sheet.caret_row - self.scroll_offset.y
            self.app.cursor_position = self.content_region.offset + Offset(x, y)

    def notify_style_update(self) -> None:
        """Look, once the new style is complete, whether it changes anything here."""
        super().notify_style_update()
        self.call_later(self._repaint)

    def on_resize(self) -> None:
        """Lay out for another size; a caret that was in view stays in view."""
        was_seen = 0 <= self._sheet.caret_row - self.scroll_offset.y < self._height
        self._height = self._view.height
        if was_seen and self.has_focus:
            self._reveal()
        else:
            self._repaint()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show a caret that takes keys, or one that does not."""
        super().watch_has_focus(has_focus)
        self._repaint()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the viewport."""
        self._canvas.forget_rows()
        super().watch_scroll_y(old_value, new_value)
        self._place_cursor()

    # --- the viewport

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
        if isinstance(item, Ghost):
            line = rows.line_near(top)
            return _Hold(Position(line, 0), rows.row_of(line) - top, ghost=item.key)
        return _Hold(Position(item, 0), 0)

    def _settle(self, hold: _Hold) -> None:
        """Scroll so that what is held is on its row of the screen again."""
        rows = self._sheet.rows
        self._fit_scrollbar()
        row = None if hold.ghost is None else rows.row_of_ghost(hold.ghost)
        if row is None:
            row = rows.row_of(min(hold.place.line, rows.line_count - 1)) - hold.row
        self._scroll_to_row(row)

    def _fit_scrollbar(self) -> None:
        """Tell the scroll bar the number of rows, without laying the whole screen out again."""
        size = Size(self._view.width, self._sheet.rows.row_count)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            if self.is_attached and self.show_vertical_scrollbar:
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
        line = sheet.rows.line_near(row)
        cells = sheet.scene(1).cells(line)
        return Position(line, cells.snap(cells.column_at(self._cell_at(offset), nearest=True)))

    def _cell_at(self, offset: Offset) -> int:
        """Return the cell of a line that is drawn at a cell of the screen."""
        return max(0, offset.x - gutter_width(self._sheet.digits) + self._left)

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    @on(events.MouseScrollLeft)
    @on(events.MouseScrollRight)
    def _wheel_sideways(self, event: events.MouseEvent) -> None:
        is_upright = isinstance(event, events.MouseScrollDown | events.MouseScrollUp)
        if is_upright and not event.shift:
            return
        is_forward = isinstance(event, events.MouseScrollDown | events.MouseScrollRight)
        event.stop()
        event.prevent_default()
        widest = max(self._sheet.width_of_row(self.scroll_offset.y + y) for y in range(self._view.height))
        limit = max(0, widest + gutter_width(self._sheet.digits) + 1 - self._view.width)
        self._left = max(0, min(self._left + (_WHEEL_CELLS if is_forward else -_WHEEL_CELLS), limit))
        self._repaint()
