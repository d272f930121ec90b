"""What is sent to the model and why: pieces, budget, plan. Pure; the engine gathers, this room chooses."""

from spark_tui.core.context.blocks import block, file_block, place_block, read_blocks
from spark_tui.core.context.estimate import Scale, is_o200k
from spark_tui.core.context.instructions import INSTRUCTIONS, PATCH_TOOL, PATCH_TOOL_DESCRIPTION
from spark_tui.core.context.pages import Page, found_piece, lay_out, plan_ranked, worth_reading
from spark_tui.core.context.pieces import Form, Piece, PieceKind, Rank
from spark_tui.core.context.plan import NO_ROOM, Budget, Chosen, ContextPlan, LeftOut, compose, fit, plan
from spark_tui.core.context.trimming import Gone, Trimmed, bring_back, trim
from spark_tui.core.context.wishes import Wishes
from spark_tui.core.context.words import mentions, telling_words

__all__ = [
    "INSTRUCTIONS",
    "NO_ROOM",
    "PATCH_TOOL",
    "PATCH_TOOL_DESCRIPTION",
    "Budget",
    "Chosen",
    "ContextPlan",
    "Form",
    "Gone",
    "LeftOut",
    "Page",
    "Piece",
    "PieceKind",
    "Rank",
    "Scale",
    "Trimmed",
    "Wishes",
    "block",
    "bring_back",
    "compose",
    "file_block",
    "fit",
    "found_piece",
    "is_o200k",
    "lay_out",
    "mentions",
    "place_block",
    "plan",
    "plan_ranked",
    "read_blocks",
    "telling_words",
    "trim",
    "worth_reading",
]
