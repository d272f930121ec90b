"""The lines that stand before a command behind `:`."""

import re

from spark_tui.core.text import Position
from spark_tui.ui.vim.patterns import NoPattern, compiled
from spark_tui.ui.vim.seeking import next_hit
from spark_tui.ui.vim.state import State

_STEP = re.compile(r"\s*([+-])(\d*)")


class NoRange(ValueError):
    """A line can't be carried out; the text says why."""


def cut_at(text: str, sign: str) -> tuple[str, str]:
    """Split at the first sign that no backslash stands before."""
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == sign:
            return text[:at], text[at + 1 :]
        at += 1
    return text, ""


def read_range(state: State, text: str, *, is_target: bool = False) -> tuple[range | None, str]:
    """Return the lines that a text begins with and what stands behind them. Raises NoRange.

    A target may be line 0, which stands before the first.
    """
    if text.startswith("%"):
        return range(state.page.last + 1), text[1:]
    found: list[int] = []
    here = state.caret.line
    rest = text
    while True:
        line, rest = _address(state, rest.lstrip(), here)
        if line is None:
            if not found and rest[:1] not in (",", ";"):
                return None, rest
            line = here
        found.append(line)
        rest = rest.lstrip()
        if rest[:1] not in (",", ";"):
            break
        if rest[0] == ";":
            here = max(0, line)
        rest = rest[1:]
        following = rest.lstrip()[:1]
        if not following or following not in ".$0123456789'/?\\+-":
            found.append(here)
            break
    first, last = found[-2:] if len(found) > 1 else (found[0], found[0])
    lowest = -1 if is_target else 0
    first, last = sorted((first, last))
    if not rest.strip() and not is_target:
        first, last = min(first, state.page.last), min(last, state.page.last)
    if first < lowest or last > state.page.last:
        if not (first == -1 and last <= state.page.last):
            raise NoRange(f"there is no line {(last if last > state.page.last else first) + 1}")
        first, last = max(first, lowest), max(last, lowest)
    return range(first, last + 1), rest


def _address(state: State, text: str, here: int) -> tuple[int | None, str]:
    line: int | None = None
    char = text[:1]
    number = re.match(r"\d+", text)
    if number is not None:
        line, text = int(number.group()[:9]) - 1, text[number.end() :]
    elif char == ".":
        line, text = here, text[1:]
    elif char == "$":
        line, text = state.page.last, text[1:]
    elif char == "'" and len(text) > 1:
        place = state.marks.get(text[1])
        if place is None:
            raise NoRange(f"the mark {text[1]} is not set")
        line, text = place.line, text[2:]
    elif char in ("/", "?") and char:
        pattern, text = cut_at(text[1:], char)
        line = _found(state, pattern or state.search.pattern, here, forward=char == "/")
    while (step := _STEP.match(text)) is not None:
        by = int(step[2][:9]) if step[2] else 1
        line = (here if line is None else line) + (by if step[1] == "+" else -by)
        text = text[step.end() :]
    return line, text


def _found(state: State, pattern: str, here: int, *, forward: bool) -> int:
    try:
        wanted = compiled(pattern, ignore_case=state.options.ignorecase, smart=state.options.smartcase)
    except NoPattern as error:
        raise NoRange(str(error)) from error
    page = state.page
    column = len(page.line(here)) if forward else 0
    hit = next_hit(page, wanted, Position(here, column), forward=forward, wraps=state.options.wrapscan)
    if hit is None:
        raise NoRange(f"{pattern} is not found")
    return hit.start.line
