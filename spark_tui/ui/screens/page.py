"""A page to read: lines in a frame that scrolls and closes. Keys and context are shown on it."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.ui.widgets.lines import Line, LineView, title_bar
from spark_tui.ui.widgets.steady import Steady


class PageScreen(Steady, ModalScreen[None]):
    """Shows lines that are made for the width there is."""

    AUTO_FOCUS = "#page-view"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,f8,alt+l", "dismiss", show=False),
        Binding("down,j", "page('line', 1)", show=False),
        Binding("up,k", "page('line', -1)", show=False),
        Binding("pagedown,space", "page('page', 1)", show=False),
        Binding("pageup", "page('page', -1)", show=False),
        Binding("home", "page('edge', 0)", show=False),
        Binding("end", "page('edge', 1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        make: Callable[[int], Sequence[Line]],
        *,
        id: str | None = None,
        again: float | None = None,
    ) -> None:
        """`again` is after how many seconds the lines are made anew."""
        super().__init__(id=id)
        self._again = again
        self._title = title
        self._make = make
        self._view = LineView(id="page-view")

    def compose(self) -> ComposeResult:
        """A title and the lines."""
        with Vertical(id="page", classes="dialog"):
            yield title_bar(self._title, "Esc closes ")
            yield self._view

    def on_mount(self) -> None:
        """Draw for the width."""
        self._view.when_sized = self._draw
        self._draw()
        if self._again is not None:
            self.set_interval(self._again, self._draw)

    def _draw(self) -> None:
        self._view.set_lines(self._make(max(self._view.size.width, 20)))

    def action_page(self, what: str, by: int) -> None:
        """Scroll by a line, a page, or to an end."""
        if what == "line":
            self._view.scroll_to_row(self._view.scroll_offset.y + by)
        elif what == "page":
            self._view.scroll_page(by)
        else:
            self._view.scroll_to_row(by * len(self._view.lines))
