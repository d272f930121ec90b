"""How quick a model writes: counts tokens as they come, leaves out what does not count, and is set right in the end."""

SHORTEST = 0.05
"""Seconds; what streams for less time has no speed worth telling."""
FEWEST = 8
"""Tokens, just so."""


class Pace:
    """The tokens of one turn and the time in which they came, over all its responses."""

    def __init__(self) -> None:
        self.tokens = 0
        """Of all responses; those of the one under way are an estimate."""
        self.first: float | None = None
        """When the first one came."""
        self._reported = 0
        self._last: float | None = None
        # Of the response under way: how many there are, how many of them came in how many seconds. The very first
        # ones count for no time, because nobody knows how long they took.
        self._here = self._timed = 0
        self._seconds = 0.0
        self._kept = (0, 0, 0.0)
        # Of the responses before it.
        self._sum_timed = self._sum_seconds = 0.0

    @property
    def speed(self) -> float:
        """Tokens a second; 0: too short to be measured."""
        timed, seconds = self._sum_timed + self._timed, self._sum_seconds + self._seconds
        return timed / seconds if seconds >= SHORTEST and timed >= FEWEST else 0.0

    def begin(self) -> None:
        """A new response was asked for."""
        self._sum_timed += self._timed
        self._sum_seconds += self._seconds
        self._reported, self._last = self.tokens, None
        self._here = self._timed = 0
        self._seconds = 0.0
        self.keep()

    def take(self, now: float, tokens: int) -> None:
        """Tokens came."""
        self.first = now if self.first is None else self.first
        if self._last is not None:
            self._seconds += now - self._last
            self._timed += tokens
        self._last = now
        self._here += tokens
        self.tokens = self._reported + self._here

    def go_on(self, now: float) -> None:
        """The stream was held until now; that time is not the model's."""
        self._last = now

    def keep(self) -> None:
        """What came so far is finished."""
        self._kept = (self._here, self._timed, self._seconds)

    def drop(self) -> None:
        """What is not finished never will be: it is asked again, and counts then."""
        self._here, self._timed, self._seconds = self._kept
        self._last = None
        self.tokens = self._reported + self._here

    def correct(self, tokens: int, thoughts: int) -> None:
        """The server has counted: so many tokens, of which so many were thoughts that nobody saw stream."""
        if self._here:
            self._timed = round(self._timed * max(tokens - thoughts, 0) / self._here)
        self.tokens = self._reported + tokens
