"""What mechanical edits of Python need to know of its form: headers, bodies, docstrings, imports."""

import re

from spark_tui.syntax import Node, Source

Point = tuple[int, int]
IMPORTS = ("import_statement", "import_from_statement", "future_import_statement")

_ON_TOP = re.compile(r"#!|#.*coding[:=]")


def header_end(node: Node) -> Point | None:
    """Where the header of a function or class ends: behind its colon."""
    for child in node.children:
        if child.kind == ":":
            return child.end
    return None


def first_statement(node: Node) -> Node | None:
    """The first statement of a body; comments are none."""
    body = node.field("body")
    statements = (
        [child for child in body.named_children if child.kind != "comment"] if body is not None else []
    )
    return statements[0] if statements else None


def docstring_of(node: Node) -> Node | None:
    """The docstring of a function or class."""
    return string_statement(first_statement(node))


def string_statement(statement: Node | None) -> Node | None:
    """The string, if a statement is nothing else."""
    if statement is None or statement.kind != "expression_statement" or len(statement.named_children) != 1:
        return None
    value = statement.named_children[0]
    return value if value.kind in ("string", "concatenated_string") else None


def body_indent(node: Node) -> str:
    """How the statements of a body are indented, or would be if they had lines of their own."""
    statement = first_statement(node)
    end = header_end(node)
    lines = node.source.lines
    if statement is not None and end is not None and statement.start[0] != end[0]:
        return _leading_space(lines[statement.start[0]])
    own = _leading_space(lines[node.start[0]])
    return own + indent_unit(node.source)


def indent_unit(source: Source) -> str:
    """What a file indents by: a tab, or so many spaces."""
    for line in source.lines:
        space = _leading_space(line)
        if space and line.strip():
            return "\t" if space.startswith("\t") else " " * (len(space) if len(space) in (2, 3, 4, 8) else 4)
    return "    "


def is_overload(node: Node) -> bool:
    """Whether a function only states a signature for type checkers."""
    parent = node.parent
    if parent is None or parent.kind != "decorated_definition":
        return False
    decorators = [child.text.lstrip("@ ") for child in parent.children if child.kind == "decorator"]
    return any(decorator in ("overload", "typing.overload", "t.overload") for decorator in decorators)


def qualified_name(node: Node) -> str:
    """The name of a function or class with the class it stands in."""
    own = node.field("name")
    name = own.text if own is not None else ""
    for outer in node.ancestors():
        if outer.kind == "class_definition":
            called = outer.field("name")
            return f"{called.text}.{name}" if called is not None else name
        if outer.kind == "function_definition":
            break
    return name


def import_section(source: Source) -> list[Node]:
    """The import statements of the module itself that stand before its first function or class."""
    found: list[Node] = []
    for node in source.root.named_children:
        if node.kind in ("function_definition", "class_definition", "decorated_definition"):
            break
        if node.kind in IMPORTS:
            found.append(node)
    return found


def after_imports(source: Source) -> int:
    """The line before which names of the module can be put: behind imports, else behind docstring and comments."""
    section = import_section(source)
    return _behind_guards(source, section[-1]) if section else after_docstring(source)


def after_docstring(source: Source) -> int:
    """The line behind the module's docstring, else behind the comments which open the file."""
    nodes = source.root.named_children
    first = next((node for node in nodes if node.kind != "comment"), None)
    docstring = string_statement(first)
    if docstring is not None:
        return docstring.end[0] + 1
    opening = 0
    for node in nodes:
        if node.kind != "comment" or node.start != (opening, 0):
            break
        opening += 1
    if opening >= len(source.lines) or not source.lines[opening].strip():
        return opening
    # The comment belongs to the code below it, except for what must be on top.
    return next((row for row in range(opening) if not _ON_TOP.match(source.lines[row])), opening)


def _behind_guards(source: Source, last: Node) -> int:
    """The line behind an import, and behind the guarded imports (`try`, `if`) that follow it."""
    end = last.end[0] + 1
    for node in source.root.named_children:
        if node.start <= last.start or node.kind == "comment":
            continue
        if node.kind not in ("try_statement", "if_statement") or not _holds_imports_only(node):
            break
        end = node.end[0] + 1
    return end


def _holds_imports_only(node: Node) -> bool:
    allowed = (*IMPORTS, "comment", "pass_statement", "expression_statement")
    blocks = [child for child in node.walk() if child.kind == "block"]
    return any(child.kind in IMPORTS for block in blocks for child in block.named_children) and all(
        child.kind in allowed for block in blocks for child in block.named_children
    )


def _leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
