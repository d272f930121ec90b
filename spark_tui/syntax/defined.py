"""Definitions as nodes: found by pattern, in the order of the source, each with its body."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import tree_sitter

from spark_tui.syntax.definitions import INNER, OUTLINE, USES
from spark_tui.syntax.grammars import grammar

MOST = 20_000
"""Definitions told at most."""
MATCH_LIMIT = 65_536
_SCOPES = frozenset("class interface struct enum union trait impl module namespace record type key".split())
_BODIES = frozenset(["block", "declaration_list", "struct_type", "interface_type", "column_definitions"])


@dataclass(frozen=True, slots=True)
class Defined:
    """One definition and its nodes."""

    name: tree_sitter.Node
    whole: tree_sitter.Node
    kind: str

    @property
    def body(self) -> tree_sitter.Node | None:
        """What a skeleton leaves out, or goes into."""
        for node in (
            self.whole,
            self.whole.child_by_field_name("value"),
            self.whole.child_by_field_name("type"),
        ):
            found = node.child_by_field_name("body") if node is not None else None
            if found is not None:
                return found
        kinds = (child for child in self.whole.named_children if child.type in _BODIES)
        return next(kinds, None)

    @property
    def is_scope(self) -> bool:
        """Whether what stands in its body is structure: fields, methods, members."""
        return self.kind in _SCOPES


@cache
def _query(language: str) -> tuple[tree_sitter.Query, tuple[str, ...]] | None:
    """Return the query of a language and the kind that each pattern tells; never freed."""
    loaded = grammar(language)
    patterns = (*OUTLINE.get(language, ()), *INNER.get(language, ()))
    if loaded is None or not patterns:
        return None
    try:
        return _compiled(loaded, patterns)
    except (tree_sitter.QueryError, ValueError):
        # Another release of the wheel may name a node otherwise; the rest still works.
        kept = tuple(pattern for pattern in patterns if _is_understood(loaded, pattern[0]))
        return _compiled(loaded, kept) if kept else None


def _compiled(
    loaded: tree_sitter.Language, patterns: tuple[tuple[str, str], ...]
) -> tuple[tree_sitter.Query, tuple[str, ...]]:
    query = tree_sitter.Query(loaded, "\n".join(pattern for pattern, _ in patterns))
    return query, tuple(kind for _, kind in patterns)


def _is_understood(loaded: tree_sitter.Language, pattern: str) -> bool:
    try:
        tree_sitter.Query(loaded, pattern)
    except (tree_sitter.QueryError, ValueError):
        return False
    return True


@cache
def _use_query(language: str) -> tree_sitter.Query | None:
    loaded = grammar(language)
    try:
        return tree_sitter.Query(loaded, USES[language]) if loaded is not None and language in USES else None
    except (tree_sitter.QueryError, ValueError):
        return None


def used_in(root: tree_sitter.Node, language: str) -> tuple[Counter[bytes], list[bytes]]:
    """Return the names in use, with how often, and what is imported, in the order of the source."""
    query = _use_query(language)
    if query is None:
        return Counter(), []
    captured = tree_sitter.QueryCursor(query, match_limit=MATCH_LIMIT).captures(root)
    names = Counter(node.text for node in captured.get("name", ()) if node.text)
    imports = sorted(captured.get("import", ()), key=lambda node: node.start_byte)
    return names, [node.text for node in imports if node.text]


def defined_in(root: tree_sitter.Node, language: str) -> list[Defined]:
    """Return the definitions below a node, in the order of the source; one name is told once."""
    made = _query(language)
    if made is None:
        return []
    query, kinds = made
    found: dict[tuple[int, int], tuple[int, Defined]] = {}
    for pattern, captures in tree_sitter.QueryCursor(query, match_limit=MATCH_LIMIT).matches(root):
        name = captures["name"][0]
        key = name.start_byte, name.end_byte
        # Where several patterns find a name, the one that stands first knows best.
        if key not in found or pattern < found[key][0]:
            found[key] = pattern, Defined(name, captures["whole"][0], kinds[pattern])
        if len(found) >= MOST:
            break
    every = (one for _, one in found.values())
    return sorted(every, key=lambda one: (one.whole.start_byte, -one.whole.end_byte, one.name.start_byte))
