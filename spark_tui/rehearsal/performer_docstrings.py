"""Adds docstrings to Python functions and classes without one, and hands other languages to their own module."""

from collections.abc import Iterator, Sequence

from spark_tui.rehearsal.instructions import AddDocstrings
from spark_tui.rehearsal.performer_doc_comments import COMMENTED, doc_comments
from spark_tui.rehearsal.performer_edits import Edit, Outcome, Target, counted, insertion, listed
from spark_tui.rehearsal.performer_python import (
    body_indent,
    docstring_of,
    first_statement,
    header_end,
    is_overload,
    qualified_name,
)
from spark_tui.rehearsal.performer_wording import sentence_for, signature_sentence, wrapped
from spark_tui.syntax import Node, Source

_DEFINITIONS = ("function_definition", "class_definition")
# What has a blank line between itself and the docstring of its class.
_APART = (*_DEFINITIONS, "decorated_definition")


def add_docstrings(instruction: AddDocstrings, targets: Sequence[Target]) -> Outcome:
    """Adds them in all targets whose language has a way to write them."""
    edits: dict[str, list[Edit]] = {}
    looked: list[str] = []
    added = 0
    for target in targets:
        source = target.parse()
        if source is None or not (target.language == "python" or target.language in COMMENTED):
            continue
        looked.append(target.path)
        make = _python if target.language == "python" else doc_comments
        found = list(make(source, target, instruction.name))
        if found:
            edits[target.path] = found
            added += len(found)
    if not looked:
        return Outcome(f"I cannot write documentation in {listed([target.path for target in targets])}.")
    if not added:
        if instruction.name:
            return Outcome(f"No `{instruction.name}` without documentation in {listed(looked)}.")
        return Outcome(f"Everything in {listed(looked)} has its documentation already.")
    summary = f"Added {counted(added, 'docstring')} in {counted(len(edits), 'file')}."
    remark = "They say what name and signature say, and no more: a person or a model should go over them."
    return Outcome(summary, edits, (remark,))


def _python(source: Source, target: Target, name: str) -> Iterator[Edit]:
    if target.path.endswith(".pyi"):
        return
    for node in source.walk(lambda kind: kind in _DEFINITIONS):
        called = node.field("name")
        body = node.field("body")
        end = header_end(node)
        if called is None or body is None or end is None or first_statement(node) is None:
            continue
        if name and name not in (called.text, qualified_name(node)):
            continue
        if docstring_of(node) is None and not is_overload(node) and target.covers(node.start, called.end):
            edit = _docstring(source, node, called.text)
            if edit is not None:
                yield edit


def _docstring(source: Source, node: Node, name: str) -> Edit | None:
    statement, end = first_statement(node), header_end(node)
    if statement is None or end is None:
        return None
    indent = body_indent(node)
    rows = _rows(node, name, indent)
    if statement.start[0] == end[0]:
        # "def f(): return 1": the body moves below its docstring.
        return Edit(end, statement.start, "\n" + "\n".join(rows) + "\n" + indent)
    if not source.lines[statement.start[0]].startswith(indent):
        return None
    following = source.lines[end[0] + 1]
    is_tight = node.kind == "class_definition" and statement.kind in _APART and following.strip()
    return insertion(end[0] + 1, [*rows, ""] if is_tight else rows)


def _rows(node: Node, name: str, indent: str) -> list[str]:
    is_class = node.kind == "class_definition"
    first = sentence_for(name, is_class)
    result = node.field("return_type")
    rest = (
        "" if is_class else signature_sentence(_parameters(node), result.text if result is not None else "")
    )
    if not rest:
        return [f'{indent}"""{first}"""']
    return [f'{indent}"""{first}', "", *wrapped(rest, indent), f'{indent}"""']


def _parameters(node: Node) -> list[str]:
    """The names of a function's parameters, without the instance or class it is called on."""
    parameters = node.field("parameters")
    names: list[str] = []
    for part in parameters.named_children if parameters is not None else ():
        name = part if part.kind == "identifier" else part.field("name")
        if name is None and part.named_children and part.kind not in ("comment", "keyword_separator"):
            name = part.named_children[0]
        while name is not None and name.kind in ("list_splat_pattern", "dictionary_splat_pattern"):
            name = name.named_children[0] if name.named_children else None
        if name is not None and name.kind == "identifier":
            names.append(name.text)
    return names[1:] if names and names[0] in ("self", "cls", "mcs", "metacls") else names
