"""Frames are written down without secrets, and what was written can be played."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.adapters.model_trace import ReplayLink, TracedLink, TraceFile
from spark_tui.core.wire import (
    DeveloperMessage,
    Item,
    ItemKind,
    Prefix,
    ToolOutput,
    UserMessage,
    build_request,
)
from spark_tui.core.wire.trace import TraceEntry, asked_items, read_trace, trace_line
from spark_tui.ports import LinkDown, SettingsWrong
from tests.fakes.model_socket import FakeModelSocket, text_reply
from tests.rehearsal.serving import create, serving

KEY = "opaque-0123456789"


def test_secrets_are_taken_out_wherever_they_are() -> None:
    frame = {
        "input": [f"my key is {KEY} and sk-proj-0123456789abcdefghij, Bearer abcdefghijkl"],
        "Authorization": "x",
        "nested": {"api_key": "y", "refresh-token": "z", "tokens": 7, "tool_choice": "auto"},
    }
    line = trace_line(TraceEntry(True, "fast", frame), (KEY, ""))
    assert json.loads(line.removeprefix("C@fast ")) == {
        "input": ["my key is … and …, …"],
        "Authorization": "…",
        "nested": {"api_key": "…", "refresh-token": "…", "tokens": 7, "tool_choice": "auto"},
    }


def test_a_trace_is_read_back_and_the_rest_is_skipped() -> None:
    entries = [TraceEntry(True, "", {"a": "é\n"}), TraceEntry(False, "7", {"type": "x"})]
    lines = [trace_line(entry) for entry in entries]
    assert (
        list(read_trace(["# note", "", lines[0] + "\r\n", "C {broken}", "S [1]", "X {}", lines[1]]))
        == entries
    )


def test_what_was_asked_is_read_from_a_request() -> None:
    items: list[Item] = [
        UserMessage("u"),
        DeveloperMessage("d"),
        ToolOutput(ItemKind.CUSTOM, "c", "ok"),
        ToolOutput(ItemKind.APPLY_PATCH, "p", "no", False),
    ]
    assert asked_items(build_request(Prefix("m", ""), items)) == items
    assert asked_items({"input": "hi"}) == [UserMessage("hi")]
    assert asked_items({"input": [{"role": "assistant", "content": "x"}, 3, {"type": "reasoning"}]}) == []


async def test_a_traced_link_writes_both_ways_and_its_fallback_too(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    file = TraceFile(str(path), lambda: (KEY,))
    http = FakeModelSocket([text_reply("r2", "Ho.")])
    link = TracedLink(FakeModelSocket([text_reply("r1", f"It is {KEY}.")], fallback=http), "fast", file)
    fallback = link.fallback
    assert fallback is not None
    for way in (link, fallback):
        await way.connect()
        frames = way.exchange({"type": "response.create", "input": "hi"})
        async for frame in frames:
            if frame["type"] == "response.completed":
                break
        await frames.aclose()  # type: ignore[attr-defined]
        await way.drop()
        await way.close()
    file.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert KEY not in text and "It is …." in text
    assert [line[:6] for line in text.splitlines()].count("C@fast") == 2
    assert [line[:6] for line in text.splitlines()].count("S@fast") == 2 * len(text_reply("r1", "x"))


async def test_a_recording_is_played_request_by_request(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    frames: list[Any] = [
        ("C", {"generate": False}), ("S", {"n": 0}), ("C", {"n": 1}), ("S", {"n": 2}), ("S", {"n": 3}), ("C", {"n": 4}),
    ]  # fmt: skip
    path.write_text("".join(f"{who} {json.dumps(frame)}\n" for who, frame in frames) + 'C@b {"n": 9}\n')
    lanes = ReplayLink.of_file(path)
    assert set(lanes) == {"", "b"}
    link = lanes[""]
    assert link.next_request == {"n": 1}
    await link.connect()
    played = []
    with pytest.raises(LinkDown):
        async for frame in link.exchange({}):
            played.append(frame)
    assert played == [{"n": 2}, {"n": 3}]
    assert link.next_request == {"n": 4}
    assert not link.connected


def test_files_that_can_not_be_used_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="can't be written"):
        TraceFile(str(tmp_path / "no" / "trace"), tuple)
    with pytest.raises(SettingsWrong, match="can't be read"):
        ReplayLink.of_file(tmp_path / "missing")


async def test_requests_at_the_same_time_are_lanes_of_their_own(tmp_path: Path) -> None:
    """As `serve --record` writes them: one connection, told apart by their streams."""
    lines = []
    for sender, stream, frame in (
        ("C", "", {"type": "response.create", "input": "one"}),
        ("C", "side-1", {"type": "response.create", "input": "two"}),
        ("S", "side-1", {"type": "response.created", "response": {"id": "r2"}}),
        ("S", "", {"type": "response.created", "response": {"id": "r1"}}),
    ):
        lines.append(f"{sender}@1 {json.dumps({**frame, **({'stream_id': stream} if stream else {})})}")
    file = tmp_path / "trace"
    file.write_text("\n".join(lines))
    lanes = ReplayLink.of_file(file)
    assert set(lanes) == {"1", "1/side-1"}
    for lane, words, response in (("1", "one", "r1"), ("1/side-1", "two", "r2")):
        request = lanes[lane].next_request
        assert request is not None and request["input"] == words
        await lanes[lane].connect()
        heard: Any = await anext(aiter(lanes[lane].exchange({})))
        assert heard["response"] == {"id": response}


async def test_what_runs_beside_is_written_down_without_names_of_streams(tmp_path: Path) -> None:
    file = TraceFile(str(tmp_path / "trace"), lambda: ())
    async with serving() as url:
        main = ModelSocket(url.replace("ws://", "http://").removesuffix("/responses"), streams=True)
        link = TracedLink(main, "fast", file)
        await link.connect()
        sides = [link.beside(), link.beside()]
        for side in sides:
            assert (await side.connect()).shares
            async for frame in side.exchange(create("say Yes.")):
                if frame["type"] == "response.completed":
                    break
        await link.close()
    file.close()
    assert "stream_id" not in (tmp_path / "trace").read_text()
    assert set(ReplayLink.of_file(tmp_path / "trace")) == {"fast.1", "fast.2"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_ends_the_trace_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    before = Path("/dev/full").stat().st_mode
    file = TraceFile(str(tmp_path / "full"), lambda: ())
    assert Path("/dev/full").stat().st_mode == before
    for _ in range(3):
        file.write(TraceEntry(True, "", {"a": "b" * 10_000}))
    file.close()
    assert [record.getMessage() for record in caplog.records] == [
        "the trace ends here: No space left on device"
    ]
