"""Where motions lead: one function for each, from a page, a place and a count to another place."""

import re
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from spark_tui.core.text import Position
from spark_tui.ui.vim.classes import class_of
from spark_tui.ui.vim.page import Page
from spark_tui.ui.vim.prose import next_sentence, sentence_before


class Kind(Enum):
    """What an operator takes of the way that a motion goes."""

    EXCLUSIVE = 0
    """All but the character at the end."""
    INCLUSIVE = 1
    LINES = 2


class Goal(NamedTuple):
    """Where a motion leads."""

    place: Position
    kind: Kind | None = None
    """Only where it differs from what the motion usually is."""


Go = Callable[[Page, Position, int | None], Goal | None]


def word(page: Page, at: Position, count: int | None, big: bool = False) -> Goal | None:
    """Go to the start of the next word."""
    line, column = at.line, at.column
    for _ in range(count or 1):
        text = page.line(line)
        kind = class_of(text[column], big) if column < len(text) else 0
        while kind and column < len(text) and class_of(text[column], big) == kind:
            column += 1
        while True:
            while column < len(text) and not class_of(text[column]):
                column += 1
            if column < len(text):
                break
            if line >= page.last:
                return Goal(Position(line, len(text)))
            line, column = line + 1, 0
            text = page.line(line)
            if not text:
                break
    return Goal(Position(line, column))


def word_taken(page: Page, at: Position, count: int | None, big: bool = False) -> Position | None:
    """Return where `w` behind an operator ends: its last word ends with the line."""
    line, column = at.line, at.column
    for left in range((count or 1) - 1, -1, -1):
        text = page.line(line)
        kind = class_of(text[column], big) if column < len(text) else 0
        if column >= len(text):
            if line >= page.last:
                return Position(line, column) if (line, column) != (at.line, at.column) else None
            line, column, text = line + 1, 0, page.line(line + 1)
            if not left:
                return Position(line, column)
        while kind and column < len(text) and class_of(text[column], big) == kind:
            column += 1
        if column >= len(text) and not left:
            return Position(line, column)
        while text or line == at.line:
            while column < len(text) and not class_of(text[column]):
                column += 1
            if column < len(text):
                break
            if line >= page.last:
                return Position(line, column)
            line, column, text = line + 1, 0, page.line(line + 1)
    return Position(line, column)


def word_back(page: Page, at: Position, count: int | None, big: bool = False) -> Goal | None:
    """Go to the start of the word, or of the one before."""
    line, column = at.line, at.column
    for _ in range(count or 1):
        text = page.line(line)
        while True:
            if column == 0:
                if line == 0:
                    return Goal(Position(0, 0)) if at != Position(0, 0) else None
                line -= 1
                text = page.line(line)
                column = len(text)
                if not text:
                    break
                continue
            column -= 1
            if class_of(text[column]):
                break
        while column and class_of(text[column - 1], big) == class_of(text[column], big):
            column -= 1
    return Goal(Position(line, column))


def word_end(page: Page, at: Position, count: int | None, big: bool = False) -> Goal | None:
    """Go to the last character of the word, or of the next one."""
    line, column = at.line, at.column
    for _ in range(count or 1):
        text = page.line(line)
        column += 1
        while column >= len(text) or not class_of(text[column]):
            if column >= len(text):
                if line >= page.last:
                    end = Position(line, page.last_column(line))
                    return Goal(end) if end != at else None
                line, column = line + 1, -1
                text = page.line(line)
            column += 1
        kind = class_of(text[column], big)
        while column + 1 < len(text) and class_of(text[column + 1], big) == kind:
            column += 1
    return Goal(Position(line, column))


def _back(page: Page, line: int, column: int) -> tuple[int, int] | None:
    if column > 0:
        return line, column - 1
    if line == 0:
        return None
    return line - 1, len(page.line(line - 1))


def _class_at(page: Page, line: int, column: int, big: bool) -> int:
    text = page.line(line)
    return class_of(text[column], big) if column < len(text) else 0


def word_end_back(page: Page, at: Position, count: int | None, big: bool = False) -> Goal | None:
    """Go back to the last character of the word before."""
    line, column = at.line, at.column
    for _ in range(count or 1):
        kind = _class_at(page, line, column, big)
        step = _back(page, line, column)
        if step is None:
            return None
        line, column = step
        while kind and _class_at(page, line, column, big) == kind:
            step = _back(page, line, column)
            if step is None:
                return Goal(Position(line, column))
            line, column = step
        while not _class_at(page, line, column, big) and page.line(line):
            step = _back(page, line, column)
            if step is None:
                return Goal(Position(line, column))
            line, column = step
    return Goal(Position(line, column))


def _left(page: Page, at: Position, count: int | None) -> Goal | None:
    if not at.column:
        return None
    for _ in range(count or 1):
        at = page.before(at)
    return Goal(at)


def _right(page: Page, at: Position, count: int | None) -> Goal | None:
    length = len(page.line(at.line))
    if at.column >= length:
        return None
    for _ in range(min(count or 1, length)):
        at = page.after(at)
    return Goal(at)


def _back_over(page: Page, at: Position, count: int | None) -> Goal | None:
    start = at
    for _ in range(count or 1):
        if at.column:
            at = page.before(at)
        elif at.line:
            at = Position(at.line - 1, page.last_column(at.line - 1))
    return Goal(at) if at != start else None


def _forward_over(page: Page, at: Position, count: int | None) -> Goal | None:
    start = at
    for _ in range(count or 1):
        if at.column < page.last_column(at.line):
            at = page.after(at)
        elif at.line < page.last:
            at = Position(at.line + 1, 0)
        else:
            at = Position(at.line, len(page.line(at.line)))
    return Goal(at) if at != start else None


def _line_start(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(Position(at.line, 0))


def _text_start(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first(at.line))


def lines_down(page: Page, line: int, by: int) -> int | None:
    """Return the line so many further down, at most the last; None if that is the one to begin with."""
    return min(line + by, page.last) if not by or line < page.last else None


def _text_end(page: Page, at: Position, count: int | None) -> Goal | None:
    line = lines_down(page, at.line, (count or 1) - 1)
    if line is None:
        return None
    text = page.line(line)
    return Goal(Position(line, max(0, len(text.rstrip(" \t")) - 1)))


def line_end(page: Page, at: Position, count: int | None) -> Goal | None:
    """Go to the last character of the line."""
    line = lines_down(page, at.line, (count or 1) - 1)
    if line is None:
        return None
    return Goal(Position(line, page.last_column(line)))


def _column(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(Position(at.line, page.at_cell(at.line, (count or 1) - 1)))


def _to_line(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first(page.last if count is None else count - 1))


def _to_first(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first((count or 1) - 1))


def _down_first(page: Page, at: Position, count: int | None) -> Goal | None:
    line = lines_down(page, at.line, count or 1)
    return None if line is None else Goal(page.first(line))


def _up_first(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first(at.line - (count or 1))) if at.line else None


def _same_first(page: Page, at: Position, count: int | None) -> Goal | None:
    line = lines_down(page, at.line, (count or 1) - 1)
    return None if line is None else Goal(page.first(line))


def _view_top(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first(min(page.top + (count or 1) - 1, page.bottom)))


def _view_middle(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first((page.top + min(page.bottom, page.last)) // 2))


def _view_bottom(page: Page, at: Position, count: int | None) -> Goal | None:
    return Goal(page.first(max(min(page.bottom, page.last) - (count or 1) + 1, page.top)))


def paragraph(page: Page, at: Position, count: int | None, step: int = 1) -> Goal | None:
    """Go to the next empty line behind text, or with -1 to the one before."""
    line = at.line
    left = count or 1
    while left:
        left -= 1
        has_skipped, is_first = False, True
        while True:
            has_skipped = has_skipped or bool(page.line(line))
            if not is_first and has_skipped and not page.line(line):
                break
            if not 0 <= line + step <= page.last:
                if left:
                    return None
                break
            line += step
            is_first = False
    if step > 0 and line == page.last and page.line(line):
        return Goal(Position(line, page.last_column(line)), Kind.INCLUSIVE)
    return Goal(Position(line, 0))


def _paragraph_back(page: Page, at: Position, count: int | None) -> Goal | None:
    return paragraph(page, at, count, -1)


def _sentence(page: Page, at: Position, count: int | None) -> Goal | None:
    for left in range((count or 1) - 1, -1, -1):
        start = next_sentence(page, at)
        end = Position(page.last, len(page.line(page.last)))
        if start is None or (left and start == end and not page.line(end.line).endswith((".", "!", "?"))):
            return None
        at = start
    if at.column and at.column >= len(page.line(at.line)):
        return Goal(Position(at.line, page.last_column(at.line)), Kind.INCLUSIVE)
    return Goal(at)


def _sentence_back(page: Page, at: Position, count: int | None) -> Goal | None:
    for left in range((count or 1) - 1, -1, -1):
        at = sentence_before(page, at)
        if left and at == Position(0, 0) and page.line(0):
            return None
    return Goal(at)


PARTNERS = {"(": ")", "[": "]", "{": "}"}
_FAR = 1_000_000
"""Characters that are looked at for a partner at most."""


def partner(page: Page, at: Position) -> Position | None:
    """Return the partner of the bracket at a place."""
    char = page.line(at.line)[at.column]
    opens = char in PARTNERS
    other = PARTNERS[char] if opens else next(one for one, two in PARTNERS.items() if two == char)
    return seek(page, at, char, other, forward=opens)


def seek(
    page: Page, at: Position, char: str, other: str, *, forward: bool, depth: int = 0
) -> Position | None:
    """Find the bracket `other` that answers `char` at a place, over nested ones."""
    pattern = re.compile("[" + re.escape(char + other) + "]")
    left = _FAR
    line = at.line
    while 0 <= line <= page.last and left > 0:
        text = page.line(line)
        left -= len(text)
        found = [match.start() for match in pattern.finditer(text)]
        if line == at.line:
            found = [column for column in found if (column >= at.column if forward else column <= at.column)]
        for column in found if forward else reversed(found):
            depth += 1 if text[column] == char else -1
            if not depth:
                return Position(line, column)
        line += 1 if forward else -1
    return None


def _percent(page: Page, at: Position, count: int | None) -> Goal | None:
    if count is not None:
        line = (count * (page.last + 1) + 99) // 100 - 1
        return Goal(page.first(line), Kind.LINES) if count <= 100 else None
    text = page.line(at.line)
    column = next((place for place in range(at.column, len(text)) if text[place] in "()[]{}"), None)
    if column is None:
        return None
    place = partner(page, Position(at.line, column))
    return None if place is None else Goal(place)


def find_char(
    page: Page, at: Position, count: int, how: str, char: str, *, again: bool = False
) -> Goal | None:
    """Go to a character in the line: `f` or `F` on it, `t` or `T` before it; `again` passes the one beside."""
    text, column = page.line(at.line), at.column
    if again and how in "tT":
        column += 1 if how == "t" else -1
    for _ in range(count):
        if how in "ft":
            column = text.find(char, column + 1)
        else:
            column = text.rfind(char, 0, max(0, column))
        if column < 0:
            return None
    place = Position(at.line, column)
    if how == "t":
        place = page.before(place)
    elif how == "T":
        place = page.after(place)
    return Goal(place)


def _big(go: Callable[[Page, Position, int | None, bool], Goal | None]) -> Go:
    return lambda page, at, count: go(page, at, count, True)


class Way(NamedTuple):
    """One motion."""

    go: Go
    kind: Kind = Kind.EXCLUSIVE
    is_far: bool = False
    """Whether the place it begins at is remembered."""


WAYS: dict[str, Way] = {
    "h": Way(_left), "left": Way(_left), "l": Way(_right), "right": Way(_right),
    "backspace": Way(_back_over), "ctrl+h": Way(_back_over), " ": Way(_forward_over),
    "w": Way(word), "b": Way(word_back), "e": Way(word_end, Kind.INCLUSIVE),
    "W": Way(_big(word)), "B": Way(_big(word_back)), "E": Way(_big(word_end), Kind.INCLUSIVE),
    "ctrl+right": Way(_big(word)), "ctrl+left": Way(_big(word_back)),
    "ge": Way(word_end_back, Kind.INCLUSIVE), "gE": Way(_big(word_end_back), Kind.INCLUSIVE),
    "0": Way(_line_start), "home": Way(_line_start), "^": Way(_text_start), "g_": Way(_text_end, Kind.INCLUSIVE),
    "$": Way(line_end, Kind.INCLUSIVE), "end": Way(line_end, Kind.INCLUSIVE), "|": Way(_column),
    "G": Way(_to_line, Kind.LINES, True), "gg": Way(_to_first, Kind.LINES, True),
    "ctrl+end": Way(_to_line, Kind.LINES, True), "ctrl+home": Way(_to_first, Kind.LINES, True),
    "+": Way(_down_first, Kind.LINES), "enter": Way(_down_first, Kind.LINES), "-": Way(_up_first, Kind.LINES),
    "_": Way(_same_first, Kind.LINES), "ctrl+m": Way(_down_first, Kind.LINES),
    "H": Way(_view_top, Kind.LINES, True), "M": Way(_view_middle, Kind.LINES, True),
    "L": Way(_view_bottom, Kind.LINES, True),
    "}": Way(paragraph, is_far=True), "{": Way(_paragraph_back, is_far=True),
    ")": Way(_sentence, is_far=True), "(": Way(_sentence_back, is_far=True),
    "%": Way(_percent, Kind.INCLUSIVE, True),
}  # fmt: skip
"""Every motion that needs nothing but the page."""
