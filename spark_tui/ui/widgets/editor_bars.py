"""The place below the text where bars open: to find, to replace, to go somewhere. Each is made when first asked for."""

from textual.containers import Vertical

from spark_tui.ui.widgets.editor_bar import Bar
from spark_tui.ui.widgets.editor_seeking import EditorSeeker
from spark_tui.ui.widgets.steady import Steady


class EditorBars(Steady, Vertical):
    """Takes no room until a bar is open."""

    DEFAULT_CSS = """
    EditorBars { height: auto; }
    """

    def __init__(self, view: EditorSeeker) -> None:
        super().__init__(id="editor-bars")
        self._view = view
        view.when_asked = self._ask

    def _ask(self, what: str) -> None:
        if what == "close":
            for child in self.children:
                if child.display and isinstance(child, Bar):
                    child.leave()
            return
        self.run_worker(self._open(what), exclusive=True, exit_on_error=False)

    async def _open(self, what: str) -> None:
        # The box to type in costs 20 ms to load, which the start can do without.
        from spark_tui.ui.widgets.find_bar import FindBar
        from spark_tui.ui.widgets.goto_bar import GotoBar

        kind: type[FindBar] | type[GotoBar] = FindBar if what in ("find", "replace") else GotoBar
        bar = next((child for child in self.children if isinstance(child, kind)), None)
        if bar is None:
            bar = kind(self._view)
            await self.mount(bar)
        bar.open(what)
