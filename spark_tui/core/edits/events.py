"""What a parser says about an edit while it streams in: one closed union for every format."""

from enum import StrEnum
from typing import Protocol

from spark_tui.core.values import dataclass


class FileOp(StrEnum):
    """What happens to a file as a whole."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


class RowKind(StrEnum):
    """What one row of a hunk does."""

    CONTEXT = "context"
    REMOVE = "remove"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class FileOpened:
    """A section about one file begins."""

    op: FileOp
    path: str
    """As the model wrote it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The file of the open section shall get another path."""

    path: str


@dataclass(frozen=True, slots=True)
class HunkOpened:
    """A hunk begins; straight after another one, without a row between, it narrows where to look."""

    header: str
    """A source line above the hunk; empty: none."""
    replaces: bool = False
    """Whether the rows are the whole old text and then the whole new text; either may be part of a line."""


@dataclass(frozen=True, slots=True)
class RowAdded:
    """A row of the open hunk is complete."""

    kind: RowKind
    text: str
    bare: bool = False
    """Whether the line had no prefix: as context it counts only if the file has exactly this line."""


@dataclass(frozen=True, slots=True)
class TailChanged:
    """The unfinished last row now reads like this; an empty text clears it."""

    kind: RowKind
    text: str


@dataclass(frozen=True, slots=True)
class HunkClosed:
    """No more rows follow in the open hunk."""

    at_end: bool = False
    """Whether the hunk says that it stands at the end of the file."""


@dataclass(frozen=True, slots=True)
class FileClosed:
    """The open section is complete."""


@dataclass(frozen=True, slots=True)
class PatchClosed:
    """The edit is complete."""


@dataclass(frozen=True, slots=True)
class EditFault:
    """Something the format does not allow; the parser goes on where it can."""

    line: int
    """Counted from one, in what the model wrote."""
    sentence: str


EditEvent = (
    FileOpened
    | Moved
    | HunkOpened
    | RowAdded
    | TailChanged
    | HunkClosed
    | FileClosed
    | PatchClosed
    | EditFault
)


class EditParser(Protocol):
    """Turns a stream of text into edit events; the same events for every cutting of the text."""

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        ...

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream, wherever it comes."""
        ...
