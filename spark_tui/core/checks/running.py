"""What is asked of whoever runs programs on a copy of the workspace, and what comes back."""

from enum import StrEnum

from spark_tui.core.values import dataclass


class Trust(StrEnum):
    """Whether programs may run on what a folder holds."""

    NONE = "none"
    CHANGED = "changed"
    """It was given, but what decides how the programs run is not what it was then."""
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One run of one program on the private copy."""

    program: str
    """Absolute path."""
    arguments: tuple[str, ...]
    folder: str
    """Where it runs, relative to the workspace."""
    seconds: float
    memory_mib: int


class CheckEnd(StrEnum):
    """How a run ended."""

    DONE = "done"
    TIME = "time"
    MEMORY = "memory"
    FLOOD = "flood"
    """It wrote more than anybody can read."""
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class CheckRan:
    """What came of a run."""

    end: CheckEnd
    status: int
    output: str
    errors: str
    tree: str
    """Where the copy is: what the paths in the output begin with."""
