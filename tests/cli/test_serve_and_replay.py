"""What `serve` records, `replay` plays: the same answers, faults included."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.adapters.model_trace import TracedLink, TraceFile
from spark_tui.cli import main
from spark_tui.cli.serve import read_manners
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import AssistantMessage, UserMessage
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.rehearsal.faults import BadScript
from spark_tui.rehearsal.house import Manners

ROOT = Path(__file__).parents[2]


async def talk(port: int, trace: TraceFile) -> tuple[object, ...]:
    """Two turns through the real client."""
    url = f"http://127.0.0.1:{port}/v1"
    profile = LaneProfile("fast", Model("m", "p", "quick-1"), Provider("p", url))
    way = TracedLink(ModelSocket(url), "fast", trace)
    link = Link(way, profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)
    try:
        for words in ("hello", "and again"):
            async for _ in link.respond([UserMessage(words)]):
                pass
        return link.items
    finally:
        await link.close()


@pytest.mark.parametrize("faults", [[], [{"do": "drop", "after": 3, "skip": 1}, {"do": "noise"}]])
def test_a_recorded_session_is_played_again(
    faults: list[object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs, script = tmp_path / "ours", tmp_path / "theirs", tmp_path / "faults.json"
    script.write_text(json.dumps(faults))
    command = [
        sys.executable, "-m", "spark_tui", "serve", "--port", "0", "--rate", "100000", "--seed", "7",
        "--faults", str(script), "--record", str(theirs), "--watch-stdin",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None and server.stdout is not None
    file = TraceFile(str(ours), tuple)
    with server.stdin, server.stdout:
        items = asyncio.run(talk(json.loads(server.stdout.readline())["port"], file))
        server.stdin.close()
        assert server.wait(20) == 0
    file.close()
    said = [item.text for item in items if isinstance(item, AssistantMessage)]
    assert len(said) == 2
    # What the server saw of a connection that broke has no end.
    for trace, code in ((ours, 0), (theirs, 1 if faults else 0)):
        assert main(["replay", str(trace), "--json"]) == code
        events: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [event["item"]["text"] for event in events if event["type"] == "ItemDone"] == said
    assert main(["replay", str(ours)]) == 0
    assert said[0].split("\n")[0] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("{}", "not a list"),
        ('[{"do":"dance"}]', "dance"),
        ('[{"do":"drop","when":3}]', "when"),
        ('[{"do":"drop","after":"x"}]', "after"),
    ],
)
def test_a_script_that_makes_no_sense_is_a_sentence(
    content: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "faults.json").write_text(content)
    assert main(["serve", "--faults", str(tmp_path / "faults.json")]) == 2
    assert words in capsys.readouterr().err


def test_traces_that_hold_nothing_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(tmp_path / "missing")]) == 1
    (tmp_path / "empty").write_text("hello\n")
    assert main(["replay", str(tmp_path / "empty")]) == 1
    err = capsys.readouterr().err
    assert "can't be read" in err and "holds no recorded frames" in err


def test_a_recording_that_breaks_off_is_told_by_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut").write_text(
        'C {"model":"m","input":"hi"}\nS {"type":"response.created","response":{"id":"r"}}\n'
    )
    assert main(["replay", str(tmp_path / "cut")]) == 1
    assert "failed" in capsys.readouterr().out


def test_manners_are_given_by_name() -> None:
    usual = Manners()
    changed = read_manners(["interrupts=true", "age_limit=60", "most_lanes=3", "lanes=false"], usual)
    assert changed == replace(usual, interrupts=True, age_limit=60.0, most_lanes=3, lanes=False)
    assert read_manners([], usual) == usual


@pytest.mark.parametrize("wrong", ["nosuch=1", "lanes=perhaps", "most_lanes=many", "age_limit"])
def test_manners_that_make_no_sense_are_a_sentence(wrong: str) -> None:
    with pytest.raises(BadScript) as told:
        read_manners([wrong], Manners())
    assert wrong.partition("=")[0] in str(told.value)
