"""Gives a literal a name at the top of its file, and uses the name wherever the same literal can be replaced."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spark_tui.rehearsal.instructions import ExtractConstant
from spark_tui.rehearsal.performer_edits import Edit, Outcome, Target, counted, insertion, listed
from spark_tui.rehearsal.performer_python import after_imports
from spark_tui.rehearsal.performer_rename import is_identifier, names_in
from spark_tui.rehearsal.performer_script import after_script_imports, ends_with_semicolons
from spark_tui.rehearsal.performer_wording import words_of
from spark_tui.syntax import Node, Source

_ESCAPE = re.compile(r"\\(\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\n": ""}
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class _Form:
    """How a language writes literals and constants."""

    strings: frozenset[str]
    numbers: frozenset[str]
    fixed: frozenset[str]
    """Nodes in which a literal cannot be replaced by a name."""
    place: Callable[[Source], int]
    """The line before which a constant is defined."""
    define: Callable[[Source, str, str], str]
    """The definition, from name and literal."""


def _define_python(source: Source, name: str, literal: str) -> str:
    del source
    return f"{name} = {literal}"


def _define_script(source: Source, name: str, literal: str) -> str:
    return f"const {name} = {literal}{';' if ends_with_semicolons(source) else ''}"


_PYTHON = _Form(
    frozenset(("string",)),
    frozenset(("integer", "float", "unary_operator")),
    frozenset(
        ("type", "concatenated_string", "case_pattern", "interpolation", "string", "import_from_statement")
    ),
    after_imports,
    _define_python,
)
_SCRIPT = _Form(
    frozenset(("string",)),
    frozenset(("number", "unary_expression")),
    frozenset(
        (
            "import_statement",
            "export_statement",
            "literal_type",
            "template_substitution",
            "enum_body",
            "import_attribute",
            "type_annotation",
        )
    ),
    after_script_imports,
    _define_script,
)
_FORMS: Mapping[str, _Form] = {
    "python": _PYTHON,
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
}


def extract_constant(instruction: ExtractConstant, targets: Sequence[Target]) -> Outcome:
    """Extracts it in every target of a language that is known here."""
    name = instruction.name or _name_for(instruction.literal)
    edits: dict[str, list[Edit]] = {}
    remarks: list[str] = []
    looked: list[str] = []
    places = 0
    # Such a text is written in the source as it is.
    plain = instruction.literal.isprintable() and not set(instruction.literal) & set("\\\"'`")
    for target in targets:
        form = _FORMS.get(target.language or "")
        if form is None:
            continue
        looked.append(target.path)
        source = target.parse() if not plain or target.mentions(instruction.literal) else None
        if source is None:
            continue
        if not is_identifier(name, source.language):
            return Outcome(f"`{name}` cannot be a name in {source.language}, so nothing was extracted.")
        literals = list(_literals(source, form, instruction))
        work = _Work(target, source, form, name, literals)
        edits_here, remarks_here = work.edits()
        remarks += remarks_here
        if edits_here:
            edits[target.path] = edits_here
            places += work.replaced
    if edits:
        made = "" if instruction.name else " I made the name from the text: say another if it does not fit."
        return Outcome(
            f"`{name}` stands for the literal now: {counted(places, 'place')} in {counted(len(edits), 'file')}.{made}",
            edits,
            tuple(remarks),
        )
    where = listed(looked) or "no Python, JavaScript or TypeScript file"
    summary = "Nothing was extracted." if remarks else f"There is no such literal in {where}."
    return Outcome(summary, {}, tuple(remarks))


class _Work:
    """One file in which the literal occurs, or not."""

    def __init__(
        self, target: Target, source: Source, form: _Form, name: str, literals: Sequence[Node]
    ) -> None:
        self._target = target
        self._source = source
        self._form = form
        self._name = name
        self._literals = literals
        self.replaced = 0

    def edits(self) -> tuple[list[Edit], list[str]]:
        """What to edit, and what to say about it."""
        remarks: list[str] = []
        path = self._target.path
        definition = self._definition()
        if definition is None and any(node.text == self._name for node in names_in(self._source)):
            if self._literals:
                remarks.append(
                    f"`{self._name}` means something else in `{path}` already, so I left it alone."
                )
            return [], remarks
        line = self._form.place(self._source) if definition is None else definition.end[0] + 1
        edits: list[Edit] = []
        fixed = above = 0
        for node in self._literals:
            if definition is not None and definition.start <= node.start < definition.end:
                continue
            if not self._target.covers(node.start, node.end):
                continue
            replacement = _replacement(node, self._name, self._form)
            if replacement is None:
                fixed += 1
            elif node.start[0] < line:
                above += 1
            else:
                edits.append(Edit(node.start, node.end, replacement))
        if fixed:
            remarks.append(f"In `{path}`, {counted(fixed, 'place')} must stay a literal.")
        if above:
            remarks.append(f"In `{path}`, {counted(above, 'place')} above the definition stayed.")
        self.replaced = len(edits)
        if edits and definition is None:
            edits.insert(0, self._insertion(line))
        return edits, remarks

    def _definition(self) -> Node | None:
        """A statement of the module which gives the literal this name already."""
        for statement in self._source.root.named_children:
            for node in statement.walk() if statement.kind in _STATEMENTS else ():
                left = node.field("left") or node.field("name")
                right = node.field("right") or node.field("value")
                if left is not None and right is not None and left.text == self._name:
                    return statement if right in self._literals else None
        return None

    def _insertion(self, line: int) -> Edit:
        lines = self._source.lines
        before = [""] if line and lines[line - 1].strip() else []
        after = [""] if line < len(lines) and lines[line].strip() else []
        row = self._form.define(self._source, self._name, self._literals[0].text)
        return insertion(line, [*before, *row.split("\n"), *after])


_STATEMENTS = ("expression_statement", "lexical_declaration", "variable_declaration")


def _literals(source: Source, form: _Form, instruction: ExtractConstant) -> Iterator[Node]:
    """Every literal of that value, replaceable or not; strings first if it was quoted."""
    strings = [
        node for node in source.walk(form.strings.__contains__) if _string_value(node) == instruction.literal
    ]
    if instruction.is_quoted and (strings or not re.match(r"[-+.\d]", instruction.literal)):
        yield from strings
        return
    for node in source.walk(form.numbers.__contains__):
        if node.text == instruction.literal:
            yield node


def _string_value(node: Node) -> str | None:
    """The text of a string; None for bytes, for strings with code in them, and for other things in quotes."""
    parts = node.named_children
    if any(part.kind in ("interpolation", "template_substitution") for part in parts):
        return None
    text = node.text
    prefix = text[: len(text) - len(text.lstrip("rRbBuUfFtT"))].lower()
    if set(prefix) & set("bft"):
        return None
    body = text[len(prefix) :]
    quote = body[:3] if body[:3] in ('"""', "'''") else body[:1]
    if len(body) < 2 * len(quote) or not body.endswith(quote) or not quote:
        return None
    inner = body[len(quote) : len(body) - len(quote)]
    if "r" in prefix:
        return inner
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], _kept(found[1])), inner)


def _kept(escaped: str) -> str:
    return escaped if escaped in "\\'\"`" else "\\" + escaped


def _replacement(node: Node, name: str, form: _Form) -> str | None:
    """What to write in the place of a literal; None where it must stay one."""
    parent = node.parent
    if parent is None or parent.kind == "expression_statement":
        return None
    if form is _SCRIPT:
        caller = parent.parent.field("function") if parent.parent is not None else None
        if parent.kind == "arguments" and caller is not None and caller.text in ("require", "import"):
            return None
        if parent.kind == "jsx_attribute":
            return "{" + name + "}"
        if parent.field("key") == node or (
            parent.field("name") == node and parent.kind != "variable_declarator"
        ):
            return f"[{name}]"
    elif _is_literal_type(node) or _is_export_list(node):
        return None
    # A literal deep inside an exported function is no part of the export statement's own form.
    for outer in node.ancestors():
        if outer.kind in form.fixed and (outer.kind != "export_statement" or outer == parent):
            return None
        if outer.kind in ("statement_block", "block"):
            break
    return name


def _is_literal_type(node: Node) -> bool:
    for outer in node.ancestors():
        if outer.kind in ("subscript", "generic_type"):
            value = outer.field("value") or outer.named_children[0]
            if value.text.rsplit(".", 1)[-1] == "Literal":
                return True
        if outer.kind == "block":
            break
    return False


def _is_export_list(node: Node) -> bool:
    for outer in node.ancestors():
        if outer.kind in ("assignment", "augmented_assignment"):
            left = outer.field("left")
            return left is not None and left.text in ("__all__", "__slots__")
    return False


def _name_for(literal: str) -> str:
    """A constant's name from the words of the text."""
    words = words_of(literal)[:_MOST_WORDS]
    ascii_words = [word.upper() for word in words if word.isascii()]
    name = "_".join(ascii_words) or "TEXT"
    return f"VALUE_{name}" if name[0].isdigit() else name
