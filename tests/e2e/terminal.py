"""A real terminal for tests: a pty, a process in it, and a screen that says what a person would see."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

PATIENCE = 40.0
"""Seconds until something that should come is given up; generous, because test machines are slow."""


class Terminal:
    """Runs a command in a pty; use as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        folder: Path,
        columns: int = 120,
        rows: int = 40,
        *,
        blind: bool = False,
    ) -> None:
        """Start the command; a blind terminal only keeps what it is sent, which is much quicker."""
        self._is_blind = blind
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn: list[str] = []
        self.raw = bytearray()
        self.log: list[tuple[float, bytes]] = []
        """What was written, and when it came."""
        self.status: int | None = None
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(folder)
                os.execvpe(command[0], list(command), dict(environ))
            finally:
                os._exit(127)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *exception: object) -> None:
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitpid(self.pid, 0)[1]
        with contextlib.suppress(OSError):
            os.close(self._master)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, so that everything is painted anew."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    @property
    def echoes(self) -> bool:
        """Whether the terminal itself shows what is typed."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def lines(self) -> list[str]:
        """The screen as it is now."""
        screen = self._screen
        if len(self._drawn) != screen.lines:
            self._drawn = [""] * screen.lines
            screen.dirty.update(range(screen.lines))
        for row in screen.dirty:
            if row < screen.lines:
                cells = screen.buffer[row]
                self._drawn[row] = "".join(cells[column].data for column in range(screen.columns)).rstrip()
        screen.dirty.clear()
        return self._drawn.copy()

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines())

    def pump(self, seconds: float) -> bool:
        """Wait for something to come, for `seconds` at most, and read it; False once the process has ended."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            data = b""
        if not data:
            return False
        self.raw += data
        self.log.append((time.monotonic(), data))
        if self._is_blind:
            return True
        self._stream.feed(data.replace(b"\x1b[>4;2m", b"").replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b""))
        return True

    def rest(self, seconds: float) -> None:
        """Read for so long, however much comes, and press nothing: as one who looks at the screen."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self.pump(left):
                return

    def settle(self, quiet: float = 0.8, most: float = 8.0) -> None:
        """Read until nothing has come for a while."""
        end = time.monotonic() + most
        while time.monotonic() < end:
            before = len(self.raw)
            self.rest(quiet)
            if len(self.raw) == before:
                return

    def wait_for(self, *wanted: str, gone: str = "") -> str:
        """Wait until the screen shows every text of `wanted` (and not `gone`); return the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            alive = self.pump(0.05)
            text = self.text()
            if all(part in text for part in wanted) and not (gone and gone in text):
                return text
            if not alive:
                break
        raise AssertionError(f"never saw {wanted} (without {gone!r}) on:\n{self.text()}")

    def wait_for_raw(self, wanted: bytes) -> None:
        """Wait until something was sent, whatever the screen makes of it."""
        end = time.monotonic() + 8 * PATIENCE
        while time.monotonic() < end and wanted not in self.raw[-100_000:]:
            if not self.pump(0.05):
                break
        assert wanted in self.raw, f"never sent {wanted!r}: {bytes(self.raw[-2000:])!r}"

    def wait_for_any(self, *wanted: str) -> str:
        """Wait until the screen shows one of `wanted`; return which."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.pump(0.05)
            for part in wanted:
                if part in self.text():
                    return part
        raise AssertionError(f"never saw any of {wanted} on:\n{self.text()}")

    def wait_end(self) -> int:
        """Wait for the process to end; return its exit code, negative for a signal."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            alive = self.pump(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
                return os.waitstatus_to_exitcode(status)
            if not alive:
                time.sleep(0.01)
        raise AssertionError(f"still running:\n{self.text()}")
