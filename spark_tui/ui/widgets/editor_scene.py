"""What an editing command is told and what it answers: selection, indentation, scene, move and edit.

Plain values without Textual, so that every motion and edit is a function that a test can call.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum

from spark_tui.core.editorconfig import Rules
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.line_cells import LineCells, lay_out
from spark_tui.ui.widgets.editor_rows import RowMap
from spark_tui.ui.widgets.editor_wraps import hang_of

INDENT_SAMPLE = 1000
"""How many lines at the start of a file are looked at to see how it is indented."""
_TAB_SIZE = 4
_DEFAULT_UNITS = {
    "go": "\t",
    "make": "\t",
    **dict.fromkeys(("css", "html", "javascript", "json", "ruby", "tsx", "typescript", "yaml"), "  "),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The caret and where its selection began; both places are equal when nothing is selected."""

    anchor: Position
    """Where the selection began."""
    head: Position
    """Where the caret is."""

    @classmethod
    def at(cls, place: Position) -> "Selection":
        """Return a caret without a selection."""
        return cls(place, place)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.head

    @property
    def span(self) -> Span:
        """The selected span."""
        return Span(min(self.anchor, self.head), max(self.anchor, self.head))

    def clamped(self, text: Text) -> "Selection":
        """Return the nearest selection that exists in `text`."""
        head = clamp(text, self.head)
        return Selection(head if self.is_empty else clamp(text, self.anchor), head)


def clamp(text: Text, place: Position) -> Position:
    """Return the nearest place that exists in `text`."""
    if place.line >= text.line_count:
        return text.end
    line = max(0, place.line)
    return Position(line, max(0, min(place.column, len(text.line(line)))))


@dataclass(frozen=True, slots=True)
class Indent:
    """How a file is indented."""

    unit: str
    """What one level is: a tab or some spaces."""
    tab_size: int
    """Cells from one tab stop to the next."""

    @property
    def size(self) -> int:
        """Cells of one level."""
        return self.tab_size if self.unit == "\t" else len(self.unit)


def detect_indent(lines: Sequence[str], language: str | None) -> Indent:
    """Find out how lines are indented; where nothing is indented the language decides."""
    steps: Counter[int] = Counter()
    tabs = spaces = before = 0
    for line in lines:
        body = line.lstrip(" ")
        if line.startswith("\t"):
            tabs += 1
        elif body and body[0] not in "\t\r\f*":
            width = len(line) - len(body)
            spaces += width > 1
            if width != before and 2 <= abs(width - before) <= 8:
                steps[abs(width - before)] += 1
            before = width
    if tabs > spaces:
        return Indent("\t", _TAB_SIZE)
    if steps:
        most = max(steps.items(), key=lambda step: (step[1], -step[0]))[0]
        return Indent(" " * most, _TAB_SIZE)
    return Indent(_DEFAULT_UNITS.get(language or "", "    "), _TAB_SIZE)


def indent_by(rules: Rules, found: Indent) -> Indent:
    """Return how a file is to be indented: as its rules say, and where they say nothing as it is."""
    tab_size = rules.tab_width or rules.indent_size or found.tab_size
    if rules.indent_style == "tab" or (rules.indent_style is None and found.unit == "\t"):
        return Indent("\t", tab_size)
    if rules.indent_style == "space" or rules.indent_size is not None:
        width = rules.indent_size or (found.size if found.unit != "\t" else tab_size)
        return Indent(" " * width, tab_size)
    return Indent(found.unit, tab_size)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a command may look at."""

    text: Text
    selection: Selection
    goal: int | None
    """The cell that moving up and down aims for; None: the caret's own."""
    indent: Indent
    language: str | None
    rows: RowMap
    page: int
    """Rows that fit on the screen."""
    closers: frozenset[Position] = frozenset()
    """Where closing brackets and quotes stand that came by themselves: typing one goes over it."""

    @property
    def head(self) -> Position:
        """Where the caret is."""
        return self.selection.head

    @property
    def line(self) -> str:
        """The line the caret is on."""
        return self.text.line(self.selection.head.line)

    def cells(self, line: int) -> LineCells:
        """Lay a line out in cells."""
        return lay_out(self.text.line(line), self.indent.tab_size)

    def shape(self, line: int, part: int) -> tuple[int, int, int, int]:
        """Return first column, last column, first cell and indentation of a part of a wrapped line."""
        text = self.text.line(line)
        starts = self.rows.parts(text)
        cells = self.cells(line)
        wraps = self.rows.wraps
        hang = hang_of(text, wraps.width, wraps.tab_size) if wraps is not None and part else 0
        is_last = part + 1 >= len(starts)
        last = len(text) if is_last else cells.previous_stop(starts[part + 1])
        return starts[part], last, cells.cell_of(starts[part]), hang

    def last_column(self, line: int) -> int:
        """Return the column behind the last character of a line."""
        return len(self.text.line(line))


@dataclass(frozen=True, slots=True)
class Move:
    """Where a motion takes the caret."""

    place: Position
    goal: int | None = None
    """The cell that the next move up or down aims for."""


class EditKind(StrEnum):
    """What sort of edit it is; runs of the first two are undone together."""

    TYPE = "type"
    ERASE = "erase"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Edit:
    """What a command wants changed, and where the caret is then."""

    changes: ChangeSet
    selection: Selection
    kind: EditKind = EditKind.OTHER
    opens: bool = False
    """Whether a closing bracket or quote came by itself behind the caret."""


EditCommand = Callable[[Scene], Edit | None]
