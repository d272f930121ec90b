"""A question at the foot of a pane: a line to write, or a plain yes. Enter answers, Esc leaves and nothing happens."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.cells import wrap_words
from spark_tui.ui.widgets.lines import LineView, plain
from spark_tui.ui.widgets.steady import Steady


class _Yes(LineView):
    """Takes the focus and lets no letter through."""

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable:
            event.stop()
            event.prevent_default()


class AskLine(Steady, Vertical):
    """Asks, and goes away with the answer."""

    BINDINGS = bindings(Where.LINE)

    place: ClassVar[Where] = Where.LINE
    """Whose keys apply in it."""

    class Gone(Message):
        """It was answered or left."""

    def __init__(self, question: str, then: Callable[[str], None], draft: str | None = None) -> None:
        """Ask for a line that begins as `draft`, or, without one, for a yes."""
        super().__init__(classes="ask-line")
        self._question = question
        self._then = then
        self._said = _Yes(can_focus=draft is None, classes="ask-question")
        self._box = None if draft is None else Input(draft, compact=True, select_on_focus=False)

    def compose(self) -> ComposeResult:
        """The question above the line."""
        yield self._said
        if self._box is not None:
            yield self._box

    def on_mount(self) -> None:
        """Take the focus: the person asked for this."""
        self._said.when_sized = self._draw
        (self._box or self._said).focus(scroll_visible=False)

    def _draw(self) -> None:
        words = wrap_words(inert(self._question), max(self._said.size.width - 2, 10))
        self._said.set_lines([plain(f" {text}", "heading") for text in words])
        self._said.styles.height = min(len(words), 4)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the box answers."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Answer."""
        self.post_message(self.Gone())
        self._then(self._box.value if self._box is not None else "")

    def action_leave_line(self) -> None:
        """Leave; nothing happens."""
        self.post_message(self.Gone())

    def target(self) -> Widget:
        """What takes the focus."""
        return self._box or self._said
