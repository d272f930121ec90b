"""Draws the review as lines: files, hunks with their state in words, and the rows of the selected hunk."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len

from spark_tui.core.diff import Marks, intraline, pairs
from spark_tui.core.display import hidden_names, inert
from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import FileView, HunkState, HunkView, Row, Verdict
from spark_tui.ui.widgets.cells import cut, cut_path, quoted, wrap_code, wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, Part, plain

MAX_ROWS = 4000
"""Rows of one hunk that are drawn; a hunk that long is decided by its file, not by its lines."""

LIVE_ROWS = 150
"""The newest rows of a long hunk that are drawn while it streams; all of them once it is complete."""

_STATES: dict[HunkState, tuple[str, str, str]] = {
    HunkState.STREAMING: ("~", "arriving", "accent"),
    HunkState.PROPOSED: ("o", "proposed", "strong"),
    HunkState.AMBIGUOUS: ("?", "which place?", "stale"),
    HunkState.UNPLACED: ("?", "no place found", "stale"),
    HunkState.APPLIED: ("+", "accepted", "added"),
    HunkState.REJECTED: ("x", "rejected", "muted"),
    HunkState.CONFLICTED: ("!", "conflict", "stale"),
    HunkState.STALE: ("!", "stale", "stale"),
    HunkState.REFUSED: ("!", "refused", "error"),
}

_LATCHED = {Verdict.ACCEPT: "will accept when complete", Verdict.REJECT: "will reject when complete"}
_LATCHED_SHORT = {Verdict.ACCEPT: "will be accepted", Verdict.REJECT: "will be rejected"}
_ROOMY = 48
"""Cells from which a latch is written out."""

_OPS = {FileOp.ADD: "new file", FileOp.DELETE: "deletes", FileOp.UPDATE: ""}
_VERDICTS = {Verdict.ACCEPT: " taken", Verdict.REJECT: " left out"}
_SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}


@dataclass(frozen=True, slots=True)
class ReviewLook:
    """View state that decides how the review is drawn."""

    width: int
    selected: str | None = None
    """Id of the hunk that shows its rows."""
    context: bool = True
    """Whether unchanged lines are shown."""
    why: bool = False
    """Whether the selected hunk explains itself."""


@dataclass(slots=True)
class ReviewSheet:
    """The review as lines, and what stands where."""

    lines: list[Line] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    """Per line: id of the hunk it belongs to, or nothing."""
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Hunk id to its first line and the one after its last."""

    def add(self, lines: Sequence[Line], owner: str = "") -> None:
        """Append lines that belong to one hunk or to none."""
        self.lines.extend(lines)
        self.owners.extend([owner] * len(lines))


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


def sheet(files: Sequence[FileView], look: ReviewLook) -> ReviewSheet:
    """Draw the review of these files."""
    drawn = ReviewSheet()
    for number, file in enumerate(files):
        if number:
            drawn.add([BLANK])
        drawn.add([_file_line(file, look.width)])
        if file.note:
            drawn.add([plain(f"   {text}", "stale") for text in wrap_words(inert(file.note), look.width - 4)])
        for hunk in file.hunks:
            first = len(drawn.lines)
            selected = hunk.id == look.selected
            drawn.add([_hunk_line(hunk, look.width, selected)], hunk.id)
            if selected:
                drawn.add(_body(hunk, look), hunk.id)
            drawn.spans[hunk.id] = (first, len(drawn.lines))
    return drawn


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


def _hunk_line(hunk: HunkView, width: int, selected: bool) -> Line:
    sign, _, style = _STATES[hunk.state]
    place = f"{hunk.line + 1}" if hunk.line is not None else "-"
    counts: list[Part] = [("added", f" +{hunk.added}"), ("removed", f" -{hunk.removed}")]
    right = [*counts, (style, f"  {state_words(hunk, width)} ")]
    left: list[Part] = [("accent" if selected else "muted", "> " if selected else "  "), (style, f"{sign} "),
                        ("", f"{place:<5}")]  # fmt: skip
    room = width - sum(cell_len(text) for _, text in (*left, *right))
    left.append(("muted", cut(inert(hunk.header.strip()), room)))
    return Line(tuple(left), tuple(right), "selected" if selected else "")


def _body(hunk: HunkView, look: ReviewLook) -> list[Line]:
    lines = _remarks(hunk, look)
    rows = list(hunk.rows[:MAX_ROWS])
    if hunk.tail is not None:
        rows.append(hunk.tail)
    verdicts = {row.verdict for row in rows if row.kind is not RowKind.CONTEXT}
    first = len(rows) - LIVE_ROWS if hunk.state is HunkState.STREAMING and len(rows) > 2 * LIVE_ROWS else 0
    if first:
        lines.append(plain(f"   ... {first} lines before", "muted"))
    marks = _word_marks(rows[first:], first)
    number = hunk.line
    digits = len(str((hunk.line or 0) + len(rows)))
    for place, row in enumerate(rows):
        at = "" if number is None or row.kind is RowKind.ADD else str(number + 1)
        if number is not None and row.kind is not RowKind.ADD:
            number += 1
        if place < first or (row.kind is RowKind.CONTEXT and not look.context):
            continue
        ghost = hunk.tail is not None and place == len(rows) - 1
        drawn = _row_lines(row, f"{at:>{digits}}", marks.get(place, ()), look.width, ghost=ghost)
        if len(verdicts) > 1 and row.verdict is not None:
            drawn[0] = replace(drawn[0], right=(("muted", _VERDICTS[row.verdict]),))
        lines.extend(drawn)
    if len(hunk.rows) > MAX_ROWS:
        lines.append(plain(f"   ... {len(hunk.rows) - MAX_ROWS} more lines", "muted"))
    return lines


def _remarks(hunk: HunkView, look: ReviewLook) -> list[Line]:
    said: list[Part] = []
    if hunk.note:
        said.append(("stale", inert(hunk.note)))
    if hunk.state is HunkState.AMBIGUOUS:
        places = ", ".join(f"{place}: line {line + 1}" for place, line in enumerate(hunk.alternatives[:9], 1))
        said.append(("stale", f"press a number to pick the place. {places}"))
    names = hidden_in(hunk)
    if names:
        said.append(("error", f"hidden characters, shown as marks: {', '.join(names)}"))
    if look.why:
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


def _word_marks(rows: Sequence[Row], first: int) -> dict[int, Marks]:
    """Pair removed lines with the added ones that follow them, and mark the words that changed.

    The result counts rows from `first` on, which is the number of the first one given.
    """
    marks: dict[int, Marks] = {}
    for old, new in pairs([row.kind for row in rows]):
        found = intraline(quoted(rows[old].text), quoted(rows[new].text))
        if found is not None:
            marks[first + old], marks[first + new] = found
    return marks


def _row_lines(row: Row, number: str, spans: Marks, width: int, *, ghost: bool) -> list[Line]:
    style = {RowKind.ADD: "added", RowKind.REMOVE: "removed", RowKind.CONTEXT: "muted"}[row.kind]
    ground = {RowKind.ADD: "added-row", RowKind.REMOVE: "removed-row", RowKind.CONTEXT: ""}[row.kind]
    text = quoted(row.text)
    if row.kind is not RowKind.CONTEXT and not ghost:
        kept = text.rstrip(" ")
        text = kept + "·" * (len(text) - len(kept))
    gutter = f"  {number} {_SIGNS[row.kind]} "
    pieces = wrap_code(text, max(width - len(gutter) - 1, 8)) or [""]
    lines: list[Line] = []
    offset = 0
    for piece in pieces:
        parts: list[Part] = [
            (style if offset == 0 else "muted", gutter if offset == 0 else " " * len(gutter))
        ]
        parts.extend(_marked(piece, offset, spans, style))
        offset += len(piece)
        if ghost and piece is pieces[-1]:
            parts.append(("accent", "_"))
        lines.append(Line(tuple(parts), (), ground))
    return lines


def _marked(piece: str, offset: int, spans: Marks, style: str) -> list[Part]:
    if not spans:
        return [(style, piece)]
    parts: list[Part] = []
    place = 0
    for start, stop in spans:
        first, last = max(start - offset, place), min(stop - offset, len(piece))
        if first < last:
            parts.append((style, piece[place:first]))
            parts.append((f"{style}-word", piece[first:last]))
            place = last
    parts.append((style, piece[place:]))
    return [part for part in parts if part[1]]
