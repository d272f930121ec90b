"""Collects what a request could hold: rules, open and mentioned files, what the prompt asks for, ranked files."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from spark_tui.core.context import (
    Form,
    Page,
    Piece,
    PieceKind,
    Rank,
    Wishes,
    block,
    mentions,
    place_block,
    read_blocks,
    telling_words,
    worth_reading,
)
from spark_tui.core.context.secrets import denied, redact
from spark_tui.core.repo import Query, Ranked, RepoFacts
from spark_tui.core.wire import Item, UserMessage
from spark_tui.engine.reading import Reader
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Files, Index, Listing, Search

RULES_FILE = "AGENTS.md"
RULES_MOST = 32_768
"""Characters of one file of rules that are sent."""
MAX_FOUND = 200
"""Files looked at because they hold words of the prompt, while there is no index."""
MAX_MENTIONED = 400
"""Files that the mention of a folder stands for at most."""
WORTH_MORE = 0.6
"""Score from which a file that was sent slim is sent again in a fuller form."""
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
    """`@terminal`: the last lines of output."""
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
        if self._index is not None and self._index.progress.is_ready:
            active = self._workspace.active
            tabs = [active] if active else []
            query = Query(
                wanted.prompt[:RANKED_FOR],
                tuple(named),
                tuple(dict.fromkeys([*tabs, *self._workspace.tabs])),
                wanted.wishes.paths,
                tuple(self.sources.recent()),
            )
            note = self._index.progress.note
            return await self._ranking(query, wanted.is_final), (note,) if note else ()
        notes: tuple[str, ...] = ()
        if self._index is not None:
            progress = self._index.progress
            notes = (progress.note,) if progress.note else ()
            if not progress.note and progress.total:
                notes = (f"index {100 * progress.done // progress.total} %: ranked by words alone",)
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
        described = _Described(self._reader, wanted.wishes, sent)
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
            described.add_text(kind, tag, text)
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


class Sent:
    """What the conversation holds already, in its newest version."""

    def __init__(self, said: Iterable[Item]) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        """Path to tag to the newest block."""
        self._rows: set[str] = set()
        for item in said:
            if not isinstance(item, UserMessage) or "<" not in item.text:
                continue
            for tag, path, text in _blocks(item.text):
                if tag == "map":
                    self._rows.update(text.split("\n")[1:-1])
                elif path:
                    self._texts.setdefault(path, {})[tag] = text

    def without(self, piece: Piece) -> Piece:
        """A piece with only the forms that would tell something new."""
        if piece.fault:
            return piece
        there = self._texts.get(piece.label, {})
        if piece.rank >= Rank.FOUND and "skeleton" in there:
            # Other lines of the same file tell little that is new.
            bodies: dict[Form, str] = {
                form: piece.bodies[form] for form in piece.forms if form in (Form.WHOLE, Form.SKELETON)
            }
            if piece.score < WORTH_MORE or not bodies:
                return replace(piece, bodies={}, fault="already sent in part")
            piece = replace(piece, bodies=bodies)
        known = [
            form
            for form in piece.forms
            if piece.bodies[form] in there.values() or (form is Form.MAP and piece.bodies[form] in self._rows)
        ]
        if not known:
            return piece
        fuller = {form: piece.bodies[form] for form in piece.forms[: piece.forms.index(known[0])]}
        if fuller and (piece.rank < Rank.FOUND or piece.score >= WORTH_MORE):
            floor = piece.floor if piece.floor is Form.WHOLE else Form.OUT
            return replace(piece, bodies=fuller, floor=floor)
        return replace(piece, bodies={}, fault="already sent, unchanged")


@lru_cache(maxsize=64)
def _blocks(message: str) -> tuple[tuple[str, str, str], ...]:
    """Tag, path and text of the blocks in a message; what was said once does not change."""
    return tuple((found.tag, found.path, found.text) for found in read_blocks(message) if found.tag)


class _Described:
    """Pieces as they come up; a path that was told of once is not told of again."""

    def __init__(self, reader: Reader, wishes: Wishes, sent: Sent) -> None:
        self.pieces: list[Piece] = []
        self.withheld: dict[str, Mapping[str, str]] = {}
        self._reader = reader
        self._wishes = wishes
        self._sent = sent
        self._told: set[str] = set()

    def _put(self, piece: Piece) -> None:
        self._told.add(piece.label)
        self.pieces.append(self._sent.without(self._wishes.applied(piece)))

    def _withhold(self, path: str, markers: Mapping[str, str]) -> None:
        if markers:
            self.withheld[path] = {**self.withheld.get(path, {}), **markers}

    def _page(self, path: str, caret: int = -1) -> Page:
        page = self._reader.page(path, allowed=path in self._wishes.allowed, caret=caret)
        self._withhold(path, page.withheld)
        return page

    def add(
        self,
        path: str,
        kind: PieceKind,
        rank: int,
        reason: str,
        *,
        cap: int = 0,
        caret: int = -1,
    ) -> None:
        """Tell of a file."""
        if path in self._told:
            return
        page = self._page(path, caret)
        bodies = page.bodies if page.fault else {**page.bodies, Form.MAP: self._reader.map_line(path)}
        self._put(Piece(kind, path, bodies, rank, 0.0, reason, Form.OUT, cap, page.fault, page.remark, path))

    def add_rules(self, path: str) -> None:
        """Tell of a file of rules; it always goes along, in full lines."""
        page = self._page(path)
        if page.fault:
            self.add(path, PieceKind.RULES, Rank.RULES, "")
            return
        rows, remark = page.bodies[Form.WHOLE].split("\n")[1:-1], page.remark
        size = kept = 0
        for row in rows:
            size += len(row) + 1
            if size > RULES_MOST:
                remark = f"cut after line {kept} of {len(rows)}"
                break
            kept += 1
        body = block("rules", rows[:kept], path)
        self._put(
            Piece(
                PieceKind.RULES,
                path,
                {Form.WHOLE: body},
                Rank.RULES,
                floor=Form.WHOLE,
                remark=remark,
                path=path,
            )
        )

    def add_found(self, ranked: Ranked) -> None:
        """Tell of a ranked file: in every form if it was read, in one line if not."""
        if ranked.path not in self._told:
            piece, page = self._reader.found(ranked, allowed=ranked.path in self._wishes.allowed)
            self._withhold(ranked.path, page.withheld)
            self._put(piece)

    def add_symbol(self, name: str, places: Sequence[tuple[str, int, int]]) -> None:
        """Tell of the definitions of a mentioned name."""
        if name in ("diff", "terminal"):
            return
        if not places:
            self._put(Piece(PieceKind.MENTION, name, {}, Rank.MENTION, fault="no such file"))
        for path, first, after in places:
            text = self._reader.text(path)
            label = f"{path}:{first + 1} {name}"
            if text is None or denied(path):
                continue
            clean = redact("\n".join(text.lines(first, min(after, text.row_count))), "d")
            self._withhold(path, clean.withheld)
            body = block("definition", clean.text.split("\n"), path, name=name, first_line=str(first + 1))
            reason = "defined here, named in the prompt"
            self._put(
                Piece(PieceKind.MENTION, label, {Form.WHOLE: body}, Rank.MENTION, reason=reason, path=path)
            )

    def add_text(self, kind: PieceKind, tag: str, text: str, rank: int = Rank.ASKED) -> None:
        """Tell of something that is no file; the newest lines of it, if it is long."""
        label = f"@{tag}" if kind in (PieceKind.CHANGES, PieceKind.TERMINAL) else tag
        if not text.strip():
            self._put(Piece(kind, label, {}, rank, fault="there is nothing"))
            return
        allowed = label in self._wishes.allowed
        clean = redact(text, tag[:1])
        if not allowed:
            self._withhold("", clean.withheld)
        count = len(clean.withheld)
        remark = f"{count} secret{'s' * (count != 1)} withheld" if count and not allowed else ""
        rows = (text if allowed else clean.text).split("\n")
        bodies = {Form.WHOLE: block(tag, rows)}
        if len(rows) > 80:
            bodies[Form.SKELETON] = block(tag, ["…", *rows[-60:]], of=str(len(rows)))
        self._put(Piece(kind, label, bodies, rank, floor=Form.OUT, remark=remark))


def _holds(count: int) -> str:
    return f"holds words of the prompt ({count})"
