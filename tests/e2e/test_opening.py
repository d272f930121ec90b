"""The first frame: there before the program is, the same as the screen, and never a way into the terminal."""

import sys
from pathlib import Path

import pytest

from tests.e2e.places import environment, repository
from tests.e2e.terminal import Terminal

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
FRAMED = b"\x1b[?2026l"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def _open(repo: Path, home: Path, *arguments: str) -> Terminal:
    return Terminal([sys.executable, "-m", "spark_tui", str(repo), *arguments], environment(home), repo)


def _frame(home: Path) -> Path:
    (frame,) = (home / "spark" / "state" / "ws").glob("*/frames/120x40")
    return frame


def _begin(repo: Path, home: Path) -> None:
    """Start once, until the screen is remembered."""
    with _open(repo, home) as terminal:
        terminal.wait_for("0 checkpoints", "shop.py")
        while not list(home.rglob("frames/120x40")):
            assert terminal.pump(0.05)
        terminal.send("\x11")
        assert terminal.wait_end() == 0


def _wait_for_echo(terminal: Terminal) -> None:
    """Wait until the terminal shows what is typed in the first frame."""
    terminal.wait_for_raw(FRAMED)
    while not terminal.echoes:
        assert terminal.pump(0.01)


def _first_rows(raw: bytes) -> bytes:
    """What was written before Textual set the terminal up."""
    return raw.partition(b"\x1b[?1000h")[0]


def test_the_second_start_shows_the_screen_at_once_and_enters_it_once(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _begin(repo, home)
    with _open(repo, home) as terminal:
        # Typed before the screen is there: the terminal shows it in the prompt, and it waits for that.
        _wait_for_echo(terminal)
        terminal.send("hello there")
        terminal.wait_for("> hello there")
        early = _first_rows(bytes(terminal.raw))
        assert b"shop.py" in early and b"checkpoints" in early
        assert b"hello there" in early.partition(FRAMED)[2]
        while b"\x1b[?1000h" not in terminal.raw:
            assert terminal.pump(0.05)
        terminal.wait_for("> hello there")
        assert bytes(terminal.raw).count(ENTER) == 1
        terminal.send("\x11")
        assert terminal.wait_end() == 0
        assert bytes(terminal.raw).count(LEAVE) == 1


def test_the_screen_takes_over_without_a_flicker(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _begin(repo, home)
    with _open(repo, home) as terminal:
        terminal.wait_for_raw(FRAMED)
        while bytes(terminal.raw).count(b"\x1b[40;1H") < 2 or b"\x1b[?1000h" not in terminal.raw:
            assert terminal.pump(0.005)
            shown = terminal.text()
            for part in ("Enter send", "No file is open", "Proposed edits appear here", "Ask for a change"):
                assert part in shown


@pytest.mark.parametrize("evil", ["\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "\r\n", "\x1b[5n"])
def test_a_frame_that_is_not_ours_is_not_shown(repo: Path, tmp_path: Path, evil: str) -> None:
    home = tmp_path / "home"
    _begin(repo, home)
    frame = _frame(home)
    frame.write_text(frame.read_text() + evil + "EVIL", newline="")
    with _open(repo, home) as terminal:
        terminal.wait_for("0 checkpoints")
        assert b"EVIL" not in terminal.raw and b"shop.py" not in _first_rows(bytes(terminal.raw))


def test_a_start_that_fails_gives_the_terminal_back(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with _open(repo, home, "--theme", "nosuch") as terminal:
        terminal.wait_for("theme nosuch is not there")
        assert terminal.wait_end() == 1
        raw = bytes(terminal.raw)
        assert raw.count(ENTER) == raw.count(LEAVE) == 1
        assert raw.index(LEAVE) < raw.index(b"nosuch")


def test_what_was_asked_and_typed_is_not_kept_in_the_frame(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _begin(repo, home)
    with _open(repo, home) as terminal:
        terminal.wait_for("0 checkpoints")
        terminal.send("a secret")
        terminal.wait_for("> a secret")
        terminal.send("\x11")
        terminal.wait_end()
    assert "a secret" not in _frame(home).read_text()


def test_what_is_typed_ahead_covers_nothing_but_the_prompt(repo: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    _begin(repo, home)
    with _open(repo, home) as terminal:
        _wait_for_echo(terminal)
        before = terminal.lines()
        terminal.send("word " * 60 + "\x1b[A\x7f")
        terminal.wait_for("> word word")
        after = terminal.lines()
        if b"\x1b[?1000h" not in terminal.raw:
            assert [row for row in after if "word" not in row] == [
                row for row in before if "> Ask for" not in row
            ]
        while b"\x1b[?1000h" not in terminal.raw:
            assert terminal.pump(0.05)
        terminal.wait_for("word word", "0 checkpoints")


@pytest.mark.parametrize("box", ["1;1;9;\x1b[2J", "1;1", "a;b;c;"])
def test_a_place_for_typing_that_is_not_ours_is_not_used(repo: Path, tmp_path: Path, box: str) -> None:
    home = tmp_path / "home"
    _begin(repo, home)
    frame = _frame(home)
    head, _, rest = frame.read_text().partition("\n")
    frame.write_text("\n".join([head, box, rest.partition("\n")[2]]), newline="")
    with _open(repo, home) as terminal:
        terminal.wait_for("0 checkpoints")
        assert b"shop.py" not in _first_rows(bytes(terminal.raw))
