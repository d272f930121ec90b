"""The `Checkpoints` port on SQLite: one connection in one thread of its own."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from spark_tui.adapters.journal.ledger import NAME, Ledger
from spark_tui.adapters.journal.schema import connect
from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Ground, Intent, LandingKind
from spark_tui.ports import CheckpointFailed, PortError

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Journal:
    """Landings and their byte images in a folder of their own. With a `refusal` it only reads."""

    def __init__(
        self, ledger: Ledger | None, thread: ThreadPoolExecutor, refusal: PortError | None, note: str
    ) -> None:
        self._ledger = ledger
        self._thread = thread
        self.refusal = refusal
        """What every call that would write raises; None: writing is possible."""
        self.note = note
        """One sentence where something about the journal should be known."""

    @classmethod
    async def open(cls, folder: Path, session: str, refusal: PortError | None = None) -> "Journal":
        """Open or make the journal in `folder`. Raises CheckpointFailed.

        A damaged journal is set aside and a new one begun. `refusal` is raised by every call that would write.
        """
        thread = ThreadPoolExecutor(1, "journal")
        loop = asyncio.get_running_loop()
        try:
            ledger, note = await loop.run_in_executor(thread, _open, folder, session, refusal is not None)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(ledger, thread, refusal, note)

    @classmethod
    def absent(cls, refusal: PortError) -> "Journal":
        """A journal that could not be opened: it knows nothing and refuses every landing."""
        return cls(None, ThreadPoolExecutor(1, "journal"), refusal, str(refusal))

    async def close(self) -> None:
        """Write what is outstanding and let go; never raises: what is lost by that costs nothing."""
        try:
            if self._ledger is not None:
                await self._read(self._ledger.close)
        except CheckpointFailed:
            pass
        finally:
            self._thread.shutdown()

    async def intend(
        self,
        writes: Sequence[FileWrite],
        grounds: Sequence[Ground],
        kind: LandingKind,
        turn: str,
        note: str,
        time: float,
        place: int | None = None,
    ) -> Intent:
        """Keep before- and after-images and the intent durably."""
        return await self._write(self._open_ledger().intend, writes, grounds, kind, turn, note, time, place)

    async def landed(self, intent: Intent) -> Checkpoint:
        """The checkpoint exists, durably."""
        return await self._write(self._open_ledger().landed, intent)

    async def abandoned(self, intent: Intent) -> None:
        """The landing was taken back, durably."""
        await self._write(self._open_ledger().abandoned, intent)

    async def tidied(self, intent: Intent) -> None:
        """Nothing is left beside the targets; written with the next transaction."""
        await self._write(self._open_ledger().tidied, intent)
        self._thread.submit(self._open_ledger().rest)

    async def keep(self, intent: Intent, foreign: Foreign) -> None:
        """Keep another program's bytes, durably."""
        await self._write(self._open_ledger().keep, intent, foreign)

    async def unfinished(self) -> Sequence[Intent]:
        """Landings that a crash cut; none where this one may not write."""
        return [] if self.refusal or not self._ledger else await self._read(self._ledger.unfinished)

    async def remembered(self, paths: Sequence[str]) -> Mapping[str, Ground]:
        """What the journal knows of files that come back or go."""
        return {} if not self._ledger else await self._read(self._ledger.remembered, paths)

    async def history(self, limit: int = 1000) -> Sequence[Checkpoint]:
        """Newest first."""
        return [] if not self._ledger else await self._read(self._ledger.checkpoints, 0, limit, True)

    async def after(self, landing: int, limit: int = 100) -> Sequence[Checkpoint]:
        """Oldest first."""
        return [] if not self._ledger else await self._read(self._ledger.checkpoints, landing, limit, False)

    async def count(self) -> int:
        """How many checkpoints there are."""
        return 0 if not self._ledger else await self._read(self._ledger.count)

    async def where(self) -> int:
        """The checkpoint whose state the files are in."""
        return 0 if not self._ledger else await self._read(self._ledger.where)

    async def kept(self, landing: int) -> Sequence[Foreign]:
        """Other programs' bytes that one landing came upon."""
        return await self._read(self._open_ledger().kept, landing)

    async def recall(self, landing: int) -> Intent:
        """All bytes of one checkpoint."""
        return await self._read(self._open_ledger().recall, landing)

    def _open_ledger(self) -> Ledger:
        if self._ledger is None:
            raise self.refusal or CheckpointFailed("There is no checkpoint journal.")
        return self._ledger

    async def _write(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if self.refusal is not None:
            raise self.refusal
        return await self._read(call, *args, **kwargs)

    async def _read(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        def guarded() -> _R:
            try:
                return call(*args, **kwargs)
            except (sqlite3.Error, OSError) as error:
                raise CheckpointFailed(f"The checkpoint journal can't be used: {error}.") from error
            except UnicodeEncodeError as error:
                raise CheckpointFailed("The checkpoint journal can't keep a name that is no text.") from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)


def _open(folder: Path, session: str, read_only: bool) -> tuple[Ledger | None, str]:
    path = folder / NAME
    try:
        if read_only and not path.exists():
            return None, ""
        try:
            return Ledger(connect(path, read_only), folder, session), ""
        except sqlite3.DatabaseError as error:
            if read_only or isinstance(error, sqlite3.OperationalError):
                raise
        try:
            # SQLite calls a disk that can't be read a damaged file: only bytes that can be read are judged by it.
            path.read_bytes()
            return Ledger(connect(path, read_only), folder, session), ""
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            aside = _set_aside(path)
            note = f"The checkpoint journal was damaged; it is kept as {aside} and a new one was begun."
            return Ledger(connect(path, read_only), folder, session), note
    except (sqlite3.Error, OSError) as error:
        raise CheckpointFailed(f"The checkpoint journal can't be opened: {error}.") from error


def _set_aside(path: Path) -> str:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for suffix in ("", "-wal", "-shm"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            os.rename(old, path.with_name(f"{path.name}.damaged-{stamp}{suffix}"))
    return f"{path.name}.damaged-{stamp}"
