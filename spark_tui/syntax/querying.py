"""Runs a highlight query over the lines on screen, and answers its predicates from the text as it is now."""

from collections.abc import Iterator, Mapping
from functools import partial

import tree_sitter

from spark_tui.syntax.bounds import query_cursor
from spark_tui.syntax.grammars import HighlightQuery, Predicate
from spark_tui.syntax.line_bytes import ByteColumns, LineSource, byte_column
from spark_tui.syntax.spans import Captured, capture_named, holds

Point = tuple[int, int]
"""Row and byte column."""

_MATCH_LIMIT = 4096
_LONGEST_TEXT_ROWS = 16


class LineView:
    """The lines a query looks at: their texts, and conversions between byte and code-point columns."""

    def __init__(self, lines: LineSource, first: int, last: int) -> None:
        self._source = lines
        self.first = first
        texts = lines(first, last + 1)
        self.last = first + len(texts) - 1
        self._texts = dict(enumerate(texts, first))
        self._columns: dict[int, ByteColumns] = {}

    def text(self, row: int) -> str:
        """The text of a line; lines out of view are fetched."""
        if row not in self._texts:
            self._texts[row] = next(iter(self._source(row, row + 1)), "")
        return self._texts[row]

    def column(self, row: int, byte: int) -> int:
        """The code-point column of a byte column."""
        columns = self._columns.get(row)
        if columns is None:
            columns = self._columns[row] = ByteColumns(self.text(row))
        return columns.column(byte)

    def width(self, row: int) -> int:
        """How many code points a line has."""
        return len(self.text(row))

    def between(self, start: Point, end: Point, most_rows: int = _LONGEST_TEXT_ROWS) -> str:
        """The text of a range given in byte columns, cut after so many rows."""
        if start[0] == end[0]:
            line = self.text(start[0])
            if line.isascii():
                return line[start[1] : end[1]]
            return line[self.column(*start) : self.column(*end)]
        last = min(end[0], start[0] + most_rows)
        rows = [self.text(row) for row in range(start[0], last + 1)]
        if last == end[0]:
            rows[-1] = rows[-1][: self.column(*end)]
        rows[0] = rows[0][self.column(*start) :]
        return "\n".join(rows)


def captured_in(
    root: tree_sitter.Node,
    highlighting: HighlightQuery,
    view: LineView,
    columns: int,
    origin: Point | None = None,
) -> Iterator[Captured]:
    """Every captured node which touches the lines in view, up to so many columns.

    A root which begins at an origin, not at the beginning of the document, belongs to an inner language.
    """
    predicates = highlighting.predicates
    layer, place = (0, _as_it_is) if origin is None else (1, partial(_placed, origin))
    for start, end in _windows(view, columns):
        cursor = query_cursor(highlighting.query, _MATCH_LIMIT, end[0] - start[0])
        cursor.set_point_range(
            *((start, end) if origin is None else (_inside(origin, start), _inside(origin, end)))
        )
        for pattern, captures in cursor.matches(root):
            ranges = {
                name: [(place(node.start_point), place(node.end_point)) for node in nodes]
                for name, nodes in captures.items()
            }
            if not all(_holds(predicate, ranges, view) for predicate in predicates.get(pattern, ())):
                continue
            for name, found in ranges.items():
                capture = capture_named(name)
                if capture is not None:
                    for first, last in found:
                        yield Captured(first, last, (layer, pattern), capture)


def _as_it_is(point: Point) -> Point:
    return point


def _placed(origin: Point, point: Point) -> Point:
    """Where a point of an inner tree is in the document."""
    return origin[0] + point[0], point[1] + (origin[1] if point[0] == 0 else 0)


def _inside(origin: Point, point: Point) -> Point:
    """Where a point of the document is in an inner tree."""
    if point <= origin:
        return 0, 0
    return point[0] - origin[0], point[1] - (origin[1] if point[0] == origin[0] else 0)


def _holds(predicate: Predicate, ranges: Mapping[str, list[tuple[Point, Point]]], view: LineView) -> bool:
    def texts(name: str) -> list[str]:
        return [view.between(start, end) for start, end in ranges.get(name, ())]

    others: list[str] = []
    for is_capture, value in predicate.others:
        others.extend(texts(value)[:1] if is_capture else [value])
    return holds(predicate.name, texts(predicate.capture), others)


def _windows(view: LineView, columns: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Row and column ranges which cover the view, but of each line no more than so many columns."""
    start: int | None = None
    for row in range(view.first, view.last + 1):
        if view.width(row) <= columns:
            start = row if start is None else start
            continue
        if start is not None:
            yield (start, 0), (row, 0)
            start = None
        yield (row, 0), (row, byte_column(view.text(row), columns))
    if start is not None:
        yield (start, 0), (view.last + 1, 0)
