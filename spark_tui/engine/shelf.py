"""The open files and their tabs: read from disk, shown, closed, read again. Edits go through the workspace."""

import asyncio
from collections.abc import Callable

from spark_tui.core.text import Text
from spark_tui.engine.buffer import Buffer
from spark_tui.engine.events import BufferChanged, EngineEvent, Revealed, TabsMoved
from spark_tui.engine.tabs import Tabs
from spark_tui.ports import FileGone, Files, FileUnreadable, PathIsLink, PathRefused, PortError

LARGE = 500_000
"""Bytes from which a file is read into lines on another thread."""
LONG = 5_000
"""Lines from which a text is made ready for edits there."""


class Shelf:
    """The files in tab order, and the ones that only a turn has read."""

    def __init__(self, files: Files, emit: Callable[[EngineEvent], None]) -> None:
        self._files = files
        self._emit = emit
        self._buffers: dict[str, Buffer] = {}
        self._tabs = Tabs()
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
        is_long = len(read.data) > LARGE
        text = await asyncio.to_thread(Text.decode, read.data) if is_long else Text.decode(read.data)
        known = self._buffers.get(path)
        if known is not None and known.disk is not None:
            return known
        refusal = await self._refusal(path)
        note = str(refusal) if refusal is not None else note_of(text)
        is_link = isinstance(refusal, PathIsLink)
        buffer = Buffer(path, text, read.data, read.mode, note, refusal is not None, is_link=is_link)
        self._buffers[path] = buffer
        return buffer

    async def _refusal(self, path: str) -> PathRefused | None:
        try:
            await self._files.check_target(path)
        except PathRefused as error:
            return error
        return None

    async def judge_again(self, path: str) -> None:
        """Find out anew whether a file may be written: its rights may be others now."""
        refusal = await self._refusal(path)
        buffer = self._buffers.get(path)
        if buffer is not None and buffer.disk is not None:
            note = str(refusal) if refusal is not None else note_of(buffer.text)
            if (note, refusal is not None) != (buffer.note, buffer.is_protected):
                buffer.note, buffer.is_protected = note, refusal is not None
                self._emit(TabsMoved())

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

    async def open(self, path: str, line: int | None = None, column: int = 0) -> None:
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
            self._emit(Revealed(path, line, column))

    def activate(self, path: str) -> None:
        """Bring an open file to the front."""
        if path in self.tabs:
            self._tabs.active = path
            self._emit(TabsMoved())

    def shift_tab(self, by: int) -> None:
        """Move the tab in front by so many places."""
        self._tabs.shift(by)
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

    def rename(self, old: str, new: str) -> None:
        """A file goes by another path from now on, with its text, undo and tab."""
        buffer = self._buffers.pop(old, None)
        if buffer is None:
            return
        buffer.path = new
        self._buffers[new] = buffer
        self._tabs.rename(old, new)
        self._emit(TabsMoved())

    async def reload(self, path: str) -> None:
        """Read a file again from disk; unsaved text stays reachable through undo."""
        buffer = self._buffers.get(path)
        if buffer is None:
            return
        data = await self._on_disk(path)
        if data != buffer.disk or buffer.is_dirty:
            self._reread(buffer, data)

    async def base_of(self, path: str) -> tuple[Text | None, str]:
        """What a proposed edit starts from: the present text, or None and why there is none."""
        try:
            buffer = await self.fresh(path)
            if buffer.text.line_count > LONG:
                await asyncio.to_thread(buffer.text.get_ready)
            return buffer.text, ""
        except FileGone:
            return None, ""
        except FileUnreadable as error:
            return None, str(error)
        except PortError as error:
            return None, str(error)

    async def _on_disk(self, path: str) -> bytes | None:
        try:
            return (await self._files.read(path)).data
        except FileGone:
            return None

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
            buffer.reset(text)
        else:
            span = buffer.text.full_span()
            buffer.record(buffer.text.replace(span, text.slice(text.full_span())), "")
        buffer.note = note_of(text)
        if saved:
            buffer.saved_state = buffer.state
        self._emit(BufferChanged(buffer.path, None))
        self._emit(TabsMoved())


def note_of(text: Text) -> str:
    """Return why a text can't be edited, or nothing."""
    if text.binary:
        return "binary file: shown read-only"
    if text.read_only:
        return "not UTF-8: shown read-only, bytes untouched"
    return ""
