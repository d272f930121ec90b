"""Draws the rows of one hunk: one below the other, side by side, or both versions of a line in one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import zip_longest

from rich.cells import cell_len

from spark_tui.core.diff import Marks, intraline, pairs
from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView, Row, Verdict
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.cells import cut, quoted, visible, wrap_code, wrap_words
from spark_tui.ui.widgets.lines import Line, Part, plain

CHUNK = 50
"""Rows that are drawn together; what did not change is never drawn again."""

LIVE_ROWS = 150
"""The newest rows of a long hunk that are drawn while it streams; all of them once it is complete."""

SPLIT_FROM = 84
"""Cells from which two versions stand side by side."""

_SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}
_STYLES = {RowKind.CONTEXT: "muted", RowKind.REMOVE: "removed", RowKind.ADD: "added"}
_GROUNDS = {RowKind.CONTEXT: "", RowKind.REMOVE: "removed-row", RowKind.ADD: "added-row"}
_SIDES = {RowKind.CONTEXT: "muted", RowKind.REMOVE: "removed-side", RowKind.ADD: "added-side"}
_VERDICTS = {Verdict.ACCEPT: " taken", Verdict.REJECT: " left out"}


class View(StrEnum):
    """How the two versions of a hunk stand to each other."""

    UNIFIED = "unified"
    SPLIT = "split"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class BodyLook:
    """View state that decides how rows are drawn."""

    width: int = 80
    view: View = View.UNIFIED
    context: bool = True
    """Whether unchanged rows are shown."""
    wrap: bool = True
    """Whether long lines are broken; else they are cut."""
    whitespace: bool = False
    """Whether blanks and tabs are shown."""

    @property
    def drawn_as(self) -> View:
        """The view that fits into the width."""
        return View.UNIFIED if self.view is View.SPLIT and self.width < SPLIT_FROM else self.view


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One line of a body, and the rows of the hunk that stand in it."""

    line: Line
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some rows in a row, with all that decides how they are drawn."""

    rows: tuple[Row, ...]
    first: int
    """Number of the first of them in the hunk."""
    line: int | None
    """Buffer line of the first of them."""
    digits: int
    has_ghost: bool
    """Whether the last one is still being written."""
    has_verdicts: bool
    """Whether it is told per row what was decided."""
    look: BodyLook


class HunkBody:
    """The rows of one hunk as lines."""

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[_Piece, list[BodyLine]]] = {}

    def lines(
        self, hunk: HunkView, look: BodyLook, limit: int, notes: Mapping[int, Sequence[str]]
    ) -> list[BodyLine]:
        """Draw about `limit` rows; `notes` are remarks by the number of the row under which they stand."""
        rows = hunk.rows if hunk.tail is None else (*hunk.rows, hunk.tail)
        streams = hunk.state is HunkState.STREAMING
        first = len(rows) - LIVE_ROWS if streams and len(rows) > 2 * LIVE_ROWS else 0
        first -= first % CHUNK
        stop = len(rows) if streams else min(len(rows), max(limit, CHUNK))
        out = [BodyLine(plain(f"   ... {first} lines before", "muted"))] if first else []
        for piece in _pieces(hunk, rows, first, stop, look):
            out += _noted(self._of(piece), notes, look.width)
        if stop < len(rows):
            out.append(BodyLine(plain(f"   ... {len(rows) - stop} more lines: PgDn", "muted")))
        return out

    def _of(self, piece: _Piece) -> list[BodyLine]:
        known = self._drawn.get(piece.first)
        if known is None or known[0] != piece:
            known = self._drawn[piece.first] = piece, _DRAW[piece.look.drawn_as](piece)
        return known[1]


def _pieces(hunk: HunkView, rows: Sequence[Row], first: int, stop: int, look: BodyLook) -> list[_Piece]:
    verdicts = {row.verdict for row in hunk.rows if row.kind is not RowKind.CONTEXT}
    digits = len(str((hunk.line or 0) + len(rows)))
    at = hunk.line
    out: list[_Piece] = []
    for start in range(0, stop, CHUNK):
        chunk = tuple(rows[start : min(start + CHUNK, stop)])
        if start >= first:
            ghost = hunk.tail is not None and start + len(chunk) == len(rows)
            out.append(_Piece(chunk, start, at, digits, ghost, len(verdicts) > 1, look))
        if at is not None:
            at += sum(row.kind is not RowKind.ADD for row in chunk)
    return out


def _noted(lines: list[BodyLine], notes: Mapping[int, Sequence[str]], width: int) -> list[BodyLine]:
    if not notes:
        return lines
    out: list[BodyLine] = []
    for place, line in enumerate(lines):
        out.append(line)
        following = lines[place + 1].rows if place + 1 < len(lines) else ()
        for row in line.rows:
            if row not in following:
                out += [BodyLine(each) for note in notes.get(row, ()) for each in note_lines(note, width)]
    return out


def note_lines(text: str, width: int) -> list[Line]:
    """Draw a comment of the person."""
    return [plain(f"     # {piece}", "person") for piece in wrap_words(text, max(width - 8, 10))]


def _numbers(piece: _Piece) -> list[str]:
    """Write the buffer line of every row; new rows have none."""
    out: list[str] = []
    at = piece.line
    for row in piece.rows:
        has_line = at is not None and row.kind is not RowKind.ADD
        out.append(f"{at + 1 if has_line and at is not None else '':>{piece.digits}}")
        if at is not None and row.kind is not RowKind.ADD:
            at += 1
    return out


def _marks(piece: _Piece) -> dict[int, Marks]:
    """Pair removed rows with the added ones that follow them, and mark the words that changed."""
    marks: dict[int, Marks] = {}
    for old, new in pairs([row.kind for row in piece.rows]):
        found = intraline(quoted(piece.rows[old].text), quoted(piece.rows[new].text))
        if found is not None:
            marks[old], marks[new] = found
    return marks


def _text(piece: _Piece, number: int) -> str:
    row = piece.rows[number]
    if piece.look.whitespace:
        return visible(row.text)
    text = quoted(row.text)
    if row.kind is RowKind.CONTEXT or _is_ghost(piece, number):
        return text
    kept = text.rstrip(" ")
    return kept + "·" * (len(text) - len(kept))


def _is_ghost(piece: _Piece, number: int) -> bool:
    return piece.has_ghost and number == len(piece.rows) - 1


def _broken(text: str, width: int, wrap: bool) -> list[str]:
    if wrap:
        return wrap_code(text, width) or [""]
    return [cut(text, width)]


def _unified(piece: _Piece) -> list[BodyLine]:
    marks, numbers = _marks(piece), _numbers(piece)
    out: list[BodyLine] = []
    for number, row in enumerate(piece.rows):
        if row.kind is not RowKind.CONTEXT or piece.look.context:
            out += _row_lines(piece, number, numbers[number], marks.get(number, ()))
    return out


def _row_lines(piece: _Piece, number: int, at: str, marks: Marks) -> list[BodyLine]:
    row = piece.rows[number]
    style = _STYLES[row.kind]
    gutter = f"  {at} {_SIGNS[row.kind]} "
    broken = _broken(_text(piece, number), max(piece.look.width - len(gutter) - 1, 8), piece.look.wrap)
    lines: list[BodyLine] = []
    offset = 0
    for text in broken:
        parts: list[Part] = [(style, gutter) if not lines else ("muted", " " * len(gutter))]
        parts += _marked(text, offset, marks, style, f"{style}-word")
        offset += len(text)
        if _is_ghost(piece, number) and len(lines) == len(broken) - 1:
            parts.append(("accent", "_"))
        told = piece.has_verdicts and row.verdict is not None and not lines
        right: tuple[Part, ...] = (("muted", _VERDICTS[row.verdict]),) if told and row.verdict else ()
        lines.append(BodyLine(Line(tuple(parts), right, _GROUNDS[row.kind]), (piece.first + number,)))
    return lines


def _marked(text: str, offset: int, marks: Marks, style: str, marked: str) -> list[Part]:
    if not marks:
        return [(style, text)]
    parts: list[Part] = []
    place = 0
    for start, stop in marks:
        first, last = max(start - offset, place), min(stop - offset, len(text))
        if first < last:
            parts.append((style, text[place:first]))
            parts.append((marked, text[first:last]))
            place = last
    parts.append((style, text[place:]))
    return [part for part in parts if part[1]]


def _split(piece: _Piece) -> list[BodyLine]:
    marks, numbers = _marks(piece), _numbers(piece)
    room = (piece.look.width - 3) // 2
    out: list[BodyLine] = []
    for left, right in _sides(piece.rows):
        is_context = left is not None and left == right
        if is_context and not piece.look.context:
            continue
        rows = tuple(piece.first + number for number in dict.fromkeys((left, right)) if number is not None)
        halves = [
            _half(piece, number, numbers[number], marks.get(number, ()), room) if number is not None else []
            for number in (left, right)
        ]
        blank: list[Part] = [("", " " * room)]
        for one, two in zip_longest(*halves):
            parts = (*(one or blank), ("muted", " │ "), *(two or blank))
            out.append(BodyLine(Line(parts), rows))
    return out


def _sides(rows: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    """Pair the numbers of rows that stand side by side."""
    out: list[tuple[int | None, int | None]] = []
    old: list[int] = []
    new: list[int] = []
    for number, row in enumerate(rows):
        if row.kind is RowKind.ADD:
            new.append(number)
            continue
        if new or row.kind is RowKind.CONTEXT:
            out += zip_longest(old, new)
            old, new = [], []
        if row.kind is RowKind.CONTEXT:
            out.append((number, number))
        else:
            old.append(number)
    return [*out, *zip_longest(old, new)]


def _half(piece: _Piece, number: int, at: str, marks: Marks, room: int) -> list[list[Part]]:
    """Draw one row into half the width."""
    row = piece.rows[number]
    style, side = _STYLES[row.kind], _SIDES[row.kind]
    gutter = f"  {at} {_SIGNS[row.kind]} "
    out: list[list[Part]] = []
    offset = 0
    for text in _broken(_text(piece, number), max(room - len(gutter), 8), piece.look.wrap):
        parts: list[Part] = [(side, gutter if not out else " " * len(gutter))]
        parts += _marked(text, offset, marks, side, f"{style}-word")
        offset += len(text)
        parts.append((side, " " * max(room - len(gutter) - cell_len(text), 0)))
        out.append(parts)
    return out


def _inline(piece: _Piece) -> list[BodyLine]:
    numbers = _numbers(piece)
    joined = {
        new: (old, parts)
        for old, new in pairs([row.kind for row in piece.rows])
        if (parts := _joined(_text(piece, old), _text(piece, new))) is not None
    }
    taken = {old for old, _ in joined.values()}
    out: list[BodyLine] = []
    for number, row in enumerate(piece.rows):
        if number in taken or (row.kind is RowKind.CONTEXT and not piece.look.context):
            continue
        if number not in joined:
            out += _row_lines(piece, number, numbers[number], ())
            continue
        old, parts = joined[number]
        gutter: Part = ("accent", f"  {numbers[old]} ~ ")
        rows = piece.first + old, piece.first + number
        room = max(piece.look.width - len(gutter[1]) - 1, 8)
        for place, line in enumerate(_broken_parts(parts, room, piece.look.wrap)):
            lead: Part = gutter if place == 0 else ("", " " * len(gutter[1]))
            out.append(BodyLine(Line((lead, *line)), rows))
    return out


def _joined(old: str, new: str) -> list[Part] | None:
    """Write two versions of a line as one, so that it can be read without colour; None if they differ too much."""
    found = intraline(old, new)
    if found is None:
        return None
    out: list[Part] = []
    gone, come = list(found[0]), list(found[1])
    left = right = 0
    while left < len(old) or right < len(new):
        if gone and gone[0][0] == left:
            left = gone.pop(0)[1]
            out.append(("removed-word", f"[-{old[_start(found[0], left) : left]}-]"))
        elif come and come[0][0] == right:
            right = come.pop(0)[1]
            out.append(("added-word", f"{{+{new[_start(found[1], right) : right]}+}}"))
        else:
            step = min((gone[0][0] if gone else len(old)) - left, (come[0][0] if come else len(new)) - right)
            out.append(("", new[right : right + step]))
            left, right = left + step, right + step
            if step == 0:
                break
    return out


def _start(marks: Marks, stop: int) -> int:
    return next(start for start, end in marks if end == stop)


def _broken_parts(parts: Sequence[Part], width: int, wrap: bool) -> list[list[Part]]:
    lines: list[list[Part]] = [[]]
    room = width
    for style, text in parts:
        rest = text
        while rest:
            head = wrap_code(rest, room)[0] if room > 0 else ""
            if not head or cell_len(head) > room:
                if not wrap:
                    return lines
                lines.append([])
                room = width
                continue
            lines[-1].append((style, head))
            room -= cell_len(head)
            rest = rest[len(head) :]
    return lines


_DRAW: dict[View, Callable[[_Piece], list[BodyLine]]] = {
    View.UNIFIED: _unified,
    View.SPLIT: _split,
    View.INLINE: _inline,
}


def picked(line: Line) -> Line:
    """Mark a line as picked, so that it can be seen without colour, too."""
    style, text = line.parts[0]
    return replace(line, parts=(("accent", ">"), (style, text[1:]), *line.parts[1:]), ground="selected")
