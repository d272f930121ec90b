"""A word that is on or off, or that does something: reached with Tab, pressed with Space, Enter or the mouse."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from spark_tui.ui.widgets.lines import Line, LineView


class Switch(LineView):
    """One word of a bar."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "press", show=False)]

    class Pressed(Message):
        """The person pressed the word."""

        def __init__(self, switch: "Switch") -> None:
            super().__init__()
            self.switch = switch

    def __init__(self, word: str, help: str, *, id: str, stays: bool = True) -> None:
        super().__init__(id=id, classes="switch")
        self._word = word
        self._stays = stays
        self.is_on = False
        """Whether it is on; a word that only does something never is."""
        self.tooltip = help
        self.styles.width = len(word) + 2

    def on_mount(self) -> None:
        """Show the word."""
        self._draw()

    def flip(self, is_on: bool) -> None:
        """Turn it on or off without telling."""
        self.is_on = is_on
        self._draw()

    def action_press(self) -> None:
        """Turn it over, if it stays, and tell."""
        if self._stays:
            self.flip(not self.is_on)
        self.post_message(self.Pressed(self))

    def on_focus(self) -> None:
        """Show that Space would press it."""
        super().on_focus()
        self._draw()

    def on_blur(self) -> None:
        """Show that it waits."""
        super().on_blur()
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click presses it."""
        event.stop()
        self.action_press()

    def _draw(self) -> None:
        style = "here" if self.is_on else "muted" if self._stays else ""
        marks = ("[", "]") if self.is_on else (" ", " ")
        self.set_lines([Line(((style, f"{marks[0]}{self._word}{marks[1]}"),))])
        self.set_cursor(0 if self.has_focus else None, scroll=False)
