"""The first frame: the screen as it was when it last opened, drawn before anything heavy is imported.

The real screen paints over it, row by row the same. Keys typed meanwhile wait in the terminal for it, and the
terminal shows them where the prompt is. Nothing here is imported that the start doesn't need anyway.
"""

import contextlib
import os
import re
import select
import sys
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spark_tui import __version__
from spark_tui.adapters.places import state_dir, workspace_id

_SAFE = re.compile(r"(?:\x1b\[[0-9;]*m|\x1b\[[0-9]+;1H|[^\x00-\x1f\x7f-\x9f])*")
"""Colours, starts of rows and plain text; a file with anything else in it is not one of ours."""
_BOX = re.compile(r"([0-9]{1,4});([0-9]{1,4});([0-9]{1,4});((?:\x1b\[[0-9;]*m)*)")
"""Row, column, cells and colours of where the prompt is typed."""
_LONGEST = 1_000_000
"""Characters beyond which a frame is not worth reading."""

_HINT, _TYPED = 48, 4
"""Cells of the box that are cleared when typing begins, and how far it may have come by then."""


def why_not(env: Mapping[str, str], isatty: bool) -> str:
    """Say in one sentence why the full screen can't be shown here; empty if it can."""
    if not isatty:
        return "The workspace needs a terminal; without one, use `spark-tui ask`."
    if env.get("TERM", "") in ("", "dumb", "unknown"):
        term = env.get("TERM") or "not set"
        return f"This terminal can't show a full screen (TERM is {term}); use `spark-tui ask`."
    return ""


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; if a pipe stands in its place, there is nothing in it."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


class Opening:
    """Holds the terminal until the screen takes it over."""

    def __init__(self, fd: int, attributes: list[Any], place: Path, head: str) -> None:
        self._fd = fd
        self._attributes = attributes
        self._place = place
        self._head = head
        self._shown = ""
        self._lock = threading.Lock()
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
        self._shown = self._read()
        box, _, rows = self._shown.partition("\n")
        name = os.path.basename(folder) or folder
        frame = rows or f"\x1b[1;1H spark-tui  {name if name.isprintable() else ''}"
        place = _BOX.fullmatch(box)
        raw = list(self._attributes)
        # What is typed now is meant for the prompt: not held back until Enter, and Ctrl+Q and Ctrl+S are keys.
        raw[0], raw[3] = raw[0] & ~termios.IXON, raw[3] & ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(self._fd, termios.TCSANOW, raw)
        if place:
            row, column, width, colours = place.groups()
            # Without line wrap, what is too long stays in its row.
            frame += f"\x1b[?7l\x1b[{row};{column}H{colours}"
        _write(f"\x1b[?1049h\x1b[?25l\x1b[?2026h\x1b[2J{frame}\x1b[?2026l")
        if place:
            # Now that it is where the prompt is.
            raw[3] |= termios.ECHO
            termios.tcsetattr(self._fd, termios.TCSANOW, raw)
            threading.Thread(target=self._clear_hint, args=(int(width),), daemon=True).start()

    def _clear_hint(self, width: int) -> None:
        """When something is typed, clear what stands in the empty prompt behind it."""
        with contextlib.suppress(OSError, ValueError):
            select.select([self._fd], [], [])
            with self._lock:
                if self._is_held:
                    _write(f"\x1b[{max(min(width, _HINT) - _TYPED, 1)}X\x1b[?25h")

    def _read(self) -> str:
        try:
            with open(self._place, encoding="utf-8", newline="", opener=_without_waiting) as file:
                head, _, frame = file.read(_LONGEST).partition("\n")
        except (OSError, ValueError):
            return ""
        box, _, rows = frame.partition("\n")
        is_ours = head == self._head and _SAFE.fullmatch(rows) and (not box or _BOX.fullmatch(box))
        return frame if is_ours else ""

    def hand_over(self) -> bool:
        """Give the terminal to the screen, with its own attributes; False if it was given before."""
        with self._lock:
            held, self._is_held = self._is_held, False
        if held:
            self._restore()
        return held

    def end(self) -> None:
        """Leave the terminal as it was, unless the screen has it."""
        if self.hand_over():
            _write("\x1b[m\x1b[?7h\x1b[?1049l\x1b[?25h")

    def _restore(self) -> None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._fd, termios.TCSANOW, self._attributes)

    def keep(self, rows: Sequence[str], box: tuple[int, int, int, str] | None) -> None:
        """Remember the rows of the screen, as written to the terminal, for the next start. Never raises.

        `box` is where the prompt is typed: its row, column, cells and colours; None: somewhere else.
        """
        painted = "".join(f"\x1b[{number};1H{row}" for number, row in enumerate(rows, 1))
        frame = ("{};{};{};{}".format(*box) if box else "") + "\n" + painted
        if frame == self._shown or not _SAFE.fullmatch(painted):
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
