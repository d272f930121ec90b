"""The page of the context in a real terminal: what goes along is seen, pinned, dropped, and so it is sent."""

from pathlib import Path

import pytest

from tests.e2e.places import COMMAND, environment, repository
from tests.e2e.terminal import Terminal

F7, F8, ESC, DOWN = "\x1b[18~", "\x1b[19~", "\x1b", "\x1b[B"
SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_file_is_dropped_and_pinned_by_key(tmp_path: Path, columns: int, rows: int) -> None:
    repo = repository(tmp_path / "repo")
    (repo / "AGENTS.md").write_text("Prefer small functions.\n")
    (repo / ".env").write_text("PRICE=1\n")
    command = [*COMMAND, str(repo / "shop.py")]
    with Terminal(command, environment(tmp_path, NO_COLOR="1"), repo, columns, rows) as terminal:
        terminal.wait_for("shop.py", "rehearsal (offline)")
        terminal.send(F7)
        terminal.wait_for("Enter send")
        terminal.send("what is @notes.md about, and @.env ?")
        terminal.wait_for("and @.env ?")
        terminal.send(F8)
        terminal.wait_for("goes along", "AGENTS.md", "notes.md", "mentioned; named", "exact")
        # Past what every request holds, the caret, the rules and the open file.
        terminal.send(DOWN * 7)
        terminal.wait_for("notes.md (mentioned)")
        terminal.send("d")
        terminal.wait_for("left out by you")
        terminal.send("p")
        terminal.wait_for("pinned", gone="left out by you")
        terminal.send(ESC)
        terminal.wait_for("Enter send", gone="goes along")
        terminal.send("\r")
        terminal.wait_for("tok/s")
        terminal.send(F8)
        terminal.wait_for("conversation so far", "already sent")
