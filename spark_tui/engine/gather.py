"""Collects what a request could hold: rules, open and mentioned files, what the prompt asks for, ranked files."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field

from spark_tui.core.context import (
    Form,
    Piece,
    PieceKind,
    Rank,
    Wishes,
    mentions,
    place_block,
    telling_words,
    worth_reading,
)
from spark_tui.core.repo import Query, Ranked, RepoFacts
from spark_tui.core.values import dataclass
from spark_tui.core.wire import Item
from spark_tui.engine.describing import Described, Sent
from spark_tui.engine.reading import Reader
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Files, Index, IndexProgress, Listing, Search

RULES_FILE = "AGENTS.md"
MAX_FOUND = 200
"""Files looked at because they hold words of the prompt, while there is no index."""
MAX_MENTIONED = 400
"""Files that the mention of a folder stands for at most."""
CARET_STEP = 40
"""Lines by which the surroundings of the caret move, so that not every key makes another text of them."""
RANKED_FOR = 20_000
"""Characters of the prompt for which files are ranked."""
RERANK = 20
"""Changes of the index after which the same question is ranked anew in any case."""
MAX_DEFINITIONS = 4
"""Places that a mentioned name stands for at most."""


async def _nothing() -> str:
    return ""


@dataclass(slots=True)
class Sources:
    """Where the rest of what a prompt may ask for comes from; set by whoever has it."""

    changes: Callable[[], Awaitable[str]] = _nothing
    """`@diff`."""
    terminal: Callable[[], str] = lambda: ""
    """`@terminal`: what programs wrote that ran last."""
    terminal_told: Callable[[], str] = lambda: ""
    """What that is, in a few words."""
    diagnostics: Callable[[], Sequence[str]] = lambda: ()
    """One line each, `path:line: what`."""
    decisions: Callable[[], Sequence[str]] = lambda: ()
    """One line per file that was decided on in this sitting."""
    recent: Callable[[], Sequence[str]] = lambda: ()
    """Files edited or decided on lately, the latest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to gather for."""

    prompt: str
    room: int
    """Tokens that the pieces may take together."""
    said: Sequence[Item] = ()
    """The conversation so far."""
    wishes: Wishes = field(default_factory=Wishes)
    is_final: bool = False
    """Whether it is about to be sent: then what is on disk is looked at, whatever the index says."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Candidates, and what was withheld from them."""

    pieces: tuple[Piece, ...]
    withheld: Mapping[str, Mapping[str, str]]
    """Path to markers and what they stand for."""
    notes: tuple[str, ...] = ()


class Gatherer:
    """Reads candidates and describes them for the planner."""

    def __init__(
        self,
        workspace: Workspace,
        files: Files,
        search: Search,
        index: Index | None,
        listing: Callable[[], Listing],
    ) -> None:
        self._workspace = workspace
        self._search = search
        self._index = index
        self._listing = listing
        self.sources = Sources()
        self._ranked: _Ranking | None = None
        self._listed: tuple[Listing, Sequence[str], frozenset[str]] = Listing(()), (), frozenset()
        """A listing, its paths, and which of them are rules."""
        self._reader = Reader(workspace, files, self._facts)

    def _facts(self) -> RepoFacts:
        return self._index.snapshot() if self._index is not None else RepoFacts()

    @property
    def open_files(self) -> frozenset[str]:
        """Files that the person has open."""
        return frozenset(self._workspace.tabs)

    def special(self) -> tuple[tuple[str, str], ...]:
        """What can be mentioned and is no file: the word after `@`, and what it stands for."""
        return ("diff", "what differs from the last commit"), ("terminal", self.sources.terminal_told())

    async def gather(self, wanted: Wanted) -> Gathered:
        """Collect the candidates for a prompt; what the conversation holds already is not sent again."""
        paths = await self._paths()
        named, unknown = await asyncio.to_thread(mentions, wanted.prompt, paths)
        named = named[:MAX_MENTIONED]
        ranked, notes = await self._rank(wanted, paths, named)
        near = self._near(named)
        first = [*near, *named, *self._workspace.tabs, *wanted.wishes.paths]
        worth = worth_reading(ranked, self._facts().files, wanted.room)
        read = list(dict.fromkeys([*first, *worth]))
        await self._reader.look(read, wanted.wishes.allowed, trusts_index=not wanted.is_final)
        symbols = [name for name in unknown if name not in ("diff", "terminal")]
        places = await asyncio.to_thread(self._definitions, symbols)
        await self._reader.look([path for paths_of in places.values() for path, _, _ in paths_of])
        asked = await self._asked(unknown)
        return await asyncio.to_thread(
            self._describe, wanted, _Candidates(near, named, unknown, places, ranked, asked, notes)
        )

    # Where things are

    async def _paths(self) -> Sequence[str]:
        """The files there are; of a long listing they are taken out once."""
        listing = self._listing()
        if listing is not self._listed[0]:
            self._listed = listing, *(await asyncio.to_thread(_taken_out, listing))
        return self._listed[1]

    def _near(self, named: Sequence[str]) -> list[str]:
        """The rules that hold for what the person is at, from the root down."""
        active = self._workspace.active
        chain: dict[str, None] = {RULES_FILE: None}
        for path in ([active] if active else []) + list(named):
            folders = path.split("/")[:-1]
            chain.update(
                (f"{'/'.join(folders[: depth + 1])}/{RULES_FILE}", None) for depth in range(len(folders))
            )
        known = self._listed[2]
        return sorted((path for path in chain if path in known), key=lambda path: (path.count("/"), path))

    async def _rank(
        self, wanted: Wanted, paths: Sequence[str], named: Sequence[str]
    ) -> tuple[Sequence[Ranked], tuple[str, ...]]:
        if not wanted.prompt.strip():
            return (), ()
        progress = self._index.progress if self._index is not None else IndexProgress()
        if self._index is not None and _is_enough(progress):
            active = self._workspace.active
            tabs = [active] if active else []
            query = Query(
                wanted.prompt[:RANKED_FOR],
                tuple(named),
                tuple(dict.fromkeys([*tabs, *self._workspace.tabs])),
                wanted.wishes.paths,
                tuple(self.sources.recent()),
            )
            ranked = await self._ranking(query, wanted.is_final)
            if ranked or progress.is_ready:
                return ranked, _noted(progress, "the rest is not ranked yet")
        notes = _noted(progress, "ranked by words alone")
        words = telling_words(wanted.prompt[:RANKED_FOR])
        hits = await self._search.containing(words, paths) if words else {}
        best = sorted(hits, key=lambda path: (-hits[path], path))[:MAX_FOUND]
        most = max(hits.values(), default=1)
        return [Ranked(path, hits[path] / most, _holds(hits[path])) for path in best], notes

    async def _ranking(self, query: Query, is_final: bool) -> Sequence[Ranked]:
        """Rank, or take the last ranking again: one for the same question that was made of the same facts.

        While the person only looks, other text in the same files is no reason to rank anew.
        """
        assert self._index is not None
        facts = self._facts()
        known = self._ranked
        if known is not None and known.serves(query, facts, is_final):
            return known.ranked
        ranked = await self._index.rank(query)
        facts = self._facts()
        self._ranked = _Ranking(query, facts.revision, len(facts.files), ranked)
        return ranked

    def _definitions(self, names: Sequence[str]) -> dict[str, list[tuple[str, int, int]]]:
        """Where mentioned names are defined: path, first line, line after the last."""
        found: dict[str, list[tuple[str, int, int]]] = {}
        if not names:
            return found
        wanted = {name.rstrip(".,;:!?)").rpartition(".")[2]: name for name in names}
        for facts in self._facts().files.values():
            for definition in facts.definitions:
                name = wanted.get(definition.name)
                if name is not None and len(found.setdefault(name, [])) < MAX_DEFINITIONS:
                    found[name].append((facts.path, definition.line, definition.end_line + 1))
        return found

    async def _asked(self, unknown: Sequence[str]) -> list[tuple[PieceKind, str, str]]:
        """What the prompt asks for that is no file: kind, tag, text."""
        asked: list[tuple[PieceKind, str, str]] = []
        if "diff" in unknown:
            asked.append((PieceKind.CHANGES, "diff", await self.sources.changes()))
        if "terminal" in unknown:
            asked.append((PieceKind.TERMINAL, "terminal", self.sources.terminal()))
        lines = self.sources.diagnostics()
        if lines:
            asked.append((PieceKind.DIAGNOSTICS, "diagnostics", "\n".join(lines)))
        return asked

    # What they are

    def _describe(self, wanted: Wanted, found: "_Candidates") -> Gathered:
        sent = Sent(wanted.said)
        described = Described(self._reader, wanted.wishes, sent)
        for path in found.near:
            described.add_rules(path)
        active = self._workspace.active
        if active is not None:
            described.add(
                path=active, kind=PieceKind.ACTIVE, rank=Rank.ACTIVE, reason="", caret=self._caret(active)
            )
        for path in found.named:
            described.add(path, PieceKind.MENTION, Rank.MENTION, "named in the prompt")
        for path in self._workspace.tabs:
            described.add(path, PieceKind.TAB, Rank.TAB, "", cap=wanted.room // 4)
        for path in wanted.wishes.paths:
            described.add(path, PieceKind.FOUND, Rank.FOUND, "")
        for name in found.unknown:
            described.add_symbol(name, found.places.get(name, ()))
        for kind, tag, text in found.asked:
            nothing = self.sources.terminal_told() if kind is PieceKind.TERMINAL else ""
            described.add_text(kind, tag, text, nothing=nothing)
        if not wanted.said and (rows := self.sources.decisions()):
            described.add_text(PieceKind.DECISIONS, "decisions", "\n".join(rows), Rank.DECISIONS)
        for each in found.ranked:
            described.add_found(each)
        described.pieces += self._place()
        return Gathered(tuple(described.pieces), described.withheld, found.notes)

    def _caret(self, path: str) -> int:
        buffer = self._workspace.buffer(path)
        return buffer.caret.line // CARET_STEP * CARET_STEP if buffer is not None else -1

    def _place(self) -> list[Piece]:
        active = self._workspace.active
        buffer = self._workspace.buffer(active) if active else None
        if buffer is None or self._reader.page(buffer.path, caret=self._caret(buffer.path)).fault:
            return []
        body = place_block(buffer.path, buffer.caret.line, buffer.selection)
        return [Piece(PieceKind.CURSOR, f"place in {buffer.path}", {Form.WHOLE: body}, Rank.CURSOR)]


def _taken_out(listing: Listing) -> tuple[Sequence[str], frozenset[str]]:
    """The paths of a listing, and which of them are rules."""
    paths = tuple(entry.path for entry in listing.entries if entry.mark != "D")
    return paths, frozenset(path for path in paths if path.endswith(RULES_FILE))


def _is_enough(progress: IndexProgress) -> bool:
    """Whether the index can rank: what was changed lately is read first, so half of it is the better half."""
    return progress.is_ready or 0 < progress.total < 2 * progress.done


def _noted(progress: IndexProgress, otherwise: str) -> tuple[str, ...]:
    if progress.note or progress.is_ready or not progress.total:
        return (progress.note,) if progress.note else ()
    return (f"index {100 * progress.done // progress.total} %: {otherwise}",)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """A ranking, and what it was made of."""

    query: Query
    revision: int
    files: int
    ranked: Sequence[Ranked]

    def serves(self, query: Query, facts: RepoFacts, is_final: bool) -> bool:
        """Whether it may be taken for an answer to `query` now."""
        changes = facts.revision - self.revision
        is_same = self.query == query and self.files == len(facts.files)
        return is_same and changes < (1 if is_final else RERANK)


@dataclass(frozen=True, slots=True)
class _Candidates:
    near: Sequence[str]
    named: Sequence[str]
    unknown: Sequence[str]
    places: Mapping[str, Sequence[tuple[str, int, int]]]
    ranked: Sequence[Ranked]
    asked: Sequence[tuple[PieceKind, str, str]]
    notes: tuple[str, ...]


def _holds(count: int) -> str:
    return f"holds words of the prompt ({count})"
