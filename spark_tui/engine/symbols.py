"""Finds definitions over the whole project: from the shared index, and from the open files as they are in memory.

Parsing is loaded when first asked for, so that the start is quick.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from spark_tui.core.repo import RepoFacts
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Finder

MOST_LINES = 20_000
"""Longest open file that is parsed anew for this; of a longer one, what the index knows counts."""


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
        self._all: list[SymbolHit] = []
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
        return hits, self.note() or (
            "no definition has these letters" if self._all else "no definitions known"
        )

    def _learn(self) -> None:
        from spark_tui.syntax import language_for

        facts = self.facts()
        texts = [
            (path, buffer.text) for path in self._workspace.tabs if (buffer := self._workspace.buffer(path))
        ]
        state = (facts.revision, *((path, id(text)) for path, text in texts))
        if state == self._learned:
            return
        self._learned = state
        fresh: dict[str, list[SymbolHit]] = {}
        for path, text in texts:
            language = language_for(path, text.line(0))
            if language is not None and text.line_count <= MOST_LINES:
                fresh[path] = _hits(path, language, text.lines())
        self._all = [hit for hits in fresh.values() for hit in hits]
        for path, file in facts.files.items():
            if path not in fresh:
                self._all += [
                    SymbolHit(
                        f"{one.parent}.{one.name}" if one.parent else one.name, one.kind, path, one.line
                    )
                    for one in file.definitions
                ]
        self._finder.learn([hit.name for hit in self._all])


def _hits(path: str, language: str, lines: list[str]) -> list[SymbolHit]:
    from spark_tui.syntax import outline

    hits: list[SymbolHit] = []
    around: list[str] = []
    for symbol in outline(language, lines):
        del around[symbol.depth :]
        around.append(symbol.name)
        hits.append(SymbolHit(".".join(around), symbol.kind, path, symbol.line, symbol.column))
    return hits
