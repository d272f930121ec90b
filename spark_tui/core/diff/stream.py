"""Lays a new version of a file beside the old one while it streams in, looking only forward."""

from collections.abc import Sequence
from typing import NamedTuple


class Aligned(NamedTuple):
    """What one new line does: old lines `start` to `stop` go; then it is the old line `stop`, or a new one."""

    start: int
    stop: int
    kept: bool


class StreamAlignment:
    """Constant work for each new line. The result is right, but not always short; diff again at the end."""

    def __init__(self, old: Sequence[str]) -> None:
        self._old = old
        self._places: dict[str, int] = {}
        for number, line in enumerate(old):
            self._places[line] = -1 if line in self._places else number
        self.cursor = 0
        """The first old line that is not accounted for."""

    def push(self, line: str) -> Aligned:
        """Take the next new line."""
        at = self.cursor
        if at < len(self._old) and self._old[at] == line:
            self.cursor = at + 1
            return Aligned(at, at, True)
        found = self._places.get(line, -1)
        if found > at:
            self.cursor = found + 1
            return Aligned(at, found, True)
        return Aligned(at, at, False)
