"""Finds definitions over the whole project: from the shared index, and from the open files as they are in memory.

Parsing is loaded when first asked for, so that the start is quick.
"""

import asyncio
from collections.abc import Callable
from functools import cached_property

from spark_tui.core.repo import RepoFacts
from spark_tui.core.values import dataclass
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Finder

MOST_LINES = 20_000
"""Longest open file that is parsed anew for this; of a longer one, what the index knows counts."""

FEW_FILES = 200
"""So many are read from the index at once; more are read in a thread meanwhile."""
_READING = "the definitions are being read"


@dataclass(frozen=True, slots=True)
class SymbolHit:
    """A definition that fits."""

    name: str
    """With the names around it, joined by dots."""
    kind: str
    path: str
    line: int
    column: int = 0
    letters: tuple[int, ...] = ()
    """Places in the name of the letters that fitted."""


class Symbols:
    """The definitions by letters of their names."""

    def __init__(self, make: Callable[[], Finder], workspace: Workspace) -> None:
        self._make = make
        self._workspace = workspace
        self.facts: Callable[[], RepoFacts] = RepoFacts
        """What the index knows; whoever has one sets it."""
        self.note: Callable[[], str] = str
        """Why the index may not know everything yet; empty when it does."""
        self.on_learned: Callable[[], None] = lambda: None
        """Called when more definitions are known than at the last `find`; whoever shows them sets it."""
        self._all: list[SymbolHit] = []
        self._indexed: list[SymbolHit] = []
        self._indexed_revision = -1
        self._reading: asyncio.Future[list[SymbolHit]] | None = None
        self._learned: tuple[object, ...] | None = None

    @cached_property
    def _finder(self) -> Finder:
        return self._make()

    def find(self, letters: str, limit: int) -> tuple[list[SymbolHit], str]:
        """Return the definitions that fit, best first, and a sentence for when there are none."""
        self._learn()
        hits = [
            SymbolHit(hit.name, hit.kind, hit.path, hit.line, hit.column, match.letters)
            for match in self._finder.find(letters, limit)
            for hit in (self._all[match.place],)
        ]
        if self._reading is not None and not hits:
            return hits, _READING
        return hits, self.note() or (
            "no definition has these letters" if self._all else "no definitions known"
        )

    def _read_index(self) -> None:
        """Bring what is known from the index up to date, or begin to."""
        facts = self.facts()
        if facts.revision == self._indexed_revision or self._reading is not None:
            return
        if len(facts.files) <= FEW_FILES:
            self._indexed, self._indexed_revision = _in_index(facts), facts.revision
            return

        def done(read: asyncio.Future[list[SymbolHit]]) -> None:
            self._reading = None
            if not read.cancelled() and read.exception() is None:
                self._indexed, self._indexed_revision = read.result(), facts.revision
                self.on_learned()

        self._reading = asyncio.get_running_loop().run_in_executor(None, _in_index, facts)
        self._reading.add_done_callback(done)

    def _learn(self) -> None:
        from spark_tui.syntax import language_for

        self._read_index()
        texts = [
            (path, buffer.text) for path in self._workspace.tabs if (buffer := self._workspace.buffer(path))
        ]
        state = (self._indexed_revision, *((path, id(text)) for path, text in texts))
        if state == self._learned:
            return
        self._learned = state
        fresh: dict[str, list[SymbolHit]] = {}
        for path, text in texts:
            language = language_for(path, text.line(0))
            if language is not None and text.line_count <= MOST_LINES:
                fresh[path] = _hits(path, language, text.lines())
        self._all = [hit for hits in fresh.values() for hit in hits]
        self._all += [hit for hit in self._indexed if hit.path not in fresh]
        self._finder.learn([hit.name for hit in self._all])


def _in_index(facts: RepoFacts) -> list[SymbolHit]:
    return [
        SymbolHit(f"{one.parent}.{one.name}" if one.parent else one.name, one.kind, path, one.line)
        for path, file in facts.files.items()
        for one in file.definitions
    ]


def _hits(path: str, language: str, lines: list[str]) -> list[SymbolHit]:
    from spark_tui.syntax import outline

    hits: list[SymbolHit] = []
    around: list[str] = []
    for symbol in outline(language, lines):
        del around[symbol.depth :]
        around.append(symbol.name)
        hits.append(SymbolHit(".".join(around), symbol.kind, path, symbol.line, symbol.column))
    return hits
