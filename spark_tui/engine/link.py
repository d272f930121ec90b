"""One lasting conversation with one model: asks, recovers, and never loses or doubles a turn."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from spark_tui.core.settings import LaneProfile
from spark_tui.core.wire import Ended, EndStatus, Item, ModelEvent
from spark_tui.engine.link_connection import Connection, Known
from spark_tui.engine.link_hearing import DEAD_AFTER, Hearing
from spark_tui.engine.link_history import History
from spark_tui.engine.link_keeper import Keeper
from spark_tui.engine.link_policy import Ladder, Rung, Setback, Step, after_error
from spark_tui.engine.link_queue import EventQueue
from spark_tui.engine.link_sentences import enough
from spark_tui.engine.link_state import LinkPhase, LinkPrompt, LinkState
from spark_tui.engine.link_telling import Telling
from spark_tui.engine.link_warming import within
from spark_tui.ports import Clock, ModelLink, PortError

__all__ = ["Link", "LinkPhase", "LinkPrompt", "LinkState"]

_STEER_PATIENCE = 2.0


class Link:
    """Keeps a connection warm and a conversation whole; one response at a time, and others beside it."""

    def __init__(
        self,
        transport: ModelLink,
        profile: LaneProfile,
        prompt: LinkPrompt,
        clock: Clock,
        on_state: Callable[[LinkState], None],
        inherited: Known | None = None,
    ) -> None:
        """`inherited` is what the server knows already, if `transport` shares the connection of another link."""
        self.profile = profile
        self._prompt = prompt
        self._clock = clock
        self._telling = Telling(profile, clock, on_state)
        self._connection = Connection(transport, profile, prompt, clock, self._telling, inherited)
        self._items = History()
        self._hearing = Hearing(self._connection, self._items, clock, self._telling, profile.lane)
        self._keeper = Keeper(
            self._connection, clock, self._telling, lambda: self.is_busy, self._hearing.watch
        )
        self._driver: asyncio.Task[None] | None = None
        self._takes_detour = False
        self._sides: set[Link] = set()

    @property
    def state(self) -> LinkState:
        """How things are, as of now."""
        return self._telling.state

    @property
    def place(self) -> str:
        """Where the model is, for sentences."""
        return self._telling.place

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
        self._items.become(items)
        self._connection.forget()

    def request(self, items: Sequence[Item]) -> dict[str, object]:
        """The request that tells all of `items`, as a fresh connection would send it; for weighing and showing."""
        return self._connection.request(items)

    async def respond(self, new_items: Sequence[Item]) -> AsyncGenerator[ModelEvent]:
        """Ask for one response to the conversation and `new_items`; the last event is `Ended`.

        `WireFault` comes only when nothing more is tried. A prompt whose turn failed before anything came of it
        is not doubled when it is asked again.
        """
        if self.is_busy:
            raise RuntimeError("one response at a time")
        self._keeper.start()
        begin = self._items.ask(new_items)
        queue = self._hearing.queue = EventQueue()
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

    async def aside(
        self, items: Sequence[Item], *, alone: bool = False, may_call: bool = True
    ) -> AsyncGenerator[ModelEvent]:
        """Ask for a response to the conversation so far and `items`, at the same time as others; nothing of it stays.

        It shares the warm connection as a stream of its own where the server allows that, and opens another one
        where not. `alone` leaves the conversation out; without `may_call` the model only talks. Closing the
        generator ends the request; the last event is `Ended`, as with `respond`.
        """
        prompt = replace(self._prompt, may_call=may_call)
        profile = replace(self.profile, model=replace(self.profile.model, warm_up=False))
        known = None if alone else self._connection.known
        way = self._connection.beside()
        side = Link(way, profile, prompt, self._clock, lambda state: None, known)
        side.rebase(() if alone else self.items)
        self._sides.add(side)
        try:
            async with aclosing(side.respond(items)) as events:
                async for event in events:
                    yield event
        finally:
            self._sides.discard(side)
            await side.close()

    async def steer(self, words: str) -> bool:
        """Put input into the response under way; False: that is not possible, and nothing has changed."""
        reducer, steering = self._hearing.reducer, self._hearing.steering
        if not (self.profile.model.steers and self.is_busy and reducer.response_id and not reducer.ended):
            return False
        answer = steering.ask(words)
        if not await self._connection.steer(reducer.response_id, words):
            steering.over()
        return await within(self._clock, _STEER_PATIENCE, answer) or False

    def unheard(self) -> list[str]:
        """Take what was put into responses and left out after all: it has to be asked once more."""
        unheard, self._hearing.unheard = self._hearing.unheard, []
        return unheard

    async def cut(self) -> None:
        """Stop the response under way at once; what was said and finished stays, half a call does not."""
        driver = self._driver
        if driver is None or driver.done():
            return
        driver.cancel()
        await asyncio.wait([driver])
        await self._start_over()
        self._hearing.queue.put(Ended(EndStatus.CUT, "stopped"))

    async def close(self) -> None:
        """End everything that runs and close the connection."""
        for side in tuple(self._sides):
            await side.close()
        if self._driver is not None:
            self._driver.cancel()
            await asyncio.gather(self._driver, return_exceptions=True)
            self._hearing.queue.put(Ended(EndStatus.CUT, "closed"))
        await self._keeper.close()
        await self._connection.close()
        self._telling(LinkPhase.CLOSED)

    async def _drive(self, queue: EventQueue, begin: int) -> None:
        """Try until the response is complete or nothing more can be tried."""
        ladder = Ladder()
        self._telling.begin()
        sent = len(self._items)
        while isinstance(result := await self._try(), Setback):
            hearing = self._hearing
            heard = hearing.reducer.created
            for event in hearing.reducer.abandon():
                queue.put(event)
            self._connection.forget()
            is_steered = hearing.put_off()
            if result.step is not Step.GIVE_UP and not is_steered:
                whole = self._items.whole(sent, result.sentence)
                if whole is not None:
                    await self._start_over()
                    result = whole
                    break
            rung = ladder.climb(result, heard=heard, can=self._ways())
            if rung is None:
                result = self._fail(queue, result, begin, nothing_came=len(self._items) == sent)
                break
            self._telling.retries = ladder.retries
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
            going_on = f"{setback.brief or setback.sentence}; asking again"
            self._telling.notice = self._telling.remark if rung.step is Step.FALL_BACK else going_on
            self._telling(LinkPhase.WAITING, self._telling.notice, self._clock.now() + rung.wait)
            await self._clock.sleep(rung.wait)

    def _ways(self) -> set[Step]:
        """What else could be tried, besides asking again."""
        ways = {Step.DETOUR, Step.FALL_BACK} if self._connection.has_fallback else set()
        return ways | ({Step.OTHER_MODEL} if self.profile.stand_ins else set())

    def _use_other_model(self) -> None:
        model, *others = self.profile.stand_ins
        self.profile = replace(self.profile, model=model, stand_ins=tuple(others))
        self._connection.use(model)

    async def _try(self) -> Ended | Setback:
        """Send the request once."""
        self._hearing.begin()
        try:
            if self._takes_detour:
                await self._connection.detour()
            else:
                await self._connection.open(warm=False)
            self._takes_detour = False
            return await self._hearing.listen()
        except PortError as error:
            if self._hearing.is_dead:
                return Setback(Step.GIVE_UP, f"no word from {self.place} for {DEAD_AFTER / 60:.0f} minutes")
            return after_error(error)

    def _fail(self, queue: EventQueue, setback: Setback, begin: int, *, nothing_came: bool) -> Ended:
        """Tell that it is enough; what the server would not take does not stay in the conversation."""
        if nothing_came:
            self._items.not_taken(begin, rejected=setback.rejected)
        sentence = enough(setback.sentence, self._telling.retries)
        self._telling.settle()
        self._telling(LinkPhase.FAILED, sentence)
        if setback.fault is not None:
            queue.put(setback.fault)
        return Ended(EndStatus.FAILED, sentence)

    async def _abandon(self, driver: asyncio.Task[None]) -> None:
        """Nobody reads any more: as if cut, without telling."""
        if driver.done() and not driver.cancelled() and driver.exception() is None:
            return
        driver.cancel()
        await asyncio.gather(driver, return_exceptions=True)
        await self._start_over()

    async def _start_over(self) -> None:
        """Keep what was said, let go of the connection, open the next one in the background."""
        for event in self._hearing.reducer.cut():
            self._hearing.take(event)
        self._telling.settle()
        await self._connection.drop()
        self._keeper.open_soon()
