"""Finds old text that may begin or end inside a line."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from spark_tui.core.text import Text


class Fragment(NamedTuple):
    """A place of an old text, and what else is on its first and last line."""

    start: int
    lead: str
    trail: str


class Fragments:
    """Searches one text as a single string, which is made when first needed."""

    def __init__(self, base: Text) -> None:
        self._lines = base.lines(0, base.row_count)
        self._whole = "\n".join(self._lines)
        self._offsets = list(accumulate((len(line) + 1 for line in self._lines), initial=0))

    def find(self, old: Sequence[str], limit: int) -> list[Fragment]:
        """Return the places where the old lines stand exactly, at most `limit`."""
        wanted = "\n".join(old)
        out: list[Fragment] = []
        at = self._whole.find(wanted) if wanted else -1
        while at >= 0 and len(out) < limit:
            first = bisect_right(self._offsets, at) - 1
            stop = at + len(wanted)
            last = bisect_right(self._offsets, stop) - 1
            lead = self._lines[first][: at - self._offsets[first]]
            out.append(Fragment(first, lead, self._lines[last][stop - self._offsets[last] :]))
            at = self._whole.find(wanted, at + 1)
        return out
