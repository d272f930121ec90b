"""Where the person was before going far away, to go back there and forward again."""

from spark_tui.core.text import ChangeSet, Position
from spark_tui.core.values import dataclass

_KEPT = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A place in one of the files."""

    path: str
    place: Position

    def is_near(self, other: "Place") -> bool:
        """Whether a person would call both the same place."""
        return self.path == other.path and self.place.line == other.place.line


class Jumps:
    """Places in the order in which they were left; going back does not forget what comes after."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = 0
        """Index of the place that forward leads away from; behind the last one when never gone back."""

    def leave(self, place: Place) -> None:
        """The person goes far away from a place; what could be gone forward to is forgotten."""
        del self._places[self._at :]
        if self._places and self._places[-1].is_near(place):
            self._places.pop()
        self._places.append(place)
        del self._places[:-_KEPT]
        self._at = len(self._places)

    def back(self, here: Place) -> Place | None:
        """Return where to go back to from a place."""
        at = self._at - 1
        while at >= 0 and self._places[at].is_near(here):
            at -= 1
        if at < 0:
            return None
        if self._at == len(self._places):
            self._places.append(here)
        self._at = at
        return self._places[at]

    def forward(self, here: Place) -> Place | None:
        """Return where to go forward to from a place."""
        at = self._at + 1
        while at < len(self._places) and self._places[at].is_near(here):
            at += 1
        if at >= len(self._places):
            return None
        self._at = at
        return self._places[at]

    def follow(self, path: str, changes: ChangeSet) -> None:
        """Move places along with a change of their file."""
        self._places = [
            Place(path, changes.map(one.place)) if one.path == path else one for one in self._places
        ]
