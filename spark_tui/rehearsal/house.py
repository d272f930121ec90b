"""What all connections of one server share: its manners, its faults, its memory of stored responses."""

import asyncio
import random
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from spark_tui.rehearsal.answer import Perform
from spark_tui.rehearsal.faults import Script
from spark_tui.rehearsal.protocol import Json

MODEL = "rehearsal"
"""Name under which the performer is offered; any other name is answered just the same."""
_MOST_STORED = 1000


@dataclass(frozen=True, slots=True)
class Manners:
    """How the server behaves; the defaults are those of the real service."""

    rate: float = 1000.0
    """Pieces a second; 0: no limit."""
    piece: int = 0
    """Characters of each delta; 0: one token-like piece."""
    lanes: bool = True
    """Whether a connection may carry several responses at once, told apart by `stream_id`."""
    most_lanes: int = 32
    most_at_once: int = 16
    lean: bool = False
    """Leave out the events that a client can do without."""
    noise: bool = False
    """Send events between those of the response that no client knows."""
    age_limit: float = 3600.0
    """Seconds after which a connection ends."""
    age_close: int = 1000
    """Close code for that."""
    ping_every: float = 20.0
    steers: bool = False
    """Whether every model can be steered, and not only those that really can."""
    interrupts: bool = False
    """Whether `response.interrupt` is understood."""
    largest_message: int = 16 * 2**20


class Clock(Protocol):
    """Time as it is written into responses, and as connections grow old in it."""

    def now(self) -> float:
        """Seconds since the epoch."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class WallClock:
    """Real time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A response that a request may go on from."""

    id: str
    conversation: tuple[Json, ...]
    tokens: int


class Ids:
    """Makes ids that no other has; with a seed the same ones every time."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = None if seed is None else random.Random(seed)

    def __call__(self, prefix: str) -> str:
        """Make one."""
        bits = secrets.randbits(96) if self._random is None else self._random.getrandbits(96)
        return f"{prefix}_{bits:024x}"


class Stored:
    """Responses that were asked to be stored, the newest ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Remembered] = OrderedDict()

    def keep(self, response: Remembered) -> None:
        """Store a response."""
        self._kept[response.id] = response
        if len(self._kept) > _MOST_STORED:
            self._kept.popitem(last=False)

    def get(self, response_id: str) -> Remembered | None:
        """A stored response, if it is still there."""
        return self._kept.get(response_id)


def _unheard(sender: str, place: str, frame: object) -> None:
    """Nobody records."""


@dataclass(frozen=True, slots=True)
class House:
    """One server."""

    perform: Perform
    manners: Manners
    script: Script
    clock: Clock
    new_id: Callable[[str], str] = field(default_factory=Ids)
    record: Callable[[str, str, object], None] = _unheard
    """Told who sends (`C` or `S`), on which connection, and what."""
    stored: Stored = field(default_factory=Stored)
