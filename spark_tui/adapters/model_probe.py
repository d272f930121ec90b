"""Asks servers which models and which ways of asking they offer, and remembers the latter."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from spark_tui import __version__
from spark_tui.adapters.own_files import make_private, read_json, replace_small
from spark_tui.core.values import dataclass
from spark_tui.core.wire.lenient import count, decode, listing, mapping, text
from spark_tui.core.wire.refusals import detail_of, is_local, refusal
from spark_tui.ports import LinkInfo, LinkRefused, ModelLink

_NOT_OFFERED = {404, 405, 426, 501}
_LOCAL_PATIENCE, _PATIENCE = 0.5, 5.0
"""Seconds in which a server has to answer."""
_GLANCE = 0.25
"""Seconds for a look that nobody asked for."""
_LONGEST_PATIENCE = 20.0
"""Seconds for a whole list of models."""
_LONGEST_ANSWER = 2**22
_REMEMBER = 7 * 86400.0
"""Seconds for which it is believed that a server still does not offer what it did not offer."""
_MOST_BYTES = 1 << 20
"""Of the file in which it is remembered."""
_WINDOWS = ("context_length", "max_model_len", "context_window", "max_context_length")


@dataclass(frozen=True, slots=True)
class Offer:
    """One model of a server."""

    slug: str
    window: int = 0
    """Context window in tokens; 0: not told."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server said."""

    offers: tuple[Offer, ...] = ()
    sentence: str = ""
    """Why there are none; empty: it answered."""
    is_there: bool = False
    """Whether anything answered at all."""


async def ask_for_models(base_url: str, key: str, key_name: str, headers: Mapping[str, str]) -> Answered:
    """Ask one server for its models; never raises because of it."""
    import httpx2

    address = urlsplit(base_url)
    local = is_local(address.hostname or "")
    auth = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with (
            httpx2.AsyncClient(
                timeout=_LOCAL_PATIENCE if local else _PATIENCE,
                trust_env=not local,
                follow_redirects=False,
                headers={"User-Agent": f"spark-tui/{__version__}", **headers, **auth},
            ) as client,
            asyncio.timeout(_LONGEST_PATIENCE),
            client.stream("GET", f"{base_url.rstrip('/')}/models") as response,
        ):
            status, said = response.status_code, b""
            async for part in response.aiter_bytes():
                said += part
                if len(said) > _LONGEST_ANSWER:
                    break
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError):
        return Answered(sentence=f"nothing answers at {address.netloc}")
    body = decode(said)
    if status != 200:
        words = refusal(
            address.netloc,
            status,
            wait=None,
            detail=detail_of(body, key),
            key_name=key_name,
            has_key=bool(key),
        )
        return Answered(sentence=words, is_there=True)
    if not isinstance(body, dict):
        return Answered(sentence=f"{address.netloc} has no list of models", is_there=True)
    return Answered(tuple(_offers(listing(body.get("data")) or listing(body.get("models")))), "", True)


async def look_around(base_url: str) -> int:
    """How many models a server on this machine offers; 0 if none is there. Quick, and with nothing loaded for it."""
    address = urlsplit(base_url)
    host, port = address.hostname or "", address.port or 80
    path = f"{address.path.rstrip('/')}/models"
    request = f"GET {path} HTTP/1.0\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(_GLANCE):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(request.encode())
                answer = await reader.read(_LONGEST_ANSWER)
                while answer and not reader.at_eof() and len(answer) < _LONGEST_ANSWER:
                    answer += await reader.read(_LONGEST_ANSWER)
            finally:
                writer.close()
    except (OSError, TimeoutError, UnicodeError):
        return 0
    head, _, body = answer.partition(b"\r\n\r\n")
    said = decode(body) if head.startswith((b"HTTP/1.0 200", b"HTTP/1.1 200")) else None
    return len(_offers(listing(mapping(said).get("data"))))


def _offers(entries: Iterable[object]) -> list[Offer]:
    offers = []
    for raw in entries:
        entry = mapping(raw)
        slug = text(entry.get("id")) or text(entry.get("slug"))
        if slug:
            told = [count(entry.get(name)) for name in _WINDOWS]
            told.append(count(mapping(entry.get("meta")).get("n_ctx")))
            offers.append(Offer(slug, max(told)))
    return offers


class Capabilities:
    """What is known about servers, by base address; a file that is lost costs one more try."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lacks(self, base_url: str, way: str) -> bool:
        """Whether the server was lately found not to offer this way."""
        said = mapping(mapping(self._read().get(base_url)).get(way))
        at = said.get("at")
        fresh = isinstance(at, int | float) and 0 <= time.time() - at < _REMEMBER
        return fresh and said.get("offered") is False

    def learn(self, base_url: str, way: str, *, offered: bool) -> None:
        """Remember; that it can't be written is no trouble."""
        known = self._read()
        ways = {**mapping(known.get(base_url)), way: {"offered": offered, "at": int(time.time())}}
        if mapping(known.get(base_url)).keys() >= {way} and offered and not self.lacks(base_url, way):
            return
        with contextlib.suppress(OSError):
            make_private(self._file.parent)
            replace_small(self._file, json.dumps({**known, base_url: ways}, indent=1).encode())

    def _read(self) -> dict[str, object]:
        known = read_json(self._file, _MOST_BYTES)
        return known if isinstance(known, dict) else {}


class RememberedLink:
    """A ports.ModelLink that remembers whether the server offered this way."""

    def __init__(self, link: ModelLink, base_url: str, way: str, capabilities: Capabilities) -> None:
        self._link = link
        self._base_url = base_url
        self._way = way
        self._capabilities = capabilities
        self.fallback = link.fallback
        """The next way to the same server."""
        self._is_passed_over = capabilities.lacks(base_url, way)
        """Whether the server lately did not offer it, so that it is tried only when that is asked for."""

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._link.connected

    def twin(self) -> "RememberedLink":
        """Another connection, remembered just the same."""
        return RememberedLink(self._link.twin(), self._base_url, self._way, self._capabilities)

    def beside(self) -> ModelLink:
        """A link for requests at the same time."""
        return self._link.beside()

    async def connect(self) -> LinkInfo:
        """Open the connection, the first time only if it is not known to be of no use. Raises LinkDown, LinkRefused."""
        if self._is_passed_over:
            self._is_passed_over = False
            raise LinkRefused("", 426)
        try:
            info = await self._link.connect()
        except LinkRefused as error:
            if error.status in _NOT_OFFERED:
                self._capabilities.learn(self._base_url, self._way, offered=False)
            raise
        if info.remembers:
            # Plain requests all look alike as long as nothing is asked.
            self._capabilities.learn(self._base_url, self._way, offered=True)
        return info

    async def exchange(self, request: Mapping[str, object]) -> AsyncGenerator[Mapping[str, object]]:
        """Send one request and yield decoded frames until the caller stops. Raises LinkDown, LinkRefused."""
        frames = self._link.exchange(request)
        try:
            async for frame in frames:
                yield frame
        except LinkRefused as error:
            if error.status in _NOT_OFFERED:
                self._capabilities.learn(self._base_url, self._way, offered=False)
            raise
        finally:
            if isinstance(frames, AsyncGenerator):
                await frames.aclose()

    async def send(self, frame: Mapping[str, object]) -> bool:
        """Send a frame beside the exchange under way."""
        return await self._link.send(frame)

    async def drop(self) -> None:
        """Cut the connection at once."""
        await self._link.drop()

    async def close(self) -> None:
        """Close the connection."""
        await self._link.close()
