"""Warming up a connection: the server loads what every request begins with, ahead of the first prompt."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from typing import TypeVar

from spark_tui.core.values import dataclass
from spark_tui.core.wire import (
    Created,
    Ended,
    EndStatus,
    ItemOpened,
    Prefix,
    Reducer,
    WireFault,
    build_request,
)
from spark_tui.ports import Clock, LinkDown, ModelLink

PATIENCE = 10.0
_LOSSES_BELIEVED = 2
"""Connections that may break while warming up before warming up is taken for the cause."""
_T = TypeVar("_T")

Frames = AsyncIterator[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Warmth:
    """What came of it."""

    response_id: str = ""
    """What the first request can go on from; empty: nothing."""
    model: str = ""
    """The model that really answers, where the server said so."""
    is_clean: bool = True
    """Whether nothing more is to come, so that the connection is still good."""


class Warmer:
    """Warms connections for as long as the server takes it."""

    def __init__(self, wanted: bool, clock: Clock) -> None:
        self.works = wanted
        """A server that can't is not asked again."""
        self._losses = 0
        self._clock = clock

    async def warm(self, link: ModelLink, prefix: Prefix) -> Warmth:
        """Ask for nothing; never raises because of the server."""
        warmth = await within(self._clock, PATIENCE, self._ask(link, prefix))
        if warmth is None:
            self.works = False
            return Warmth(is_clean=False)
        return warmth

    async def _ask(self, link: ModelLink, prefix: Prefix) -> Warmth:
        reducer, model = Reducer(), ""
        frames: Frames | None = None
        try:
            frames = link.exchange(build_request(prefix, (), generate=False))
            async for frame in frames:
                for event in reducer.feed(frame):
                    match event:
                        case Created():
                            model = event.model
                        case WireFault():
                            self.works = event.status not in (None, 400)
                            return Warmth(model=model, is_clean=reducer.ended or not reducer.created)
                        case ItemOpened():
                            self.works = False
                            return Warmth(model=model, is_clean=False)
                        case Ended(status=EndStatus.COMPLETED):
                            return Warmth(event.response_id, model)
                        case _:
                            pass
        except LinkDown:
            self._losses += 1
            self.works = self._losses < _LOSSES_BELIEVED
        finally:
            if frames is not None:
                await end(frames)
        return Warmth(model=model, is_clean=False)


async def end(frames: Frames) -> None:
    """Let go of a stream that is not read to its end."""
    if isinstance(frames, AsyncGenerator):
        await frames.aclose()


async def within(clock: Clock, seconds: float, work: Awaitable[_T]) -> _T | None:
    """Wait for `work`, but not longer than `seconds`; None if that was not enough."""
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((task, timer), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        timer.cancel()
        task.cancel()
        await asyncio.gather(task, timer, return_exceptions=True)
