"""As much of HTTP/1.1 as one local server needs: requests with bodies, answers, streams of events."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

_LARGEST_BODY = 64 * 2**20


class BadRequest(Exception):
    """Bytes that are no request; the connection ends."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Lower-cased; several of one name are joined by commas."""
    raw: bytes

    @property
    def wants_socket(self) -> bool:
        """Whether the client asks for a WebSocket."""
        return self.method == "GET" and self.headers.get("upgrade", "").lower() == "websocket"

    @property
    def is_last(self) -> bool:
        """Whether the connection ends after the answer."""
        return self.headers.get("connection", "").lower() == "close"


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Read the next request up to its body; None: there is none. Raises BadRequest."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise BadRequest from error
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequest from error
    first, *lines = raw.decode("latin-1").strip().split("\r\n")
    method, _, rest = first.partition(" ")
    target, _, version = rest.rpartition(" ")
    if not version.startswith("HTTP/1.") or not target.startswith("/"):
        raise BadRequest
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers[name] = f"{headers[name]},{value.strip()}" if name in headers else value.strip()
    return Head(method, target.partition("?")[0], headers, raw)


async def read_body(reader: asyncio.StreamReader, head: Head) -> bytes:
    """Read what follows the head. Raises BadRequest."""
    try:
        if "chunked" in head.headers.get("transfer-encoding", ""):
            return await _read_chunks(reader)
        size = int(head.headers.get("content-length", "0"))
        if not 0 <= size <= _LARGEST_BODY:
            raise BadRequest
        return await reader.readexactly(size)
    except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise BadRequest from error


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        if len(body) + size > _LARGEST_BODY:
            raise BadRequest
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return body


class Answering:
    """Writes one answer: whole, or as a stream of events."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._encode = msgspec.json.Encoder().encode
        self.began = False

    async def whole(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        """Answer with JSON."""
        self.began = True
        data = json.dumps(body).encode()
        told = {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}
        self._writer.write(_head(status, told) + data)
        await self._writer.drain()

    async def begin(self) -> None:
        """Begin a stream of events."""
        self.began = True
        told = {
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "Transfer-Encoding": "chunked",
        }
        self._writer.write(_head(200, told))
        await self._writer.drain()

    async def event(self, frame: Mapping[str, object], *, name: bool = True) -> None:
        """Send one event."""
        kind = f"event: {frame['type']}\n".encode() if name else b""
        await self.raw(b"%sdata: %s\n\n" % (kind, self._encode(frame)))

    async def raw(self, data: bytes) -> None:
        """Send bytes of the stream."""
        self._writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        await self._writer.drain()

    async def end(self) -> None:
        """End the stream."""
        self._writer.write(b"0\r\n\r\n")
        await self._writer.drain()

    def abort(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def error_body(code: str, message: str, param: str | None = None, status: int = 400) -> dict[str, object]:
    """The body of a refusal, as the service writes it."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
