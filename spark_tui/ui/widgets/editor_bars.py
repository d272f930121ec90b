"""The place below the text where bars open: to find, to replace, to go somewhere. Each is made when first asked for."""

from typing import Protocol

from textual.containers import Vertical

from spark_tui.ui.widgets.editor_seeking import EditorSeeker
from spark_tui.ui.widgets.steady import Steady


class Openable(Protocol):
    """A bar, as far as it matters here: its module is loaded late."""

    display: bool

    def open(self, what: str) -> None:
        """Begin what was asked for."""

    def leave(self) -> None:
        """Back to the text."""


class EditorBars(Steady, Vertical):
    """Takes no room until a bar is open."""

    DEFAULT_CSS = """
    EditorBars { height: auto; }
    """

    def __init__(self, view: EditorSeeker) -> None:
        super().__init__(id="editor-bars")
        self._view = view
        self._bars: dict[str, Openable] = {}
        view.when_asked, view.has_bars = self._ask, True

    def _ask(self, what: str) -> None:
        if what == "close":
            for bar in self._bars.values():
                if bar.display:
                    bar.leave()
            return
        self._view.hold_keys()
        self.run_worker(self._open(what), exclusive=True, exit_on_error=False)

    async def _open(self, what: str) -> None:
        # The box to type in costs 20 ms to load, which the start can do without.
        from spark_tui.ui.widgets.find_bar import FindBar
        from spark_tui.ui.widgets.goto_bar import GotoBar

        name = "find" if what in ("find", "replace") else "goto"
        bar = self._bars.get(name)
        if bar is None:
            bar = self._bars[name] = FindBar(self._view) if name == "find" else GotoBar(self._view)
            await self.mount(bar)
        bar.open(what)
