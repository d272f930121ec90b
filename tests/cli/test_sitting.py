"""Which session a start goes on from."""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.cli.arguments import parse
from spark_tui.cli.sitting import choose
from spark_tui.ports import CheckpointFailed


def log(state: Path, name: str, *kinds: str, age: int = 0) -> None:
    (state / "sessions").mkdir(exist_ok=True)
    path = state / "sessions" / f"{name}.jsonl"
    path.write_text("".join(json.dumps({"v": 1, "kind": kind}) + "\n" for kind in kinds) + '{"v": 1, "ki')
    os.utime(path, (1_000_000 - age, 1_000_000 - age))


def options(*words: str) -> argparse.Namespace:
    return parse(words)


def test_a_session_that_was_cut_off_goes_on_and_one_that_was_ended_does_not(tmp_path: Path) -> None:
    log(tmp_path, "old", "opened", "draft", age=9)
    log(tmp_path, "cut", "opened", "draft")
    sitting = choose(tmp_path, True, options())
    assert sitting.session == "cut" and [record["kind"] for record in sitting.past] == ["opened", "draft"]
    log(tmp_path, "cut", "opened", "closed")
    assert choose(tmp_path, True, options()).past == ()
    assert choose(tmp_path, True, options("--continue")).session == "cut"
    assert choose(tmp_path, True, options("--resume", "old")).session == "old"


def test_one_that_cannot_be_reopened_twice_is_not_tried_a_third_time(tmp_path: Path) -> None:
    log(tmp_path, "bad", "draft", "opened", "opened")
    sitting = choose(tmp_path, True, options())
    assert sitting.past == () and "--resume bad" in sitting.notice
    assert choose(tmp_path, True, options("--resume", "bad")).past


_CHILD = """
import argparse, asyncio, os, sys
from spark_tui.cli.arguments import parse
from spark_tui.cli.compose import build
from spark_tui.core.text import Position, Span
async def main():
    built = await build(sys.argv[1], parse([]))
    engine = built.engine
    told = []
    engine.subscribe(lambda event: told.append(getattr(event, "sentence", "")))
    await engine.open()
    work = engine.workspace
    if sys.argv[2] == "type":
        await work.open("a.py")
        at = Position(0, 0)
        for letter in "typed ":
            text = work.buffer("a.py").text
            work.edit("a.py", text.replace(Span(at, at), letter))
            at = Position(0, at.column + 1)
        engine.session.draft = "a thought"
        await engine._ports.log.flush()
        os.kill(os.getpid(), 9)
    print(work.unsaved(), work.buffer("a.py").text.line(0), engine.session.draft, [t for t in told if t])
    await engine.close()
    await built.close()
asyncio.run(main())
"""


def test_what_was_typed_survives_sigkill(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "a.py").write_text("x = 1\n")

    def run(word: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SPARK_TUI_HOME": str(tmp_path / "home"), "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-c", _CHILD, str(tmp_path / "w"), word]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    died = run("type")
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert (tmp_path / "w" / "a.py").read_text() == "x = 1\n"
    back = run("look")
    assert back.stdout == (
        "('a.py',) typed x = 1 a thought ['Brought back: unsaved text in 1 file, your draft.']\n"
    ), back.stderr


def test_other_commands_and_second_instances_begin_anew(tmp_path: Path) -> None:
    log(tmp_path, "cut", "opened", "draft")
    assert choose(tmp_path, True, options("ask", "do it")).past == ()
    assert choose(tmp_path, False, options()).past == ()
    assert choose(None, True, options()).past == ()
    with pytest.raises(CheckpointFailed, match="another spark-tui"):
        choose(tmp_path, False, options("--continue"))
    with pytest.raises(CheckpointFailed, match='no session "no" here; the latest: cut'):
        choose(tmp_path, True, options("--resume", "no"))
    with pytest.raises(SystemExit):
        options("--continue", "--resume", "x")


@pytest.mark.parametrize(
    "line", [b"[" * 100_000, b"\0\xff", b'{"kind": ' + b"9" * 5000 + b"}", b"null", b'{"kind": {}}']
)
def test_whatever_a_log_ends_with_the_start_goes_on(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "odd.jsonl").write_bytes(line + b"\n")
    choose(tmp_path, True, options())
