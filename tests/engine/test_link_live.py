"""The link on the real adapter against the real local server, which is taken away and brought back."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import (
    AssistantMessage,
    Ended,
    EndStatus,
    ModelEvent,
    TextDelta,
    ToolCall,
    ToolDelta,
    ToolOutput,
    UserMessage,
    patch_tool,
)
from spark_tui.engine.link import Link, LinkPhase, LinkPrompt, LinkState
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.house import Manners
from spark_tui.rehearsal.server import serve

PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-n = 0\n+total = 0\n*** End Patch\n"
LONG = "word " * 400


def perform(messages: Sequence[Mapping[str, object]]) -> Answer:
    said = str(messages[-1])
    if "edit" in said:
        return Answer("Renaming.", PATCH)
    return Answer(LONG if "long" in said else f"{len(messages)} items")


class Server:
    """The local server, always at the same port."""

    def __init__(self) -> None:
        self.port = 0
        self.waited_for = asyncio.Event()
        """Set when the link says that it waits."""
        self._task: asyncio.Task[None] | None = None

    async def start(self, rate: float = 0.0, steers: bool = False) -> None:
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(
            serve(
                port=self.port,
                rate=rate,
                token="t",
                on_ready=ready.set_result,
                perform=perform,
                manners=Manners(steers=steers),
            )
        )
        self.port = await asyncio.wait_for(ready, 10)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def bench(
    style: str = "freeform", rate: float = 0.0, *, steers: bool = False
) -> AsyncIterator[tuple[Server, Link]]:
    server = Server()
    await server.start(rate, steers)
    base_url = f"http://127.0.0.1:{server.port}/v1"
    profile = LaneProfile(
        "fast",
        Model("r", "rehearsal", "rehearsal", steers=steers),
        Provider("rehearsal (offline)", base_url),
    )
    prompt = LinkPrompt("Pair up.", (patch_tool(style, "apply_patch", "Edits.", ""),))

    def watch(state: LinkState) -> None:
        if state.phase is LinkPhase.WAITING:
            server.waited_for.set()

    link = Link(ModelSocket(base_url, "t"), profile, prompt, SystemClock(), watch)
    try:
        yield server, link
    finally:
        await link.close()
        await server.stop()


async def ask(link: Link, *items: UserMessage | ToolOutput) -> list[ModelEvent]:
    return [event async for event in link.respond(items)]


def said(events: Sequence[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.mark.parametrize("style", ["freeform", "function", "builtin"])
async def test_edits_and_their_outcomes_go_back_and_forth(style: str) -> None:
    async with bench(style) as (_, link):
        await link.open()
        assert link.state.phase is LinkPhase.READY
        first = await ask(link, UserMessage("edit"))
        (call,) = [item for item in link.items if isinstance(item, ToolCall)]
        assert "".join(event.text for event in first if isinstance(event, ToolDelta)) == call.input
        second = await ask(link, ToolOutput(call.kind, call.call_id, "accepted"))
    ended = second[-1]
    assert said(second) == "4 items"
    assert isinstance(ended, Ended)
    assert ended.usage is not None
    assert 0 < ended.usage.cached_tokens < ended.usage.input_tokens


async def test_a_server_that_restarts_between_turns_is_met_with_the_whole_conversation() -> None:
    async with bench() as (server, link):
        await ask(link, UserMessage("one"))
        await server.stop()
        await server.start()
        assert said(await ask(link, UserMessage("two"))) == "3 items"
        assert len(link.items) == 4


async def test_a_server_that_is_gone_fails_the_turn_and_the_next_one_works() -> None:
    async with bench() as (server, link):
        await ask(link, UserMessage("one"))
        await server.stop()
        asking = asyncio.ensure_future(ask(link, UserMessage("two")))
        await asyncio.wait_for(server.waited_for.wait(), 10)
        assert link.state.sentence == f"nothing answers at 127.0.0.1:{server.port}; asking again"
        await server.start()
        assert said(await asking) == "3 items"


async def test_a_connection_lost_in_mid_answer_gives_the_answer_once() -> None:
    async with bench(rate=400.0) as (server, link):
        events: list[ModelEvent] = []
        async for event in link.respond([UserMessage("long")]):
            events.append(event)
            if isinstance(event, TextDelta) and server.port and len(events) == 5:
                await server.stop()
                await server.start()
        assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.COMPLETED
        assert link.items == (UserMessage("long"), AssistantMessage(LONG, "final_answer"))


async def test_esc_ends_a_stream_at_once_and_the_server_stops_too() -> None:
    async with bench(rate=50.0) as (_, link):
        stream = link.respond([UserMessage("long")])
        events = []
        async for event in stream:
            events.append(event)
            if len(events) == 5:
                await link.cut()
        assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.CUT
        assert link.items == (UserMessage("long"), AssistantMessage(said(events), "final_answer"))
        assert said(await ask(link, UserMessage("and now"))) == "3 items"


async def test_a_model_that_can_is_told_while_it_answers() -> None:
    async with bench(rate=100.0, steers=True) as (_, link):
        events: list[ModelEvent] = []
        told = False
        async for event in link.respond([UserMessage("long")]):
            events.append(event)
            if isinstance(event, TextDelta) and not told:
                told = True
                assert await link.steer("and now shorter")
        assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.COMPLETED
        first, first_half, steered, second = link.items
        assert (first, steered) == (UserMessage("long"), UserMessage("and now shorter"))
        assert isinstance(first_half, AssistantMessage) and LONG.startswith(first_half.text)
        assert isinstance(second, AssistantMessage) and second.text == "2 items"
        assert said(await ask(link, UserMessage("more"))) == "4 items"


async def test_a_model_that_can_not_is_not_told() -> None:
    async with bench(rate=100.0) as (_, link):
        assert not await link.steer("before anything")
        async for event in link.respond([UserMessage("long")]):
            if isinstance(event, TextDelta):
                assert not await link.steer("and now shorter")
                break
