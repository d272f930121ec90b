"""Draws the review as lines: files, hunks with their state in words, and the rows of the selected hunk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from rich.cells import cell_len

from spark_tui.core.checks import NO_BADGE, Badge
from spark_tui.core.display import hidden_names, inert
from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import PENDING, FileView, HunkState, HunkView, Verdict
from spark_tui.core.values import dataclass
from spark_tui.engine import Choice
from spark_tui.ui.widgets.cells import cut, cut_path, quoted, wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, Part, plain
from spark_tui.ui.widgets.review_body import BodyLine, BodyLook, HunkBody, note_lines
from spark_tui.ui.widgets.review_columns import heading, is_roomy, side_by_side

_STATES: dict[HunkState, tuple[str, str, str]] = {
    HunkState.STREAMING: ("~", "arriving", "accent"),
    HunkState.PROPOSED: ("o", "proposed", "strong"),
    HunkState.AMBIGUOUS: ("?", "which place?", "stale"),
    HunkState.UNPLACED: ("?", "no place found", "stale"),
    HunkState.APPLIED: ("+", "accepted", "added"),
    HunkState.REJECTED: ("x", "rejected", "muted"),
    HunkState.SATISFIED: ("=", "already there", "muted"),
    HunkState.CONFLICTED: ("!", "conflict", "stale"),
    HunkState.STALE: ("!", "stale", "stale"),
    HunkState.REFUSED: ("!", "refused", "error"),
}

_LATCHED = {Verdict.ACCEPT: "will accept when complete", Verdict.REJECT: "will reject when complete"}
_LATCHED_SHORT = {Verdict.ACCEPT: "will be accepted", Verdict.REJECT: "will be rejected"}
_ROOMY = 48
"""Cells from which a latch is written out."""
_TALKATIVE = 56
"""Cells from which more than the state is said about a hunk."""

_MOST_YOURS = 40
"""Lines of the person that are shown beside a hunk in conflict with them."""

_OPS = {FileOp.ADD: "new file", FileOp.DELETE: "deletes", FileOp.UPDATE: ""}


@dataclass(frozen=True, slots=True)
class Extra:
    """What is known about a hunk besides what the model proposes."""

    is_seen: bool = False
    is_deferred: bool = False
    version: str = ""
    """Which of several versions is shown, as in `2/3`; empty: there is one."""
    notes: tuple[tuple[int, str], ...] = ()
    """The person's comments by the number of the row they stand under; -1: on the whole hunk."""
    badge: Badge = NO_BADGE
    """How its checks stand."""
    why: str = ""
    """What the model said it is for."""
    choices: tuple[Choice, ...] = ()
    """All its versions, if there are several."""
    there: tuple[str, ...] = ()
    """The person's lines that it is in conflict with."""
    is_away: bool = False
    """Whether the deep lane works on it."""

    def words(self, width: int) -> str:
        """What is worth saying beside the state."""
        count = len(self.notes)
        away = "with the deep lane" if self.is_away else ""
        if width < _TALKATIVE:
            said = (self.version, f"#{count}" if count else "", "deep" if self.is_away else "")
        else:
            notes = f"{count} comment{'s' * (count != 1)}" if count else ""
            said = (f"version {self.version}" if self.version else "", notes, away)
        return ", ".join(word for word in said if word)

    def checked(self, width: int) -> Part:
        """How the checks stand, as far as there is room."""
        words = cut(inert(self.badge.words), width // 2) if width >= _TALKATIVE else self.badge.short
        return ("error" if self.badge.is_red else "muted", f"  {words}" if words else "")


NOTHING = Extra()


@dataclass(frozen=True, slots=True)
class ReviewLook:
    """View state that decides how the review is drawn."""

    body: BodyLook = field(default_factory=BodyLook)
    selected: str | None = None
    """Id of the hunk that shows its rows."""
    why: bool = False
    """Whether the selected hunk explains itself."""
    columns: bool = False
    """Whether its versions stand side by side, where there is room."""
    limit: int = 400
    """Rows of the selected hunk that are drawn, if there are that many."""

    @property
    def width(self) -> int:
        """Cells there are."""
        return self.body.width


@dataclass(slots=True)
class ReviewSheet:
    """The review as lines, and what stands where."""

    lines: list[Line] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    """Per line: id of the hunk it belongs to, or nothing."""
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Hunk id to its first line and the one after its last."""
    rows: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Line to the rows of the selected hunk that stand in it."""


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one file without the rows of any hunk, and all that they depend on."""

    file: FileView
    width: int
    selected: str | None
    stamp: object
    extras: tuple[Extra, ...]
    lines: tuple[Line, ...]
    owners: tuple[str, ...]

    def has(self, place: int, hunk: HunkView) -> bool:
        """Whether this hunk, as it is, was drawn at that place."""
        return place < len(self.file.hunks) and self.file.hunks[place] is hunk

    @property
    def head(self) -> list[Line]:
        """The lines about the file."""
        return list(self.lines[: len(self.lines) - len(self.file.hunks)])

    def line(self, place: int) -> Line:
        """The line of the hunk at a place."""
        return self.lines[len(self.lines) - len(self.file.hunks) + place]


class SheetMaker:
    """Draws the review again and again; files that are the same are drawn once."""

    def __init__(
        self,
        extra: Callable[[HunkView], Extra] = lambda hunk: NOTHING,
        stamp: Callable[[], object] = lambda: None,
    ) -> None:
        """`extra` tells what is known besides; it is asked again for hunks that are the same if `stamp` is another."""
        self._extra = extra
        self._stamp = stamp
        self._blocks: dict[str, _Block] = {}
        self._bodies: dict[str, HunkBody] = {}

    def sheet(self, files: Sequence[FileView], look: ReviewLook) -> ReviewSheet:
        """Draw the review of these files."""
        drawn = ReviewSheet()
        kept = self._bodies.pop(look.selected or "", None) or HunkBody()
        self._bodies = {look.selected or "": kept}
        blocks: dict[str, _Block] = {}
        stamp = self._stamp()
        for file in files:
            if drawn.lines:
                drawn.lines.append(BLANK)
                drawn.owners.append("")
            block = blocks[file.id] = self._block(file, look, stamp)
            self._lay(drawn, block, look)
        self._blocks = blocks
        return drawn

    def _block(self, file: FileView, look: ReviewLook, stamp: object) -> _Block:
        """Draw a file; of one that is drawn already, only the hunks of which something changed."""
        selected = look.selected if any(hunk.id == look.selected for hunk in file.hunks) else None
        known = self._blocks.get(file.id)
        if known is not None and known.width != look.width:
            known = None
        if known is not None and known.file is file and (known.selected, known.stamp) == (selected, stamp):
            return known
        lines = _head(file, look.width) if known is None or known.file is not file else known.head
        owners = [*[""] * len(lines), *(hunk.id for hunk in file.hunks)]
        drawn = [self._hunk(hunk, place, known, look, stamp) for place, hunk in enumerate(file.hunks)]
        lines += [line for _, line in drawn]
        extras = tuple(extra for extra, _ in drawn)
        return _Block(file, look.width, selected, stamp, extras, tuple(lines), tuple(owners))

    def _hunk(
        self, hunk: HunkView, place: int, known: _Block | None, look: ReviewLook, stamp: object
    ) -> tuple[Extra, Line]:
        """Return what is known of a hunk, and its line; drawn only if something is another than before."""
        is_selected = hunk.id == look.selected
        if known is None or not known.has(place, hunk):
            extra = self._extra(hunk)
            return extra, _hunk_line(hunk, extra, look.width, is_selected)
        before = known.extras[place]
        extra = before if known.stamp == stamp else self._extra(hunk)
        if extra == before and is_selected == (hunk.id == known.selected):
            return extra, known.line(place)
        return extra, _hunk_line(hunk, extra, look.width, is_selected)

    def _lay(self, drawn: ReviewSheet, block: _Block, look: ReviewLook) -> None:
        start = len(drawn.lines)
        for place, owner in enumerate(block.owners):
            if owner:
                drawn.spans[owner] = (start + place, start + place + 1)
        if block.selected is None:
            drawn.lines += block.lines
            drawn.owners += block.owners
            return
        place = block.owners.index(block.selected) + 1
        number = place - (len(block.owners) - len(block.file.hunks)) - 1
        body = self._body(block.file.hunks[number], block.extras[number], look)
        for at, line in enumerate(body, start + place):
            if line.rows:
                drawn.rows[at] = line.rows
        drawn.lines += [*block.lines[:place], *(line.line for line in body), *block.lines[place:]]
        drawn.owners += [*block.owners[:place], *[block.selected] * len(body), *block.owners[place:]]
        for owner in block.owners[place:]:
            first, stop = drawn.spans[owner]
            drawn.spans[owner] = (first + len(body), stop + len(body))
        first, stop = drawn.spans[block.selected]
        drawn.spans[block.selected] = (first, stop + len(body))

    def _body(self, hunk: HunkView, extra: Extra, look: ReviewLook) -> list[BodyLine]:
        notes: dict[int, list[str]] = {}
        for row, text in extra.notes:
            notes.setdefault(row, []).append(inert(text.replace("\n", " ")))
        lines = [BodyLine(line) for line in _remarks(hunk, extra, look)]
        lines += [BodyLine(line) for text in notes.get(-1, ()) for line in note_lines(text, look.width)]
        if extra.choices:
            lines += [BodyLine(line) for line in heading(extra.choices, look.width)]
            if look.columns and is_roomy(look.width):
                return lines + [BodyLine(line) for line in side_by_side(extra.choices, look.body, look.limit)]
        lines += [BodyLine(line) for line in _yours(extra.there, look.width)]
        return lines + self._bodies[hunk.id].lines(hunk, look.body, look.limit, notes)


def sheet(
    files: Sequence[FileView], look: ReviewLook, extras: Mapping[str, Extra] | None = None
) -> ReviewSheet:
    """Draw the review once."""
    known = extras or {}
    return SheetMaker(lambda hunk: known.get(hunk.id, NOTHING)).sheet(files, look)


def state_words(hunk: HunkView, width: int = _ROOMY) -> str:
    """Say a hunk's state as people read it."""
    if hunk.state is HunkState.STREAMING and hunk.latch is not None:
        return (_LATCHED if width >= _ROOMY else _LATCHED_SHORT)[hunk.latch]
    if hunk.state is HunkState.AMBIGUOUS:
        return f"fits {hunk.candidates} places"
    return _STATES[hunk.state][1]


def open_hunks(files: Sequence[FileView]) -> int:
    """Count the hunks that wait for a decision."""
    return sum(file.pending for file in files)


def _head(file: FileView, width: int) -> list[Line]:
    note = wrap_words(inert(file.note), width - 4) if file.note else []
    return [_file_line(file, width), *(plain(f"   {text}", "stale") for text in note)]


def _file_line(file: FileView, width: int) -> Line:
    waiting = file.pending
    added, removed = sum(hunk.added for hunk in file.hunks), sum(hunk.removed for hunk in file.hunks)
    right: list[Part] = [("added", f" +{added}"), ("removed", f" -{removed}")]
    decided = file.accepted + file.rejected
    right.append(("muted", f"  {waiting} open " if waiting else "  done " if decided else " "))
    about = f"-> {inert(file.new_path)} " if file.new_path else ""
    about = f" {_OPS[file.op] or about}".rstrip()
    room = width - sum(len(text) for _, text in right) - 1
    name = cut_path(inert(file.path), max(room - cell_len(about), 12))
    return Line((("", " "), ("title", name), ("muted", cut(about, room - cell_len(name)))), tuple(right))


def _hunk_line(hunk: HunkView, extra: Extra, width: int, selected: bool) -> Line:
    sign, _, style = _STATES[hunk.state]
    word = state_words(hunk, width)
    if hunk.state in PENDING:
        if extra.is_deferred:
            sign, word, style = "=", "put off", "muted"
        elif extra.is_seen and style == "strong":
            style = ""
    place = f"{hunk.line + 1}" if hunk.line is not None else "-"
    counts: list[Part] = [("added", f" +{hunk.added}"), ("removed", f" -{hunk.removed}")]
    words = extra.words(width)
    said: list[Part] = [("muted", f"  {words}")] if words else []
    checked = extra.checked(width)
    right = [*counts, *said, *([checked] if checked[1] else []), (style, f"  {word} ")]
    left: list[Part] = [("accent" if selected else "muted", "> " if selected else "  "), (style, f"{sign} "),
                        ("", f"{place:<5}")]  # fmt: skip
    room = width - sum(cell_len(text) for _, text in (*left, *right))
    left.append(("muted", cut(inert(hunk.header.strip()), room)))
    return Line(tuple(left), tuple(right), "selected" if selected else "")


def _yours(there: Sequence[str], width: int) -> list[Line]:
    """Show the lines that the person has where a hunk in conflict wants to be."""
    if not there:
        return []
    lines = [plain("     you have:", "person")]
    lines += [plain(cut(f"     | {quoted(text)}", width - 1), "person") for text in there[:_MOST_YOURS]]
    if len(there) > _MOST_YOURS:
        lines.append(plain(f"     ... {len(there) - _MOST_YOURS} more lines", "muted"))
    return [*lines, plain("     it would make of what was there:", "muted")]


def _remarks(hunk: HunkView, extra: Extra, look: ReviewLook) -> list[Line]:
    said: list[Part] = []
    if extra.badge.words:
        said.append(("error" if extra.badge.is_red else "muted", f"checks: {inert(extra.badge.words)}"))
    if hunk.note:
        said.append(("stale", inert(hunk.note)))
    if hunk.state is HunkState.AMBIGUOUS:
        places = ", ".join(f"{place}: line {line + 1}" for place, line in enumerate(hunk.alternatives[:9], 1))
        said.append(("stale", f"press a number to pick the place. {places}"))
    names = hidden_in(hunk)
    if names:
        said.append(("error", f"hidden characters, shown as marks: {', '.join(names)}"))
    if look.why:
        said += [("person", f"why: {inert(extra.why)}")] if extra.why else []
        said.append(("muted", _explained(hunk)))
    return [
        plain(f"     {text}", style) for style, words in said for text in wrap_words(words, look.width - 6)
    ]


def _explained(hunk: HunkView) -> str:
    if hunk.line is None:
        how = "has no place in the file as it is now"
    elif hunk.level == 0:
        how = "the quoted lines stand there exactly"
    else:
        how = f"found by comparing more loosely (level {hunk.level})"
    return f"{inert(hunk.path)}: {how}; {state_words(hunk)}"


def hidden_in(hunk: HunkView) -> tuple[str, ...]:
    """Name the hidden characters that this hunk would bring in."""
    names: dict[str, None] = {}
    for row in hunk.rows:
        if row.kind is RowKind.ADD and not row.text.isascii():
            names.update(dict.fromkeys(hidden_names(row.text)))
    return tuple(names)
