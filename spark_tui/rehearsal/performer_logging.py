"""Wraps a Python function in logging: a line where it is entered, and one wherever it is left."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spark_tui.rehearsal.instructions import WrapInLogging
from spark_tui.rehearsal.performer_edits import (
    Edit,
    Outcome,
    Point,
    Target,
    counted,
    insertion,
    listed,
    merged,
)
from spark_tui.rehearsal.performer_python import (
    after_docstring,
    after_imports,
    body_indent,
    docstring_of,
    first_statement,
    header_end,
    import_section,
    is_overload,
    qualified_name,
)
from spark_tui.syntax import Node, Source

_LOGGER = re.compile(r"^(\w+)(?:\s*:[^=]+)?\s*=\s*(?:\w+\.)?getLogger\(")
_SCOPES = ("function_definition", "class_definition", "lambda")


def wrap_in_logging(instruction: WrapInLogging, targets: Sequence[Target]) -> Outcome:
    """Wraps every function of that name in the Python targets."""
    edits: dict[str, list[Edit]] = {}
    places: list[str] = []
    looked: list[str] = []
    wrapped_before = 0
    for target in targets:
        if target.language != "python":
            continue
        looked.append(target.path)
        source = target.parse() if target.mentions(instruction.name.rsplit(".", 1)[-1]) else None
        if source is None:
            continue
        found = [
            node for node in _functions(source, instruction.name) if target.covers(node.start, node.start)
        ]
        new = [node for node in found if not _is_wrapped(node)]
        wrapped_before += len(found) - len(new)
        if new:
            edits[target.path] = merged(_wrappings(source, new))
            places += [f"{qualified_name(node)} in {target.path}" for node in new]
    if places:
        remark = "A function is left where it returns and at its end; an exception is not logged."
        return Outcome(
            f"{counted(len(places), 'function')} in logging now: {listed(places)}.", edits, (remark,)
        )
    if wrapped_before:
        return Outcome(f"`{instruction.name}` logs where it is entered already.")
    where = listed(looked) or "no Python file (logging is done for Python only)"
    return Outcome(f"There is no function `{instruction.name}` in {where}.")


@dataclass(frozen=True, slots=True)
class _Logger:
    """How a module logs."""

    name: str
    additions: tuple[Edit, ...]
    """What the module lacks for it."""


def _functions(source: Source, name: str) -> Iterator[Node]:
    reached: Point = (0, 0)
    for node in source.walk(lambda kind: kind == "function_definition"):
        if node.start < reached:
            # Inside one that is wrapped already.
            continue
        called = node.field("name")
        if called is None or name not in (called.text, qualified_name(node)) or is_overload(node):
            continue
        if first_statement(node) is not None and header_end(node) is not None and not node.is_broken:
            reached = node.end
            yield node


def _is_wrapped(node: Node) -> bool:
    body = node.field("body")
    statements = (
        [child for child in body.named_children if child.kind != "comment"] if body is not None else []
    )
    opening = statements[1 if docstring_of(node) is not None else 0 :][:1]
    return any(f'debug("enter {qualified_name(node)}")' in statement.text for statement in opening)


def _wrappings(source: Source, nodes: Sequence[Node]) -> Iterator[Edit]:
    logger = _logger(source)
    yield from logger.additions
    for node in nodes:
        name = qualified_name(node)
        yield from _wrapping(
            node, f'{logger.name}.debug("enter {name}")', f'{logger.name}.debug("leave {name}")'
        )


def _wrapping(node: Node, enter: str, leave: str) -> Iterator[Edit]:
    indent = body_indent(node)
    body = node.field("body")
    end = header_end(node)
    statements = (
        [child for child in body.named_children if child.kind != "comment"] if body is not None else []
    )
    if body is None or end is None or not statements:
        return
    falls = _falls_through(statements)
    if statements[0].start[0] == end[0]:
        # "def f(): return 1": the body moves to lines of its own.
        tail = f"\n{indent}{leave}" if falls else ""
        returns = f"{leave}\n{indent}" if statements[0].kind == "return_statement" else ""
        yield Edit(end, statements[0].start, f"\n{indent}{enter}\n{indent}{returns}")
        if tail:
            yield Edit(body.end, body.end, tail)
        yield from (edit for edit in _leavings(body, leave) if edit.start != statements[0].start)
        return
    docstring = docstring_of(node)
    if docstring is not None:
        yield insertion(docstring.end[0] + 1, [indent + enter])
    else:
        yield insertion(end[0] + 1, [indent + enter])
    yield from _leavings(body, leave)
    if falls:
        yield insertion(statements[-1].end[0] + 1, [indent + leave])


def _leavings(body: Node, leave: str) -> Iterator[Edit]:
    """A line before every return of the function itself."""
    for node in _own_nodes(body):
        if node.kind != "return_statement":
            continue
        (row, column), line = node.start, node.source.lines[node.start[0]]
        if line[:column].strip():
            yield Edit((row, column), (row, column), f"{leave}; ")
        else:
            yield insertion(row, [line[:column] + leave])


def _own_nodes(body: Node) -> Iterator[Node]:
    """The nodes of a body without those of functions and classes in it."""
    stack = [body]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for child in node.named_children if child.kind not in _SCOPES)


def _falls_through(statements: Sequence[Node]) -> bool:
    """Whether the end of a row of statements can be reached, as far as their form tells."""
    if not statements:
        return True
    last = statements[-1]
    match last.kind:
        case "return_statement" | "raise_statement":
            return False
        case "if_statement":
            branches = _blocks(last)
            has_else = any(child.kind == "else_clause" for child in last.named_children)
            return not has_else or any(_falls_through(_statements(block)) for block in branches)
        case "with_statement":
            return any(_falls_through(_statements(block)) for block in _blocks(last))
        case "while_statement":
            condition = last.field("condition")
            endless = condition is not None and condition.text == "True"
            return not endless or any(node.kind == "break_statement" for node in last.walk())
        case _:
            return True


def _blocks(node: Node) -> list[Node]:
    """The blocks of a statement and of its clauses."""
    clauses = [child for child in node.named_children if child.kind in ("elif_clause", "else_clause")]
    return [child for part in (node, *clauses) for child in part.named_children if child.kind == "block"]


def _statements(block: Node) -> list[Node]:
    return [child for child in block.named_children if child.kind != "comment"]


def _logger(source: Source) -> _Logger:
    """The module's own logger, or what it takes to give it one."""
    for node in source.root.named_children:
        found = _LOGGER.match(node.text) if node.kind == "expression_statement" else None
        if found:
            return _Logger(found[1], ())
    taken = {node.text for node in source.walk(lambda kind: kind == "identifier")}
    name = next(name for name in _names() if name not in taken)
    section = import_section(source)
    module = _logging_module(section)
    line = after_imports(source)
    before = source.lines[line - 1].strip() if line else ""
    after = source.lines[line].strip() if line < len(source.lines) else ""
    definition = [f"{name} = {module or 'logging'}.getLogger(__name__)", *([""] if after else [])]
    if module:
        return _Logger(name, (insertion(line, ["", *definition]),))
    place = _place_for_import(source, section)
    if place == line:
        opening = [""] if before and not _is_plain_import(section[-1:]) else []
        return _Logger(name, (insertion(line, [*opening, "import logging", "", *definition]),))
    return _Logger(name, (insertion(place, ["import logging"]), insertion(line, ["", *definition])))


def _names() -> Iterator[str]:
    yield "logger"
    yield "_logger"
    number = 2
    while True:
        yield f"_logger{number}"
        number += 1


def _logging_module(section: Sequence[Node]) -> str:
    """What the module calls `logging`; empty if it does not import it."""
    for node in section:
        for part in node.fields("name") if node.kind == "import_statement" else ():
            original, alias = part.field("name"), part.field("alias")
            if alias is not None and original is not None and original.text == "logging":
                return alias.text
            if part.text == "logging":
                return "logging"
    return ""


def _place_for_import(source: Source, section: Sequence[Node]) -> int:
    """Where `import logging` goes: by the alphabet among plain imports, else before the first other one."""
    block: list[Node] = []
    for node in section:
        if node.kind == "import_statement":
            if block and node.start[0] != block[-1].end[0] + 1:
                break
            block.append(node)
    for node in block:
        if node.text > "import logging":
            return node.start[0]
    if block:
        return block[-1].end[0] + 1
    later = [node for node in section if node.kind != "future_import_statement"]
    if later:
        return later[0].start[0]
    return section[-1].end[0] + 1 if section else after_docstring(source)


def _is_plain_import(section: Sequence[Node]) -> bool:
    return any(node.kind == "import_statement" for node in section)
