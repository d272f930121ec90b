"""The one door for every edit: the person's, an accepted hunk's, and what others wrote to disk."""

from collections.abc import Awaitable, Callable, Iterable

from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.paths import shown
from spark_tui.core.text import ChangeSet, Span, Text
from spark_tui.engine.buffer import Buffer
from spark_tui.engine.events import BufferChanged, EngineEvent, Landed, TabsMoved
from spark_tui.engine.landing import Landing
from spark_tui.engine.shelf import Shelf, note_of
from spark_tui.ports import FileChangedOnDisk, Files


async def _look_nowhere(path: str) -> None:
    """Nobody wants to know."""


def _end_of(changes: ChangeSet) -> Span | None:
    """Where the caret belongs after `changes`: the end of the last change, in new coordinates."""
    if not changes.changes:
        return None
    last = changes.changes[-1]
    end = changes.map(last.span.end, after=True)
    return Span(end, end)


async def _nothing(path: str) -> None:
    """Leave the text as it is."""


class Workspace(Shelf):
    """The open files, their undo, and the bytes they have on disk."""

    def __init__(self, files: Files, landing: Landing, emit: Callable[[EngineEvent], None]) -> None:
        super().__init__(files, emit)
        self._landing = landing
        self.on_edit: Callable[[str, Text, ChangeSet], None] = lambda path, text, changes: None
        """Told of every edit that is not itself an accepted hunk."""
        self.before_save: Callable[[str], Awaitable[None]] = _nothing
        """Called before a file is written, to tidy its text."""
        self.on_conflict: Callable[[str], Awaitable[object]] = _look_nowhere
        """Told of a file that could not be saved because the disk holds something else."""

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

    def travel(self, path: str, by: int) -> Span | None:
        """Go to the text before this one in time, or after it, also where undoing and typing left a branch behind."""
        return self._step(path, lambda buffer: buffer.travel(by))

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
        buffer.note = note_of(buffer.text)
        return buffer.state

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
        await self.before_save(path)
        before = await self._on_disk(path) if overwrite else buffer.disk
        data, state = buffer.text.encode(), buffer.state
        write = FileWrite(path, before, data)
        try:
            checkpoint = await self._landing.land([write], LandingKind.SAVE, "", f"saved {path}")
        except FileChangedOnDisk as error:
            await self.on_conflict(path)
            sentence = f'Not saved, {shown(path, 24)} changed on disk: "Save over" or "Reload" it.'
            raise FileChangedOnDisk(path, sentence) from error
        self.landed(path, data, state)
        self._emit(Landed(checkpoint))

    def follow_all(self, writes: Iterable[FileWrite]) -> None:
        """A step through the checkpoints wrote files: what is in memory without unsaved text follows."""
        for write in writes:
            buffer = self._buffers.get(write.path)
            if buffer is None:
                text = None if write.after is None else Text.decode(write.after)
                if text is not None:
                    # Whoever is told of the text may plan edits of it, and they are made in a buffer.
                    self._buffers[write.path] = Buffer(write.path, text, write.after, note=note_of(text))
                self.on_replaced(write.path, text)
            elif not buffer.is_dirty:
                self.follow(write.path, write.after)

    def take_up(self, path: str, text: Text) -> None:
        """Let a file that nobody edited yet go on at the revision of `text`, which stands for the same bytes."""
        buffer = self._buffers.get(path)
        if buffer is not None and buffer.state == 0:
            buffer.text = text

    def bring_back(self, path: str, text: Text) -> bool:
        """Let a file that nobody edited yet hold the unsaved `text`, at its revision; undo leads to the disk's.

        False if that can't be; then `follow` has to do.
        """
        buffer = self._buffers.get(path)
        if buffer is None or buffer.state or text.revision < 1 or text.read_only or buffer.read_only:
            return False
        if (text.encoding, text.bom) != (buffer.text.encoding, buffer.text.bom):
            return False
        buffer.text = buffer.text.at_revision(text.revision - 1)
        buffer.record(buffer.text.replace(buffer.text.full_span(), text.slice(text.full_span())), "")
        self._emit(BufferChanged(path, None))
        self._emit(TabsMoved())
        return buffer.text.same_content(text)

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
