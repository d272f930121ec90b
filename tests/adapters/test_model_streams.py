"""Several requests on one connection, in any order of frames and with any of them given up: nobody gets another's."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.adapters.model_socket.streams import MOST_AT_ONCE, Frame, Streams
from spark_tui.ports import LinkDown


class Wire:
    """A connection on which frames come when a test says so."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self.readers = 0
        self.streams = Streams(self._receive)

    async def _receive(self) -> Frame:
        self.readers += 1
        assert self.readers == 1, "one at a time reads from a connection"
        try:
            frame = await self.frames.get()
        finally:
            self.readers -= 1
        if frame is None:
            self.frames.put_nowait(None)
            raise LinkDown("it broke", 1006)
        return frame

    def put(self, name: str, number: int, *, last: bool) -> None:
        kind = "response.completed" if last else "response.output_text.delta"
        self.frames.put_nowait({"type": kind, "number": number, **({"stream_id": name} if name else {})})


async def _nothing() -> None:
    """Nothing has to be sent."""


async def _read(wire: Wire, name: str, leave_after: int) -> list[object]:
    """The numbers of the frames that came, until the end or until so many are enough."""
    numbers: list[object] = []
    exchange = wire.streams.exchange(name, _nothing)
    async for frame in exchange:
        assert "stream_id" not in frame
        numbers.append(frame["number"])
        if frame["type"] == "response.completed" or len(numbers) == leave_after:
            break
    await exchange.aclose()
    return numbers


async def _play(sizes: Sequence[int], order: Sequence[int], leaving: Sequence[int]) -> None:
    wire = Wire()
    names = ["", *(wire.streams.claim() for _ in sizes[1:])]
    reading = [asyncio.ensure_future(_read(wire, name, leaving[at])) for at, name in enumerate(names)]
    await asyncio.sleep(0)
    sent = [0] * len(sizes)
    for pick in order:
        at = pick % len(sizes)
        if sent[at] < sizes[at]:
            sent[at] += 1
            wire.put(names[at], sent[at], last=sent[at] == sizes[at])
        if pick % 3 == 0:
            await asyncio.sleep(0)
    for at, size in enumerate(sizes):
        for number in range(sent[at] + 1, size + 1):
            wire.put(names[at], number, last=number == size)
    for at, got in enumerate(await asyncio.gather(*reading)):
        assert got == list(range(1, min(sizes[at], leaving[at]) + 1)), (at, sizes, leaving)
    while wire.streams._emptying:
        await asyncio.gather(*wire.streams._emptying)
    assert not wire.streams._inboxes
    free = {wire.streams.claim() for _ in sizes[1:]}
    assert free == set(names[1:]), "a name is free again when nothing more can come for it"


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=MOST_AT_ONCE),
    st.lists(st.integers(0, 99), max_size=60),
    st.lists(st.integers(1, 9), min_size=MOST_AT_ONCE, max_size=MOST_AT_ONCE),
)
def test_everybody_gets_what_is_theirs(sizes: list[int], order: list[int], leaving: list[int]) -> None:
    # The main one is always read to its end: whoever gives it up cuts the connection.
    asyncio.run(asyncio.wait_for(_play(sizes, order, [99, *leaving[1:]]), 10))


async def test_everybody_hears_of_it_when_the_connection_breaks() -> None:
    wire = Wire()
    names = ["", wire.streams.claim(), wire.streams.claim()]
    reading = [asyncio.ensure_future(_read(wire, name, 99)) for name in names]
    await asyncio.sleep(0)
    wire.put("side-1", 1, last=False)
    wire.frames.put_nowait(None)
    ends = await asyncio.gather(*reading, return_exceptions=True)
    assert [type(end) for end in ends] == [LinkDown] * 3


async def test_whoever_is_cancelled_leaves_the_reading_to_the_others() -> None:
    wire = Wire()
    name = wire.streams.claim()
    first = asyncio.ensure_future(_read(wire, "", 99))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(_read(wire, name, 99))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    wire.put(name, 1, last=True)
    assert await asyncio.wait_for(second, 10) == [1]
