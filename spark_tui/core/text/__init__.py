"""A file's text with every line's own ending: immutable values, and changes that name their revision."""

from spark_tui.core.text.change import Change, ChangeSet, Position, Span, WrongRevision, advance, shift
from spark_tui.core.text.folding import Level, fold
from spark_tui.core.text.lines import count_breaks, split_lines
from spark_tui.core.text.text import Text

__all__ = [
    "Change",
    "ChangeSet",
    "Level",
    "Position",
    "Span",
    "Text",
    "WrongRevision",
    "advance",
    "count_breaks",
    "fold",
    "shift",
    "split_lines",
]
