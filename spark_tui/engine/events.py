"""What the screen may be told: short notices that say "look again", never the state itself.

A lost or merged notice costs nothing, because whoever gets one reads the present state from the engine.
"""

from spark_tui.core.checkpoint import Checkpoint
from spark_tui.core.text import ChangeSet
from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class TurnMoved:
    """A turn said something, changed its state, or a new one began."""

    turn: str


@dataclass(frozen=True, slots=True)
class ReviewMoved:
    """Hunks or decisions changed."""


@dataclass(frozen=True, slots=True)
class ChecksMoved:
    """Something more is known about edits or files, or a check began."""


@dataclass(frozen=True, slots=True)
class BufferChanged:
    """The text of an open file changed."""

    path: str
    changes: ChangeSet | None
    """What changed, in coordinates before it; None when the text was replaced as a whole."""


@dataclass(frozen=True, slots=True)
class TabsMoved:
    """A file was opened, closed, brought to front, saved or became unsaved."""


@dataclass(frozen=True, slots=True)
class TreeMoved:
    """The list of files or the branch changed."""


@dataclass(frozen=True, slots=True)
class IndexMoved:
    """The index of the repository knows more, or less."""


@dataclass(frozen=True, slots=True)
class LinkMoved:
    """The connection to the model changed its state."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Bytes were written and a checkpoint exists."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Revealed:
    """The person asked to see a place: the editor should go there."""

    path: str
    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class ChangedOutside:
    """Whether a file waits for a choice between unsaved text and the disk is answered anew, see `Engine.outside`."""

    path: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something went wrong that the person should know; the program goes on."""

    title: str
    sentence: str
    detail: str = ""
    """More for a curious person or a report; may be long."""


EngineEvent = (
    TurnMoved
    | ReviewMoved
    | ChecksMoved
    | BufferChanged
    | TabsMoved
    | TreeMoved
    | IndexMoved
    | LinkMoved
    | Landed
    | Revealed
    | ChangedOutside
    | Trouble
)
