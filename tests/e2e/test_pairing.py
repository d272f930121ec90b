"""The whole path in a real terminal: ask, watch, accept one hunk, reject one, undo, quit."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.places import COMMAND, SHOP, environment, fingerprint, git, repository
from tests.e2e.terminal import Terminal

F3, F4, F7, CTRL_Q, ESC = "\x1b[13~", "\x1bOS", "\x1b[18~", "\x11", "\x1b"
FIRST = SHOP.replace(
    '        price = item["price"]\n        result += price',
    '        cost = item["price"]\n        result += cost',
)
BOTH = SHOP.replace("price =", "cost =").replace("price *", "cost *")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def _open(repo: Path, home: Path, *arguments: str, columns: int = 120, rows: int = 40) -> Terminal:
    return Terminal([*COMMAND, *arguments, str(repo / "shop.py")], environment(home), repo, columns, rows)


def _ask(terminal: Terminal, prompt: str) -> None:
    terminal.wait_for("shop.py", "rehearsal (offline)")
    terminal.send(F7)
    terminal.wait_for("Enter send")
    terminal.send(prompt)
    terminal.wait_for(prompt)
    terminal.send("\r")


def _press(terminal: Terminal, key: str, *then: str) -> None:
    """Press a decision key when the hunk has been on the screen long enough for it to count."""
    terminal.rest(0.4)
    terminal.send(key)
    terminal.wait_for(*then)


def _mirror(home: Path) -> Path:
    (mirror,) = (home / "spark" / "state" / "ws").glob("*/mirror.git")
    return mirror


def test_ask_watch_accept_reject_undo_quit(repo: Path, tmp_path: Path) -> None:
    before = fingerprint(repo)
    with _open(repo, tmp_path, "--rate", "120") as terminal:
        _ask(terminal, "rename price to cost")
        terminal.wait_for("arriving", "hunk 1 of 1")
        assert fingerprint(repo) == before, "nothing may be written before an accept"
        terminal.wait_for("2 open of 2", "waiting for your decisions")
        assert fingerprint(repo) == before, "nothing may be written before an accept"
        terminal.send(F4)
        terminal.wait_for("a accept", '-         price = item["price"]', '+         cost = item["price"]')
        _press(terminal, "a", "1 open of 2", "1 checkpoint")
        assert (repo / "shop.py").read_text() == FIRST
        _press(terminal, "r", "1 accepted, 1 rejected")
        assert (repo / "shop.py").read_text() == FIRST
        _press(terminal, "u", "1 open of 2")
        _press(terminal, "u", "2 open of 2", "2 checkpoints")
        assert (repo / "shop.py").read_text() == SHOP
        _press(terminal, "A", "0 open of 2", "3 checkpoints")
        assert (repo / "shop.py").read_text() == BOTH
        terminal.send(CTRL_Q)
        assert terminal.wait_end() == 0
    after = fingerprint(repo)
    assert {path for path in before if path.startswith(".git")} == {
        path for path in after if path.startswith(".git")
    }
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed <= {"shop.py"}, changed
    mirror = _mirror(tmp_path)
    refs = git(mirror, "for-each-ref", "--format=%(refname)").split()
    shown = git(mirror, "show", f"{refs[-1]}:shop.py")
    assert shown == BOTH
    history = git(mirror, "log", "--format=%s", refs[-1])
    assert history.count("accept #") >= 2 and "undo #" in history


def test_a_latch_in_mid_stream_lands_when_the_hunk_is_complete(repo: Path, tmp_path: Path) -> None:
    with _open(repo, tmp_path, "--rate", "30") as terminal:
        _ask(terminal, "rename price to cost")
        terminal.send(F4)
        terminal.wait_for("a accept", "arriving")
        _press(terminal, "a", "will be accepted")
        assert (repo / "shop.py").read_text() == SHOP
        terminal.wait_for("1 checkpoint")
        assert (repo / "shop.py").read_text() == FIRST


def test_escape_keeps_complete_hunks_and_decides_nothing(repo: Path, tmp_path: Path) -> None:
    with _open(repo, tmp_path, "--rate", "60") as terminal:
        _ask(terminal, "rename price to cost")
        terminal.wait_for("open of 2", "arriving")
        terminal.send(ESC)
        terminal.wait_for("stopped", "proposed")
        assert (repo / "shop.py").read_text() == SHOP
        terminal.send(F4)
        _press(terminal, "k", "proposed")
        _press(terminal, "a", "1 checkpoint")
        assert (repo / "shop.py").read_text() == FIRST


def test_what_others_wrote_is_never_overwritten(repo: Path, tmp_path: Path) -> None:
    others = SHOP.replace("result += price", "result += 2 * price")
    with _open(repo, tmp_path) as terminal:
        _ask(terminal, "rename price to cost")
        terminal.wait_for("2 open of 2")
        (repo / "shop.py").write_text(others)
        terminal.send(F4)
        terminal.wait_for("a accept")
        _press(terminal, "a", "stale")
        assert (repo / "shop.py").read_text() == others


def test_a_hunk_finds_its_place_again_after_others_wrote_elsewhere(repo: Path, tmp_path: Path) -> None:
    others = SHOP.replace("A small shop.", "Changed by somebody else.")
    with _open(repo, tmp_path) as terminal:
        _ask(terminal, "rename price to cost")
        terminal.wait_for("2 open of 2")
        (repo / "shop.py").write_text(others)
        terminal.send(F4)
        terminal.wait_for("a accept")
        _press(terminal, "a", "Changed by somebody else.")
        if terminal.wait_for_any("1 checkpoint", "changed on disk by another program") != "1 checkpoint":
            # Nobody had looked at the disk before the accept did.
            assert (repo / "shop.py").read_text() == others
            _press(terminal, "k")
            _press(terminal, "p", "2 open of 2")
            _press(terminal, "a", "1 checkpoint")
        assert (repo / "shop.py").read_text() == FIRST.replace("A small shop.", "Changed by somebody else.")


def test_small_terminal_has_the_same_keys(repo: Path, tmp_path: Path) -> None:
    with _open(repo, tmp_path, columns=80, rows=24) as terminal:
        _ask(terminal, "rename price to cost")
        terminal.wait_for("F4 review 2", "hunk 1 of 2", "proposed")
        terminal.send(F4)
        terminal.wait_for("2 open", '-         price = item["price"]')
        _press(terminal, "a", "1 open", "1 checkpoint")
        assert (repo / "shop.py").read_text() == FIRST


def test_a_killed_program_leaves_the_workspace_as_of_the_last_accept(repo: Path, tmp_path: Path) -> None:
    with _open(repo, tmp_path) as terminal:
        _ask(terminal, "rename price to cost")
        terminal.wait_for("2 open of 2")
        terminal.send(F4)
        terminal.wait_for("a accept")
        _press(terminal, "a", "1 checkpoint")
    assert (repo / "shop.py").read_text() == FIRST
    assert git(repo, "status", "--short") == " M notes.md\n M shop.py\n"
    left = subprocess.run(["pgrep", "-f", f"serve.*{tmp_path}"], capture_output=True, text=True, check=False)
    assert left.stdout == ""
