"""A WebSocket on a connection that began as HTTP: texts in, texts out, and every way to end it."""

import asyncio
import contextlib
from typing import Protocol

from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

_CLOSE_PATIENCE = 2.0


class Gone(Exception):
    """The client is gone, or is being sent away."""


class Socket(Protocol):
    """What a session needs of a connection."""

    async def recv(self) -> str | bytes:
        """The next message. Raises Gone."""

    async def send(self, data: bytes, *, text: bool = True) -> None:
        """Send a message. Raises Gone."""

    async def close(self, code: int = 1000) -> None:
        """Say goodbye."""

    def abort(self) -> None:
        """Cut the connection."""

    def stop_reading(self) -> None:
        """Turn deaf, for pings too."""


class PlainSocket:
    """A Socket on a pair of streams."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, largest: int, ping_every: float
    ) -> None:
        self._reader = reader
        self._writer = writer
        # Browsers say where a page comes from; no page has any business here.
        self._protocol = ServerProtocol(origins=[None], max_size=largest)
        self._ping_every = ping_every
        self._pinging: asyncio.Task[None] | None = None
        self._heard = True
        self._deaf = False
        self._parts: list[bytes] = []
        self._is_text = False
        self._messages: list[str | bytes] = []

    async def accept(self, head: bytes) -> bool:
        """Answer the handshake; False: it was refused."""
        protocol = self._protocol
        protocol.receive_data(head)
        request = next((event for event in protocol.events_received() if isinstance(event, Request)), None)
        if request is None:
            return False
        protocol.send_response(protocol.accept(request))
        await self._flush()
        if protocol.handshake_exc is not None:
            return False
        self._pinging = asyncio.create_task(self._ping())
        return True

    async def recv(self) -> str | bytes:
        """The next message. Raises Gone."""
        while not self._messages:
            if self._deaf:
                await asyncio.Event().wait()
            try:
                data = await self._reader.read(2**17)
            except ConnectionError as error:
                raise Gone from error
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
            events = self._protocol.events_received()
            await self._flush()
            for event in events:
                self._take(event)
            if not data or (self._protocol.close_expected() and not self._messages):
                await self._leave()
                raise Gone
        return self._messages.pop(0)

    def _take(self, event: object) -> None:
        if not isinstance(event, Frame):
            return
        self._heard = True
        if event.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text, self._parts = event.opcode is Opcode.TEXT, [bytes(event.data)]
        elif event.opcode is Opcode.CONT:
            self._parts.append(bytes(event.data))
        else:
            return
        if event.fin:
            whole = b"".join(self._parts)
            self._messages.append(whole.decode("utf-8", "surrogatepass") if self._is_text else whole)

    async def send(self, data: bytes, *, text: bool = True) -> None:
        """Send a message. Raises Gone."""
        try:
            if text:
                self._protocol.send_text(data)
            else:
                self._protocol.send_binary(data)
        except (ProtocolError, RuntimeError) as error:
            raise Gone from error
        await self._flush()

    async def close(self, code: int = 1000) -> None:
        """Say goodbye; never raises."""
        with contextlib.suppress(ProtocolError, RuntimeError, Gone):
            self._protocol.send_close(code)
            await self._flush()

    def abort(self) -> None:
        """Cut the connection."""
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        """Turn deaf, for pings too."""
        self._deaf = True

    async def finish(self) -> None:
        """Let go of everything."""
        if self._pinging is not None:
            self._pinging.cancel()
            await asyncio.gather(self._pinging, return_exceptions=True)

    async def _leave(self) -> None:
        """Wait a little for the client to read our goodbye: ending earlier would tear it away."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(_CLOSE_PATIENCE):
                while await self._reader.read(2**17):
                    pass

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(self._ping_every)
            if not self._heard and not self._deaf:
                self.abort()
                return
            self._heard = False
            try:
                self._protocol.send_ping(b"here?")
                await self._flush()
            except (ProtocolError, RuntimeError, Gone):
                return

    async def _flush(self) -> None:
        if self._writer.transport.is_closing():
            raise Gone
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
            elif self._writer.can_write_eof():
                with contextlib.suppress(OSError, RuntimeError):
                    self._writer.write_eof()
        try:
            await self._writer.drain()
        except ConnectionError as error:
            raise Gone from error
