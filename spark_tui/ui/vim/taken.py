"""What a text object takes, as operators and selections want it."""

from typing import NamedTuple

from spark_tui.core.text import Position
from spark_tui.ui.vim.page import Page, Piece, Shape


class Taken(NamedTuple):
    """From one place to another."""

    start: Position
    """Where a selection begins; for one that grows backwards its other end."""
    end: Position
    """Where the caret of a selection is."""
    is_inclusive: bool = True
    """Whether the character at the end belongs to it."""
    shape: Shape = Shape.CHARS
    piece: Piece | None = None
    """What an operator takes, where that is no matter of its ends."""


def taken(piece: Piece, page: Page) -> Taken:
    """Return a piece as a selection has it."""
    end = piece.end
    if piece.shape is not Shape.LINES and end > piece.start:
        end = page.before(end) if end.column else Position(end.line - 1, len(page.line(end.line - 1)))
    return Taken(piece.start, end, shape=piece.shape, piece=piece)
