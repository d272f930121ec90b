"""Describes candidates for the planner: what each is, its forms, and which the conversation holds already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from spark_tui.core.context import Form, Page, Piece, PieceKind, Rank, Wishes, block, read_blocks
from spark_tui.core.context.secrets import denied, redact
from spark_tui.core.repo import Ranked
from spark_tui.core.wire import Item, UserMessage
from spark_tui.engine.reading import Reader

RULES_MOST = 32_768
"""Characters of one file of rules that are sent."""
WORTH_MORE = 0.6
"""Score from which a file that was sent slim is sent again in a fuller form."""
ALREADY_SENT = "already sent, unchanged"


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
        return replace(piece, bodies={}, fault=ALREADY_SENT)


@lru_cache(maxsize=64)
def _blocks(message: str) -> tuple[tuple[str, str, str], ...]:
    """Tag, path and text of the blocks in a message; what was said once does not change."""
    return tuple((found.tag, found.path, found.text) for found in read_blocks(message) if found.tag)


class Described:
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

    def add_text(
        self, kind: PieceKind, tag: str, text: str, rank: int = Rank.ASKED, *, nothing: str = ""
    ) -> None:
        """Tell of something that is no file; the newest lines of it, if it is long. `nothing`: why there is none."""
        label = f"@{tag}" if kind in (PieceKind.CHANGES, PieceKind.TERMINAL) else tag
        if not text.strip():
            self._put(Piece(kind, label, {}, rank, fault=nothing or "there is nothing"))
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
