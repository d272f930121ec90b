"""A hunk edited in the person's own editor, in a real terminal: the editor has it, and gives it back."""

from pathlib import Path

from tests.e2e.places import COMMAND, environment, repository
from tests.e2e.terminal import Terminal

F4, F7, CTRL_Q = "\x1bOS", "\x1b[18~", "\x11"


def test_the_editor_has_the_terminal_and_the_screen_comes_back(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\nstty -a | grep -q " icanon" && echo COOKED || echo RAW\nprintf "your turn: "\nread answer\n'
        'sed -i "s/cost/$answer/" "$1"\n'
    )
    editor.chmod(0o755)
    variables = {**environment(tmp_path), "VISUAL": str(editor)}
    with Terminal([*COMMAND, str(repo / "shop.py")], variables, repo) as terminal:
        terminal.wait_for("shop.py", "rehearsal (offline)")
        terminal.send(F7)
        terminal.wait_for("Enter send")
        terminal.send("rename price to cost")
        terminal.wait_for("rename price to cost")
        terminal.send("\r")
        terminal.wait_for("2 open of 2", "waiting for your decisions")
        terminal.send(F4)
        terminal.wait_for("a accept", '+         cost = item["price"]')
        terminal.send("E")
        terminal.wait_for("COOKED", "your turn:")
        terminal.send("fee\n")
        terminal.wait_for('+         fee = item["price"]', "a accept", "2 open of 2")
        assert "cost" not in (repo / "shop.py").read_text()
        terminal.send(CTRL_Q)
        assert terminal.wait_end() == 0
