"""Notices what other programs do to files in memory: an editor, a formatter, a branch switch, the person's own shell.

A file without unsaved text is simply read again. For one with unsaved text the person chooses: keep theirs, take
the disk's, or join both; until then nothing is touched.
"""

from collections.abc import Callable

from spark_tui.core.restore import merged_bytes
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass
from spark_tui.engine.buffer import Buffer
from spark_tui.engine.events import ChangedOutside, EngineEvent, Trouble
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Clock, FileGone, Files, PortError, Stamp

EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class OutsideChange:
    """A file with unsaved text that another program changed."""

    path: str
    disk: bytes | None
    """What it wrote; None: it deleted the file."""
    joined: Text | None
    """Both changes together; None where they touch the same lines."""


class Outside:
    """Looks at the files in memory from time to time."""

    def __init__(
        self,
        files: Files,
        workspace: Workspace,
        clock: Clock,
        is_landing: Callable[[], bool],
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._files = files
        self._workspace = workspace
        self._clock = clock
        self._is_landing = is_landing
        self._emit = emit
        self._stamps: dict[str, Stamp | None] = {}
        self._changes: dict[str, OutsideChange] = {}
        self._astray = ""

    @property
    def changes(self) -> tuple[OutsideChange, ...]:
        """What waits for a choice."""
        return tuple(self._changes.values())

    async def watch(self, also: Callable[[], object] = lambda: None) -> None:
        """Look every second until cancelled; `also` is called each time."""
        while True:
            await self._clock.sleep(EVERY_SECONDS)
            await self.look()
            await self.look_for_folder()
            also()

    async def look_for_folder(self) -> None:
        """Tell once when the folder itself is moved or deleted, and again if that changes."""
        known, self._astray = self._astray, await self._files.astray()
        if self._astray and self._astray != known:
            self._emit(Trouble("folder", self._astray))

    async def look(self) -> None:
        """Look once."""
        paths = self._workspace.paths
        if not paths or self._is_landing():
            return
        stamps = await self._files.stamps(paths)
        for path in paths:
            stamp = stamps.get(path)
            if path in self._stamps and self._stamps[path] == stamp:
                continue
            if await self.look_at(path):
                self._stamps[path] = stamp
        for path in [path for path in self._stamps if path not in paths]:
            del self._stamps[path]
            self._changes.pop(path, None)

    async def look_at(self, path: str) -> bool:
        """Compare one file with what is in memory; False if that can't be said now."""
        buffer = self._workspace.buffer(path)
        if buffer is None:
            return False
        before = buffer.disk
        try:
            data: bytes | None = (await self._files.read(path)).data
        except FileGone:
            data = None
        except PortError:
            return False
        await self._workspace.judge_again(path)
        if self._workspace.buffer(path) is not buffer or buffer.disk is not before or self._is_landing():
            return False
        if data == before:
            if self._changes.pop(path, None):
                self._emit(ChangedOutside(path))
        elif buffer.is_dirty:
            self.flag(path, data)
        elif data is None and path in self._workspace.tabs:
            # A file that goes away under an open tab may come back, as in a branch switch: its text is kept.
            self._workspace.follow(path, None, buffer.text)
            self.flag(path, None)
        else:
            self._workspace.follow(path, data)
        return True

    def flag(self, path: str, data: bytes | None) -> None:
        """Let the person choose between their unsaved text and what is on disk."""
        buffer = self._workspace.buffer(path)
        if buffer is not None:
            self._changes[path] = OutsideChange(path, data, _joined(buffer, data))
            self._emit(ChangedOutside(path))

    def change_of(self, path: str | None) -> OutsideChange | None:
        """What waits for a choice about one file; None: nothing."""
        return self._changes.get(path) if path is not None else None

    def keep(self, path: str) -> None:
        """Keep the unsaved text; saving it will replace what the other program wrote."""
        change, buffer = self._changes.pop(path, None), self._workspace.buffer(path)
        if change is not None and buffer is not None:
            self._workspace.follow(path, change.disk, buffer.text)
            self._emit(ChangedOutside(path))

    def take(self, path: str) -> None:
        """Take what is on disk; the unsaved text stays reachable through undo in the editor."""
        change = self._changes.pop(path, None)
        if change is not None:
            self._workspace.follow(path, change.disk)
            self._emit(ChangedOutside(path))

    def join(self, path: str) -> bool:
        """Put both changes together, unsaved; False where they touch the same lines."""
        change, buffer = self._changes.get(path), self._workspace.buffer(path)
        joined = _joined(buffer, change.disk) if change is not None and buffer is not None else None
        if change is None or joined is None:
            return False
        del self._changes[path]
        self._workspace.follow(path, change.disk, joined)
        self._emit(ChangedOutside(path))
        return True


def _joined(buffer: Buffer, data: bytes | None) -> Text | None:
    if buffer.read_only:
        return None
    joined = merged_bytes(buffer.disk, buffer.text.encode(), data)
    return None if joined is None else Text.decode(joined)
