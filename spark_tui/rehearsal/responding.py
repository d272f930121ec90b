"""One response from request to last frame, faults included; every transport sends what comes out here."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.composing import Composer, Shape
from spark_tui.rehearsal.faults import BadScript, Deed, Fault
from spark_tui.rehearsal.house import House, Remembered
from spark_tui.rehearsal.pieces import Pacer, count_pieces
from spark_tui.rehearsal.protocol import Create, Json, Rejected, error_frame
from spark_tui.rehearsal.recut import recut

LARGEST_CONVERSATION = 1_000_000
"""Tokens."""


class Blow(Enum):
    """What happens to the connection instead of a frame."""

    DROP = auto()
    CLOSE = auto()
    GARBAGE = auto()
    BINARY = auto()
    DEAF = auto()


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done to the connection."""

    blow: Blow
    code: int = 1000


Step = Json | Act
_BLOWS = {
    Deed.DROP: Blow.DROP, Deed.GARBAGE: Blow.GARBAGE, Deed.BINARY: Blow.BINARY, Deed.DEAF: Blow.DEAF,
}  # fmt: skip
_SHAPES = {Deed.THINK: Shape.THOUGHTFUL, Deed.REFUSE: Shape.REFUSAL, Deed.SPLIT: Shape.SEVERAL_CALLS}

_NOT_NEEDED = (
    "response.in_progress", "response.output_item.added", "response.content_part.added",
    "response.content_part.done", "response.output_text.done",
)  # fmt: skip


class Response:
    """One response; `remembered` is set before the frame that tells of it comes out."""

    def __init__(
        self,
        house: House,
        create: Create,
        history: tuple[Json, ...],
        cached: int,
        fault: Fault | None,
        *,
        may_be_lean: bool = True,
    ) -> None:
        self.id = ""
        """Set when the response begins."""
        self.remembered: Remembered | None = None
        self.create = create
        self.steered: tuple[Json, ...] | None = None
        """Input that interrupts this response, once there is some."""
        self._house = house
        self._history = history
        self._cached = cached
        self._fault = fault
        self._may_be_lean = may_be_lean
        self._stop = ""
        self._composer = Composer(create, house.clock.now(), house.new_id)
        self._before = 0

    @property
    def conversation(self) -> tuple[Json, ...]:
        """What was asked, and the items finished so far."""
        return (*self._history, *self._composer.output)

    def stop(self, reason: str) -> None:
        """End as incomplete before the next piece."""
        self._stop = reason

    async def steps(self) -> AsyncGenerator[Json | Act, None]:
        """Frames in order, numbered, and blows where the script has them."""
        number = 0
        async for step in self._dressed():
            if isinstance(step, Act):
                yield step
                continue
            kind = step.pop("type")
            if kind == "error":
                yield {"type": kind, **step}
            else:
                yield {"type": kind, "sequence_number": number, **step}
            number += 1

    async def _dressed(self) -> AsyncIterator[Step]:
        """Leave out or put in what the manners or a fault ask for."""
        manners, deed = self._house.manners, self._fault.do if self._fault else None
        lean = self._may_be_lean and (manners.lean or deed is Deed.LEAN)
        noise = manners.noise or deed is Deed.NOISE
        count = 0
        async for step in recut(self._struck(), manners.piece):
            if isinstance(step, Act):
                yield step
                continue
            kind = str(step["type"])
            last = kind in ("response.completed", "response.incomplete", "response.failed")
            if (lean and kind in _NOT_NEEDED) or (deed is Deed.TERMINAL and not last):
                continue
            if lean and last and isinstance(step["response"], dict):
                step["response"]["output"] = None
            if noise and count % 5 == 1:
                for strange in _strange(count):
                    yield strange
            count += 1
            yield step

    async def _struck(self) -> AsyncIterator[Step]:
        """Let the fault strike when its piece has come."""
        fault = self._fault
        passed = 0
        if fault is not None and fault.after is None:
            async for step in self._strike(fault):
                yield step
            if _is_last(fault):
                return
        async for frame, paced in self._frames():
            due = fault is not None and fault.after is not None and passed >= fault.after
            if fault is not None and due and (paced or frame["type"] == "response.completed"):
                async for step in self._strike(fault):
                    yield step
                if _is_last(fault):
                    return
                fault = None
            passed += paced
            if self._stop and (paced or frame["type"] == "response.output_item.added"):
                yield self._incomplete(self._stop)
                return
            yield frame

    async def _strike(self, fault: Fault) -> AsyncIterator[Step]:
        frame = _error(fault)
        failed = self._composer.event(
            "failed", "failed", error={"code": fault.code, "message": fault.message}
        )
        match fault.do:
            case Deed.DELAY | Deed.SILENCE:
                await asyncio.sleep(fault.seconds)
            case Deed.QUEUE:
                for place in (3, 2, 1):
                    yield {**self._composer.event("queued", "queued"), "queue_position": place}
                    await asyncio.sleep(fault.seconds / 3)
            case Deed.ERROR | Deed.STATUS:
                yield frame
            case Deed.FAIL:
                yield failed
            case Deed.ERROR_AND_FAIL:
                yield frame
                yield failed
            case Deed.INCOMPLETE:
                yield self._incomplete(fault.code)
            case Deed.AGE:
                yield aged()
                yield Act(Blow.CLOSE, self._house.manners.age_close)
            case Deed.CLOSE:
                yield Act(Blow.CLOSE, fault.status)
            case deed if deed in _BLOWS:
                yield Act(_BLOWS[deed])
            case _:
                pass

    async def _frames(self) -> AsyncIterator[tuple[Json, bool]]:
        create, composer = self.create, self._composer
        before = self._before = self._cached + await asyncio.to_thread(count_input, create, self._cached == 0)
        if before > LARGEST_CONVERSATION:
            yield self._failed("context_length_exceeded", "The conversation is too long."), False
            return
        self.id = composer.id
        yield composer.event("created", "in_progress"), False
        if create.generate:
            yield composer.event("in_progress", "in_progress"), False
            answer = await self._think()
            if answer is None:
                yield self._failed("server_error", "The performer stumbled over this."), False
                return
            pacer = Pacer(self._house.manners.rate)
            shape, words = self._shape()
            for frame, paced in composer.answer(answer, shape, words):
                if paced:
                    await pacer.wait()
                yield frame, paced
        yield self._end("completed", completed_at=int(self._house.clock.now())), False

    def _shape(self) -> tuple[Shape, str]:
        fault = self._fault
        return (_SHAPES.get(fault.do, Shape.USUAL), fault.message) if fault is not None else (Shape.USUAL, "")

    async def _think(self) -> Answer | None:
        """Ask the performer; whatever goes wrong there concerns this one response."""
        thinking = asyncio.ensure_future(asyncio.to_thread(self._house.perform, self._history))
        try:
            await asyncio.wait([thinking])
        finally:
            thinking.cancel()
        return None if thinking.exception() is not None else _going_on(self._history, thinking.result())

    def _incomplete(self, reason: str) -> Json:
        return self._end("incomplete", incomplete_details={"reason": reason})

    def _end(self, status: str, **fields: object) -> Json:
        composer = self._composer
        total = self._before + composer.tokens
        self.remembered = Remembered(composer.id, self.conversation, total)
        usage = _usage(self._before, self._cached, composer.tokens)
        return composer.event(status, status, usage=usage, **fields)

    def _failed(self, code: str, message: str) -> Json:
        return self._composer.event("failed", "failed", error={"code": code, "message": message})


def aged() -> Json:
    """The error that ends an old connection."""
    return error_frame("websocket_connection_limit_reached", "This connection is too old; open another one.")


def _going_on(history: Sequence[Json], answer: Answer) -> Answer:
    """What is left to say: a model does not repeat the words with which its last, broken answer began."""
    last = history[-1] if history else {}
    content = last.get("content")
    said = "".join(str(part.get("text", "")) for part in content) if isinstance(content, list) else content
    if answer.patch and last.get("role") == "assistant" and said == answer.prose:
        return replace(answer, prose="")
    return answer


def as_rejected(error: Rejected | BadScript) -> Rejected:
    """A fault that makes no sense is the client's mistake too."""
    return error if isinstance(error, Rejected) else Rejected("invalid_value", str(error), "metadata")


def count_input(create: Create, first: bool) -> int:
    """Tokens that this request adds to what the server knows already."""
    instructions = create.raw.get("instructions")
    total = count_pieces(instructions) if first and isinstance(instructions, str) else 0
    for item in create.items:
        content = item.get("content", item.get("output", item.get("input", item.get("arguments"))))
        if isinstance(content, str):
            total += count_pieces(content)
        for part in content if isinstance(content, list) else []:
            words = part.get("text") if isinstance(part, dict) else None
            total += count_pieces(words) if isinstance(words, str) else 0
    return total


def _is_last(fault: Fault) -> bool:
    return fault.do not in (
        Deed.DELAY, Deed.SILENCE, Deed.LEAN, Deed.NOISE, Deed.TERMINAL, Deed.FORGET, Deed.QUEUE, *_SHAPES,
    )  # fmt: skip


def _error(fault: Fault) -> Json:
    frame = error_frame(fault.code, fault.message, None, fault.status or 500)
    inner = frame["error"]
    assert isinstance(inner, dict)
    if fault.retry_after is not None:
        inner["headers"] = {"retry-after": f"{fault.retry_after:g}"}
    if fault.resets_at is not None:
        inner["resets_at"] = fault.resets_at
    return _shaped(frame, inner, fault.shape)


def _shaped(frame: Json, inner: Json, shape: str) -> Json:
    """Write an error as other servers do."""
    match shape:
        case "flat":
            return {"type": "error", **{name: inner[name] for name in ("code", "message", "param")}}
        case "detail":
            return {"error": {"detail": inner["message"]}, "type": "error", "status": frame["status"]}
        case "status_code":
            status = frame.pop("status")
            return {**frame, "status_code": status, "headers": inner.pop("headers", {})}
        case _:
            return frame


def _usage(before: int, cached: int, after: int) -> Json:
    return {
        "input_tokens": before,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": after,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": before + after,
    }


def _strange(count: int) -> Sequence[Json]:
    """Events that clients do not know, and one that some do."""
    window = {"used_percent": 12.5, "window_minutes": 300, "reset_at": 1_800_000_000}
    return (
        {"type": "codex.keepalive"},
        {"type": "response.future.thing", "delta": "not for anybody", "item_id": f"x{count}"},
        {"type": "codex.rate_limits", "plan_type": "pro", "rate_limits": {"primary": window}},
    )
