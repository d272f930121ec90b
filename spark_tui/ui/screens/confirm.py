"""A question with two answers: do it, or leave everything as it is. What is at stake is named."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.core.display import inert
from spark_tui.ui.widgets.cells import cut_path, wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain
from spark_tui.ui.widgets.steady import Steady

MOST = 8
"""Files that are named; the rest is counted."""
WIDTH = 56


class ConfirmScreen(Steady, ModalScreen[bool]):
    """Returns whether to do it."""

    AUTO_FOCUS = "#confirm-view"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", show=False),
        Binding("y", "answer(True)", show=False),
        Binding("down,j,tab", "move(1)", show=False),
        Binding("up,k,shift+tab", "move(-1)", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(
        self, question: str, yes: str, names: Sequence[str] = (), more: str = "", *, is_safe: bool = False
    ) -> None:
        """Ask; `names` are at stake, `more` is a sentence below them. A safe answer is marked at first."""
        super().__init__()
        self._question = question
        self._names = names
        self._more = more
        self._rows = ((False, "Esc", "leave everything as it is"), (True, "y", yes))
        self._is_safe = is_safe
        self._view = LineView(id="confirm-view")

    def compose(self) -> ComposeResult:
        """The question, what is at stake, the two answers."""
        with Vertical(id="confirm", classes="dialog"):
            yield self._view

    def on_mount(self) -> None:
        """Mark the answer that harms least."""
        lines = [plain(f" {text}", "heading") for text in wrap_words(inert(self._question), WIDTH)]
        lines += [plain(f"   {inert(cut_path(name, WIDTH - 4))}", "near") for name in self._names[:MOST]]
        if len(self._names) > MOST:
            lines.append(plain(f"   and {len(self._names) - MOST:,} more", "muted"))
        lines += [plain(f" {text}", "muted") for text in wrap_words(inert(self._more), WIDTH) if text]
        lines.append(BLANK)
        self._first = len(lines)
        lines += [Line((("accent", f"   {key:<4} "), ("", inert(words)))) for _, key, words in self._rows]
        self._view.set_lines(lines)
        self._view.set_cursor(self._first + self._is_safe)
        self._view.styles.height = len(lines)

    def action_move(self, by: int) -> None:
        """Mark the other answer."""
        row = (self._view.cursor or self._first) - self._first
        self._view.set_cursor(self._first + (row + by) % len(self._rows))

    def action_take(self) -> None:
        """Give the marked answer."""
        self.dismiss(self._rows[(self._view.cursor or self._first) - self._first][0])

    def action_answer(self, answer: bool) -> None:
        """Give an answer by its key."""
        self.dismiss(answer)

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click on an answer gives it."""
        event.stop()
        if event.row >= self._first:
            self.dismiss(self._rows[event.row - self._first][0])
