"""An inverted index in little memory: which files hold a word and how often; takes changes file by file."""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST = 255
"""Higher counts say no more."""


class Postings:
    """Words to files by number. What it answers depends on the files that are in it, not on those that were."""

    def __init__(self) -> None:
        self._lists: dict[str, array[int]] = {}
        self._words: dict[int, tuple[tuple[str, ...], bytes]] = {}
        self._lengths: dict[int, int] = {}
        self._total = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def put(self, number: int, words: Mapping[str, int]) -> None:
        """Take in a file under a number that is not in use."""
        lists = self._lists
        counts = bytes([count if count < MOST else MOST for count in words.values()])
        for word, count in zip(words, counts, strict=True):
            entry = number << 8 | count
            found = lists.get(word)
            if found is None:
                lists[word] = array("Q", (entry,))
            else:
                found.append(entry)
        self._words[number] = tuple(words), counts
        self._lengths[number] = length = sum(words.values())
        self._total += length

    def remove(self, number: int) -> None:
        """Forget a file."""
        words, counts = self._words.pop(number, ((), b""))
        for word, count in zip(words, counts, strict=True):
            entries = self._lists[word]
            entries.remove(number << 8 | count)
            if not entries:
                del self._lists[word]
        self._total -= self._lengths.pop(number, 0)

    def words(self, number: int) -> Iterator[tuple[str, int]]:
        """Yield the words of a file, with how often."""
        words, counts = self._words.get(number, ((), b""))
        return zip(words, counts, strict=True)

    def entries(self, word: str) -> Sequence[int]:
        """Return the files that hold a word: number times 256, and how often, in the order they came."""
        return self._lists.get(word, ())

    def of(self, word: str) -> Iterator[tuple[int, int]]:
        """Yield the files that hold a word, with how often, in the order they came."""
        for entry in self._lists.get(word, ()):
            yield entry >> 8, entry & 255

    def spread(self, word: str) -> int:
        """In how many files a word is."""
        return len(self._lists.get(word, ()))

    def telling(self, word: str) -> float:
        """How much a word tells files apart: its inverse document frequency, 0 for one that is nowhere."""
        spread = self.spread(word)
        return math.log(1 + (len(self._lengths) - spread + 0.5) / (spread + 0.5)) if spread else 0.0

    def scores(self, asked: Iterable[tuple[str, float]], evenness: float) -> dict[int, float]:
        """Score files for weighted words by BM25; `evenness` says how much length counts against a file."""
        found: dict[int, float] = {}
        if not self._lengths:
            return found
        lengths = self._lengths
        mean = max(self._total / len(lengths), 1.0)
        slope, base = 1.2 * evenness / mean, 1.2 * (1 - evenness)
        for word, weight in asked:
            entries = self._lists.get(word)
            gain = weight * self.telling(word) * 2.2 if entries else 0.0
            for entry in entries or ():
                number = entry >> 8
                count = entry & 255
                score = gain * count / (count + base + slope * lengths[number])
                found[number] = found.get(number, 0.0) + score
        return found
