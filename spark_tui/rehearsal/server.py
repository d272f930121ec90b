"""The local server: one port on loopback for sockets and plain requests; it ends when its parent ends."""

import asyncio
import contextlib
import hmac
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import count

from spark_tui.rehearsal.answer import Answer, Perform
from spark_tui.rehearsal.faults import Moment, Script
from spark_tui.rehearsal.house import MODEL, Clock, House, Ids, Manners, WallClock
from spark_tui.rehearsal.plain_answers import Cut, answer_chat, answer_responses, refusal
from spark_tui.rehearsal.plain_http import Answering, BadRequest, Head, error_body, read_body, read_head
from spark_tui.rehearsal.plain_socket import Gone, PlainSocket
from spark_tui.rehearsal.session import Session

__all__ = ["MODEL", "serve"]

_PERFORMER = "spark_tui.rehearsal.performer"
_STDIN = 0
_LARGEST_HEAD = 2**16


async def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    rate: float | None = None,
    token: str = "",
    on_ready: Callable[[int], None] = lambda port: None,
    *,
    watch_stdin: bool = False,
    perform: Perform | None = None,
    manners: Manners | None = None,
    script: Script | None = None,
    seed: int | None = None,
    clock: Clock | None = None,
    record: Callable[[str, str, object], None] | None = None,
) -> None:
    """Serve until cancelled, or with `watch_stdin` until standard input ends.

    `rate` is in tokens per second, 0 for no limit; with a `token` clients have to present it; `on_ready` is
    told the port. Raises OSError where the address can't be used.
    """
    manners = manners or Manners()
    if rate is not None:
        manners = replace(manners, rate=rate)
    house = House(perform or _perform, manners, script or Script(), clock or WallClock(), Ids(seed))
    if record is not None:
        house = replace(house, record=record)
    door = Door(house, token)
    server = await asyncio.start_server(door.enter, host, port, limit=_LARGEST_HEAD)
    try:
        on_ready(server.sockets[0].getsockname()[1])
        if perform is None:
            threading.Thread(target=import_module, args=(_PERFORMER,), daemon=True, name="load").start()
        if watch_stdin:
            await _end_of_input()
        else:
            await asyncio.Event().wait()
    finally:
        server.close()
        await door.close()


class Door:
    """Lets clients in and leads them to what they ask for."""

    def __init__(self, house: House, token: str) -> None:
        self._house = house
        self._expected = f"Bearer {token}".encode() if token else b""
        self._inside: set[asyncio.Task[None]] = set()
        self._sockets: set[PlainSocket] = set()
        self._numbers = count(1)

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._inside.add(task)
        try:
            while await self._serve(reader, writer):
                pass
        except (BadRequest, Gone, Cut, ConnectionError):
            pass
        except asyncio.CancelledError:
            # The library would report a connection that ends with the server.
            pass
        finally:
            self._inside.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def close(self) -> None:
        """Say goodbye to everyone who is inside."""
        for socket in list(self._sockets):
            await socket.close(1001)
        tasks = list(self._inside)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; whether another may follow."""
        head = await read_head(reader)
        if head is None:
            return False
        answering = Answering(writer)
        if not self._is_admitted(head):
            words = "Incorrect API key provided."
            await answering.whole(401, error_body("invalid_api_key", words), {"Connection": "close"})
            return False
        if head.wants_socket and head.path == "/v1/responses":
            await self._socket(head, reader, writer, answering)
            return False
        body = await read_body(reader, head)
        if "origin" in head.headers:
            # Browsers say where a page comes from; no page has any business here.
            await answering.whole(403, error_body("forbidden", "Not for web pages."))
        else:
            await self._answer(head, body, answering)
        return not head.is_last

    def _is_admitted(self, head: Head) -> bool:
        offered = head.headers.get("authorization", "").encode("latin-1")
        return not self._expected or hmac.compare_digest(offered, self._expected)

    async def _answer(self, head: Head, body: bytes, answering: Answering) -> None:
        place = str(next(self._numbers))
        match head.method, head.path:
            case "POST", "/v1/responses":
                await answer_responses(self._house, answering, body, place)
            case "POST", "/v1/chat/completions":
                await answer_chat(self._house, answering, body, place)
            case "GET", "/v1/models":
                if not await self._is_refused(Moment.MODELS, answering):
                    entry = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
                    await answering.whole(200, {"object": "list", "data": [entry]})
            case _, "/v1/responses" | "/v1/chat/completions" | "/v1/models":
                await answering.whole(405, error_body("method_not_allowed", "Not in this way."))
            case _:
                await answering.whole(404, error_body("not_found", "Nothing is at this address."))

    async def _is_refused(self, moment: Moment, answering: Answering) -> bool:
        told = refusal(self._house, moment)
        if isinstance(told, float):
            await asyncio.sleep(told)
        elif told is not None:
            status, body, headers = told
            await answering.whole(status, body, headers)
            return True
        return False

    async def _socket(
        self, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answering: Answering
    ) -> None:
        if await self._is_refused(Moment.UPGRADE, answering):
            return
        manners = self._house.manners
        socket = PlainSocket(reader, writer, manners.largest_message, manners.ping_every)
        if not await socket.accept(head.raw):
            return
        self._sockets.add(socket)
        try:
            tells_times = head.headers.get("x-responsesapi-include-timing-metrics") == "true"
            await Session(socket, self._house, str(next(self._numbers)), tells_times=tells_times).run()
        finally:
            self._sockets.discard(socket)
            await socket.finish()


def _perform(messages: Sequence[Mapping[str, object]]) -> Answer:
    """The performer takes long to load, so it is loaded while the first client connects."""
    performer: Perform = import_module(_PERFORMER).perform
    return performer(messages)


async def _end_of_input() -> None:
    """Wait in a thread, which works for pipes, terminals and files alike."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch() -> None:
        try:
            while os.read(_STDIN, 4096):
                pass
        except OSError:
            pass
        # The loop may have ended for another reason.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, daemon=True, name="watch-stdin").start()
    await ended.wait()
