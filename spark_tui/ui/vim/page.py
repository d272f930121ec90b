"""A text as modal editing sees it: rows that a caret can stand on, characters instead of places between them."""

from enum import StrEnum

from spark_tui.core.text import Position, Span, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.line_cells import LineCells, lay_out

END = 1 << 30
"""The cell that `$` aims for: the last one of every line."""


class Shape(StrEnum):
    """Of what an operator or a register is made."""

    CHARS = "characters"
    LINES = "lines"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Piece:
    """What an operator works on."""

    start: Position
    end: Position
    """Behind the last character; for lines and blocks a place in the last line."""
    shape: Shape = Shape.CHARS
    cells: tuple[int, int] = (0, 0)
    """For a block: its first cell and the one behind its last; `END`: to the ends of lines."""

    @property
    def rows(self) -> range:
        """The lines it touches."""
        return range(self.start.line, self.end.line + 1)


@dataclass(frozen=True, slots=True)
class Page:
    """One text with what motions must know besides."""

    text: Text
    tab: int = 8
    """Cells from one tab stop to the next."""
    unit: str = "    "
    """One level of indentation."""
    top: int = 0
    """The first line in view."""
    bottom: int = 0
    """The last line in view."""

    @property
    def last(self) -> int:
        """The last line; the empty one behind a final line break is none."""
        return max(0, self.text.row_count - 1)

    def line(self, number: int) -> str:
        """Return a line without its break."""
        return self.text.line(number)

    def cells(self, number: int) -> LineCells:
        """Lay a line out in cells."""
        return lay_out(self.text.line(number), self.tab)

    def after(self, place: Position) -> Position:
        """Return the place behind the character at a place, in the same line."""
        return Position(place.line, self.cells(place.line).next_stop(place.column))

    def before(self, place: Position) -> Position:
        """Return the place of the character before a place, in the same line."""
        return Position(place.line, self.cells(place.line).previous_stop(place.column))

    def last_column(self, number: int) -> int:
        """Return where the last character of a line begins; 0 for an empty line."""
        return self.cells(number).previous_stop(len(self.line(number)))

    def first_column(self, number: int) -> int:
        """Return where the first character that is not blank stands, or the last one if all are."""
        line = self.line(number)
        blanks = len(line) - len(line.lstrip(" \t"))
        return blanks if blanks < len(line) else self.last_column(number)

    def lead(self, number: int) -> str:
        """Return the blanks that a line begins with."""
        line = self.line(number)
        return line[: len(line) - len(line.lstrip(" \t"))]

    def first(self, number: int) -> Position:
        """Return the place of the first character of a line that is not blank."""
        number = max(0, min(number, self.last))
        return Position(number, self.first_column(number))

    def content(self, span: Span) -> str:
        """Return the text of a span, with line feeds for line breaks."""
        lines = self.text.lines(span.start.line, span.end.line + 1)
        lines[-1] = lines[-1][: span.end.column]
        lines[0] = lines[0][span.start.column :]
        return "\n".join(lines)

    def on_char(self, place: Position) -> Position:
        """Return the nearest place that a caret between commands can stand on."""
        line = max(0, min(place.line, self.last))
        column = min(max(0, place.column), self.last_column(line))
        return Position(line, self.cells(line).snap(column))

    def at_cell(self, number: int, cell: int) -> int:
        """Return the column of the character at a cell of a line."""
        if cell >= END:
            return self.last_column(number)
        return min(self.cells(number).column_at(cell), self.last_column(number))

    def cell_of(self, place: Position) -> int:
        """Return the cell at which a character begins."""
        return self.cells(place.line).cell_of(place.column)

    def whole(self, first: int, last: int) -> Span:
        """Return the span of whole lines; at the end of the text with the break before them."""
        if last + 1 < self.text.line_count:
            return Span(Position(first, 0), Position(last + 1, 0))
        end = Position(last, len(self.line(last)))
        if first:
            return Span(Position(first - 1, len(self.line(first - 1))), end)
        return Span(Position(0, 0), end)

    def sides(self, number: int, cells: tuple[int, int]) -> tuple[int, int]:
        """Return the columns of a line that lie in a block of cells."""
        line = self.cells(number)
        length = len(self.line(number))
        left = min(line.column_at(cells[0]), length)
        if cells[1] >= END:
            return left, length
        right = line.column_at(cells[1] - 1)
        return left, max(left, line.next_stop(right) if right < length else length)
