"""Asks the terminal itself what it can do, as far as it answers at once."""

import contextlib
import os
import re
import select
import termios
import time
from typing import Any

from spark_tui.core.values import dataclass

_PATIENCE = 0.5
"""Seconds for an answer; over ssh it takes its time."""
_ASK = b"\x1b[?u\x1b[?2026$p\x1b[c"
"""The state of the keyboard protocol, that of drawing in one go, and what every terminal answers."""
_LAST = re.compile(rb"\x1b\[\?[\d;]*c")
_MOST = 4096


@dataclass(frozen=True, slots=True)
class TerminalSaid:
    """What a terminal answered."""

    is_there: bool = False
    """Whether it answered at all."""
    tells_keys: bool = False
    """Whether it can tell all keys apart (the kitty protocol)."""
    draws_at_once: bool = False
    """Whether it shows a frame only when it is whole."""


def ask_terminal(reads: int, writes: int) -> TerminalSaid:
    """Ask; never raises. Only whoever the terminal listens to may ask."""
    try:
        if os.tcgetpgrp(reads) != os.getpgrp():
            return TerminalSaid()
        before = termios.tcgetattr(reads)
    except (OSError, termios.error):
        return TerminalSaid()
    try:
        termios.tcsetattr(reads, termios.TCSANOW, _quiet(before))
        os.write(writes, _ASK)
        said = _hear(reads)
    except (OSError, termios.error):
        said = b""
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(reads, termios.TCSANOW, before)
    return TerminalSaid(
        _LAST.search(said) is not None,
        re.search(rb"\x1b\[\?\d+u", said) is not None,
        re.search(rb"\x1b\[\?2026;[1-3]\$y", said) is not None,
    )


def _quiet(attributes: list[Any]) -> list[Any]:
    """Without echo, and without waiting for a line."""
    quiet = list(attributes)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    return quiet


def _hear(reads: int) -> bytes:
    said, end = b"", time.monotonic() + _PATIENCE
    while not _LAST.search(said) and len(said) < _MOST:
        ready, _, _ = select.select([reads], [], [], max(end - time.monotonic(), 0))
        data = os.read(reads, 1024) if ready else b""
        if not data:
            break
        said += data
    return said
