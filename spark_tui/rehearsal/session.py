"""One client's connection: what it has asked for, what is being answered, what is remembered for it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from spark_tui.rehearsal.answer import Answer, Perform
from spark_tui.rehearsal.composing import Composer
from spark_tui.rehearsal.pieces import Pacer, count_pieces
from spark_tui.rehearsal.protocol import Create, Json, Rejected, check_calls, error_frame, read_create

LARGEST_CONVERSATION = 1_000_000
"""Tokens."""
_BINARY_REFUSED = 1003


@dataclass(frozen=True, slots=True)
class Remembered:
    """The one response that a request may go on from."""

    id: str
    conversation: tuple[Json, ...]
    tokens: int


class Session:
    """Reads requests from one connection and answers one at a time."""

    def __init__(self, connection: ServerConnection, perform: Perform, rate: float) -> None:
        self._connection = connection
        self._perform = perform
        self._rate = rate
        self._remembered: Remembered | None = None
        self._answering: asyncio.Task[None] | None = None
        self._busy = False
        self._encode = msgspec.json.Encoder().encode

    async def run(self) -> None:
        """Serve until the client is gone; what is being answered then stops."""
        try:
            while True:
                message = await self._connection.recv()
                if not isinstance(message, str):
                    await self._send(error_frame("invalid_frame", "Send JSON objects as text frames."))
                    await self._connection.close(_BINARY_REFUSED)
                    return
                await self._take(message)
        except ConnectionClosed:
            pass
        finally:
            if self._answering is not None:
                self._answering.cancel()
                await asyncio.wait([self._answering])

    async def _take(self, message: str) -> None:
        try:
            raw = msgspec.json.decode(message)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raw = None
        if not isinstance(raw, dict):
            await self._send(error_frame("invalid_json", "The frame is not a JSON object."))
            return
        match raw.get("type"):
            case "response.create":
                await self._create(raw)
            case "response.steer":
                await self._send(_no_steering(raw))
            case "response.processed":
                pass
            case _:
                await self._send(error_frame("unknown_event", "The 'type' of the frame is unknown.", "type"))

    async def _create(self, raw: Mapping[str, object]) -> None:
        if self._busy:
            await self._send(error_frame("response_in_progress", "One response at a time on a connection."))
            return
        parent = self._remembered
        chained = parent is not None and parent.id == raw.get("previous_response_id")
        try:
            create = read_create(raw)
            if create.previous and not chained:
                raise Rejected(
                    "previous_response_not_found",
                    f"Previous response with id '{create.previous[:64]}' not found.",
                    "previous_response_id",
                )
            conversation = (parent.conversation if parent and chained else ()) + create.items
            if create.generate:
                check_calls(conversation)
        except Rejected as rejected:
            if chained:
                self._remembered = None
            await self._send(rejected.frame())
            return
        self._busy = True
        cached = parent.tokens if parent and chained else 0
        self._answering = asyncio.create_task(self._answer(create, conversation, cached))

    async def _answer(self, create: Create, conversation: tuple[Json, ...], cached: int) -> None:
        try:
            await self._respond(create, conversation, cached)
        except ConnectionClosed:
            pass
        finally:
            # The next answer may have begun while this one sent its last frame.
            if self._answering is asyncio.current_task():
                self._busy = False

    async def _respond(self, create: Create, conversation: tuple[Json, ...], cached: int) -> None:
        composer = Composer(create, time.time())
        frames = Numbered(self)
        before = cached + await asyncio.to_thread(_count_input, create, cached == 0)
        if before > LARGEST_CONVERSATION:
            await self._fail(frames, composer, "context_length_exceeded", "The conversation is too long.")
            return
        await frames.send(composer.event("created", "in_progress"))
        if create.generate:
            await frames.send(composer.event("in_progress", "in_progress"))
            answer = await self._think(conversation)
            if answer is None:
                await self._fail(frames, composer, "server_error", "The performer stumbled over this.")
                return
            pacer = Pacer(self._rate)
            for frame, paced in composer.answer(answer):
                if paced:
                    await pacer.wait()
                await frames.send(frame)
        total = before + composer.tokens
        self._remembered = Remembered(composer.id, (*conversation, *composer.output), total)
        # The client may ask again as soon as it reads the last frame.
        self._busy = False
        usage = _usage(before, cached, composer.tokens)
        await frames.send(
            composer.event("completed", "completed", completed_at=int(time.time()), usage=usage)
        )

    async def _think(self, conversation: Sequence[Json]) -> Answer | None:
        """Ask the performer; whatever goes wrong there concerns this one response."""
        thinking = asyncio.ensure_future(asyncio.to_thread(self._perform, conversation))
        try:
            await asyncio.wait([thinking])
        finally:
            thinking.cancel()
        return None if thinking.exception() is not None else thinking.result()

    async def _fail(self, frames: "Numbered", composer: Composer, code: str, message: str) -> None:
        self._remembered = None
        self._busy = False
        await frames.send(composer.event("failed", "failed", error={"code": code, "message": message}))

    async def _send(self, frame: Json) -> None:
        try:
            await self._connection.send(self._encode(frame), text=True)
        except AttributeError as error:
            # So ends a transport that was closed with bytes still to send and is closed once more.
            raise ConnectionClosedError(None, None) from error

    async def send_numbered(self, frame: Json, number: int) -> None:
        """Send a frame of a response."""
        kind = frame.pop("type")
        await self._send({"type": kind, "sequence_number": number, **frame})


class Numbered:
    """The frames of one response, counted from 0."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._next = 0

    async def send(self, frame: Json) -> None:
        """Send the next frame."""
        number, self._next = self._next, self._next + 1
        await self._session.send_numbered(frame, number)


def _usage(before: int, cached: int, after: int) -> Json:
    return {
        "input_tokens": before,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": after,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": before + after,
    }


def _count_input(create: Create, first: bool) -> int:
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


def _no_steering(raw: Mapping[str, object]) -> Json:
    error = {
        "type": "invalid_request_error",
        "code": "steering_not_supported",
        "message": "This server does not steer a response under way.",
    }
    steer = {"input": raw.get("input"), "previous_response_id": raw.get("previous_response_id")}
    return {"type": "response.steer.failed", "sequence_number": 0, "error": error, "steer": steer}
