"""Lets the answer to a key go to the terminal at once; whatever else moves keeps to the clock of frames."""

from textual.screen import Screen, ScreenResultType


class EchoFirst(Screen[ScreenResultType]):
    """A screen that paints as soon as the focused widget has taken a key.

    Textual paints at most sixty times a second: a key that comes just after a frame would wait for the next one.
    """

    _owes_echo = False

    def owe_echo(self) -> None:
        """A key came, and goes to the focused widget now."""
        self._owes_echo = True

    def on_idle(self) -> None:
        """Everything that was posted is handled: paint now if that was a key; Textual paints the rest later."""
        if self._owes_echo and self.focused in self._dirty_widgets:
            self._owes_echo = False
            self._on_timer_update()
