"""Where a source does not parse: made to run in a thread, in slices so short that the screen does not feel them."""

import time
from typing import Final

import tree_sitter

from spark_tui.core.values import dataclass
from spark_tui.syntax.bounds import is_beyond
from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.whole import parse_whole, slicing_parser

MAX_BYTES: Final = 4_000_000
"""Larger sources are not parsed."""
MAX_FAULTS: Final = 200
_WORDS = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that does not parse; lines and columns (in code points) count from zero."""

    line: int
    column: int
    end_line: int
    end_column: int
    words: str
    """What stands there or is missing there: foreign text."""


class FaultFinder:
    """Finds what does not parse in a text and in other versions of it, which are read along with the first.

    Made on one thread and used on another, one call at a time.
    """

    def __init__(self, language: str) -> None:
        loaded = grammar(language)
        self._language = language
        self._parser = None if loaded is None else slicing_parser(loaded)
        self._first: tuple[bytes, tree_sitter.Tree] | None = None

    def faults(self, source: bytes, seconds: float) -> tuple[Fault, ...] | None:
        """Return the faults of a source in order; None if they can't be known, or not in time. Blocks."""
        if self._parser is None or len(source) > MAX_BYTES or is_beyond(self._language, source):
            return None
        tree = self._parse(self._parser, source, time.monotonic() + seconds)
        if tree is None:
            return None
        if self._first is None:
            self._first = source, tree
        return tuple(_faults_in(tree, source)) if tree.root_node.has_error else ()

    def _parse(self, parser: tree_sitter.Parser, source: bytes, deadline: float) -> tree_sitter.Tree | None:
        old = None if self._first is None else _edited(*self._first, source)
        return parse_whole(parser, source, old, deadline)


def _edited(before: bytes, tree: tree_sitter.Tree, after: bytes) -> tree_sitter.Tree:
    """Return the tree of one source, told how another differs from it."""
    start = _same(before, after, 0)
    most = min(len(before), len(after)) - start
    tail = _same_end(before, after, most)
    old_end, new_end = len(before) - tail, len(after) - tail
    moved = tree.copy()
    moved.edit(
        start, old_end, new_end, _point(before, start), _point(before, old_end), _point(after, new_end)
    )
    return moved


def _same(one: bytes, other: bytes, low: int) -> int:
    """Return how many bytes are the same from the beginning."""
    high = min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _same_end(one: bytes, other: bytes, most: int) -> int:
    """Return how many bytes are the same at the end, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _point(source: bytes, offset: int) -> tuple[int, int]:
    return source.count(b"\n", 0, offset), offset - (source.rfind(b"\n", 0, offset) + 1)


def _faults_in(tree: tree_sitter.Tree, source: bytes) -> list[Fault]:
    """Walk to what is wrong and past everything that is right."""
    found: list[Fault] = []
    cursor = tree.walk()
    while len(found) < MAX_FAULTS:
        node = cursor.node
        if node is None:
            break
        is_one = node.is_error or node.is_missing
        if is_one:
            found.append(_fault(node, source))
        if node.has_error and not is_one and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return found
    return found


def _fault(node: tree_sitter.Node, source: bytes) -> Fault:
    start, end = node.start_byte, node.end_byte
    if node.is_missing:
        words = f"{node.type} is missing"
    else:
        text = source[start : min(end, start + 4 * _WORDS)].decode("utf-8", "replace").strip()
        words = f"unexpected {text.split(chr(10))[0][:_WORDS]}" if text else "unexpected end"
    (line, column), (end_line, end_column) = node.start_point, node.end_point
    return Fault(
        line, _characters(source, start, column), end_line, _characters(source, end, end_column), words
    )


def _characters(source: bytes, offset: int, column: int) -> int:
    return len(source[offset - column : offset].decode("utf-8", "replace"))
