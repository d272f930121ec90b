"""The only place where an engine event becomes a Textual message: many events, one pulse.

Whoever shows lines of the stream is told with every pulse; whoever only sums it up is told a few times a second.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import field
from typing import Protocol

from textual.message import Message

from spark_tui.core.values import dataclass
from spark_tui.engine import (
    BufferChanged,
    ChecksMoved,
    EngineEvent,
    Revealed,
    ReviewMoved,
    Trouble,
    TurnMoved,
)
from spark_tui.ui.easing import PERIOD

SHARE = 3
"""A look that takes long is followed by the next one only after so many times as long: keys come in between."""

LONGEST = 0.15
"""Seconds; longer than this nobody waits for that reason."""

LEISURE = 0.1
"""Seconds between two looks of whoever sums up: figures that change faster can't be read."""

STREAM = frozenset({ReviewMoved, TurnMoved, ChecksMoved})
"""Events that come all the time while a model writes; nobody has to wait for others."""

MAX_KEPT = 200
"""Troubles and text changes kept for one pulse; beyond that the oldest troubles go, and texts are read anew."""


@dataclass(slots=True)
class Notice:
    """Everything that happened since the last pulse, merged."""

    kinds: set[type] = field(default_factory=set)
    """Types of the events: whoever shows something of that type reads it from the engine again."""
    troubles: list[Trouble] = field(default_factory=list)
    buffers: dict[str, list[BufferChanged] | None] = field(default_factory=dict)
    """Changes per file, in order; None where a file has to be read as a whole."""
    reveal: Revealed | None = None
    """The last place that the person asked to see."""

    def take(self, event: EngineEvent) -> None:
        """Merge one more event."""
        self.kinds.add(type(event))
        if isinstance(event, Trouble):
            self.troubles.append(event)
            del self.troubles[:-MAX_KEPT]
        elif isinstance(event, Revealed):
            self.reveal = event
        elif isinstance(event, BufferChanged):
            known = self.buffers.setdefault(event.path, [])
            if event.changes is None or (known is not None and len(known) >= MAX_KEPT):
                self.buffers[event.path] = None
            elif known is not None:
                known.append(event)

    def has(self, *kinds: type) -> bool:
        """Whether an event of one of these types happened."""
        return not self.kinds.isdisjoint(kinds)


class Source(Protocol):
    """What the bridge needs of an engine."""

    def subscribe(self, listener: Callable[[EngineEvent], None]) -> Callable[[], None]:
        """Be told of every event; the returned function ends that."""


class Bridge:
    """Keeps one pending pulse: the first event after a quiet time is told at once, the rest together."""

    class Pulse(Message, bubble=False):
        """Something moved: look again. Read what with `Bridge.take`."""

    def __init__(
        self,
        source: Source,
        post: Callable[[Message], object],
        period: Callable[[], float] = lambda: PERIOD,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        """`period` says how many seconds are between two pulses at present, `spent` what processor time was used."""
        self._source = source
        self._post = post
        self._period = period
        self._spent = spent
        self._notice, self._summary = Notice(), Notice()
        self._pending = False
        self._last = self._summed = float("-inf")
        self._taken = self._least = 0.0
        self._later: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._end: Callable[[], None] | None = None
        self.pulses = 0
        """Pulses sent so far."""

    def start(self) -> None:
        """Begin to listen; needs a running event loop."""
        self._loop = asyncio.get_running_loop()
        self._end = self._source.subscribe(self._heard)

    def stop(self) -> None:
        """Listen no more."""
        if self._end is not None:
            self._end()
            self._end = None
        if self._later is not None:
            self._later.cancel()

    @property
    def is_calm(self) -> bool:
        """Whether everybody has been told of everything."""
        return not (self._pending or self._summary.kinds)

    def take(self) -> Notice:
        """Return what happened since the last time, and begin anew."""
        notice, self._notice = self._notice, Notice()
        self._pending = False
        self._taken = self._spent()
        return notice

    def done(self) -> None:
        """What was taken has been looked at."""
        self._least = min(SHARE * (self._spent() - self._taken), LONGEST)

    def take_summary(self) -> Notice | None:
        """Return what happened since the last summary, if it is time for one; if not, there will be a pulse for it."""
        if not self._summary.kinds:
            return None
        now = self._loop.time()
        wait = self._summed + max(LEISURE, self._period()) - now
        if wait > 0 and self._summary.kinds <= STREAM:
            if self._later is None:
                self._later = self._loop.call_later(wait, self._fire_late)
            return None
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self._summed = now
        summary, self._summary = self._summary, Notice()
        return summary

    def _fire_late(self) -> None:
        self._later = None
        if not self._pending:
            self._pending = True
            self._fire()

    def _heard(self, event: EngineEvent) -> None:
        self._notice.take(event)
        self._summary.take(event)
        if self._pending and (self._timer is None or self._timer.when() <= self._last + PERIOD):
            # Sooner nothing comes. This is where almost every token ends.
            return
        due = self._last + max(self._period(), self._least)
        if self._timer is not None and self._timer.when() <= due:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._pending = True
        if due <= self._loop.time():
            self._loop.call_soon(self._fire)
        else:
            self._timer = self._loop.call_at(due, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._last = self._loop.time()
        self.pulses += 1
        self._post(self.Pulse())
