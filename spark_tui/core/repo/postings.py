"""An inverted index in little memory: which files hold a word and how often; takes changes file by file."""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping

MOST = 255
"""Higher counts say no more."""
_COMPACT_AT = 0.25


class Postings:
    """Words to files by number. A file that changes gets a new number; old ones are forgotten in time."""

    def __init__(self) -> None:
        self._lists: dict[str, array[int]] = {}
        self._dead: set[int] = set()
        self._lengths: dict[int, int] = {}
        self._total = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def put(self, number: int, words: Mapping[str, int]) -> None:
        """Take in a file under a number that was never used before."""
        length = 0
        lists = self._lists
        for word, count in words.items():
            entry = number << 8 | (count if count < MOST else MOST)
            found = lists.get(word)
            if found is None:
                lists[word] = array("Q", (entry,))
            else:
                found.append(entry)
            length += count
        self._lengths[number] = length
        self._total += length

    def remove(self, number: int) -> None:
        """Forget a file."""
        length = self._lengths.pop(number, None)
        if length is None:
            return
        self._total -= length
        self._dead.add(number)
        if len(self._dead) > 100 and len(self._dead) > len(self._lengths) * _COMPACT_AT:
            self._compact()

    def _compact(self) -> None:
        for word in list(self._lists):
            kept = array("Q", (entry for entry in self._lists[word] if entry >> 8 not in self._dead))
            if kept:
                self._lists[word] = kept
            else:
                del self._lists[word]
        self._dead.clear()

    def of(self, word: str) -> Iterator[tuple[int, int]]:
        """Yield the files that hold a word, with how often, in the order they came."""
        for entry in self._lists.get(word, ()):
            if entry >> 8 not in self._dead:
                yield entry >> 8, entry & 255

    def spread(self, word: str) -> int:
        """In how many files a word is; forgotten ones may be counted for a while."""
        return len(self._lists.get(word, ()))

    def telling(self, word: str) -> float:
        """How much a word tells files apart: its inverse document frequency, 0 for one that is nowhere."""
        spread = self.spread(word)
        if not spread:
            return 0.0
        everything = max(len(self._lengths), spread)
        return math.log(1 + (everything - spread + 0.5) / (spread + 0.5))

    def scores(self, asked: Iterable[tuple[str, float]], evenness: float) -> dict[int, float]:
        """Score files for weighted words by BM25; `evenness` says how much length counts against a file."""
        found: dict[int, float] = {}
        if not self._lengths:
            return found
        lengths, dead = self._lengths, self._dead
        mean = max(self._total / len(lengths), 1.0)
        slope, base = 1.2 * evenness / mean, 1.2 * (1 - evenness)
        for word, weight in asked:
            entries = self._lists.get(word)
            gain = weight * self.telling(word) * 2.2 if entries else 0.0
            for entry in entries or ():
                number = entry >> 8
                if number in dead:
                    continue
                count = entry & 255
                score = gain * count / (count + base + slope * lengths[number])
                found[number] = found.get(number, 0.0) + score
        return found
