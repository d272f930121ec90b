"""A list to pick one thing from by letters of its name: files, commands, themes."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.ui.screens.narrowing import NarrowingScreen
from spark_tui.ui.widgets.cells import cut, cut_path
from spark_tui.ui.widgets.lines import Line, plain, title_bar
from spark_tui.ui.widgets.matching import ranked

MOST = 200
"""Rows shown at most; more letters make it fewer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick."""

    name: str
    """What is searched and shown; returned when picked."""
    about: str = ""
    right: str = ""


class PickerScreen(NarrowingScreen[str]):
    """Returns the name of what was picked, or None."""

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

    def compose(self) -> ComposeResult:
        """A title, a box for letters, the rows."""
        with Vertical(id="picker", classes="dialog"):
            yield title_bar(self._title, "Enter takes, Esc leaves ")
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

    def _found(self) -> Sequence[str]:
        return self._names

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

    def action_take(self) -> None:
        """Return what is marked; where nothing fits, nothing."""
        if self._names:
            super().action_take()
        else:
            self.dismiss(None)
