"""A view of styled lines on Textual's Line API: the ground that tree, review, talk and pickers stand on.

A line is a value; the widget paints only those that are seen and that changed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.ui.theming import row_styles
from spark_tui.ui.widgets.bare import is_bare
from spark_tui.ui.widgets.cells import cut
from spark_tui.ui.widgets.scroll_marks import Shape, shape_of_bar
from spark_tui.ui.widgets.sparing import ask_for_frame, has_frames
from spark_tui.ui.widgets.steady import Steady

Part = tuple[str, str]
"""A word of `theming.LOOKS` and inert text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show."""

    parts: tuple[Part, ...]
    right: tuple[Part, ...] = ()
    """Stands at the right edge; the left gives way."""
    ground: str = ""
    """Style of the whole row; `selected` is that of the cursor, but for any number of rows."""


BLANK = Line(())


def plain(text: str, style: str = "") -> Line:
    """Make a line of one part."""
    return Line(((style, text),))


_KEPT = 3
"""Screens full of rows that are kept as they were painted."""


class LineView(Steady, ScrollView, inherit_bindings=False):
    """Shows lines, with one of them marked if there is a cursor."""

    DEFAULT_CSS = """
    LineView { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    class RowClicked(Message):
        """The person clicked a line."""

        def __init__(self, view: "LineView", row: int, cell: int) -> None:
            super().__init__()
            self.view = view
            self.row = row
            self.cell = cell

        @property
        def control(self) -> "LineView":
            """The view that was clicked."""
            return self.view

    def __init__(
        self,
        *,
        can_focus: bool = True,
        is_marked: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.can_focus = can_focus
        self._is_marked = is_marked
        """Whether the mark is active although the focus is elsewhere, as in a list under a box."""
        self._lines: Sequence[Line] = []
        self._cursor: int | None = None
        self._strips: dict[int, tuple[Line | None, Strip]] = {}
        """Rows as they were painted, and what was painted there; None: nothing, they are below the last line."""
        self._bar: Shape | None = None
        self._variables: Mapping[str, str] | None = None
        self._looks: Mapping[str, Style] = {}
        self._base: Style | None = None
        """What all rows of the frame that is drawn stand on."""
        self.when_sized: Callable[[], None] | None = None
        """Called when the view got another width or came into sight, so that lines can be made for it."""

    @property
    def lines(self) -> Sequence[Line]:
        """What is shown."""
        return self._lines

    @property
    def cursor(self) -> int | None:
        """Index of the marked line."""
        return self._cursor

    def set_lines(self, lines: Sequence[Line], start: int = 0) -> None:
        """Show other lines from `start` on; only rows that differ are painted again."""
        before, self._lines = len(self._lines), [*self._lines[:start], *lines]
        self._repaint(before)

    def _repaint(self, before: int) -> None:
        """Paint the rows that are seen and differ; what it costs does not grow with what is not seen."""
        count = len(self._lines)
        if before != count:
            self._fit(before, count)
        top, stop = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        last = min(stop, max(before, count))
        begin: int | None = None
        for row in range(top, last + 1):
            differs = row < last and not self._is_painted(row)
            if differs and begin is None:
                begin = row
            elif not differs and begin is not None:
                self.refresh_lines(begin, row - begin)
                begin = None

    def _at(self, row: int) -> Line | None:
        return self._lines[row] if row < len(self._lines) else None

    def _is_painted(self, row: int) -> bool:
        known = self._strips.get(row)
        return known is not None and known[0] == self._at(row)

    def _fit(self, before: int, count: int) -> None:
        """Tell the scroll bar the number of lines; the screen is laid out anew only if the bar comes or goes."""
        size = Size(self.scrollable_content_region.width, count)
        height, top = self.container_size.height, self.scroll_offset.y
        stays = before > height < count or before <= height >= count
        if not (height and stays and self.is_attached) or count < top + height < before:
            self.virtual_size = size
            return
        self.set_reactive(Widget.virtual_size, size)
        shape = shape_of_bar(height, count, top)
        if self.show_vertical_scrollbar and shape != self._bar:
            self._bar = shape
            self.vertical_scrollbar.window_virtual_size = count

    def set_cursor(self, row: int | None, *, scroll: bool = True) -> None:
        """Mark another line and, if asked, bring it into view."""
        if row != self._cursor:
            for changed in (self._cursor, row):
                if changed is not None:
                    self._strips.pop(changed, None)
                    self.refresh_line(changed)
            self._cursor = row
        if scroll and row is not None:
            self.show_rows(row, row + 1)

    @property
    def row_here(self) -> int:
        """The line where the person is, which is read to those who hear the screen."""
        return self.scroll_offset.y if self._cursor is None else self._cursor

    @property
    def place_here(self) -> Offset:
        """Where on the screen that line begins."""
        row = min(max(self.row_here - self.scroll_offset.y, 0), max(self.size.height - 1, 0))
        return self.content_region.offset + Offset(0, row)

    def show_rows(self, first: int, stop: int) -> None:
        """Scroll as little as possible so that the rows are seen; the first one wins if not all fit."""
        height = self.scrollable_content_region.height
        if height <= 0:
            return
        top = self.scroll_offset.y
        if stop > top + height:
            top = stop - height
        top = min(top, first)
        if top != self.scroll_offset.y:
            self.scroll_to_row(top)

    def scroll_to_row(self, row: int) -> None:
        """Put a row at the top, or as near to it as the last line allows."""
        last = max(len(self._lines) - self.scrollable_content_region.height, 0)
        self.scroll_to(y=max(0, min(row, last)), animate=False, force=True)

    def scroll_page(self, by: int) -> None:
        """Scroll by whole pages, keeping one row of the page before."""
        self.scroll_to_row(self.scroll_offset.y + by * max(self.size.height - 1, 1))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Have rows painted with the next frame; where it is only rows, no messages are needed for that."""
        if layout or recompose or not (regions and repaint and has_frames(self)):
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._set_dirty(*regions)
        ask_for_frame(self)
        return self

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint rows of the view; without anything around or over them they go out as they were painted."""
        self._base = None
        if self._variables is not self.app.theme_variables:
            self._variables = self.app.theme_variables
            self._looks = row_styles(self._variables)
            self._strips.clear()
        if not is_bare(self):
            return super().render_lines(crop)
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = self.render_line(y)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip)
        if crop.column_span == (0, self.size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """Paint one row of the view."""
        row, width = y + self.scroll_offset.y, self.size.width
        line, known = self._at(row), self._strips.get(row)
        if known is not None and known[1].cell_length == width and known[0] == line:
            return known[1]
        if len(self._strips) > _KEPT * (self.size.height + 1):
            self._strips.clear()
        strip = self._paint(row, width)
        self._strips[row] = line, strip
        return strip

    def _paint(self, row: int, width: int) -> Strip:
        line = self._at(row)
        base = self._base = self._base or self.rich_style
        if line is None:
            return Strip([Segment(" " * width, base)], width)
        active = "cursor" if self.has_focus or self._is_marked else "cursor-blurred"
        base += self._looks[active if line.ground == "selected" else line.ground]
        mark = self._looks[active] if row == self._cursor else Style.null()
        right = self._segments(line.right, base, mark)
        room = max(width - sum(cell_len(part.text) for part in right), 0)
        parts = (
            line.parts if sum(cell_len(text) for _, text in line.parts) <= room else trimmed(line.parts, room)
        )
        left = Segment.adjust_line_length(self._segments(parts, base, mark), room, base + mark)
        return Strip([*left, *right]).adjust_cell_length(width, base + mark)

    def _segments(self, parts: Sequence[Part], base: Style, mark: Style) -> list[Segment]:
        return [Segment(text, base + self._looks[word] + mark) for word, text in parts if text]

    def notify_style_update(self) -> None:
        """Forget what was painted: the theme or a class changed."""
        self._strips.clear()
        self._base = None
        super().notify_style_update()

    def on_resize(self) -> None:
        """Have the lines made anew for another width."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines))
        if self.when_sized is not None:
            self.when_sized()

    def on_show(self) -> None:
        """Have the lines made anew after being hidden."""
        if self.when_sized is not None:
            self.when_sized()

    def on_focus(self) -> None:
        """Paint marks as active."""
        self._strips.clear()
        self.refresh()

    def on_blur(self) -> None:
        """Paint marks as waiting."""
        self._strips.clear()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Tell which line was clicked."""
        row = event.y + self.scroll_offset.y
        if 0 <= row < len(self._lines):
            self.post_message(self.RowClicked(self, row, event.x))


def trimmed(parts: Sequence[Part], width: int) -> tuple[Part, ...]:
    """Cut parts so that together they take at most `width` cells."""
    kept: list[Part] = []
    for word, text in parts:
        if width <= 0:
            break
        shown = cut(text, width)
        kept.append((word, shown))
        width -= cell_len(shown)
    return tuple(kept)


def title_bar(title: str, keys: str = "") -> LineView:
    """Make the row above what a page shows: what it is, and at the right its keys."""
    bar = LineView(can_focus=False, classes="bar")
    bar.set_lines([Line((("heading", f" {inert(title)}"),), (("muted", keys),))])
    return bar
