"""One edit at every caret as a single set of changes: pieces that meet are cut, and each caret finds its place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text, advance, shift
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import EDITS
from spark_tui.ui.widgets.editor_lines import LINE_EDITS, LineCommand, blocks_of, touched
from spark_tui.ui.widgets.editor_scene import Edit, EditCommand, EditKind, Scene, Selection


@dataclass(frozen=True, slots=True)
class Made:
    """What a command wants changed, and where the carets are then."""

    changes: ChangeSet
    carets: Carets
    kind: EditKind = EditKind.OTHER
    opens: bool = False
    """Whether closing brackets or quotes came by themselves behind carets."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A place behind an edit, told by what it stands on, so that it can be found again after other edits."""

    piece: int
    """Which of the pieces it is in or beside; -1 for none."""
    place: Position
    """Counted from where the piece begins; without a piece, in the text before all edits."""


def perform(name: str, scene: Scene, carets: Carets) -> Made | None:
    """Do a command of the table at every caret; None if nothing would change."""
    if name == "tab" and any(one.anchor.line != one.head.line for one in carets.all):
        name = "indent"
    line_command = LINE_EDITS.get(name)
    if line_command is not None:
        return on_lines(line_command, scene, carets)
    return at_carets(EDITS[name], scene, carets)


def at_carets(command: EditCommand, scene: Scene, carets: Carets) -> Made | None:
    """Do an edit at every caret by itself."""
    return each(lambda one, _: command(one), scene, carets)


def each(command: Callable[[Scene, int], Edit | None], scene: Scene, carets: Carets) -> Made | None:
    """Do an edit that is told the number of the caret at every caret."""
    if not carets.is_many:
        edit = command(scene, 0)
        return None if edit is None else Made(edit.changes, Carets.one(edit.selection), edit.kind, edit.opens)
    edits = [
        command(replace(scene, selection=selection, goal=None), number)
        for number, selection in enumerate(carets.all)
    ]
    return joined(scene.text, edits, carets)


def on_lines(command: LineCommand, scene: Scene, carets: Carets) -> Made | None:
    """Do an edit to all lines that carets touch; what was selected stays selected."""
    made = command(scene, blocks_of(carets.all))
    if made is None or not made.changes:
        return None
    changes = ChangeSet(scene.text.revision, made.changes, scene.text.lone_cr)
    if made.by:
        moved = [_shifted(one, made.by) if _is_in(one, made.moved) else one for one in carets.all]
    else:
        moved = list(_kept(carets, changes, made.pushes))
    after = Carets.of(moved, carets.main)
    return Made(changes, after)


def _is_in(selection: Selection, blocks: Sequence[range]) -> bool:
    return any(touched(selection).start in block for block in blocks)


def _shifted(selection: Selection, by: int) -> Selection:
    anchor, head = selection.anchor, selection.head
    return Selection(Position(anchor.line + by, anchor.column), Position(head.line + by, head.column))


def _kept(carets: Carets, changes: ChangeSet, pushes: bool) -> Iterator[Selection]:
    """Yield the selections with the same text in them; what is inserted where one begins is in it or pushes it."""
    places = [place for one in carets.all for place in (one.span.start, one.span.end)]
    before, behind = changes.map_all(places), changes.map_all(places, after=True)
    for number, one in enumerate(carets.all):
        if one.is_empty:
            yield Selection.at(behind[2 * number])
            continue
        ends_behind = pushes or one.span.end.column > 0
        start, end = (
            (behind if pushes else before)[2 * number],
            (behind if ends_behind else before)[2 * number + 1],
        )
        yield Selection(start, end) if one.anchor <= one.head else Selection(end, start)


def joined(text: Text, edits: Sequence[Edit | None], carets: Carets) -> Made | None:
    """Make one set of changes from edits that were each made for the same text."""
    pieces: list[Change] = []
    anchors: list[tuple[_Anchor, _Anchor]] = []
    kinds = set()
    for edit, selection in zip(edits, carets.all, strict=True):
        if edit is None:
            anchors.append((_Anchor(-1, selection.anchor), _Anchor(-1, selection.head)))
            continue
        kinds.add(edit.kind)
        head = _anchored(edit.changes, edit.selection.head, len(pieces))
        is_empty = edit.selection.is_empty
        anchor = head if is_empty else _anchored(edit.changes, edit.selection.anchor, len(pieces))
        anchors.append((anchor, head))
        pieces += edit.changes.changes
    if not pieces:
        return None
    changes, starts = _apart(pieces, text)
    selections = []
    for anchor, head in anchors:
        place = _found(head, changes, starts)
        selections.append(Selection(place if anchor is head else _found(anchor, changes, starts), place))
    kind = kinds.pop() if len(kinds) == 1 else EditKind.OTHER
    opens = any(edit is not None and edit.opens for edit in edits)
    return Made(changes, Carets.of(selections, carets.main), kind, opens)


def _anchored(changes: ChangeSet, place: Position, first: int) -> _Anchor:
    """Say on what a place stands that is told in the text behind some changes."""
    old = new = Position(0, 0)
    for number, change in enumerate(changes.changes):
        start = shift(change.span.start, old, new)
        if place < start:
            break
        end = advance(start, change.text, changes.lone_cr)
        if place <= end:
            lines = place.line - start.line
            return _Anchor(first + number, Position(lines, place.column - (0 if lines else start.column)))
        old, new = change.span.end, end
    return _Anchor(-1, shift(place, new, old))


def _found(anchor: _Anchor, changes: ChangeSet, starts: Sequence[Position]) -> Position:
    if anchor.piece < 0:
        return changes.map(anchor.place, after=True)
    start, lines = starts[anchor.piece], anchor.place.line
    return Position(start.line + lines, anchor.place.column + (0 if lines else start.column))


def _apart(pieces: Sequence[Change], text: Text) -> tuple[ChangeSet, list[Position]]:
    """Sort pieces, cut those that reach into the one before, and return where each begins when all are made."""
    starts = [Position(0, 0)] * len(pieces)
    kept: list[Change] = []
    old = new = Position(0, 0)
    order = sorted(
        range(len(pieces)), key=lambda number: (pieces[number].span.start, pieces[number].span.end)
    )
    for number in order:
        piece = pieces[number]
        span = Span(max(piece.span.start, old), max(piece.span.end, old))
        starts[number] = shift(span.start, old, new)
        old, new = span.end, advance(starts[number], piece.text, text.lone_cr)
        if piece.text or not span.is_empty:
            kept.append(Change(span, piece.text))
    return ChangeSet(text.revision, tuple(kept), text.lone_cr), starts


class Grouping:
    """Names the undo group of each edit: a word typed in one go, or characters erased in one go, is one group."""

    def __init__(self) -> None:
        self._serial = 0
        self._kind = EditKind.OTHER
        self._carets: tuple[Selection, ...] = ()
        self._is_behind_space = False
        self.held = ""
        """A group that everything belongs to while it is set."""

    def name(self, made: Made, before: Carets) -> str:
        """Return the group an edit belongs to; empty for one that stands alone."""
        if self.held:
            return self.held
        if made.kind is EditKind.OTHER:
            self._kind = EditKind.OTHER
            return ""
        is_space = made.changes.changes[0].text.isspace()
        goes_on = made.kind is self._kind and before.all == self._carets
        if made.kind is EditKind.TYPE and self._is_behind_space and not is_space:
            goes_on = False
        if not goes_on:
            self._serial += 1
        self._kind = made.kind
        self._carets = made.carets.all
        self._is_behind_space = is_space
        return f"{made.kind}:{self._serial}"

    def end(self) -> None:
        """Make the next edit begin a new group."""
        self._kind = EditKind.OTHER
