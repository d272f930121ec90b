"""Real time."""

import asyncio
import time


class SystemClock:
    """The `Clock` port on the machine's clocks."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def tick(self) -> float:
        """Monotonic seconds, for durations."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
