"""Values of a landing: which bytes of which files change, and the checkpoint that can take it back."""

from dataclasses import dataclass
from enum import StrEnum


class LandingKind(StrEnum):
    """Why bytes on disk change."""

    ACCEPT = "accept"
    UNDO = "undo"
    REDO = "redo"
    SAVE = "save"
    RESTORE = "restore"


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
    """Permission bits for a file that is created; None: the default of the system. A changed file keeps its own."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A landing that happened and can be undone."""

    id: int
    """Rises by one with every landing in a workspace."""
    kind: LandingKind
    turn: str
    """The turn whose edits landed; empty for a save by the person."""
    time: float
    """Seconds since the epoch."""
    paths: tuple[str, ...]
    note: str = ""
    """One line for people: what was done."""
