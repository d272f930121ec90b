"""The pieces a request can be made of, and how each is written for the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from spark_tui.core.text import Span, Text


class PieceKind(StrEnum):
    """What a piece is, in the words of the context list."""

    RULES = "rules"
    """The repository's own instructions (AGENTS.md)."""
    ACTIVE = "open file"
    MENTION = "mentioned"
    TAB = "open tab"
    FOUND = "found"
    """Holds words of the prompt."""
    CURSOR = "cursor"
    HISTORY = "conversation"


class Rank(IntEnum):
    """Order in which pieces get room; lower first."""

    CURSOR = 0
    RULES = 1
    ACTIVE = 2
    MENTION = 3
    TAB = 4
    FOUND = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """One candidate for the request."""

    kind: PieceKind
    label: str
    """Path or name, for the list on the screen."""
    body: str
    """Exactly what would be sent."""
    rank: int
    score: float = 0.0
    """Higher first within a rank."""
    fault: str = ""
    """Why there is nothing to send, when there is nothing."""


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def file_block(path: str, text: Text) -> str:
    """Write a whole file: the line count in the opening tag makes the end unmistakable whatever the content."""
    rows = text.lines(0, text.row_count)
    tail = "" if text.ends_with_newline or not rows else ' final_newline="no"'
    head = f'<file path="{_attribute(path)}" lines="{len(rows)}"{tail}>'
    return "\n".join([head, *rows, "</file>"])


def place_block(path: str, line: int, selection: Span | None) -> str:
    """Write where the person is: caret line, or the selected lines; 1-based, inclusive."""
    if selection is None or selection.start == selection.end:
        return f'<cursor path="{_attribute(path)}" line="{line + 1}"/>'
    last = selection.end.line - (selection.end.column == 0 and selection.end.line > selection.start.line)
    return f'<selection path="{_attribute(path)}" from="{selection.start.line + 1}" to="{last + 1}"/>'


def join(pieces: Sequence[Piece]) -> str:
    """Put the chosen pieces into one message, in a fixed order."""
    return "\n\n".join(piece.body for piece in pieces)
