"""Whole sources as nodes, for work on code outside the editor: kinds, texts, positions in code points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import tree_sitter

from spark_tui.core.values import dataclass
from spark_tui.syntax.bounds import parseable
from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.line_bytes import ByteColumns
from spark_tui.syntax.whole import whole_tree

Point = tuple[int, int]


class Source:
    """A parsed source: its lines, its root node, and the conversions which the nodes need."""

    __slots__ = ("_columns", "_tree", "language", "lines")

    def __init__(self, language: str, lines: Sequence[str], tree: tree_sitter.Tree) -> None:
        self.language = language
        self.lines = tuple(lines)
        self._tree = tree
        self._columns: dict[int, ByteColumns] = {}

    @property
    def root(self) -> Node:
        """The node of the whole source."""
        return Node(self, self._tree.root_node)

    def position(self, point: Point) -> Point:
        """Line and code-point column of a row and byte column."""
        row, byte = point
        if row >= len(self.lines):
            return row, 0
        columns = self._columns.get(row)
        if columns is None:
            columns = self._columns[row] = ByteColumns(self.lines[row])
        return row, columns.column(byte)

    def walk(self, want: Callable[[str], bool] | None = None) -> Iterator[Node]:
        """All nodes in source order, parents first; with `want`, only those of a wanted kind."""
        cursor = self._tree.walk()
        while True:
            node = cursor.node
            if node is not None and (want is None or want(node.type)):
                yield Node(self, node)
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a parsed source; lines and columns are 0-based, ends exclusive."""

    source: Source
    _raw: tree_sitter.Node

    @property
    def kind(self) -> str:
        """The grammar's name for it, as `function_definition`; a keyword's or sign's kind is its text."""
        return self._raw.type

    @property
    def is_named(self) -> bool:
        """Whether it is more than a keyword or a sign."""
        return self._raw.is_named

    @property
    def is_broken(self) -> bool:
        """Whether it, or something in it, could not be parsed."""
        return self._raw.has_error

    @property
    def start(self) -> Point:
        """Line and column of its first character."""
        return self.source.position(self._raw.start_point)

    @property
    def end(self) -> Point:
        """Line and column after its last character."""
        return self.source.position(self._raw.end_point)

    @property
    def text(self) -> str:
        """The text it covers, lines joined by a line feed."""
        (first, start), (last, end) = self.start, self.end
        lines = self.source.lines
        if first == last:
            return lines[first][start:end] if first < len(lines) else ""
        tail = [lines[last][:end]] if last < len(lines) else [""]
        return "\n".join([lines[first][start:], *lines[first + 1 : last], *tail])

    @property
    def parent(self) -> Node | None:
        """The node it stands in."""
        return self._wrap(self._raw.parent)

    @property
    def children(self) -> list[Node]:
        """What stands directly in it, keywords and signs included."""
        return [Node(self.source, child) for child in self._raw.children]

    @property
    def named_children(self) -> list[Node]:
        """What stands directly in it, without keywords and signs."""
        return [Node(self.source, child) for child in self._raw.named_children]

    @property
    def previous(self) -> Node | None:
        """The named sibling before it."""
        return self._wrap(self._raw.prev_named_sibling)

    @property
    def following(self) -> Node | None:
        """The named sibling after it."""
        return self._wrap(self._raw.next_named_sibling)

    def field(self, name: str) -> Node | None:
        """The child which the grammar calls by this name."""
        return self._wrap(self._raw.child_by_field_name(name))

    def fields(self, name: str) -> list[Node]:
        """All children which the grammar calls by this name."""
        return [Node(self.source, child) for child in self._raw.children_by_field_name(name)]

    def ancestors(self) -> Iterator[Node]:
        """The nodes it stands in, innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator[Node]:
        """It and everything in it, in source order, parents first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def _wrap(self, raw: tree_sitter.Node | None) -> Node | None:
        return None if raw is None else Node(self.source, raw)


def parse_source(language: str | None, lines: Sequence[str]) -> Source | None:
    """Parses lines (without endings) to the end; None if there is no grammar for the language."""
    loaded = grammar(language) if language else None
    if loaded is None or language is None:
        return None
    tree = whole_tree(loaded, parseable(language, lines))
    return Source(language, lines, tree)
