"""Our client against llama.cpp's own server, with a tiny model of random weights that is made on the spot.

Needs SPARK_TUI_LLAMA, a Python that has `xllamacpp` and `gguf`; see tests/README.md.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.model_probe import Capabilities, ask_for_models
from spark_tui.cli.links import ways
from spark_tui.core.settings import LaneProfile, Model, Provider, Wire
from spark_tui.core.wire import (
    AssistantMessage,
    Ended,
    EndStatus,
    ModelEvent,
    TextDelta,
    Usage,
    UserMessage,
    WireFault,
    patch_tool,
)
from spark_tui.engine.link import Link, LinkPrompt

PYTHON = os.environ.get("SPARK_TUI_LLAMA", "")
PROGRAM = Path(__file__).with_name("llama_server.py")
TOOL = patch_tool("function", "apply_patch", "Edits files.", "")

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="SPARK_TUI_LLAMA names no Python"),
    pytest.mark.timeout(180),
]


@pytest.fixture
async def llama(tmp_path: Path) -> AsyncIterator[str]:
    """The server; yields its base address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        PYTHON, str(PROGRAM), str(tmp_path), str(port),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    while line := await process.stdout.readline():
        if line.startswith(b"http://"):
            break
    yield f"http://127.0.0.1:{port}/v1"
    process.stdin.close()
    await process.wait()


def link_to(base: str, wire: Wire, tmp_path: Path, *, with_tool: bool = True) -> Link:
    profile = LaneProfile("fast", Model("m", "llama.cpp", "babble"), Provider("llama.cpp", base, "", wire))
    way = ways(profile.provider, Keys(tmp_path, {}), Capabilities(tmp_path / f"{wire}.json"))
    tools = (TOOL,) if with_tool else ()
    return Link(way, profile, LinkPrompt("Pair up.", tools), SystemClock(), lambda state: None)


def words(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.mark.parametrize("wire", [Wire.CHAT, Wire.RESPONSES_HTTP, Wire.RESPONSES_WS, Wire.AUTO])
async def test_two_turns_on_every_wire(llama: str, tmp_path: Path, wire: Wire) -> None:
    link = link_to(llama, wire, tmp_path)
    try:
        for turn in range(2):
            events = [event async for event in link.respond([UserMessage(f"turn {turn}")])]
            ended = events[-1]
            assert isinstance(ended, Ended), events
            # It babbles until its limit, which chat tells as a limit and Responses as a good end.
            assert ended.status in (EndStatus.COMPLETED, EndStatus.INCOMPLETE), ended
            assert words(events) and not any(isinstance(event, WireFault) for event in events)
            assert isinstance(ended.usage, Usage) and 0 < ended.usage.output_tokens <= 60
        assert [item.text for item in link.items if isinstance(item, AssistantMessage)][-1] == words(events)
        assert link.state.transport == ("chat" if wire is Wire.CHAT else "http")
        assert link.state.retries == 0
    finally:
        await link.close()


async def test_it_is_listed_with_its_window(llama: str) -> None:
    answer = await ask_for_models(llama, "", "", {})
    assert answer.is_there and len(answer.offers) == 1 and answer.offers[0].window > 0


async def test_a_cut_frees_the_only_slot(llama: str, tmp_path: Path) -> None:
    link = link_to(llama, Wire.CHAT, tmp_path)
    try:
        async for event in link.respond([UserMessage("go")]):
            if isinstance(event, TextDelta):
                await link.cut()
        again = [event async for event in link.respond([UserMessage("again")])]
        assert words(again)
    finally:
        await link.close()


async def test_what_is_too_long_for_it_is_a_sentence(llama: str, tmp_path: Path) -> None:
    link = link_to(llama, Wire.CHAT, tmp_path)
    try:
        events = [event async for event in link.respond([UserMessage("words and words " * 20_000)])]
        assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.FAILED
        assert "no longer fits" in events[-1].reason, events[-1]
        assert words([event async for event in link.respond([UserMessage("short")])])
    finally:
        await link.close()
