"""A second turn on the warm socket against a first one on a cold connection, through a network that delays.

A relay holds every chunk for 50 ms each way; behind it TLS is terminated, as with every provider that is not on
this machine. What counts is the time to the first word beyond that of a run without the delay. Needs `openssl`.
"""

import asyncio
import os
import ssl
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_http import ModelHttp
from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import TextDelta, UserMessage
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.ports import ModelLink
from spark_tui.rehearsal.answer import Answer
from tests.rehearsal.serving import serving

DELAY = 0.05
ROUNDS = 7


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand over every chunk `DELAY` later, in order, without slowing the stream itself."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while data := await reader.read(65536):
            loop.call_later(DELAY, writer.write, data)
    loop.call_later(DELAY, writer.close)


def _certificate(folder: str) -> ssl.SSLContext:
    """Make a certificate for this machine and have clients in this process trust it."""
    key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )
    os.environ["SSL_CERT_FILE"] = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


@asynccontextmanager
async def behind_tls(port: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """What terminates TLS in front of a port, without any delay."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(copy(reader, back), copy(there, writer), return_exceptions=True)

    server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def slow_network(port: int) -> AsyncIterator[int]:
    """A relay in front of a port; yields its own port. Opening a connection costs a round trip too."""
    tasks: set[asyncio.Task[None]] = set()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * DELAY)
        upstream = await asyncio.open_connection("127.0.0.1", port)
        for one, other in ((reader, upstream[1]), (upstream[0], writer)):
            task = asyncio.create_task(_pass_on(one, other))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for task in list(tasks):
            task.cancel()


async def first_word(link: Link) -> float:
    """Seconds from the prompt to the first word; the turn is then read to its end."""
    began, first = time.perf_counter(), 0.0
    async for event in link.respond([UserMessage("go")]):
        if isinstance(event, TextDelta) and not first:
            first = time.perf_counter() - began
    return first


def _link(base: str, way: ModelLink) -> Link:
    profile = LaneProfile("fast", Model("m", "p", "m"), Provider("p", base))
    return Link(way, profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)


async def compare(context: ssl.SSLContext) -> dict[str, list[float]]:
    """Seconds to the first word, for each kind of turn."""
    times: dict[str, list[float]] = {"cold socket": [], "cold http": [], "warm socket": [], "no network": []}
    async with (
        serving(lambda messages: Answer("word " * 50)) as url,
        behind_tls(int(url.split(":")[2].split("/")[0]), context) as port,
        slow_network(port) as slow,
    ):
        base, near = f"https://localhost:{slow}/v1", f"https://localhost:{port}/v1"
        for _ in range(ROUNDS):
            link = _link(base, ModelSocket(base))
            times["cold socket"].append(await first_word(link))
            times["warm socket"].append(await first_word(link))
            await link.close()
            link = _link(base, ModelHttp(base))
            times["cold http"].append(await first_word(link))
            await link.close()
            link = _link(near, ModelSocket(near))
            await link.open()
            times["no network"].append(await first_word(link))
            await link.close()
    return times


def main() -> None:
    """Compare and print."""
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(compare(_certificate(folder)))
    times = {name: statistics.median(values) for name, values in measured.items()}
    base = times.pop("no network")
    print(f"to the first word without a network: {base * 1000:.1f} ms")
    for name, value in times.items():
        print(f"{name}: {value * 1000:.1f} ms")
    for cold in ("cold socket", "cold http"):
        saved = 1 - (times["warm socket"] - base) / (times[cold] - base)
        print(f"overhead of the warm socket against the {cold}: -{saved:.0%}")


if __name__ == "__main__":
    main()
