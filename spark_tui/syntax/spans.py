"""From query captures to spans that do not overlap: the closed list of captures, and who wins where."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from spark_tui.core.values import dataclass

LineSpan = tuple[int, int, str]
"""Start column, end column (exclusive) in code points, and one of CAPTURES."""

CAPTURES = (
    "attribute",
    "comment",
    "comment.documentation",
    "constant",
    "constant.builtin",
    "constructor",
    "embedded",
    "function",
    "function.builtin",
    "function.macro",
    "function.method",
    "keyword",
    "label",
    "markup.heading",
    "markup.italic",
    "markup.link",
    "markup.list",
    "markup.quote",
    "markup.raw",
    "markup.strong",
    "module",
    "number",
    "operator",
    "property",
    "punctuation.bracket",
    "punctuation.delimiter",
    "punctuation.special",
    "string",
    "string.escape",
    "string.special",
    "tag",
    "type",
    "type.builtin",
    "variable",
    "variable.builtin",
    "variable.parameter",
)
"""Every capture that highlights may carry; a theme which knows the part before the dot knows enough."""

_KNOWN = frozenset(CAPTURES)
_OTHER_NAMES = {
    "boolean": "constant.builtin",
    "conditional": "keyword",
    "delimiter": "punctuation.delimiter",
    "escape": "string.escape",
    "field": "property",
    "float": "number",
    "function.special": "function.macro",
    "parameter": "variable.parameter",
    "storageclass": "keyword",
    "string.special.key": "property",
}


@lru_cache(maxsize=256)
def capture_named(name: str) -> str | None:
    """The member of CAPTURES that a query's name stands for; "" for plain text, None to ignore it."""
    if name == "none":
        return ""
    name = _OTHER_NAMES.get(name, name)
    while name not in _KNOWN:
        name, dot, _ = name.rpartition(".")
        if not dot:
            return None
    return name


@dataclass(frozen=True, slots=True)
class Captured:
    """One captured node in the parser's coordinates."""

    start: tuple[int, int]
    """Row and byte column."""
    end: tuple[int, int]
    """Row and byte column, exclusive."""
    rank: tuple[int, int]
    """Layer and pattern number: of two captures of the same range the higher one wins."""
    capture: str
    """A member of CAPTURES, or "" for plain."""


def flatten(captured: Iterable[Captured]) -> Iterator[tuple[tuple[int, int], tuple[int, int], str]]:
    """Cuts nested captures into ranges that do not overlap: the innermost wins, then the higher rank."""
    ordered = sorted(
        (one for one in captured if one.start < one.end),
        key=lambda one: (one.start, (-one.end[0], -one.end[1]), one.rank),
    )
    stack: list[Captured] = []
    position = (0, 0)
    for one in ordered:
        while stack and stack[-1].end <= one.start:
            top = stack.pop()
            if position < top.end:
                yield position, top.end, top.capture
                position = top.end
        if stack and position < one.start:
            yield position, one.start, stack[-1].capture
        position = one.start
        stack.append(one)
    while stack:
        top = stack.pop()
        if position < top.end:
            yield position, top.end, top.capture
            position = top.end


@lru_cache(maxsize=512)
def _pattern(source: str) -> re.Pattern[str] | None:
    try:
        return re.compile(source)
    except re.error:
        return None


def holds(name: str, texts: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a text predicate (`eq?`, `match?`, `any-of?` with their `not-` and `any-` forms) holds.

    `texts` are the captured texts, `others` the remaining arguments as texts.
    """
    words = name.removesuffix("?").split("-")
    wanted = "not" not in words
    if not others:
        return False
    match words[-1]:
        case "match":
            pattern = _pattern(others[0])
            if pattern is None:
                return False
            outcomes = [(pattern.search(text) is not None) is wanted for text in texts]
        case "of":
            return all((text in others) is wanted for text in texts)
        case _:
            outcomes = [(text == others[0]) is wanted for text in texts]
    return any(outcomes) if words[0] == "any" else all(outcomes)


def by_line(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int], str]],
    first_line: int,
    last_line: int,
    column_of: Callable[[int, int], int],
    width_of: Callable[[int], int],
) -> Mapping[int, list[LineSpan]]:
    """Deals ranges out to the lines they cross, in code points."""
    dealt: dict[int, list[LineSpan]] = {}
    for (start_row, start_byte), (end_row, end_byte), capture in ranges:
        if not capture:
            continue
        for row in range(max(start_row, first_line), min(end_row, last_line) + 1):
            start = column_of(row, start_byte) if row == start_row else 0
            end = column_of(row, end_byte) if row == end_row else width_of(row)
            if start >= end:
                continue
            spans = dealt.setdefault(row, [])
            if spans and spans[-1][1] == start and spans[-1][2] == capture:
                spans[-1] = (spans[-1][0], end, capture)
            else:
                spans.append((start, end, capture))
    return dealt
