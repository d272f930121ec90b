"""The index as the program sees it: speaks to the process of the index and holds the facts that it tells."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spark_tui.adapters.programs import own_module, start_own
from spark_tui.core.repo import PastCommit, Query, Ranked, RepoFacts
from spark_tui.ports import IndexProgress

if TYPE_CHECKING:
    from msgspec import Raw

    from spark_tui.adapters.repo_index.talk import Talk

_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 0.3
_MOST_STARTS = 3
_GONE = "The process of the index ended: files are found without it."


class RepoIndex:
    """Starts the process when asked, and once or twice again if it dies."""

    def __init__(self, root: str, place: Path | None, *, command: Sequence[str] = ()) -> None:
        """Index the files below `root`; `place` is the database, None for none."""
        self._command = list(command) or own_module("spark_tui.cli.index_worker", root, str(place or ""))
        self._talk: Talk | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._on_progress: Callable[[IndexProgress], None] = lambda progress: None
        self._files: dict[str, Raw] = {}
        self._shown: RepoFacts | None = None
        self._revision = 0
        self._progress = IndexProgress()
        self._answers: dict[int, asyncio.Future[tuple[Ranked, ...]]] = {}
        self._number = 0
        self._starts = 0
        self._listed: tuple[tuple[str, ...], tuple[PastCommit, ...]] | None = None
        self._told_history: tuple[PastCommit, ...] | None = None
        self._is_closed = False

    @property
    def progress(self) -> IndexProgress:
        """How far it is."""
        return self._progress

    def snapshot(self) -> RepoFacts:
        """What is known now."""
        if self._shown is None:
            files = {path: self._files[path] for path in sorted(self._files)}
            told = self._talk.picture(files) if self._talk is not None else {}
            self._shown = RepoFacts(told, revision=self._revision)
        return self._shown

    async def start(self, on_progress: Callable[[IndexProgress], None]) -> None:
        """Start the process; what goes wrong is told as progress."""
        self._on_progress = on_progress
        self._talk = await asyncio.to_thread(_load)
        await self._start()

    async def _start(self) -> None:
        self._starts += 1
        self._told_history = None
        try:
            self._process = await start_own(self._command)
        except (OSError, ValueError):
            self._give_up()
            return
        _LOG.info("process %d begins", self._process.pid)
        self._reading = asyncio.create_task(self._listen(self._process))

    async def list_files(self, paths: Sequence[str], history: Sequence[PastCommit]) -> None:
        """Say which files there are; returns when all of them are known."""
        self._listed = tuple(paths), tuple(history)
        self._tell(replace(self._progress, total=max(len(paths), 1), is_ready=False))
        await self._send_listing()

    async def _send_listing(self) -> None:
        if self._listed is None:
            return
        paths, history = self._listed
        fresh = None if history == self._told_history else history
        self._told_history = history
        await self._ask(lambda talk, number: talk.list_files(number, paths, fresh))
        if not self._is_closed and self._process is not None:
            count = len(self._files)
            self._tell(replace(self._progress, done=count, total=count, is_ready=True))

    async def update(self, paths: Sequence[str]) -> None:
        """Returns when the facts about these files are fresh."""
        await self._ask(lambda talk, number: talk.update(number, paths))

    async def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        """Rank the files for a prompt; nothing while there is no process."""
        return await self._ask(lambda talk, number: talk.rank(number, query, limit))

    async def close(self) -> None:
        """End the process."""
        self._is_closed = True
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), _STOP_SECONDS)
            except TimeoutError:
                _kill(process)
                await process.wait()
        if self._reading is not None:
            await self._reading
        self._let_go()

    async def _ask(self, make: "Callable[[Talk, int], bytes]") -> tuple[Ranked, ...]:
        process, talk = self._process, self._talk
        if process is None or process.stdin is None or talk is None:
            return ()
        self._number += 1
        answer: asyncio.Future[tuple[Ranked, ...]] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        try:
            process.stdin.write(make(talk, self._number))
            await process.stdin.drain()
        except (OSError, RuntimeError):
            # Whoever listens to its output notices that it is gone, and lets go of the answer.
            pass
        return await answer

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None and self._talk is not None
        told = self._talk.reader(self)
        try:
            while data := await process.stdout.read(1 << 16):
                for take in told(data):
                    take()
                    await asyncio.sleep(0)
        except ValueError:
            # What it says makes no sense.
            _kill(process)
        code = await process.wait()
        _LOG.info("process %d ended with %d", process.pid, code)
        if self._process is process:
            self._process = None
            await self._again()

    async def _again(self) -> None:
        self._let_go()
        if self._is_closed or self._starts >= _MOST_STARTS:
            self._give_up()
            return
        await self._start()
        self._again_listing = asyncio.create_task(self._send_listing())

    def learn(self, files: "Sequence[tuple[str, Raw]]", gone: Sequence[str]) -> None:
        """Take in facts from the process."""
        self._files.update(files)
        for path in gone:
            self._files.pop(path, None)
        self._revision += 1
        self._shown = None

    def moved(self, done: int, total: int, note: str) -> None:
        """Take in how far the process is."""
        self._tell(IndexProgress(done, total, done == total, note, self._progress.strangers))

    def strangers(self) -> None:
        """Take in that files may have appeared."""
        self._tell(replace(self._progress, strangers=self._progress.strangers + 1))

    def resolve(self, number: int, ranked: tuple[Ranked, ...] = ()) -> None:
        """Take in an answer."""
        answer = self._answers.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_result(ranked)

    def _let_go(self) -> None:
        for number in list(self._answers):
            self.resolve(number, ())

    def _give_up(self) -> None:
        self._process = None
        self._let_go()
        if not self._is_closed:
            self._tell(replace(self._progress, is_ready=False, note=_GONE))

    def _tell(self, progress: IndexProgress) -> None:
        self._progress = progress
        if not self._is_closed:
            self._on_progress(progress)


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the process and its children; what it keeps survives that."""
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def _load() -> "Talk":
    """Load what is needed to speak to the process: not before the first picture is on the screen."""
    from spark_tui.adapters.repo_index.talk import Talk

    return Talk()
