"""Patterns and replacements as vi writes them, turned into those of Python."""

import re

_SIMPLE = {
    "s": "[ \\t]", "S": "[^ \\t]", "d": "[0-9]", "D": "[^0-9]", "w": "[0-9A-Za-z_]", "W": "[^0-9A-Za-z_]",
    "a": "[A-Za-z]", "A": "[^A-Za-z]", "l": "[a-z]", "L": "[^a-z]", "u": "[A-Z]", "U": "[^A-Z]",
    "x": "[0-9A-Fa-f]", "h": "[A-Za-z_]", "n": "\\n", "t": "\\t", "e": "\\x1b", "r": "\\r", "i": "[0-9A-Za-z_]",
    "k": "\\w",
}  # fmt: skip
_VERY = "()|+?={}<>"


class NoPattern(ValueError):
    """A pattern can't be used; the text says why."""


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self.ignores_case: bool | None = None
        self._is_very = False

    def take(self) -> str:
        char = self._source[self._at : self._at + 1]
        self._at += 1
        return char

    def read(self) -> str:
        out: list[str] = []
        while self._at < len(self._source):
            out.append(self._next(out))
        return "".join(out)

    def _next(self, out: list[str]) -> str:
        char = self.take()
        if char != "\\":
            if self._is_very and char in _VERY:
                return self._special(char)
            if char == "[":
                return self._set()
            return self._plain(char, out)
        char = self.take()
        if char in "vmcC":
            return self._switch(char)
        if char in _SIMPLE:
            return _SIMPLE[char]
        if char == "z" and self._at < len(self._source):
            raise NoPattern(f"\\z{self.take()} is not known here")
        if not self._is_very and char and char in _VERY:
            return self._special(char)
        if char.isdigit():
            return f"\\{char}"
        return re.escape(char)

    def _switch(self, char: str) -> str:
        if char in "cC":
            self.ignores_case = char == "c"
        else:
            self._is_very = char == "v"
        return ""

    def _plain(self, char: str, out: list[str]) -> str:
        is_first = not out or out[-1] in ("(", "|", "(?:")
        rest = self._source[self._at :]
        if char == "^":
            return "^" if is_first else "\\^"
        if char == "$":
            is_last = not rest or rest[:2] in ("\\)", "\\|", "\\n") or (self._is_very and rest[0] in ")|")
            return "$" if is_last else "\\$"
        if char == "*":
            return "\\*" if is_first or out[-1] == "^" else "*"
        if char == ".":
            return "."
        return re.escape(char)

    def _special(self, char: str) -> str:
        if char == "{":
            stop = self._source.find("}", self._at)
            body = self._source[self._at : stop].removesuffix("\\") if stop >= 0 else None
            if body is None or not re.fullmatch(r"-?\d*,?\d*", body):
                raise NoPattern("braces need numbers in them")
            self._at = stop + 1
            lazy = "?" if body.startswith("-") else ""
            body = body.removeprefix("-") or ","
            return "{" + ("0" + body if body.startswith(",") else body) + "}" + lazy
        return {
            "(": "(", ")": ")", "|": "|", "+": "+", "?": "?", "=": "?", "<": "\\b(?=\\w)", ">": "\\b(?<=\\w)",
            "}": "\\}",
        }[char]  # fmt: skip

    def _set(self) -> str:
        start = self._at
        at = start + (self._source[start : start + 1] == "^")
        at += self._source[at : at + 1] == "]"
        stop = self._source.find("]", at)
        if stop < 0:
            return "\\["
        self._at = stop + 1
        body = self._source[start:stop].replace("[", "\\[")
        return f"[{body}]"


def translated(source: str, *, ignore_case: bool = False, smart: bool = False) -> tuple[str, bool]:
    """Return Python's pattern and whether capitals are ignored. Raises NoPattern."""
    reader = _Reader(source)
    pattern = reader.read()
    ignores = ignore_case and not (smart and any(char.isupper() for char in source))
    if reader.ignores_case is not None:
        ignores = reader.ignores_case
    return pattern, ignores


def compiled(source: str, *, ignore_case: bool = False, smart: bool = False) -> re.Pattern[str]:
    """Return the compiled pattern. Raises NoPattern with a sentence."""
    pattern, ignores = translated(source, ignore_case=ignore_case, smart=smart)
    try:
        return re.compile(pattern, re.IGNORECASE if ignores else 0)
    except re.error as error:
        raise NoPattern(f"the pattern can't be used: {error}") from error


def filled(replacement: str, match: re.Match[str]) -> str:
    """Return what a replacement becomes for a match; `&` is the match, `\\1` a group, `\\r` a line break."""
    out: list[str] = []
    case, once = "", ""
    at = 0
    while at < len(replacement):
        char = replacement[at]
        at += 1
        piece = char
        if char == "&":
            piece = match.group()
        elif char == "\\" and at < len(replacement):
            char = replacement[at]
            at += 1
            if char in "uUlLeE":
                case, once = (case, char) if char in "ul" else ("" if char in "eE" else char, once)
                continue
            piece = _escaped(char, match)
        if case:
            piece = piece.upper() if case == "U" else piece.lower()
        if once and piece:
            piece = (piece[0].upper() if once == "u" else piece[0].lower()) + piece[1:]
            once = ""
        out.append(piece)
    return "".join(out)


def _escaped(char: str, match: re.Match[str]) -> str:
    if char.isdigit():
        number = int(char)
        return (match.group(number) or "") if number <= match.re.groups else ""
    return {"r": "\n", "n": "\0", "t": "\t"}.get(char, char)
