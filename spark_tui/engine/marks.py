"""What the person has looked at and what they put off: marks on hunks that decide nothing."""

from collections.abc import Callable

from spark_tui.core.review import PENDING, HunkState, HunkView, Row
from spark_tui.engine.events import EngineEvent, ReviewMoved


class Marks:
    """Seen, deferred and retired hunks of the sitting."""

    def __init__(self, emit: Callable[[EngineEvent], None]) -> None:
        self._emit = emit
        self._seen: dict[str, tuple[Row, ...]] = {}
        self._deferred: set[str] = set()
        self._retired: set[str] = set()
        self.revision = 0
        """Rises with every change."""

    def saw(self, hunk: HunkView) -> None:
        """The person had the whole hunk on the screen, as it is now."""
        if hunk.state is not HunkState.STREAMING and not self.is_seen(hunk):
            self._seen[hunk.id] = hunk.rows
            self._moved()

    def is_seen(self, hunk: HunkView) -> bool:
        """Whether the hunk was seen as it is now; one that changed has to be seen anew."""
        rows = self._seen.get(hunk.id)
        return rows is not None and (rows is hunk.rows or rows == hunk.rows)

    def defer(self, hunk: HunkView) -> bool:
        """Put a hunk off, or take that back; return whether it is put off now."""
        self._deferred ^= {hunk.id}
        self._moved()
        return hunk.id in self._deferred

    def is_deferred(self, hunk: HunkView) -> bool:
        """Whether an undecided hunk is put off."""
        return hunk.id in self._deferred and hunk.state in PENDING

    def retire(self, hunk: str) -> None:
        """Another hunk took this one's place: it need not be shown any more."""
        self._retired.add(hunk)
        self._moved()

    def is_retired(self, hunk: str) -> bool:
        """Whether another hunk took its place."""
        return hunk in self._retired

    def _moved(self) -> None:
        self.revision += 1
        self._emit(ReviewMoved())
