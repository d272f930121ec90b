"""Ten thousand events a second and more: the reader waits for nobody, and what waits stays small."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_http import ModelHttp
from spark_tui.adapters.model_socket import ModelSocket, streams
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import Ended, EndStatus, ModelEvent, TextDelta, UserMessage
from spark_tui.engine import Trouble, TurnMoved
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.engine.link_queue import EventQueue
from spark_tui.ports import LinkDown, ModelLink
from spark_tui.rehearsal.answer import Answer
from spark_tui.ui.bridge import Bridge
from spark_tui.ui.easing import PERIOD
from tests.rehearsal.serving import serving

TOKENS = 20_000
WORD = " word"


def perform(messages: Sequence[Mapping[str, Any]]) -> Answer:
    return Answer(WORD * (TOKENS if "much" in str(messages[-1]) else 3))


@asynccontextmanager
async def link_to(way: Callable[[str], ModelLink]) -> AsyncIterator[Link]:
    async with serving(perform) as socket_url:
        base = socket_url.replace("ws://", "http://").removesuffix("/responses")
        profile = LaneProfile("fast", Model("m", "p", "m"), Provider("p", base))
        link = Link(way(base), profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)
        await link.open()
        try:
            yield link
        finally:
            await link.close()


WAYS: dict[str, Callable[[str], ModelLink]] = {
    "ws": lambda base: ModelSocket(base, streams=True),
    "http": lambda base: ModelHttp(base),
    "chat": lambda base: ModelHttp(base, chat=True),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_screen_that_hangs_neither_stops_the_reader_nor_fills_the_memory(way: str) -> None:
    async with link_to(WAYS[way]) as link:
        events: list[ModelEvent] = []
        stream = link.respond([UserMessage("much")])
        async for event in stream:
            events.append(event)
            if isinstance(event, TextDelta):
                break
        # The consumer is away until everything has come, and it comes all the same.
        assert link._driver is not None
        await asyncio.wait([link._driver])
        waiting = link._hearing.queue._waiting
        assert len(waiting) < 10, "what waits is joined"
        assert link._hearing.queue._size < 2 * TOKENS * len(WORD)
        events += [event async for event in stream]
        assert "".join(event.text for event in events if isinstance(event, TextDelta)) == WORD * TOKENS
        assert isinstance(events[-1], Ended) and events[-1].status is EndStatus.COMPLETED


async def test_what_waits_costs_what_its_text_costs_and_little_more() -> None:
    queue = EventQueue()
    for _ in range(1000):
        queue.put(TextDelta("a", WORD))
    tracemalloc.start()
    try:
        for number in range(100_000):
            queue.put(TextDelta("a", f" {number:04d}"[:5]))
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(queue._waiting) == 1
    assert grown < 100_000 * 100, "a short text in a list, not an event for each"


async def test_deltas_are_joined_to_one_pulse_a_frame() -> None:
    """As a screen does it: whatever came since the last frame is looked at once."""
    listeners: list[Callable[[Any], None]] = []

    class Source:
        def subscribe(self, listener: Callable[[Any], None]) -> Callable[[], None]:
            listeners.append(listener)
            return lambda: None

    pulses: list[float] = []
    bridge = Bridge(Source(), lambda message: pulses.append(time.monotonic()))
    bridge.start()
    began = time.monotonic()
    for number in range(10_000):
        listeners[0](TurnMoved("t1") if number % 100 else Trouble("a", "b"))
        if number % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(2 * PERIOD)
    assert len(pulses) <= (time.monotonic() - began) / PERIOD + 2
    assert len(bridge.take().troubles) <= 200


async def test_a_stream_beside_whose_reader_hangs_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_WAITING", 100)
    async with serving(perform) as socket_url:
        main = ModelSocket(socket_url.replace("ws://", "http://").removesuffix("/responses"), streams=True)
        await main.connect()
        side = main.beside()
        await side.connect()
        request = {"type": "response.create", "model": "m", "store": False, "input": "much"}
        hanging = side.exchange(request)
        await anext(hanging)
        count = 0
        async for frame in main.exchange(request):
            count += frame["type"] == "response.output_text.delta"
            if frame["type"] == "response.completed":
                break
        assert count == TOKENS, "whoever listens gets everything"
        with pytest.raises(LinkDown):
            while True:
                await anext(hanging)
        await hanging.aclose()
        assert side.connected
        await main.close()
