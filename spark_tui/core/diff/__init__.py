"""Differences of lines: whole files, streamed rewrites, words inside a line, and joining two changes."""

from spark_tui.core.diff.gutter import GutterKind, GutterMark, gutter_marks
from spark_tui.core.diff.intraline import Marks, intraline, pairs
from spark_tui.core.diff.lines import Block, changed_blocks
from spark_tui.core.diff.merge import merge
from spark_tui.core.diff.stream import Aligned, StreamAlignment
from spark_tui.core.diff.unified import DiffRow, unified

__all__ = [
    "Aligned",
    "Block",
    "DiffRow",
    "GutterKind",
    "GutterMark",
    "Marks",
    "StreamAlignment",
    "changed_blocks",
    "gutter_marks",
    "intraline",
    "merge",
    "pairs",
    "unified",
]
