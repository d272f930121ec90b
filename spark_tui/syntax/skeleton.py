"""Skeletons: which lines of a source stay when bodies are elided. Whole lines only, whatever is broken in it."""

from bisect import bisect_left
from collections.abc import Sequence

import tree_sitter

from spark_tui.core.repo import Kept
from spark_tui.core.repo.skeleton import ranges
from spark_tui.syntax.bounds import parseable
from spark_tui.syntax.defined import Defined, definitions_in
from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.plain import first_lines, headings
from spark_tui.syntax.whole import whole_tree

MOST_SIGNATURE_LINES = 8
"""A longer signature is cut."""
MOST_FIELDS = 24
"""Lines of a class or of the top level that are kept beside definitions; more is a table, not a structure."""
_DEEPEST = 40
_PASSED_OVER = frozenset(
    """
    comment line_comment block_comment doc_comment html_comment import_statement import_from_statement
    future_import_statement import_declaration use_declaration namespace_use_declaration using_directive
    preproc_include package_declaration package_clause php_tag expression_statement attribute_item
    inner_attribute_item attribute decorator doctype empty_statement hash_bang_line shebang
    command pipeline list redirected_statement
    """.split()
)
"""Nodes that say nothing about the structure. Statements that assign are looked at before this."""
_ASSIGNING = frozenset(["assignment", "assignment_expression", "augmented_assignment"])
_PROSE = frozenset(["markdown"])
KEYED = frozenset(["json", "yaml", "toml", "html", "css"])
"""Languages whose files can be one long row of keys."""
MOST_KEYS = 120


def skeleton(language: str | None, lines: Sequence[str]) -> Kept:
    """Return the lines (given without endings) that make a skeleton; nothing where it would save nothing."""
    loaded = grammar(language) if language else None
    if loaded is None or language is None:
        return first_lines(lines, [one.line for one in headings(lines)])
    root = whole_tree(loaded, parseable(language, lines)).root_node
    return skeleton_of(root, language, definitions_in(root, language), lines) or first_lines(lines)


def skeleton_of(
    root: tree_sitter.Node, language: str, definitions: Sequence[Defined], lines: Sequence[str]
) -> Kept:
    """Return the skeleton of a parsed source whose definitions are known, in order."""
    rows: set[int] = set()
    if language in _PROSE or language in KEYED:
        most = MOST_KEYS if language in KEYED else len(definitions)
        rows.update(one.name.start_point[0] for one in definitions[:most])
    else:
        _Walk(definitions, lines, rows).scope(root, 0)
    count = len(lines) - (not lines[-1]) if lines else 0
    kept = [row for row in sorted(rows) if row < count and lines[row].strip()]
    if not kept or len(kept) * 4 > count * 3:
        return ()
    return ranges(kept)


class _Walk:
    """Goes through what holds definitions, and through nothing else."""

    def __init__(self, definitions: Sequence[Defined], lines: Sequence[str], rows: set[int]) -> None:
        self._lines = lines
        self._rows = rows
        self._by_node = {one.whole.id: one for one in definitions}
        self._starts = sorted(one.whole.start_byte for one in definitions)

    def scope(self, node: tree_sitter.Node, depth: int) -> None:
        """Keep what stands directly in a class, a module or something broken."""
        fields = 0
        for child in node.named_children:
            one = self._by_node.get(child.id)
            if one is not None:
                self._definition(one, depth)
            elif self._holds_definitions(child) and depth < _DEEPEST:
                if child.type not in _PASSED_OVER and not child.is_error:
                    self._rows.add(child.start_point[0])
                self.scope(child, depth + 1)
            elif fields < MOST_FIELDS and self._is_telling(child):
                self._rows.add(child.start_point[0])
                fields += 1

    def _definition(self, one: Defined, depth: int) -> None:
        first, body = one.whole.start_point[0], one.body
        if body is not None and body.type == "struct_type":
            body = _first(body)
        name = one.name.start_point[0]
        if body is None:
            self._rows.add(name)
            return
        last = min(body.start_point[0], first + MOST_SIGNATURE_LINES - 1)
        if not self._opens_body(body):
            # In languages without braces the body starts on a line of its own.
            last = min(last, max(name, self._end_of_head(body)))
        self._rows.update(range(first, last + 1))
        if one.is_scope and depth < _DEEPEST:
            self.scope(body, depth + 1)
        self._docstring(body)

    def _opens_body(self, body: tree_sitter.Node) -> bool:
        """Whether the line on which a body starts belongs to the head: `{` stands there, or other text before."""
        row, byte = body.start_point
        line = self._lines[row] if row < len(self._lines) else ""
        return line[:byte].strip() != "" or line.strip() == "{"

    def _end_of_head(self, body: tree_sitter.Node) -> int:
        before = body.prev_sibling
        return before.end_point[0] if before is not None else body.start_point[0]

    def _docstring(self, body: tree_sitter.Node) -> None:
        first = _first(body) if body.type == "block" else None
        if first is not None and first.type == "expression_statement":
            text = _first(first)
            if text is not None and text.type == "string":
                row = text.start_point[0]
                line = self._lines[row] if row < len(self._lines) else ""
                self._rows.add(row if line.strip(" \t\"'rRbBuU") or row == text.end_point[0] else row + 1)

    def _holds_definitions(self, node: tree_sitter.Node) -> bool:
        at = bisect_left(self._starts, node.start_byte)
        return at < len(self._starts) and self._starts[at] < node.end_byte

    def _is_telling(self, node: tree_sitter.Node) -> bool:
        if node.type == "expression_statement":
            inner = _first(node)
            return inner is not None and inner.type in _ASSIGNING
        if node.type in ("variable_declaration", "lexical_declaration"):
            row = node.start_point[0]
            return row >= len(self._lines) or "require(" not in self._lines[row]
        return node.type not in _PASSED_OVER


def _first(node: tree_sitter.Node) -> tree_sitter.Node | None:
    return node.named_child(0) if node.named_child_count else None
