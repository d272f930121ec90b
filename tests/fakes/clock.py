"""Time that stands still until a test moves it."""

import asyncio
import heapq
import itertools


class FakeClock:
    """The `Clock` port, held by hand."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.slept: list[float] = []
        """Every wait that was asked for, in order."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def tick(self) -> float:
        """Monotonic seconds."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has moved time far enough."""
        self.slept.append(seconds)
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), waiting))
        await waiting

    async def advance(self, seconds: float) -> None:
        """Move time, waking everyone in order and letting each do what it can."""
        await settle()
        until = self._now + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, waiting = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not waiting.done():
                waiting.set_result(None)
                await settle()
        self._now = until
        await settle()


async def settle(rounds: int = 50) -> None:
    """Let every task run as far as it gets without time passing."""
    for _ in range(rounds):
        await asyncio.sleep(0)
