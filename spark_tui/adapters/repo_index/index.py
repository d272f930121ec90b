"""The index as the program sees it: speaks to the process of the index and holds the facts that it tells."""

import asyncio
import contextlib
import os
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from spark_tui.adapters.repo_index.messages import (
    Batch,
    Done,
    Frames,
    ListFiles,
    Progress,
    Rank,
    Ranking,
    Reply,
    Update,
    frame,
    sendable,
)
from spark_tui.core.repo import FileFacts, PastCommit, Query, Ranked, RepoFacts
from spark_tui.ports import IndexProgress

_STOP_SECONDS = 2.0
_MOST_STARTS = 3
_GONE = "The process of the index ended: files are found without it."


class RepoIndex:
    """Starts the process when asked, and once or twice again if it dies."""

    def __init__(self, root: str, place: Path | None, *, command: Sequence[str] = ()) -> None:
        """Index the files below `root`; `place` is the database, None for none."""
        self._command = list(command) or [
            sys.executable, "-P", "-m", "spark_tui.cli.index_worker", root, str(place or ""),
        ]  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._on_progress: Callable[[IndexProgress], None] = lambda progress: None
        self._files: dict[str, FileFacts] = {}
        self._shown: RepoFacts | None = None
        self._revision = 0
        self._progress = IndexProgress()
        self._answers: dict[int, asyncio.Future[tuple[Ranked, ...]]] = {}
        self._number = 0
        self._starts = 0
        self._listed: tuple[tuple[str, ...], tuple[PastCommit, ...]] | None = None
        self._is_closed = False

    @property
    def progress(self) -> IndexProgress:
        """How far it is."""
        return self._progress

    def snapshot(self) -> RepoFacts:
        """What is known now."""
        if self._shown is None:
            files = {path: self._files[path] for path in sorted(self._files)}
            self._shown = RepoFacts(MappingProxyType(files), revision=self._revision)
        return self._shown

    async def start(self, on_progress: Callable[[IndexProgress], None]) -> None:
        """Start the process; what goes wrong is told as progress."""
        self._on_progress = on_progress
        await self._start()

    async def _start(self) -> None:
        self._starts += 1
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=pipe,
                stdout=pipe,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, **_where_we_are()},
                # A key press that interrupts us in a terminal is not meant for the child.
                start_new_session=True,
            )
        except (OSError, ValueError):
            self._give_up()
            return
        self._reading = asyncio.create_task(self._listen(self._process))

    async def list_files(self, paths: Sequence[str], history: Sequence[PastCommit]) -> None:
        """Say which files there are; returns when all of them are known."""
        self._listed = tuple(paths), tuple(history)
        self._tell(IndexProgress(self._progress.done, max(len(paths), 1), False, self._progress.note))
        await self._send_listing()

    async def _send_listing(self) -> None:
        if self._listed is None:
            return
        names = [path for path in self._listed[0] if sendable(path)]
        past = [
            PastCommit(one.time, tuple(filter(sendable, one.paths)), one.message)
            for one in self._listed[1]
            if sendable(one.message)
        ]
        await self._ask(lambda number: ListFiles(number, names, past))
        if not self._is_closed and self._process is not None:
            done = IndexProgress(len(self._files), len(self._files), True, self._progress.note)
            self._tell(done)

    async def update(self, paths: Sequence[str]) -> None:
        """Returns when the facts about these files are fresh."""
        names = [path for path in paths if sendable(path)]
        if names:
            await self._ask(lambda number: Update(number, names))

    async def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        """Rank the files for a prompt; nothing while there is no process."""
        asked = _sendable_query(query)
        return await self._ask(lambda number: Rank(number, asked, limit))

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
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._reading is not None:
            await self._reading
        self._let_go()

    async def _ask(self, make: Callable[[int], object]) -> tuple[Ranked, ...]:
        process = self._process
        if process is None or process.stdin is None:
            return ()
        self._number += 1
        answer: asyncio.Future[tuple[Ranked, ...]] = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        try:
            process.stdin.write(frame(make(self._number)))
            await process.stdin.drain()
        except (OSError, RuntimeError):
            # Whoever listens to its output notices that it is gone, and lets go of the answer.
            pass
        return await answer

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        frames = Frames()
        decoder = msgspec.msgpack.Decoder(Reply)
        try:
            while data := await process.stdout.read(1 << 16):
                for body in frames.feed(data):
                    self._take(decoder.decode(body))
                    await asyncio.sleep(0)
        except (msgspec.DecodeError, ValueError):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
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

    def _take(self, message: Batch | Progress | Done | Ranking) -> None:
        match message:
            case Batch(files, gone):
                for one in files:
                    self._files[one.path] = one
                for path in gone:
                    self._files.pop(path, None)
                self._revision += 1
                self._shown = None
            case Progress(done, total, note):
                self._tell(IndexProgress(done, total, done == total, note))
            case Done(number):
                self._resolve(number, ())
            case Ranking(number, ranked):
                self._resolve(number, tuple(ranked))

    def _resolve(self, number: int, ranked: tuple[Ranked, ...]) -> None:
        answer = self._answers.pop(number, None)
        if answer is not None and not answer.done():
            answer.set_result(ranked)

    def _let_go(self) -> None:
        for number in list(self._answers):
            self._resolve(number, ())

    def _give_up(self) -> None:
        self._process = None
        self._let_go()
        if not self._is_closed:
            self._tell(IndexProgress(len(self._files), len(self._files), False, _GONE))

    def _tell(self, progress: IndexProgress) -> None:
        self._progress = progress
        if not self._is_closed:
            self._on_progress(progress)


def _sendable_query(query: Query) -> Query:
    def plain(paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(filter(sendable, paths))

    prompt = query.prompt if sendable(query.prompt) else query.prompt.encode("utf-8", "replace").decode()
    return Query(
        prompt, plain(query.mentioned), plain(query.open_files), plain(query.pins), plain(query.recent)
    )


def _where_we_are() -> dict[str, str]:
    """Let the child find this package when it runs from a checkout; it never looks into the current folder."""
    here = str(Path(__file__).resolve().parents[3])
    installed = here in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    others = filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {"PYTHONPATH": os.pathsep.join([*([] if installed else [here]), *others])}
