"""The terminal's own cursor while a modal keymap types: its shape tells the mode, and it is given back as it was."""

import os
import re
import signal
import sys
import time
from pathlib import Path

from tests.e2e.places import environment, repository
from tests.e2e.terminal import PATIENCE, Terminal

BAR, UNDERLINE, AS_BEFORE = b"\x1b[6 q\x1b[?25h", b"\x1b[4 q\x1b[?25h", b"\x1b[0 q"
SHAPED = re.compile(rb"\x1b\[[0-9] q")
SHOWN, HIDDEN = b"\x1b[?25h", b"\x1b[?25l"


def _open(tmp_path: Path, keymap: str) -> Terminal:
    home = tmp_path / "home"
    config = home / "spark" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(f'keymap = "{keymap}"\n')
    repo = repository(tmp_path / "repo")
    terminal = Terminal([sys.executable, "-m", "spark_tui", str(repo / "shop.py")], environment(home), repo)
    terminal.wait_for("A small shop")
    terminal.send("\x1bOR")
    # Only while the editor has the focus the status line tells how it indents.
    terminal.wait_for("4 spaces")
    return terminal


def _wait_until_it_is(visibility: bytes, terminal: Terminal) -> None:
    """Wait until the cursor is shown, or hidden, and stays so while nothing else comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        size = len(terminal.raw)
        terminal.pump(0.5)
        last = SHOWN if terminal.raw.rfind(SHOWN) > terminal.raw.rfind(HIDDEN) else HIDDEN
        if last == visibility and len(terminal.raw) == size:
            return
    raise AssertionError(f"never became {visibility!r}")


def test_the_cursor_tells_the_mode_and_is_given_back(tmp_path: Path) -> None:
    with _open(tmp_path, "vim") as terminal:
        terminal.wait_for("NORMAL")
        assert not SHAPED.search(bytes(terminal.raw))
        terminal.send("i")
        terminal.wait_for_raw(BAR)
        terminal.send("zzz")
        text = terminal.wait_for("INSERT", "zzz")
        screen = terminal._screen
        row = next(number for number, line in enumerate(text.split("\n")) if "zzz" in line)
        column = text.split("\n")[row].index("zzz") + 3
        assert (screen.cursor.y, screen.cursor.x) == (row, column)
        assert not screen.buffer[row][column].reverse, "two carets"
        _wait_until_it_is(SHOWN, terminal)
        terminal.send("\x1b")
        terminal.wait_for("NORMAL")
        terminal.wait_for_raw(AS_BEFORE)
        _wait_until_it_is(HIDDEN, terminal)
        terminal.send("R")
        terminal.wait_for_raw(UNDERLINE)
        terminal.send("\x10")
        terminal.wait_for("Enter takes")
        _wait_until_it_is(HIDDEN, terminal)
        terminal.send("\x1b")
        terminal.wait_for("REPLACE", gone="Enter takes")
        _wait_until_it_is(SHOWN, terminal)
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_end() == 128 + signal.SIGTERM
        raw = bytes(terminal.raw)
        assert raw.rfind(AS_BEFORE) > max(raw.rfind(BAR), raw.rfind(UNDERLINE))


def test_the_other_keymaps_leave_the_cursor_alone(tmp_path: Path) -> None:
    with _open(tmp_path, "default") as terminal:
        terminal.send("zzz")
        terminal.wait_for("zzz")
        assert not SHAPED.search(bytes(terminal.raw))
