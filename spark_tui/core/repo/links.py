"""Which files use what others define: the graph over which rank flows."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from spark_tui.core.repo.postings import Postings

MOST_DEFINERS = 12
"""A name that more files define links none of them."""
MOST_USERS = 300
_MOST_NAMES = 600
_MOST_BESIDE = 60


class Links:
    """Definitions and uses of names, by file number."""

    def __init__(self) -> None:
        self._defined = Postings()
        self._used = Postings()
        self._flows: dict[int, tuple[tuple[int, float], ...]] = {}
        """By seed; good until a file changes."""

    def put(self, number: int, defined: Iterable[str], used: Mapping[str, int]) -> None:
        """Take in a file, or another state of it."""
        is_known = number in self._used
        changed = {
            *self._defined.put(number, {name: 1 for name in defined if len(name) > 2}),
            *self._used.put(number, used),
        }
        if not is_known:
            self._flows.clear()
        elif self._flows:
            self._flows.pop(number, None)
            for name in changed:
                # The share of a name depends on who defines and who uses it: of those that do, nothing is as it was.
                for entry in (*self._used.entries(name), *self._defined.entries(name)):
                    self._flows.pop(entry >> 8, None)

    def remove(self, number: int) -> None:
        """Forget a file."""
        self._flows.clear()
        self._defined.remove(number)
        self._used.remove(number)

    def definers(self, name: str) -> Sequence[int]:
        """The files that define a name, as entries: number times 256, and something."""
        return self._defined.entries(name)

    def users(self, name: str) -> Sequence[int]:
        """The files that use a name, as entries: number times 256, and how often."""
        return self._used.entries(name)

    def beside(self, seeds: Mapping[int, float]) -> dict[int, float]:
        """Let the weight of the seeds flow to the files they use, and to those that use them."""
        found: dict[int, float] = {}
        for seed, weight in seeds.items():
            if seed not in self._flows:
                self._flows[seed] = self._flow(seed)
            for number, share in self._flows[seed]:
                found[number] = found.get(number, 0.0) + weight * share
        return found

    def _flow(self, seed: int) -> tuple[tuple[int, float], ...]:
        """Work out which share of a file's weight goes where."""
        own = {name for name, _ in self._defined.words(seed)}
        flow: dict[int, float] = {}
        for part in (self._to_definers(seed, own), self._to_users(seed, own)):
            total = sum(part.values())
            # All that are as good as the last one stay, so that the order of taking in does not count.
            least = sorted(part.values())[-_MOST_BESIDE:][0] * 0.999999 if part else 0.0
            for number, gain in part.items():
                if gain >= least:
                    flow[number] = flow.get(number, 0.0) + gain / total
        return tuple(flow.items())

    def _to_definers(self, seed: int, own: set[str]) -> dict[int, float]:
        flow: dict[int, float] = {}
        for name, count in islice(self._used.words(seed), _MOST_NAMES):
            definers = self._defined.entries(name)
            if not 0 < len(definers) <= MOST_DEFINERS or name in own:
                continue
            gain = _weight(name) * math.sqrt(count) / len(definers) / math.log2(2 + self._used.spread(name))
            for entry in definers:
                flow[entry >> 8] = flow.get(entry >> 8, 0.0) + gain
        return flow

    def _to_users(self, seed: int, own: set[str]) -> dict[int, float]:
        flow: dict[int, float] = {}
        for name in sorted(own):
            users = self._used.entries(name)
            if not 0 < len(users) <= MOST_USERS or self._defined.spread(name) > MOST_DEFINERS:
                continue
            gain = _weight(name) / self._defined.spread(name) / len(users)
            for entry in users:
                if entry >> 8 != seed:
                    flow[entry >> 8] = flow.get(entry >> 8, 0.0) + gain * _ROOTS[entry & 255]
        return flow


_ROOTS = tuple(math.sqrt(count) for count in range(256))


@lru_cache(maxsize=1 << 16)
def _weight(name: str) -> float:
    """How likely a name means the same thing in two files: long and composed ones are."""
    composed = "_" in name.strip("_") or any(char.isupper() for char in name[1:])
    return (2.0 if composed else 1.0) * min(len(name), 12) / 12 * (0.3 if name.startswith("_") else 1.0)
