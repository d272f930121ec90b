"""Adds documentation comments in languages that write them before the definition."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spark_tui.rehearsal.performer_edits import Edit, Target, insertion
from spark_tui.rehearsal.performer_wording import sentence_for, signature_sentence, words_of, wrapped
from spark_tui.syntax import Node, Source


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language documents a definition."""

    kinds: frozenset[str]
    """Nodes that are definitions."""
    types: frozenset[str]
    """Those of them that define types."""
    write: Callable[[str, Sequence[str], str, bool], list[str]]
    """Name, parameters, indentation and whether it is a type, to the lines of the comment."""
    marks: tuple[str, ...]
    """How a comment begins that counts as documentation."""
    wrappers: frozenset[str] = frozenset()
    """Nodes around a definition before which the comment goes."""
    before: frozenset[str] = frozenset()
    """Nodes before a definition, such as attributes, before which the comment goes."""


def _block_comment(name: str, parameters: Sequence[str], indent: str, is_type: bool) -> list[str]:
    rest = signature_sentence(parameters, "")
    if not rest:
        return [f"{indent}/** {sentence_for(name, is_type)} */"]
    rows = [f"{indent} * {sentence_for(name, is_type)}", f"{indent} *", *wrapped(rest, indent, " * ")]
    return [f"{indent}/**", *rows, f"{indent} */"]


def _slashes(name: str, parameters: Sequence[str], indent: str, is_type: bool) -> list[str]:
    rest = signature_sentence(parameters, "")
    rows = [f"{indent}/// {sentence_for(name, is_type)}"]
    return [*rows, f"{indent}///", *wrapped(rest, indent, "/// ")] if rest else rows


def _summary(name: str, parameters: Sequence[str], indent: str, is_type: bool) -> list[str]:
    return [
        f"{indent}/// <summary>{sentence_for(name, is_type)} {signature_sentence(parameters, '')}".rstrip()
        + "</summary>"
    ]


def _hashes(name: str, parameters: Sequence[str], indent: str, is_type: bool) -> list[str]:
    return wrapped(
        f"{sentence_for(name, is_type)} {signature_sentence(parameters, '')}".strip(), indent, "# "
    )


def _go(name: str, parameters: Sequence[str], indent: str, is_type: bool) -> list[str]:
    # Go's own rule: the comment begins with the name.
    words = " ".join(words_of(name))
    text = f"{name} is a type for {words}." if is_type else f"{name} stands for: {words}."
    return wrapped(f"{text} {signature_sentence(parameters, '')}".strip(), indent, "// ")


_SCRIPT = _Style(
    frozenset(
        (
            "function_declaration",
            "generator_function_declaration",
            "class_declaration",
            "abstract_class_declaration",
            "interface_declaration",
            "method_definition",
            "lexical_declaration",
        )
    ),
    frozenset(("class_declaration", "abstract_class_declaration", "interface_declaration")),
    _block_comment,
    ("/**",),
    frozenset(("export_statement",)),
    frozenset(("decorator",)),
)
COMMENTED: Mapping[str, _Style] = {
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "rust": _Style(
        frozenset(("function_item", "struct_item", "enum_item", "trait_item", "function_signature_item")),
        frozenset(("struct_item", "enum_item", "trait_item")),
        _slashes,
        ("///", "/**", "#[doc"),
        before=frozenset(("attribute_item",)),
    ),
    "go": _Style(
        frozenset(("function_declaration", "method_declaration", "type_declaration")),
        frozenset(("type_declaration",)),
        _go,
        ("//", "/*"),
    ),
    "c": _Style(frozenset(("function_definition",)), frozenset(), _block_comment, ("//", "/*")),
    "cpp": _Style(
        frozenset(("function_definition", "class_specifier", "struct_specifier")),
        frozenset(("class_specifier", "struct_specifier")),
        _block_comment,
        ("//", "/*"),
        frozenset(("template_declaration",)),
    ),
    "java": _Style(
        frozenset(
            (
                "class_declaration",
                "interface_declaration",
                "enum_declaration",
                "record_declaration",
                "method_declaration",
                "constructor_declaration",
            )
        ),
        frozenset(("class_declaration", "interface_declaration", "enum_declaration", "record_declaration")),
        _block_comment,
        ("/**",),
    ),
    "c_sharp": _Style(
        frozenset(
            (
                "class_declaration",
                "interface_declaration",
                "struct_declaration",
                "enum_declaration",
                "record_declaration",
                "method_declaration",
                "constructor_declaration",
            )
        ),
        frozenset(
            (
                "class_declaration",
                "interface_declaration",
                "struct_declaration",
                "enum_declaration",
                "record_declaration",
            )
        ),
        _summary,
        ("///", "/**"),
    ),
    "ruby": _Style(
        frozenset(("method", "singleton_method", "class", "module")),
        frozenset(("class", "module")),
        _hashes,
        ("#",),
    ),
    "php": _Style(
        frozenset(
            (
                "function_definition",
                "method_declaration",
                "class_declaration",
                "interface_declaration",
                "trait_declaration",
                "enum_declaration",
            )
        ),
        frozenset(("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration")),
        _block_comment,
        ("/**",),
    ),
    "bash": _Style(frozenset(("function_definition",)), frozenset(), _hashes, ("#",)),
}
"""The languages that have such comments."""


def doc_comments(source: Source, target: Target, name: str) -> Iterator[Edit]:
    """Comments for the definitions of a file that have none."""
    style = COMMENTED[source.language]
    for node in source.walk(style.kinds.__contains__):
        called = _name_of(node)
        if not called or (name and name != called) or node.field("body") is None and node.kind in _BODIED:
            continue
        outer = _outermost(node, style)
        row, column = outer.start
        line = source.lines[row] if row < len(source.lines) else ""
        if not target.covers(node.start, node.start) or line[:column].strip() or _is_documented(outer, style):
            continue
        yield insertion(row, style.write(called, _parameters(node), line[:column], node.kind in style.types))


# A class named without a body is a mention of it, not its definition.
_BODIED = ("class_specifier", "struct_specifier")


def _name_of(node: Node) -> str:
    if node.kind == "lexical_declaration":
        # const f = () => ..., and nothing beside it.
        declared = [child for child in node.named_children if child.kind == "variable_declarator"]
        value = declared[0].field("value") if len(declared) == 1 else None
        if value is None or value.kind not in ("arrow_function", "function_expression"):
            return ""
        node = declared[0]
    if node.kind == "type_declaration":
        node = next((child for child in node.named_children if child.kind == "type_spec"), node)
    name = node.field("name")
    declarator = node.field("declarator")
    while name is None and declarator is not None:
        inner = declarator.field("declarator")
        if inner is None:
            name = declarator.field("name") or declarator
        declarator = inner
    return name.text if name is not None and "\n" not in name.text and name.text.isprintable() else ""


def _parameters(node: Node) -> list[str]:
    """The names of all parameters; none at all if some have no name of their own."""
    holder = node.field("parameters")
    if holder is None and node.kind in ("lexical_declaration", "function_definition"):
        holder = next((inner for inner in node.walk() if inner.kind in _PARAMETER_LISTS), None)
    names: list[str] = []
    for part in holder.named_children if holder is not None else ():
        if "comment" in part.kind or part.kind == "self_parameter" or part.text == "void":
            continue
        found = [_parameter_name(name) for name in part.fields("name") or [part]]
        if not all(found):
            return []
        names += found
    return names


def _parameter_name(part: Node) -> str:
    """The one name in a parameter; empty if there is none, or more than one."""
    inner: Node | None = part
    while inner is not None:
        part = inner
        inner = next((found for field in _NAME_FIELDS if (found := part.field(field)) is not None), None)
        if inner is None and part.kind in _WRAPPED_NAMES and part.named_children:
            inner = part.named_children[-1]
    name = part.text.lstrip("$")
    return name if name.isidentifier() and part.kind not in ("object_pattern", "array_pattern") else ""


_PARAMETER_LISTS = ("formal_parameters", "parameter_list")
_NAME_FIELDS = ("name", "pattern", "left", "declarator")
# Nodes which hold a parameter's name last, without calling it by a field.
_WRAPPED_NAMES = (
    "rest_pattern",
    "reference_declarator",
    "spread_parameter",
    "mut_pattern",
    "variadic_parameter",
)


def _outermost(node: Node, style: _Style) -> Node:
    outer = node
    parent = outer.parent
    while parent is not None and parent.kind in style.wrappers:
        outer, parent = parent, parent.parent
    before = outer.previous
    while before is not None and before.kind in style.before:
        outer, before = before, before.previous
    return outer


def _is_documented(outer: Node, style: _Style) -> bool:
    before = outer.previous
    if before is None or "comment" not in before.kind:
        return False
    end = before.end[0] - (1 if before.end[1] == 0 else 0)
    return end >= outer.start[0] - 1 and before.text.startswith(style.marks)
