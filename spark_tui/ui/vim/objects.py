"""What text objects take: words, quotes, brackets, tags, paragraphs, sentences."""

import re

from spark_tui.core.text import Position
from spark_tui.ui.vim.motions import seek
from spark_tui.ui.vim.page import Page, Piece, Shape
from spark_tui.ui.vim.prose import grown_sentence, take_paragraph, take_sentence
from spark_tui.ui.vim.taken import Taken, taken
from spark_tui.ui.vim.walker import Walker
from spark_tui.ui.vim.words import take_word

BRACKETS = {
    "(": "()", ")": "()", "b": "()", "[": "[]", "]": "[]", "{": "{}", "}": "{}", "B": "{}", "<": "<>", ">": "<>",
}  # fmt: skip
QUOTES = "\"'`"
NAMES = frozenset([*BRACKETS, *QUOTES, *"wWtps"])
_AROUND = 2000
"""Lines around the caret in which tags are looked for."""


def find(
    page: Page,
    at: Position,
    name: str,
    *,
    is_inner: bool,
    count: int = 1,
    anchor: Position | None = None,
    is_whole: bool = False,
) -> Taken | None:
    """Return what the object of a name takes at a place; `anchor` is the other end of a selection that is to grow."""
    other = at if anchor is None else anchor
    if name in "wW":
        return take_word(page, at, other, count, big=name == "W", is_inner=is_inner)
    if name == "s":
        return _sentence(page, at, anchor, count, is_inner)
    if name == "p":
        return take_paragraph(page, at, other, count, is_inner=is_inner, is_whole=is_whole)
    if name in QUOTES:
        found = _quote(page, at, name, is_inner)
    elif name in BRACKETS:
        found = _bracket(page, at, BRACKETS[name], is_inner, count)
    else:
        found = _tag(page, at, is_inner, count)
    return None if found is None else taken(found, page)


def _sentence(page: Page, at: Position, anchor: Position | None, count: int, is_inner: bool) -> Taken | None:
    found = take_sentence(page, at, at if anchor is None else anchor, count, is_inner=is_inner)
    if found is not None and anchor is not None:
        is_stuck = found.start == found.end
        return grown_sentence(page, at, found, count, is_inner=is_inner) if is_stuck else found
    if found is None:
        return None
    # What an operator takes ends where the next character begins.
    walker = Walker(page, found.end)
    if not walker.tries(walker.on):
        return found
    return Taken(found.start, walker.place, is_inclusive=False)


def _quote(page: Page, at: Position, quote: str, is_inner: bool) -> Piece | None:
    text = page.line(at.line)
    places = [match.end() - 1 for match in re.finditer(r"\\.|" + quote, text) if match.group() == quote]
    pairs = list(zip(places[::2], places[1::2], strict=False))
    pair = next(((one, two) for one, two in pairs if one <= at.column <= two), None)
    if pair is None:
        # Between two pairs the quotes around the caret count, and before any the first pair behind it.
        pair = next(
            ((one, two) for one, two in zip(places, places[1:], strict=False) if one < at.column < two), None
        )
        pair = pair or next(((one, two) for one, two in pairs if one > at.column), None)
    if pair is None:
        return None
    first, last = pair
    if is_inner:
        return Piece(Position(at.line, first + 1), Position(at.line, last))
    stop = last + 1
    while stop < len(text) and text[stop] in " \t":
        stop += 1
    start = first
    if stop == last + 1:
        while start and text[start - 1] in " \t":
            start -= 1
    return Piece(Position(at.line, start), Position(at.line, stop))


def _bracket(page: Page, at: Position, pair: str, is_inner: bool, count: int) -> Piece | None:
    text = page.line(at.line)
    char = text[at.column] if at.column < len(text) else ""
    start: Position | None
    if char == pair[0]:
        start, count = at, count - 1
    else:
        # A closing bracket at the caret belongs to the pair that it ends.
        place = Position(at.line, at.column - 1) if char == pair[1] else at
        start = _enclosing(page, place, pair)
        if start is None:
            start = _next(page, at, pair[0])
        count -= 1
    for _ in range(count):
        start = None if start is None else _enclosing(page, Position(start.line, start.column - 1), pair)
    if start is None:
        return None
    stop = seek(page, start, pair[0], pair[1], forward=True)
    if stop is None:
        return None
    if not is_inner:
        return Piece(start, Position(stop.line, stop.column + 1))
    return _inside(page, Position(start.line, start.column + 1), stop)


def _next(page: Page, at: Position, char: str) -> Position | None:
    """Find the next opening bracket behind a place."""
    for line in range(at.line, min(page.last, at.line + _AROUND) + 1):
        column = page.line(line).find(char, at.column if line == at.line else 0)
        if column >= 0:
            return Position(line, column)
    return None


def _enclosing(page: Page, at: Position, pair: str) -> Position | None:
    """Find the opening bracket around a place."""
    if at.column < 0:
        if not at.line:
            return None
        at = Position(at.line - 1, len(page.line(at.line - 1)))
    return seek(page, at, pair[1], pair[0], forward=False, depth=1)


def _inside(page: Page, start: Position, stop: Position) -> Piece:
    """Return what is between brackets; without the lines' blanks where the brackets stand alone."""
    if start.column >= len(page.line(start.line)) and stop.line > start.line:
        start = Position(start.line + 1, 0)
        lead = page.line(stop.line)[: stop.column]
        if not lead.strip(" \t"):
            if stop.line > start.line:
                return Piece(start, Position(stop.line - 1, len(page.line(stop.line - 1))), Shape.LINES)
            return Piece(start, start)
    return Piece(start, max(start, stop))


_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")


def _tag(page: Page, at: Position, is_inner: bool, count: int) -> Piece | None:
    first, last = max(0, at.line - _AROUND), min(page.last, at.line + _AROUND)
    lines = page.text.lines(first, last + 1)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    text = "\n".join(lines)
    here = starts[at.line - first] + at.column
    found: list[tuple[int, int, int, int]] = []
    opened: list[re.Match[str]] = []
    for tag in _TAG.finditer(text):
        if tag[3]:
            continue
        if not tag[1]:
            opened.append(tag)
            continue
        names = [one[2] for one in opened]
        if tag[2] not in names:
            continue
        while opened and opened[-1][2] != tag[2]:
            opened.pop()
        start = opened.pop()
        if start.start() <= here < tag.end():
            found.append((start.start(), start.end(), tag.start(), tag.end()))
    if len(found) < count:
        return None
    outer, begin, end, behind = found[count - 1]
    one, two = (begin, end) if is_inner else (outer, behind)

    def place(offset: int) -> Position:
        line = next(number for number in range(len(lines)) if offset < starts[number + 1])
        return Position(first + line, offset - starts[line])

    return Piece(place(one), place(two))
