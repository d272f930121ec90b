"""Lays one line of text out in terminal cells: tabs, wide and combining characters, visible marks for hidden ones.

Columns are code points, cells are what the terminal counts; nothing here knows about colours or the screen.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from spark_tui.core.display import inert

CHUNK = 2048
"""Longest piece of a line, in code points, that is laid out at once; longer lines are laid out as far as needed."""
_EXTENSION_LIMIT = 64
_SPECIAL = re.compile(r"[^\x20-\x7e]+")
_JOINER = "\u200d"
_ORPHAN_BASE = "\u25cc"
_REGIONAL = range(0x1F1E6, 0x1F200)


class PieceKind(IntEnum):
    """How the characters of a piece relate to cells."""

    PLAIN = 0
    """One cell for each code point: may be cut anywhere."""
    CLUSTER = 1
    """One character as a reader sees it, of any number of code points and cells."""
    TAB = 2
    """A tab, as wide as the way to the next stop."""
    HIDDEN = 3
    """A control or invisible character, drawn as a visible mark."""


class Piece(NamedTuple):
    """A stretch of a line that is drawn in one go."""

    column: int
    """First code point."""
    end: int
    """Code point after the last one."""
    cell: int
    """First cell, counted from the start of the line."""
    width: int
    """Number of cells."""
    text: str
    """What the terminal is given; exactly `width` cells."""
    kind: PieceKind


class _Chunk(NamedTuple):
    column: int
    end: int
    cell: int
    end_cell: int
    text: str
    is_plain: bool


def _is_extender(char: str) -> bool:
    """Whether `char` belongs to the character before it."""
    return get_character_cell_size(char) == 0 and inert(char) == char


class _Builder:
    """Collects the pieces of one chunk from left to right."""

    def __init__(self, cell: int, tab_size: int) -> None:
        self.pieces: list[Piece] = []
        self._cell = cell
        self._tab_size = tab_size

    def plain(self, column: int, text: str) -> None:
        """Add characters of one cell each, joined to a plain piece just before."""
        if self.pieces and self.pieces[-1].kind is PieceKind.PLAIN:
            last = self.pieces.pop()
            column, cell, text = last.column, last.cell, last.text + text
        else:
            cell = self._cell
        self.pieces.append(Piece(column, column + len(text), cell, len(text), text, PieceKind.PLAIN))
        self._cell = cell + len(text)

    def add(self, column: int, end: int, text: str, width: int, kind: PieceKind) -> None:
        """Add one piece that is never cut."""
        self.pieces.append(Piece(column, end, self._cell, width, text, kind))
        self._cell += width

    def tab(self, column: int) -> None:
        """Add a tab up to the next stop."""
        width = self._tab_size - self._cell % self._tab_size
        self.add(column, column + 1, " " * width, width, PieceKind.TAB)

    def extend(self, column: int, char: str) -> None:
        """Add a character of no width to the one before it, or to a dotted circle where none is."""
        base = self._take_last_character()
        if base is None:
            self.add(column, column + 1, _ORPHAN_BASE + char, 1, PieceKind.CLUSTER)
            return
        text = base.text + char
        self.add(base.column, column + 1, text, cell_len(text), PieceKind.CLUSTER)

    def join(self, column: int, char: str) -> bool:
        """Join an emoji to the one before a zero width joiner; the joiner keeps its visible mark."""
        if len(self.pieces) < 2:
            return False
        mark, base = self.pieces[-1], self.pieces[-2]
        is_joined = mark.kind is PieceKind.HIDDEN and mark.end == column
        if not (is_joined and base.kind is PieceKind.CLUSTER and base.width > 1):
            return False
        del self.pieces[-2:]
        self._cell = base.cell
        text = base.text + mark.text + char
        self.add(base.column, column + 1, text, base.width + mark.width + 2, PieceKind.CLUSTER)
        return True

    def pair(self, column: int, char: str) -> bool:
        """Join a regional letter to a lone one before it, which makes a flag."""
        last = self.pieces[-1] if self.pieces else None
        if last is None or last.end != column or not (last.text and ord(last.text[-1]) in _REGIONAL):
            return False
        if last.kind is PieceKind.CLUSTER and last.end - last.column > 1:
            return False
        base = self._take_last_character()
        if base is None:
            return False
        text = base.text + char
        self.add(base.column, column + 1, text, cell_len(text), PieceKind.CLUSTER)
        return True

    def _take_last_character(self) -> Piece | None:
        if not self.pieces or self.pieces[-1].kind not in (PieceKind.PLAIN, PieceKind.CLUSTER):
            return None
        last = self.pieces.pop()
        self._cell = last.cell
        if last.kind is PieceKind.PLAIN and len(last.text) > 1:
            rest = last.text[:-1]
            self.pieces.append(Piece(last.column, last.end - 1, last.cell, len(rest), rest, PieceKind.PLAIN))
            self._cell += len(rest)
            last = Piece(last.end - 1, last.end, self._cell, 1, last.text[-1], PieceKind.PLAIN)
        return last


@lru_cache(maxsize=1024)
def _pieces(text: str, phase: int, tab_size: int) -> tuple[Piece, ...]:
    """Lay out one chunk whose first cell is `phase` cells after a tab stop; columns and cells count from there."""
    builder = _Builder(phase, tab_size)
    done = 0
    for run in _SPECIAL.finditer(text):
        if run.start() > done:
            builder.plain(done, text[done : run.start()])
        for offset, char in enumerate(run.group()):
            _add_special(builder, run.start() + offset, char)
        done = run.end()
    if done < len(text):
        builder.plain(done, text[done:])
    return tuple(piece._replace(cell=piece.cell - phase) for piece in builder.pieces)


def _add_special(builder: _Builder, column: int, char: str) -> None:
    if char == "\t":
        builder.tab(column)
        return
    shown = inert(char)
    if shown != char:
        builder.add(column, column + 1, shown, 1, PieceKind.HIDDEN)
        return
    width = get_character_cell_size(char)
    if width == 0:
        builder.extend(column, char)
    elif width == 2:
        if not builder.join(column, char):
            builder.add(column, column + 1, char, width, PieceKind.CLUSTER)
    elif not (ord(char) in _REGIONAL and builder.pair(column, char)):
        builder.plain(column, char)


class LineCells:
    """One line laid out in cells; a long line only as far as somebody asked."""

    __slots__ = ("_chunks", "_line", "_tab_size")

    def __init__(self, line: str, tab_size: int) -> None:
        self._line = line
        self._tab_size = tab_size
        self._chunks: list[_Chunk] = []

    def cell_of(self, column: int) -> int:
        """Return the cell at which the character at `column` starts; the end of the line is a column too."""
        chunk = self._chunk_at_column(column)
        if chunk is None or column <= chunk.column:
            return 0 if chunk is None else chunk.cell
        if chunk.is_plain or column >= chunk.end:
            return chunk.cell + column - chunk.column if chunk.is_plain else chunk.end_cell
        piece = self._piece_at(chunk, column)
        if piece.kind is PieceKind.PLAIN:
            return piece.cell + column - piece.column
        return piece.cell

    def column_at(self, cell: int, *, nearest: bool = False) -> int:
        """Return the column of the character that covers `cell`; with `nearest` the closer side of a wide one."""
        chunk = self._chunk_at_cell(max(0, cell))
        if chunk is None or cell >= chunk.end_cell:
            return len(self._line)
        if cell <= 0:
            return 0
        if chunk.is_plain:
            return chunk.column + cell - chunk.cell
        for piece in self._pieces_of(chunk):
            if cell < piece.cell + piece.width:
                if piece.kind is PieceKind.PLAIN:
                    return piece.column + cell - piece.cell
                is_right_half = nearest and (cell - piece.cell) * 2 >= piece.width
                return piece.end if is_right_half else piece.column
        return chunk.end

    def snap(self, column: int) -> int:
        """Return the start of the character that `column` lies in."""
        column = max(0, min(column, len(self._line)))
        chunk = self._chunk_at_column(column)
        if chunk is None or chunk.is_plain or column in (chunk.column, chunk.end):
            return column
        piece = self._piece_at(chunk, column)
        return column if piece.kind is PieceKind.PLAIN else piece.column

    def next_stop(self, column: int) -> int:
        """Return the column after the character at `column`."""
        if column >= len(self._line):
            return len(self._line)
        chunk = self._chunk_at_column(column)
        if chunk is not None and column == chunk.end:
            chunk = self._chunk_at_column(column + 1)
        if chunk is None or chunk.is_plain:
            return column + 1
        piece = self._piece_at(chunk, column)
        return column + 1 if piece.kind is PieceKind.PLAIN else piece.end

    def previous_stop(self, column: int) -> int:
        """Return the start of the character before `column`."""
        return self.snap(column - 1) if column > 0 else 0

    def window(self, first_cell: int, last_cell: int) -> Iterator[Piece]:
        """Yield the pieces that show at least one cell of `first_cell` up to but not including `last_cell`."""
        self._chunk_at_cell(last_cell)
        start = max(0, bisect_right(self._chunks, first_cell, key=lambda chunk: chunk.cell) - 1)
        for chunk in self._chunks[start:]:
            if chunk.cell >= last_cell:
                return
            if chunk.is_plain:
                left = max(0, first_cell - chunk.cell)
                text = chunk.text[left : last_cell - chunk.cell]
                column = chunk.column + left
                if text:
                    yield Piece(
                        column, column + len(text), chunk.cell + left, len(text), text, PieceKind.PLAIN
                    )
                continue
            for piece in self._pieces_of(chunk):
                if piece.cell >= last_cell:
                    return
                if piece.cell + piece.width > first_cell:
                    yield _cut(piece, first_cell, last_cell)

    def _pieces_of(self, chunk: _Chunk) -> Iterator[Piece]:
        for piece in _pieces(chunk.text, chunk.cell % self._tab_size, self._tab_size):
            yield piece._replace(
                column=piece.column + chunk.column,
                end=piece.end + chunk.column,
                cell=piece.cell + chunk.cell,
            )

    def _piece_at(self, chunk: _Chunk, column: int) -> Piece:
        pieces = _pieces(chunk.text, chunk.cell % self._tab_size, self._tab_size)
        index = bisect_right(pieces, column - chunk.column, key=lambda piece: piece.column) - 1
        piece = pieces[max(0, index)]
        return piece._replace(
            column=piece.column + chunk.column, end=piece.end + chunk.column, cell=piece.cell + chunk.cell
        )

    def _chunk_at_column(self, column: int) -> _Chunk | None:
        """Return the chunk that holds `column`; at a border the one that ends there."""
        while (not self._chunks or self._chunks[-1].end < column) and self._grow():
            pass
        if not self._chunks:
            return None
        index = bisect_right(self._chunks, max(0, column - 1), key=lambda chunk: chunk.column) - 1
        return self._chunks[max(0, index)]

    def _chunk_at_cell(self, cell: int) -> _Chunk | None:
        while (not self._chunks or self._chunks[-1].end_cell <= cell) and self._grow():
            pass
        if not self._chunks:
            return None
        index = bisect_right(self._chunks, cell, key=lambda chunk: chunk.cell) - 1
        return self._chunks[max(0, index)]

    def _grow(self) -> bool:
        """Measure the next chunk; False at the end of the line."""
        column = self._chunks[-1].end if self._chunks else 0
        cell = self._chunks[-1].end_cell if self._chunks else 0
        if column >= len(self._line):
            return False
        end = self._chunk_end(column)
        text = self._line[column:end]
        if text.isascii() and text.isprintable():
            self._chunks.append(_Chunk(column, end, cell, cell + len(text), text, True))
        else:
            last = _pieces(text, cell % self._tab_size, self._tab_size)[-1]
            self._chunks.append(_Chunk(column, end, cell, cell + last.cell + last.width, text, False))
        return True

    def _chunk_end(self, column: int) -> int:
        """Return where a chunk may end without tearing a character apart."""
        end = min(len(self._line), column + CHUNK)
        limit = min(len(self._line), end + _EXTENSION_LIMIT)
        while end < limit:
            char, before = self._line[end], self._line[end - 1]
            is_joined = _JOINER in (char, before) or ord(char) in _REGIONAL
            if not (is_joined or _is_extender(char)):
                break
            end += 1
        return end


def _cut(piece: Piece, first_cell: int, last_cell: int) -> Piece:
    """Cut a piece to a window; a character that does not fit whole leaves blanks."""
    left = max(0, first_cell - piece.cell)
    right = max(0, piece.cell + piece.width - last_cell)
    if not left and not right:
        return piece
    width = piece.width - left - right
    if piece.kind is PieceKind.PLAIN:
        text = piece.text[left : left + width]
        return Piece(
            piece.column + left, piece.column + left + width, piece.cell + left, width, text, piece.kind
        )
    return piece._replace(cell=piece.cell + left, width=width, text=" " * width)


@lru_cache(maxsize=2048)
def _short(line: str, tab_size: int) -> LineCells:
    return LineCells(line, tab_size)


@lru_cache(maxsize=8)
def _long(line: str, tab_size: int) -> LineCells:
    return LineCells(line, tab_size)


def lay_out(line: str, tab_size: int) -> LineCells:
    """Lay `line` out in cells; the lines seen last are remembered."""
    return _short(line, tab_size) if len(line) <= CHUNK else _long(line, tab_size)
