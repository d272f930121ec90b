"""Finds names by some of their letters: quick enough for every key press over a whole repository."""

import re
from collections.abc import Iterable


def ranked(query: str, names: Iterable[str], limit: int) -> list[str]:
    """Return the names that hold the letters of `query` in order, best first.

    Best is the letters together in the last part of the name, then together anywhere, then apart.
    """
    wanted = query.lower().replace(" ", "")
    if not wanted:
        return [name for name, _ in zip(names, range(limit), strict=False)]
    apart = re.compile(".*?".join(re.escape(char) for char in wanted), re.DOTALL)
    found: list[tuple[int, int, str]] = []
    for name in names:
        lower = name.lower()
        tail = lower.rpartition("/")[2]
        if tail.startswith(wanted):
            found.append((0, len(name), name))
        elif wanted in tail:
            found.append((1, len(name), name))
        elif wanted in lower:
            found.append((2, len(name), name))
        elif match := apart.search(tail):
            found.append((3, match.end() - match.start() + len(name), name))
        elif match := apart.search(lower):
            found.append((4, match.end() - match.start() + len(name), name))
    found.sort()
    return [name for _, _, name in found[:limit]]
