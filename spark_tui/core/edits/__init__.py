"""Model edits in every format as one stream of events, and where in a file they belong."""

from spark_tui.core.edits.anchor import find
from spark_tui.core.edits.events import (
    EditEvent,
    EditFault,
    EditParser,
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    Moved,
    PatchClosed,
    RowAdded,
    RowKind,
    TailChanged,
)  # fmt: skip
from spark_tui.core.edits.front_ends import JsonPatchParser, OperationParser, WholeFileParser
from spark_tui.core.edits.locate import Fit, Locator, Placement
from spark_tui.core.edits.patch import PATCH_GRAMMAR, PatchParser, Profile
from spark_tui.core.edits.replace_json import ReplaceJsonParser
from spark_tui.core.edits.search_replace import SearchReplaceParser

__all__ = [
    "JsonPatchParser", "OperationParser", "ReplaceJsonParser", "SearchReplaceParser", "WholeFileParser",
    "Fit", "Locator", "PATCH_GRAMMAR", "PatchParser", "Placement", "Profile", "find",
    "EditEvent", "EditFault", "EditParser", "FileClosed", "FileOp", "FileOpened", "HunkClosed", "HunkOpened",
    "Moved", "PatchClosed", "RowAdded", "RowKind", "TailChanged",
]  # fmt: skip
