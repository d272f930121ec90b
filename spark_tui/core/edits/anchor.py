"""Finds the place of a run of old lines while the lines still arrive: candidates that only ever get fewer."""

from spark_tui.core.text import Level, Text, fold
from spark_tui.core.values import dataclass

_RARE = 64
"""A line that stands at no more places than this starts the search at once."""
_PATIENCE = 6
"""After this many lines the search starts from the rarest of them, however common it is."""
ENOUGH = 64
"""No more candidates than this are looked for: they are too many already."""


@dataclass(slots=True)
class Effort:
    """How much comparing a whole section may cost, so that a hostile one can't keep the machine busy."""

    left: int = 4_000_000
    """Comparisons of lines that may still be made."""


@dataclass(frozen=True, slots=True)
class Match:
    """The places where old lines were found, at the strictest level that has any."""

    level: int
    starts: tuple[int, ...]
    """Ascending, at most a little more than `ENOUGH`; empty where there is no place at any level."""


class Anchorer:
    """Takes old lines one by one. The pair of level and first candidate only ever rises."""

    def __init__(
        self, base: Text, floor: int, top: int = Level.COMPOSED, effort: Effort | None = None
    ) -> None:
        self._base = base
        self._floor = floor
        self._top = top
        self._effort = effort or Effort()
        self.level = 0
        """The strictest level at which there may still be a place."""
        self._folded: list[str] = []
        self._starts: list[int] | None = None
        self._rarest = (-1, _RARE * 1000)
        self._next = 0
        self.lines: list[str] = []
        """The old lines so far, as the model wrote them."""

    def push(self, line: str) -> None:
        """Take the next old line."""
        number = len(self.lines)
        self.lines.append(line)
        self._folded.append(fold(line, self.level) if self.level else line)
        if self._starts is None:
            self._watch(number)
            if self._rarest[1] <= _RARE or number + 1 >= _PATIENCE:
                self._seed()
        elif self._starts:
            self._starts = self._kept(self._starts, number)
            if not self._starts:
                self._refill()

    def settle(self) -> None:
        """Start the search with what there is: no more old lines may come for a while."""
        if self._starts is None and self.lines:
            self._seed()

    @property
    def place(self) -> int | None:
        """The first candidate; None while there is none."""
        return self._starts[0] if self._starts else None

    def finish(self) -> Match:
        """Return the candidates; no more lines follow."""
        self.settle()
        starts = self._starts or []
        while starts and len(starts) < ENOUGH and self._next >= 0:
            starts += self._pull()
        return Match(self.level, tuple(starts))

    def _watch(self, number: int) -> None:
        """Note the line if it is the rarest one so far."""
        places = self._base.places(self._folded[number], self.level, self._floor + number, _RARE + 1)
        if len(places) < self._rarest[1]:
            self._rarest = number, len(places)

    def _seed(self) -> None:
        self._starts, self._next = [], self._floor + self._rarest[0]
        self._refill()

    def _refill(self) -> None:
        """Take candidates until one holds, at the strictest level that has any."""
        while True:
            while not self._starts and self._next >= 0:
                self._starts = self._pull()
            if self._starts or self.level >= self._top:
                return
            self.level += 1
            self._folded = [fold(line, self.level) for line in self.lines]
            self._rarest = (-1, _RARE * 1000)
            for number in range(len(self.lines)):
                self._watch(number)
            self._next = self._floor + self._rarest[0]

    def _pull(self) -> list[int]:
        """Return the next few candidates that hold; `_next` is where to go on, or -1 at the end."""
        if self._effort.left <= 0:
            self._next = -1
            return []
        number = self._rarest[0]
        places = self._base.places(self._folded[number], self.level, self._next, ENOUGH)
        self._next = places[-1] + 1 if len(places) >= ENOUGH else -1
        self._effort.left -= len(places)
        last = self._base.row_count - len(self.lines)
        starts = [at - number for at in places if at - number <= last]
        for other in range(len(self.lines)):
            if other != number and starts:
                starts = self._kept(starts, other)
        return starts

    def _kept(self, starts: list[int], number: int) -> list[int]:
        """Return those candidates that have the old line of that number where it belongs."""
        base, level, wanted = self._base, self.level, self._folded[number]
        rows = base.row_count
        self._effort.left -= len(starts)
        if level == Level.EXACT:
            return [at for at in starts if at + number < rows and base.line(at + number) == wanted]
        return [at for at in starts if at + number < rows and fold(base.line(at + number), level) == wanted]


def find(base: Text, old: list[str], floor: int = 0, top: int = Level.COMPOSED) -> Match:
    """Return the places of complete old lines from `floor` on, at the strictest level that has any."""
    anchorer = Anchorer(base, floor, top)
    for line in old:
        anchorer.push(line)
    return anchorer.finish()
