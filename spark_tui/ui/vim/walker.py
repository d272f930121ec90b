"""Steps through a text character by character; the end of every line counts as one more, a blank one."""

from collections.abc import Callable

from spark_tui.core.text import Position
from spark_tui.ui.vim.classes import class_of
from spark_tui.ui.vim.page import Page

_FAR = 200_000
"""Steps after which the text is taken to be over: whoever looks further waits too long."""


class Stuck(Exception):
    """There is no further character in that direction."""


class Walker:
    """A place on its way."""

    def __init__(self, page: Page, at: Position, big: bool = False) -> None:
        self._page = page
        self._big = big
        self._left = _FAR
        self._text = page.line(at.line)
        self._at = at.line, min(at.column, len(self._text))

    @property
    def place(self) -> Position:
        """Where it is."""
        return Position(*self._at)

    @place.setter
    def place(self, place: Position) -> None:
        if place.line != self._at[0]:
            self._text = self._page.line(place.line)
        self._at = place.line, place.column

    @property
    def char(self) -> str:
        """The character here; empty at the end of a line."""
        column = self._at[1]
        return self._text[column] if column < len(self._text) else ""

    @property
    def kind(self) -> int:
        """The class of the character here, 0 for blanks and ends of lines."""
        char = self.char
        return class_of(char, self._big) if char else 0

    @property
    def is_blank(self) -> bool:
        """Whether a space or a tab is here."""
        return self.char in (" ", "\t")

    @property
    def is_on_empty(self) -> bool:
        """Whether the line here is empty."""
        return not self._text

    @property
    def is_in_last(self) -> bool:
        """Whether this is the last line."""
        return self._at[0] >= self._page.last

    def forward(self) -> bool:
        """Go one character on, the end of a line too; whether that left the text of the line. Raises Stuck."""
        self._tire()
        line, column = self._at
        if column < len(self._text):
            self._at = line, column + 1
            return column + 1 >= len(self._text)
        if line >= self._page.last:
            raise Stuck
        self._at = line + 1, 0
        self._text = self._page.line(line + 1)
        return True

    def back(self) -> bool:
        """Go one character back, the end of a line too; whether that left the line. Raises Stuck."""
        self._tire()
        line, column = self._at
        if column:
            self._at = line, column - 1
            return False
        if not line:
            raise Stuck
        self._text = self._page.line(line - 1)
        self._at = line - 1, len(self._text)
        return True

    def on(self) -> None:
        """Go to the next character, past the end of a line that is not empty. Raises Stuck."""
        if self.forward() and self._at[1]:
            self.forward()

    def off(self) -> None:
        """Go to the character before, past the end of a line that is not empty. Raises Stuck."""
        if self.back() and self._at[1]:
            self.back()

    def tries(self, step: Callable[[], object]) -> bool:
        """Take a step if there is one; whether there was."""
        try:
            step()
        except Stuck:
            return False
        return True

    def over(self, kind: int, step: Callable[[], object]) -> None:
        """Step as long as characters are of a class. Raises Stuck."""
        while self.kind == kind:
            step()

    def _tire(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Stuck
