"""What happens to a terminal happens to it alone: resized, suspended, closed or told to end, no typed text is lost."""

import contextlib
import fcntl
import os
import random
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

from spark_tui.adapters.session_log import read_log
from spark_tui.core.session import replay
from tests.e2e.places import environment, repository
from tests.e2e.terminal import PATIENCE, Terminal

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
TYPED = "typed_and_not_saved"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def _open(repo: Path, home: Path) -> Terminal:
    return Terminal([sys.executable, "-m", "spark_tui", str(repo / "shop.py")], environment(home), repo)


def _type(terminal: Terminal) -> None:
    terminal.wait_for("A small shop")
    terminal.send("\x1bOR")
    # Only while the editor has the focus the status line tells how it indents.
    terminal.wait_for("4 spaces")
    terminal.send(TYPED)
    terminal.wait_for(TYPED, "shop.py*")


def _resize(terminal: Terminal, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _wait_until_it_is_written_down(home: Path, terminal: Terminal) -> None:
    """What was typed is in the session log within moments."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for log in (home / "spark" / "state").rglob("*.jsonl"):
            texts = replay(read_log(log)).texts.values()
            if any(TYPED in text.slice(text.full_span()) for text in texts):
                return
        terminal.pump(0.05)
    raise AssertionError("it was never written down")


def _is_there_again(repo: Path, home: Path) -> None:
    """The next start shows the text, still unsaved, and the disk has the old one."""
    assert TYPED not in (repo / "shop.py").read_text()
    with _open(repo, home) as terminal:
        terminal.wait_for(TYPED, "shop.py*")


def test_a_storm_of_sizes_leaves_the_text_and_the_screen_whole(repo: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    with _open(repo, tmp_path / "home") as terminal:
        _type(terminal)
        for _ in range(80):
            _resize(terminal, chance.randrange(1, 300), chance.randrange(1, 100))
            if chance.random() < 0.2:
                terminal.pump(0.01)
        _resize(terminal, 120, 40)
        terminal._screen.reset()
        terminal._screen.resize(40, 120)
        terminal.settle(0.3, 3.0)
        # Only what is painted after the last size counts.
        _resize(terminal, 119, 40)
        terminal.wait_for(TYPED, "shop.py*", "checkpoints")


def test_a_suspended_program_gives_the_terminal_back_and_goes_on(repo: Path, tmp_path: Path) -> None:
    with _open(repo, tmp_path / "home") as terminal:
        _type(terminal)
        for _ in range(2):
            before = bytes(terminal.raw).count(LEAVE)
            os.kill(terminal.pid, signal.SIGTSTP)
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                terminal.pump(0.05)
                pid, status = os.waitpid(terminal.pid, os.WNOHANG | os.WUNTRACED)
                if pid and os.WIFSTOPPED(status):
                    break
            else:
                raise AssertionError("it never stopped")
            terminal.pump(0.1)
            assert bytes(terminal.raw).count(LEAVE) == before + 1
            os.kill(terminal.pid, signal.SIGCONT)
            while bytes(terminal.raw).count(ENTER) < before + 2:
                assert terminal.pump(0.1)
            terminal.wait_for(TYPED, "shop.py*")
        terminal.send("more")
        terminal.wait_for(f"{TYPED}more")


def test_told_to_end_it_restores_the_terminal_and_the_next_start_has_the_text(
    repo: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with _open(repo, home) as terminal:
        _type(terminal)
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_end() == 128 + signal.SIGTERM
        assert bytes(terminal.raw).count(LEAVE) == 1 and b"\x1b[?25h" in terminal.raw
    _is_there_again(repo, home)


def test_a_closed_terminal_loses_nothing(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with _open(repo, home) as terminal:
        _type(terminal)
        os.close(terminal._master)
        end = time.monotonic() + PATIENCE
        pid = 0
        while not pid and time.monotonic() < end:
            pid, terminal.status = os.waitpid(terminal.pid, os.WNOHANG)
            time.sleep(0.02)
        assert pid, "it never ended"
    _is_there_again(repo, home)


def test_killed_it_loses_nothing(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with _open(repo, home) as terminal:
        _type(terminal)
        _wait_until_it_is_written_down(home, terminal)
        with contextlib.suppress(ProcessLookupError):
            os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.wait_end() == -signal.SIGKILL
    _is_there_again(repo, home)
