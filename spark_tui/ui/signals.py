"""What signals mean for a running screen: it ends with everything written down, and says so by its exit code.

Unsaved text is not asked about, since nobody may be there any more: it is in the session log, and the next start goes
on with it.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from textual.app import App

ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end the screen."""


@contextlib.contextmanager
def ending_by_signals(app: App[Any]) -> Iterator[None]:
    """Let signals end the screen in order while the block runs."""
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        if number == signal.SIGHUP and app._driver is not None:
            # The terminal is gone: writing to it would block for ever once its buffer is full.
            app._driver.write = _nowhere  # type: ignore[method-assign]
        app.exit(return_code=128 + number)

    taken = []
    for number in ENDING:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, end, number)
            taken.append(number)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


def _nowhere(data: str) -> None:
    """Write to nobody."""
