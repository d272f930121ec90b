"""Builds the ways to every model: which transport first, which next, with which key."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.model_probe import Capabilities, RememberedLink, look_around
from spark_tui.adapters.model_trace import TracedLink, TraceFile
from spark_tui.adapters.rehearsal_process import RehearsalProcess
from spark_tui.core.settings import REHEARSAL, LaneProfile, Provider, Settings, Wire
from spark_tui.core.wire.refusals import is_local
from spark_tui.ports import LinkInfo, ModelLink

if TYPE_CHECKING:
    from spark_tui.adapters.model_socket import ModelSocket


class RehearsalLink:
    """A connection to the rehearsal: starts the server with the first connect."""

    fallback = None

    def __init__(self, process: RehearsalProcess, others: "set[RehearsalLink] | None" = None) -> None:
        """`others` are the links that use the same server; it ends with the last of them."""
        self._process = process
        self._socket: ModelSocket | None = None
        self._users = others if others is not None else set()
        self._users.add(self)

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._socket is not None and self._socket.connected

    def twin(self) -> "RehearsalLink":
        """Another connection to the same server."""
        return RehearsalLink(self._process, self._users)

    def beside(self) -> ModelLink:
        """A link for requests at the same time."""
        return self._socket.beside() if self._socket is not None else self.twin()

    async def connect(self) -> LinkInfo:
        """Start the server if need be and connect to it."""
        from spark_tui.adapters.model_socket import ModelSocket

        base_url, token = await self._process.start()
        self._socket = ModelSocket(base_url, token, streams=True)
        return await self._socket.connect()

    def exchange(self, request: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
        """Send one request and yield its frames."""
        assert self._socket is not None, "connect first"
        return self._socket.exchange(request)

    async def send(self, frame: Mapping[str, object]) -> bool:
        """Send a frame beside the exchange under way."""
        return self._socket is not None and await self._socket.send(frame)

    async def drop(self) -> None:
        """Cut the connection; the server stays."""
        if self._socket is not None:
            await self._socket.drop()

    async def close(self) -> None:
        """Close the connection, and stop the server when nobody else uses it."""
        self._users.discard(self)
        if self._socket is not None:
            await self._socket.close()
        if not self._users:
            await self._process.stop()


def build_links(
    profiles: Mapping[str, LaneProfile],
    rate: float,
    keys: Keys,
    capabilities: Capabilities,
    trace: TraceFile | None = None,
) -> dict[str, ModelLink]:
    """Build a connection for every lane; none of them connects yet."""
    process = RehearsalProcess(rate)
    users: set[RehearsalLink] = set()
    links: dict[str, ModelLink] = {}
    for lane, profile in profiles.items():
        provider = profile.provider
        if provider.name == REHEARSAL and not provider.base_url:
            links[lane] = RehearsalLink(process, users)
        else:
            links[lane] = ways(provider, keys, capabilities)
        if trace is not None:
            links[lane] = TracedLink(links[lane], lane, trace)
    return links


async def local_offers(settings: Settings) -> tuple[str, ...]:
    """Where nothing but the rehearsal is set up: one sentence for each server on this machine that has models."""
    if any(settings.models[name].provider != REHEARSAL for name in settings.lanes.values()):
        return ()
    here = [
        row
        for row in settings.providers.values()
        if not row.env_key and is_local(urlsplit(row.base_url).hostname or "")
    ]
    counts = await asyncio.gather(*(look_around(row.base_url) for row in here))
    return tuple(
        f"{row.name} runs here with {count} model{'s' * (count != 1)}: 'spark-tui models' says how to use "
        f"{'one' if count != 1 else 'it'}."
        for row, count in zip(here, counts, strict=True)
        if count
    )


def ways(provider: Provider, keys: Keys, capabilities: Capabilities) -> ModelLink:
    """The ways to a provider, the best one first; each knows the next."""
    from spark_tui.adapters.model_http import ModelHttp
    from spark_tui.adapters.model_socket import ModelSocket

    base_url, name = provider.base_url, provider.env_key

    def key() -> str:
        return keys.find(name)

    def requests(*, chat: bool, fallback: ModelLink | None = None) -> ModelLink:
        return ModelHttp(base_url, key, key_name=name, headers=provider.headers, chat=chat, fallback=fallback)

    if provider.wire is Wire.CHAT:
        return requests(chat=True)
    plain: ModelLink = requests(chat=False)
    if provider.wire is Wire.AUTO:
        chat = requests(chat=True)
        plain = RememberedLink(requests(chat=False, fallback=chat), base_url, "responses", capabilities)
    if provider.wire is Wire.RESPONSES_HTTP:
        return plain
    socket = ModelSocket(
        base_url, key, key_name=name, headers=provider.headers, fallback=plain, streams=provider.streams
    )
    return RememberedLink(socket, base_url, "websocket", capabilities)
