"""EditorConfig as pure functions: file texts in, what holds for one path out; and what saving should tidy.

Patterns are matched in time linear in the path for any pattern, since a repository is not to be trusted.
"""

import re
from collections.abc import Mapping, Sequence

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.core.values import dataclass

NAME = ".editorconfig"
"""What the files are called."""
_LONGEST_PATTERN = 1024
_MOST_LINES = 2000
_MOST_WORK = 1_000_000
"""Characters of patterns times those of the path; sections beyond are left out. What people write comes to little."""
_ENDINGS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
_BREAK = re.compile(r"\r\n|\r|\n")
_DEEPEST = 20
"""Braces in braces at most."""
_RANGE = re.compile(r"([+-]?\d{1,9})\.\.([+-]?\d{1,9})\Z")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one file; None where nothing is said."""

    indent_style: str | None = None
    """`tab` or `space`."""
    indent_size: int | None = None
    """Columns of one level."""
    tab_width: int | None = None
    """Columns from one tab stop to the next."""
    end_of_line: str | None = None
    """The line break itself, for new files."""
    insert_final_newline: bool | None = None
    trim_trailing_whitespace: bool | None = None
    charset: str | None = None
    max_line_length: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One pattern and what it says."""

    pattern: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file, read."""

    folder: str
    """Where it is, relative to the workspace; empty for the top."""
    is_root: bool
    """Whether files further up do not count."""
    sections: tuple[Section, ...]


def parse(source: str, folder: str = "") -> ConfigFile:
    """Read a file; lines that make no sense are left out."""
    is_root = False
    sections: list[Section] = []
    pattern: str | None = None
    values: list[tuple[str, str]] = []
    for raw in _BREAK.split(source.lstrip("\ufeff"))[:_MOST_LINES]:
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and "]" in line:
            if pattern is not None:
                sections.append(Section(pattern, tuple(values)))
            pattern, values = line[1 : line.rindex("]")], []
            continue
        key, found, value = line.partition("=")
        key = key.strip().lower()
        value = re.split(r"\s[#;]", value, maxsplit=1)[0].strip()
        if not found or not key:
            continue
        if pattern is None:
            is_root = is_root or (key == "root" and value.lower() == "true")
        else:
            values.append((key, value))
    if pattern is not None:
        sections.append(Section(pattern, tuple(values)))
    return ConfigFile(folder.strip("/"), is_root, tuple(sections))


def rules_for(path: str, files: Sequence[ConfigFile]) -> Rules:
    """Return what holds for a path relative to the workspace; nearer files and later sections win."""
    values: dict[str, str] = {}
    nearest_first = sorted(files, key=lambda file: file.folder.count("/") + bool(file.folder), reverse=True)
    counted: list[ConfigFile] = []
    for file in nearest_first:
        if file.folder and not path.startswith(file.folder + "/"):
            continue
        counted.append(file)
        if file.is_root:
            break
    work = _MOST_WORK
    for file in reversed(counted):
        below = path[len(file.folder) + 1 :] if file.folder else path
        for section in file.sections:
            work -= len(section.pattern) * len(below)
            if work >= 0 and matches(section.pattern, below):
                values.update(section.values)
    return _rules({key: value.lower() for key, value in values.items() if value.lower() != "unset"})


def _rules(values: Mapping[str, str]) -> Rules:
    style = values.get("indent_style")
    tab_width = _number(values.get("tab_width"))
    size = values.get("indent_size", "tab" if style == "tab" else None)
    indent_size = tab_width if size == "tab" else _number(size)
    return Rules(
        indent_style=style if style in ("tab", "space") else None,
        indent_size=indent_size,
        tab_width=tab_width or indent_size,
        end_of_line=_ENDINGS.get(values.get("end_of_line", "")),
        insert_final_newline=_truth(values.get("insert_final_newline")),
        trim_trailing_whitespace=_truth(values.get("trim_trailing_whitespace")),
        charset=values.get("charset"),
        max_line_length=_number(values.get("max_line_length")),
    )


def _number(value: str | None) -> int | None:
    if value is None or not value.isascii() or not value.isdecimal() or len(value) > 4:
        return None
    return int(value) or None


def _truth(value: str | None) -> bool | None:
    return {"true": True, "false": False}.get(value or "")


# --- patterns


@dataclass(slots=True)
class _Machine:
    """A pattern as states; each state has ways that eat one character and ways that eat none."""

    eats: list[list[tuple[str, int]]]
    """By state: what it eats, as `x` one character, `?` any but a slash, `*` any, `[…` a class, and where it leads."""
    free: list[list[int]]
    ranges: list[list[tuple[int, int, int]]]
    """By state: lowest and highest number, and where one in between leads."""

    def state(self) -> int:
        """Add a state."""
        self.eats.append([])
        self.free.append([])
        self.ranges.append([])
        return len(self.eats) - 1


def matches(pattern: str, path: str) -> bool:
    """Say whether a pattern is for a path below its own folder."""
    if len(pattern) > _LONGEST_PATTERN or _depth(pattern) > _DEEPEST:
        return False
    if "/" not in pattern:
        pattern = "**/" + pattern
    pattern = pattern.removeprefix("/")
    machine = _Machine([], [], [])
    start = machine.state()
    end = _build(machine, pattern, start)
    at = _closure(machine, {start})
    jumps: dict[int, set[int]] = {}
    for offset, char in enumerate(path):
        for state in at:
            for low, high, target in machine.ranges[state]:
                for stop in _number_ends(path, offset, low, high):
                    jumps.setdefault(stop, set()).add(target)
        reached = {
            target for state in at for eaten, target in machine.eats[state] if _eats(eaten, char)
        } | jumps.pop(offset + 1, set())
        at = _closure(machine, reached)
        if not at and not jumps:
            return False
    return end in at


def _depth(pattern: str) -> int:
    depth = deepest = 0
    for char in pattern:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return deepest


def _number_ends(path: str, offset: int, low: int, high: int) -> list[int]:
    """Return the ends of all numbers in a range that are written at a place."""
    found = []
    stop = offset + (path[offset] in "+-")
    while stop < len(path) and stop - offset < 11 and path[stop].isascii() and path[stop].isdecimal():
        stop += 1
        if low <= int(path[offset:stop]) <= high:
            found.append(stop)
    return found


def _eats(eaten: str, char: str) -> bool:
    kind = eaten[0]
    if kind == "=":
        return eaten[1] == char
    if kind == "?":
        return char != "/"
    if kind == "*":
        return True
    return char != "/" and _in_class(eaten[1:], char)


def _in_class(body: str, char: str) -> bool:
    is_not = body[:1] in ("!", "^") and len(body) > 1
    body = body[is_not:]
    found = False
    at = 0
    while at < len(body):
        if at + 2 < len(body) and body[at + 1] == "-":
            found = found or body[at] <= char <= body[at + 2]
            at += 3
        else:
            found = found or body[at] == char
            at += 1
    return found != is_not


def _closure(machine: _Machine, states: set[int]) -> set[int]:
    todo, seen = list(states), set(states)
    while todo:
        for target in machine.free[todo.pop()]:
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def _build(machine: _Machine, pattern: str, here: int) -> int:
    """Add the states of a pattern behind a state; return the one that is reached at its end."""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        group = _group(pattern, at) if char == "{" else None
        if char == "\\" and at + 1 < len(pattern):
            here = _eat(machine, here, "=" + pattern[at + 1])
            at += 2
        elif char == "*":
            is_any = pattern.startswith("**", at)
            loop, after = machine.state(), machine.state()
            machine.free[here].append(loop)
            machine.eats[loop].append(("*" if is_any else "?", loop))
            machine.free[loop].append(after)
            at += 2 if is_any else 1
            if is_any and pattern.startswith("/", at) and (at < 3 or pattern[at - 3] == "/"):
                # `**/` stands for no folder too, at the beginning and behind a slash.
                behind = _eat(machine, after, "=/")
                machine.free[here].append(behind)
                after, at = behind, at + 1
            here = after
        elif char == "?":
            here = _eat(machine, here, "?")
            at += 1
        elif char == "[" and "]" in pattern[at + 2 :] and "/" not in pattern[at : pattern.index("]", at + 2)]:
            stop = pattern.index("]", at + 2)
            here = _eat(machine, here, "[" + pattern[at + 1 : stop])
            at = stop + 1
        elif group is not None:
            here = _alternatives(machine, here, group[0])
            at = group[1]
        else:
            here = _eat(machine, here, "=" + char)
            at += 1
    return here


def _eat(machine: _Machine, here: int, what: str) -> int:
    after = machine.state()
    machine.eats[here].append((what, after))
    return after


def _alternatives(machine: _Machine, here: int, options: Sequence[str]) -> int:
    after = machine.state()
    numbers = _RANGE.match(options[0]) if len(options) == 1 else None
    if numbers:
        low, high = sorted((int(numbers[1]), int(numbers[2])))
        machine.ranges[here].append((low, high, after))
        return after
    for option in options if len(options) > 1 else ("{" + options[0] + "}",):
        begin = machine.state()
        machine.free[here].append(begin)
        if len(options) == 1:
            # Braces around one word stand for themselves.
            end = _eat(machine, _build(machine, option[1:-1], _eat(machine, begin, "={")), "=}")
        else:
            end = _build(machine, option, begin)
        machine.free[end].append(after)
    return after


def _group(pattern: str, start: int) -> tuple[list[str], int] | None:
    """Return the alternatives of a group in braces and where it ends; None if it is not closed."""
    options, depth, begin = [], 0, start + 1
    at = start
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "{":
            depth += 1
        elif char == "," and depth == 1:
            options.append(pattern[begin:at])
            begin = at + 1
        elif char == "}":
            depth -= 1
            if not depth:
                return [*options, pattern[begin:at]], at + 1
        at += 1
    return None


# --- saving


def tidied(text: Text, rules: Rules) -> ChangeSet | None:
    """Return what saving should change: white space at the ends of lines, the line break at the end of the file."""
    changes: list[Change] = []
    if rules.trim_trailing_whitespace:
        for start, lines in text.blocks():
            for number, line in enumerate(lines, start):
                kept = len(line.rstrip(" \t"))
                if kept < len(line):
                    changes.append(Change(Span(Position(number, kept), Position(number, len(line))), ""))
    end = text.end
    last = text.line(end.line)
    if rules.trim_trailing_whitespace:
        last = last.rstrip(" \t")
    if rules.insert_final_newline and last:
        newline = text.newline
        if changes and changes[-1].span.end == end:
            changes[-1] = Change(changes[-1].span, newline)
        else:
            changes.append(Change(Span(end, end), newline))
    return ChangeSet(text.revision, tuple(changes), text.lone_cr) if changes else None
