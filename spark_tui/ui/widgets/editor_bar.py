"""What every bar below the text has: it opens, it goes away again, and its box gets the keys that came too early."""

from textual import events
from textual.containers import Vertical
from textual.widgets import Input

from spark_tui.ui.widgets.editor_going import EditorGoer
from spark_tui.ui.widgets.steady import Steady


class Bar(Steady, Vertical):
    """Shown only while it is open."""

    def open(self, what: str) -> None:
        """Begin what was asked for."""
        raise NotImplementedError

    def leave(self) -> None:
        """Back to the text."""
        raise NotImplementedError


class Box(Input):
    """A box to type in; what was typed while it opened was kept by the editor, and comes first."""

    def __init__(self, view: EditorGoer, *, id: str) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self._view = view

    async def on_focus(self) -> None:
        """Take the keys that came before the focus did."""
        for key in self._view.release_keys():
            await self._take(key)

    async def _take(self, key: events.Key) -> None:
        if key.character is not None and key.is_printable:
            self.replace(key.character, *self.selection)
        elif key.key == "backspace":
            self.action_delete_left()
        elif key.key == "enter":
            await self.action_submit()
