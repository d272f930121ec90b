"""The terminal driver for a screen that is already open: it goes on where the first frame was drawn."""

import asyncio
import signal
from collections.abc import Sequence
from typing import Protocol

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

_ENTER = "\x1b[?1049h"


class FirstFrame(Protocol):
    """What was drawn before the screen was there."""

    def hand_over(self) -> bool:
        """Give up the terminal; True if the alternate screen is entered already."""

    def keep(self, rows: Sequence[str]) -> None:
        """Remember these rows for the next start."""


def taking_over(first: FirstFrame) -> type[Driver]:
    """Return a driver that goes on from the first frame.

    Entering it once more would clear it in some terminals: the person would see the frame go and come.
    """

    class TakingOver(LinuxDriver):
        def __init__(
            self,
            app: App[object],
            *,
            debug: bool = False,
            mouse: bool = True,
            size: tuple[int, int] | None = None,
        ) -> None:
            super().__init__(app, debug=debug, mouse=mouse, size=size)
            self._is_there = False
            # Between two steps of the loop, not between two of any code: stopping takes locks that it may hold.
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
            loop.add_signal_handler(signal.SIGCONT, self._sigcont_application)

        def start_application_mode(self) -> None:
            self._is_there = first.hand_over()
            super().start_application_mode()  # type: ignore[no-untyped-call]

        def write(self, data: str) -> None:
            if self._is_there and data == _ENTER:
                self._is_there = False
                return
            super().write(data)

    return TakingOver
