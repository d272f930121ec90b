"""The first frame: the screen as it was when it last opened, drawn before anything heavy is imported.

The real screen paints over it, row by row the same, and keys typed meanwhile wait in the terminal for it.
Nothing here is imported that the start doesn't need anyway.
"""

import contextlib
import os
import re
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spark_tui import __version__
from spark_tui.adapters.places import state_dir, workspace_id

_SAFE = re.compile(r"(?:\x1b\[[0-9;]*m|\x1b\[[0-9]+;1H|[^\x00-\x1f\x7f-\x9f])*")
"""Colours, starts of rows and plain text; a file with anything else in it is not one of ours."""
_LONGEST = 1_000_000
"""Characters beyond which a frame is not worth reading."""


def why_not(env: Mapping[str, str], isatty: bool) -> str:
    """Say in one sentence why the full screen can't be shown here; empty if it can."""
    if not isatty:
        return "The workspace needs a terminal; without one, use `spark-tui ask`."
    if env.get("TERM", "") in ("", "dumb", "unknown"):
        term = env.get("TERM") or "not set"
        return f"This terminal can't show a full screen (TERM is {term}); use `spark-tui ask`."
    return ""


class Opening:
    """Holds the terminal until the screen takes it over."""

    def __init__(self, fd: int, attributes: list[Any], place: Path, head: str) -> None:
        self._fd = fd
        self._attributes = attributes
        self._place = place
        self._head = head
        self._shown = ""
        self._is_held = True

    @classmethod
    def begin(cls, folder: str, file: str) -> "Opening | None":
        """Draw the first frame of a workspace and one file; None where there is no terminal that could show it."""
        try:
            fd = sys.stdin.fileno()
            attributes = termios.tcgetattr(fd)
            columns, rows = os.get_terminal_size(fd)
            place = (
                state_dir()
                / "ws"
                / workspace_id(folder)
                / "frames"
                / f"{columns}x{rows}{'-file' if file else ''}"
            )
        except (OSError, ValueError, termios.error):
            return None
        opening = cls(fd, attributes, place, _head(file))
        opening._draw(folder)
        return opening

    def _draw(self, folder: str) -> None:
        raw = list(self._attributes)
        # What is typed now is meant for the prompt: not echoed here, and not held back until Enter.
        raw[3] = raw[3] & ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(self._fd, termios.TCSANOW, raw)
        self._shown = self._read()
        name = os.path.basename(folder) or folder
        frame = self._shown or f"\x1b[1;1H spark-tui  {name if name.isprintable() else ''}"
        _write(f"\x1b[?1049h\x1b[?25l\x1b[?2026h\x1b[2J{frame}\x1b[?2026l")

    def _read(self) -> str:
        try:
            with self._place.open(encoding="utf-8", newline="") as file:
                head, _, frame = file.read(_LONGEST).partition("\n")
        except (OSError, ValueError):
            return ""
        return frame if head == self._head and _SAFE.fullmatch(frame) else ""

    def hand_over(self) -> bool:
        """Give the terminal to the screen, with its own attributes; False if it was given before."""
        held, self._is_held = self._is_held, False
        if held:
            self._restore()
        return held

    def end(self) -> None:
        """Leave the terminal as it was, unless the screen has it."""
        if self.hand_over():
            _write("\x1b[?1049l\x1b[?25h")

    def _restore(self) -> None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, self._attributes)

    def keep(self, rows: Sequence[str]) -> None:
        """Remember the rows of the screen, as written to the terminal, for the next start. Never raises."""
        frame = "".join(f"\x1b[{number};1H{row}" for number, row in enumerate(rows, 1))
        if frame == self._shown or not _SAFE.fullmatch(frame):
            return
        beside = self._place.with_name(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._place.parent.mkdir(mode=0o700, exist_ok=True)
            beside.write_text(f"{self._head}\n{frame}", encoding="utf-8", newline="")
            beside.replace(self._place)


def _head(file: str) -> str:
    """What a frame depends on besides workspace and size, as one line."""
    return ascii(
        [__version__, file, *(os.environ.get(name, "") for name in ("TERM", "COLORTERM", "NO_COLOR"))]
    )


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
