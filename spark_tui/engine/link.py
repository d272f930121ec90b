"""One lasting conversation with one model: asks, recovers, and never loses or doubles a turn."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from spark_tui.core.settings import LaneProfile, Provider
from spark_tui.core.wire import (
    Created,
    Ended,
    EndStatus,
    Item,
    ItemDone,
    ModelEvent,
    Reducer,
    WireFault,
)
from spark_tui.engine.link_connection import Connection, end, within
from spark_tui.engine.link_history import History
from spark_tui.engine.link_keeper import Keeper
from spark_tui.engine.link_policy import Ladder, Rung, Setback, Step, after_error, after_fault
from spark_tui.engine.link_queue import EventQueue
from spark_tui.engine.link_state import LinkPhase, LinkPrompt, LinkState
from spark_tui.engine.link_steering import Steering
from spark_tui.ports import Clock, LinkDown, ModelLink, PortError

__all__ = ["Link", "LinkPhase", "LinkPrompt", "LinkState"]

_AFTER_ERROR_PATIENCE = 0.25
_STALL = {"fast": 10.0}
_SLOW_STALL = 60.0
_DEAD_AFTER = 15 * 60.0
_STEER_PATIENCE = 2.0
_DOING = {LinkPhase.CONNECTING: "connecting to", LinkPhase.WARMING: "warming up"}


class Link:
    """Keeps a connection warm and a conversation whole; one response at a time."""

    def __init__(
        self,
        transport: ModelLink,
        profile: LaneProfile,
        prompt: LinkPrompt,
        clock: Clock,
        on_state: Callable[[LinkState], None],
    ) -> None:
        self.profile = profile
        self.place = _place(profile.provider)
        """Where the model is, for sentences."""
        self.state = LinkState(LinkPhase.CLOSED, profile.provider.name)
        self._clock = clock
        self._on_state = on_state
        self._connection = Connection(transport, profile, prompt, clock, self._tell)
        self._keeper = Keeper(self._connection, clock, self._tell, lambda: self.is_busy, self._watch)
        self._items = History()
        self._queue = EventQueue()
        self._reducer = Reducer()
        self._driver: asyncio.Task[None] | None = None
        self._notice = ""
        """What the person should know about the response under way."""
        self._last_word = 0.0
        self._is_dead = False
        self._takes_detour = False
        self._retries = 0
        self._steering = Steering()

    @property
    def items(self) -> tuple[Item, ...]:
        """The conversation so far; calls that were cut are not part of it."""
        return tuple(self._items)

    @property
    def is_busy(self) -> bool:
        """Whether a response is under way."""
        return self._driver is not None and not self._driver.done()

    async def open(self) -> None:
        """Connect and warm up, and stay connected from now on; trouble is told through the state."""
        self._keeper.start()
        await self._keeper.open()

    async def retry_first_way(self) -> None:
        """Try again what was given up for this sitting, such as the WebSocket."""
        if not self.is_busy:
            await self._connection.drop()
            self._connection.retry_first()
            await self.open()

    def rebase(self, items: Sequence[Item] = ()) -> None:
        """Go on from another conversation, for instance a new or a shortened one."""
        self._items = History(items)
        self._connection.forget()

    async def respond(self, new_items: Sequence[Item]) -> AsyncIterator[ModelEvent]:
        """Ask for one response to the conversation and `new_items`; the last event is `Ended`.

        `WireFault` comes only when nothing more is tried. A prompt whose turn failed before anything came of it
        is not doubled when it is asked again.
        """
        if self.is_busy:
            raise RuntimeError("one response at a time")
        self._keeper.start()
        begin = self._items.ask(new_items)
        queue = self._queue = EventQueue()
        driver = self._driver = asyncio.create_task(self._drive(queue, begin))
        driver.add_done_callback(lambda task: None if task.cancelled() else queue.close())
        ended = False
        try:
            async for event in queue:
                ended = isinstance(event, Ended)
                yield event
            if not ended:
                await driver
        finally:
            if not ended:
                await self._abandon(driver)

    async def steer(self, words: str) -> bool:
        """Put input into the response under way; False: that is not possible, and nothing has changed."""
        reducer = self._reducer
        if not (self.profile.model.steers and self.is_busy and reducer.response_id and not reducer.ended):
            return False
        answer = self._steering.ask(words)
        if not await self._connection.steer(reducer.response_id, words):
            self._steering.over()
        return await within(self._clock, _STEER_PATIENCE, answer) or False

    async def cut(self) -> None:
        """Stop the response under way at once; what was said and finished stays, half a call does not."""
        driver = self._driver
        if driver is None or driver.done():
            return
        driver.cancel()
        await asyncio.wait([driver])
        await self._start_over()
        self._queue.put(Ended(EndStatus.CUT, "stopped"))

    async def close(self) -> None:
        """End everything that runs and close the connection."""
        if self._driver is not None:
            self._driver.cancel()
            await asyncio.gather(self._driver, return_exceptions=True)
            self._queue.put(Ended(EndStatus.CUT, "closed"))
        await self._keeper.close()
        await self._connection.close()
        self._tell(LinkPhase.CLOSED)

    async def _drive(self, queue: EventQueue, begin: int) -> None:
        """Try until the response is complete or nothing more can be tried."""
        ladder = Ladder()
        self._retries = 0
        sent = len(self._items)
        while isinstance(result := await self._try(queue), Setback):
            heard = self._reducer.created
            for event in self._reducer.abandon():
                queue.put(event)
            self._connection.forget()
            if result.step is not Step.GIVE_UP and (whole := self._items.whole(sent, result.sentence)):
                await self._start_over()
                result = whole
                break
            rung = ladder.climb(result, heard=heard, can=self._ways())
            if rung is None:
                result = self._fail(queue, result, begin, nothing_came=len(self._items) == sent)
                break
            self._retries = ladder.retries
            await self._wait(result, rung)
        # The last act, so that whoever reads it finds nothing under way.
        queue.put(result)

    async def _wait(self, setback: Setback, rung: Rung) -> None:
        if rung.step in (Step.RECONNECT, Step.REPLACE, Step.OFFLINE):
            await self._connection.drop()
        elif rung.step is Step.FALL_BACK:
            await self._connection.fall_back(setback.sentence)
        elif rung.step is Step.OTHER_MODEL:
            self._use_other_model()
        self._takes_detour = rung.step is Step.DETOUR
        if rung.told:
            doing = "going on over HTTP" if rung.step is Step.FALL_BACK else "asking again"
            self._notice = f"{setback.sentence}; {doing}"
            self._tell(LinkPhase.WAITING, self._notice, self._clock.now() + rung.wait)
            await self._clock.sleep(rung.wait)

    def _ways(self) -> set[Step]:
        """What else could be tried, besides asking again."""
        ways = {Step.DETOUR, Step.FALL_BACK} if self._connection.has_fallback else set()
        return ways | ({Step.OTHER_MODEL} if self.profile.stand_ins else set())

    def _use_other_model(self) -> None:
        model, *others = self.profile.stand_ins
        self.profile = replace(self.profile, model=model, stand_ins=tuple(others))
        self._connection.use(model)

    async def _try(self, queue: EventQueue) -> Ended | Setback:
        """Send the request once."""
        self._reducer = Reducer()
        self._is_dead = False
        try:
            if self._takes_detour:
                await self._connection.detour()
            else:
                await self._connection.open()
            self._takes_detour = False
            self._reducer = self._connection.reducer()
            self._last_word = self._clock.tick()
            self._tell(LinkPhase.STREAMING, self._notice)
            return await self._read(queue)
        except PortError as error:
            if self._is_dead:
                return Setback(Step.GIVE_UP, f"no word from {self.place} for {_DEAD_AFTER / 60:.0f} minutes")
            return after_error(error)

    async def _read(self, queue: EventQueue) -> Ended | Setback:
        fault: WireFault | None = None
        frames = self._connection.exchange(self._items)
        try:
            while fault is None or self._reducer.created:
                if fault is None:
                    frame = await anext(frames, None)
                else:
                    # The end of the response is due; after it the connection is still good.
                    with suppress(PortError):
                        frame = None
                        frame = await within(self._clock, _AFTER_ERROR_PATIENCE, anext(frames, None))
                if frame is None:
                    break
                self._last_word = self._clock.tick()
                for event in self._hear(frame, queue):
                    if isinstance(event, Ended):
                        return self._over(event, fault)
                    fault = event
                if queue.is_full:
                    await self._connection.drop()
                    return Setback(Step.GIVE_UP, f"{self.place} sends more than can be shown")
        finally:
            self._steering.over()
            await end(frames)
        if fault is None:
            raise LinkDown(f"the connection to {self.place} ended")
        setback = after_fault(fault, self.place)
        if self._reducer.created or setback.step is not Step.FORGET:
            # More about this response may be on its way; the next one must not be mistaken for it.
            await self._connection.drop()
        return setback

    def _hear(self, frame: Mapping[str, object], queue: EventQueue) -> list[WireFault | Ended]:
        """Take one frame; what is left is what may end the response."""
        left: list[WireFault | Ended] = []
        for event in () if self._steering.hear(frame) else self._reducer.feed(frame):
            if isinstance(event, Ended) and (said := self._steering.committed(event)):
                for message in said:
                    self._items.add(message)
                self._reducer = Reducer(event.response_id)
            elif isinstance(event, WireFault | Ended):
                left.append(event)
            else:
                self._take(event, queue)
        return left

    def _over(self, ended: Ended, fault: WireFault | None) -> Ended | Setback:
        if ended.status is EndStatus.FAILED:
            return after_fault(fault or WireFault("unknown_error", ended.reason), self.place)
        self._connection.knows(ended.response_id, len(self._items))
        self._notice = ""
        self._tell(LinkPhase.READY)
        return ended

    def _take(self, event: ModelEvent, queue: EventQueue) -> None:
        if isinstance(event, ItemDone):
            self._items.add(event.item)
        if isinstance(event, Created):
            self._connection.model = event.model or self._connection.model
            self._tell(LinkPhase.STREAMING, self._notice)
        elif self._notice:
            self._notice = ""
            self._tell(LinkPhase.STREAMING)
        queue.put(event)

    def _fail(self, queue: EventQueue, setback: Setback, begin: int, *, nothing_came: bool) -> Ended:
        """Tell that it is enough; what the server would not take does not stay in the conversation."""
        if nothing_came:
            self._items.not_taken(begin, rejected=setback.rejected)
        self._notice = ""
        self._tell(LinkPhase.FAILED, setback.sentence)
        if setback.fault is not None:
            queue.put(setback.fault)
        return Ended(EndStatus.FAILED, setback.sentence)

    async def _abandon(self, driver: asyncio.Task[None]) -> None:
        """Nobody reads any more: as if cut, without telling."""
        if driver.done() and not driver.cancelled() and driver.exception() is None:
            return
        driver.cancel()
        await asyncio.gather(driver, return_exceptions=True)
        await self._start_over()

    async def _start_over(self) -> None:
        """Keep what was said, let go of the connection, open the next one in the background."""
        for event in self._reducer.cut():
            self._take(event, self._queue)
        self._notice = ""
        await self._connection.drop()
        self._keeper.open_soon()

    def _watch(self) -> bool:
        """Say so when the server says nothing; only after very long it counts as dead."""
        silent = self._clock.tick() - self._last_word
        if self.state.phase is not LinkPhase.STREAMING:
            return False
        self._is_dead = silent > _DEAD_AFTER
        if not self._is_dead and silent > _STALL.get(self.profile.lane, _SLOW_STALL):
            self._notice = f"no word from {self.place} for {silent:.0f} s"
            self._tell(LinkPhase.STREAMING, self._notice)
        return self._is_dead

    def _tell(self, phase: LinkPhase, sentence: str = "", retry_at: float | None = None) -> None:
        connection = self._connection
        if not sentence and phase in _DOING:
            sentence = f"{_DOING[phase]} {self.place}"
        elif not sentence and phase in (LinkPhase.READY, LinkPhase.STREAMING):
            sentence = connection.remark
        state = LinkState(
            phase,
            self.profile.provider.name,
            connection.transport,
            connection.model,
            sentence,
            retry_at,
            connection.figures,
            self._retries,
        )
        if state != self.state:
            self.state = state
            self._on_state(state)


def _place(provider: Provider) -> str:
    host = urlsplit(provider.base_url).hostname or ""
    return provider.name if host in ("", "localhost", "::1") or host.startswith("127.") else host
