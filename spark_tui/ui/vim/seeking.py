"""Searching as vi does it: patterns, offsets, over the end of the text, and the word at the caret."""

import re

from spark_tui.core.text import Position
from spark_tui.core.values import dataclass
from spark_tui.ui.vim.classes import class_of
from spark_tui.ui.vim.motions import Goal, Kind
from spark_tui.ui.vim.page import Page
from spark_tui.ui.vim.patterns import NoPattern, compiled
from spark_tui.ui.vim.state import Beep, Search, State


@dataclass(frozen=True, slots=True)
class Hit:
    """A match."""

    start: Position
    end: Position
    """Behind its last character, in the same line."""


def next_hit(page: Page, pattern: re.Pattern[str], at: Position, *, forward: bool, wraps: bool) -> Hit | None:
    """Find the nearest match behind or before a place, at last over the end of the text."""
    count = page.last + 1
    order = range(count + 1) if wraps else range(count - at.line if forward else at.line + 1)
    for step in order:
        number = (at.line + step) % count if forward else (at.line - step) % count
        found = pattern.finditer(page.line(number))
        if step == 0 or (wraps and step == count):
            is_rest = step == count
            found = iter(
                [
                    match
                    for match in found
                    if ((match.start() > at.column) if forward else (match.start() < at.column)) != is_rest
                ]
            )
        hits = list(found) if not forward else [match] if (match := next(found, None)) else []
        if hits:
            match = hits[-1] if not forward else hits[0]
            return Hit(Position(number, match.start()), Position(number, match.end()))
    return None


def search(state: State, at: Position, count: int, *, same_way: bool) -> Goal:
    """Go to the next match of the last search. Raises Beep."""
    last = state.search
    if not last.pattern:
        state.host.say("Nothing was searched for yet.")
        raise Beep
    forward = last.forward == same_way
    options = state.options
    try:
        pattern = compiled(last.pattern, ignore_case=options.ignorecase, smart=options.smartcase)
    except NoPattern as error:
        state.host.say(f"{str(error).capitalize()}.")
        raise Beep from error
    if options.hlsearch:
        state.host.mark_matches(pattern.pattern, ignore_case=bool(pattern.flags & re.IGNORECASE))
    page = state.page
    hit = None
    for _ in range(count):
        start = at if hit is None else hit.start
        hit = next_hit(page, pattern, start, forward=forward, wraps=options.wrapscan)
        if hit is None:
            state.host.say(f"{last.pattern} is not found.")
            raise Beep
    assert hit is not None
    return _offset(page, hit, last.offset)


def _offset(page: Page, hit: Hit, offset: str) -> Goal:
    """Go beside a match, as what stood behind the pattern says."""
    match = re.fullmatch(r"([esb]?)([+-]?\d*)", offset)
    if not offset or match is None:
        return Goal(hit.start)
    number = match[2]
    by = int(number) if number not in ("", "+", "-") else {"+": 1, "-": -1}.get(number, 0)
    if not match[1]:
        line = max(0, min(hit.start.line + by, page.last))
        return Goal(page.first(line), Kind.LINES)
    column = (hit.end.column - 1 if match[1] == "e" else hit.start.column) + by
    kind = Kind.INCLUSIVE if match[1] == "e" else None
    return Goal(page.on_char(Position(hit.start.line, column)), kind)


def word_under(page: Page, at: Position) -> tuple[str, Position] | None:
    """Return the word at the caret or behind it in the line, and where it begins."""
    text = page.line(at.line)
    start = at.column
    while start < len(text) and class_of(text[start]) < 2:
        start += 1
    if start >= len(text):
        return None
    kind = class_of(text[start])
    while start and class_of(text[start - 1]) == kind:
        start -= 1
    stop = start
    while stop < len(text) and class_of(text[stop]) == kind:
        stop += 1
    return text[start:stop], Position(at.line, start)


def search_word(state: State, key: str, count: int) -> Goal:
    """Search for the word at the caret: `*` forwards, `#` backwards, with `g` as a part of words too."""
    found = word_under(state.page, state.caret)
    if found is None:
        raise Beep
    word, start = found
    escaped = "".join("\\" + char if char in "\\/.*[]^$~" else char for char in word)
    is_name = word[0] == "_" or word[0].isalnum()
    whole = is_name and not key.startswith("g")
    state.search = Search(f"\\<{escaped}\\>" if whole else escaped, key.endswith("*"))
    state.marks["'"] = state.caret
    return search(state, start, count, same_way=True)
