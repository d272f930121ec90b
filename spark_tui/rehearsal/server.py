"""The local server: loopback HTTP upgrade, one session per connection, an end when its parent ends."""

import asyncio
import contextlib
import hmac
import json
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from importlib import import_module

from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_sockets
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from spark_tui.rehearsal.answer import Answer, Perform
from spark_tui.rehearsal.session import Session

MODEL = "rehearsal"
"""Name under which the performer is offered; any other name is answered just the same."""
LARGEST_MESSAGE = 16 * 2**20
_PERFORMER = "spark_tui.rehearsal.performer"
_STDIN = 0

_SILENT = logging.getLogger("spark_tui.rehearsal.server.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL + 1)


async def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    rate: float = 1000.0,
    token: str = "",
    on_ready: Callable[[int], None] = lambda port: None,
    *,
    watch_stdin: bool = False,
    perform: Perform | None = None,
) -> None:
    """Serve until cancelled, or with `watch_stdin` until standard input ends.

    `rate` is in tokens per second, 0 for no limit; with a `token` clients have to present it; `on_ready` is
    told the port. Raises OSError where the address can't be used.
    """
    answer = perform if perform is not None else _perform
    expected = f"Bearer {token}".encode()

    async def handle(connection: ServerConnection) -> None:
        await Session(connection, answer, rate).run()

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        offered = ",".join(request.headers.get_all("Authorization")).encode("utf-8", "surrogateescape")
        if token and not hmac.compare_digest(offered, expected):
            return _refuse(HTTPStatus.UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided.")
        match request.path.partition("?")[0]:
            case "/v1/responses":
                return None
            case "/v1/models":
                return _answer(HTTPStatus.OK, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
            case _:
                return _refuse(HTTPStatus.NOT_FOUND, "not_found", "Nothing is at this address.")

    async with serve_sockets(
        handle,
        host,
        port,
        process_request=admit,
        # Browsers say where a page comes from; no page has any business here.
        origins=[None],
        compression=None,
        max_size=LARGEST_MESSAGE,
        ping_interval=20,
        ping_timeout=60,
        close_timeout=2,
        logger=_SILENT,
    ) as server:
        on_ready(next(iter(server.sockets)).getsockname()[1])
        if perform is None:
            threading.Thread(target=import_module, args=(_PERFORMER,), daemon=True, name="load").start()
        if watch_stdin:
            await _end_of_input()
        else:
            # Not serve_forever(): when cancelled it waits for the clients to leave by themselves.
            await asyncio.Event().wait()


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


def _refuse(status: HTTPStatus, code: str, message: str) -> Response:
    kind = "invalid_request_error"
    return _answer(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})


def _answer(status: HTTPStatus, body: object) -> Response:
    data = json.dumps(body).encode()
    headers = Headers(
        {"Content-Type": "application/json", "Content-Length": str(len(data)), "Connection": "close"}
    )
    return Response(status.value, status.phrase, headers, data)
