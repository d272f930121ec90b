"""How long the context of a prompt takes: warm, after a change on disk, and how fast tokens are counted.

    python -m tests.bench.context_plan FOLDER [PROMPT]

Processor time of the process that draws the screen; the index ranks in another one. The longest time for which the
event loop did not run stands beside it.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from spark_tui.adapters.token_count import O200kCounter
from spark_tui.cli.compose import build
from spark_tui.core.context import ContextPlan
from spark_tui.engine import Engine

PROMPT = "make the identifiers of parametrized tests unique"
ROUNDS = 9


async def _measured(
    what: str, work: Callable[[], Awaitable[ContextPlan]], before: Callable[[], None]
) -> ContextPlan:
    """Do something several times and tell the median."""
    cpu, wall, stalls = [], [], []
    for _ in range(ROUNDS):
        before()
        longest = 0.0

        async def beat() -> None:
            nonlocal longest
            last = time.perf_counter()
            while True:
                await asyncio.sleep(0.001)
                now = time.perf_counter()
                longest, last = max(longest, now - last - 0.001), now

        task = asyncio.create_task(beat())
        began, used = time.perf_counter(), time.process_time()
        plan = await work()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        stalls.append(longest)
        task.cancel()
    told = (f"{statistics.median(values) * 1000:6.1f} ms" for values in (cpu, wall, stalls))
    print(
        f"{what:<34} cpu {next(told)}   wall {next(told)}   longest stall {next(told)}   {plan.tokens:,} tokens"
    )
    return plan


def _count_speed(folder: str) -> None:
    texts = []
    for path in sorted(Path(folder).rglob("*.py"))[:3000]:
        texts.append(path.read_text("utf-8", "replace"))
    counter = O200kCounter()
    counter.count("warm")
    size = sum(len(text.encode()) for text in texts)
    began = time.process_time()
    tokens = sum(map(counter.count, texts))
    used = time.process_time() - began
    print(f"counting: {size / used / 1e6:.0f} MB/s ({size / 1e6:.1f} MB, {tokens:,} tokens)")


async def _plans(engine: Engine, folder: str, prompt: str, budget: int) -> None:
    talk = engine.conversation

    async def estimate() -> ContextPlan:
        return (await talk.composer.estimate(talk.link, prompt, budget)).plan

    async def final() -> ContextPlan:
        return (await talk.composer.open_turn(talk.link, prompt, prompt, (), budget)).plan

    plan = await estimate()
    plan = await _measured(f"{budget:,}: the same prompt again", estimate, lambda: None)
    await _measured(f"{budget:,}: about to be sent", final, lambda: None)
    files = [entry.piece.path for entry in plan.chosen if entry.form.word == "whole" and entry.piece.path]
    if not files:
        return
    changed = Path(folder) / files[0]
    original = changed.read_bytes()

    def change() -> None:
        changed.write_bytes(original + f"# {time.time_ns()}\n".encode())

    try:
        await _measured(f"{budget:,}: one file changed on disk", final, change)
    finally:
        changed.write_bytes(original)


async def _main(folder: str, prompt: str) -> None:
    options = argparse.Namespace(trace="", rate=1000.0, only_looks=True)
    built = await build(folder, options)
    engine = built.engine
    try:
        began = time.perf_counter()
        await engine.refresh_tree()
        await engine.indexing.settled()
        print(
            json.dumps({"files": len(engine.listing.entries), "ready": round(time.perf_counter() - began, 1)})
        )
        for budget in (8_000, 32_000, 105_600):
            await _plans(engine, folder, prompt, budget)
    finally:
        await engine.close()
        await built.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("SPARK_TUI_HOME", home)
        _count_speed(sys.argv[1])
        asyncio.run(_main(os.path.realpath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else PROMPT))
