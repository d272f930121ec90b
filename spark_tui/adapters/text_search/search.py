"""One search: files are narrowed down, then matched in a child process whose lines are passed on as they come."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from spark_tui.adapters.programs import own_module, start_own
from spark_tui.adapters.text_search.ripgrep import Ripgrep
from spark_tui.core.search import FileHits, Hit, SearchProgress, Sought
from spark_tui.ports import SearchFailed

FIRST = 1_000
"""Files that are narrowed down and handed over first, so that something is seen soon."""
BATCH = 10_000
"""Files of every later time; their names are one command line."""
_NAMES = 1_000_000
"""Characters of names on one command line."""
_LINE = 64 * 1024 * 1024
"""Longest line that the child may write."""
Holding = Callable[[str, bool], tuple[frozenset[str], frozenset[str]] | None]
"""Which tracked files hold a text, and which are tracked; None where that can't be said. Blocks."""


class ProcessSearch:
    """Searches below one root."""

    def __init__(self, root: str, ripgrep: Ripgrep | None = None, holding: Holding | None = None) -> None:
        """Narrow down with `ripgrep`, or for plain texts with `holding`, or not at all."""
        self._root = root
        self._ripgrep = ripgrep
        self._holding = holding

    async def search(
        self,
        search: Sought,
        paths: Sequence[str],
        texts: Mapping[str, Sequence[str]],
        replacement: str | None = None,
    ) -> AsyncIterator[FileHits | SearchProgress]:
        """Yield files with hits as they are found; to stop, close the iterator. Raises SearchFailed."""
        child = await self._start()
        work = {
            "root": self._root,
            "search": asdict(search),
            "replacement": replacement,
            "texts": list(texts.items()),
        }
        feeding = asyncio.create_task(self._feed(child, search, paths, work))
        try:
            async for found in _heard(child, len(paths) + len(texts)):
                yield found
        finally:
            feeding.cancel()
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            with contextlib.suppress(asyncio.CancelledError):
                await feeding
            await child.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        command = own_module("spark_tui.adapters.text_search_worker", str(os.getpid()))
        try:
            return await start_own(command, limit=_LINE)
        except (OSError, ValueError) as error:
            raise SearchFailed("The search could not be started.") from error

    async def _feed(
        self,
        child: asyncio.subprocess.Process,
        search: Sought,
        paths: Sequence[str],
        work: Mapping[str, Any],
    ) -> None:
        assert child.stdin is not None
        with contextlib.suppress(OSError):
            await _write(child.stdin, work)
            narrows = self._ripgrep is not None and self._ripgrep.can(search)
            held = None
            is_plain = not search.is_regex and search.text.isascii()
            if not narrows and self._holding is not None and is_plain and len(paths) > FIRST:
                held = await asyncio.to_thread(self._holding, search.text, search.is_exact)
            for batch in _batches(paths):
                if narrows and self._ripgrep is not None:
                    batch = await self._ripgrep.narrow(search, batch)
                elif held is not None:
                    having, tracked = held
                    batch = [path for path in batch if path in having or path not in tracked]
                await _write(child.stdin, batch)
            child.stdin.close()


async def _heard(child: asyncio.subprocess.Process, total: int) -> AsyncIterator[FileHits | SearchProgress]:
    assert child.stdout is not None
    while True:
        try:
            line = await child.stdout.readline()
        except ValueError as error:
            raise SearchFailed("A line that fits is too long to be shown.") from error
        if not line:
            raise SearchFailed("The search ended before it was done.")
        told = json.loads(line)
        if "hits" in told:
            hits = (
                Hit(number, text, tuple((a, b) for a, b in spans), column, new)
                for number, text, spans, column, new in told["hits"]
            )
            yield FileHits(told["path"], tuple(hits))
        elif "looked" in told:
            yield SearchProgress(told["looked"], total)
        elif "fault" in told:
            raise SearchFailed(str(told["fault"]))
        else:
            return


def _batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    start, size = 0, FIRST
    while start < len(paths):
        batch = paths[start : start + size]
        while len(batch) > 1 and sum(map(len, batch)) > _NAMES:
            batch = batch[: len(batch) // 2]
        yield batch
        start, size = start + len(batch), BATCH


async def _write(pipe: asyncio.StreamWriter, value: object) -> None:
    pipe.write(json.dumps(value).encode() + b"\n")
    await pipe.drain()
