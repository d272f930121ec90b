"""An index that knows what it is told and nothing else."""

from collections.abc import Callable, Mapping, Sequence

from spark_tui.core.repo import FileFacts, PastCommit, Query, Ranked, RepoFacts, rank
from spark_tui.ports import IndexProgress


class FakeIndex:
    """Answers from facts that a test gives; `ranked` overrules the ranking."""

    def __init__(self, files: Mapping[str, FileFacts] | None = None, ranked: Sequence[Ranked] = ()) -> None:
        self.files = dict(files or {})
        self.ranked = tuple(ranked)
        self.listed: tuple[str, ...] = ()
        self.history: tuple[PastCommit, ...] = ()
        self.now: IndexProgress | None = None
        self.updated: list[str] = []
        self.queries: list[Query] = []
        self.is_closed = False
        self._revision = 0
        self._on_progress: Callable[[IndexProgress], None] = lambda progress: None

    @property
    def progress(self) -> IndexProgress:
        return self.now or IndexProgress(len(self.files), len(self.files), True)

    def tell(self, progress: IndexProgress) -> None:
        """Say how far it is."""
        self.now = progress
        self._on_progress(progress)

    def snapshot(self) -> RepoFacts:
        return RepoFacts(dict(sorted(self.files.items())), revision=self._revision)

    async def start(self, on_progress: Callable[[IndexProgress], None]) -> None:
        self._on_progress = on_progress
        on_progress(self.progress)

    async def list_files(self, paths: Sequence[str], history: Sequence[PastCommit]) -> None:
        self.listed, self.history = tuple(paths), tuple(history)
        for path in paths:
            self.files.setdefault(path, FileFacts(path, 0))
        self._moved()

    async def update(self, paths: Sequence[str]) -> None:
        self.updated += paths
        self._moved()

    async def rank(self, query: Query, limit: int = 1000) -> tuple[Ranked, ...]:
        self.queries.append(query)
        return self.ranked[:limit] or rank(self.snapshot(), query, limit)

    async def close(self) -> None:
        self.is_closed = True

    def _moved(self) -> None:
        self._revision += 1
        self._on_progress(self.progress)
