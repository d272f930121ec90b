"""The connection of a link: opened, warmed, cut, and what the server knows through it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from spark_tui.core.settings import LaneProfile
from spark_tui.core.wire import (
    Created,
    Ended,
    EndStatus,
    Item,
    ItemOpened,
    Prefix,
    Reducer,
    WireFault,
    build_request,
)
from spark_tui.engine.link_state import LinkPhase, LinkPrompt
from spark_tui.ports import Clock, LinkDown, ModelLink

OLDEST = 55 * 60.0
"""Seconds after which a connection is replaced; servers end them after an hour."""
WARM_UP_PATIENCE = 10.0

_LOSSES_BELIEVED = 2
"""Connections that may break while warming up before warming up is taken for the cause."""
_T = TypeVar("_T")

Frames = AsyncIterator[Mapping[str, object]]


class Connection:
    """Knows whether the connection is usable and which part of the conversation need not be sent again."""

    def __init__(
        self,
        transport: ModelLink,
        profile: LaneProfile,
        prompt: LinkPrompt,
        clock: Clock,
        tell: Callable[[LinkPhase], None],
    ) -> None:
        self.transport = ""
        """Its short name, once it was open."""
        self.model = ""
        """The model that really answers, once the server has said so."""
        self._link = transport
        self._clock = clock
        self._tell = tell
        model = profile.model
        self._prefix = Prefix(
            model=model.slug,
            instructions=prompt.instructions,
            tools=prompt.tools,
            effort=model.effort,
            verbosity=model.verbosity,
            service_tier=model.service_tier,
            cache_key=prompt.cache_key,
        )
        self._warms_up = model.warm_up
        self._losses = 0
        self._opening = asyncio.Lock()
        self._opened_at = 0.0
        self._chain = ""
        self._known_upto = 0

    @property
    def is_usable(self) -> bool:
        """Whether a request could be sent at once, and the connection is not due to end."""
        return self._link.connected and self._clock.tick() - self._opened_at < OLDEST

    async def open(self) -> None:
        """Connect and warm up unless that is done already. Raises PortError."""
        async with self._opening:
            if self.is_usable:
                return
            await self._connect()
            if self._warms_up:
                await self._warm_up()
                if not self._link.connected:
                    await self._connect()

    async def drop(self) -> None:
        """Cut the connection; the server forgets what it knew through it."""
        self.forget()
        await self._link.drop()

    async def close(self) -> None:
        """Close the connection properly."""
        self.forget()
        await self._link.close()

    def forget(self) -> None:
        """Send the whole conversation next time."""
        self._chain = ""
        self._known_upto = 0

    def knows(self, response_id: str, upto: int) -> None:
        """The server can go on from this response, which ends with the first `upto` items."""
        self._chain = response_id
        self._known_upto = upto if response_id else 0

    def exchange(self, items: Sequence[Item]) -> Frames:
        """Ask for a response to `items`, sending only what the server does not know."""
        return self._link.exchange(
            build_request(self._prefix, items[self._known_upto :], previous_response_id=self._chain)
        )

    def reducer(self) -> Reducer:
        """A reducer for the response that comes next."""
        return Reducer(self._chain)

    async def _connect(self) -> None:
        self._tell(LinkPhase.CONNECTING)
        await self.drop()
        info = await self._link.connect()
        self._opened_at = self._clock.tick()
        self.transport = info.transport
        self.model = info.headers.get("openai-model", self.model)

    async def _warm_up(self) -> None:
        """Have the server load what every request begins with; a server that can't is not asked again."""
        self._tell(LinkPhase.WARMING)
        if await within(self._clock, WARM_UP_PATIENCE, self._exchange_nothing()) is None:
            self._warms_up = False
            await self.drop()

    async def _exchange_nothing(self) -> bool:
        reducer = Reducer()
        frames = self._link.exchange(build_request(self._prefix, (), generate=False))
        try:
            async for frame in frames:
                for event in reducer.feed(frame):
                    match event:
                        case Created() if event.model:
                            self.model = event.model
                        case WireFault():
                            self._warms_up = event.status not in (None, 400)
                            if reducer.created and not reducer.ended:
                                await self.drop()
                            return False
                        case ItemOpened():
                            self._warms_up = False
                            await self.drop()
                            return False
                        case Ended(status=EndStatus.COMPLETED):
                            self.knows(event.response_id, 0)
                            return True
                        case _:
                            pass
        except LinkDown:
            self._losses += 1
            self._warms_up = self._losses < _LOSSES_BELIEVED
            await self.drop()
        finally:
            await end(frames)
        return False


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
