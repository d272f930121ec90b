"""One file as a syntax tree: follows edits, parses in slices of time, highlights the lines on screen.

Holds no text of its own: it reads lines through the function it was given, whenever it needs them.
"""

import time
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

import tree_sitter

from spark_tui.core.text import ChangeSet
from spark_tui.syntax.bounds import is_beyond, is_hopeless
from spark_tui.syntax.following import Point, Replacement, replacements
from spark_tui.syntax.grammars import grammar, highlight_query
from spark_tui.syntax.inner import captured_inside
from spark_tui.syntax.line_bytes import (
    BlockReader,
    LineLengths,
    LineSource,
    byte_column,
    byte_length,
)
from spark_tui.syntax.outline import Symbol, symbols_in
from spark_tui.syntax.partners import partner_of
from spark_tui.syntax.querying import LineView, captured_in
from spark_tui.syntax.spans import LineSpan, by_line, flatten

MAX_BYTES: Final = 4_000_000
"""Larger documents are not parsed: a tree takes about fifty times the bytes of its source."""
_COMPARED_LINES: Final = 5000
"""Trees of longer documents are not compared: it takes a millisecond for so many lines, and cannot be sliced."""


class SyntaxTree:
    """The syntax tree of one open file, in lines and code-point columns.

    Belongs to one thread. The text is that of `lines`: lines without their endings, which the parser sees
    joined by a line feed. Unknown languages and hopeless content give no highlights, never an exception.
    """

    def __init__(self, language: str | None, lines: LineSource) -> None:
        self.language = language
        self._lines = lines
        self._grammar = grammar(language) if language else None
        self._parser = tree_sitter.Parser(self._grammar) if self._grammar is not None else None
        self._reader = BlockReader(lines, partial(is_beyond, language or ""))
        self._tree: tree_sitter.Tree | None = None
        self._lengths: LineLengths | None = None
        self._budget_micros = 0
        self._has_query = False
        self._is_stale = self._parser is not None
        self.too_large = False
        """Whether the document is over MAX_BYTES, or nested too deep, and therefore not parsed."""
        self.changed: tuple[tuple[int, int], ...] | None = None
        """The first and last lines that the last parse sees otherwise, beside those edited; None: maybe all."""

    @property
    def is_current(self) -> bool:
        """Whether there is nothing left to parse."""
        return not self._is_stale

    def parse(self, budget_seconds: float | None = None) -> bool:
        """Parses for about as long as told, or to the end; True when there is nothing left to parse."""
        if self._parser is None or not self._is_stale:
            return True
        if not self._has_query:
            # Compiling takes up to 50 ms, once per process and language: better here than while painting.
            self._has_query = True
            highlight_query(self.language or "")
            if budget_seconds is not None:
                return False
        if self._lengths is not None and not self._ends_where(self._lengths):
            self.reset()
        self._set_budget(self._parser, budget_seconds)
        try:
            read = _weak_reader(self)
            tree = self._parser.parse(read) if self._tree is None else self._parser.parse(read, self._tree)
        except ValueError:
            # The binding's word for "the time is up"; the next call takes up where this one stopped.
            tree = None
        if self.too_large:
            self._drop()
            self._is_stale = False
            return True
        if tree is None:
            return False
        self.changed = None
        if self._tree is not None and self._lengths is not None and self._lengths.count <= _COMPARED_LINES:
            ranges = self._tree.changed_ranges(tree)
            self.changed = tuple((one.start_point.row, one.end_point.row) for one in ranges)
        self._tree = tree
        if self._lengths is None:
            self._lengths = LineLengths(self._reader.seen)
        self._reader.seen = []
        self._is_stale = False
        return True

    def reset(self) -> None:
        """Forgets everything: the document is another one now."""
        self._drop()
        self._is_stale = self._parser is not None
        self.too_large = False

    def edit(
        self,
        start_line: int,
        start_column: int,
        old_end_line: int,
        old_end_column: int,
        new_end_line: int,
        new_end_column: int,
    ) -> None:
        """Tells of one replacement, after `lines` gives the new text; code points, ends exclusive.

        Several are told from first to last, each in coordinates in which the earlier ones are made; those
        which share a line as one.
        """
        start, old_end = (start_line, start_column), (old_end_line, old_end_column)
        self._follow([Replacement(start, old_end, (new_end_line, new_end_column))])

    def follow(self, changes: ChangeSet) -> None:
        """Tells of a set of changes, after `lines` gives the text with all of them made."""
        self._follow(replacements(changes))

    def highlights(
        self, first_line: int, last_line: int, columns: int = 2000
    ) -> Mapping[int, list[LineSpan]]:
        """Spans of the lines from first to last (inclusive), sorted and disjoint; bare lines are absent.

        Columns beyond `columns` are not looked at, which bounds the cost of a line without end. Between
        an edit and the parse that follows, the old tree answers, moved along with the text.
        """
        query = highlight_query(self.language) if self.language else None
        if query is None or self._tree is None or first_line > last_line:
            return {}
        first_line = max(first_line, 0)
        view = LineView(self._lines, first_line, last_line)
        root = self._tree.root_node
        began = time.process_time()
        captured = list(captured_in(root, query, view, columns))
        if is_hopeless(time.process_time() - began, len(captured)):
            self.too_large = True
            self._drop()
            return {}
        captured += captured_inside(root, self.language or "", view, columns)
        return by_line(flatten(captured), view.first, view.last, view.column, view.width)

    def partner(self, line: int, column: int) -> tuple[int, int] | None:
        """Where the partner of the bracket at a place stands; None without one, or while not parsed."""
        if self._tree is None or self._is_stale:
            return None
        view = LineView(self._lines, line, line)
        start = (line, byte_column(view.text(line), column))
        found = partner_of(self._tree.root_node, start)
        return None if found is None else (found[0], view.column(*found))

    def outline(self) -> tuple[Symbol, ...] | None:
        """The definitions in the document; None while it is not parsed to its end."""
        if self._tree is None or self._is_stale or self.language is None:
            return None
        return symbols_in(self._tree.root_node, self.language, self._lines)

    # --- inside

    def _set_budget(self, parser: tree_sitter.Parser, seconds: float | None) -> None:
        micros = 0 if seconds is None else max(1, int(seconds * 1_000_000))
        if micros == self._budget_micros:
            return
        with warnings.catch_warnings():
            # The parameter that replaces it crashes in the release we pin.
            warnings.simplefilter("ignore", DeprecationWarning)
            parser.timeout_micros = micros  # type: ignore[misc]
        self._budget_micros = micros

    def _drop(self) -> None:
        if self._parser is not None:
            self._parser.reset()
        self._tree = None
        self._lengths = None
        self._reader.forget()
        self._reader.seen = []

    def _read(self, offset: int, point: Point) -> bytes:
        if offset > MAX_BYTES:
            self.too_large = True
        data = b"" if self.too_large else self._reader.read(*point)
        self.too_large |= self._reader.is_beyond
        return b"" if self.too_large else data

    def _follow(self, made: Iterable[Replacement]) -> None:
        if self._parser is None or self.too_large:
            return
        self._parser.reset()
        self._reader.forget()
        self._reader.seen = []
        self._is_stale = True
        tree, lengths = self._tree, self._lengths
        if tree is None or lengths is None:
            return
        if not all(self._move(tree, lengths, one) for one in made):
            # The line structure moved in a way the positions do not tell, as when a lone carriage return
            # stops being an ending: only a fresh parse is right.
            self.reset()

    def _move(self, tree: tree_sitter.Tree, lengths: LineLengths, made: Replacement) -> bool:
        """Makes one replacement in tree and lengths; False if it does not agree with the new text."""
        start, old_end, new_end = made.start, made.old_end, made.new_end
        if not (0 <= start[0] <= old_end[0] < lengths.count and start <= old_end and start <= new_end):
            return False
        new = self._lines(start[0], new_end[0] + 1)
        if len(new) != new_end[0] - start[0] + 1 or start[1] > len(new[0]) or new_end[1] > len(new[-1]):
            return False
        start_byte = byte_column(new[0], start[1])
        new_end_byte = byte_column(new[-1], new_end[1])
        # The old line is gone, but what follows the edit on it is what follows the edit on the new line.
        old_end_byte = lengths[old_end[0]] - (byte_length(new[-1]) - new_end_byte)
        if old_end_byte < (start_byte if old_end[0] == start[0] else 0):
            return False
        start_offset = lengths.offset(start[0]) + start_byte
        old_end_offset = lengths.offset(old_end[0]) + old_end_byte
        lengths.splice(start[0], old_end[0] + 1, [byte_length(line) for line in new])
        tree.edit(
            start_offset,
            old_end_offset,
            lengths.offset(new_end[0]) + new_end_byte,
            (start[0], start_byte),
            (old_end[0], old_end_byte),
            (new_end[0], new_end_byte),
        )
        return True

    def _ends_where(self, lengths: LineLengths) -> bool:
        last = self._lines(lengths.count - 1, lengths.count + 1)
        return len(last) == 1 and byte_length(last[0]) == lengths[lengths.count - 1]


def _weak_reader(tree: SyntaxTree) -> Callable[[int, Point], bytes]:
    # The parsed tree keeps this callback out of the garbage collector's sight: it must not keep the document.
    reference = weakref.ref(tree)

    def read(offset: int, point: Point) -> bytes:
        alive = reference()
        return b"" if alive is None else alive._read(offset, point)

    return read
