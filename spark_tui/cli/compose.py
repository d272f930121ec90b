"""Builds adapters and engine once, in plain sight."""

from collections.abc import AsyncIterator, Mapping

from spark_tui.adapters.rehearsal_process import RehearsalProcess
from spark_tui.core.settings import LaneProfile, Settings, Wire
from spark_tui.engine import Engine
from spark_tui.ports import LinkInfo, LinkRefused, ModelLink


class RehearsalLink:
    """A connection to the rehearsal: starts the server with the first connect."""

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


class UnsupportedLink:
    """Stands for a wire that has no transport yet: refuses with one sentence."""

    connected = False

    def __init__(self, profile: LaneProfile) -> None:
        self._sentence = (
            f"provider {profile.provider.name} speaks {profile.provider.wire}, which is not supported yet: "
            f'set wire = "{Wire.RESPONSES_WS}" or choose another model for lane {profile.lane}'
        )

    async def connect(self) -> LinkInfo:
        """Always refuse."""
        raise LinkRefused(self._sentence, 501)

    def exchange(self, request: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
        """Always refuse."""
        raise LinkRefused(self._sentence, 501)

    async def drop(self) -> None:
        """Nothing to cut."""

    async def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True, slots=True)
class Built:
    """Everything that was built for one workspace."""

    engine: Engine
    settings: Settings
    root: str
    config: Path
    closers: tuple[Callable[[], Awaitable[None]], ...]

    async def close(self) -> None:
        """Let go of what the adapters hold."""
        for closer in self.closers:
            await closer()
