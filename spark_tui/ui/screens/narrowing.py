"""A list that letters in a box narrow down: its box, its keys and the mouse; what is listed is for others to say."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from textual import on
from textual.screen import ModalScreen
from textual.widgets import Input

from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.lines import LineView
from spark_tui.ui.widgets.steady import Steady

Found = TypeVar("Found")


class NarrowingScreen(Steady, ModalScreen[Found | None], Generic[Found]):
    """Returns what the marked row stands for, or None."""

    BINDINGS = bindings(Where.PICKER)
    AUTO_FOCUS = "#picker-letters"

    def __init__(self) -> None:
        super().__init__()
        self._view = LineView(can_focus=False, is_marked=True, id="picker-view")

    @abstractmethod
    def _narrow(self, letters: str) -> None:
        """List what fits."""

    @abstractmethod
    def _found(self) -> Sequence[Found]:
        """What the rows stand for."""

    def _tell(self) -> None:
        """Another row is marked."""

    @on(Input.Changed)
    def letters_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._narrow(event.value)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Enter in the box takes the marked row."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Return what is marked."""
        row, found = self._view.cursor, self._found()
        if row is not None and row < len(found):
            self.dismiss(found[row])

    def action_move(self, by: int) -> None:
        """Mark another row."""
        count = len(self._found())
        if count:
            self._view.set_cursor(max(0, min((self._view.cursor or 0) + by, count - 1)))
            self._tell()

    def action_leave_list(self) -> None:
        """Return nothing."""
        self.dismiss(None)

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click takes the row."""
        event.stop()
        found = self._found()
        if event.view is self._view and event.row < len(found):
            self.dismiss(found[event.row])
