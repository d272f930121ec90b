"""SEARCH/REPLACE blocks in prose: the name of a file, the text to look for, a divider, the text to put there."""

import re

from spark_tui.core.edits.assembler import LineAssembler
from spark_tui.core.edits.events import (
    EditEvent,
    EditFault,
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    PatchClosed,
    RowAdded,
    RowKind,
    TailChanged,
)

_HEAD = re.compile(r"<{5,9} SEARCH>?\s*")
_DIVIDER = re.compile(r"={5,9}\s*")
_TAIL = re.compile(r">{5,9} REPLACE\s*")
_PATH = re.compile(r"[\w./@+ -]*\w[\w./@+ -]*")


class SearchReplaceParser:
    """Reads blocks out of prose. The last line before a block that looks like a path names its file."""

    def __init__(self) -> None:
        self._lines = LineAssembler()
        self._out: list[EditEvent] = []
        self._number = 0
        self._path = ""
        self._opened = ""
        self._kind: RowKind | None = None

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        for line in self._lines.push(chunk):
            self._take(line)
        ghost = self._lines.ghost
        if self._kind is not None and ghost and ghost[0] not in "<=>":
            self._out.append(TailChanged(self._kind, ghost))
        return self._drain()

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream; a block that is open then stays open."""
        line = self._lines.finish()
        if line is not None:
            self._take(line)
        if self._kind is not None:
            self._out.append(EditFault(self._number, "The last block has no end."))
        elif self._opened:
            self._out += (FileClosed(), PatchClosed())
        return self._drain()

    def _drain(self) -> list[EditEvent]:
        out, self._out = self._out, []
        return out

    def _take(self, line: str) -> None:
        self._number += 1
        if self._kind is None:
            self._prose(line)
        elif self._kind is RowKind.REMOVE:
            if _DIVIDER.fullmatch(line):
                self._kind = RowKind.ADD
            else:
                self._out.append(RowAdded(RowKind.REMOVE, line))
        elif _TAIL.fullmatch(line):
            self._kind = None
            self._out.append(HunkClosed())
        elif _DIVIDER.fullmatch(line):
            # One of the two dividers is text. Which one can't be told, so the block must not fit anywhere.
            self._out.append(EditFault(self._number, "The block has two dividers."))
            self._out.append(RowAdded(RowKind.CONTEXT, line, bare=True))
        else:
            self._out.append(RowAdded(RowKind.ADD, line))

    def _prose(self, line: str) -> None:
        if _HEAD.fullmatch(line):
            self._open()
            return
        name = line.strip().strip("#*`:").strip()
        if name and not line.startswith("```") and _PATH.fullmatch(name) and ("." in name or "/" in name):
            self._path = name

    def _open(self) -> None:
        if not self._path:
            self._out.append(EditFault(self._number, "The block names no file."))
            return
        if self._path != self._opened:
            if self._opened:
                self._out.append(FileClosed())
            self._opened = self._path
            self._out.append(FileOpened(FileOp.UPDATE, self._path))
        self._kind = RowKind.REMOVE
        self._out.append(HunkOpened("", replaces=True))
