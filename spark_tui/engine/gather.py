"""Collects what a request could hold: rules, open files, mentioned files, files with the prompt's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from spark_tui.core.context import (
    INSTRUCTIONS,
    PATCH_TOOL_DESCRIPTION,
    Budget,
    ContextPlan,
    Piece,
    PieceKind,
    Rank,
    file_block,
    mentions,
    place_block,
    plan,
    telling_words,
)
from spark_tui.core.edits import PATCH_GRAMMAR
from spark_tui.core.text import Text
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Listing, PortError, Search, TokenCounter

RULES_FILE = "AGENTS.md"
MAX_FOUND = 200
"""Files looked at because they hold words of the prompt."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A plan and the fingerprints of the files in it."""

    plan: ContextPlan
    prints: Mapping[str, str]
    """Path to fingerprint of the block that is sent."""


class Gatherer:
    """Reads candidates and lets the planner choose."""

    def __init__(
        self, workspace: Workspace, search: Search, counter: TokenCounter, listing: Callable[[], Listing]
    ) -> None:
        self._workspace = workspace
        self._search = search
        self._counter = counter
        self._listing = listing
        self._counts: dict[str, int] = {}

    def count(self, text: str) -> int:
        """Tokens in `text`, remembered by content."""
        key = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        known = self._counts.get(key)
        if known is None:
            if len(self._counts) > 4096:
                self._counts.clear()
            known = self._counts[key] = self._counter.count(text)
        return known

    async def gather(self, prompt: str, limit: int, history: int, sent: Mapping[str, str]) -> Gathered:
        """Plan the context for `prompt`; files whose `sent` fingerprint still holds are not sent again."""
        pieces: dict[str, Piece] = {}
        paths = [entry.path for entry in self._listing().entries]
        named, unknown = mentions(prompt, paths)
        if RULES_FILE in paths:
            await self._add(pieces, RULES_FILE, PieceKind.RULES, Rank.RULES)
        active = self._workspace.active
        if active is not None:
            await self._add(pieces, active, PieceKind.ACTIVE, Rank.ACTIVE)
        for path in named:
            await self._add(pieces, path, PieceKind.MENTION, Rank.MENTION)
        for path in self._workspace.tabs:
            await self._add(pieces, path, PieceKind.TAB, Rank.TAB)
        words = telling_words(prompt)
        hits = await self._search.containing(words, paths) if words else {}
        best = sorted(hits, key=lambda path: (-hits[path], path))[:MAX_FOUND]
        for path in best:
            # A token is hardly ever more than six characters: what lies beyond could not be sent anyway.
            if sum(len(piece.body) for piece in pieces.values()) > limit * 6:
                break
            await self._add(pieces, path, PieceKind.FOUND, Rank.FOUND, float(hits[path]))
        prints = {path: _print(piece) for path, piece in pieces.items()}
        fresh = [
            _without(piece, "already sent, unchanged") if sent.get(path) == prints[path] else piece
            for path, piece in pieces.items()
        ]
        fresh += [
            _without(Piece(PieceKind.MENTION, name, "", Rank.MENTION), "no such file") for name in unknown
        ]
        fresh += self._place()
        budget = Budget(limit, self._fixed(prompt), history)
        chosen = plan(fresh, budget, self.count, exact=self._counter.exact)
        going = {entry.piece.label for entry in chosen.chosen}
        return Gathered(chosen, {path: prints[path] for path in prints if path in going})

    def _fixed(self, prompt: str) -> int:
        constant = INSTRUCTIONS + PATCH_TOOL_DESCRIPTION + PATCH_GRAMMAR
        return self.count(constant) + self.count(prompt) + 32

    async def _add(
        self, pieces: dict[str, Piece], path: str, kind: PieceKind, rank: int, score: float = 0.0
    ) -> None:
        if path in pieces:
            return
        try:
            buffer = await self._workspace.fresh(path)
        except PortError as error:
            pieces[path] = Piece(kind, path, "", rank, fault=str(error))
            return
        pieces[path] = Piece(kind, path, _body(path, buffer.text), rank, score, _fault(path, buffer.text))

    def _place(self) -> list[Piece]:
        active = self._workspace.active
        buffer = self._workspace.buffer(active) if active else None
        if buffer is None or _fault(buffer.path, buffer.text):
            return []
        body = place_block(buffer.path, buffer.caret.line, buffer.selection)
        return [Piece(PieceKind.CURSOR, f"place in {buffer.path}", body, Rank.CURSOR)]


def _body(path: str, text: Text) -> str:
    return "" if text.read_only else file_block(path, text)


def _fault(path: str, text: Text) -> str:
    if text.binary:
        return "binary"
    if text.read_only:
        return "not UTF-8"
    if "\n" in path or "\r" in path:
        return "file name holds a line break"
    return "file name is not UTF-8" if not _is_sendable(path) else ""


def _is_sendable(text: str) -> bool:
    """Whether a text can be written as UTF-8; names of files need not be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _print(piece: Piece) -> str:
    return sha256(piece.body.encode("utf-8", "surrogatepass")).hexdigest()


def _without(piece: Piece, reason: str) -> Piece:
    return Piece(piece.kind, piece.label, "", piece.rank, piece.score, piece.fault or reason)
