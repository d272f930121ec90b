"""The foot of a pane: shows one question or draft at a time, and gives the focus back when it goes."""

from typing import TYPE_CHECKING

from textual.widget import Widget

from spark_tui.ui.commands import Where

if TYPE_CHECKING:
    from spark_tui.ui.widgets.ask_line import AskLine
    from spark_tui.ui.widgets.hunk_draft import HunkDraft


class Foot:
    """Mounts what is asked for, and takes it away."""

    def __init__(self, pane: Widget, back: Widget) -> None:
        self._pane = pane
        self._back = back
        self._shown: AskLine | HunkDraft | None = None

    def put(self, widget: "AskLine | HunkDraft") -> None:
        """Show it; what was there before goes."""
        if self._shown is not None:
            self._shown.remove()
        self._shown = widget
        self._pane.mount(widget)

    def clear(self) -> None:
        """Show nothing; the person is back where they were if they were here."""
        if self._shown is not None:
            shown, self._shown = self._shown, None
            was_here = self._has_focus(shown)
            shown.remove()
            if was_here:
                self._back.focus(scroll_visible=False)

    def _has_focus(self, shown: Widget) -> bool:
        return self._pane.screen.focused in shown.walk_children(with_self=True)

    @property
    def where(self) -> Where | None:
        """Whose keys apply: those of a question or a draft while the person is in it."""
        return self._shown.place if self._shown is not None and self._has_focus(self._shown) else None

    @property
    def target(self) -> Widget:
        """What takes the focus when the person comes to the pane."""
        asked = self._shown.target() if self._shown is not None else None
        return asked if asked is not None and asked.size.width else self._back
