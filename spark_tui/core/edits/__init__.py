"""Model edits in every format as one stream of events, and where in a file they belong."""

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
)

__all__ = [
    "EditEvent", "EditFault", "EditParser", "FileClosed", "FileOp", "FileOpened", "HunkClosed", "HunkOpened",
    "Moved", "PatchClosed", "RowAdded", "RowKind", "TailChanged",
]  # fmt: skip
