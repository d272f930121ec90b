"""How long the index takes: cold, warm, for a ranking, after a change; and aider's map of the same files beside it.

    python -m tests.bench.index_speed FOLDER [--files N] [--aider PYTHON]

The folder's files (at most N) are copied to a temporary folder first. Processor time counts all processes, so that a
busy machine does not matter; `--aider` is the Python of a virtual environment with `aider-chat` and `splintr-rs`.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from spark_tui.adapters.repo_index import RepoIndex
from spark_tui.core.repo import Query

PROMPTS = (
    "Fix the cache of templates that are not found",
    "add an option to the request for the number of retries and document it",
    "rename parse_header to read_header",
    "the tests of the command line parser fail on Windows",
    "Raise a clear error when the configuration file can't be read (see README)",
)
ROUNDS = 15


def _processor() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def copy(folder: Path, to: Path, most: int) -> list[str]:
    """Copy files below a folder, evenly chosen; return their paths."""
    found = sorted(
        os.path.relpath(os.path.join(place, name), folder)
        for place, folders, names in os.walk(folder)
        for name in names
        if "/.git/" not in f"{place}/" and not os.path.islink(os.path.join(place, name))
    )
    chosen = found[:: max(1, len(found) // most)][:most] if len(found) > most else found
    for path in chosen:
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, to / path)
    return chosen


async def _timed(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def ours(root: Path, place: Path, paths: list[str]) -> tuple[float, float]:
    """Measure the index; returns the processor time of the cold one, and its time by the clock."""
    started, clock = _processor(), time.perf_counter()
    index = RepoIndex(str(root), place)
    gaps = [0.0]

    async def beat() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.005)
            gaps.append(time.thread_time() - before)

    beating = asyncio.create_task(beat())
    await index.start(lambda progress: None)
    await index.list_files(paths, [])
    wall = time.perf_counter() - clock
    beating.cancel()
    size = sum(facts.size for facts in index.snapshot().files.values() if not facts.note) / 1e6
    await index.close()
    cold = _processor() - started
    print(f"cold: {len(paths):,} files, {size:.1f} MB: {cold:.1f} s of processor time, {wall:.1f} s")
    print(f"longest work on the event loop meanwhile: {max(gaps) * 1000:.1f} ms of processor time")

    index = RepoIndex(str(root), place)
    await index.start(lambda progress: None)
    warm = await _timed(index.list_files(paths, []))
    print(f"again, with what was kept: {warm:.2f} s")
    ranking = [await _timed(index.rank(Query(prompt))) for prompt in PROMPTS * (ROUNDS // 5)]
    print(
        f"a ranking: median {statistics.median(ranking) * 1000:.0f} ms, longest {max(ranking) * 1000:.0f} ms"
    )
    changed = [path for path in paths if path.endswith((".py", ".c", ".ts", ".go", ".rs"))]
    changing = []
    for number, path in enumerate(changed[:: max(1, len(changed) // ROUNDS)][:ROUNDS]):
        with (root / path).open("a") as file:
            file.write(f"\n# a change numbered {number}\n")
        changing.append(await _timed(index.rank(Query(PROMPTS[number % len(PROMPTS)]))))
    print(f"a ranking after a change: median {statistics.median(changing) * 1000:.0f} ms")
    await index.close()
    return cold, wall


def aiders(root: Path, paths: list[str], python: str) -> tuple[float, float]:
    """Measure aider's map; returns its processor time, and its time by the clock."""
    task = {"id": 0, "root": str(root), "paths": paths, "message": PROMPTS[0], "budgets": [8192]}
    started, clock = _processor(), time.perf_counter()
    subprocess.run(
        [python, str(Path(__file__).parent / "aider_map.py")],
        input=json.dumps(task) + "\n", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, check=True,
    )  # fmt: skip
    seconds, wall = _processor() - started, time.perf_counter() - clock
    print(f"aider's map: {seconds:.1f} s of processor time, {wall:.1f} s")
    return seconds, wall


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--aider")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        paths = copy(options.folder, root, options.files)
        theirs = aiders(root, paths, options.aider) if options.aider else None
        cold = asyncio.run(ours(root, Path(folder) / "index.db", paths))
        if theirs is not None:
            by_clock, by_processor = theirs[1] / cold[1], theirs[0] / cold[0]
            print(
                f"cold against aider's map: {by_clock:.1f} times as fast, {by_processor:.1f} by processor time"
            )


if __name__ == "__main__":
    main()
