"""The patch format in other wrappings: inside a JSON string, as one built-in operation, as a whole new file."""

from collections.abc import Sequence

from spark_tui.core.edits.assembler import LineAssembler
from spark_tui.core.edits.events import (
    EditEvent,
    EditFault,
    FileOp,
    FileOpened,
    HunkOpened,
    RowAdded,
    RowKind,
    TailChanged,
)
from spark_tui.core.edits.json_strings import JsonStrings, StringPart
from spark_tui.core.edits.patch import PatchParser, Profile


class JsonPatchParser:
    """Reads a patch that is the value of a key of a streamed JSON object, as in the arguments of a function call."""

    def __init__(self, keys: Sequence[str] = ("patch", "input"), profile: Profile = "spark") -> None:
        self._keys = keys
        self._json = JsonStrings()
        self._patch = PatchParser(profile)
        self._key = ""

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        out: list[EditEvent] = []
        for event in self._json.push(chunk):
            if not isinstance(event, StringPart) or len(event.path) != 1:
                continue
            key = str(event.path[0])
            if key in self._keys and self._key in ("", key):
                self._key = key
                out += self._patch.push(event.text)
        return out

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream."""
        if not self._key:
            names = " or ".join(f"'{key}'" for key in self._keys)
            return [EditFault(1, f"The arguments hold no text under {names}.")]
        return self._patch.finish()


class OperationParser(PatchParser):
    """Reads the diff of one built-in patch operation: a section of a patch without its first line."""

    def __init__(self, op: FileOp, path: str) -> None:
        super().__init__()
        self._number = 0
        self._open_file(op, path)

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream; a hunk that is open then stays open."""
        line = self._lines.finish()
        if line is not None:
            self._take(line)
        return self._drain()


class WholeFileParser:
    """Reads the new text of a file, line by line."""

    def __init__(self, path: str) -> None:
        self._lines = LineAssembler()
        self._out: list[EditEvent] = [FileOpened(FileOp.ADD, path), HunkOpened("")]

    def push(self, chunk: str) -> list[EditEvent]:
        """Take the next piece of the stream."""
        out, self._out = self._out, []
        out += [RowAdded(RowKind.ADD, line) for line in self._lines.push(chunk)]
        if self._lines.ghost:
            out.append(TailChanged(RowKind.ADD, self._lines.ghost))
        return out

    def finish(self) -> list[EditEvent]:
        """Take the end of the stream; the hunk stays open."""
        out, self._out = self._out, []
        line = self._lines.finish()
        return out if line is None else [*out, RowAdded(RowKind.ADD, line)]
