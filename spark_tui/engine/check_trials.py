"""The texts that proposed edits lead to, worked out exactly as accepting them would, and changing nothing."""

from collections.abc import Mapping, Sequence

from spark_tui.core.review import HunkState, HunkView, PlannedFile, Review
from spark_tui.core.text import ChangeSet, Position, Text
from spark_tui.core.values import dataclass
from spark_tui.engine.workspace import Workspace

READY = (HunkState.PROPOSED,)
"""States in which it is certain what accepting would do."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What some files would be."""

    hunks: tuple[str, ...]
    files: tuple[PlannedFile, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that are there afterwards."""
        return tuple(file.path for file in self.files if file.after is not None)

    def file(self, path: str) -> PlannedFile | None:
        """What becomes of one file."""
        return next((file for file in self.files if file.path == path), None)

    def texts(self) -> dict[str, Text | None]:
        """Every path that changes, with its text; None: no file."""
        texts: dict[str, Text | None] = {}
        for file in self.files:
            if file.moved_from is not None:
                texts[file.moved_from] = None
            texts[file.path] = file.after
        return texts

    def moved(self, path: str, line: int) -> int:
        """Where a line of a file before stands in it afterwards."""
        changes = self._changes(path)
        return line if changes is None or line < 0 else changes.map(Position(line, 0)).line

    def _changes(self, path: str) -> ChangeSet | None:
        file = next((file for file in self.files if path in (file.path, file.moved_from)), None)
        return file.changes if file is not None else None


NOTHING = Trial((), ())
"""The files as they are in memory and on disk."""


class Trials:
    """Works out what hunks lead to."""

    def __init__(self, review: Review, workspace: Workspace) -> None:
        self._review = review
        self._workspace = workspace

    def alone(self, hunk: HunkView) -> Trial:
        """What one hunk would make of the files, beside what is in memory now."""
        return self.of([hunk.id])

    def together(self, call: str) -> Trial:
        """What all hunks of a call would make of them that can be accepted as they are."""
        return self.of([hunk.id for hunk in self.open_in(call)])

    def open_in(self, call: str) -> tuple[HunkView, ...]:
        """The hunks of a call that can be accepted as they are."""
        return tuple(
            hunk
            for file in self._review.files()
            if file.call == call
            for hunk in file.hunks
            if hunk.state in READY
        )

    def of(self, hunks: Sequence[str]) -> Trial:
        """What some hunks would make of them together."""
        plan = self._review.preview(hunks)
        return Trial(tuple(hunks), plan.files)

    def unsaved(self) -> Mapping[str, Text]:
        """The files whose text in memory is not that on disk."""
        buffers = ((path, self._workspace.buffer(path)) for path in self._workspace.unsaved())
        return {path: buffer.text for path, buffer in buffers if buffer is not None}

    def text(self, path: str) -> Text | None:
        """A file in memory as it is; None: nobody has read it."""
        buffer = self._workspace.buffer(path)
        return None if buffer is None else buffer.text
