"""A model's server as a script: what each connection attempt and each request is answered with."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from spark_tui.ports import LinkDown, LinkInfo, PortError

Frame = dict[str, Any]
Step = Frame | PortError | asyncio.Event
"""A frame to yield, an error to raise, or an event to wait for first."""


class FakeModelSocket:
    """The `ModelLink` port on scripts; beyond the script connections open, and requests meet silence."""

    def __init__(
        self,
        replies: Iterable[Sequence[Step]] = (),
        connects: Iterable[LinkInfo | PortError | asyncio.Event] = (),
        fallback: "FakeModelSocket | None" = None,
        info: LinkInfo | None = None,
    ) -> None:
        self.fallback = fallback
        self.info = info or LinkInfo("ws", {})
        """What connections tell beyond the script."""
        self.replies = deque(replies)
        self.connects = deque(connects)
        self.sent: list[Frame] = []
        """What was sent beside requests."""
        self.requests: list[Frame] = []
        """Every request, in order."""
        self.connection_of: list[int] = []
        """On which connection each request came, counted from 1."""
        self.connections = 0
        """Attempts to connect."""
        self.closed = False
        self.twins: list[FakeModelSocket] = []
        self.sides: deque[FakeModelSocket] = deque()
        self._cut: asyncio.Event | None = None

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._cut is not None and not self._cut.is_set()

    def break_down(self) -> None:
        """End the connection as a server or a network does."""
        if self._cut is not None:
            self._cut.set()

    def twin(self) -> "FakeModelSocket":
        """Another connection on the same script."""
        made = FakeModelSocket(fallback=self.fallback, info=self.info)
        made.replies, made.connects = self.replies, self.connects
        made.requests, made.connection_of, made.sent = self.requests, self.connection_of, self.sent
        self.twins.append(made)
        return made

    def beside(self) -> "FakeModelSocket":
        """A connection of its own with scripts of its own, taken from `sides` in order."""
        return self.sides.popleft()

    async def connect(self) -> LinkInfo:
        """Open as scripted."""
        await self.drop()
        self.connections += 1
        outcome = self.connects.popleft() if self.connects else self.info
        if isinstance(outcome, asyncio.Event):
            await outcome.wait()
            outcome = self.info
        if isinstance(outcome, PortError):
            raise outcome
        self._cut = asyncio.Event()
        return outcome

    async def exchange(self, request: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
        """Answer as scripted."""
        cut = self._cut
        if cut is None or cut.is_set():
            raise LinkDown("not connected to the script")
        self.requests.append(dict(request))
        self.connection_of.append(self.connections)
        for step in self.replies.popleft() if self.replies else ():
            if isinstance(step, PortError):
                cut.set()
                raise step
            if isinstance(step, asyncio.Event):
                await _first(step, cut)
            if cut.is_set():
                raise LinkDown("the connection to the script broke", 1006)
            if isinstance(step, Mapping):
                yield step
        await cut.wait()
        raise LinkDown("the connection to the script broke", 1006)

    async def send(self, frame: Mapping[str, object]) -> bool:
        """Take note."""
        self.sent.append(dict(frame))
        return self.connected

    async def drop(self) -> None:
        """Cut."""
        self.break_down()
        self._cut = None

    async def close(self) -> None:
        """Close."""
        await self.drop()
        self.closed = True


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


# --- frames, as a server sends them


def created(response_id: str) -> Frame:
    """The beginning of a response."""
    return {"type": "response.created", "response": {"id": response_id, "model": "quick-1", "output": []}}


def completed(response_id: str, **fields: Any) -> Frame:
    """The good end of a response."""
    usage = {"input_tokens": 10, "output_tokens": 2, "total_tokens": 12}
    response = {"id": response_id, "status": "completed", "output": None, "usage": usage, **fields}
    return {"type": "response.completed", "response": response}


def said(item_id: str, *pieces: str, index: int = 0, done: bool = True) -> list[Frame]:
    """A message in pieces."""
    item = {"id": item_id, "type": "message", "role": "assistant", "phase": "final_answer", "content": []}
    frames: list[Frame] = [{"type": "response.output_item.added", "output_index": index, "item": item}]
    place = {"item_id": item_id, "output_index": index, "content_index": 0}
    frames += [{"type": "response.output_text.delta", **place, "delta": piece} for piece in pieces]
    if done:
        content = [{"type": "output_text", "text": "".join(pieces)}]
        frames.append(
            {"type": "response.output_item.done", "output_index": index, "item": {**item, "content": content}}
        )
    return frames


def called(call_id: str, *pieces: str, index: int = 0, done: bool = True) -> list[Frame]:
    """A call of the patch tool in pieces."""
    item = {
        "id": f"ctc_{call_id}",
        "type": "custom_tool_call",
        "call_id": call_id,
        "name": "apply_patch",
        "input": "",
    }
    frames: list[Frame] = [{"type": "response.output_item.added", "output_index": index, "item": item}]
    place = {"item_id": item["id"], "output_index": index}
    frames += [{"type": "response.custom_tool_call_input.delta", **place, "delta": piece} for piece in pieces]
    if done:
        final = {**item, "input": "".join(pieces), "status": "completed"}
        frames.append({"type": "response.output_item.done", "output_index": index, "item": final})
    return frames


def text_reply(response_id: str, *pieces: str) -> list[Step]:
    """A whole response that says something."""
    return [created(response_id), *said(f"msg_{response_id}", *pieces), completed(response_id)]


def call_reply(response_id: str, call_id: str, *pieces: str) -> list[Step]:
    """A whole response that calls the patch tool."""
    return [created(response_id), *called(call_id, *pieces), completed(response_id)]


def warm_reply(response_id: str = "warm") -> list[Step]:
    """The response to a request that generates nothing."""
    return [created(response_id), completed(response_id)]


def error(code: str, status: int | None = 400, message: str = "no", **fields: Any) -> Frame:
    """An error frame."""
    return {"type": "error", "status": status, "error": {"code": code, "message": message, **fields}}


def failed(response_id: str, code: str, message: str = "no") -> Frame:
    """The bad end of a response."""
    response = {"id": response_id, "status": "failed", "error": {"code": code, "message": message}}
    return {"type": "response.failed", "response": response}
