"""Listens to the responses of a link: frames in, events out, and how each response ended."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from spark_tui.core.wire import (
    Created,
    Ended,
    EndStatus,
    ItemDone,
    LimitsSeen,
    ModelEvent,
    Queued,
    Reducer,
    WireFault,
)
from spark_tui.engine.link_connection import Connection
from spark_tui.engine.link_history import History
from spark_tui.engine.link_policy import Setback, Step, after_fault
from spark_tui.engine.link_queue import EventQueue
from spark_tui.engine.link_sentences import stopped_early
from spark_tui.engine.link_state import LinkPhase
from spark_tui.engine.link_steering import Steering
from spark_tui.engine.link_telling import Telling
from spark_tui.engine.link_warming import Frames, end, within
from spark_tui.ports import Clock, LinkDown, PortError

AT_ONCE = 150
"""Frames that are heard before others have their turn: keys come first, however fast a model writes."""
DEAD_AFTER = 15 * 60.0
"""Seconds without a word after which nothing will come any more."""
_AFTER_ERROR_PATIENCE = 0.25
_SUCCESSOR_PATIENCE = 5.0
_STALL = {"fast": 10.0}
_SLOW_STALL = 60.0


class Hearing:
    """Listens to one response at a time."""

    def __init__(
        self, connection: Connection, items: History, clock: Clock, telling: Telling, lane: str
    ) -> None:
        self._connection = connection
        self._items = items
        self._clock = clock
        self._telling = telling
        self._stall = _STALL.get(lane, _SLOW_STALL)
        self.reducer = Reducer()
        self.queue = EventQueue()
        """Where the events of the present response go."""
        self.steering = Steering()
        self.unheard: list[str] = []
        """What the person put into a response, and the server took and then left out after all."""
        self.is_dead = False
        """Whether nothing has come for so long that nothing will."""
        self._last_word = 0.0

    def begin(self) -> None:
        """Nothing is heard yet of what will be asked."""
        self.reducer = Reducer()
        self.is_dead = False

    async def listen(self) -> Ended | Setback:
        """Send the request and take what comes. Raises PortError."""
        self.reducer = Reducer(self._connection.known.response_id)
        self._last_word = self._clock.tick()
        self._telling(LinkPhase.STREAMING, self._telling.notice)
        frames = self._connection.exchange(self._items)
        try:
            return await self._listen(frames)
        finally:
            self.steering.over()
            await end(frames)

    async def _listen(self, frames: Frames) -> Ended | Setback:
        fault: WireFault | None = None
        ended: Ended | None = None
        heard = 0
        while fault is None or self.reducer.created:
            heard += 1
            if heard % AT_ONCE == 0:
                await asyncio.sleep(0)
            if fault is None and ended is None:
                frame = await anext(frames, None)
            else:
                # The end of the response is due, or one that follows by itself; then the connection is still good.
                frame = await self._soon(frames, _AFTER_ERROR_PATIENCE if fault else _SUCCESSOR_PATIENCE)
            if frame is None:
                break
            for event in self._hear(frame):
                if isinstance(event, Ended):
                    ended = event
                else:
                    fault = event
            ended = None if ended is None or self._goes_on(ended) else ended
            if ended is not None and not self._may_go_on:
                return self._over(ended, fault)
            if self.queue.is_full:
                await self._connection.drop()
                return Setback(Step.GIVE_UP, f"{self._telling.place} sends more than can be shown")
        if ended is not None:
            # What was to follow may still come, but not for the next request.
            over = self._over(ended, None)
            await self._connection.drop()
            return over
        return await self._judge(fault)

    async def _judge(self, fault: WireFault | None) -> Setback:
        """Nothing more is to be heard."""
        if fault is None:
            raise LinkDown(f"the connection to {self._telling.place} ended")
        setback = after_fault(fault, self._telling.place, self._clock.now())
        if self.reducer.created or setback.step is not Step.FORGET:
            # More about this response may be on its way; the next one must not be mistaken for it.
            await self._connection.drop()
        return setback

    async def _soon(self, frames: Frames, patience: float) -> Mapping[str, object] | None:
        with suppress(PortError):
            return await within(self._clock, patience, anext(frames, None))
        return None

    def _hear(self, frame: Mapping[str, object]) -> list[WireFault | Ended]:
        """Take one frame; what is left is what may end the response."""
        self._last_word = self._clock.tick()
        left: list[WireFault | Ended] = []
        for event in () if self.steering.hear(frame) else self.reducer.feed(frame):
            if isinstance(event, WireFault | Ended):
                left.append(event)
            else:
                self.take(event)
        return left

    @property
    def _may_go_on(self) -> bool:
        """Whether the server goes on by itself when the response is over, with what was put into it."""
        steering = self.steering
        return steering.is_accepted and not (steering.is_pending or steering.has_failed)

    def _goes_on(self, ended: Ended) -> bool:
        """Prepare for the response that follows by itself, or see that it has begun."""
        if ended.response_id == self.reducer.response_id and self._may_go_on:
            self.reducer = Reducer(ended.response_id)
        elif self.reducer.created and not self.reducer.ended and self.steering.is_accepted:
            for message in self.steering.committed():
                self._items.add(message)
            return True
        return False

    def take(self, event: ModelEvent) -> None:
        """Keep what is finished, and pass the event on."""
        match event:
            case ItemDone(item=item):
                self._items.add(item)
            case Created(model=model):
                self._telling.model = model or self._telling.model
                self._telling(LinkPhase.STREAMING, self._telling.notice)
            case Queued(position=position):
                self._telling.position, self._telling.is_queued = position, True
                place = "" if position is None else f" at place {position}"
                self._telling.notice = f"{self._telling.place} has put the request into its queue{place}"
                self._telling(LinkPhase.STREAMING, self._telling.notice)
            case LimitsSeen(limits=limits):
                self._telling.limits = limits
                self._telling(LinkPhase.STREAMING, self._telling.notice)
            case _ if self._telling.notice:
                self._telling.settle()
                self._telling(LinkPhase.STREAMING)
        self.queue.put(event)

    def put_off(self) -> bool:
        """The response broke: what was put into it belongs to what is asked again. Whether there was any."""
        messages = self.steering.committed()
        for message in messages:
            self._items.add(message)
        return bool(messages)

    def _over(self, ended: Ended, fault: WireFault | None) -> Ended | Setback:
        if ended.status is EndStatus.FAILED:
            trouble = fault or WireFault("unknown_error", ended.reason)
            return after_fault(trouble, self._telling.place, self._clock.now())
        self._connection.knows(ended.response_id, len(self._items))
        if self.steering.is_pending:
            self._items.expect(self.steering.committed())
        self.unheard += [message.text for message in self.steering.committed()]
        self._telling.settle()
        self._telling(LinkPhase.READY)
        if ended.status is EndStatus.INCOMPLETE:
            return replace(ended, reason=stopped_early(ended.reason))
        return ended

    def watch(self) -> bool:
        """Say so when the server says nothing; only after very long it counts as dead."""
        silent = self._clock.tick() - self._last_word
        if self._telling.state.phase is not LinkPhase.STREAMING:
            return False
        self.is_dead = silent > DEAD_AFTER
        if not self.is_dead and silent > self._stall:
            self._telling.notice = f"no word from {self._telling.place} for {silent:.0f} s"
            self._telling(LinkPhase.STREAMING, self._telling.notice)
        return self.is_dead
