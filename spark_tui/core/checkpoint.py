"""Values of a landing: which bytes of which files change, and the checkpoint that can take it back."""

from enum import StrEnum

from spark_tui.core.values import dataclass

_STAGED_PREFIX = ".spark-"
_STAGED_SUFFIX = ".tmp"


class LandingKind(StrEnum):
    """Why bytes on disk change."""

    ACCEPT = "accept"
    UNDO = "undo"
    REDO = "redo"
    SAVE = "save"
    RESTORE = "restore"
    FILES = "files"
    """Files were made, moved, copied or deleted as a whole."""


@dataclass(frozen=True, slots=True)
class FileWrite:
    """One file of a landing, as whole byte images."""

    path: str
    """Workspace-relative, `/`-separated."""
    before: bytes | None
    """What must be on disk now; None: nothing may be there."""
    after: bytes | None
    """What shall be on disk afterwards; None: nothing."""
    mode: int | None = None
    """Permission bits of a created file; None: the system's default. A changed file keeps its own."""
    base: bytes | None = None
    """What accepted hunks were made on, where unsaved text lands with them; None: it was `before`."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing on disk would differ afterwards."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Ground:
    """What stood at a path just before its landing, as far as the bytes do not say it."""

    mode: int | None = None
    """Permission bits of the file that was there."""
    folders: tuple[str, ...] = ()
    """Parent folders that a created file brings along, or a deleted one once brought; outermost first."""
    in_place: bool = False
    """Whether the bytes go into the same inode, because exchanging the name would break something."""
    why: str = ""
    """One sentence on why the file is written in place."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A landing that the journal knows durably: everything needed to finish it or to take it back."""

    id: int
    token: str
    """Random; part of the names of staged files, so that they can be found again and never collide."""
    kind: LandingKind
    turn: str
    note: str
    time: float
    """Seconds since the epoch."""
    writes: tuple[FileWrite, ...]
    grounds: tuple[Ground, ...]
    """One for each write."""
    is_landed: bool = False
    """Whether the bytes are on disk for good, so that only traces need tidying."""
    place: int | None = None
    """The checkpoint whose state this landing brings back; None: the state is a new one."""

    def staged_name(self, number: int, role: str = "new") -> str:
        """Name of the staged file of write `number`, beside its target; `role` tells several apart."""
        return f"{_STAGED_PREFIX}{self.token}-{number}-{role}{_STAGED_SUFFIX}"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What another program had put where a landing was at work."""

    path: str
    data: bytes | None
    """Bytes that are only in a staged file and must be kept; None: they stand at the path, untouched."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A landing that happened and can be undone."""

    id: int
    """Rises with every landing in a workspace."""
    kind: LandingKind
    turn: str
    """The turn whose edits landed; empty for a save by the person."""
    time: float
    """Seconds since the epoch."""
    paths: tuple[str, ...]
    note: str = ""
    """One line for people: what was done."""
    session: str = ""
    """The sitting in which it happened."""
    cautions: tuple[str, ...] = ()
    """Sentences on files that could not be written in the strongest way."""
    parent: int = 0
    """The checkpoint it was made on; 0: none. Together they form a tree that is never cut."""
    place: int | None = None
    """The checkpoint whose state it brought back (0: the very first); None: its state is its own."""


def is_staged_name(name: str) -> bool:
    """Whether a file name is one of a staged file, which no listing shows."""
    return name.startswith(_STAGED_PREFIX) and name.endswith(_STAGED_SUFFIX)
