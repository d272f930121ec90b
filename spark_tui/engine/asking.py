"""What a turn asks for where that is not simply the prompt: going on from rows that stay, for instance."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from spark_tui.core.edits import (
    EditEvent,
    EditParser,
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    RowAdded,
    RowKind,
    TailChanged,
)
from spark_tui.core.review import HunkView, Row
from spark_tui.core.review.paths import normal_path
from spark_tui.core.values import dataclass

_LOOK_AHEAD = 4
"""Rows of an answer that may stand above the first row that was kept."""

_SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}
_SECTIONS = {FileOp.ADD: "Add", FileOp.UPDATE: "Update", FileOp.DELETE: "Delete"}


@dataclass(frozen=True, slots=True)
class Kept:
    """The beginning of a hunk that stays as it is, whatever the answer says."""

    hunk: str
    """The hunk it was taken from."""
    path: str
    rows: tuple[Row, ...]
    begun: Callable[[], None] = lambda: None
    """Called when the answer takes the hunk up again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A turn with a request of its own."""

    text: str
    """What is sent; the prompt is what people see."""
    about: str = ""
    """What the context is gathered for, if not for the prompt."""
    kept: Kept | None = None


def patch_text(hunk: HunkView) -> str:
    """Write a hunk as a model writes it."""
    head = [f"*** {_SECTIONS[hunk.op]} File: {hunk.path}"]
    if hunk.op is FileOp.UPDATE:
        head.append(f"@@ {hunk.header}".rstrip())
    return "\n".join([*head, *(_SIGNS[row.kind] + row.text for row in hunk.rows)])


class RestoredRows:
    """Reads an answer in which markers stand for what was withheld: the rows hold again what the file holds."""

    def __init__(self, parser: EditParser, restored: Callable[[str, str], str]) -> None:
        self._parser = parser
        self._restored = restored
        self._path = ""

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        return [self._take(event) for event in self._parser.push(chunk)]

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream."""
        return [self._take(event) for event in self._parser.finish()]

    def _take(self, event: EditEvent) -> EditEvent:
        match event:
            case FileOpened(path=path):
                self._path = normal_path(path)
            case RowAdded(text=text) | TailChanged(text=text) if "[withheld " in text:
                return replace(event, text=self._restored(self._path, text))
            case HunkOpened(header=header) if "[withheld " in header:
                return replace(event, header=self._restored(self._path, header))
        return event


class KeptRows:
    """Reads an answer that goes on from kept rows: they stand first, and what repeats them is left out."""

    def __init__(self, parser: EditParser, kept: Kept) -> None:
        self._parser = parser
        self._kept = kept
        self._is_there = False
        """Whether the section about the file is open."""
        self._rest: list[Row] | None = None
        """Kept rows that the answer has not repeated yet; None: the hunk has not begun, or it is past."""
        self._is_done = False
        self._early: list[RowAdded] = []
        """Rows of the answer of which it is not known whether they stand above the kept ones."""
        self._old: list[str] | None = None
        """Kept old lines still to come, once the answer says something else than was kept."""

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        return self._through(self._parser.push(chunk))

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream."""
        return self._through(self._parser.finish())

    def _through(self, events: Sequence[EditEvent]) -> list[EditEvent]:
        if self._is_done:
            return list(events)
        return [passed for event in events for passed in self._take(event)]

    def _take(self, event: EditEvent) -> list[EditEvent]:
        match event:
            case FileOpened(path=path):
                self._is_there = normal_path(path) == self._kept.path
            case HunkOpened() if self._is_there and self._rest is None and not self._is_done:
                self._rest = list(self._kept.rows)
                self._kept.begun()
                return [event, *(RowAdded(row.kind, row.text) for row in self._kept.rows)]
            case RowAdded() if self._rest is not None:
                return self._row(event, self._rest)
            case TailChanged() if self._rest:
                return []
            case HunkClosed() | FileClosed() if self._rest is not None:
                early, self._early = self._early, []
                self._over()
                return [*early, event]
        return [event]

    def _over(self) -> None:
        self._rest, self._is_done = None, True

    def _row(self, row: RowAdded, rest: list[Row]) -> list[EditEvent]:
        if self._old is not None:
            return self._other(row, rest)
        if rest and (row.kind, row.text) == (rest[0].kind, rest[0].text):
            rest.pop(0)
            self._early.clear()
            return []
        if len(rest) == len(self._kept.rows) and rest:
            self._early.append(row)
            early = list(self._early)
            if len(early) < _LOOK_AHEAD:
                return []
            # It does not repeat the kept rows: it goes straight on.
            self._early.clear()
            self._over()
            return [*early]
        if not rest:
            self._over()
            return [row]
        self._old = [each.text for each in rest if each.kind is not RowKind.ADD]
        return self._other(row, rest)

    def _other(self, row: RowAdded, rest: list[Row]) -> list[EditEvent]:
        """The answer says something else than was kept: leave out as much of it as stands for the kept old lines."""
        old = self._old or []
        if old and row.kind is RowKind.ADD:
            return []
        if old and row.text == old[0]:
            old.pop(0)
            if not old:
                last = max(place for place, each in enumerate(rest) if each.kind is not RowKind.ADD)
                del rest[: last + 1]
            return []
        if not old and rest and (row.kind, row.text) == (rest[0].kind, rest[0].text):
            rest.pop(0)
            return []
        self._over()
        return [row]
