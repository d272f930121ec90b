"""Renames an identifier: every node that is one and has exactly that text, in all files that hold code."""

import re
from collections.abc import Iterator, Sequence

from spark_tui.rehearsal.instructions import Rename
from spark_tui.rehearsal.performer_edits import Edit, Outcome, Target, counted, listed
from spark_tui.syntax import Node, Source, parse_source

# Sources in which `%s` can only be read as an identifier.
_PROBES = {
    "python": "%s = 1",
    "javascript": "let %s = 1;",
    "typescript": "let %s = 1;",
    "tsx": "let %s = 1;",
    "rust": "fn f() { let %s = 1; }",
    "go": "package p\nvar %s = 1",
    "c": "int %s = 1;",
    "cpp": "int %s = 1;",
    "java": "class A { int %s = 1; }",
    "c_sharp": "class A { int %s = 1; }",
    "ruby": "%s = 1",
    "php": "<?php $%s = 1;",
    "bash": "%s=1",
}
_OTHER_KINDS = {
    "ruby": frozenset(("constant", "instance_variable", "class_variable", "global_variable")),
    "go": frozenset(("label_name",)),
    "php": frozenset(("name",)),
    "bash": frozenset(("variable_name", "word")),
}


def rename(instruction: Rename, targets: Sequence[Target]) -> Outcome:
    """Renames in all targets; says what could be wrong with it."""
    old, new = instruction.old, instruction.new
    code = [target for target in targets if target.language in _PROBES]
    sources = [
        (target, source)
        for target in code
        if (target.mentions(old) or target.mentions(new)) and (source := target.parse()) is not None
    ]
    complaint = _complaint(old, new, {source.language for _, source in sources if _has(source, old)})
    if complaint:
        return Outcome(complaint)
    edits: dict[str, list[Edit]] = {}
    remarks = _Remarks(old, new)
    for target, source in sources:
        found = list(_renamings(target, source, old, new, remarks))
        if found:
            edits[target.path] = found
        remarks.look_at(target, source, len(found))
    remarks.without_grammar += [
        target.path for target in targets if target not in code and _mentions(target, old)
    ]
    places = sum(map(len, edits.values()))
    if not places:
        where = listed([target.path for target in code]) or "no file of code"
        return Outcome(
            f"There is no identifier `{old}` in {where}.", remarks=tuple(remarks.sentences(places))
        )
    summary = f"`{old}` becomes `{new}`: {counted(places, 'place')} in {counted(len(edits), 'file')}."
    return Outcome(summary, edits, tuple(remarks.sentences(places)))


def _has(source: Source, name: str) -> bool:
    return any(node.text == name for node in names_in(source))


def is_identifier(name: str, language: str) -> bool:
    """Whether a language can take this for the name of something."""
    probe = _PROBES.get(language)
    if probe is None or not name or any(character.isspace() for character in name):
        return False
    source = parse_source(language, (probe % name).split("\n"))
    if source is None or source.root.is_broken:
        return False
    return any(node.text == name for node in source.walk() if _is_identifier(node, language))


def names_in(source: Source) -> Iterator[Node]:
    """The identifiers of a source."""
    for node in source.walk():
        if _is_identifier(node, source.language):
            yield node


def _is_identifier(node: Node, language: str) -> bool:
    kind = node.kind
    if not node.is_named or not (
        kind.endswith(("identifier", "identifier_pattern")) or kind in _OTHER_KINDS.get(language, ())
    ):
        return False
    if kind == "word":
        # In a shell any word is one; only those that name a function are meant.
        parent = node.parent
        return parent is not None and parent.kind in ("function_definition", "command_name")
    return not node.children


def _complaint(old: str, new: str, languages: set[str]) -> str:
    if old == new:
        return f"`{old}` is called that already."
    for language in sorted(languages):
        if not is_identifier(new, language):
            return f"`{new}` cannot be a name in {language.replace('_', ' ')}, so nothing was renamed."
    return ""


def _renamings(target: Target, source: Source, old: str, new: str, remarks: "_Remarks") -> Iterator[Edit]:
    for node in names_in(source):
        text = node.text
        if text == new:
            remarks.taken.add(target.path)
        if text != old or not target.covers(node.start, node.end):
            continue
        place = _import_place(node) if source.language == "python" else ""
        if place == "module":
            remarks.modules.add(target.path)
        else:
            yield Edit(node.start, node.end, f"{old} as {new}" if place == "import" else new)
    if source.language == "python":
        for node in _exported(source, old):
            if target.covers(node.start, node.end):
                remarks.exported = True
                yield Edit(node.start, node.end, new)


def _import_place(node: Node) -> str:
    """ "module" for a part of a module's path, "import" for the whole of one that is bound, else ""."""
    path = node.parent
    statement = path.parent if path is not None and path.kind == "dotted_name" else None
    if path is None or statement is None:
        return ""
    if statement.kind == "import_statement":
        return "import" if len(path.named_children) == 1 else "module"
    if statement.kind == "aliased_import":
        outer = statement.parent
        return "module" if outer is not None and outer.kind == "import_statement" else ""
    if statement.kind == "relative_import" or statement.field("module_name") == path:
        return "module"
    return ""


def _exported(source: Source, name: str) -> Iterator[Node]:
    """The texts in `__all__` that are this name: the one string that is an identifier by its meaning."""
    for assignment in source.walk(lambda kind: kind in ("assignment", "augmented_assignment")):
        left = assignment.field("left")
        if left is None or left.text != "__all__":
            continue
        for node in assignment.walk():
            if node.kind == "string_content" and node.text == name:
                yield node


def _mentions(target: Target, name: str) -> int:
    """How often a name stands as a whole word in the lines that may be touched."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return sum(len(whole.findall(line)) for line in target.lines[target.first : target.last + 1])


class _Remarks:
    """What came up on the way."""

    def __init__(self, old: str, new: str) -> None:
        self.old = old
        self.new = new
        self.taken: set[str] = set()
        self.modules: set[str] = set()
        self.exported = False
        self.without_grammar: list[str] = []
        self._elsewhere: dict[str, int] = {}
        self._broken: list[str] = []

    def look_at(self, target: Target, source: Source, found: int) -> None:
        """Counts what a file says of the name besides."""
        modules = 1 if target.path in self.modules else 0
        mentions = max(0, _mentions(target, self.old) - found - modules)
        if mentions:
            self._elsewhere[target.path] = mentions
        if source.root.is_broken and found:
            self._broken.append(target.path)

    def sentences(self, places: int) -> Iterator[str]:
        """What to say about it."""
        if self.taken and places:
            taken = listed(sorted(self.taken))
            yield f"Careful: `{self.new}` is a name in {taken} already; the two are one now."
        if self.exported:
            yield "The entry in `__all__` was renamed too."
        if self.modules:
            yield f"Module paths in imports ({listed(sorted(self.modules))}) were left alone, for they name files."
        if self._elsewhere:
            mentions = counted(sum(self._elsewhere.values()), "mention")
            yield f"{mentions} in strings and comments stayed: see {listed(list(self._elsewhere))}."
        if self._broken:
            yield f"{listed(self._broken)} could not be parsed in full: look twice there."
        if self.without_grammar:
            yield f"{listed(self.without_grammar)} mention the name, but hold no code that can be parsed here."
