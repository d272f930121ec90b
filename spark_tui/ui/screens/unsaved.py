"""The question before unsaved text is lost: save, discard, or stay. Staying is what happens by default."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.core.display import inert
from spark_tui.ui.widgets.cells import cut_path
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain
from spark_tui.ui.widgets.steady import Steady


class Answer(StrEnum):
    """What the person wants done."""

    SAVE = "save"
    DISCARD = "discard"
    STAY = "stay"


_ROWS = (
    (Answer.STAY, "Esc", "stay here"),
    (Answer.SAVE, "s", "save and go on"),
    (Answer.DISCARD, "d", "discard and go on"),
)
MOST = 8
"""Files that are named; the rest is counted."""


class UnsavedScreen(Steady, ModalScreen[Answer]):
    """Asks about files with unsaved text, or only whether to leave."""

    AUTO_FOCUS = "#unsaved-view"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer('stay')", show=False),
        Binding("s", "answer('save')", show=False),
        Binding("d", "answer('discard')", show=False),
        Binding("down,j,tab", "move(1)", show=False),
        Binding("up,k,shift+tab", "move(-1)", show=False),
        Binding("enter", "take", show=False),
    ]

    def __init__(self, title: str, paths: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._paths = paths
        self._view = LineView(id="unsaved-view")

    def compose(self) -> ComposeResult:
        """The files and the three answers."""
        with Vertical(id="unsaved", classes="dialog"):
            yield self._view

    def on_mount(self) -> None:
        """Mark the answer that does nothing."""
        lines = [plain(f" {self._title}", "heading"), BLANK]
        lines += [plain(f"   {inert(cut_path(path, 50))}", "near") for path in self._paths[:MOST]]
        if len(self._paths) > MOST:
            lines.append(plain(f"   and {len(self._paths) - MOST} more", "muted"))
        lines.append(BLANK)
        self._first = len(lines)
        lines += [Line((("accent", f"   {key:<4} "), ("", words))) for _, key, words in _ROWS]
        self._view.set_lines(lines)
        self._view.set_cursor(self._first)
        self._view.styles.height = len(lines)

    def action_move(self, by: int) -> None:
        """Mark another answer."""
        row = (self._view.cursor or self._first) - self._first
        self._view.set_cursor(self._first + (row + by) % len(_ROWS))

    def action_take(self) -> None:
        """Give the marked answer."""
        self.dismiss(_ROWS[(self._view.cursor or self._first) - self._first][0])

    def action_answer(self, answer: str) -> None:
        """Give an answer by its key."""
        self.dismiss(Answer(answer))

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click on an answer gives it."""
        event.stop()
        if event.row >= self._first:
            self.dismiss(_ROWS[event.row - self._first][0])
