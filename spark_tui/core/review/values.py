"""What others see of a review: hunks, files and plans as frozen values."""

from enum import StrEnum

from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.text import ChangeSet, Text
from spark_tui.core.values import dataclass


class Verdict(StrEnum):
    """What the person decides."""

    ACCEPT = "accept"
    REJECT = "reject"


class HunkState(StrEnum):
    """Where a hunk stands in its life."""

    STREAMING = "streaming"
    """Rows are still coming; its place may move forward."""
    PROPOSED = "proposed"
    """Complete, and it fits in exactly one place."""
    AMBIGUOUS = "ambiguous"
    """It fits in several places; the person has to choose one."""
    UNPLACED = "unplaced"
    """It fits nowhere."""
    APPLIED = "applied"
    """Accepted, wholly or in part, and nothing of it is left to decide."""
    REJECTED = "rejected"
    SATISFIED = "satisfied"
    """The file reads like this already: nothing is left to decide, unless the person changes those lines again."""
    CONFLICTED = "conflicted"
    """The person changed the same lines, and both changes can't be joined."""
    STALE = "stale"
    """Cut off while streaming, or made for a file that is another one now."""
    REFUSED = "refused"
    """It can never be applied; the note says why."""


PENDING = frozenset({HunkState.STREAMING, HunkState.PROPOSED, HunkState.AMBIGUOUS, HunkState.CONFLICTED})
"""States that wait for the person; what is unplaced or stale can be placed or rejected, but need not be."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a hunk."""

    kind: RowKind
    text: str
    verdict: Verdict | None = None
    """What was decided for this row alone."""


@dataclass(frozen=True, slots=True)
class HunkView:
    """A hunk as it is now."""

    id: str
    """Call, file and hunk, counted from one, as in `1.2.3`; stays the same for good."""
    path: str
    new_path: str | None
    """Where the file goes, for the hunk that stands for a rename."""
    op: FileOp
    turn: str
    call: str
    state: HunkState
    latch: Verdict | None
    """What is decided for when the hunk is complete."""
    header: str
    rows: tuple[Row, ...]
    """Context and removed rows stand for one buffer line each, from `line` on; added rows for none."""
    tail: Row | None
    """The unfinished last row."""
    line: int | None
    """The buffer line of the first row, or before which new rows go; None where the hunk has no place."""
    added: int
    removed: int
    candidates: int
    """In how many places the old side was found."""
    alternatives: tuple[int, ...]
    """Buffer lines the person may choose from."""
    level: int
    """How loosely the old side matched, see `core.text.Level`."""
    note: str
    """One sentence for the person; empty where there is nothing to say."""
    revision: int
    """Rises with every visible change of this hunk."""


@dataclass(frozen=True, slots=True)
class FileView:
    """One file section of one call."""

    id: str
    path: str
    new_path: str | None
    op: FileOp
    turn: str
    call: str
    hunks: tuple[HunkView, ...]
    closed: bool
    """Whether the section is complete."""
    note: str

    @property
    def pending(self) -> int:
        """How many hunks wait for a decision."""
        return sum(hunk.state in PENDING for hunk in self.hunks)

    @property
    def accepted(self) -> int:
        """How many hunks are applied."""
        return sum(hunk.state is HunkState.APPLIED for hunk in self.hunks)

    @property
    def rejected(self) -> int:
        """How many hunks are rejected."""
        return sum(hunk.state is HunkState.REJECTED for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """What a plan does to one file."""

    path: str
    before: Text | None
    """The buffer as it is; None: there is no such file. With `moved_from` it is the text at that path."""
    after: Text | None
    """The buffer as it shall be; None: there shall be no file."""
    changes: ChangeSet | None
    """Turns `before` into `after` where both exist."""
    moved_from: str | None
    """The path that goes away, for a rename."""
    hunks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision worked out to the last byte, before anything is written."""

    files: tuple[PlannedFile, ...]
    verdict: Verdict
    hunks: tuple[str, ...]
    """The hunks this plan decides."""
    left_out: tuple[tuple[str, str], ...]
    """Hunks that were asked for and can't be decided, each with a sentence."""
    label: str
    """What the plan does, in a few words for people."""
    picks: tuple[tuple[str, frozenset[int]], ...] = ()
    """Rows that are decided, for hunks that are not decided as a whole."""

    @property
    def empty(self) -> bool:
        """Whether no byte changes."""
        return not self.files
