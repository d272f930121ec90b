"""A box for the path of a file or folder: while one types, it says what Enter will do, or why it can't be."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.cells import wrap_words
from spark_tui.ui.widgets.lines import LineView, plain, title_bar
from spark_tui.ui.widgets.steady import Steady

ROWS = 3
"""Lines of the sentence below the box."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said about a path while it is typed."""

    sentence: str
    is_fine: bool = True


class NameScreen(Steady, ModalScreen[str | None]):
    """Returns the path, or None."""

    BINDINGS = bindings(Where.LINE)
    AUTO_FOCUS = "#name-box"

    def __init__(
        self, title: str, draft: str, judge: Callable[[str], Advice], caret: int | None = None
    ) -> None:
        """Ask for a path that begins as `draft`, with the caret at its end or where told."""
        super().__init__()
        self._title = title
        self._draft = draft
        self._judge = judge
        self._caret = len(draft) if caret is None else caret
        self._view = LineView(can_focus=False, id="name-view")

    def compose(self) -> ComposeResult:
        """A title, the box, the sentence."""
        with Vertical(id="naming", classes="dialog"):
            yield title_bar(self._title, "Enter does it, Esc leaves ")
            yield Input(self._draft, id="name-box", compact=True, select_on_focus=False)
            yield self._view

    def on_mount(self) -> None:
        """Put the caret where typing begins."""
        self.query_one(Input).cursor_position = self._caret
        self._view.when_sized = self._draw
        self._view.styles.height = ROWS
        self._draw()

    def _draw(self) -> None:
        advice = self._judge(self.query_one(Input).value.strip())
        words = wrap_words(inert(advice.sentence), max(self._view.size.width - 2, 20))[:ROWS]
        self._view.set_lines([plain(f" {text}", "muted" if advice.is_fine else "error") for text in words])

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Say what Enter would do now."""
        event.stop()
        self._draw()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Enter in the box answers."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Return the path, if it can be."""
        value = self.query_one(Input).value.strip()
        if self._judge(value).is_fine:
            self.dismiss(value)

    def action_leave_line(self) -> None:
        """Return nothing."""
        self.dismiss(None)
