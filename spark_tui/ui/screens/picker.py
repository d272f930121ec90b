"""A list to pick one thing from by letters of its name: files, commands, themes."""

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.cells import cut, cut_path
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.matching import ranked
from spark_tui.ui.widgets.steady import Steady

MOST = 200
"""Rows shown at most; more letters make it fewer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick."""

    name: str
    """What is searched and shown; returned when picked."""
    about: str = ""
    right: str = ""


class PickerScreen(Steady, ModalScreen[str | None]):
    """Returns the name of what was picked, or None."""

    BINDINGS = bindings(Where.PICKER)
    AUTO_FOCUS = "#picker-letters"

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        nothing: str = "nothing fits",
        *,
        marked: str = "",
        on_mark: Callable[[str], None] | None = None,
    ) -> None:
        """Begin at the choice `marked`; `on_mark` is told of every row that is marked, before any is picked."""
        super().__init__()
        self._first = marked
        self._on_mark = on_mark
        self._title = title
        self._choices = {choice.name: choice for choice in choices}
        self._names: list[str] = []
        self._nothing = nothing
        self._view = LineView(can_focus=False, is_marked=True, id="picker-view")

    def compose(self) -> ComposeResult:
        """A title, a box for letters, the rows."""
        with Vertical(id="picker", classes="dialog"):
            head = LineView(can_focus=False, classes="bar")
            head.set_lines(
                [Line((("heading", f" {inert(self._title)}"),), (("muted", "Enter takes, Esc leaves "),))]
            )
            yield head
            yield Input(id="picker-letters", compact=True, select_on_focus=False)
            yield self._view

    def on_mount(self) -> None:
        """Show everything first."""
        self._view.when_sized = self._draw
        self._narrow("")
        if self._first in self._names:
            self._view.set_cursor(self._names.index(self._first))

    def _narrow(self, letters: str) -> None:
        self._names = ranked(letters, self._choices, MOST)
        self._view.set_cursor(0 if self._names else None, scroll=False)
        self._draw()
        self._view.scroll_to_row(0)
        if letters:
            self._tell()

    def _tell(self) -> None:
        row = self._view.cursor
        if self._on_mark is not None and row is not None:
            self._on_mark(self._names[row])

    def _draw(self) -> None:
        width = max(self._view.size.width, 20)
        lines = [self._line(self._choices[name], width) for name in self._names]
        self._view.set_lines(lines or [plain(f"  {self._nothing}", "muted")])

    def _line(self, choice: Choice, width: int) -> Line:
        right = inert(choice.right)
        room = width - len(right) - 4
        if not choice.about:
            return Line((("", f"  {cut_path(inert(choice.name), room)}"),), (("accent", f" {right} "),))
        name = cut(inert(choice.name), 24)
        about = cut(inert(choice.about), room - 26)
        return Line((("", f"  {name:<24}"), ("muted", f"  {about}")), (("accent", f" {right} "),))

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
        """Return the marked row."""
        row = self._view.cursor
        self.dismiss(self._names[row] if row is not None else None)

    def action_move(self, by: int) -> None:
        """Mark another row."""
        if self._names:
            self._view.set_cursor(max(0, min((self._view.cursor or 0) + by, len(self._names) - 1)))
            self._tell()

    def action_leave_list(self) -> None:
        """Return nothing."""
        self.dismiss(None)

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click takes the row."""
        event.stop()
        if event.view is self._view and event.row < len(self._names):
            self.dismiss(self._names[event.row])
