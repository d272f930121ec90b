"""Languages inside others: what stands in a Markdown paragraph or code fence, scripts and styles in HTML."""

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter

from spark_tui.syntax.bounds import is_beyond, query_cursor
from spark_tui.syntax.grammars import (
    HighlightQuery,
    grammar,
    highlight_query,
    inner_query,
    paragraph,
    paragraph_query,
)
from spark_tui.syntax.languages import LANGUAGES, language_for
from spark_tui.syntax.line_bytes import encoded
from spark_tui.syntax.querying import LineView, captured_in
from spark_tui.syntax.spans import Captured

_MATCH_LIMIT = 65_536
_LONGEST = 20_000
_MOST_TEXT = 100_000
PARAGRAPH = "paragraph"


def captured_inside(
    root: tree_sitter.Node, language: str, view: LineView, columns: int
) -> Iterator[Captured]:
    """Captures from the inner languages of the lines in view, each parsed by itself and kept a while."""
    query = inner_query(language)
    if query is None:
        return
    cursor = query_cursor(query, _MATCH_LIMIT, view.last - view.first)
    cursor.set_point_range((view.first, 0), (view.last + 1, 0))
    budget = _MOST_TEXT
    for _, captures in cursor.matches(root):
        names = [name for name in captures if name != "name"]
        if len(names) != 1:
            continue
        inner = _inner_language(names[0], captures.get("name", []), view)
        highlighting = paragraph_query() if inner == PARAGRAPH else highlight_query(inner)
        for node in captures[names[0]]:
            size = node.end_byte - node.start_byte
            budget -= size
            if highlighting is None or size > _LONGEST or budget < 0:
                continue
            yield from _captured(node, inner, highlighting, view, columns)


def _inner_language(name: str, said: list[tree_sitter.Node], view: LineView) -> str:
    """The language a capture's name stands for, or that the text says."""
    if name != "said":
        return name
    word = view.between(said[0].start_point, said[0].end_point).strip().lower() if said else ""
    return word if word in LANGUAGES else language_for(f"x.{word}") or language_for("x", f"#!{word}") or ""


def _captured(
    node: tree_sitter.Node, inner: str, highlighting: HighlightQuery, view: LineView, columns: int
) -> Iterator[Captured]:
    start, end = node.start_point, node.end_point
    text = view.between(start, end, end[0] - start[0])
    tree = _parsed(inner, text)
    if tree is not None:
        yield from captured_in(tree.root_node, highlighting, view, columns, origin=start)


@lru_cache(maxsize=96)
def _parsed(inner: str, text: str) -> tree_sitter.Tree | None:
    loaded = paragraph() if inner == PARAGRAPH else grammar(inner)
    source = encoded(text)
    return None if loaded is None or is_beyond(inner, source) else tree_sitter.Parser(loaded).parse(source)
