"""What one source defines, uses and imports, and its skeleton: everything that the index asks of a parse."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import tree_sitter

from spark_tui.core.repo import Definition, Kept
from spark_tui.core.values import dataclass
from spark_tui.syntax.bounds import parseable
from spark_tui.syntax.defined import Defined, look
from spark_tui.syntax.definitions import USES
from spark_tui.syntax.grammars import grammar
from spark_tui.syntax.plain import first_lines, headings
from spark_tui.syntax.skeleton import KEYED, skeleton_of

SHORTEST_NAME, LONGEST_NAME = 3, 120
LONGEST_SIGNATURE = 240
MOST_NAMES = 20_000
MOST_DEFINITIONS = 4000
MOST_KEYS = 200
"""Definitions told of a file that is all keys."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The facts of one source."""

    definitions: tuple[Definition, ...] = ()
    references: Mapping[str, int] | None = None
    """Names in use with how often, without the shortest, which say nothing; None for a language whose names are not
    told apart from other words."""
    imports: tuple[str, ...] = ()
    skeleton: Kept = ()


def source_facts(language: str | None, lines: Sequence[str]) -> SourceFacts:
    """Parse lines (without endings) and tell what is in them; without a grammar, what can be told of any text."""
    loaded = grammar(language) if language else None
    if loaded is None or language is None:
        titles = headings(lines)
        return SourceFacts(titles, skeleton=first_lines(lines, [one.line for one in titles]))
    root = tree_sitter.Parser(loaded).parse(parseable(language, lines)).root_node
    found = look(root, language)
    most = MOST_KEYS if language in KEYED else MOST_DEFINITIONS
    return SourceFacts(
        tuple(_described(found.definitions[:most], lines)),
        _counted(found.names) if language in USES else None,
        tuple(dict.fromkeys(_plain(name) for name in found.imports)),
        skeleton_of(root, language, found.definitions, lines) or first_lines(lines),
    )


def _counted(used: Counter[bytes]) -> Mapping[str, int]:
    """Most frequent first, then by name: the order in which nodes are told is not always the same."""
    names = [
        (-count, name)
        for name, count in used.items()
        if SHORTEST_NAME <= len(name) <= LONGEST_NAME and b"\n" not in name
    ]
    names.sort()
    return {_plain(name): -count for count, name in names[:MOST_NAMES]}


def _plain(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _described(defined: Sequence[Defined], lines: Sequence[str]) -> Iterator[Definition]:
    around: list[tuple[int, str]] = []
    for one in defined:
        while around and around[-1][0] <= one.whole.start_byte:
            around.pop()
        name = _plain(one.name.text or b"").split("\n")[0].strip().strip("\"'`")[:LONGEST_NAME]
        if not name:
            continue
        line = one.name.start_point[0]
        last, end_byte = one.whole.end_point
        signature = (lines[line] if line < len(lines) else "").strip()[:LONGEST_SIGNATURE]
        parent = ".".join(outer for _, outer in around[-3:])
        yield Definition(name, one.kind, line, max(line, last - (not end_byte)), signature, parent)
        around.append((one.whole.end_byte, name))
