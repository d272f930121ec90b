"""Keeps a connection open between turns: replaces it when it breaks or grows old, and says how that goes."""

import asyncio
from collections.abc import Callable

from spark_tui.engine.link_connection import Connection
from spark_tui.engine.link_policy import Setback, Step, after_error, backoff
from spark_tui.engine.link_state import LinkPhase
from spark_tui.engine.link_telling import Telling
from spark_tui.ports import Clock, PortError

LOOK_EVERY = 5.0
"""Seconds between two looks at the connection."""
_PATIENCE_AFTER_REFUSAL = 15 * 60.0


class Keeper:
    """Owns the tasks that work on the connection while nothing is asked."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        tell: Telling,
        is_busy: Callable[[], bool],
        is_dead: Callable[[], bool],
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._tell = tell
        self._is_busy = is_busy
        self._is_dead = is_dead
        """Asked at every look that falls into a response: whether nothing will come any more."""
        self._looking: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._failures = 0
        self._next_try = 0.0

    def start(self) -> None:
        """Look after the connection from now on."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_after())

    def open_soon(self) -> None:
        """Connect and warm up in the background."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self.open())

    async def open(self) -> None:
        """Connect and warm up; trouble is told, and tried again later if that may help."""
        try:
            await self._connection.open()
        except PortError as error:
            if not self._is_busy():
                self._put_off(after_error(error))
            return
        self._failures = 0
        if not self._is_busy():
            self._tell(LinkPhase.READY)

    async def close(self) -> None:
        """End what runs."""
        tasks = [task for task in (self._looking, self._opening) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_after(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY)
            if self._is_busy():
                if self._is_dead():
                    await self._connection.drop()
            elif self._clock.tick() < self._next_try:
                continue
            elif not self._connection.is_usable:
                await self.open()
            elif self._connection.is_due:
                await self._rotate()

    async def _rotate(self) -> None:
        """Make the next connection ready, and change over between two responses; if it can't be had, try later."""
        try:
            await self._connection.prepare()
        except PortError as error:
            self._failures += 1
            wait = max(after_error(error).wait or 0.0, backoff(self._failures, LOOK_EVERY))
            self._next_try = self._clock.tick() + wait
            return
        self._failures = 0
        if not self._is_busy():
            await self._connection.adopt()
            self._tell(LinkPhase.READY)

    def _put_off(self, setback: Setback) -> None:
        if setback.step in (Step.GIVE_UP, Step.FALL_BACK, Step.DETOUR):
            self._next_try = self._clock.tick() + _PATIENCE_AFTER_REFUSAL
            self._tell(LinkPhase.FAILED, setback.sentence)
            return
        self._failures += 1
        wait = max(setback.wait or 0.0, backoff(self._failures, LOOK_EVERY))
        self._next_try = self._clock.tick() + wait
        sentence = f"{setback.brief or setback.sentence}; trying again"
        self._tell(LinkPhase.WAITING, sentence, self._clock.now() + wait)
