"""The definitions of a source in order, each with its name, kind, place and depth: what a person jumps to."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import tree_sitter

from spark_tui.core.values import dataclass
from spark_tui.syntax.bounds import parseable, query_cursor
from spark_tui.syntax.definitions import OUTLINE
from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.line_bytes import ByteColumns, LineSource
from spark_tui.syntax.whole import whole_tree

MOST = 20_000
"""Definitions told at most."""
_MATCH_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Symbol:
    """One definition."""

    name: str
    kind: str
    """A word for people: `function`, `class`, `heading`."""
    line: int
    """Where its name stands."""
    column: int
    end_line: int
    """The last line of the whole definition."""
    depth: int
    """How many other definitions it stands in."""


@cache
def _query(language: str) -> tuple[tree_sitter.Query, tuple[str, ...]] | None:
    """Return the query of a language and the kind that each pattern tells; never freed."""
    loaded = grammar(language)
    kept: list[tuple[str, str]] = []
    for pattern, kind in OUTLINE.get(language, ()) if loaded is not None else ():
        try:
            tree_sitter.Query(loaded, pattern)  # type: ignore[arg-type]
        except (tree_sitter.QueryError, ValueError):
            # Another release of the wheel may name a node otherwise; the rest still works.
            continue
        kept.append((pattern, kind))
    if loaded is None or not kept:
        return None
    return tree_sitter.Query(loaded, "\n".join(pattern for pattern, _ in kept)), tuple(k for _, k in kept)


def outline(language: str | None, lines: Sequence[str]) -> tuple[Symbol, ...]:
    """Parse lines (without endings) and return their definitions; none for a language without a grammar."""
    loaded = grammar(language) if language else None
    if loaded is None or language is None:
        return ()
    tree = whole_tree(loaded, parseable(language, lines))
    return symbols_in(tree.root_node, language, lambda start, stop: lines[start:stop])


def symbols_in(root: tree_sitter.Node, language: str, lines: LineSource) -> tuple[Symbol, ...]:
    """Return the definitions below a node, in the order of the source."""
    made = _query(language)
    if made is None:
        return ()
    query, kinds = made
    cursor = query_cursor(query, _MATCH_LIMIT, root.end_point[0])
    found: dict[tuple[int, int], tuple[tree_sitter.Node, str]] = {}
    names: dict[tuple[int, int], tree_sitter.Node] = {}
    for pattern, captures in cursor.matches(root):
        whole, name = captures["whole"][0], captures["name"][0]
        key = (name.start_byte, name.end_byte)
        if key not in found:
            found[key], names[key] = (whole, kinds[pattern]), name
        if len(found) >= MOST:
            break
    ordered = [(names[key], *found[key]) for key in sorted(found)]
    return tuple(_nested(ordered, lines))


def _nested(
    definitions: Iterable[tuple[tree_sitter.Node, tree_sitter.Node, str]], lines: LineSource
) -> Iterator[Symbol]:
    """Work out how deep each definition stands."""
    around: list[int] = []
    for name, whole, kind in sorted(definitions, key=lambda one: (one[1].start_byte, -one[1].end_byte)):
        while around and around[-1] <= whole.start_byte:
            around.pop()
        row, byte = name.start_point
        line = next(iter(lines(row, row + 1)), "")
        columns = ByteColumns(line)
        start = columns.column(byte)
        stop = columns.column(name.end_point[1]) if name.end_point[0] == row else len(line)
        last, end_byte = whole.end_point
        yield Symbol(line[start:stop].strip(), kind, row, start, last - (not end_byte), len(around))
        around.append(whole.end_byte)
