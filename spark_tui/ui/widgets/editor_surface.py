"""The drawing half of the editor: a viewport on a sheet, in which only rows that look different are drawn again.

It knows no keys. What a row looks like is asked of the sheet each time, never concluded from what was drawn.
"""

from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from spark_tui.ui.easing import blanks_of
from spark_tui.ui.widgets.editor_canvas import Canvas, Frame
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_paint import gutter_width
from spark_tui.ui.widgets.editor_sheet import Sheet

_COLOURED_COLUMNS = 2000
_EFFECTS = ("tint", "hatch", "text_opacity", "outline_top", "outline_right", "outline_bottom", "outline_left")


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
        """Cells of each line that are out of sight on the left."""

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
            self._sheet.indent.size,
            blanks_of(self),
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
        if rows.wraps is not None:
            columns = max(columns, *(self._end_of_row(row) for row in (top, top + self._view.height - 1)))
        self._sheet.highlighter.look(first, last, columns)

    def _end_of_row(self, row: int) -> int:
        """Return a column that lies behind all that a row of a wrapped line shows."""
        line, part = self._sheet.rows.near(row)
        return self._sheet.rows.parts(self._sheet.text.line(line))[part] + self._view.width

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

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show a caret that takes keys, or one that does not."""
        super().watch_has_focus(has_focus)
        self._repaint()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the viewport."""
        self._canvas.forget_rows()
        super().watch_scroll_y(old_value, new_value)
        self._place_cursor()
