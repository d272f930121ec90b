"""Patterns of paths as regular expressions that take time in proportion to the path, whatever the pattern is.

Patterns come from repositories, and an ordinary translation tries every way to share a path among its stars. Here
every piece takes the first place that it finds: what follows a star takes what comes between just as well.
"""

from collections.abc import Sequence
from enum import Enum, auto


class Wild(Enum):
    """A piece of a pattern that stands for many texts; every other piece is the expression of one character."""

    STAR = auto()
    """Anything within one name."""
    FOLDERS = auto()
    """Any number of whole folders, also none; it stands where a name begins."""
    ANYTHING = auto()
    """Anything, over folders too."""


Piece = Wild | str
_WAYS = {Wild.FOLDERS: "(?:[^/]+/)*?", Wild.ANYTHING: ".*?"}


def expression(pieces: Sequence[Piece]) -> str:
    """Return an expression, for a full match with DOTALL, of pieces one after the other."""
    parts: list[tuple[str, list[Piece]]] = [("", [])]
    for piece in pieces:
        if isinstance(piece, Wild) and piece is not Wild.STAR:
            parts.append((_WAYS[piece], []))
        else:
            parts[-1][1].append(piece)
    (way, last), first = parts[-1], parts[:-1]
    return "".join(f"(?>{before}{_within(names)})" for before, names in first) + way + _within(last)


def _within(pieces: Sequence[Piece]) -> str:
    """The expression of pieces between two that go over folders."""
    fixed = [""]
    for piece in pieces:
        if isinstance(piece, str):
            fixed[-1] += piece
        else:
            fixed.append("")
    begin, *rest = fixed
    if not rest:
        return begin
    return "".join([begin, *(f"(?>[^/]*?{text})" for text in rest[:-1]), f"[^/]*?{rest[-1]}"])
