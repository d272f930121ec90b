"""`:s` and `:g`: replacing what matches in lines, and doing something in every line that matches."""

import re
from collections.abc import Callable

from spark_tui.core.text import Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.vim.changing import Made
from spark_tui.ui.vim.patterns import NoPattern, compiled, filled
from spark_tui.ui.vim.ranges import NoRange, cut_at
from spark_tui.ui.vim.state import Beep, Search, State


@dataclass(frozen=True, slots=True)
class Substitution:
    """What `:s` is to do."""

    pattern: str
    replacement: str
    flags: str
    count: str = ""

    @classmethod
    def read(cls, name: str, argument: str, state: State) -> "Substitution":
        """Read what stands behind the command. Raises NoRange."""
        sign = argument[:1]
        last = state.substitution
        if sign and not sign.isalnum() and sign not in '"|\\ &' and name.startswith("s"):
            pattern, rest = cut_at(argument[1:], sign)
            replacement, rest = cut_at(rest, sign)
            replacement = replacement.replace("\\" + sign, sign)
            if sign != "/":
                pattern = pattern.replace("\\" + sign, sign)
            if replacement == "~" and last is not None:
                replacement = last[1]
            pattern = pattern or state.search.pattern
        elif last is None:
            raise NoRange("nothing was replaced yet")
        else:
            pattern, replacement, rest = last[0], last[1], argument
            if name == "&&":
                rest = "&" + rest
        match = re.match(r"([&cegiInr#p]*)\s*(\d*)\s*$", rest)
        if match is None:
            raise NoRange(f"{rest.strip()} is not understood")
        flags = match[1]
        if flags.startswith("&") and last is not None:
            flags = last[2] + flags[1:]
        return cls(pattern, replacement, flags, match[2])


def substitute(state: State, rows: range, wanted: Substitution) -> None:
    """Replace in some lines; the caret goes to the last one that changed. Raises NoRange, Beep."""
    pattern = _compiled(state, wanted.pattern, wanted.flags)
    state.search = Search(wanted.pattern, state.search.forward)
    if "n" not in wanted.flags:
        state.substitution = wanted.pattern, wanted.replacement, wanted.flags.replace("c", "")
    page = state.page
    pieces: list[tuple[Span, str]] = []
    count = grown = 0
    last = -1
    for number in rows:
        line = page.line(number)
        for match in pattern.finditer(line):
            text = filled(wanted.replacement, match)
            pieces.append((Span(Position(number, match.start()), Position(number, match.end())), text))
            count += 1
            grown += text.count("\n")
            last = number
            if "g" not in wanted.flags:
                break
    if not pieces:
        if "e" in wanted.flags:
            return
        raise NoRange(f"{wanted.pattern} is not found")
    if "n" in wanted.flags:
        state.host.say(f"{count} matches.")
        return
    state.make(Made(pieces, Position(last + grown, 0), True))
    if count > 1:
        state.host.say(f"{count} replaced.")


def _compiled(state: State, source: str, flags: str = "") -> re.Pattern[str]:
    options = state.options
    ignores = "i" in flags or (options.ignorecase and "I" not in flags)
    try:
        return compiled(source, ignore_case=ignores, smart=options.smartcase and "i" not in flags)
    except NoPattern as error:
        raise NoRange(str(error)) from error


def global_lines(state: State, rows: range, pattern: str, inverted: bool, do: Callable[[], None]) -> None:
    """Do something in every line that matches, or that does not; lines are followed while others come and go."""
    wanted = _compiled(state, pattern or state.search.pattern)
    state.search = Search(pattern or state.search.pattern, state.search.forward)
    page = state.page
    found = [number for number in rows if (wanted.search(page.line(number)) is None) == inverted]
    if not found:
        raise NoRange(f"{pattern} is not found")
    state.followed = [Position(number, 0) for number in found]
    while state.followed:
        state.show(state.followed.pop(0))
        try:
            do()
        except Beep:
            continue
