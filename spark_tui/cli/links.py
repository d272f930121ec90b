"""Builds the ways to every model: which transport first, which next, with which key."""

from collections.abc import AsyncIterator, Mapping

from spark_tui.adapters.rehearsal_process import RehearsalProcess
from spark_tui.adapters.settings_file import key_of
from spark_tui.core.settings import REHEARSAL, LaneProfile, Provider, Wire
from spark_tui.ports import LinkInfo, ModelLink


class RehearsalLink:
    """A connection to the rehearsal: starts the server with the first connect."""

    fallback = None

    def __init__(self, process: RehearsalProcess) -> None:
        self._process = process
        self._socket: ModelLink | None = None

    @property
    def connected(self) -> bool:
        """Whether a request could be sent at once."""
        return self._socket is not None and self._socket.connected

    async def connect(self) -> LinkInfo:
        """Start the server if need be and connect to it."""
        from spark_tui.adapters.model_socket import ModelSocket

        base_url, token = await self._process.start()
        self._socket = ModelSocket(base_url, token)
        return await self._socket.connect()

    def exchange(self, request: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
        """Send one request and yield its frames."""
        assert self._socket is not None, "connect first"
        return self._socket.exchange(request)

    async def drop(self) -> None:
        """Cut the connection; the server stays."""
        if self._socket is not None:
            await self._socket.drop()

    async def close(self) -> None:
        """Close the connection and stop the server."""
        if self._socket is not None:
            await self._socket.close()
        await self._process.stop()


def build_links(profiles: Mapping[str, LaneProfile], rate: float) -> dict[str, ModelLink]:
    """Build a connection for every lane; none of them connects yet."""
    process = RehearsalProcess(rate)
    return {lane: _link(profile.provider, process) for lane, profile in profiles.items()}


def _link(provider: Provider, process: RehearsalProcess) -> ModelLink:
    if provider.name == REHEARSAL and not provider.base_url:
        return RehearsalLink(process)
    return ways(provider)


def ways(provider: Provider) -> ModelLink:
    """The ways to a provider, the best one first; each knows the next."""
    from spark_tui.adapters.model_http import ModelHttp
    from spark_tui.adapters.model_socket import ModelSocket

    def key() -> str:
        return key_of(provider.env_key)

    def requests(*, chat: bool, fallback: ModelLink | None = None) -> ModelLink:
        return ModelHttp(
            provider.base_url,
            key,
            key_name=provider.env_key,
            headers=provider.headers,
            chat=chat,
            fallback=fallback,
        )

    if provider.wire is Wire.CHAT:
        return requests(chat=True)
    plain = requests(chat=False, fallback=requests(chat=True) if provider.wire is Wire.AUTO else None)
    if provider.wire is Wire.RESPONSES_HTTP:
        return plain
    return ModelSocket(
        provider.base_url, key, key_name=provider.env_key, headers=provider.headers, fallback=plain
    )
