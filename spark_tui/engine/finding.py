"""Finds files of the workspace by letters of their path; what the person used lately comes first."""

from collections.abc import Callable, Sequence
from functools import cached_property

from spark_tui.core.search import Match
from spark_tui.core.values import dataclass
from spark_tui.ports import Finder, Listing

RECENT = 50
"""Files that are remembered as used lately."""
_BONUS = 24
"""What lately is worth: about two letters."""
_TAIL = 4
"""What a letter in the last part of the path is worth more than one before it."""
_HEAD = 8
"""What it is worth that the name of the file begins with the letters."""
_SLACK = 200
"""How many more are asked for than shown, so that better ones can come to the front."""


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file that fits."""

    path: str
    letters: tuple[int, ...] = ()
    """Places in the path of the letters that fitted."""
    mark: str = ""
    is_recent: bool = False


class Finding:
    """The files by letters, and the ones used lately."""

    def __init__(self, make: Callable[[], Finder], listing: Callable[[], Listing]) -> None:
        """Finders are made when something is to be found for the first time."""
        self._make = make
        self._listing = listing
        self._known: Listing | None = None
        self._paths: list[str] = []
        self._marks: dict[str, str] = {}
        self.recent: tuple[str, ...] = ()
        """Newest first."""

    def used(self, path: str) -> None:
        """The person has a file before them."""
        if self.recent[:1] != (path,):
            self.recent = (path, *(other for other in self.recent if other != path))[:RECENT]

    def renamed(self, old: str, new: str) -> None:
        """A file goes by another path."""
        self.recent = tuple(dict.fromkeys(new if path == old else path for path in self.recent))

    @cached_property
    def _finder(self) -> Finder:
        return self._make()

    @cached_property
    def _small(self) -> Finder:
        """A second one, for short lists that come and go."""
        return self._make()

    def files(self, letters: str, limit: int, active: str | None = None) -> list[FileHit]:
        """Return the files that fit, best first; the one that is already open comes last among the recent."""
        self._learn()
        letters = letters.strip()
        recent = [path for path in self.recent if path in self._marks and path != active]
        if not letters:
            rest = [path for path in self._paths[: limit + RECENT] if path not in set(recent)]
            return [self._hit(path, (), path in recent) for path in [*recent, *rest][:limit]]
        best: dict[str, tuple[int, Match]] = {}
        for match in self._finder.find(letters, limit + _SLACK):
            best[self._paths[match.place]] = (self._score(letters, self._paths[match.place], match), match)
        self._small.learn(recent)
        for match in self._small.find(letters, RECENT):
            path = recent[match.place]
            best[path] = (self._score(letters, path, match) + _BONUS, match)
        order = sorted(best, key=lambda path: (-best[path][0], len(path), path))
        return [self._hit(path, best[path][1].letters, path in recent) for path in order[:limit]]

    def names(self, letters: str, names: Sequence[str], limit: int) -> Sequence[Match]:
        """Return the names of a short list that fit, best first."""
        self._small.learn(names)
        return self._small.find(letters, limit)

    def _score(self, letters: str, path: str, match: Match) -> int:
        tail = path.rfind("/") + 1
        in_name = sum(place >= tail for place in match.letters)
        head = 0
        if path[tail:].lower().startswith(letters.lower()):
            # The matcher may have found the same letters in a folder's name.
            head, in_name = _HEAD, len(letters)
        return match.score + head + _TAIL * in_name

    def _hit(self, path: str, letters: tuple[int, ...], is_recent: bool) -> FileHit:
        return FileHit(path, letters, self._marks.get(path, ""), is_recent)

    def _learn(self) -> None:
        listing = self._listing()
        if listing is not self._known:
            self._known = listing
            self._marks = {entry.path: entry.mark for entry in listing.entries if entry.mark != "D"}
            self._paths = list(self._marks)
            self._finder.learn(self._paths)
