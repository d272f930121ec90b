"""Edits as JSON: old text and new text, one pair or a list of pairs, or the whole text of a file."""

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
from spark_tui.core.edits.json_strings import JsonStrings, Key, ObjectEnd, StringEnd, StringPart

_PATHS = frozenset({"path", "file_path", "file", "filename", "filePath"})
_OLD = frozenset({"old_text", "old_str", "old_string", "oldText", "oldString", "search"})
_NEW = frozenset({"new_text", "new_str", "new_string", "newText", "newString", "replace"})
_WHOLE = frozenset({"file_text", "content", "contents"})
_ROLES = {
    **dict.fromkeys(_PATHS, "path"),
    **dict.fromkeys(_OLD, "old"),
    **dict.fromkeys(_NEW, "new"),
    **dict.fromkeys(_WHOLE, "whole"),
}
_KINDS = {"old": RowKind.REMOVE, "new": RowKind.ADD, "whole": RowKind.ADD}


class ReplaceJsonParser:
    """Reads replacements. Rows stream as soon as path and old text are known; what comes too early is kept."""

    def __init__(self) -> None:
        self._json = JsonStrings()
        self._out: list[EditEvent] = []
        self._path = ""
        self._opened: tuple[str, FileOp] | None = None
        self._told = False
        self._pair: tuple[Key, ...] | None = None
        self._early: list[tuple[str, str]] = []
        self._lines = LineAssembler()
        self._role = ""
        self._in_hunk = False
        self._old_done = False

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        for event in self._json.push(chunk):
            match event:
                case StringPart(path, text):
                    self._part(path, text)
                case StringEnd(path):
                    self._end(path)
                case ObjectEnd(path):
                    self._object_end(path)
        if self._in_hunk and self._lines.ghost:
            self._out.append(TailChanged(_KINDS[self._role], self._lines.ghost))
        return self._drain()

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream; a hunk that is open then stays open."""
        if not self._json.done:
            self._out.append(EditFault(1, "The arguments end too early."))
        elif not self._told:
            self._out.append(EditFault(1, "The arguments name no file and no text to replace."))
        return self._drain()

    def _drain(self) -> list[EditEvent]:
        out, self._out = self._out, []
        return out

    def _part(self, path: tuple[Key, ...], text: str) -> None:
        role = _ROLES.get(str(path[-1]), "") if path else ""
        if role == "path":
            if self._role != "path":
                self._path, self._role = "", "path"
            self._path += text
        elif role:
            self._begin(path)
            if self._waits(role):
                self._early.append((role, text))
            else:
                self._rows(role, text)

    def _end(self, path: tuple[Key, ...]) -> None:
        role = _ROLES.get(str(path[-1]), "") if path else ""
        if role == "path":
            self._role = ""
            self._catch_up()
        elif role:
            self._begin(path)
            if self._waits(role):
                self._early.append((role, ""))
            else:
                self._rows(role, "")
                self._end_role(role)

    def _begin(self, path: tuple[Key, ...]) -> None:
        """Note which object a text belongs to."""
        if self._pair != path[:-1]:
            self._pair = path[:-1]
            self._old_done = False

    def _waits(self, role: str) -> bool:
        """Say whether a text came before what has to be known for it."""
        return not self._path or self._role == "path" or role == "new" and not self._old_done

    def _rows(self, role: str, text: str) -> None:
        if not self._in_hunk:
            self._open(role)
        self._role = role
        self._out += [RowAdded(_KINDS[role], line) for line in self._lines.push(text)]

    def _end_role(self, role: str) -> None:
        line = self._lines.finish()
        if line is not None:
            self._out.append(RowAdded(_KINDS[role], line))
        if role == "old":
            self._old_done = True
            self._catch_up()

    def _catch_up(self) -> None:
        """Tell of the texts that came too early and whose time has come."""
        early, self._early = self._early, []
        for role, text in sorted(early, key=lambda pair: pair[0] == "new"):
            if self._waits(role):
                self._early.append((role, text))
            elif text:
                self._rows(role, text)
            else:
                self._rows(role, "")
                self._end_role(role)

    def _open(self, role: str) -> None:
        op = FileOp.ADD if role == "whole" else FileOp.UPDATE
        if self._opened != (self._path, op):
            self._close_file()
            self._opened, self._told = (self._path, op), True
            self._out.append(FileOpened(op, self._path))
        self._in_hunk = True
        self._out.append(HunkOpened("", replaces=role != "whole"))

    def _object_end(self, path: tuple[Key, ...]) -> None:
        if self._pair == path:
            self._old_done = True
            self._catch_up()
            if self._in_hunk:
                self._in_hunk = False
                self._out.append(HunkClosed())
            self._pair = None
        if not path:
            self._close_file()
            self._opened = None
            self._out.append(PatchClosed())

    def _close_file(self) -> None:
        if self._opened is not None:
            self._out.append(FileClosed())
