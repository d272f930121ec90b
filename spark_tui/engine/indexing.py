"""Keeps the index of the repository going: tells it which files there are and what changed."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from spark_tui.core.repo import PastCommit, RepoFacts
from spark_tui.core.repo.ignoring import Ignoring
from spark_tui.engine.events import EngineEvent, IndexMoved, Landed, TreeMoved
from spark_tui.ports import Files, Index, IndexProgress, Listing, PortError, Repository

MOST_COMMITS = 3000
IGNORE_FILE = ".ignore"
GIT_IGNORE_FILE = ".gitignore"
_MOST_IGNORE_FILES = 500


class Indexing:
    """The index and what it must be told."""

    def __init__(
        self,
        index: Index | None,
        repository: Repository,
        files: Files,
        listing: Callable[[], Listing],
        emit: Callable[[EngineEvent], None],
        start: Callable[[Coroutine[Any, Any, object], str], object],
    ) -> None:
        self._index = index
        self._repository = repository
        self._files = files
        self._listing = listing
        self._emit = emit
        self._start = start
        self.refresh: Callable[[], None] = lambda: None
        """Lists the files of the workspace again; whoever can sets it."""
        self._history: tuple[PastCommit, ...] = ()
        self._history_of = ""
        self._is_started = False
        self._is_old = False
        self._is_listing = False
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._strangers = 0

    @property
    def progress(self) -> IndexProgress:
        """How far the index is."""
        return self._index.progress if self._index is not None else IndexProgress(note="There is no index.")

    def facts(self) -> RepoFacts:
        """What is known of the repository now."""
        return self._index.snapshot() if self._index is not None else RepoFacts()

    def note(self) -> str:
        """Why not everything is known, in a few words; empty when all is."""
        progress = self.progress
        if progress.is_ready or not progress.total:
            return progress.note
        return progress.note or f"the index is at {100 * progress.done // progress.total} %"

    def hear(self, event: EngineEvent) -> None:
        """Follow what happens."""
        if self._index is None:
            return
        if isinstance(event, TreeMoved):
            self._is_old = True
            if not self._is_listing:
                self._is_listing = True
                self._quiet.clear()
                self._start(self._list_while_old(), "index the files")
        elif isinstance(event, Landed) and self._is_started:
            self._start(self._index.update(event.checkpoint.paths), "index what was written")

    async def settled(self) -> None:
        """Wait until the index knows the files that are listed now."""
        await self._quiet.wait()

    async def close(self) -> None:
        """End the index."""
        if self._index is not None:
            await self._index.close()

    async def _list_now(self) -> None:
        """Tell the index which files there are, and wait until it knows them."""
        if self._index is None:
            return
        if not self._is_started:
            self._is_started = True
            await self._index.start(self._moved)
        paths = await self._visible([entry.path for entry in self._listing().entries if entry.mark != "D"])
        await self._read_history()
        await self._index.list_files(paths, self._history)

    async def _list_while_old(self) -> None:
        try:
            while self._is_old:
                self._is_old = False
                await self._list_now()
        finally:
            self._is_listing = False
            self._quiet.set()

    async def _read_history(self) -> None:
        head = await self._repository.head()
        oid = head.oid if head is not None else ""
        if oid != self._history_of:
            self._history = await self._repository.past(MOST_COMMITS)
            self._history_of = oid

    async def _visible(self, paths: list[str]) -> list[str]:
        """Leave out what ignore files hide; git has applied its own already where there is a repository."""
        has_git = await self._repository.head() is not None and not self._repository.note
        wanted = {IGNORE_FILE} if has_git else {IGNORE_FILE, GIT_IGNORE_FILE}
        found = [path for path in paths if path.rpartition("/")[2] in wanted][:_MOST_IGNORE_FILES]
        texts: dict[str, str] = {}
        # Of two in one folder the more general one comes first, so that the other overrules it.
        for path in sorted(found, key=lambda path: path.rpartition("/")[2] != GIT_IGNORE_FILE):
            try:
                data = (await self._files.read(path)).data
            except PortError:
                continue
            folder = path.rpartition("/")[0]
            texts[folder] = f"{texts.get(folder, '')}\n{data.decode('utf-8', 'replace')}"
        return await asyncio.to_thread(lambda: Ignoring(texts).visible(paths))

    def _moved(self, progress: IndexProgress) -> None:
        self._emit(IndexMoved())
        if progress.strangers != self._strangers:
            self._strangers = progress.strangers
            self.refresh()
