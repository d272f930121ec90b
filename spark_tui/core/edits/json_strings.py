"""Reads the strings of a JSON value while it streams in: which key they belong to, and their decoded text so far."""

import re

from spark_tui.core.values import dataclass

_PLAIN = re.compile(r'[^"\\]+')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_DEEPEST = 32
"""Strings nested deeper than this are not told of; no format of edits nests them so."""

Key = str | int
"""A key of an object, or a place in an array."""


@dataclass(frozen=True, slots=True)
class StringPart:
    """Some more decoded text of a string value."""

    path: tuple[Key, ...]
    text: str


@dataclass(frozen=True, slots=True)
class StringEnd:
    """A string value is complete."""

    path: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class ObjectEnd:
    """An object is complete."""

    path: tuple[Key, ...]


JsonEvent = StringPart | StringEnd | ObjectEnd


class JsonStrings:
    """Follows the structure of one JSON value. What is no JSON leads to nonsense, never to an exception."""

    def __init__(self) -> None:
        self._out: list[JsonEvent] = []
        self._stack: list[Key | None] = []
        """For each open object its key so far, for each open array the place in it."""
        self._in_string = False
        self._is_key = False
        self._key: list[str] = []
        self._escape = ""
        self.done = False
        """Whether the outermost object is complete."""

    def push(self, chunk: str) -> list[JsonEvent]:
        """Take the next piece of the stream."""
        at = 0
        while at < len(chunk):
            at = self._string(chunk, at) if self._in_string else self._structure(chunk, at)
        out, self._out = self._out, []
        return out

    def _structure(self, chunk: str, at: int) -> int:
        char = chunk[at]
        if char == '"':
            self._in_string = True
            self._is_key = bool(self._stack) and self._stack[-1] is None
            self._key = []
        elif char == "{":
            self._stack.append(None)
        elif char == "[":
            self._stack.append(0)
        elif char in "}]" and self._stack:
            if char == "}" and len(self._stack) <= _DEEPEST:
                self._out.append(ObjectEnd(self._path(self._stack[:-1])))
            self._stack.pop()
            self.done = self.done or not self._stack
        elif char == "," and self._stack:
            top = self._stack[-1]
            self._stack[-1] = top + 1 if isinstance(top, int) else None
        return at + 1

    def _string(self, chunk: str, at: int) -> int:
        if self._escape:
            return self._escaped(chunk, at)
        plain = _PLAIN.match(chunk, at)
        if plain is not None:
            self._text(plain.group())
            return plain.end()
        if chunk[at] == "\\":
            self._escape = "\\"
            return at + 1
        self._in_string = False
        if self._is_key:
            self._stack[-1] = "".join(self._key)
        elif len(self._stack) <= _DEEPEST:
            self._out.append(StringEnd(self._path(self._stack)))
        return at + 1

    def _escaped(self, chunk: str, at: int) -> int:
        self._escape += chunk[at]
        escape = self._escape
        if escape[1] != "u":
            self._text(_ESCAPES.get(escape[1], escape[1]))
            self._escape = ""
        elif len(escape) == 6:
            digits = escape[2:]
            valid = all(digit in "0123456789abcdefABCDEF" for digit in digits)
            self._text(chr(int(digits, 16)) if valid else "\ufffd")
            self._escape = ""
        return at + 1

    def _text(self, text: str) -> None:
        if self._is_key:
            self._key.append(text)
        elif len(self._stack) <= _DEEPEST:
            self._out.append(StringPart(self._path(self._stack), text))

    @staticmethod
    def _path(stack: list[Key | None]) -> tuple[Key, ...]:
        return tuple("" if key is None else key for key in stack)
