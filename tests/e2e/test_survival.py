"""An error that nobody foresaw, wherever it comes up, ends nothing: it becomes a notice, and the log has the rest."""

import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.cli import main
from tests.e2e.places import environment, repository
from tests.e2e.terminal import Terminal

F1 = "\x1bOP"
TYPED = "typed_and_not_saved"
FAILING = """
import asyncio, sys, threading
from spark_tui.cli import main
from spark_tui.ui.app import SparkApp

def handler(self):
    text = "\\n".join(self.engine.workspace.buffer("shop.py").text.lines())
    def thread():
        raise LookupError(f"in a thread: {text}")
    def callback():
        raise ValueError(f"in a callback: {text}")
    threading.Thread(target=thread, name="odd").start()
    asyncio.get_running_loop().call_soon(callback)
    raise RuntimeError(f"in a handler: {text[-60:]}")

SparkApp.action_show_keys = handler
sys.exit(main())
"""


def test_errors_become_notices_and_the_log_has_their_places_but_no_text(tmp_path: Path) -> None:
    repo, home = repository(tmp_path / "repo"), tmp_path / "home"
    command = [sys.executable, "-c", FAILING, str(repo / "shop.py")]
    with Terminal(command, environment(home), repo) as terminal:
        terminal.wait_for("A small shop")
        terminal.send("\x1bOR")
        # Only while the editor has the focus the status line tells how it indents.
        terminal.wait_for("4 spaces")
        terminal.send(TYPED)
        terminal.wait_for(TYPED, "shop.py*")
        terminal.send(F1)
        terminal.wait_for("(details: ~/spark/state/spark-tui.log)", TYPED)
        terminal.send("_and_more")
        terminal.wait_for(f"{TYPED}_and_more")
        log = home / "spark" / "state" / "spark-tui.log"
        text = log.read_text()
    for said in (
        "RuntimeError: in a handler: …",
        "ValueError: in a callback: …",
        "LookupError: in a thread: …",
        "in handler",
        "thread odd ended",
        "link fast: connecting (rehearsal)",
        "spark_tui.adapters.repo_index.index: process",
    ):
        assert said in text, said
    assert TYPED not in text and "small shop" not in text
    assert log.stat().st_mode & 0o077 == 0


def test_an_error_that_ends_the_program_names_the_log(tmp_path: Path) -> None:
    failing = "import sys; from spark_tui.cli import ask, main; ask.build = None; sys.exit(main())"
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            failing,
            "ask",
            "a prompt of mine",
            "--log-file",
            str(tmp_path / "own" / "log"),
        ],
        cwd=tmp_path,
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode == 1 and "Traceback" not in asked.stderr
    assert f"(TypeError; details: {tmp_path}/own/log)" in asked.stderr
    text = (tmp_path / "own" / "log").read_text()
    assert "CRITICAL" in text and "'NoneType' object is not callable" in text and "of mine" not in text


def test_a_log_that_can_not_be_written_where_it_is_wanted_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["ask", "-C", str(tmp_path), "hello", "--log-file", str(tmp_path / "file" / "log")]) == 1
    assert f"the log can't be written to {tmp_path}/file/log: " in capsys.readouterr().err
