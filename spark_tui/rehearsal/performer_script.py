"""What mechanical edits of JavaScript and TypeScript need to know of its form."""

from spark_tui.syntax import Node, Source


def after_script_imports(source: Source) -> int:
    """The line before which names of the module can be put: behind imports, else behind what opens the file."""
    line = 0
    opening = True
    for node in source.root.named_children:
        if node.kind == "import_statement" or _is_require(node):
            line = node.end[0] + 1
            opening = False
        elif opening and (node.kind == "hash_bang_line" or _is_directive(node) or _is_licence(node)):
            line = node.end[0] + 1
        elif node.kind != "comment":
            break
    return line


def ends_with_semicolons(source: Source) -> bool:
    """Whether the file ends its statements with semicolons."""
    ended = [
        node.text.endswith(";")
        for node in source.root.named_children
        if node.kind
        in ("import_statement", "expression_statement", "lexical_declaration", "variable_declaration")
    ]
    return sum(ended) * 2 >= len(ended)


def _is_require(node: Node) -> bool:
    return node.kind in ("lexical_declaration", "variable_declaration") and "require(" in node.text


def _is_licence(node: Node) -> bool:
    return node.kind == "comment" and node.start[0] == 0 and node.text.startswith("/*")


def _is_directive(node: Node) -> bool:
    return (
        node.kind == "expression_statement"
        and len(node.named_children) == 1
        and node.named_children[0].kind == "string"
    )
