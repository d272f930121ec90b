"""A sitting that was killed goes on as it was, and shows what other programs undid and made again meanwhile."""

import os
import signal
import subprocess
from pathlib import Path

from tests.e2e.places import COMMAND, SHOP, environment, repository
from tests.e2e.terminal import Terminal

F4, F7 = "\x1bOS", "\x1b[18~"
NOTE, WHY = "It was accepted, and taken back", "why: It carries out the instruction"


def _decided(terminal: Terminal, key: str, *wanted: str) -> None:
    """Press a key that decides until it counts: what only just appeared is not decided on."""
    for _ in range(40):
        terminal.rest(0.4)
        terminal.send(key)
        terminal.rest(0.4)
        if all(part in terminal.text() for part in wanted):
            return
    raise AssertionError(f"{key!r} never led to {wanted} on:\n{terminal.text()}")


def test_killed_undone_and_gone_on_with(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    environ = environment(tmp_path)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *words, "-C", str(repo)]
        return subprocess.run(command, env=environ, cwd=repo, capture_output=True, text=True, check=False)

    with Terminal([*COMMAND, str(repo / "shop.py")], environ, repo) as terminal:
        terminal.wait_for("A small shop", "rehearsal (offline)")
        terminal.send(F7)
        terminal.wait_for("Enter send")
        terminal.send("rename price to cost")
        terminal.wait_for("rename price to cost")
        terminal.send("\r")
        terminal.wait_for("2 open of 2")
        terminal.send(F4)
        _decided(terminal, "a", "1 open of 2")
        terminal.wait_for("1 checkpoint", "accepted")
        refused = run("undo")
        assert refused.returncode == 1 and f"process {terminal.pid}" in refused.stderr
        terminal.send("?")
        terminal.wait_for(WHY)
        terminal.send("c")
        terminal.wait_for("Comment on this edit")
        terminal.send("why two?")
        terminal.wait_for("why two?")
        terminal.send("\r")
        terminal.wait_for("# why two?")
        terminal.send("s")
        terminal.wait_for("2/2", "[1 again]")
        os.kill(terminal.pid, signal.SIGKILL)
    accepted = (repo / "shop.py").read_text()
    assert accepted != SHOP and run("undo").returncode == 0
    assert (repo / "shop.py").read_text() == SHOP
    with Terminal([*COMMAND, "--continue", str(repo)], environ, repo) as terminal:
        terminal.wait_for("1 accepted hunk was taken back", "2 open of 2")
        terminal.send(F4)
        terminal.wait_for("2/2, #1", "# why two?", "[1 again]")
        _decided(terminal, "0", "1/2, #1")
        terminal.send("?")
        terminal.wait_for(WHY)
        terminal.send("k")
        terminal.wait_for(NOTE)
        os.kill(terminal.pid, signal.SIGKILL)
    assert run("redo").returncode == 0
    assert (repo / "shop.py").read_text() == accepted
    with Terminal([*COMMAND, "--continue", str(repo)], environ, repo) as terminal:
        terminal.wait_for("Brought back: 1 hunk to decide", "1 open of 2")
        terminal.send(F4)
        terminal.wait_for("+ 6", "accepted", gone=NOTE)
        _decided(terminal, "u", "2 open of 2")
    assert (repo / "shop.py").read_text() == SHOP
