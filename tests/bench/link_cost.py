"""Our client against the `openai` package's: CPU per 1,000 tokens and time from readable to event, on one stream.

Both read the same stream of the same server, in turns, each in a process of its own.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_http import ModelHttp
from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import TextDelta, UserMessage
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.house import Manners
from spark_tui.rehearsal.server import serve

TOKENS = 5_000
ROUNDS = 5


def perform(messages: Sequence[Mapping[str, object]]) -> Answer:
    """Say so many words, each with the time at which it is cut off the stock of words."""
    return Answer(" word" * TOKENS)


def run_server(rate: float) -> None:
    """Serve until standard input ends."""

    def ready(port: int) -> None:
        print(port, flush=True)

    asyncio.run(serve(on_ready=ready, watch_stdin=True, perform=perform, manners=Manners(rate=rate)))


async def ours(base: str, *, http: bool) -> dict[str, float]:
    """Read the stream with our link; CPU seconds are those of the reading alone."""
    profile = LaneProfile("fast", Model("m", "p", "m"), Provider("p", base))
    way = ModelHttp(base) if http else ModelSocket(base)
    link = Link(way, profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)
    await link.open()
    cpu, wall, tokens = time.process_time(), time.perf_counter(), 0
    async for event in link.respond([UserMessage("go")]):
        tokens += event.text.count("word") if isinstance(event, TextDelta) else 0
    figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "tokens": tokens}
    await link.close()
    return figures


async def theirs(base: str, *, http: bool) -> dict[str, float]:
    """Read the stream with the openai package."""
    from openai import AsyncOpenAI  # type: ignore[import-not-found]

    request: dict[str, Any] = {"model": "m", "store": False, "input": "go"}
    request["stream_options"] = {"include_obfuscation": False}
    tokens = 0
    async with AsyncOpenAI(api_key="k", base_url=base) as client:
        if http:
            cpu, wall = time.process_time(), time.perf_counter()
            async for event in await client.responses.create(**request, stream=True):
                tokens += event.type == "response.output_text.delta"
        else:
            async with client.responses.connect() as connection:
                cpu, wall = time.process_time(), time.perf_counter()
                await connection.send({"type": "response.create", **request})
                async for event in connection:
                    tokens += event.type == "response.output_text.delta"
                    if event.type == "response.completed":
                        break
        return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "tokens": tokens}


async def delays(base: str) -> dict[str, float]:
    """Time from the moment at which a frame can be read to the event at the consumer, at 1,000 tokens/s."""
    from websockets.asyncio.connection import Connection

    arrived: list[float] = []
    received = Connection.data_received

    def note(self: Connection, data: bytes) -> None:
        arrived.append(time.perf_counter())
        received(self, data)

    Connection.data_received = note  # type: ignore[method-assign]
    profile = LaneProfile("fast", Model("m", "p", "m"), Provider("p", base))
    link = Link(ModelSocket(base), profile, LinkPrompt("Pair up."), SystemClock(), lambda state: None)
    await link.open()
    waits: list[float] = []
    async for event in link.respond([UserMessage("go")]):
        if isinstance(event, TextDelta):
            waits.append(time.perf_counter() - arrived[-1])
    await link.close()
    waits.sort()
    return {"p50": waits[len(waits) // 2], "p99": waits[len(waits) * 99 // 100], "max": waits[-1]}


def _child(*arguments: str) -> dict[str, float]:
    out = subprocess.run(
        [sys.executable, "-m", "tests.bench.link_cost", *arguments], capture_output=True, check=True
    )
    figures: dict[str, float] = json.loads(out.stdout)
    return figures


def _server(rate: float) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.link_cost", "server", str(rate)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _compare() -> None:
    for http in ("", "http"):
        server = _server(0.0)
        assert server.stdin is not None and server.stdout is not None
        base = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        mine, other = [], []
        for _ in range(ROUNDS):
            mine.append(_child("ours", base, http))
            other.append(_child("theirs", base, http))
        server.stdin.close()
        server.wait()
        cost = [
            statistics.median(run["cpu"] / run["tokens"] * 1000 for run in runs) for runs in (mine, other)
        ]
        print(
            f"{http or 'websocket'}: CPU per 1,000 tokens ours {cost[0] * 1000:.1f} ms, "
            f"openai {cost[1] * 1000:.1f} ms, ratio {cost[0] / cost[1]:.2f}; "
            f"ours {statistics.median(run['tokens'] / run['wall'] for run in mine):.0f} tokens/s"
        )
    server = _server(1000.0)
    assert server.stdin is not None and server.stdout is not None
    told = _child("delays", f"http://127.0.0.1:{server.stdout.readline().strip()}/v1")
    server.stdin.close()
    server.wait()
    print(
        "readable to event at 1,000 tokens/s: "
        + ", ".join(f"{name} {value * 1000:.2f} ms" for name, value in told.items())
    )


def main() -> None:
    """Run one of the parts, or compare."""
    match sys.argv[1:]:
        case ["server", rate]:
            run_server(float(rate))
        case ["ours", base, http]:
            print(json.dumps(asyncio.run(ours(base, http=bool(http)))))
        case ["theirs", base, http]:
            print(json.dumps(asyncio.run(theirs(base, http=bool(http)))))
        case ["delays", base]:
            print(json.dumps(asyncio.run(delays(base))))
        case _:
            _compare()


if __name__ == "__main__":
    main()
