"""What is sent to the model and why: pieces, budget, plan. Pure; the engine gathers, this room chooses."""

from spark_tui.core.context.instructions import INSTRUCTIONS, PATCH_TOOL, PATCH_TOOL_DESCRIPTION
from spark_tui.core.context.pieces import Piece, PieceKind, Rank, file_block, join, place_block
from spark_tui.core.context.plan import NO_ROOM, Budget, Chosen, ContextPlan, LeftOut, plan, sending_order
from spark_tui.core.context.words import mentions, telling_words

__all__ = [
    "INSTRUCTIONS",
    "NO_ROOM",
    "PATCH_TOOL",
    "PATCH_TOOL_DESCRIPTION",
    "Budget",
    "Chosen",
    "ContextPlan",
    "LeftOut",
    "Piece",
    "PieceKind",
    "Rank",
    "file_block",
    "join",
    "mentions",
    "place_block",
    "plan",
    "sending_order",
    "telling_words",
]
