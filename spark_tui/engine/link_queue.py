"""Stands between the reader of the stream, which never waits, and whoever consumes its events."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace

from spark_tui.core.values import dataclass
from spark_tui.core.wire import Ended, ModelEvent, ReasoningDelta, TextDelta, ToolDelta

LARGEST_QUEUE = 64 * 2**20
"""Characters that may wait."""
_PER_EVENT = 200


@dataclass(slots=True)
class _Waiting:
    """An event, with what later deltas of the same item have added to it."""

    event: ModelEvent
    more: list[str]

    def whole(self) -> ModelEvent:
        if self.more and isinstance(self.event, TextDelta | ReasoningDelta | ToolDelta):
            return replace(self.event, text="".join((self.event.text, *self.more)))
        return self.event


class EventQueue:
    """Events in order; deltas that wait are joined, so a slow consumer costs memory for text only."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._size = 0
        self._filled = asyncio.Event()
        self._closed = False

    @property
    def is_full(self) -> bool:
        """Whether more waits than is sound."""
        return self._size > LARGEST_QUEUE

    def put(self, event: ModelEvent) -> None:
        """Append an event; never waits."""
        text = event.text if isinstance(event, TextDelta | ReasoningDelta | ToolDelta) else None
        if text is not None and self._waiting and _same_item(self._waiting[-1].event, event):
            self._waiting[-1].more.append(text)
            self._size += len(text)
        else:
            self._waiting.append(_Waiting(event, []))
            self._size += _PER_EVENT + len(text or "")
        self._filled.set()

    def close(self) -> None:
        """Nothing will follow."""
        self._closed = True
        self._filled.set()

    async def __aiter__(self) -> AsyncIterator[ModelEvent]:
        """Yield events until `Ended` or until the queue is closed and empty."""
        while True:
            while self._waiting:
                event = self._waiting.popleft().whole()
                if not self._waiting:
                    self._size = 0
                yield event
                if isinstance(event, Ended):
                    return
            if self._closed:
                return
            self._filled.clear()
            await self._filled.wait()


def _same_item(one: ModelEvent, other: ModelEvent) -> bool:
    match one, other:
        case TextDelta(), TextDelta():
            return one.item_id == other.item_id
        case ReasoningDelta(), ReasoningDelta():
            return one.item_id == other.item_id
        case ToolDelta(), ToolDelta():
            return one.call_id == other.call_id
        case _:
            return False
