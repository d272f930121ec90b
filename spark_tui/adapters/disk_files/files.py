"""The `Files` port on a real disk: every call runs in a thread and checks its paths again."""

import asyncio
import stat
from collections.abc import Mapping, Sequence

from spark_tui.adapters.disk_files.back import clear, roll_back
from spark_tui.adapters.disk_files.forward import stage, survey, swap
from spark_tui.adapters.disk_files.posix import Posix
from spark_tui.adapters.disk_files.tree import Tree
from spark_tui.adapters.disk_files.walk import WALK_LIMIT, below, walk
from spark_tui.core.checkpoint import FileWrite, Foreign, Ground, Intent
from spark_tui.core.paths import Below, shown
from spark_tui.ports import FileRead, FileUnreadable, Listing, Stamp


class DiskFiles:
    """The files below one folder, which stays open from the start."""

    def __init__(
        self,
        root: str,
        protected: Sequence[str] = (),
        calls: Posix | None = None,
        walk_limit: int = WALK_LIMIT,
        closed: str = "",
    ) -> None:
        """Open `root`; paths in `protected` are refused like `.git`. Raises FileUnreadable.

        `closed` is the sentence with which every write is refused; empty: none is.
        """
        try:
            self._tree = Tree(root, calls or Posix(), tuple(protected), closed)
        except OSError as error:
            raise FileUnreadable(
                root, f"{shown(root)} can't be opened as a folder: {error.strerror}."
            ) from error
        self.root = self._tree.root
        self._walk_limit = walk_limit

    def close(self) -> None:
        """Let go of the workspace."""
        self._tree.close()

    async def read(self, path: str) -> FileRead:
        """Read a regular file. Raises PathRefused, FileGone, FileUnreadable."""
        data, status = await asyncio.to_thread(self._tree.read, path)
        return FileRead(data, stat.S_IMODE(status.st_mode))

    async def check_target(self, path: str) -> None:
        """Raise PathRefused if `path` may not be written."""
        await asyncio.to_thread(self._tree.check_target, path)

    async def astray(self) -> str:
        """One sentence if the folder is not any more where it was opened; empty while it is."""
        return await asyncio.to_thread(self._tree.astray)

    async def stamps(self, paths: Sequence[str]) -> Mapping[str, Stamp]:
        """Stamps of files, links followed; what is not there is left out."""

        def stamp_all() -> dict[str, Stamp]:
            found = ((path, self._tree.stamp(path)) for path in paths)
            return {path: stamp for path, stamp in found if stamp is not None}

        return await asyncio.to_thread(stamp_all)

    async def walk(self) -> Listing:
        """List the files without git."""
        return await asyncio.to_thread(walk, self._tree, "", self._walk_limit)

    async def below(self, path: str, limit: int) -> Below | None:
        """What a folder holds; None if `path` is no folder. Raises PathRefused."""
        return await asyncio.to_thread(below, self._tree, path, limit)

    async def survey(self, writes: Sequence[FileWrite]) -> tuple[Ground, ...]:
        """Compare every target with its `before`; touches nothing. Raises PathError."""

        def survey_all() -> tuple[Ground, ...]:
            self._tree.check_together([write.path for write in writes if write.before is None])
            return tuple(survey(self._tree, write) for write in writes)

        return await asyncio.to_thread(survey_all)

    async def stage(self, intent: Intent) -> None:
        """Put the new bytes durably beside their targets. Raises WriteFailed."""
        await asyncio.to_thread(stage, self._tree, intent)

    async def swap(self, intent: Intent) -> None:
        """Exchange targets and staged bytes and verify. Raises FileChangedOnDisk, WriteFailed."""
        await asyncio.to_thread(swap, self._tree, intent)

    async def roll_back(self, intent: Intent) -> tuple[Foreign, ...]:
        """Bring every target back to `before`. Raises WriteFailed."""
        return await asyncio.to_thread(roll_back, self._tree, intent)

    async def clear(self, intent: Intent, *, anyway: bool = False) -> tuple[Foreign, ...]:
        """Remove what the landing left beside its targets. Raises WriteFailed."""
        return await asyncio.to_thread(clear, self._tree, intent, anyway)
