"""Who decides what happens next: owns changing state, runs on one event loop, never draws.

`Engine` is the front door; `events` is what comes out; everything else is inside.
"""

from spark_tui.core.session import Comment
from spark_tui.engine.asking import Asked
from spark_tui.engine.buffer import Buffer
from spark_tui.engine.checking import Checking
from spark_tui.engine.comments import Comments
from spark_tui.engine.engine import Engine, EnginePorts
from spark_tui.engine.events import (
    BufferChanged,
    ChangedOutside,
    ChecksMoved,
    EngineEvent,
    IndexMoved,
    Landed,
    LinkMoved,
    Revealed,
    ReviewMoved,
    TabsMoved,
    TreeMoved,
    Trouble,
    TurnMoved,
)
from spark_tui.engine.gate import Gate, Hold
from spark_tui.engine.governor import Governor
from spark_tui.engine.history import History, Proposal, Shown
from spark_tui.engine.indexing import Indexing
from spark_tui.engine.keeping import Keeping, Sight
from spark_tui.engine.link_state import LinkFigures, LinkPhase, LinkState
from spark_tui.engine.marks import Marks
from spark_tui.engine.navigation import Navigation, NavigationPorts
from spark_tui.engine.outside import Outside, OutsideChange
from spark_tui.engine.plain_finder import PlainFinder
from spark_tui.engine.session import Session
from spark_tui.engine.steering import can_go_on_from
from spark_tui.engine.versions import LOST, Choice
from spark_tui.engine.views import Status, Timing, TurnState, TurnView, Way
from spark_tui.ports import SearchFailed

__all__ = [
    "SearchFailed",
    "Asked",
    "Buffer",
    "BufferChanged",
    "ChangedOutside",
    "Checking",
    "ChecksMoved",
    "Choice",
    "Comment",
    "Comments",
    "Engine",
    "EngineEvent",
    "EnginePorts",
    "History",
    "Gate",
    "Governor",
    "Hold",
    "IndexMoved",
    "Indexing",
    "Keeping",
    "Landed",
    "LinkFigures",
    "LOST",
    "LinkMoved",
    "LinkPhase",
    "LinkState",
    "Marks",
    "Navigation",
    "NavigationPorts",
    "Outside",
    "OutsideChange",
    "PlainFinder",
    "Proposal",
    "Revealed",
    "ReviewMoved",
    "Session",
    "Shown",
    "Sight",
    "Status",
    "TabsMoved",
    "Timing",
    "TreeMoved",
    "Trouble",
    "TurnMoved",
    "TurnState",
    "TurnView",
    "Way",
    "can_go_on_from",
]
