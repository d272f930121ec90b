"""Our client against a server that we did not write: the LiteLLM proxy, answering by itself or passing on.

Needs SPARK_TUI_LITELLM, the path of the `litellm` program; see tests/README.md.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.model_probe import Capabilities, ask_for_models
from spark_tui.cli.links import ways
from spark_tui.core.settings import LaneProfile, Model, Provider, Wire
from spark_tui.core.wire import AssistantMessage, Ended, EndStatus, TextDelta, UserMessage
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.rehearsal.answer import Answer
from tests.rehearsal.serving import serving

PROGRAM = os.environ.get("SPARK_TUI_LITELLM", "")
KEY = "sk-local-0123456789"
WORDS = "It works, says a server that is not ours."
CONFIG = """
model_list:
  - model_name: mocked
    litellm_params: {model: openai/gpt-4o, api_key: none, mock_response: "%s"}
  - model_name: passed-on
    litellm_params: {model: openai/rehearsal, api_key: none, api_base: "%s"}
general_settings: {master_key: %s}
"""

pytestmark = [
    pytest.mark.skipif(not PROGRAM, reason="SPARK_TUI_LITELLM names no program"),
    pytest.mark.timeout(180),
]


@pytest.fixture
async def litellm(tmp_path: Path) -> AsyncIterator[str]:
    """A running proxy with the rehearsal behind it; yields its base address."""
    async with serving(lambda messages: Answer(WORDS)) as upstream:
        base = upstream.replace("ws://", "http://").removesuffix("/responses")
        (tmp_path / "config.yaml").write_text(CONFIG % (WORDS, base, KEY))
        async with running(tmp_path) as url:
            yield url


@asynccontextmanager
async def running(tmp_path: Path) -> AsyncIterator[str]:
    """The proxy alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "--config", str(tmp_path / "config.yaml"), "--port", str(port), "--host", "127.0.0.1",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(trust_env=False) as client:
        for _ in range(600):
            try:
                if (await client.get(f"{url}/health/liveliness")).status_code == 200:
                    break
            except httpx2.HTTPError:
                await asyncio.sleep(0.2)
    yield f"{url}/v1"
    process.terminate()
    await process.wait()


WIRES = [(Wire.CHAT, "mocked"), *((wire, "passed-on") for wire in Wire)]
# With its answer made up, the proxy (1.106) can't stream Responses; passed on, it can.


async def test_every_wire_ends_in_the_same_words(litellm: str, tmp_path: Path) -> None:
    keys = Keys(tmp_path, {"MINE": KEY})
    answer = await ask_for_models(litellm, KEY, "MINE", {})
    assert [offer.slug for offer in answer.offers] == ["mocked", "passed-on"]
    transports = []
    for wire, slug in WIRES:
        provider = Provider("mine", litellm, "MINE", wire)
        profile = LaneProfile("fast", Model("m", "mine", slug), provider)
        way = ways(provider, keys, Capabilities(tmp_path / f"{wire}.json"))
        link = Link(way, profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)
        for turn in range(2):
            events = [event async for event in link.respond([UserMessage(f"turn {turn}")])]
            said = "".join(event.text for event in events if isinstance(event, TextDelta))
            assert (wire, said) == (wire, WORDS), events[-1]
            assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.COMPLETED
        assert [item.text for item in link.items if isinstance(item, AssistantMessage)] == [WORDS] * 2
        transports.append((str(wire), slug, link.state.transport, link.state.retries))
        await link.close()
    print(transports)
    assert [entry[2] for entry in transports if entry[0] == "chat"] == ["chat", "chat"]
    assert [entry[2] for entry in transports if entry[0] == "responses-http"] == ["http"]
