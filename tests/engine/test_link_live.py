"""The link on the real adapter against the real local server, which is taken away and brought back."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.adapters.model_socket.streams import MOST_AT_ONCE, MOST_NAMES
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import (
    AssistantMessage,
    Ended,
    EndStatus,
    ItemDone,
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


# --- requests beside the main one


@asynccontextmanager
async def place_to_ask(
    *, rate: float = 0.0, streams: bool = True, **manners: Any
) -> AsyncIterator[tuple[Link, list[tuple[str, str, Mapping[str, Any]]]]]:
    """A link on the real adapter, and everything that passes at the server: sender, connection, frame."""
    heard: list[tuple[str, str, Mapping[str, Any]]] = []

    def record(sender: str, place: str, frame: Any) -> None:
        heard.append((sender, place, dict(frame)))

    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(
        serve(
            rate=rate, on_ready=ready.set_result, perform=perform, manners=Manners(**manners), record=record
        )
    )
    base_url = f"http://127.0.0.1:{await ready}/v1"
    profile = LaneProfile("fast", Model("r", "rehearsal", "rehearsal"), Provider("rehearsal", base_url))
    prompt = LinkPrompt("Pair up.", (patch_tool("freeform", "apply_patch", "Edits.", ""),))
    link = Link(ModelSocket(base_url, streams=streams), profile, prompt, SystemClock(), lambda state: None)
    try:
        yield link, heard
    finally:
        await link.close()
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)


async def aside(link: Link, words: str, **options: bool) -> list[ModelEvent]:
    return [event async for event in link.aside([UserMessage(words)], **options)]


def requests(heard: Sequence[tuple[str, str, Mapping[str, Any]]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Where each request came that asked for an answer, and what it was."""
    return [
        (place, frame)
        for sender, place, frame in heard
        if sender == "C" and frame.get("generate") is not False
    ]


async def test_requests_beside_share_the_warm_connection_and_leave_no_trace() -> None:
    async with place_to_ask(rate=2000.0) as (link, heard):
        await ask(link, UserMessage("one"))
        before = link.items
        main, *sides = await asyncio.gather(
            ask(link, UserMessage("long")), *(aside(link, f"edit {number}") for number in range(3))
        )
        assert said(main) == LONG
        for events in sides:
            (call,) = [e.item for e in events if isinstance(e, ItemDone) and isinstance(e.item, ToolCall)]
            assert call.input == PATCH
            assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.COMPLETED
        assert {place for place, _ in requests(heard)} == {"1"}
        names = [frame.get("stream_id") for _, frame in requests(heard)]
        assert names[:2] == [None, None] and len(set(names[2:])) == 3 and all(names[2:])
        assert link.items == (*before, UserMessage("long"), AssistantMessage(LONG, "final_answer"))
        # The main conversation goes on from where it was.
        assert said(await ask(link, UserMessage("two"))) == "5 items"
        assert "previous_response_id" in requests(heard)[-1][1]


async def test_a_request_beside_goes_on_from_what_the_server_knows() -> None:
    async with place_to_ask() as (link, heard):
        await ask(link, UserMessage("one"))
        assert said(await aside(link, "and?")) == "3 items"
        side = requests(heard)[-1][1]
        assert len(side["input"]) == 1 and side["previous_response_id"]
        assert said(await aside(link, "and?", alone=True)) == "1 items"
        assert "previous_response_id" not in requests(heard)[-1][1]
        only_talk = await aside(link, "edit", may_call=False)
        assert not any(isinstance(event, ToolDelta) for event in only_talk)
        assert requests(heard)[-1][1]["tools"] == side["tools"], "what is cached stays the same"


async def test_a_request_beside_that_is_left_does_not_disturb_the_others() -> None:
    async with place_to_ask(rate=2000.0) as (link, heard):
        await link.open()
        main = asyncio.ensure_future(ask(link, UserMessage("long")))
        for _ in range(3):
            async with aclosing(link.aside([UserMessage("long")])) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        break
        assert said(await aside(link, "short")) == "2 items"
        assert said(await main) == LONG
        assert said(await ask(link, UserMessage("two"))) == "3 items"
        assert {place for place, _ in requests(heard)} == {"1"}


@pytest.mark.parametrize("streams", [True, False])
async def test_a_server_without_streams_is_asked_on_connections_of_their_own(streams: bool) -> None:
    async with place_to_ask(rate=2000.0, streams=streams, lanes=False) as (link, heard):
        await link.open()
        main, *sides = await asyncio.gather(
            ask(link, UserMessage("long")), *(aside(link, "short", alone=True) for _ in range(2))
        )
        assert said(main) == LONG, "the refusal is not taken for an answer to the main request"
        assert [said(events) for events in sides] == ["1 items", "1 items"]
        answered = [place for place, frame in requests(heard) if "stream_id" not in frame]
        assert len(answered) == len(set(answered)) == 3


async def test_more_requests_than_a_connection_takes_get_others() -> None:
    async with place_to_ask(rate=500.0) as (link, heard):
        await link.open()
        sides = await asyncio.gather(*(aside(link, "short", alone=True) for _ in range(MOST_AT_ONCE + 2)))
        assert [said(events) for events in sides] == ["1 items"] * (MOST_AT_ONCE + 2)
        assert len({place for place, _ in requests(heard)}) == 3
        for _ in range(MOST_NAMES + 5):
            assert said(await aside(link, "short", alone=True)) == "1 items"


async def test_closing_ends_what_runs_beside() -> None:
    async with place_to_ask(rate=50.0) as (link, _):
        begun = asyncio.Event()

        async def read() -> list[ModelEvent]:
            events = []
            async for event in link.aside([UserMessage("long")]):
                events.append(event)
                begun.set()
            return events

        running = asyncio.ensure_future(read())
        await asyncio.wait_for(begun.wait(), 10)
        await link.close()
        ended = (await running)[-1]
        assert isinstance(ended, Ended) and ended.status is EndStatus.CUT
