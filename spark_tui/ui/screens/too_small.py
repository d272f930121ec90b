"""What is shown while the terminal is too small for anything else: one sentence. Everything goes on underneath."""

from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen

from spark_tui.ui.widgets.cells import wrap_words
from spark_tui.ui.widgets.lines import LineView, plain
from spark_tui.ui.widgets.steady import Steady

WIDTH = 30
"""Columns below which nothing fits."""
HEIGHT = 8
"""Rows below which nothing fits."""


def is_too_small(size: Size) -> bool:
    """Whether there is no room for the workspace."""
    return 0 < size.width < WIDTH or 0 < size.height < HEIGHT


class TooSmallScreen(Steady, ModalScreen[None]):
    """Covers everything until there is room again."""

    def __init__(self) -> None:
        super().__init__()
        self._view = LineView(can_focus=False, id="too-small")

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield self._view

    def on_mount(self) -> None:
        """Write it for the width there is."""
        self._view.when_sized = self._draw
        self._draw()

    def _draw(self) -> None:
        size = self.app.size
        # The part that matters comes first: in a tiny terminal nothing else is seen.
        sentence = f"Needs {WIDTH}x{HEIGHT} or more, has {size.width}x{size.height}."
        self._view.set_lines([plain(words) for words in wrap_words(sentence, max(size.width, 1))])


def cover(app: App[None], size: Size) -> None:
    """Cover everything while there is no room, and uncover it when there is again."""
    is_covered = isinstance(app.screen, TooSmallScreen)
    if is_too_small(size) and not is_covered:
        app.push_screen(TooSmallScreen())
    elif is_covered and not is_too_small(size):
        app.pop_screen()
