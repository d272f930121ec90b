"""The terminal driver for a screen that is already open, and the terminal's own cursor, where it is shown."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Protocol, runtime_checkable

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

_ENTER = "\x1b[?1049h"
_HIDE = "\x1b[?25l"
_SHOW = "\x1b[?25h"


class CaretShape(IntEnum):
    """How the terminal's own cursor looks, by the number terminals know it by."""

    AS_BEFORE = 0
    UNDERLINE = 4
    BAR = 6

    @property
    def sequence(self) -> str:
        """What makes the cursor look so."""
        return f"\x1b[{self.value} q"


class Pointing:
    """Shows the terminal's own cursor between frames; while one is written it would be seen jumping about."""

    def __init__(self) -> None:
        self.shape: CaretShape | None = None
        """How it looks now; None: it is hidden."""

    @contextlib.contextmanager
    def around(self, driver: Driver | None, shape: CaretShape | None) -> Iterator[None]:
        """Write a frame, after which the cursor looks like `shape`."""
        if driver is None or (shape is None and self.shape is None):
            yield
            return
        self.shape = shape
        driver.write(_HIDE)
        yield
        driver.write(shape.sequence + _SHOW if shape is not None else CaretShape.AS_BEFORE.sequence)


def at_once(driver: Driver | None) -> contextlib.AbstractContextManager[None]:
    """Let a driver write what is written in the block in one piece, if it can."""
    return driver.at_once() if isinstance(driver, Holding) else contextlib.nullcontext()


@runtime_checkable
class Holding(Protocol):
    """A driver that can hold back what it writes."""

    def at_once(self) -> contextlib.AbstractContextManager[None]:
        """Write all that is written in the block in one piece."""


class FirstFrame(Protocol):
    """What was drawn before the screen was there."""

    def hand_over(self) -> bool:
        """Give up the terminal; True if the alternate screen is entered already."""

    def keep(self, rows: Sequence[str], box: tuple[int, int, int, str] | None) -> None:
        """Remember these rows for the next start, and where typing shows: row, column, cells and colours."""


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
            self._is_shaped = False
            self._held: list[str] | None = None
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
            self._is_shaped = self._is_shaped or data.endswith(" q" + _SHOW)
            if self._held is not None:
                self._held.append(data)
            else:
                super().write(data)

        @contextlib.contextmanager
        def at_once(self) -> Iterator[None]:
            """Write all that is written in the block in one piece: each piece wakes the thread that writes."""
            self._held = []
            try:
                yield
            finally:
                held, self._held = self._held, None
                if held:
                    super().write("".join(held))

        def stop_application_mode(self) -> None:
            if self._is_shaped:
                self._is_shaped = False
                self.write(CaretShape.AS_BEFORE.sequence)
            super().stop_application_mode()

    return TakingOver
