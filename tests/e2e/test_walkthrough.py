"""The whole review in a real terminal against the embedded server; its clock is printed, not asserted."""

from pathlib import Path

import pytest

from tests.e2e.places import COMMAND, environment, git
from tests.e2e.terminal import Terminal
from tests.e2e.walkthrough import NAMES, RATE, shop, walk


def test_a_review_from_the_prompt_to_the_last_undo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = shop(tmp_path / "repo")
    before = git(repo, "rev-parse", "HEAD"), git(repo, "status", "--porcelain")
    command = [*COMMAND, "--rate", RATE, str(repo / "pay.py")]
    with Terminal(command, environment(tmp_path), repo, 140, 50) as terminal:
        walked = walk(terminal, repo)
        terminal.settle(2.5, 4.0)
        painted = terminal.lines()[:38]
        terminal.resize(139, 50)
        terminal.settle(0.8, 1.5)
        terminal.resize(140, 50)
        terminal.settle(0.8, 2.0)
    assert terminal.lines()[:38] == painted, "what was written sparingly is what is written as a whole"
    with capsys.disabled():
        print(f"\n{walked.table()}")
    parts = dict(zip(NAMES, walked.file.read_text().split("def ")[1:], strict=True))
    assert "raise RefundError(euros)" in parts["refund"], "the tail that was steered"
    assert "raise ValueError(amount)" in parts["charge"], "only two lines of it were accepted"
    assert "# rehearsal: for the reader" in parts["credit"], "the second of three versions"
    assert "order.book(total)" in parts["settle"] and "%%" not in parts["settle"]
    assert all("amount" in parts[name] for name in NAMES[4:]), "one undo took all of them back"
    assert git(repo, "rev-parse", "HEAD") == before[0] and before[1] == ""
