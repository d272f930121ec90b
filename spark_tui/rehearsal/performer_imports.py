"""Removes Python imports whose names the file never uses, and keeps whatever might be there for a reason."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spark_tui.rehearsal.instructions import RemoveUnusedImports
from spark_tui.rehearsal.performer_edits import Edit, Outcome, Point, Target, counted, listed, merged, removal
from spark_tui.syntax import Node, Source

_IMPORTS = ("import_statement", "import_from_statement")
_WORD = re.compile(r"[^\W\d]\w*")
_KEEP_COMMENT = re.compile(r"#.*\b(?:noqa|unused-import|F401|side.?effects?|re-?exports?)\b", re.IGNORECASE)
_PROMPT_LINE = re.compile(r"^\s*(?:>>>|\.\.\.)(.*)$", re.MULTILINE)
_TYPE_COMMENT = re.compile(r"#\s*type:\s*(.*)")
# Subscripts and calls which read a string in them as code.
_GENERIC = frozenset(
    "Annotated Any Awaitable Callable ClassVar Coroutine Dict Final FrozenSet Generator Generic Iterable Iterator List "
    "Mapping Optional Sequence Set Tuple Type Union defaultdict deque dict frozenset list set tuple type".split()
)
_READERS = frozenset(
    "ForwardRef NamedTuple NewType TypeVar TypedDict cast eval exec getattr globals patch".split()
)
# Files in which an import is often there for others.
_EXPORTING = ("__init__.py", "conftest.py")


@dataclass(frozen=True, slots=True)
class _Import:
    """One name that an import statement binds."""

    statement: Node
    node: Node
    """The part of the statement that binds it."""
    name: str


def remove_unused_imports(instruction: RemoveUnusedImports, targets: Sequence[Target]) -> Outcome:
    """Removes them in all Python targets."""
    del instruction
    edits: dict[str, list[Edit]] = {}
    removed: list[str] = []
    python = [target for target in targets if target.language == "python"]
    exporting = [target.path for target in python if target.path.rsplit("/", 1)[-1] in _EXPORTING]
    looked = [target for target in python if target.path not in exporting]
    parsed = {target.path: source for target in python if (source := target.parse()) is not None}
    wanted = _Wanted(parsed)
    for target in looked:
        source = parsed.get(target.path)
        if source is None:
            continue
        unused = [
            one
            for one in _unused(source)
            if target.covers(one.statement.start, one.statement.end)
            and not wanted.elsewhere(target.path, one.name)
        ]
        if unused:
            edits[target.path] = merged(_removals(source, unused))
            removed += [one.name for one in unused]
    remarks: tuple[str, ...] = ()
    if exporting:
        remarks = (f"Left alone, for what they import is often there for others: {listed(exporting)}.",)
    if not removed:
        where = listed([target.path for target in looked]) or "no Python file"
        return Outcome(f"Every import in {where} is used, or may be there for a reason.", {}, remarks)
    files = f"{counted(len(removed), 'unused import')} from {counted(len(edits), 'file')}"
    return Outcome(f"Removed {files}: {listed(removed, 8)}.", edits, remarks)


class _Wanted:
    """What the other files of the prompt take from a module."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self._taken: dict[str, set[tuple[str, str]]] = {}
        for path, source in sources.items():
            taken = self._taken.setdefault(path, set())
            for node in source.walk(
                lambda kind: kind in ("import_from_statement", "attribute", "string_content")
            ):
                taken.update(_pairs(node))

    def elsewhere(self, path: str, name: str) -> bool:
        """Whether some other file takes the name from the module in `path`."""
        stem = path.rsplit("/", 1)[-1].removesuffix(".py")
        pairs = {(stem, name), (stem, "*")}
        return any(pairs & taken for other, taken in self._taken.items() if other != path)


def _pairs(node: Node) -> Iterator[tuple[str, str]]:
    """Pairs of a module's last name and a name taken from it."""
    if node.kind == "import_from_statement":
        module = node.field("module_name")
        stem = module.text.rsplit(".", 1)[-1] if module is not None else ""
        if any(child.kind == "wildcard_import" for child in node.named_children):
            yield stem, "*"
        for part in node.fields("name"):
            original = part.field("name") or part
            yield stem, original.text
    elif node.kind == "attribute":
        owner, name = node.field("object"), node.field("attribute")
        if owner is not None and name is not None:
            yield owner.text.rsplit(".", 1)[-1], name.text
    else:
        # As in mock.patch("package.module.name").
        words = node.text.split(".")
        yield from zip(words, words[1:], strict=False)


def _unused(source: Source) -> Iterator[_Import]:
    bound = list(_bound(source))
    if not bound:
        return
    used = _used_names(source)
    for one in bound:
        if one.name not in used and not _is_kept(one):
            yield one


def _bound(source: Source) -> Iterator[_Import]:
    for statement in source.walk(lambda kind: kind in _IMPORTS):
        if statement.is_broken:
            continue
        for part in statement.fields("name"):
            alias = part.field("alias")
            if alias is not None:
                original = part.field("name")
                # "import a as a" says that the name is there for others.
                if original is None or original.text != alias.text:
                    yield _Import(statement, part, alias.text)
            else:
                yield _Import(statement, part, part.text.split(".", 1)[0])


def _is_kept(one: _Import) -> bool:
    lines = one.statement.source.lines
    # A remark at the head of the statement speaks for all of its names, another for those of its line.
    rows = {one.statement.start[0], *range(one.node.start[0], one.node.end[0] + 1)}
    if any(_KEEP_COMMENT.search(lines[row]) for row in rows):
        return True
    # In "try: import x", whether it can be imported is the point.
    return any(outer.kind == "try_statement" for outer in one.statement.ancestors())


def _used_names(source: Source) -> set[str]:
    used: set[str] = set()
    for node in source.walk(lambda kind: kind in ("identifier", "string", "comment")):
        if node.kind == "identifier":
            if _is_reference(node):
                used.add(node.text)
        elif node.kind == "comment":
            for said in _TYPE_COMMENT.findall(node.text):
                used.update(_WORD.findall(said))
        else:
            used.update(_names_in_string(node))
    return used


def _is_reference(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return True
    if parent.kind == "attribute":
        return parent.field("object") == node
    if parent.kind == "keyword_argument":
        return parent.field("name") != node
    if parent.kind in ("dotted_name", "aliased_import"):
        return not any(outer.kind in (*_IMPORTS, "future_import_statement") for outer in node.ancestors())
    return True


def _names_in_string(node: Node) -> Iterator[str]:
    """Names in a string that is read as code: an annotation, a doctest, an entry of `__all__`."""
    text = node.text
    if ">>>" in text:
        for line in _PROMPT_LINE.findall(text):
            yield from _WORD.findall(line)
    if _is_read_as_code(node):
        yield from _WORD.findall(text)


def _is_read_as_code(node: Node) -> bool:
    for outer in node.ancestors():
        match outer.kind:
            case "type":
                return True
            case "subscript":
                value = outer.field("value")
                return value is not None and _last_name(value) in _GENERIC
            case "call":
                function = outer.field("function")
                return function is not None and _last_name(function) in _READERS
            case "assignment" | "augmented_assignment":
                left = outer.field("left")
                return left is not None and left.text in ("__all__", "__test__")
            case "block" | "module" | "expression_statement":
                return False
    return False


def _last_name(node: Node) -> str:
    return node.text.rsplit(".", 1)[-1]


def _removals(source: Source, unused: Sequence[_Import]) -> Iterator[Edit]:
    statements: dict[Point, list[_Import]] = {}
    for one in unused:
        statements.setdefault(one.statement.start, []).append(one)
    gone = {
        start for start, parts in statements.items() if len(parts) == len(parts[0].statement.fields("name"))
    }
    rows: set[int] = set()
    for start, parts in statements.items():
        statement = parts[0].statement
        if start not in gone:
            yield from _partial(source, statement, {part.node.start for part in parts})
            continue
        edit = _whole(source, statement, gone)
        if edit is None:
            rows.update(range(statement.start[0], statement.end[0] + 1))
        else:
            yield edit
    yield from _rows_removed(source.lines, rows)


def _whole(source: Source, statement: Node, gone: set[Point]) -> Edit | None:
    """Takes a statement away; None if it has its lines to itself and they can go."""
    (first, start), (last, end) = statement.start, statement.end
    lines = source.lines
    block = statement.parent
    if block is not None and block.kind == "block":
        remaining = [
            node for node in block.named_children if node.kind != "comment" and node.start not in gone
        ]
        if not remaining and block.named_children[-1].start == statement.start:
            # A block may not be empty.
            return Edit(statement.start, statement.end, "pass")
    if lines[first][:start].strip():
        before = lines[first][:start].rstrip().removesuffix(";")
        return Edit((first, len(before)), statement.end, "")
    after = lines[last][end:].lstrip()
    if after.startswith(";"):
        return Edit(statement.start, (last, len(lines[last]) - len(after[1:].lstrip())), "")
    return None


def _rows_removed(lines: Sequence[str], rows: set[int]) -> Iterator[Edit]:
    """Takes rows away, and one of the blank lines where two would meet."""
    for row in sorted(rows):
        if row - 1 in rows:
            continue
        first = last = row
        while last + 1 in rows:
            last += 1
        blank_after = last + 1 < len(lines) and not lines[last + 1].strip()
        if blank_after and first == 0:
            last += 1
        elif blank_after and not lines[first - 1].strip():
            first -= 1
        yield removal(first, last)


def _partial(source: Source, statement: Node, gone: set[Point]) -> Iterator[Edit]:
    """Takes names out of a statement that keeps others."""
    parts = statement.fields("name")
    lines = source.lines
    in_parentheses = any(child.kind == "(" for child in statement.children)
    kept_end: Point | None = None
    for number, part in enumerate(parts):
        if part.start not in gone:
            kept_end = part.end
            continue
        following = parts[number + 1] if number + 1 < len(parts) else None
        (row, column), (last, end) = part.start, part.end
        comma = re.match(r"\s*,", lines[last][end:])
        behind = end + (comma.end() if comma else 0)
        is_alone = not lines[row][:column].strip() and re.fullmatch(r"\s*(?:#.*)?", lines[last][behind:])
        if in_parentheses and is_alone and row != statement.start[0]:
            yield removal(row, last)
        elif following is not None and (following.start[0] == row or not in_parentheses):
            yield Edit(part.start, following.start, "")
        elif following is None and kept_end is not None and (kept_end[0] == row or not in_parentheses):
            yield Edit(kept_end, (last, behind), "," if comma else "")
        else:
            yield Edit(part.start, (last, behind), "")
