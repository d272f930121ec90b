"""Differences of lines: whole files, streamed rewrites, words inside a line, and joining two changes."""

from spark_tui.core.diff.intraline import Marks, intraline, pairs
from spark_tui.core.diff.lines import Block, changed_blocks
from spark_tui.core.diff.merge import merge
from spark_tui.core.diff.stream import Aligned, StreamAlignment

__all__ = ["Aligned", "Block", "Marks", "StreamAlignment", "changed_blocks", "intraline", "merge", "pairs"]
