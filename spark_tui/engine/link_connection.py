"""The connection of a link: opened, warmed, cut, and what the server knows through it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from spark_tui.core.settings import LaneProfile, Model
from spark_tui.core.wire import (
    Created,
    Ended,
    EndStatus,
    Item,
    ItemOpened,
    Prefix,
    Reducer,
    UserMessage,
    WireFault,
    build_request,
)
from spark_tui.core.wire.encode import encode_item
from spark_tui.engine.link_policy import NOT_OFFERED
from spark_tui.engine.link_state import LinkFigures, LinkPhase, LinkPrompt
from spark_tui.ports import Clock, LinkDown, LinkRefused, ModelLink

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
        self._first = self._link = transport
        self._detour: ModelLink | None = None
        """Another way that only the request under way takes."""
        self.figures = LinkFigures()
        self._clock = clock
        self._tell = tell
        self.remark = ""
        """What is not as the settings say, in a few words, for as long as it is so."""
        self._prompt = prompt
        self._prefix = _prefix(profile.model, prompt)
        self._warms_up = profile.model.warm_up
        self._remembers = True
        self._losses = 0
        self._opening = asyncio.Lock()
        self._opened_at = 0.0
        self._chain = ""
        self._known_upto = 0

    @property
    def is_usable(self) -> bool:
        """Whether a request could be sent at once, and the connection is not due to end."""
        return self._link.connected and self._clock.tick() - self._opened_at < OLDEST

    @property
    def has_fallback(self) -> bool:
        """Whether there is another way to the same server."""
        return self._link.fallback is not None

    async def open(self) -> None:
        """Connect and warm up unless that is done already. Raises PortError."""
        async with self._opening:
            if self.is_usable:
                return
            await self._connect_somehow()
            if self._warms_up and self._remembers:
                await self._warm_up()
                if not self._link.connected:
                    await self._connect_somehow()

    def use(self, model: Model) -> None:
        """Ask another model of the same provider from now on."""
        self.forget()
        self.remark = f"{self._prefix.model} is not there: {model.slug} answers"
        self.model = ""
        self._prefix = _prefix(model, self._prompt)

    async def fall_back(self, why: str) -> None:
        """Take the next way from now on."""
        self.remark = why
        left, way = self._link, self._link.fallback
        assert way is not None, "look at has_fallback first"
        await self.drop()
        self._link = way
        await left.close()

    async def detour(self) -> None:
        """Open the next way for the next request alone. Raises PortError."""
        way = self._link.fallback
        assert way is not None, "look at has_fallback first"
        self.forget()
        if not way.connected:
            await way.connect()
        self._detour = way

    def retry_first(self) -> None:
        """Try the first way again with the next connection."""
        self._link = self._first
        self.remark = ""

    async def drop(self) -> None:
        """Cut the connection; the server forgets what it knew through it."""
        self.forget()
        if self._detour is not None:
            await self._detour.drop()
            self._detour = None
        await self._link.drop()

    async def close(self) -> None:
        """Close the connection properly."""
        self.forget()
        way: ModelLink | None = self._first
        while way is not None:
            await way.close()
            way = way.fallback

    def forget(self) -> None:
        """Send the whole conversation next time."""
        self._chain = ""
        self._known_upto = 0

    def knows(self, response_id: str, upto: int) -> None:
        """The server can go on from this response, which ends with the first `upto` items."""
        if self._detour is not None:
            self._detour = None
        elif self._remembers:
            self._chain = response_id
            self._known_upto = upto if response_id else 0

    def exchange(self, items: Sequence[Item]) -> Frames:
        """Ask for a response to `items`, sending only what the server does not know."""
        request = build_request(self._prefix, items[self._known_upto :], previous_response_id=self._chain)
        return (self._detour or self._link).exchange(request)

    async def steer(self, response_id: str, text: str) -> bool:
        """Put a message into the response under way; False: it could not be sent."""
        message = encode_item(UserMessage(text))
        frame = {"type": "response.steer", "previous_response_id": response_id, "input": [message]}
        return await self._link.send(frame)

    def reducer(self) -> Reducer:
        """A reducer for the response that comes next."""
        return Reducer(self._chain)

    async def _connect_somehow(self) -> None:
        """Connect; a way that the server does not offer is left for good, at once and without counting."""
        while True:
            try:
                await self._connect()
                return
            except LinkRefused as error:
                if error.status not in NOT_OFFERED or not self.has_fallback:
                    raise
                why = str(error)
            await self.fall_back(why)

    async def _connect(self) -> None:
        self._tell(LinkPhase.CONNECTING)
        await self.drop()
        began = self._clock.tick()
        info = await self._link.connect()
        self._opened_at = self._clock.tick()
        self.figures = LinkFigures(self._opened_at - began)
        self.transport = info.transport
        self._remembers = info.remembers
        self.model = info.headers.get("openai-model", self.model)

    async def _warm_up(self) -> None:
        """Have the server load what every request begins with; a server that can't is not asked again."""
        self._tell(LinkPhase.WARMING)
        began = self._clock.tick()
        if await within(self._clock, WARM_UP_PATIENCE, self._exchange_nothing()) is None:
            self._warms_up = False
            await self.drop()
        self.figures = replace(self.figures, warm_up=self._clock.tick() - began)

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


def _prefix(model: Model, prompt: LinkPrompt) -> Prefix:
    return Prefix(
        model=model.slug,
        instructions=prompt.instructions,
        tools=prompt.tools,
        effort=model.effort,
        verbosity=model.verbosity,
        service_tier=model.service_tier,
        cache_key=prompt.cache_key,
    )


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
