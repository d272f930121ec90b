"""Where the stream of edits can be made to wait: by the person at any line, by the governor before a hunk begins.

The link goes on receiving meanwhile, within its bound; nothing is lost, and nothing is shown before its time.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from spark_tui.core.edits import EditEvent, FileOpened, HunkOpened
from spark_tui.engine.events import EngineEvent, ReviewMoved
from spark_tui.engine.governor import Governor


class Hold(StrEnum):
    """Who makes the stream wait."""

    NOBODY = ""
    PERSON = "person"
    GOVERNOR = "governor"


class Gate:
    """Open, closed, or shut for good for the rest of a turn."""

    def __init__(self, governor: Governor, emit: Callable[[EngineEvent], None]) -> None:
        self._governor = governor
        self._emit = emit
        self._moved = asyncio.Event()
        self.is_frozen = False
        """Whether the person holds the stream."""
        self.is_shut = False
        """Whether what still comes of this turn is dropped."""
        self.waits_for = Hold.NOBODY
        """Who makes the stream wait right now."""

    def begin(self) -> None:
        """A turn begins."""
        self.is_frozen = self.is_shut = False
        self._tell()

    def end(self) -> None:
        """The turn is over: nothing is left to hold."""
        self.is_frozen = False
        self._tell()

    def freeze(self) -> None:
        """Let no line through any more."""
        self.is_frozen = True
        self._tell()

    def go_on(self) -> None:
        """Let the stream through again."""
        self.is_frozen = False
        self._tell()

    def shut(self) -> None:
        """Let everything drop that still comes of this turn."""
        self.is_shut = True
        self.is_frozen = False
        self._tell()

    def look_again(self) -> None:
        """Something was decided or seen: the governor may have changed its mind."""
        self._moved.set()

    def _tell(self) -> None:
        self._moved.set()
        self._emit(ReviewMoved())

    def holds(self, event: EditEvent) -> Hold:
        """Say who would not let this event through now."""
        if self.is_frozen:
            return Hold.PERSON
        begins = isinstance(event, FileOpened | HunkOpened)
        return Hold.GOVERNOR if begins and self._governor.holds() else Hold.NOBODY

    async def passes(self, event: EditEvent) -> bool:
        """Wait until the event may go through; False if it is to be dropped."""
        while not self.is_shut and (hold := self.holds(event)) is not Hold.NOBODY:
            self._moved.clear()
            if hold is not self.waits_for:
                self.waits_for = hold
                self._emit(ReviewMoved())
                self._moved.clear()
            await self._moved.wait()
        if self.waits_for is not Hold.NOBODY:
            self.waits_for = Hold.NOBODY
            self._emit(ReviewMoved())
        return not self.is_shut
