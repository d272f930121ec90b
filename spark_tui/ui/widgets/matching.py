"""Finds names by some of their letters, in short lists, and shows which letters they were."""

import re
from collections.abc import Collection, Iterable

from rich.cells import cell_len

from spark_tui.core.display import inert
from spark_tui.ui.widgets.lines import Part


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


def letters_of(query: str, name: str) -> tuple[int, ...]:
    """Return the places in a name that `ranked` saw the letters of the query at."""
    wanted, lower = query.lower().replace(" ", ""), name.lower()
    if len(lower) != len(name) or not wanted:
        return ()
    together = lower.rfind(wanted)
    if together >= 0:
        return tuple(range(together, together + len(wanted)))
    for start in (lower.rfind("/") + 1, 0):
        at, places = start - 1, list[int]()
        for letter in wanted:
            at = lower.find(letter, at + 1)
            places.append(at)
            if at < 0:
                break
        else:
            return tuple(places)
    return ()


def lit(name: str, letters: Collection[int], width: int, look: str = "") -> tuple[Part, ...]:
    """Write a name with the letters that fitted in bold; too long, it is cut at the left.

    A folder in front of the last part is quiet.
    """
    shown = inert(name)
    start = 0
    while start < len(shown) and cell_len(shown[start:]) > width - (start > 0):
        start += 1
    tail, found = shown.rfind("/") + 1, set(letters)
    parts: list[tuple[str, str]] = [("muted", "…")] if start else []
    for place in range(start, len(shown)):
        word = "found" if place in found else "muted" if place < tail else look
        if parts and parts[-1][0] == word:
            parts[-1] = (word, parts[-1][1] + shown[place])
        else:
            parts.append((word, shown[place]))
    return tuple(parts)
