"""Tells keys that a person pressed from keys that came in a heap: a paste without brackets, a stuck key, a macro."""

import time
from collections.abc import Callable

GAP = 0.012
"""Two keys closer together than this were not pressed by fingers."""

AFTER_PASTE = 0.25
"""Seconds after a paste in which keys may still belong to it."""


class KeyRhythm:
    """Remembers when keys arrived, by the time of their arrival in the input thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        """Monotonic seconds; the same clock that stamps the keys."""
        self._last = float("-inf")
        self._before = float("-inf")
        self._paste = float("-inf")

    def key(self, moment: float) -> None:
        """A key arrived."""
        self._before, self._last = self._last, moment

    def paste(self, moment: float) -> None:
        """A bracketed paste arrived."""
        self._paste = moment

    @property
    def last(self) -> float:
        """When the newest key arrived."""
        return self._last

    @property
    def before(self) -> float:
        """When the key before the newest one arrived."""
        return self._before

    def came_in_a_heap(self) -> bool:
        """Whether the newest key followed another key or a paste too closely to be meant."""
        return self._last - self._before < GAP or self._last - self._paste < AFTER_PASTE
