"""What is searched for over many files, how a line fits it, and what takes its place. Matching is within lines."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from spark_tui.core.globs import Piece, Wild, expression
from spark_tui.core.values import dataclass

LONGEST = 400
"""Characters of a line that are shown; more of a long one is cut away around the first match."""
MOST_SPANS = 100
"""Matches in one line that are told."""
MOST_NEW = 20_000_000
"""Characters that are put into one line."""


class LineTooLong(Exception):
    """A replacement would make more of one line than anybody wants; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a person looks for."""

    text: str
    is_regex: bool = False
    is_word: bool = False
    """Whether a match begins and ends at the edge of a word."""
    is_exact: bool = False
    """Whether capitals count."""
    globs: str = ""
    """Which files: `*.py, src/**, !tests/**`; empty: all."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that fits."""

    line: int
    """Counted from 0."""
    text: str
    """The line without its ending; of a very long one a part."""
    spans: tuple[tuple[int, int], ...]
    """Where in `text` it fits."""
    column: int = 0
    """Where the first match begins in the whole line."""
    new: str | None = None
    """What the line would become, if something is to be replaced; then `text` is whole."""


@dataclass(frozen=True, slots=True)
class FileHits:
    """All lines of one file that fit."""

    path: str
    hits: tuple[Hit, ...]

    @property
    def count(self) -> int:
        """How many matches there are."""
        return sum(len(hit.spans) for hit in self.hits)


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far a search is."""

    looked: int
    """Files that were looked at, without those that were seen from afar to hold nothing."""
    total: int


@dataclass(frozen=True, slots=True)
class Match:
    """A name that fits some letters."""

    place: int
    """Its place in the names that were learned."""
    score: int = 0
    """Higher fits better; only to be compared within one answer."""
    letters: tuple[int, ...] = ()
    """Places in the name of the letters that fitted."""


def compiled(search: Sought) -> re.Pattern[str] | str:
    """Return the expression, or a sentence about what is wrong with it."""
    if not search.text:
        return "Type what to look for."
    if "\n" in search.text or "\r" in search.text:
        return "A search is within lines: it can't hold a line break."
    source = search.text if search.is_regex else re.escape(search.text)
    if search.is_word:
        source = rf"(?<!\w)(?:{source})(?!\w)"
    try:
        return re.compile(source, 0 if search.is_exact else re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"That is no regular expression: {error}."


def filler(search: Sought, replacement: str) -> Callable[["re.Match[str]"], str] | str:
    """Return what makes the new text of a match, or a sentence about a group that is not there."""
    if not search.is_regex:
        return lambda match: replacement
    pattern = compiled(search)
    if isinstance(pattern, str):
        return pattern
    parts: list[str | int] = []
    at = 0
    for found in re.finditer(r"\$(?:(\d{1,2})|\{(\w+)\}|(\$))|\\(?:(\d{1,2})|(n|t|\\))", replacement):
        parts.append(replacement[at : found.start()])
        at = found.end()
        digits = found[1] or found[4] or (found[2] if found[2] and found[2].isdecimal() else None)
        if found[3] or found[5]:
            parts.append({"$": "$", "n": "\n", "t": "\t", "\\": "\\"}[found[3] or found[5]])
        elif digits is not None:
            if len(digits) > 3 or int(digits) > pattern.groups:
                return f"The expression has no group {digits}."
            parts.append(int(digits))
        elif found[2] in pattern.groupindex:
            parts.append(pattern.groupindex[found[2]])
        else:
            return f"The expression has no group {found[2]}."
    parts.append(replacement[at:])
    return lambda match: "".join(part if isinstance(part, str) else match[part] or "" for part in parts)


def hits_in(
    lines: Iterable[str],
    pattern: re.Pattern[str],
    fill: Callable[["re.Match[str]"], str] | None = None,
) -> Iterator[Hit]:
    """Yield the lines that fit, with what each would become if `fill` says what to put in. Raises LineTooLong."""
    for number, line in enumerate(lines):
        matches = (found.span() for found in pattern.finditer(line) if found[0])
        spans = tuple(islice(matches, MOST_SPANS))
        if not spans:
            continue
        first = spans[0][0]
        if fill is not None:
            yield Hit(number, line, spans, first, _replaced(line, pattern, fill))
            continue
        start = max(0, first - 60) if len(line) > LONGEST else 0
        shown = tuple((a - start, b - start) for a, b in spans if b - start <= LONGEST)
        yield Hit(number, line[start : start + LONGEST], shown or ((first - start, LONGEST),), first)


def _replaced(line: str, pattern: re.Pattern[str], fill: Callable[["re.Match[str]"], str]) -> str:
    parts: list[str] = []
    at, room = 0, MOST_NEW
    for found in pattern.finditer(line):
        if found[0]:
            parts += [line[at : found.start()], new := fill(found)]
            at = found.end()
            room -= len(new)
            if room < 0:
                raise LineTooLong("A line would become too long.")
    return "".join([*parts, line[at:]])


def wanted(globs: str) -> Callable[[str], bool]:
    """Return what tells whether a path is wanted by patterns such as `*.py, src/**, !tests/**`.

    A backslash takes the next character as it is.
    """
    only: list[re.Pattern[str]] = []
    never: list[re.Pattern[str]] = []
    for word in re.findall(r"(?:\\.|[^,\s{}]|\{[^{}]*\}|[{}])+", globs):
        glob = word.removeprefix("!")
        if glob:
            (never if word.startswith("!") else only).append(_glob(glob))

    def is_wanted(path: str) -> bool:
        if any(pattern.fullmatch(path) for pattern in never):
            return False
        return not only or any(pattern.fullmatch(path) for pattern in only)

    return is_wanted


def below(folder: str) -> str:
    """Return the pattern of all that is below a folder, whatever its name is."""
    return re.sub(r"[\\*?{},!\s]", r"\\\g<0>", folder) + "/**"


_GLOB = re.compile(r"\\.|\*\*+/?|\*|\?|\{[^{}]*\}|.", re.DOTALL)
_MOST_WAYS = 100
"""Patterns that one with alternatives in braces stands for at most; further braces stand for themselves."""


def _glob(glob: str) -> re.Pattern[str]:
    """A pattern without a slash fits a name at any depth; one of a folder fits all below it."""
    body = glob.strip("/")
    ways: list[list[Piece]] = [[] if "/" in body or glob.startswith("/") else [Wild.FOLDERS]]
    for found in _GLOB.finditer(body):
        piece = found[0]
        options = piece[1:-1].split(",") if piece.startswith("{") and len(piece) > 1 else []
        if options and len(ways) * len(options) <= _MOST_WAYS:
            ways = [[*way, *map(re.escape, option)] for way in ways for option in options]
            continue
        begins_name = found.start() == 0 or body[found.start() - 1] == "/"
        ways = [[*way, *_pieces(piece, begins_name)] for way in ways]
    return re.compile(f"(?:{'|'.join(map(expression, ways))})(?:/.*)?", re.DOTALL)


def _pieces(piece: str, begins_name: bool) -> list[Piece]:
    if piece.startswith("**"):
        if begins_name and piece.endswith("/"):
            return [Wild.FOLDERS]
        return [Wild.ANYTHING, *piece.lstrip("*")]
    if piece == "*":
        return [Wild.STAR]
    if len(piece) == 2 and piece[0] == "\\":
        return [re.escape(piece[1])]
    return ["[^/]" if piece == "?" else re.escape(piece)]
