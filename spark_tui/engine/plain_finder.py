"""Finds names by letters in plain Python, for where there is no quicker finder; reads the same queries."""

import heapq
from collections.abc import Sequence

from spark_tui.core.search import Match
from spark_tui.core.values import dataclass

LONGEST = 200
"""Letters of a query that count."""


class PlainFinder:
    """The same in Python, for systems without the wheel: letters in order, near each other, late in the name."""

    def __init__(self) -> None:
        self._names: Sequence[str] = ()
        self._lower: list[str] = []

    def learn(self, names: Sequence[str]) -> None:
        """Look in these names from now on."""
        self._names = names
        self._lower = [name.lower() for name in names]

    def find(self, letters: str, limit: int) -> Sequence[Match]:
        """Return the names that fit, best first."""
        words = [word for text in letters[:LONGEST].split() if (word := _Word.read(text)).letters]
        if not words:
            return [Match(place) for place in range(min(limit, len(self._names)))]
        found = (
            match for place, name in enumerate(self._lower) if (match := _fit(place, name, words)) is not None
        )
        return heapq.nsmallest(limit, found, key=lambda match: (-match.score, match.place))


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a query."""

    letters: str
    is_out: bool
    at_start: bool
    at_end: bool
    is_whole: bool
    """Whether the letters stand together."""

    @classmethod
    def read(cls, text: str) -> "_Word":
        """Take the signs off a word."""
        text = text.lower()
        is_out = text.startswith("!")
        text = text[is_out:]
        start, end, whole = text.startswith("^"), text.endswith("$"), text.startswith("'")
        bare = text[start or whole : len(text) - end]
        return cls(bare, is_out, start, end, start or end or whole or is_out)

    def places(self, name: str, start: int) -> list[int]:
        """Where the letters are from `start` on; nothing if they are not all there."""
        if (
            self.at_start
            and not name.startswith(self.letters)
            or self.at_end
            and not name.endswith(self.letters)
        ):
            return []
        if self.is_whole:
            at = (
                0
                if self.at_start
                else len(name) - len(self.letters)
                if self.at_end
                else name.find(self.letters, start)
            )
            return list(range(at, at + len(self.letters))) if at >= start else []
        at, found = start - 1, list[int]()
        for letter in self.letters:
            at = name.find(letter, at + 1)
            if at < 0:
                return []
            found.append(at)
        return found


def _fit(place: int, name: str, words: Sequence[_Word]) -> Match | None:
    tail = name.rfind("/") + 1
    score, letters = 10_000 - min(len(name), 5_000), set[int]()
    for word in words:
        places = word.places(name, tail) or word.places(name, 0)
        if bool(places) is word.is_out:
            return None
        if places:
            score += 4_000 * (places[0] == tail) + 2_000 * (places[0] > tail)
            score -= 20 * min(places[-1] - places[0], 100)
            letters.update(places)
    return Match(place, score, tuple(sorted(letters)))
