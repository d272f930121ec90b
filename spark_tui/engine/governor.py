"""Keeps the model from running away from the person: counts what was generated, what was reviewed, and the rest."""

from collections.abc import Callable, Sequence

from spark_tui.core.review import PENDING, FileView, HunkView
from spark_tui.core.values import dataclass
from spark_tui.engine.marks import Marks

DEBT_LIMIT = 400
"""Changed lines that may wait for the person before the stream is held."""


@dataclass(frozen=True, slots=True)
class Debt:
    """Changed lines of the sitting."""

    generated: int = 0
    reviewed: int = 0
    """Lines of hunks that are decided, can't be accepted, or were seen or put off as they are now."""

    @property
    def lines(self) -> int:
        """Lines that still wait for the person."""
        return self.generated - self.reviewed


class Governor:
    """Says whether more may come."""

    def __init__(
        self, files: Callable[[], Sequence[FileView]], marks: Marks, limit: int = DEBT_LIMIT
    ) -> None:
        """Count the hunks of `files`; a limit of 0 never holds anything."""
        self._files = files
        self._marks = marks
        self.limit = limit
        """Lines that may wait."""
        self.is_attended = False
        """Whether somebody is there who reviews and can let more through; without anybody nothing is held."""
        self._released = 0
        """Lines up to which the person let more through."""
        self._known: dict[str, tuple[FileView, int, Debt]] = {}

    @property
    def debt(self) -> Debt:
        """What there is to review, as of now."""
        parts = [self._of(file) for file in self._files()]
        return Debt(sum(part.generated for part in parts), sum(part.reviewed for part in parts))

    def _of(self, file: FileView) -> Debt:
        """Count one file; the same value until it or a mark changes."""
        known = self._known.get(file.id)
        if known is None or known[0] is not file or known[1] != self._marks.revision:
            counts = [(hunk.added + hunk.removed, self._is_reviewed(hunk)) for hunk in file.hunks]
            debt = Debt(sum(lines for lines, _ in counts), sum(lines for lines, done in counts if done))
            known = self._known[file.id] = file, self._marks.revision, debt
        return known[2]

    def _is_reviewed(self, hunk: HunkView) -> bool:
        return hunk.state not in PENDING or self._marks.is_seen(hunk) or self._marks.is_deferred(hunk)

    def holds(self) -> bool:
        """Whether the next hunk has to wait."""
        if not self.is_attended or self.limit <= 0:
            return False
        waiting = self.debt.lines
        if waiting <= self.limit:
            self._released = 0
        return waiting > max(self.limit, self._released)

    def release(self) -> int:
        """Let as much more through as the limit allows; return how many lines may wait now."""
        self._released = max(self.debt.lines, self.limit) + self.limit
        return self._released
