"""The order of the files on the screen, and which of them is in front."""


class Tabs:
    """Paths, each at most once."""

    def __init__(self) -> None:
        self._paths: list[str] = []
        self.active: str | None = None
        """The file the person looks at."""

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(self._paths)

    def add(self, path: str) -> None:
        """Put a path at the end, if it is not there."""
        if path not in self._paths:
            self._paths.append(path)

    def remove(self, path: str) -> None:
        """Take a path out; what stood after it, or the last one, comes to the front in its place."""
        if path not in self._paths:
            return
        place = self._paths.index(path)
        self._paths.remove(path)
        if self.active == path:
            self.active = self._paths[min(place, len(self._paths) - 1)] if self._paths else None

    def shift(self, by: int) -> None:
        """Move the one in front by so many places."""
        if self.active in self._paths:
            place = self._paths.index(self.active)
            self._paths.remove(self.active)
            self._paths.insert(max(0, min(place + by, len(self._paths))), self.active)

    def rename(self, old: str, new: str) -> None:
        """Let a path go by another name, in its place; the other name is nowhere else then."""
        if old in self._paths:
            self._paths = [new if path == old else path for path in self._paths if path != new]
        if self.active == old:
            self.active = new
