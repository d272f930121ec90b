"""Several exchanges on one connection: whoever waits for a frame reads for all, and each gets those of its stream."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress

from spark_tui.core.wire.lenient import mapping
from spark_tui.core.wire.reducer import is_last
from spark_tui.ports import LinkDown

Frame = dict[str, object]

MOST_AT_ONCE = 8
"""Streams beside the main one; the service answers sixteen requests at a time."""
MOST_NAMES = 30
"""The service counts every name that was ever used on a connection, up to 32."""

MOST_WAITING = 20_000
"""Frames that may wait for one stream while another one is read; nobody who listens gets so far behind."""
_ABOUT_STREAMS = ("websocket_stream_limit_reached", "invalid_stream_id")


class _Inbox:
    """What came for one stream while somebody else was reading."""

    def __init__(self) -> None:
        self.frames: deque[Frame] = deque()
        self.stirred = asyncio.Event()
        """Set when there is a frame, or when it is time to read oneself."""
        self.is_silent = True
        """Whether nothing has come for it yet."""
        self.is_lost = False
        """Whether so much came that the rest was let go."""


class Streams:
    """The streams of one connection; the main one has no name."""

    def __init__(self, receive: Callable[[], Awaitable[Frame]]) -> None:
        """`receive` waits for the next frame of any stream. It raises LinkDown."""
        self._receive = receive
        self._inboxes: dict[str, _Inbox] = {}
        self._is_reading = False
        self._free: list[str] = []
        self._names = 0
        self._emptying: set[asyncio.Task[None]] = set()
        self.are_refused = False
        """Whether the server has said that it takes no names of streams."""

    @property
    def has_room(self) -> bool:
        """Whether one more stream could be opened."""
        named = len(self._inboxes) - ("" in self._inboxes)
        has_name = bool(self._free) or self._names < MOST_NAMES
        return has_name and named < MOST_AT_ONCE and not self.are_refused

    def claim(self) -> str:
        """A name for one more stream; look at `has_room` first."""
        if not self._free:
            self._names += 1
            self._free.append(f"side-{self._names}")
        return self._free.pop()

    async def exchange(self, name: str, send: Callable[[], Awaitable[None]]) -> AsyncGenerator[Frame]:
        """Send a request and yield the frames of its stream, without its name. Raises LinkDown."""
        inbox = self._inboxes[name] = _Inbox()
        last: Frame | None = None
        is_sent = False
        try:
            await send()
            is_sent = True
            while True:
                frame = await self._next(inbox)
                if name:
                    frame.pop("stream_id", None)
                    last = frame if is_last(frame) else last
                yield frame
        finally:
            if name and is_sent and last is None:
                # The rest is on its way and must not be mistaken for the answer to another request.
                emptying = asyncio.create_task(self._empty(name, inbox))
                self._emptying.add(emptying)
                emptying.add_done_callback(self._emptying.discard)
            else:
                self._leave(name, inbox, is_spent=last is not None and last.get("type") == "error")

    async def _empty(self, name: str, inbox: _Inbox) -> None:
        frame: Frame | None = None
        with suppress(LinkDown):
            while frame is None or not is_last(frame):
                frame = await self._next(inbox)
        self._leave(name, inbox, is_spent=frame is None or not is_last(frame) or frame.get("type") == "error")

    def _leave(self, name: str, inbox: _Inbox, *, is_spent: bool) -> None:
        """Nobody asks for this stream any more; its name is spent if something may still come for it."""
        if self._inboxes.get(name) is inbox:
            # Not that of another exchange that has taken its place.
            del self._inboxes[name]
        if name and not is_spent:
            self._free.append(name)
        self._stir()

    async def _next(self, inbox: _Inbox) -> Frame:
        while not inbox.frames:
            if inbox.is_lost:
                raise LinkDown("more came for a request than was taken", 1006)
            if self._is_reading:
                inbox.stirred.clear()
                await inbox.stirred.wait()
                continue
            self._is_reading = True
            try:
                frame = await self._receive()
            finally:
                self._is_reading = False
                if len(self._inboxes) > 1:
                    self._stir()
            owner = self._owner(frame)
            if owner is None:
                continue
            owner.is_silent = False
            if owner is inbox:
                return frame
            owner.stirred.set()
            if len(owner.frames) < MOST_WAITING:
                owner.frames.append(frame)
            else:
                owner.is_lost = True
        return inbox.frames.popleft()

    def _stir(self) -> None:
        """Whoever waits looks whether it is its turn to read."""
        for inbox in self._inboxes.values():
            inbox.stirred.set()

    def _owner(self, frame: Frame) -> _Inbox | None:
        name = frame.get("stream_id")
        if isinstance(name, str):
            return self._inboxes.get(name)
        if len(self._inboxes) > 1 and refuses_streams(frame):
            # A server without streams does not name them in its refusal either.
            silent = [inbox for name, inbox in self._inboxes.items() if name and inbox.is_silent]
            if silent:
                return silent[-1]
        return self._inboxes.get("")


def refuses_streams(frame: Mapping[str, object]) -> bool:
    """Whether a server says that it does not take the name of a stream."""
    error = mapping(frame.get("error"))
    is_about_it = error.get("param") == "stream_id" or error.get("code") in _ABOUT_STREAMS
    return frame.get("type") == "error" and is_about_it
