"""One WebSocket to a model's server: connects, sends, yields decoded frames, and says in a sentence why not.

No policy here: when to connect, retry or give up is decided elsewhere. The key goes into the upgrade request
and nowhere else.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from spark_tui import __version__
from spark_tui.adapters.model_socket.streams import Frame, Streams, refuses_streams
from spark_tui.core.wire.lenient import decode as decode_leniently
from spark_tui.core.wire.refusals import detail_of, is_local, refusal, unreachable, wait_of, without_key
from spark_tui.ports import LinkDown, LinkInfo, LinkRefused, ModelLink

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import InvalidStatus
    from websockets.frames import Close

LARGEST_REQUEST = 31 * 2**19
"""Bytes; servers close the connection at 16 MiB, so we stop a little earlier."""
LARGEST_FRAME = 64 * 2**20
_BAD_DATA = 1007
_TOLD_HEADERS = ("x-request-id", "cf-ray", "openai-model", "x-models-etag", "x-reasoning-included")

# The library logs handshakes, which hold the key, and writes to stderr, which is the screen.
_SILENT = logging.getLogger("spark_tui.adapters.model_socket.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL + 1)


class ModelSocket:
    """A ports.ModelLink over one WebSocket at a time."""

    def __init__(
        self,
        base_url: str,
        key: str | Callable[[], str] = "",
        *,
        key_name: str = "",
        headers: Mapping[str, str] | None = None,
        connect_timeout: float = 15.0,
        fallback: ModelLink | None = None,
        streams: bool = False,
    ) -> None:
        """`streams` says that the server tells several requests on one connection apart."""
        self.fallback = fallback
        """The way to the same server over plain requests."""
        self._base_url = base_url
        self._address = urlsplit(base_url.rstrip("/") + "/responses")
        self._key = key
        self._key_name = key_name
        self._headers = dict(headers or {})
        self._timeout = connect_timeout
        self._may_stream = streams
        self._connection: ClientConnection | None = None
        self._streams: Streams
        """Those of the connection."""
        self._decode: Callable[[str], object]
        self._secret = ""
        self.ping_every = 20.0
        """Seconds between two looks whether the server is still there."""

    def __repr__(self) -> str:
        return f"ModelSocket({self._host})"

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._connection is not None and self._connection.state.name == "OPEN"

    @property
    def _host(self) -> str:
        try:
            name, port = self._address.hostname or "?", self._address.port
        except ValueError:
            return "?"
        return name if port is None else f"{name}:{port}"

    async def connect(self) -> LinkInfo:
        """Open the connection, in place of one that may be open. Raises LinkDown or LinkRefused."""
        await self.drop()
        # It may lie in the system's keyring, which takes its time.
        key = (await asyncio.to_thread(self._key) if callable(self._key) else self._key).strip()
        if not (key.isascii() and (key.isprintable() or not key)):
            raise LinkRefused(f"key refused: {self._key_name or 'it'} holds characters that no key has", 401)
        connection = self._connection = await self._open(_target(self._address), key)
        self._secret = key
        self._streams = Streams(partial(self._receive, connection))
        import msgspec

        self._decode = msgspec.json.Decoder().decode
        response = connection.response
        told = response.headers if response is not None else {}
        return LinkInfo("ws", {name: str(told[name])[:200] for name in _TOLD_HEADERS if name in told})

    async def _open(self, target: str, key: str) -> "ClientConnection":
        context = await asyncio.to_thread(_prepare, target.startswith("wss:"))
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidStatus, WebSocketException

        class Direct(connect):
            """Follows no redirects: they could carry the key to another host."""

            def process_redirect(self, exc: Exception) -> Exception | str:
                return exc

        headers = dict(self._headers)
        if key:
            headers["Authorization"] = f"Bearer {key}"
        try:
            return await Direct(
                target,
                ssl=context,
                additional_headers=headers,
                user_agent_header=f"spark-tui/{__version__}",
                compression=None,
                proxy=None if is_local(self._address.hostname or "") else True,
                open_timeout=self._timeout,
                close_timeout=2,
                ping_interval=self.ping_every,
                ping_timeout=self.ping_every,
                max_size=LARGEST_FRAME,
                max_queue=1024,
                logger=_SILENT,
            )
        except InvalidStatus as error:
            raise self._refusal(error, key) from error
        except TimeoutError as error:
            raise LinkDown(f"{self._host} did not answer within {self._timeout:g} s") from error
        except (OSError, WebSocketException, ValueError, ImportError) as error:
            raise LinkDown(_why_no_connection(self._host, error), offline=_is_offline(error)) from error

    def exchange(self, request: Mapping[str, object]) -> AsyncGenerator[Frame]:
        """Send one request and yield decoded frames until the caller stops. Raises LinkDown, LinkRefused."""
        return self._exchange(request, "")

    async def exchange_beside(self, request: Mapping[str, object]) -> AsyncGenerator[Frame]:
        """As `exchange`, while others are under way."""
        if not self.has_room:
            raise LinkDown(f"the connection to {self._host} has no room for one more request", 1006)
        streams = self._streams
        name = streams.claim()
        async with aclosing(self._exchange({**request, "stream_id": name}, name)) as frames:
            async for frame in frames:
                if refuses_streams(frame):
                    streams.are_refused = True
                    raise LinkDown(f"{self._host} takes one request at a time on a connection", 1006)
                yield frame

    def _exchange(self, request: Mapping[str, object], name: str) -> AsyncGenerator[Frame]:
        connection = self._connection
        if connection is None:
            raise LinkDown(f"not connected to {self._host}")
        import msgspec

        payload = msgspec.json.encode(request)
        if len(payload) > LARGEST_REQUEST:
            size = len(payload) / 2**20
            raise LinkRefused(f"the request is {size:.1f} MiB and {self._host} takes at most 16", 413)
        return self._streams.exchange(name, lambda: self._send(connection, payload))

    async def _receive(self, connection: "ClientConnection") -> Frame:
        """Wait for the next frame. Raises LinkDown."""
        import msgspec
        from websockets.exceptions import ConnectionClosed

        try:
            message = await connection.recv()
        except ConnectionClosed as error:
            raise self._closed(error.rcvd, error.sent) from error
        try:
            frame = self._decode(message) if isinstance(message, str) else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            frame = decode_leniently(message)
        if not isinstance(frame, dict):
            await self.drop()
            raise LinkDown(f"{self._host} sent something that is not a JSON object", _BAD_DATA)
        return without_key(frame, self._secret)

    def twin(self) -> "ModelSocket":
        """Another connection to the same server, not open yet."""
        made = ModelSocket(
            self._base_url,
            self._key,
            key_name=self._key_name,
            headers=self._headers,
            connect_timeout=self._timeout,
            fallback=self.fallback,
            streams=self._may_stream,
        )
        made.ping_every = self.ping_every
        return made

    def beside(self) -> "SideLink":
        """A link for requests at the same time: a stream of this connection, or a connection of its own."""
        return SideLink(self)

    @property
    def has_room(self) -> bool:
        """Whether one more request could be sent on this connection while others are under way."""
        return self._may_stream and self.connected and self._streams.has_room

    async def send(self, frame: Mapping[str, object]) -> bool:
        """Send a frame beside the exchange under way; False: the connection is not there."""
        connection = self._connection
        if connection is None:
            return False
        import msgspec

        try:
            await self._send(connection, msgspec.json.encode(frame))
        except LinkDown:
            return False
        return True

    async def _send(self, connection: "ClientConnection", payload: bytes) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            await connection.send(payload, text=True)
        except ConnectionClosed as error:
            raise self._closed(error.rcvd, error.sent) from error
        except AttributeError as error:
            # So ends a transport that was closed with bytes still to send and is closed once more.
            raise self._closed(connection.protocol.close_rcvd, connection.protocol.close_sent) from error

    async def drop(self) -> None:
        """Cut the connection at once, whatever is in flight."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(AttributeError):
                connection.transport.abort()
            await connection.wait_closed()

    async def close(self) -> None:
        """Close the connection properly; never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(AttributeError, OSError):
                await connection.close()

    def _refusal(self, error: "InvalidStatus", key: str) -> LinkRefused:
        status = error.response.status_code
        told = {name.lower(): value for name, value in error.response.headers.raw_items()}
        wait = wait_of(told, time.time())
        body = error.response.body
        detail = detail_of(decode_leniently(bytes(body[:65536])) if body else None, key)
        if status in (404, 426):
            sentence = f"{self._host} offers no WebSocket at {self._address.path}"
        elif status in (401, 403, 429, 503) or 300 <= status < 400:
            sentence = refusal(
                self._host, status, wait=wait, detail=detail, key_name=self._key_name, has_key=bool(key)
            )
        else:
            sentence = f"{self._host} answered {status} instead of opening a WebSocket{detail}"
        return LinkRefused(sentence, status, wait)

    def _closed(self, received: "Close | None", sent: "Close | None") -> LinkDown:
        code = received.code if received is not None else None
        ours = sent.code if sent is not None else None
        if code == 1009:
            return LinkDown(f"the request is too large for {self._host}", code)
        if code in (1012, 1013):
            return LinkDown(f"{self._host} restarts or asks to come back later", code)
        if code is not None:
            return LinkDown(f"{self._host} closed the connection (code {code})", code)
        if ours in (1002, 1003, 1007, 1009):
            return LinkDown(f"{self._host} broke the rules of the connection (code {ours})", _BAD_DATA)
        if ours == 1011:
            return LinkDown(f"{self._host} has stopped answering")
        return LinkDown(f"the connection to {self._host} broke", 1006)


class SideLink:
    """A ports.ModelLink beside a socket: streams of its connection while it has room, else a connection of its own."""

    def __init__(self, main: ModelSocket) -> None:
        self._main = main
        self._own: ModelSocket | None = None
        self._shares = False
        fallback = main.fallback
        self.fallback: ModelLink | None = fallback and fallback.beside()
        """The way to the same server over plain requests."""

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._main.has_room if self._shares else self._own is not None and self._own.connected

    def twin(self) -> "SideLink":
        """One more beside the same socket."""
        return SideLink(self._main)

    def beside(self) -> "SideLink":
        """One more beside the same socket."""
        return SideLink(self._main)

    async def connect(self) -> LinkInfo:
        """Share the connection if it has room, else open one. Raises LinkDown or LinkRefused."""
        await self.drop()
        if self._main.has_room:
            self._shares = True
            return LinkInfo("ws", {}, shares=True)
        self._own = self._main.twin()
        return await self._own.connect()

    def exchange(self, request: Mapping[str, object]) -> AsyncGenerator[Frame]:
        """Send one request and yield decoded frames until the caller stops. Raises LinkDown, LinkRefused."""
        if self._own is not None:
            return self._own.exchange(request)
        return self._main.exchange_beside(request)

    async def send(self, frame: Mapping[str, object]) -> bool:
        """Send a frame beside the exchange under way; False: the connection is not there."""
        return await (self._own or self._main).send(frame)

    async def drop(self) -> None:
        """Cut the connection if it is its own; a stream ends with whoever reads it."""
        own, self._own, self._shares = self._own, None, False
        if own is not None:
            await own.drop()

    async def close(self) -> None:
        """Close the connection if it is its own."""
        own, self._own, self._shares = self._own, None, False
        if own is not None:
            await own.close()


def _prepare(secure: bool) -> ssl.SSLContext | None:
    """Load what takes long enough to be seen on the screen; runs in a thread."""
    import_module("msgspec")
    import_module("websockets.asyncio.client")
    return ssl.create_default_context() if secure else None


def _target(address: SplitResult) -> str:
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(address.scheme)
    try:
        is_complete = bool(address.hostname) and address.port != 0
    except ValueError:
        is_complete = False
    if scheme is None or not is_complete:
        raise LinkDown("base_url is not an address that starts with http:// or https://", _BAD_DATA)
    return address._replace(scheme=scheme, fragment="").geturl()


def _is_offline(error: Exception) -> bool:
    """Whether it is our own network that is missing."""
    return isinstance(error, OSError) and (
        isinstance(error, socket.gaierror) or error.errno in (errno.ENETUNREACH, errno.ENETDOWN)
    )


def _why_no_connection(host: str, error: Exception) -> str:
    match error:
        case OSError():
            return unreachable(host, error)
        case ImportError():
            return f"the way to {host} leads through a SOCKS proxy: install python-socks or unset the proxy"
        case _ if type(error).__name__ == "InvalidProxy":
            return f"the proxy for {host} in the environment is not the address of one"
        case _ if "Proxy" in type(error).__name__:
            return f"the proxy does not let us through to {host}"
        case _:
            return f"{host} does not speak WebSocket"
