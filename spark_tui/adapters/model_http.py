"""Plain requests to a model's server, answered as a stream of events, in either dialect.

No policy here: when to connect, retry or give up is decided elsewhere. The key goes into one header of each
request and nowhere else.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spark_tui import __version__
from spark_tui.core.wire.chat import ChatReader, chat_request
from spark_tui.core.wire.lenient import decode as decode_leniently
from spark_tui.core.wire.refusals import detail_of, is_local, refusal, unreachable, wait_of, without_key
from spark_tui.core.wire.sse import EventTooLarge, SseReader
from spark_tui.ports import LinkDown, LinkInfo, LinkRefused, ModelLink

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response

Frame = Mapping[str, object]

_BAD_DATA = 1007
_LARGEST_REFUSAL = 65536
_TOLD_HEADERS = ("x-request-id", "cf-ray", "openai-model", "x-models-etag", "x-reasoning-included")
_ONLY_ON_SOCKETS = ("type", "generate", "stream_id", "previous_response_id")


class ModelHttp:
    """A ports.ModelLink over one HTTP client; every request carries the whole conversation."""

    def __init__(
        self,
        base_url: str,
        key: str | Callable[[], str] = "",
        *,
        key_name: str = "",
        headers: Mapping[str, str] | None = None,
        chat: bool = False,
        connect_timeout: float = 15.0,
        fallback: ModelLink | None = None,
    ) -> None:
        self.fallback = fallback
        """The other dialect, if there is one to try."""
        self._base = base_url.rstrip("/")
        self._key = key
        self._key_name = key_name
        self._headers = dict(headers or {})
        self._is_chat = chat
        self._timeout = connect_timeout
        self._client: AsyncClient | None = None
        self._lender: ModelHttp | None = None
        """Whose client is used; None: there is one of its own."""
        self._is_open = False
        self._secret = ""
        self._sending: set[asyncio.Task[Response]] = set()
        self._reading: set[Response] = set()

    def __repr__(self) -> str:
        return f"ModelHttp({self._host})"

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._is_open

    @property
    def _host(self) -> str:
        try:
            address = urlsplit(self._base)
            name, port = address.hostname or "?", address.port
        except ValueError:
            return "?"
        return name if port is None else f"{name}:{port}"

    async def connect(self) -> LinkInfo:
        """Open a connection by asking for the list of models, so that the first request finds it warm.

        Raises LinkDown or LinkRefused. A server without such a list is a server all the same.
        """
        await self.drop()
        if urlsplit(self._base).scheme not in ("http", "https"):
            raise LinkDown("base_url is not an address that starts with http:// or https://", _BAD_DATA)
        # It may lie in the system's keyring, which takes its time.
        key = self._key if isinstance(self._key, str) else await asyncio.to_thread(self._key)
        self._secret = key.strip()
        info = LinkInfo("chat" if self._is_chat else "http", {}, remembers=False)
        if self._lender is not None and self._lender.connected:
            self._client, self._is_open = self._lender._client, True
            return info
        if self._client is None or self._lender is not None:
            self._lender, self._client = None, await self._make_client()
        import httpx2

        request = self._client.build_request("GET", f"{self._base}/models", headers=self._auth())
        async with self._translated():
            response = await self._send(request)
            try:
                if response.status_code in (401, 403, 429, 503):
                    raise self._refused(response, decode_leniently(await _read(response)))
                with contextlib.suppress(httpx2.HTTPError):
                    await _read(response)
            finally:
                await response.aclose()
        self._is_open = True
        told = {name: response.headers[name][:200] for name in _TOLD_HEADERS if name in response.headers}
        return replace(info, headers=told)

    def twin(self) -> "ModelHttp":
        """Another client for the same server."""
        return ModelHttp(
            self._base,
            self._key,
            key_name=self._key_name,
            headers=self._headers,
            chat=self._is_chat,
            connect_timeout=self._timeout,
            fallback=self.fallback,
        )

    def beside(self) -> "ModelHttp":
        """A link for requests at the same time, through the same client and its open connections."""
        made = self.twin()
        made._lender = self
        made.fallback = self.fallback and self.fallback.beside()
        return made

    async def exchange(self, request: Frame) -> AsyncIterator[Frame]:
        """Send one request and yield decoded frames until the caller stops. Raises LinkDown, LinkRefused."""
        client = self._client
        if client is None or not self._is_open:
            raise LinkDown(f"not connected to {self._host}")
        import msgspec

        headers = {"Content-Type": "application/json", "Accept": "text/event-stream", **self._auth()}
        path, body = (
            ("chat/completions", chat_request(request))
            if self._is_chat
            else ("responses", responses_body(request))
        )
        made = client.build_request(
            "POST", f"{self._base}/{path}", content=msgspec.json.encode(body), headers=headers
        )
        async with self._translated():
            response = await self._send(made)
            self._reading.add(response)
            try:
                if response.status_code != 200:
                    yield await self._fault(response)
                    return
                async for frame in self._chunks(response) if self._is_chat else self._frames(response):
                    yield frame
            finally:
                self._reading.discard(response)
                await response.aclose()
        raise LinkDown(f"{self._host} ended its answer too early", 1006)

    async def send(self, frame: Frame) -> bool:
        """Nothing can be sent beside a request here."""
        return False

    async def drop(self) -> None:
        """Cut what is in flight; the client keeps idle connections for the next request."""
        self._is_open = False
        for sending in self._sending:
            sending.cancel()
        for response in list(self._reading):
            stream = response.extensions.get("network_stream")
            if stream is not None:
                await stream.aclose()

    async def close(self) -> None:
        """Close every connection; never raises."""
        await self.drop()
        client, self._client = self._client, None
        if client is not None and self._lender is None:
            with contextlib.suppress(OSError, RuntimeError):
                await client.aclose()

    async def _make_client(self) -> "AsyncClient":
        local = is_local(urlsplit(self._base).hostname or "")
        context = await asyncio.to_thread(_prepare)
        import httpx2

        try:
            return httpx2.AsyncClient(
                verify=context,
                timeout=httpx2.Timeout(None, connect=self._timeout),
                trust_env=not local,
                # A redirect could carry the key to another host.
                follow_redirects=False,
                headers={"User-Agent": f"spark-tui/{__version__}", **self._headers},
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            raise LinkDown(f"the proxy for {self._host} in the environment can't be used") from error

    def _auth(self) -> dict[str, str]:
        key = self._secret
        if not (key.isascii() and (key.isprintable() or not key)):
            raise LinkRefused(f"key refused: {self._key_name or 'it'} holds characters that no key has", 401)
        return {"Authorization": f"Bearer {key}"} if key else {}

    async def _send(self, request: object) -> "Response":
        """Send in a task of its own, so that a cut reaches it before the first byte of the answer."""
        assert self._client is not None
        sending = asyncio.ensure_future(self._client.send(request, stream=True))  # type: ignore[arg-type]
        self._sending.add(sending)
        try:
            await asyncio.wait([sending])
        except asyncio.CancelledError:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            raise
        finally:
            self._sending.discard(sending)
        if sending.cancelled():
            raise LinkDown(f"the connection to {self._host} broke", 1006)
        return sending.result()

    async def _frames(self, response: "Response") -> AsyncIterator[Frame]:
        async for data in self._payloads(response):
            if data != b"[DONE]":
                yield self._decoded(data)

    async def _chunks(self, response: "Response") -> AsyncIterator[Frame]:
        reader = ChatReader()
        async for data in self._payloads(response):
            told = data == b"[DONE]"
            for frame in reader.finish(told=True) if told else reader.feed(self._decoded(data)):
                yield frame
        for frame in reader.finish(told=False):
            yield frame

    async def _payloads(self, response: "Response") -> AsyncIterator[bytes]:
        reader = SseReader()
        try:
            async for chunk in response.aiter_bytes():
                for data in reader.push(chunk):
                    yield data
        except EventTooLarge:
            raise LinkDown(f"{self._host} sent an event that is too large", _BAD_DATA) from None
        for data in reader.finish():
            yield data

    def _decoded(self, data: bytes) -> Frame:
        import msgspec

        try:
            frame = msgspec.json.decode(data)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            frame = decode_leniently(data)
        if not isinstance(frame, dict):
            raise LinkDown(f"{self._host} sent something that is not a JSON object", _BAD_DATA)
        return without_key(frame, self._secret)

    async def _fault(self, response: "Response") -> Frame:
        """The server's own words as a frame, where they name an error. Raises LinkRefused where they don't."""
        body = decode_leniently(await _read(response))
        error = body.get("error") if isinstance(body, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        is_ours = response.status_code == 401 or (
            response.status_code in (404, 405, 501) and not _names(code)
        )
        if is_ours or not isinstance(body, dict) or not (error or body.get("detail")):
            raise self._refused(response, body)
        said = without_key({**body, "type": "error"}, self._secret)
        return {**said, "status": response.status_code, "headers": _waits(response)}

    def _refused(self, response: "Response", body: object) -> LinkRefused:
        status, key = response.status_code, self._auth().get("Authorization", "").removeprefix("Bearer ")
        wait = wait_of(_waits(response), time.time())
        detail = detail_of(body, key)
        if status in (404, 405, 501):
            path = response.request.url.path
            return LinkRefused(f"{self._host} offers nothing at {path}{detail}", status)
        sentence = refusal(
            self._host, status, wait=wait, detail=detail, key_name=self._key_name, has_key=bool(key)
        )
        return LinkRefused(sentence, status, wait)

    @contextlib.asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """Turn what the client library raises into sentences."""
        import httpx2

        try:
            yield
        except httpx2.ConnectTimeout as error:
            raise LinkDown(f"{self._host} did not answer within {self._timeout:g} s") from error
        except httpx2.ProxyError as error:
            raise LinkDown(f"the proxy does not let us through to {self._host}") from error
        except httpx2.ConnectError as error:
            cause = _cause(error)
            offline = isinstance(cause, socket.gaierror) or getattr(cause, "errno", None) in (
                errno.ENETUNREACH,
                errno.ENETDOWN,
            )
            raise LinkDown(unreachable(self._host, cause), offline=offline) from error
        except httpx2.TransportError as error:
            raise LinkDown(f"the connection to {self._host} broke", 1006) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, UnicodeError) as error:
            raise LinkDown(f"{self._host} can't be asked over HTTP", _BAD_DATA) from error


def responses_body(request: Frame) -> Frame:
    """The body of a plain request for a response."""
    return {
        **{name: value for name, value in request.items() if name not in _ONLY_ON_SOCKETS},
        "stream": True,
    }


def _names(code: object) -> bool:
    """Whether an error is about what was asked and not about the address."""
    return isinstance(code, str) and code not in ("", "not_found", "404", "unknown_url")


def _waits(response: "Response") -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("retry-after")}


async def _read(response: "Response") -> bytes:
    """As much of a short answer as is worth reading."""
    got = b""
    async for chunk in response.aiter_bytes():
        got += chunk
        if len(got) > _LARGEST_REFUSAL:
            break
    return got[:_LARGEST_REFUSAL]


def _prepare() -> ssl.SSLContext:
    """Load what takes long enough to be seen on the screen; runs in a thread."""
    import_module("msgspec")
    import_module("httpx2")
    return ssl.create_default_context()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _causes(part)
        error = error.__cause__ or error.__context__


def _cause(error: BaseException) -> BaseException:
    """The operating system's own error at the bottom, if there is one."""
    found = [cause for cause in _causes(error) if isinstance(cause, OSError)]
    return next((cause for cause in found if cause.errno is not None), found[0] if found else error)
