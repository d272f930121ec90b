"""Which files use what others define: the graph over which rank flows."""

import math
from collections.abc import Iterable, Mapping
from itertools import islice

from spark_tui.core.repo.postings import Postings

MOST_DEFINERS = 12
"""A name that more files define links none of them."""
MOST_USERS = 300
_MOST_NAMES = 600


class Links:
    """Definitions and uses of names, by file number."""

    def __init__(self) -> None:
        self._defined = Postings()
        self._used = Postings()

    def put(self, number: int, defined: Iterable[str], used: Mapping[str, int]) -> None:
        """Take in a file under a number that was never used before."""
        self._defined.put(number, {name: 1 for name in defined if len(name) > 2})
        self._used.put(number, {name: count for name, count in used.items() if len(name) > 2})

    def remove(self, number: int) -> None:
        """Forget a file."""
        self._defined.remove(number)
        self._used.remove(number)

    def definers(self, name: str) -> list[int]:
        """The files that define a name."""
        return [number for number, _ in self._defined.of(name)]

    def users(self, name: str) -> list[tuple[int, int]]:
        """The files that use a name, with how often."""
        return list(self._used.of(name))

    def beside(self, seeds: Mapping[int, float]) -> dict[int, float]:
        """Let the weight of the seeds flow to the files they use, and to those that use them."""
        found: dict[int, float] = {}
        for seed, weight in seeds.items():
            own = {name for name, _ in self._defined.words(seed)}
            _spread(found, weight, self._to_definers(seed, own))
            _spread(found, weight, self._to_users(seed, own))
        return found

    def _to_definers(self, seed: int, own: set[str]) -> dict[int, float]:
        flow: dict[int, float] = {}
        for name, count in islice(self._used.words(seed), _MOST_NAMES):
            if name in own or not 0 < self._defined.spread(name) <= MOST_DEFINERS:
                continue
            definers = [number for number, _ in self._defined.of(name) if number != seed]
            gain = (
                _weight(name)
                * math.sqrt(count)
                / (len(definers) or 1)
                / math.log2(2 + self._used.spread(name))
            )
            for number in definers:
                flow[number] = flow.get(number, 0.0) + gain
        return flow

    def _to_users(self, seed: int, own: set[str]) -> dict[int, float]:
        flow: dict[int, float] = {}
        for name in sorted(own):
            spread = self._used.spread(name)
            if not spread or spread > MOST_USERS or self._defined.spread(name) > MOST_DEFINERS:
                continue
            gain = _weight(name) / self._defined.spread(name) / spread
            for number, count in self._used.of(name):
                if number != seed:
                    flow[number] = flow.get(number, 0.0) + gain * math.sqrt(count)
        return flow


def _spread(found: dict[int, float], weight: float, flow: Mapping[int, float]) -> None:
    total = sum(flow.values())
    if not total:
        return
    for number, gain in flow.items():
        found[number] = found.get(number, 0.0) + weight * gain / total


def _weight(name: str) -> float:
    """How likely a name means the same thing in two files: long and composed ones are."""
    composed = "_" in name.strip("_") or any(char.isupper() for char in name[1:])
    return (2.0 if composed else 1.0) * min(len(name), 12) / 12 * (0.3 if name.startswith("_") else 1.0)
