"""The `*** Begin Patch` format, read line by line as it streams in; nothing is ever read twice."""

import re
from collections.abc import Callable
from typing import Literal

from spark_tui.core.edits.assembler import LineAssembler
from spark_tui.core.edits.events import (
    EditEvent,
    EditFault,
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

Profile = Literal["spark", "codex"]
"""`codex` takes and refuses exactly what the reference tool does; `spark` goes on wherever the meaning is clear."""

BEGIN = "*** Begin Patch"
END = "*** End Patch"
END_OF_FILE = "*** End of File"
MOVE = "*** Move to: "
ENVIRONMENT = "*** Environment ID:"
_OPERATIONS = (
    ("*** Add File: ", FileOp.ADD),
    ("*** Delete File: ", FileOp.DELETE),
    ("*** Update File: ", FileOp.UPDATE),
)
KINDS = {" ": RowKind.CONTEXT, "-": RowKind.REMOVE, "+": RowKind.ADD}
_HEREDOC = ("<<EOF", "<<'EOF'", '<<"EOF"')
_LINE_NUMBERS = re.compile(r"@@ -\d+(,\d+)? \+\d+(,\d+)? @@.*")

GRAMMAR_ROWS = r"""
PATH: /[^\n]+\n/
PLUS_ROW: /\+[^\n]*\n/
ANCHOR: /@@( [^\n]+)?\n/
KEEP_ROW: / [^\n]*\n/
CHANGE_ROW: /[+\-][^\n]*\n/
TAIL: "*** End of File\n"
"""
PATCH_GRAMMAR = (
    r"""start: OPENING section+ CLOSING
section: new_file | drop_file | edit_file
new_file: "*** Add File: " PATH PLUS_ROW+
drop_file: "*** Delete File: " PATH
edit_file: "*** Update File: " PATH rename? ANCHOR* rows (ANCHOR+ rows)*
rename: "*** Move to: " PATH
rows: KEEP_ROW* CHANGE_ROW (KEEP_ROW | CHANGE_ROW)* TAIL?
OPENING: "*** Begin Patch\n"
CLOSING: /\*\*\* End Patch\n?/"""
    + GRAMMAR_ROWS
)
"""What the model may write, in Lark's language: every hunk changes at least one line."""


class PatchParser:
    """Reads one patch. Faults become events; the events are the same for every cutting of the text."""

    def __init__(self, profile: Profile = "spark") -> None:
        self._strict = profile == "codex"
        self._lines = LineAssembler()
        self._out: list[EditEvent] = []
        self._number = 0
        self._state: Callable[[str], None] = self._preamble
        self._body = HunkBody(self._out, self._strict, self._fault)
        self._file: FileOp | None = None
        self._heredoc = False

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        lines, body = self._lines, self._body
        if lines.extend(chunk):
            return body.show(lines.ghost) if body.is_open else []
        for line in lines.push(chunk):
            self._take(line)
        if body.is_open:
            self._out += body.show(lines.ghost)
        return self._drain()

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream; a hunk that is open then stays open."""
        line = self._lines.finish()
        if line is not None:
            self._take(line)
        if self._state == self._preamble:
            self._fault(f"The patch must begin with '{BEGIN}'.")
        elif self._state not in (self._ended, self._failed):
            self._fault(f"The patch ends without '{END}'.")
        return self._drain()

    def _drain(self) -> list[EditEvent]:
        out = self._out[:]
        self._out.clear()
        return out

    def _take(self, line: str) -> None:
        self._number += 1
        self._state(line)

    def _fault(self, sentence: str) -> None:
        self._out.append(EditFault(self._number, sentence))
        if self._strict:
            self._state = self._failed
            self._file = None

    # States. Each takes one whole line.

    def _preamble(self, line: str) -> None:
        stripped = line.strip()
        if stripped == BEGIN:
            self._state = self._started
        elif self._strict and stripped:
            if stripped in _HEREDOC and not self._heredoc:
                self._heredoc = True
            else:
                self._fault(f"The first line of the patch must be '{BEGIN}'.")

    def _started(self, line: str) -> None:
        self._state = self._between
        if line.strip().startswith(ENVIRONMENT):
            if self._strict and not line.strip()[len(ENVIRONMENT) :].strip():
                self._fault("The environment id is empty.")
            return
        self._between(line)

    def _between(self, line: str) -> None:
        """Outside of hunks: only a file header or the end may stand here."""
        stripped = line.strip()
        if stripped == END:
            self._close_file()
            self._out.append(PatchClosed())
            self._state = self._ended
            return
        for prefix, op in _OPERATIONS:
            if stripped.startswith(prefix):
                self._close_file()
                self._open_file(op, stripped[len(prefix) :].strip())
                return
        if stripped or self._strict:
            self._fault(f"'{_short(stripped)}' is not a file header; the line is left out.")

    def _open_file(self, op: FileOp, path: str) -> None:
        self._file = op
        self._out.append(FileOpened(op, path))
        self._body.reset()
        self._state = {FileOp.ADD: self._add, FileOp.DELETE: self._delete, FileOp.UPDATE: self._update}[op]
        if op is FileOp.ADD:
            self._body.open("", RowKind.ADD)

    def _close_file(self) -> None:
        if self._file is None:
            return
        self._body.close()
        if self._strict and self._file is FileOp.UPDATE and not self._body.hunks:
            self._fault("The update changes nothing.")
        self._file = None
        self._out.append(FileClosed())

    def _add(self, line: str) -> None:
        if line.startswith("+"):
            self._body.row(line)
        elif self._strict or line.strip().startswith("***"):
            self._between(line)
        elif not line:
            self._body.hold_blank()
        else:
            self._body.bare(line)

    def _delete(self, line: str) -> None:
        self._between(line)

    def _update(self, line: str) -> None:
        body = self._body
        if line.startswith(MOVE) and (not self._strict or not body.started):
            body.close()
            self._out.append(Moved(line[len(MOVE) :].strip()))
            return
        if body.is_open and line == END_OF_FILE:
            body.close(at_end=True)
        elif line.startswith("***"):
            self._between(line)
        elif not body.is_open and not line.strip():
            pass
        elif line.startswith("@@"):
            self._anchor(line)
        else:
            self._row(line)

    def _anchor(self, line: str) -> None:
        body = self._body
        if self._strict:
            if body.is_open and not body.has_rows:
                self._fault("A hunk can't begin with two '@@' lines.")
            elif line.rstrip() == "@@" or line.startswith("@@ "):
                body.open(line[3:] if line[3:].strip() else "")
            else:
                self._fault(f"'{_short(line)}' is not a hunk header.")
            return
        if _LINE_NUMBERS.fullmatch(line):
            body.open("")
            return
        header = line[2:].removeprefix(" ").rstrip()
        body.open(header.removesuffix("@@").rstrip() if header.endswith(" @@") else header)

    def _row(self, line: str) -> None:
        body = self._body
        if not body.is_open:
            if body.started and self._strict:
                self._fault(f"A hunk must begin with '@@', not with '{_short(line)}'.")
                return
            body.open("")
        if not line:
            body.hold_blank()
        elif line[0] in KINDS:
            body.row(line)
        elif self._strict:
            self._fault(f"'{_short(line)}' does not begin with ' ', '+' or '-'.")
        elif not line.startswith("\\ "):
            body.bare(line)

    def _ended(self, line: str) -> None:
        stripped = line.strip()
        if self._strict and stripped and not (self._heredoc and stripped.endswith("EOF")):
            self._fault("Text follows the end of the patch.")
        elif not self._strict and stripped == BEGIN:
            self._state = self._started

    def _failed(self, line: str) -> None:
        """After a fault the reference tool does nothing at all with the patch."""


class HunkBody:
    """The rows of the section that is open: held-back blank lines, the ghost of the last row, open and close."""

    def __init__(self, out: list[EditEvent], strict: bool, fault: Callable[[str], None]) -> None:
        self._out = out
        self._strict = strict
        self._fault = fault
        self._blank = RowKind.CONTEXT
        self._blanks = 0
        self._shown = 0
        self.is_open = False
        self.has_rows = False
        self.hunks = 0

    @property
    def started(self) -> bool:
        """Whether a hunk was opened in this section."""
        return self.hunks > 0

    def reset(self) -> None:
        """Begin a new section."""
        self.is_open, self.has_rows, self.hunks, self._blanks, self._shown = False, False, 0, 0, 0

    def open(self, header: str, blank: RowKind = RowKind.CONTEXT) -> None:
        """Begin a hunk, or narrow the one that has no row yet; `blank` is what an empty line stands for."""
        self._blank = blank
        if self.is_open and self.has_rows:
            self.close()
        if not self.is_open:
            self.hunks += 1
        self.is_open, self.has_rows, self._blanks = True, False, 0
        self._out.append(HunkOpened(header))

    def row(self, line: str) -> None:
        """Take a line with its prefix."""
        self._release()
        self._out.append(RowAdded(KINDS[line[0]], line[1:]))

    def bare(self, line: str) -> None:
        """Take a line that has no prefix."""
        self._release()
        self._out.append(RowAdded(self._blank, line, bare=True))

    def hold_blank(self) -> None:
        """Take an empty line, which is a row only if another row follows."""
        if self._strict:
            self._release()
            self._out.append(RowAdded(RowKind.CONTEXT, ""))
        else:
            self._blanks += 1

    def show(self, ghost: str) -> list[EditEvent]:
        """Tell how the unfinished last row reads now, if a row it is."""
        kind = KINDS.get(ghost[:1])
        if kind is None or len(ghost) == self._shown:
            return []
        self._shown = len(ghost)
        return [TailChanged(kind, ghost[1:].rstrip("\r"))]

    def close(self, at_end: bool = False) -> None:
        """End the open hunk."""
        if not self.is_open:
            return
        if self._strict and not self.has_rows:
            self._fault("A hunk has no lines.")
        self.is_open, self._blanks, self._shown = False, 0, 0
        self._out.append(HunkClosed(at_end))

    def _release(self) -> None:
        """Let go of held-back blank lines: a row follows, so they are rows, too."""
        self.has_rows, self._shown = True, 0
        while self._blanks:
            self._blanks -= 1
            self._out.append(RowAdded(self._blank, ""))


def _short(line: str) -> str:
    """Cut a line so that it fits into a sentence."""
    return line if len(line) <= 60 else line[:59] + "…"
