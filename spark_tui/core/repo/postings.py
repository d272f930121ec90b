"""An inverted index in little memory: which files hold a word and how often; takes changes file by file."""

import math
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

MOST = 255
"""Higher counts say no more."""


class Postings:
    """Words to files by number. What it answers depends on the files that are in it, not on those that were.

    No word holds a line feed.
    """

    def __init__(self) -> None:
        self._lists: dict[str, array[int] | int] = {}
        """Entries by word: number times 256, and how often. Most words are in one file: those need no list."""
        self._words: dict[int, tuple[str, bytes]] = {}
        """By file its words, joined: that every file holds strings of its own would cost more than the lists."""
        self._lengths: dict[int, int] = {}
        self._total = 0

    def __contains__(self, number: object) -> bool:
        return number in self._lengths

    def put(self, number: int, words: Mapping[str, int]) -> Collection[str]:
        """Take in a file, or another state of it; tell of a known one which words it holds otherwise than before."""
        if number in self._lengths:
            return self._change(number, words)
        self._add(number, words)
        self._keep(number, words)
        return ()

    def _add(self, number: int, words: Mapping[str, int]) -> None:
        lists = self._lists
        known = lists.get
        counts = bytes([count if count < MOST else MOST for count in words.values()])
        base = number << 8
        for word, count in zip(words, counts, strict=True):
            found = known(word)
            if found is None:
                lists[word] = base | count
            elif isinstance(found, int):
                lists[word] = array("Q", (found, base | count))
            else:
                found.append(base | count)

    def _keep(self, number: int, words: Mapping[str, int]) -> None:
        counts = bytes([count if count < MOST else MOST for count in words.values()])
        self._words[number] = "\n".join(words), counts
        self._total -= self._lengths.get(number, 0)
        self._lengths[number] = length = sum(words.values())
        self._total += length

    def _change(self, number: int, words: Mapping[str, int]) -> Collection[str]:
        before = dict(self.words(number))
        now = {word: count if count < MOST else MOST for word, count in words.items()}
        old = {word: count for word, count in before.items() if now.get(word) != count}
        new = {word: count for word, count in now.items() if before.get(word) != count}
        self._take_out(number, old.items())
        self._add(number, new)
        self._keep(number, words)
        return old.keys() | new.keys()

    def remove(self, number: int) -> None:
        """Forget a file."""
        self._take_out(number, self.words(number))
        self._words.pop(number, None)
        self._total -= self._lengths.pop(number, 0)

    def _take_out(self, number: int, words: Iterable[tuple[str, int]]) -> None:
        for word, count in words:
            entries = self._lists[word]
            if isinstance(entries, int) or len(entries) == 1:
                del self._lists[word]
            else:
                entries.remove(number << 8 | count)

    def words(self, number: int) -> Iterator[tuple[str, int]]:
        """Yield the words of a file, with how often."""
        words, counts = self._words.get(number, ("", b""))
        return zip(words.split("\n"), counts, strict=True) if counts else iter(())

    def entries(self, word: str) -> Sequence[int]:
        """Return the files that hold a word: number times 256, and how often, in the order they came."""
        found = self._lists.get(word, ())
        return (found,) if isinstance(found, int) else found

    def spread(self, word: str) -> int:
        """In how many files a word is."""
        return len(self.entries(word))

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
            entries = self.entries(word)
            gain = weight * self.telling(word) * 2.2 if entries else 0.0
            for entry in entries:
                number = entry >> 8
                count = entry & 255
                score = gain * count / (count + base + slope * lengths[number])
                found[number] = found.get(number, 0.0) + score
        return found
