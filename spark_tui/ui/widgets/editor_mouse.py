"""What the mouse does to the text: a click puts the caret, dragging selects by characters, words, lines or a block.

While the button is held outside of the text, the text comes along.
"""

from enum import IntEnum

from textual import events
from textual.geometry import Offset
from textual.timer import Timer

from spark_tui.core.text import Position, Span, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_messages import GhostPressed
from spark_tui.ui.widgets.editor_motions import line_at, word_at
from spark_tui.ui.widgets.editor_multiply import Rectangle
from spark_tui.ui.widgets.editor_rows import Ghost
from spark_tui.ui.widgets.editor_scene import Selection
from spark_tui.ui.widgets.editor_seeking import EditorSeeker

_TWICE = 0.4
"""Seconds between two presses that belong together."""
_PULL = 0.04
"""Seconds between two steps of the text while the mouse is held outside."""
_FASTEST = 12
"""Rows in one such step at most."""


class Grain(IntEnum):
    """What a drag selects whole."""

    CHARACTER = 1
    WORD = 2
    LINE = 3
    BLOCK = 4


@dataclass(frozen=True, slots=True)
class Drag:
    """A button is held, since a place."""

    grain: Grain
    start: Span
    """What was selected at the press."""
    kept: tuple[Selection, ...] = ()
    """Carets that stay beside the one that is dragged."""
    corner: tuple[int, int] = (0, 0)
    """Line and cell of the press, for a block."""

    def selection(self, text: Text, place: Position) -> Selection:
        """Return what is selected when the mouse is at a place."""
        if self.grain is Grain.CHARACTER:
            return Selection(self.start.start, place)
        span = word_at(text, place) if self.grain is Grain.WORD else line_at(text, place.line)
        if span.start < self.start.start:
            return Selection(self.start.end, span.start)
        return Selection(self.start.start, max(span.end, self.start.end))


class Presses:
    """Counts presses that follow quickly at one place: 1, 2, 3, and again."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._place: Offset | None = None
        self._count = 0

    def count(self, time: float, place: Offset) -> int:
        """Return which press in a row this is."""
        goes_on = time - self._last < _TWICE and place == self._place
        self._count = self._count % 3 + 1 if goes_on else 1
        self._last, self._place = time, place
        return self._count


class EditorMouse(EditorSeeker):
    """Follows the mouse."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._drag: Drag | None = None
        self._presses = Presses()
        self._pointer = Offset(0, 0)
        self._pulling: Timer | None = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the caret under the mouse, and begin to select; with Ctrl or Alt beside the carets there are."""
        if event.button != 1:
            return
        event.stop()
        offset = event.get_content_offset_capture(self)
        item = self._sheet.item_at(self.scroll_offset.y + offset.y)
        if isinstance(item, Ghost):
            self.post_message(GhostPressed(item.hunk.id))
            return
        self._pointer = offset
        place = self._place_at(offset)
        self._leave_for(place.line)
        self._drag = self._begun(event, place)
        self.capture_mouse()
        self._drag_to(place)

    def _begun(self, event: events.MouseDown, place: Position) -> Drag:
        carets = self._sheet.carets
        if event.shift:
            anchor = carets.primary.anchor
            return Drag(Grain.CHARACTER, Span(anchor, anchor))
        is_beside = event.ctrl or event.meta
        kept = carets.all if is_beside else ()
        count = self._presses.count(event.time, event.screen_offset)
        if count == Grain.WORD:
            return Drag(Grain.WORD, word_at(self._sheet.text, place), kept)
        if count == Grain.LINE:
            return Drag(Grain.LINE, line_at(self._sheet.text, place.line), kept)
        return Drag(Grain.CHARACTER, Span(place, place), kept, (place.line, self._cell_at(self._pointer)))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Extend the selection that began under the mouse; with Ctrl or Alt it becomes a block."""
        drag = self._drag
        if drag is None:
            return
        self._pointer = event.get_content_offset_capture(self)
        place = self._place_at(self._pointer)
        if drag.grain is Grain.CHARACTER and drag.kept and place != drag.start.start:
            self._drag = Drag(Grain.BLOCK, drag.start, (), drag.corner)
        self._drag_to(place)
        is_outside = not 0 <= self._pointer.y < self._view.height
        if is_outside and self._pulling is None:
            self._pulling = self.set_interval(_PULL, self._pull)
        elif not is_outside:
            self._rest()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the selection."""
        if self._drag is not None:
            self._drag = None
            self._rest()
            self.release_mouse()
            event.stop()

    def _drag_to(self, place: Position) -> None:
        drag = self._drag
        if drag is None:
            return
        if drag.grain is Grain.BLOCK:
            block = Rectangle(drag.corner, (place.line, self._cell_at(self._pointer)))
            carets = block.carets(self._sheet.text, self._sheet.indent.tab_size)
        else:
            carets = Carets.one(drag.selection(self._sheet.text, place))
            if drag.kept:
                carets = Carets.of((*drag.kept, carets.primary), len(drag.kept))
        if carets != self._sheet.carets:
            self._move_to(carets)

    def _pull(self) -> None:
        """Scroll towards the mouse that is held outside, faster the further away it is."""
        below = self._pointer.y - self._view.height + 1
        step = max(self._pointer.y, -_FASTEST) if self._pointer.y < 0 else min(below, _FASTEST)
        self._scroll_to_row(max(0, min(self.scroll_offset.y + step, self.max_scroll_y)))
        edge = 0 if self._pointer.y < 0 else self._view.height - 1
        self._drag_to(self._place_at(Offset(self._pointer.x, edge)))

    def _rest(self) -> None:
        if self._pulling is not None:
            self._pulling.stop()
            self._pulling = None
