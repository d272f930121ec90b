"""Cuts text into pieces as a tokenizer would, and lets them pass at a steady rate."""

import asyncio
import re

_PIECE = re.compile(
    r"\n+[ \t]*"  # line breaks with the indent that follows
    r"| ?[^\W\d_]{1,8}"  # a word or the beginning of one, with its space
    r"|\d{1,3}"
    r"|_+"
    r"| ?[^\w\s]{1,3}"  # punctuation, with its space
    r"|[ \t]+"
    r"|.",
    re.DOTALL,
)


def pieces(text: str) -> list[str]:
    """Cut `text` into token-like pieces; joined they are `text` again."""
    return _PIECE.findall(text)


def count_pieces(text: str) -> int:
    """Count the pieces of `text`, which stand for tokens here."""
    return sum(1 for _ in _PIECE.finditer(text))


class Pacer:
    """Lets so many pieces pass per second, measured from the first one, however coarse the clock is."""

    _FREE_RUN = 64
    """Pieces between two breaths for everything else when there is no limit."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._passed = 0
        self._start = 0.0

    async def wait(self) -> None:
        """Wait until the next piece is due."""
        if self._rate <= 0:
            self._passed += 1
            if self._passed % self._FREE_RUN == 0:
                await asyncio.sleep(0)
            return
        now = asyncio.get_running_loop().time()
        if not self._passed:
            self._start = now
        due = self._start + self._passed / self._rate
        self._passed += 1
        if due > now:
            await asyncio.sleep(due - now)
