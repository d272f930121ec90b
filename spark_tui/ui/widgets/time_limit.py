"""Bounds the time of work that can't be cut into slices: above all a regular expression that a person wrote.

A thread would not help: Python's matcher keeps the interpreter to itself until it is done. But it looks for
signals while it works, so a timer that counts the program's own CPU time can end it.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(Exception):
    """The time was up before the work was done."""


class _Alarm:
    """Whether the timer may still end the work."""

    def __init__(self) -> None:
        self.is_set = True

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.is_set:
            self.is_set = False
            raise TookTooLong


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block when it has used so many seconds of CPU; not for use inside itself.

    Outside of the main thread, where no signal arrives, there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    alarm = _Alarm()
    before = signal.signal(signal.SIGVTALRM, alarm)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        yield
    finally:
        alarm.is_set = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
