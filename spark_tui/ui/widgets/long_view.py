"""A view of lines that are made when they are seen: any number of them costs nothing before that."""

from collections.abc import Callable, Sequence
from typing import overload

from textual import events
from textual.message import Message

from spark_tui.ui.widgets.lines import Line, LineView


class LazyLines(Sequence[Line]):
    """So many lines, each made when it is asked for."""

    def __init__(self, count: int, make: Callable[[int], Line]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        if isinstance(place, slice):
            return [self._make(one) for one in range(*place.indices(self._count))]
        return self._make(range(self._count)[place])


class LongView(LineView):
    """Shows lines of any number, and tells of the right button of the mouse too."""

    class MenuAsked(Message):
        """The person pressed the right button on a line."""

        def __init__(self, view: "LongView", row: int) -> None:
            super().__init__()
            self.view = view
            self.row = row

    def set_source(self, lines: Sequence[Line]) -> None:
        """Show other lines; only those that are seen are asked for."""
        before, self._lines = len(self._lines), lines
        self._repaint(before)

    def on_click(self, event: events.Click) -> None:
        """Tell of the right button; of the others the class below does, unless it is kept from it."""
        if event.button != 3:
            return
        event.prevent_default()
        row = event.y + self.scroll_offset.y
        if 0 <= row < len(self._lines):
            self.post_message(self.MenuAsked(self, row))
