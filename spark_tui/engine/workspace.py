"""Owns the open files: their texts, their undo, and the bytes they had on disk. The one door for every edit."""

from collections.abc import Callable

from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.text import ChangeSet, Span, Text
from spark_tui.engine.buffer import Buffer
from spark_tui.engine.events import BufferChanged, EngineEvent, Landed, Revealed, TabsMoved
from spark_tui.engine.landing import Landing
from spark_tui.engine.tabs import Tabs
from spark_tui.ports import FileGone, Files, FileUnreadable, PathRefused, PortError


def _end_of(changes: ChangeSet) -> Span | None:
    """Where the caret belongs after `changes`: the end of the last change, in new coordinates."""
    if not changes.changes:
        return None
    last = changes.changes[-1]
    end = changes.map(last.span.end, after=True)
    return Span(end, end)


class Workspace:
    """The open files in tab order and the ones that only a turn has read."""

    def __init__(self, files: Files, landing: Landing, emit: Callable[[EngineEvent], None]) -> None:
        self._files = files
        self._landing = landing
        self._emit = emit
        self._buffers: dict[str, Buffer] = {}
        self._tabs = Tabs()
        self.on_edit: Callable[[str, Text, ChangeSet], None] = lambda path, text, changes: None
        """Told of every edit that is not itself an accepted hunk."""
        self.on_replaced: Callable[[str, Text | None], None] = lambda path, text: None
        """Told when a file was read again from disk; None: it is gone."""

    @property
    def tabs(self) -> tuple[str, ...]:
        """Paths of the files shown, in tab order."""
        return self._tabs.paths

    @property
    def active(self) -> str | None:
        """The file the person looks at."""
        return self._tabs.active

    def buffer(self, path: str) -> Buffer | None:
        """The file in memory, or None if nobody has read it."""
        return self._buffers.get(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file in memory, shown or not."""
        return tuple(self._buffers)

    def unsaved(self) -> tuple[str, ...]:
        """Paths with text that is not on disk."""
        return tuple(path for path, buffer in self._buffers.items() if buffer.is_dirty)

    async def load(self, path: str) -> Buffer:
        """Read a file into memory without showing it. Raises PathRefused, FileGone, FileUnreadable."""
        known = self._buffers.get(path)
        if known is not None and (known.disk is not None or known.is_dirty or path in self.tabs):
            return known
        read = await self._files.read(path)
        text = Text.decode(read.data)
        known = self._buffers.get(path)
        if known is not None and known.disk is not None:
            return known
        refusal = await self._refusal(path)
        buffer = Buffer(path, text, read.data, read.mode, refusal or _note(text), bool(refusal))
        self._buffers[path] = buffer
        return buffer

    async def _refusal(self, path: str) -> str:
        try:
            await self._files.check_target(path)
        except PathRefused as error:
            return str(error)
        return ""

    async def fresh(self, path: str) -> Buffer:
        """Like `load`, and looks at the disk again unless the file holds unsaved text."""
        buffer = await self.load(path)
        if buffer.is_dirty or buffer.disk is None:
            return buffer
        data = await self._on_disk(path)
        if data is None and path not in self.tabs:
            self._buffers.pop(path, None)
            raise FileGone(path, f"{path} is gone from disk")
        if data != buffer.disk and not buffer.is_dirty:
            self._reread(buffer, data)
        return buffer

    async def open(self, path: str, line: int | None = None) -> None:
        """Show a file in a tab; a path that does not exist opens as a new, empty file."""
        try:
            await self.load(path)
        except FileGone:
            await self._files.check_target(path)
            if path not in self._buffers:
                self._buffers[path] = Buffer(path, Text.of(""), None, note="new file")
        self._tabs.add(path)
        self.activate(path)
        if line is not None:
            self._emit(Revealed(path, line))

    def activate(self, path: str) -> None:
        """Bring an open file to the front."""
        if path in self.tabs:
            self._tabs.active = path
            self._emit(TabsMoved())

    def close(self, path: str, *, discard: bool = False) -> bool:
        """Close a tab; refuses (False) while it holds unsaved text unless told to discard it."""
        buffer = self._buffers.get(path)
        if buffer is None or path not in self.tabs:
            return True
        if buffer.is_dirty and not discard:
            return False
        self._tabs.remove(path)
        if buffer.is_dirty:
            self._reread(buffer, buffer.disk)
        self._emit(TabsMoved())
        return True

    def edit(self, path: str, changes: ChangeSet, group: str = "") -> bool:
        """Apply the person's edit; False if the file can't be edited or the edit was made for another text."""
        buffer = self._buffers.get(path)
        if buffer is None or buffer.read_only or changes.base != buffer.text.revision:
            return False
        was_dirty = buffer.is_dirty
        buffer.record(changes, group)
        self.on_edit(path, buffer.text, changes)
        self._emit(BufferChanged(path, changes))
        if was_dirty != buffer.is_dirty:
            self._emit(TabsMoved())
        return True

    def undo(self, path: str) -> Span | None:
        """Take back the newest group of edits; return where the caret belongs."""
        return self._step(path, Buffer.step_back)

    def redo(self, path: str) -> Span | None:
        """Bring back the group undone last."""
        return self._step(path, Buffer.step_forward)

    def _step(self, path: str, walk: Callable[[Buffer], list[ChangeSet]]) -> Span | None:
        buffer = self._buffers.get(path)
        if buffer is None:
            return None
        was_dirty = buffer.is_dirty
        text = buffer.text
        place = None
        for changes in walk(buffer):
            text = text.apply(changes)
            self.on_edit(path, text, changes)
            self._emit(BufferChanged(path, changes))
            place = _end_of(changes)
        if was_dirty != buffer.is_dirty:
            self._emit(TabsMoved())
        return place

    def land(self, path: str, after: Text, changes: ChangeSet | None) -> int:
        """Put the text of an accepted hunk into the buffer as one undo step; return the state it is in then."""
        buffer = self._buffers.get(path)
        if buffer is None:
            buffer = self._buffers[path] = Buffer(path, Text.of(""), None)
        if changes is not None and changes.base == buffer.text.revision:
            buffer.record(changes, "")
            self._emit(BufferChanged(path, changes))
        else:
            self._replace(buffer, after, saved=False)
        buffer.note = _note(buffer.text)
        return buffer.state

    def rename(self, old: str, new: str) -> None:
        """A file goes by another path from now on, with its text, undo and tab."""
        buffer = self._buffers.pop(old, None)
        if buffer is None:
            return
        buffer.path = new
        self._buffers[new] = buffer
        self._tabs.rename(old, new)
        self._emit(TabsMoved())

    def unland(self, path: str, state: int, after: Text, changes: ChangeSet | None) -> None:
        """Take the text of a refused landing out again; `state` is what `land` returned."""
        buffer = self._buffers.get(path)
        if buffer is None:
            return
        if buffer.state == state:
            undone = buffer.step_back()
            self._emit(BufferChanged(path, undone[0] if len(undone) == 1 else None))
        elif changes is not None and changes.base == buffer.text.revision:
            buffer.record(changes, "")
            self._emit(BufferChanged(path, changes))
        else:
            self._replace(buffer, after, saved=False)
        self._emit(TabsMoved())

    def landed(self, path: str, data: bytes | None, state: int) -> None:
        """The disk now holds `data`, which is the buffer as it was in `state`."""
        buffer = self._buffers.get(path)
        if buffer is None:
            return
        buffer.disk = data
        buffer.saved_state = state
        if data is None and not buffer.is_dirty:
            del self._buffers[path]
            self._tabs.remove(path)
        self._emit(TabsMoved())

    async def save(self, path: str, *, overwrite: bool = False) -> None:
        """Write a file's text to disk; refuses if the disk holds other bytes, unless told to overwrite them."""
        buffer = self._buffers.get(path)
        if buffer is None or buffer.read_only or not (buffer.is_dirty or buffer.disk is None or overwrite):
            return
        before = await self._on_disk(path) if overwrite else buffer.disk
        data, state = buffer.text.encode(), buffer.state
        checkpoint = await self._landing.land(
            [FileWrite(path, before, data)], LandingKind.SAVE, "", f"saved {path}"
        )
        self.landed(path, data, state)
        self._emit(Landed(checkpoint))

    def follow(self, path: str, data: bytes | None, text: Text | None = None) -> None:
        """The disk holds `data` now, whoever wrote it; `text` is what stands in memory instead, unsaved."""
        buffer = self._buffers.get(path)
        if buffer is None:
            return
        buffer.disk = data
        if text is None and data is None:
            del self._buffers[path]
            self._tabs.remove(path)
            self.on_replaced(path, None)
            self._emit(TabsMoved())
            return
        new = Text.decode(data or b"") if text is None else text
        if not new.same_content(buffer.text):
            self._replace(buffer, new, saved=False)
        buffer.saved_state = buffer.state if text is None or text.encode() == data else -1
        self.on_replaced(path, buffer.text)
        self._emit(TabsMoved())

    async def _on_disk(self, path: str) -> bytes | None:
        try:
            return (await self._files.read(path)).data
        except FileGone:
            return None

    async def reload(self, path: str) -> None:
        """Read a file again from disk; unsaved text stays reachable through undo."""
        buffer = self._buffers.get(path)
        if buffer is None:
            return
        data = await self._on_disk(path)
        if data != buffer.disk or buffer.is_dirty:
            self._reread(buffer, data)

    def _reread(self, buffer: Buffer, data: bytes | None) -> None:
        buffer.disk = data
        self._replace(buffer, Text.decode(data or b""), saved=True)
        self.on_replaced(buffer.path, buffer.text)

    def _replace(self, buffer: Buffer, text: Text, *, saved: bool) -> None:
        if (
            buffer.text.read_only
            or text.read_only
            or text.encoding != buffer.text.encoding
            or text.bom != buffer.text.bom
        ):
            buffer.text = text
            buffer.state += 1
        else:
            span = buffer.text.full_span()
            buffer.record(buffer.text.replace(span, text.slice(text.full_span())), "")
        buffer.note = _note(text)
        if saved:
            buffer.saved_state = buffer.state
        self._emit(BufferChanged(buffer.path, None))
        self._emit(TabsMoved())

    async def base_of(self, path: str) -> tuple[Text | None, str]:
        """What a proposed edit starts from: the present text, or None and why there is none."""
        try:
            return (await self.fresh(path)).text, ""
        except FileGone:
            return None, ""
        except FileUnreadable as error:
            return None, str(error)
        except PortError as error:
            return None, str(error)


def _note(text: Text) -> str:
    if text.binary:
        return "binary file: shown read-only"
    if text.read_only:
        return "not UTF-8: shown read-only, bytes untouched"
    return ""
