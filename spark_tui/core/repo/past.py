"""The history prepared for ranking: what is changed often, what is changed together, and on which occasion."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spark_tui.core.repo.facts import PastCommit
from spark_tui.core.repo.postings import Postings
from spark_tui.core.repo.words import words_in

MOST_COMMITS = 3000
MOST_PATHS = 40
"""A commit that touches more says nothing about what belongs together."""
_HALF_LIFE = 300
"""After so many commits one counts half."""
_MOST_ALIKE = 60
_WORDS = 24


class Past:
    """What the commits of a repository tell about its files."""

    def __init__(self, history: Sequence[PastCommit] = ()) -> None:
        self._commits = [commit for commit in history[:MOST_COMMITS] if len(commit.paths) <= MOST_PATHS]
        self._messages = Postings()
        self._with: dict[str, list[int]] = {}
        self.often: dict[str, float] = {}
        """Path to how often it was changed, lately more than long ago; the most often changed has 1."""
        for age, commit in enumerate(self._commits):
            self._messages.put(age, Counter(list(words_in(commit.message))[: _WORDS * 4]))
            weight = _weight(age)
            for path in commit.paths:
                self._with.setdefault(path, []).append(age)
                self.often[path] = self.often.get(path, 0.0) + weight
        most = max(self.often.values(), default=1.0)
        self.often = {path: math.sqrt(score / most) for path, score in self.often.items()}

    def on_such_occasions(self, asked: Iterable[tuple[str, float]]) -> dict[str, float]:
        """Score files by the commits whose messages are like the words asked for."""
        words = list(asked)
        most = sum(weight * self._messages.telling(word) for word, weight in words) or 1.0
        scores = self._messages.scores(words, 0.5)
        best = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST_ALIKE]
        found: dict[str, float] = {}
        for age, score in best:
            paths = self._commits[age].paths
            gain = (score / most) ** 2 * (0.3 + 0.7 * _weight(age)) / math.sqrt(len(paths) or 1)
            for path in paths:
                found[path] = found.get(path, 0.0) + gain
        return found

    def together(self, seeds: Mapping[str, float]) -> dict[str, float]:
        """Score files by how surely they are changed when the seeds are."""
        found: dict[str, float] = {}
        for seed, weight in seeds.items():
            ages = self._with.get(seed, ())[:200]
            share = weight / (len(ages) + 2)
            for age in ages:
                paths = self._commits[age].paths
                gain = share * min(1.0, 6 / len(paths)) * (0.5 + 0.5 * _weight(age))
                for path in paths:
                    if path != seed:
                        found[path] = found.get(path, 0.0) + gain
        return found


def _weight(age: int) -> float:
    return float(0.5 ** (age / _HALF_LIFE))
