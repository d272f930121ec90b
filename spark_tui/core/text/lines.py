"""Cutting a string into lines and endings: at `\\n`, `\\r\\n` and, in a text without `\\n`, at `\\r`."""

import re

_ANY_BREAK = re.compile(r"(\r\n|\n|\r)")


def has_lone_cr_breaks(source: str) -> bool:
    """Say whether a lone carriage return breaks lines: only in a text without a single line feed."""
    return "\n" not in source and "\r" in source


def split_lines(source: str, lone_cr: bool = False) -> tuple[list[str], list[str]]:
    """Return the lines of `source` and their endings; the last line's ending is empty."""
    if "\r" not in source:
        lines = source.split("\n")
        return lines, ["\n"] * (len(lines) - 1) + [""]
    if lone_cr:
        parts = _ANY_BREAK.split(source)
        return parts[0::2], [*parts[1::2], ""]
    lines = source.split("\n")
    endings = ["\n"] * (len(lines) - 1) + [""]
    for i in range(len(lines) - 1):
        if lines[i].endswith("\r"):
            lines[i] = lines[i][:-1]
            endings[i] = "\r\n"
    return lines, endings


def count_breaks(source: str, lone_cr: bool) -> int:
    """Return how many line breaks are in `source`."""
    if lone_cr and "\r" in source:
        return source.count("\n") + source.count("\r") - source.count("\r\n")
    return source.count("\n")


def last_line_length(source: str, lone_cr: bool) -> int:
    """Return how many code points follow the last line break of `source`."""
    start = source.rfind("\n") + 1
    if lone_cr:
        start = max(start, source.rfind("\r") + 1)
    return len(source) - start


def dominant_ending(endings: list[str]) -> str:
    """Return the ending most lines have, and `\\n` where there is none."""
    counts = [(endings.count(ending), ending) for ending in ("\n", "\r\n", "\r")]
    most, ending = max(counts, key=lambda pair: pair[0])
    return ending if most else "\n"
