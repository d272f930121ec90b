"""The definitions of a source in order, each with its name, kind, place and depth: what a person jumps to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import tree_sitter

from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.line_bytes import ByteColumns, LineSource, encoded

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


def _named(**kinds: str) -> tuple[tuple[str, str], ...]:
    """Return a pattern for each kind of node that has a field `name`."""
    return tuple((f"({node} name: (_) @name) @whole", kind) for node, kind in kinds.items())


_JAVASCRIPT = (
    *_named(
        class_declaration="class",
        function_declaration="function",
        generator_function_declaration="function",
        method_definition="method",
    ),
    (
        "(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @whole",
        "function",
    ),
)
_TYPESCRIPT = (
    *_JAVASCRIPT,
    *_named(
        abstract_class_declaration="class",
        interface_declaration="interface",
        enum_declaration="enum",
        type_alias_declaration="type",
        internal_module="module",
    ),
)
_C = (
    *_named(
        struct_specifier="struct",
        enum_specifier="enum",
        union_specifier="union",
        preproc_function_def="macro",
    ),
    ("(function_definition declarator: (function_declarator declarator: (_) @name)) @whole", "function"),
    (
        "(function_definition declarator: (pointer_declarator declarator: "
        "(function_declarator declarator: (_) @name))) @whole",
        "function",
    ),
)
_PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "python": _named(class_definition="class", function_definition="function"),
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "rust": (
        *_named(
            function_item="function",
            struct_item="struct",
            enum_item="enum",
            union_item="union",
            trait_item="trait",
            type_item="type",
            mod_item="module",
            macro_definition="macro",
            const_item="constant",
            static_item="constant",
        ),
        ("(impl_item type: (_) @name) @whole", "impl"),
    ),
    "go": _named(function_declaration="function", method_declaration="method", type_spec="type"),
    "c": _C,
    "cpp": (*_C, *_named(class_specifier="class", namespace_definition="namespace")),
    "java": _named(
        class_declaration="class",
        interface_declaration="interface",
        enum_declaration="enum",
        record_declaration="record",
        method_declaration="method",
        constructor_declaration="constructor",
    ),
    "c_sharp": _named(
        namespace_declaration="namespace",
        class_declaration="class",
        interface_declaration="interface",
        struct_declaration="struct",
        record_declaration="record",
        enum_declaration="enum",
        method_declaration="method",
        constructor_declaration="constructor",
        property_declaration="property",
    ),
    "ruby": (
        *_named(method="method", singleton_method="method"),
        ("(class name: (_) @name) @whole", "class"),
        ("(module name: (_) @name) @whole", "module"),
    ),
    "php": _named(
        namespace_definition="namespace",
        class_declaration="class",
        interface_declaration="interface",
        trait_declaration="trait",
        enum_declaration="enum",
        function_definition="function",
        method_declaration="method",
    ),
    "bash": _named(function_definition="function"),
    "css": (("(rule_set (selectors) @name) @whole", "rule"),),
    "toml": (
        ("(table [(bare_key) (dotted_key) (quoted_key)] @name) @whole", "table"),
        ("(table_array_element [(bare_key) (dotted_key) (quoted_key)] @name) @whole", "table"),
    ),
    "markdown": (
        ("(section (atx_heading heading_content: (inline) @name)) @whole", "heading"),
        ("(section (setext_heading heading_content: (paragraph) @name)) @whole", "heading"),
    ),
}


@cache
def _query(language: str) -> tuple[tree_sitter.Query, tuple[str, ...]] | None:
    """Return the query of a language and the kind that each pattern tells; never freed."""
    loaded = grammar(language)
    kept: list[tuple[str, str]] = []
    for pattern, kind in _PATTERNS.get(language, ()) if loaded is not None else ():
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
    tree = tree_sitter.Parser(loaded).parse(encoded("\n".join(lines)))
    return symbols_in(tree.root_node, language, lambda start, stop: lines[start:stop])


def symbols_in(root: tree_sitter.Node, language: str, lines: LineSource) -> tuple[Symbol, ...]:
    """Return the definitions below a node, in the order of the source."""
    made = _query(language)
    if made is None:
        return ()
    query, kinds = made
    cursor = tree_sitter.QueryCursor(query, match_limit=_MATCH_LIMIT)
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
