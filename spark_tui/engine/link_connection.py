"""The connection of a link: opened, warmed, replaced, cut, and what the server knows through it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from spark_tui.core.settings import LaneProfile, Model
from spark_tui.core.values import dataclass
from spark_tui.core.wire import Item, Prefix, UserMessage, build_request
from spark_tui.core.wire.encode import encode_item
from spark_tui.engine.link_history import History
from spark_tui.engine.link_policy import NOT_OFFERED
from spark_tui.engine.link_state import LinkFigures, LinkPhase, LinkPrompt
from spark_tui.engine.link_telling import Telling
from spark_tui.engine.link_warming import Frames, Warmer
from spark_tui.ports import Clock, LinkInfo, LinkRefused, ModelLink

GRACE = 4 * 60.0
"""Seconds for which a connection that is due to be replaced can still be used."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the server can go on from."""

    response_id: str = ""
    upto: int = 0
    """Items of the conversation that it has with this response."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A connection that is open and warm, and waits for its turn."""

    link: ModelLink
    info: LinkInfo
    opened_at: float
    known: Known
    figures: LinkFigures


class Connection:
    """Knows whether the connection is usable and which part of the conversation need not be sent again."""

    def __init__(
        self,
        transport: ModelLink,
        profile: LaneProfile,
        prompt: LinkPrompt,
        clock: Clock,
        telling: Telling,
        inherited: Known | None = None,
    ) -> None:
        """`inherited` is what the server knows through a connection that this one turns out to share."""
        self._first = self._link = transport
        self._detour: ModelLink | None = None
        """Another way that only the request under way takes."""
        self._clock = clock
        self._telling = telling
        self._prompt = prompt
        self._prefix = _prefix(profile.model, prompt)
        self._warmer = Warmer(profile.model.warm_up, clock)
        self._rotate_after = profile.provider.rotate_after
        self._remembers = True
        self._opening = asyncio.Lock()
        self._opened_at = 0.0
        self._inherited = inherited
        self._successor: Successor | None = None
        self.known = Known()
        """What the server can go on from; empty: it has to be sent everything."""

    @property
    def is_usable(self) -> bool:
        """Whether a request could be sent at once, and the connection is not about to end."""
        return self._link.connected and self._age < self._rotate_after + GRACE

    @property
    def is_due(self) -> bool:
        """Whether the connection should be replaced at the next opportunity."""
        return self._successor is None and self._age >= self._rotate_after and self._remembers

    @property
    def _age(self) -> float:
        return self._clock.tick() - self._opened_at

    @property
    def has_fallback(self) -> bool:
        """Whether there is another way to the same server."""
        return self._link.fallback is not None

    async def open(self, *, warm: bool = True) -> None:
        """Connect unless that is done already, and warm up unless somebody waits with a prompt. Raises PortError."""
        async with self._opening:
            await self.adopt()
            if self.is_usable:
                return
            await self._connect_somehow()
            if warm and self._warmer.works and self._remembers and not self.known.response_id:
                await self._warm_up()
                if not self._link.connected:
                    await self._connect_somehow()

    async def prepare(self) -> None:
        """Open and warm the connection that follows, while the present one stays in use. Raises PortError."""
        link = self._link.twin()
        try:
            self._successor = await _make_ready(link, self._warmer, self._prefix, self._clock)
        finally:
            if self._successor is None or self._successor.link is not link:
                await link.close()

    async def adopt(self) -> None:
        """Go over to the connection that was prepared; to be called between two responses."""
        successor, self._successor = self._successor, None
        if successor is None or not successor.link.connected:
            return
        left, self._link = self._link, successor.link
        if left is self._first:
            self._first = self._link
        self._opened_at, self.known = successor.opened_at, successor.known
        self._telling.figures = successor.figures
        self._note(successor.info)
        await left.close()

    def use(self, model: Model) -> None:
        """Ask another model of the same provider from now on."""
        self.forget()
        self._telling.remark = f"{self._prefix.model} is not there: {model.slug} answers"
        self._telling.model = ""
        self._prefix = _prefix(model, self._prompt)

    async def fall_back(self, why: str) -> None:
        """Take the next way from now on."""
        over = "chat completions" if self._telling.transport == "http" else "plain requests"
        self._telling.remark = f"{why}: going on over {over}" if why else ""
        left, way = self._link, self._link.fallback
        assert way is not None, "look at has_fallback first"
        await self.drop()
        self._link = way
        successor, self._successor = self._successor, None
        if successor is not None:
            await successor.link.close()
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
        self._telling.remark = ""

    def beside(self) -> ModelLink:
        """A link for a request at the same time."""
        return self._link.beside()

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
        if self._successor is not None:
            await self._successor.link.close()
        way: ModelLink | None = self._first
        while way is not None:
            await way.close()
            way = way.fallback

    def forget(self) -> None:
        """Send the whole conversation next time."""
        self.known = Known()

    def knows(self, response_id: str, upto: int) -> None:
        """The server can go on from this response, which ends with the first `upto` items."""
        if self._detour is not None:
            self._detour = None
        elif self._remembers:
            self.known = Known(response_id, upto if response_id else 0)

    def request(self, items: Sequence[Item], going_on_from: str = "") -> dict[str, object]:
        """Write a request."""
        return build_request(
            self._prefix, items, previous_response_id=going_on_from, may_call=self._prompt.may_call
        )

    def exchange(self, items: History) -> Frames:
        """Ask for a response, sending only what the server does not know."""
        known = self.known
        sent = items[known.upto : len(items) - items.foreseen] if known.response_id else items[:]
        return (self._detour or self._link).exchange(self.request(sent, known.response_id))

    async def steer(self, response_id: str, text: str) -> bool:
        """Put a message into the response under way; False: it could not be sent."""
        message = encode_item(UserMessage(text))
        frame = {"type": "response.steer", "previous_response_id": response_id, "input": [message]}
        return await self._link.send(frame)

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
        self._telling(LinkPhase.CONNECTING)
        await self.drop()
        began = self._clock.tick()
        info = await self._link.connect()
        self._opened_at = self._clock.tick()
        self._telling.figures = LinkFigures(self._opened_at - began, opened_at=self._opened_at)
        self._note(info)
        inherited, self._inherited = self._inherited, None
        if info.shares and inherited is not None:
            self.known = inherited

    def _note(self, info: LinkInfo) -> None:
        self._remembers = info.remembers
        self._telling.transport = info.transport
        self._telling.model = info.headers.get("openai-model", self._telling.model)

    async def _warm_up(self) -> None:
        self._telling(LinkPhase.WARMING)
        began = self._clock.tick()
        warmth = await self._warmer.warm(self._link, self._prefix)
        if not warmth.is_clean:
            await self.drop()
        elif warmth.response_id:
            self.knows(warmth.response_id, 0)
        self._telling.model = warmth.model or self._telling.model
        self._telling.figures = replace(self._telling.figures, warm_up=self._clock.tick() - began)


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


async def _make_ready(link: ModelLink, warmer: Warmer, prefix: Prefix, clock: Clock) -> Successor | None:
    """Open and warm a connection; None: it did not survive that. Raises PortError."""
    began = clock.tick()
    info = await link.connect()
    opened = clock.tick()
    figures, known = LinkFigures(opened - began, opened_at=opened), Known()
    if warmer.works:
        warmth = await warmer.warm(link, prefix)
        figures = replace(figures, warm_up=clock.tick() - opened)
        known = Known(warmth.response_id)
        if not warmth.is_clean:
            await link.drop()
    return Successor(link, info, opened, known, figures) if link.connected else None
