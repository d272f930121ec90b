"""Turns the events of a streaming edit into hunks that have a place."""

from collections.abc import Sequence
from typing import assert_never

from spark_tui.core.edits import (
    EditEvent,
    EditFault,
    FileClosed,
    FileOp,
    FileOpened,
    Fit,
    HunkClosed,
    HunkOpened,
    Locator,
    Moved,
    PatchClosed,
    Placement,
    RowAdded,
    RowKind,
    TailChanged,
)
from spark_tui.core.review.again import is_said_again, met_again, stands_already
from spark_tui.core.review.book import Book, Section
from spark_tui.core.review.form import Form, Item
from spark_tui.core.review.hunk import Hunk, Wait
from spark_tui.core.review.paths import normal_path
from spark_tui.core.review.rewrite import Rewrite
from spark_tui.core.review.rowmap import RowMap, Window
from spark_tui.core.review.rows import difference, tokens
from spark_tui.core.review.values import PENDING, HunkState, Row
from spark_tui.core.review.virtual import virtual_text
from spark_tui.core.review.withdrawing import replace
from spark_tui.core.text import Text

CUT = "It was cut off while streaming."
SUPERSEDED = "A later part of the patch writes the file anew."
TOO_MANY_PARTS = "The call has too many parts for the same files; send each file's changes in one part."
MOST_STACKED = 20_000
"""How many hunks may be worked into texts for later parts of one call, all parts together."""
BARE_NEW = "A line has no '+' before it and was taken as it is; please check."
BARE = "A line without a prefix was taken as a line that stays."


class Frame:
    """A frozen text that a section is read against, where its hunks go in it, and the way to the living text."""

    def __init__(self, text: Text, map: RowMap, path: str, book: Book) -> None:
        self.text = text
        self.map = map
        self.locator = Locator(text, path, book.profile)


class Intake:
    """The section that is open, and its open hunk. Nothing in the events can make it raise."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._section: Section | None = None
        self._hunk: Hunk | None = None
        self._refusal = ""
        self._frames: list[Frame] = []
        """The text with everything proposed so far made true; and the living text, if that is another one."""
        self._stacked: tuple[Hunk, ...] = ()
        self._rewrite: Rewrite | None = None
        self._replaces = False
        self._leading_bare = 0
        self._has_bare = False
        self._closed: list[Hunk] = []
        self._stacking = 0

    def begin(self) -> None:
        """A new call begins."""
        self.close(cut=True)
        self._stacking = 0

    def open_file(self, event: FileOpened, base: Text | None, refusal: str) -> None:
        """Begin a section; `refusal` says why nothing of it may be applied."""
        self._close_section()
        book = self._book
        path = normal_path(event.path)
        document = book.document(path, base)
        base = document.text
        section = self._section = book.open_section(event.op, path, document)
        text, map, self._stacked = base, None, ()
        if self._stacking < MOST_STACKED:
            text, map, self._stacked = virtual_text(document, section.call, book.lost)
            self._stacking += len(self._stacked)
        else:
            refusal = refusal or TOO_MANY_PARTS
        refusal = refusal or (book.clash(path) if event.op is FileOp.ADD else "")
        self._refusal = refusal or _why_refused(event.op, base, text, path)
        self._frames = []
        if event.op is FileOp.UPDATE and text is not None and map is not None and not self._refusal:
            self._frames.append(Frame(text, map, path, book))
            document.maps.append(map)
            if text is not base and base is not None:
                living = RowMap(base)
                self._frames.append(Frame(base, living, path, book))
                document.maps.append(living)
        section.note = self._refusal
        if event.op is FileOp.ADD and not self._refusal:
            self._supersede(section)

    def _supersede(self, section: Section) -> None:
        """A file is written whole: what was to make or delete it before has lost its meaning."""
        document = section.document
        for other in document.hunks:
            if other.is_live and (other.creates or other.deletes):
                other.start = None
                other.turn_to(HunkState.STALE, SUPERSEDED)
        if document.text is not None:
            section.op = FileOp.UPDATE
            self._rewrite = Rewrite(self._book, section, document.text)
            document.maps.append(self._rewrite.map)

    def feed(self, event: EditEvent, refusal: str) -> list[Hunk]:
        """Take an event; return the hunks it completed."""
        self._closed = []
        match event:
            case TailChanged(kind, text) if self._rewrite is not None:
                self._rewrite.tail(Row(kind, text) if text else None)
            case TailChanged(kind, text):
                if self._hunk is not None:
                    self._hunk.tail = Row(kind, text) if text else None
                    self._hunk.touch()
            case RowAdded() if self._rewrite is not None:
                self._rewrite.row(event.text, event.bare)
            case RowAdded():
                self._add_row(event)
            case HunkOpened(header, replaces):
                self._open_hunk(header, replaces)
            case HunkClosed(at_end):
                self._close_hunk(at_end)
            case Moved(path):
                self._move(path, refusal)
            case FileClosed() | PatchClosed():
                self._close_section()
            case EditFault(line, sentence):
                self._fault(f"Line {line}: {sentence}")
            case FileOpened(_, path):
                self._fault(f"The section about {path} was not opened.")
            case _:
                assert_never(event)
        return self._closed

    def close(self, cut: bool) -> list[Hunk]:
        """Take the end of the call."""
        self._closed = []
        if cut and self._hunk is not None:
            hunk, self._hunk = self._hunk, None
            hunk.tail, hunk.start, hunk.latch = None, None, None
            hunk.form = form_of(hunk.rows)
            hunk.turn_to(HunkState.STALE, CUT)
        self._end_rewrite(cut)
        self._close_section()
        if not cut:
            replace(self._book)
        return self._closed

    def _end_rewrite(self, cut: bool) -> None:
        rewrite, self._rewrite = self._rewrite, None
        section = self._section
        if rewrite is None or section is None:
            return
        made = rewrite.finish(cut)
        section.document.maps.remove(rewrite.map)
        self._closed += made if cut else met_again(self._book, section, made, rewrite.lines)

    def _fault(self, sentence: str) -> None:
        if self._section is None:
            if self._book.calls:
                self._book.calls[-1].faults.append(sentence)
        elif not self._section.note:
            self._section.note = sentence
            self._section.flag.up = True

    def _new_hunk(self) -> Hunk:
        assert self._section is not None
        hunk = self._book.add_hunk(self._section)
        self._closed.append(hunk)
        return hunk

    def _open_hunk(self, header: str, replaces: bool) -> None:
        if self._section is None or self._rewrite is not None:
            return
        hunk = self._hunk
        narrow = hunk is not None and not hunk.rows
        if hunk is None or not narrow:
            self._close_hunk(False)
            hunk = self._hunk = self._book.add_hunk(self._section)
        hunk.header = f"{hunk.header} › {header.strip()}" if narrow and hunk.header else header
        self._replaces, self._leading_bare, self._has_bare = replaces, 0, False
        for frame in self._frames:
            frame.locator.open(header, free=replaces, narrow=narrow)

    def _add_row(self, event: RowAdded) -> None:
        hunk = self._hunk
        if hunk is None:
            return
        if event.bare or event.kind is RowKind.CONTEXT and not event.text:
            if len(hunk.rows) == self._leading_bare and not event.text:
                self._leading_bare += 1
            self._has_bare = self._has_bare or event.bare
        hunk.rows.append(Row(event.kind, event.text))
        hunk.tail = None
        for frame in self._frames:
            if event.kind is RowKind.ADD:
                frame.locator.settle()
            else:
                frame.locator.old(event.text)
        if self._frames:
            place = self._frames[0].locator.place
            if place is not None:
                hunk.start = hunk.stop = self._frames[0].map.place(place)
        elif not self._refusal:
            hunk.start = 0
        hunk.touch()

    def _close_hunk(self, at_end: bool) -> None:
        hunk, self._hunk = self._hunk, None
        if hunk is None:
            return
        self._closed.append(hunk)
        hunk.tail = None
        hunk.start = None
        hunk.form = form_of(hunk.rows)
        if self._refusal:
            hunk.turn_to(HunkState.REFUSED, self._refusal)
        elif not self._frames:
            if not is_said_again(hunk, self._book.lost):
                self._create(hunk)
        elif self._book.profile == "spark" and all(row.kind is RowKind.CONTEXT for row in hunk.rows):
            hunk.turn_to(HunkState.REFUSED, "It changes nothing.")
        else:
            self._place(hunk, at_end)

    def _create(self, hunk: Hunk) -> None:
        """Complete the hunk that makes a file."""
        assert self._section is not None
        document = self._section.document
        hunk.creates = True
        if self._has_bare:
            hunk.is_open_place, hunk.plain_note = True, BARE_NEW
        hunk.start = hunk.stop = 0
        hunk.turn_to(HunkState.PROPOSED)
        hunk.settle(document.text)

    def _place(self, hunk: Hunk, at_end: bool) -> None:
        for frame in self._frames:
            placement = frame.locator.close(at_end, self._leading_bare)
            if placement.fit is not Fit.NONE:
                break
        if is_said_again(hunk, self._book.lost):
            return
        hunk.level = placement.level
        if placement.start is None or self._has_bare and placement.level:
            note = placement.note or "A line without a prefix is nowhere in the file."
            hunk.choices = [self._frames[0].map.place(at) for at in placement.near]
            hunk.turn_to(HunkState.UNPLACED, note)
            return
        used = _used_rows(hunk.rows, placement)
        if self._replaces:
            used = _refined(used, placement)
        self._bind(hunk, used, placement, frame)

    def _bind(self, hunk: Hunk, rows: list[Row], placement: Placement, frame: Frame) -> None:
        """Tie the rows to the lines they stand for, and find out whether the hunk has to wait for others."""
        assert placement.start is not None and self._section is not None
        text = self._section.document.text
        first = placement.start
        last = first + sum(row.kind is not RowKind.ADD for row in rows)
        own = tokens(frame.text, first, last)
        hunk.form = form_of(rows, own)
        hunk.appends = placement.at_end
        hunk.plain_note = placement.note or (BARE if self._has_bare else "")
        window = frame.map.window(first, last, text)
        hunk.is_open_place = placement.fit is Fit.MANY
        others = self._others(window) if tokens(text, window.start, window.stop) != own else ()
        hunk.state = HunkState.PROPOSED
        starts = placement.starts if hunk.is_open_place else ()
        hunk.wait = Wait(frame.map, frame.text, first, last, others, hunk.form, starts)
        hunk.wait_or_place(text)
        hunk.wait = hunk.wait if others else None
        if hunk.appends and text is not None and hunk.start == hunk.stop:
            hunk.start = hunk.stop = text.row_count
        hunk.touch()
        if self._book.lost:
            stands_already(hunk, self._section.document, self._book.lost)

    def _others(self, window: Window) -> tuple[Hunk, ...]:
        """Return the undecided hunks without which the rows of a window are not what the model took them for."""
        return tuple(
            hunk
            for hunk in self._stacked
            if hunk.state in PENDING
            and (hunk.start is None or hunk.start <= window.stop and window.start <= hunk.stop)
        )

    def _move(self, path: str, refusal: str) -> None:
        section = self._section
        if section is None:
            return
        target = normal_path(path)
        is_there = target == section.document.path
        if is_there and (target == section.path or not self._book.lost):
            return
        hunk = self._new_hunk()
        hunk.new_path = target
        if is_said_again(hunk, self._book.lost):
            section.new_path = target
            return
        if is_there:
            self._closed.remove(hunk)
            self._book.drop(hunk)
            return
        section.new_path = target
        self._book.renames[target] = hunk
        hunk.start = 0
        if refusal or self._refusal:
            hunk.turn_to(HunkState.REFUSED, refusal or self._refusal)
        else:
            hunk.turn_to(HunkState.PROPOSED)

    def _close_section(self) -> None:
        section = self._section
        if section is None:
            return
        self._close_hunk(False)
        self._end_rewrite(False)
        if section.op is FileOp.DELETE and not section.closed:
            self._delete(section)
        section.closed = True
        section.flag.up = True
        waiting = {id(hunk.wait.map) for hunk in section.hunks if hunk.wait is not None}
        for frame in self._frames:
            if id(frame.map) not in waiting:
                section.document.maps.remove(frame.map)
        self._section, self._frames = None, []

    def _delete(self, section: Section) -> None:
        hunk = self._new_hunk()
        hunk.deletes = True
        if is_said_again(hunk, self._book.lost):
            section.note = ""
            return
        if self._refusal:
            hunk.turn_to(HunkState.REFUSED, self._refusal)
            return
        hunk.start, hunk.state = 0, HunkState.PROPOSED
        if section.note:
            hunk.is_open_place, hunk.plain_note = True, section.note
        hunk.settle(section.document.text)


def form_of(rows: Sequence[Row], own: Sequence[str] | None = None) -> Form:
    """Return rows bound to the tokens they stand for; without tokens, to what the model takes them for."""
    left = iter(own or ())
    out: list[Item] = []
    for row in rows:
        if row.kind is RowKind.ADD:
            out.append(Item(row.kind, row.text))
        else:
            out.append(Item(row.kind, row.text, next(left) if own is not None else row.text + "\n"))
    return tuple(out)


def _used_rows(rows: Sequence[Row], placement: Placement) -> list[Row]:
    """Return the rows without those old ones that have no counterpart in the file."""
    old = [number for number, row in enumerate(rows) if row.kind is not RowKind.ADD]
    dropped = set(old[: placement.skip_first])
    if placement.skip_last:
        last = old[-1]
        dropped.add(last)
        new = [number for number, row in enumerate(rows) if row.kind is RowKind.ADD]
        if rows[last].kind is RowKind.REMOVE and new and not rows[new[-1]].text:
            dropped.add(new[-1])
    return [row for number, row in enumerate(rows) if number not in dropped]


def _refined(rows: Sequence[Row], placement: Placement) -> list[Row]:
    """Turn whole old and new text into rows that stay, go and come."""
    old = [row.text for row in rows if row.kind is not RowKind.ADD]
    new = [row.text for row in rows if row.kind is RowKind.ADD]
    if placement.lead or placement.trail:
        old[0] = placement.lead + old[0]
        old[-1] += placement.trail
        new = new or [""]
        new[0] = placement.lead + new[0]
        new[-1] += placement.trail
    return difference(old, new)


def _why_refused(op: FileOp, base: Text | None, text: Text | None, path: str) -> str:
    """Say why a section can't be applied at all; empty if it can."""
    if op is not FileOp.ADD and text is None:
        return (
            f"There is no file {path}." if base is None else f"An earlier part of the patch deletes {path}."
        )
    if op is not FileOp.DELETE and base is not None and base.binary:
        return f"{path} is a binary file and can't be edited."
    if op is not FileOp.DELETE and base is not None and base.read_only:
        return f"{path} is not UTF-8 and can't be edited."
    return ""
