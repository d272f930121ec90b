"""Finds names by some of their letters with frizbee, a compiled matcher, where its wheel is there.

Queries read as in fzf: words apart from each other, `^` for a beginning, `$` for an end, `'` for letters
together, `!` for what may not be there.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from spark_tui.core.search import Match
from spark_tui.ports import Finder

LONGEST = 200
"""Letters of a query that count."""
TYPO_FROM = 4
"""Letters from which one may be wrong, if nothing fits without."""


def quick_finder() -> Callable[[], Finder] | None:
    """Return what makes finders; None where the matcher is not installed."""
    return FrizbeeFinder if find_spec("frizbee") is not None else None


class FrizbeeFinder:
    """Names held in the memory of a compiled matcher."""

    def __init__(self) -> None:
        import frizbee

        self._frizbee = frizbee
        self._names: Sequence[str] = ()
        self._held = frizbee.Haystacks()

    def learn(self, names: Sequence[str]) -> None:
        """Look in these names from now on."""
        self._names = names
        self._held = self._frizbee.Haystacks([_encodable(name) for name in names])

    def find(self, letters: str, limit: int) -> Sequence[Match]:
        """Return the names that fit, best first."""
        patterns = self._frizbee.Pattern.from_query(_encodable(letters[:LONGEST]))
        if not patterns:
            return [Match(place) for place in range(min(limit, len(self._names)))]
        found = self._match(patterns, limit, 0)
        if not found and all(len(pattern.needle) >= TYPO_FROM for pattern in patterns):
            found = self._match(patterns, limit, 1)
        return found

    def _match(self, patterns: Sequence[Any], limit: int, typos: int) -> list[Match]:
        matcher = self._frizbee.Matcher.from_patterns(
            patterns, max_items=limit, max_typos=typos, casing="ignore"
        )
        found = matcher.match_list(self._held)
        names = [_encodable(self._names[match.index]) for match in found]
        letters = {
            match.index: _columns(names[match.index], match.indices)
            for match in matcher.match_list_indices(names)
        }
        return [Match(match.index, match.score, letters.get(at, ())) for at, match in enumerate(found)]


def _columns(name: str, offsets: Sequence[int]) -> tuple[int, ...]:
    """Places of bytes of UTF-8, as places of characters."""
    if name.isascii():
        return tuple(sorted(offsets))
    columns = [column for column, char in enumerate(name) for _ in char.encode()]
    return tuple(sorted({columns[offset] for offset in offsets}))


def _encodable(name: str) -> str:
    """A name with bytes that are no text, in a form that the matcher takes; places stay the same."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode()
