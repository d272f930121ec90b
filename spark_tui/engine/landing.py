"""Lands whole sets of file images on disk, all or nothing, with a checkpoint durable before the first byte.

The order is the safety: look → journal the intent → stage beside the targets → exchange and verify →
journal the commit → tidy. Where it stopped is always found out by looking at the disk, never from memory, so
a failure and a crash are undone by the same steps. What disk and journal can do is for their ports to say.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Intent, LandingKind
from spark_tui.core.paths import shown
from spark_tui.core.restore import turned
from spark_tui.ports import CheckpointFailed, Checkpoints, Clock, Files, PortError

EVERYTHING = 1_000_000
"""More checkpoints than there ever are."""
NO_FOLDERS: Mapping[str, tuple[str, ...]] = {}


class Landing:
    """The only writer of the workspace's files; one landing at a time."""

    def __init__(self, files: Files, checkpoints: Checkpoints, clock: Clock) -> None:
        self._files = files
        self._checkpoints = checkpoints
        self._clock = clock
        self._turnstile = asyncio.Lock()
        # What a crash cut comes first, whoever asks for what.
        self._needs_recovery = True
        self._running: set[asyncio.Task[Checkpoint]] = set()
        self.count = 0
        """Checkpoints that the journal has, as of the last recovery and the landings since."""

    async def land(
        self,
        writes: Sequence[FileWrite],
        kind: LandingKind,
        turn: str,
        note: str,
        place: int | None = None,
        folders: Mapping[str, tuple[str, ...]] = NO_FOLDERS,
    ) -> Checkpoint:
        """Write all of `writes` or none of them, and return the checkpoint.

        `place` is the checkpoint whose state this brings back, if it is an old one. `folders` go with a deleted
        path as far as they are empty then, outermost first. Raises a PortError if nothing was written.
        Cancelling the caller does not stop a landing half-way.
        """
        if len({write.path for write in writes}) != len(writes):
            raise ValueError("a landing names every file once")
        task = asyncio.create_task(self._land(tuple(writes), kind, turn, note, place, folders))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def recover(self) -> tuple[str, ...]:
        """Finish or take back every landing that a crash cut; return sentences for the person."""
        async with self._turnstile:
            return await self._recover()

    async def older_state(self, writes: Sequence[FileWrite], kind: LandingKind) -> int | None:
        """The checkpoint whose state these writes of an undo or redo bring back byte for byte; None: a new state."""
        where = await self._checkpoints.where()
        if kind is LandingKind.UNDO and where:
            point = (await self._checkpoints.after(where - 1, 1))[0]
            done = (await self._checkpoints.recall(where)).writes
            return point.parent if _images(turned(done)) == _images(writes) else None
        if kind is LandingKind.REDO:
            paths = {write.path for write in writes if not write.is_empty}
            for point in reversed(await self._checkpoints.after(where, EVERYTHING)):
                if point.parent == where and point.place is None and paths <= set(point.paths):
                    done = (await self._checkpoints.recall(point.id)).writes
                    if _images(done) == _images(writes):
                        return point.id
        return None

    async def settle(self) -> None:
        """Wait until no landing is under way."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    async def _land(
        self,
        writes: tuple[FileWrite, ...],
        kind: LandingKind,
        turn: str,
        note: str,
        place: int | None,
        folders: Mapping[str, tuple[str, ...]] = NO_FOLDERS,
    ) -> Checkpoint:
        async with self._turnstile:
            if self._needs_recovery:
                sentences = await self._recover()
                if self._needs_recovery:
                    raise CheckpointFailed(" ".join(sentences))
            intent = await self._intend(writes, kind, turn, note, place, folders)
            self._needs_recovery = True
            try:
                await self._files.stage(intent)
                await self._files.swap(intent)
                checkpoint = await self._checkpoints.landed(intent)
            except PortError:
                await self._give_up(intent)
                raise
            self._needs_recovery = False
            self.count += 1
            await self._tidy(replace(intent, is_landed=True))
            return checkpoint

    async def _intend(
        self,
        writes: tuple[FileWrite, ...],
        kind: LandingKind,
        turn: str,
        note: str,
        place: int | None,
        going: Mapping[str, tuple[str, ...]],
    ) -> Intent:
        writes, folders = await self._remember(writes)
        folders = {**folders, **going}
        surveyed = await self._files.survey(writes)
        grounds = [
            replace(ground, folders=folders[write.path]) if write.path in folders else ground
            for write, ground in zip(writes, surveyed, strict=True)
        ]
        return await self._checkpoints.intend(writes, grounds, kind, turn, note, self._clock.now(), place)

    async def _remember(
        self, writes: tuple[FileWrite, ...]
    ) -> tuple[tuple[FileWrite, ...], dict[str, tuple[str, ...]]]:
        """Give a file that comes back its old mode, and one that goes the folders that came with it."""
        moving = [write.path for write in writes if (write.before is None) != (write.after is None)]
        if not moving:
            return writes, {}
        known = await self._checkpoints.remembered(moving)
        complete = tuple(
            replace(write, mode=known[write.path].mode)
            if write.before is None and write.mode is None and write.path in known
            else write
            for write in writes
        )
        folders = {
            write.path: known[write.path].folders
            for write in writes
            if write.after is None and write.path in known
        }
        return complete, folders

    async def _give_up(self, intent: Intent) -> None:
        """Take everything back; where even that fails, the next landing or the next start tries again."""
        try:
            await self._take_back(intent)
        except PortError:
            return
        self._needs_recovery = False

    async def _take_back(self, intent: Intent) -> tuple[Foreign, ...]:
        found = await self._files.roll_back(intent) + await self._sweep(intent)
        await self._checkpoints.abandoned(intent)
        return found

    async def _sweep(self, intent: Intent) -> tuple[Foreign, ...]:
        """Remove the traces beside the targets; bytes that nobody else has go into the journal first."""
        found = await self._files.clear(intent)
        if any(foreign.data is not None for foreign in found):
            for foreign in found:
                await self._checkpoints.keep(intent, foreign)
            await self._files.clear(intent, anyway=True)
        return found

    async def _tidy(self, intent: Intent) -> None:
        """Remove what the landing left; it has landed whatever happens here."""
        try:
            await self._sweep(intent)
            await self._checkpoints.tidied(intent)
        except PortError:
            self._needs_recovery = True

    async def _recover(self) -> tuple[str, ...]:
        sentences: list[str] = []
        self._needs_recovery = False
        try:
            self.count = await self._checkpoints.count()
            unfinished = await self._checkpoints.unfinished()
        except PortError as error:
            return (f"Interrupted writes could not be looked for: {error}",)
        for intent in reversed(unfinished):
            if intent.is_landed:
                await self._tidy(intent)
                continue
            try:
                sentences += _told(intent, await self._take_back(intent))
            except PortError as error:
                self._needs_recovery = True
                sentences.append(f"An interrupted write is not taken back yet: {error}")
        return tuple(sentences)


def _images(writes: Sequence[FileWrite]) -> set[tuple[str, bytes | None, bytes | None]]:
    """What writes do, whatever their order."""
    return {(write.path, write.before, write.after) for write in writes if not write.is_empty}


def _told(intent: Intent, found: tuple[Foreign, ...]) -> list[str]:
    """Word for the person what recovery did to one landing."""
    paths = [write.path for write in intent.writes]
    rest = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    sentences = [f"An interrupted write of {shown(paths[0])}{rest} was taken back."] if paths else []
    for foreign in found:
        if foreign.data is None:
            sentences.append(f"{shown(foreign.path)} was changed by another program and was left as it is.")
        else:
            sentences.append(f"Another program's version of {shown(foreign.path)} is kept in the journal.")
    return sentences
