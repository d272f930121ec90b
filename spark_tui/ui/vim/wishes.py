"""What modal editing needs from the editor that it drives."""

from collections.abc import Sequence
from typing import Protocol

from spark_tui.core.text import Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.modes import Mode
from spark_tui.ui.vim.page import Page


@dataclass(frozen=True, slots=True)
class View:
    """Where the caret is to be shown, and what is selected."""

    caret: Position
    mode: Mode
    anchor: Position | None = None
    """Where a selection began; it holds the characters at both ends."""
    to_ends: bool = False
    """Whether a block reaches to the ends of its lines."""


class Host(Protocol):
    """The editor."""

    def page(self) -> Page:
        """The text as it is now, and what is in view."""
        ...

    def caret(self) -> Position:
        """Where the caret is."""
        ...

    def selected(self) -> Span | None:
        """What was selected by other means, such as the mouse."""
        ...

    def show(self, view: View) -> None:
        """Put the caret somewhere and bring it into view."""
        ...

    def change(self, pieces: Sequence[tuple[Span, str]]) -> bool:
        """Replace sorted, disjoint spans; line feeds stand for line breaks. False if the text can't be changed."""
        ...

    def begin(self) -> None:
        """Everything changed until the next call is undone in one step."""
        ...

    def step(self, *, is_undo: bool) -> bool:
        """Undo or redo one step; False if there is none."""
        ...

    def act(self, name: str) -> None:
        """Do a command of the editor's own table."""
        ...

    def type(self, text: str) -> None:
        """Insert what was typed, as the editor does without modes."""
        ...

    def scroll(self, line: int, where: str) -> None:
        """Bring a line to the `top`, the `middle` or the `bottom` of the view."""
        ...

    def clipboard(self, text: str | None = None) -> str:
        """Set the clipboard, or with None return what was copied last."""
        ...

    def mark_matches(self, pattern: str, *, ignore_case: bool) -> None:
        """Show every match of a regular expression of Python; an empty one shows none."""
        ...

    def run(self, wish: str, argument: str = "") -> None:
        """Have the program do something: `save`, `close`, `discard`, `save_all`, `quit`, `open`, `wrap`, …"""
        ...

    def say(self, sentence: str) -> None:
        """Tell the person something."""
        ...
