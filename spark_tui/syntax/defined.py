"""Definitions as nodes: found by pattern, in the order of the source, each with its body."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import tree_sitter

from spark_tui.core.values import dataclass
from spark_tui.syntax.bounds import query_cursor
from spark_tui.syntax.definitions import INNER, OUTLINE, USES
from spark_tui.syntax.grammars import grammar

MOST = 20_000
"""Definitions told at most."""
MATCH_LIMIT = 65_536
_WINDOW = 64_000
"""Bytes that are looked at in one go, for which the interpreter is held."""
_OVERLAP = 4_000
"""Bytes looked at twice, so that no head of a definition is cut in two."""
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


@dataclass(frozen=True, slots=True)
class Found:
    """What one look at a tree finds."""

    definitions: list[Defined]
    """In the order of the source; one name is told once."""
    names: Counter[bytes]
    """Names in use, with how often."""
    imports: list[bytes]
    """In the order of the source."""


@cache
def _query(language: str, *, has_uses: bool = True) -> tuple[tree_sitter.Query, tuple[str, ...]] | None:
    """Return the query of a language and the kind that each `@wN` stands for; never freed."""
    loaded = grammar(language)
    patterns = (*OUTLINE.get(language, ()), *INNER.get(language, ()))
    if loaded is None or not patterns:
        return None
    kinds = tuple(kind for _, kind in patterns)
    # A definition's nodes have names of their own, so that one pass over the tree finds everything.
    written = [
        pattern.replace("@whole", f"@w{number}").replace("@name", "@defined")
        for number, (pattern, _) in enumerate(patterns)
    ]
    parts = [*written, USES.get(language, "")] if has_uses else written
    try:
        return tree_sitter.Query(loaded, "\n".join(parts)), kinds
    except (tree_sitter.QueryError, ValueError):
        # Another release of the wheel may name a node otherwise; the rest still works.
        kept = [part for part in parts if _is_understood(loaded, part)]
        return (tree_sitter.Query(loaded, "\n".join(kept)), kinds) if kept else None


def _is_understood(loaded: tree_sitter.Language, pattern: str) -> bool:
    try:
        tree_sitter.Query(loaded, pattern)
    except (tree_sitter.QueryError, ValueError):
        return False
    return True


def look(root: tree_sitter.Node, language: str) -> Found:
    """Find definitions, names in use and imports below a node."""
    made = _query(language)
    if made is None:
        return Found([], Counter(), [])
    query, kinds = made
    captured = tree_sitter.QueryCursor(query, match_limit=MATCH_LIMIT).captures(root)
    imports = sorted(captured.get("import", ()), key=_start)
    return Found(
        _definitions([captured], kinds),
        Counter([node.text or b"" for node in captured.get("name", ())]),
        [node.text for node in imports if node.text],
    )


def definitions_in(root: tree_sitter.Node, language: str) -> list[Defined]:
    """Find the definitions alone, part by part: between two parts other threads run."""
    made = _query(language, has_uses=False)
    if made is None:
        return []
    query, kinds = made
    cursor = query_cursor(query, MATCH_LIMIT, 0)
    parts = []
    for start in range(root.start_byte, root.end_byte, _WINDOW):
        cursor.set_byte_range(start, start + _WINDOW + _OVERLAP)
        parts.append(cursor.captures(root))
        time.sleep(0)
    return _definitions(parts, kinds)


def _definitions(
    parts: Sequence[Mapping[str, Sequence[tree_sitter.Node]]], kinds: Sequence[str]
) -> list[Defined]:
    wholes: dict[int, tuple[tree_sitter.Node, str]] = {}
    for number, kind in enumerate(kinds):
        for captured in parts:
            for node in captured.get(f"w{number}", ()):
                # Where several patterns find a node, the one that stands first knows best.
                wholes.setdefault(node.id, (node, kind))
    names = {_start(node): node for captured in parts for node in captured.get("defined", ())}
    return _paired(
        sorted(wholes.values(), key=lambda one: (one[0].start_byte, -one[0].end_byte)),
        [names[place] for place in sorted(names)[:MOST]],
    )


def _start(node: tree_sitter.Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte


def _paired(wholes: list[tuple[tree_sitter.Node, str]], names: list[tree_sitter.Node]) -> list[Defined]:
    """Give every name the innermost definition around it."""
    found: dict[tuple[int, int], Defined] = {}
    around: list[tuple[tree_sitter.Node, str]] = []
    at = 0
    for name in names:
        start = name.start_byte
        while at < len(wholes) and wholes[at][0].start_byte <= start:
            node = wholes[at]
            while around and around[-1][0].end_byte <= node[0].start_byte:
                around.pop()
            around.append(node)
            at += 1
        while around and around[-1][0].end_byte <= start:
            around.pop()
        holding = next((one for one in reversed(around) if one[0].end_byte >= name.end_byte), None)
        if holding is not None:
            found.setdefault(_start(name), Defined(name, *holding))
    return sorted(
        found.values(), key=lambda one: (one.whole.start_byte, -one.whole.end_byte, one.name.start_byte)
    )
