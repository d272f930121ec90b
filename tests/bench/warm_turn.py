"""The second turn of a conversation: on the warm socket against a cold connection, through a network that delays.

A relay holds everything for 50 ms each way, opening a connection costs a round trip, and a connection may have 10
packets under way at first and twice as many after each round trip, as every TCP begins. Behind it TLS is terminated,
as with every provider that is not on this machine. The first turn brought a file of usual size; a cold connection
has to bring it again, the warm one does not. What counts is the time to the first word beyond that of a run without
any delay. Needs `openssl`.
"""

import asyncio
import os
import ssl
import statistics
import subprocess
import sys
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
WINDOW = 10 * 1460
"""Bytes under way at first."""
FILE = "    total += price * count  # a line of code\n" * 1000
ROUNDS = 7


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand everything over `DELAY` later, in order, as much at a time as a young connection may send."""
    loop = asyncio.get_running_loop()
    window, sent, since = WINDOW, 0, loop.time()
    with suppress(OSError):
        while data := await reader.read(65536):
            while data:
                if loop.time() - since >= 2 * DELAY:
                    sent, since = 0, loop.time()
                if sent >= window:
                    await asyncio.sleep(max(since + 2 * DELAY - loop.time(), 0.0))
                    window, sent, since = window * 2, 0, loop.time()
                part, data = data[: window - sent], data[window - sent :]
                sent += len(part)
                loop.call_later(DELAY, writer.write, part)
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
async def in_front_of(port: int, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """What terminates TLS in front of a port, or passes everything on as it is, without any delay."""

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


async def first_word(link: Link, *prompts: str) -> float:
    """Seconds from the prompt to the first word; the turn is then read to its end."""
    began, first = time.perf_counter(), 0.0
    async for event in link.respond([UserMessage(prompt) for prompt in prompts]):
        if isinstance(event, TextDelta) and not first:
            first = time.perf_counter() - began
    return first


def _link(base: str, way: ModelLink) -> Link:
    profile = LaneProfile("fast", Model("m", "p", "m"), Provider("p", base))
    return Link(way, profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)


async def _second_turns(base: str, times: dict[str, list[float]]) -> None:
    """One conversation; its second turn is asked on the warm socket, then once more on cold connections."""
    warm = _link(base, ModelSocket(base))
    await warm.open()
    await first_word(warm, FILE, "read")
    before = warm.items
    times["warm socket"].append(await first_word(warm, "go"))
    await warm.close()
    for name, way in (("cold socket", ModelSocket(base)), ("cold http", ModelHttp(base))):
        cold = _link(base, way)
        cold.rebase(before)
        times[name].append(await first_word(cold, "go"))
        await cold.close()


async def compare(context: ssl.SSLContext | None) -> dict[str, float]:
    """Seconds to the first word of a second turn, for each kind of connection; the median."""
    scheme = "http" if context is None else "https"
    far: dict[str, list[float]] = {"warm socket": [], "cold socket": [], "cold http": []}
    near: dict[str, list[float]] = {name: [] for name in far}
    async with (
        serving(lambda messages: Answer("word " * 50)) as url,
        in_front_of(int(url.split(":")[2].split("/")[0]), context) as port,
        slow_network(port) as slow,
    ):
        for _ in range(ROUNDS):
            await _second_turns(f"{scheme}://localhost:{slow}/v1", far)
            await _second_turns(f"{scheme}://localhost:{port}/v1", near)
    return {name: statistics.median(far[name]) - statistics.median(near[name]) for name in far}


def main() -> None:
    """Compare and print; `plain` leaves TLS out."""
    with tempfile.TemporaryDirectory() as folder:
        context = None if "plain" in sys.argv[1:] else _certificate(folder)
        overhead = asyncio.run(compare(context))
    for name, value in overhead.items():
        print(f"{name}: {value * 1000:.0f} ms of the time to the first word are the network's")
    for cold in ("cold socket", "cold http"):
        print(f"warm socket against {cold}: -{1 - overhead['warm socket'] / overhead[cold]:.0%}")


if __name__ == "__main__":
    main()
