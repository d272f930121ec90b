"""Going back and forth over checkpoints: undo, redo and restore, planned file by file before a byte is written.

Every step back lands like any other edit and is itself a checkpoint. The undo tree only grows. The model has no
way to call any of this.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from spark_tui.core.checkpoint import Checkpoint, FileWrite, Foreign, Intent, LandingKind
from spark_tui.core.paths import shown
from spark_tui.core.restore import SAFE, Fate, FileRestore, blocked, chosen, take_back, turned
from spark_tui.core.values import dataclass
from spark_tui.engine.landing import EVERYTHING, Landing
from spark_tui.ports import CheckpointFailed, Checkpoints, FileGone, Files, FileUnreadable, PathRefused

STEPS = frozenset([LandingKind.UNDO, LandingKind.REDO, LandingKind.RESTORE])
"""Landings that go back or forth over others."""

UNSAVED = "has unsaved text: save it or give it up first"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step through the checkpoints, worked out and not done."""

    kind: LandingKind
    note: str
    """One line for people: what it does."""
    turn: str
    files: tuple[FileRestore, ...]
    place: int | None
    """The checkpoint whose state this brings back, if it does so for every file."""

    @property
    def left_alone(self) -> tuple[FileRestore, ...]:
        """Files that somebody changed since, or that can't be reached."""
        return tuple(file for file in self.files if file.fate not in (Fate.SAME, Fate.BACK))

    @property
    def safe(self) -> frozenset[str]:
        """Paths for which nothing that somebody else wrote goes away."""
        return frozenset(file.path for file in self.files if file.fate in SAFE)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything about one checkpoint."""

    checkpoint: Checkpoint
    writes: tuple[FileWrite, ...]
    kept: tuple[Foreign, ...]
    """Bytes of other programs that were kept on that occasion."""


class History:
    """The checkpoints of one workspace, as a list and as a tree."""

    def __init__(self, files: Files, checkpoints: Checkpoints, landing: Landing) -> None:
        self._files = files
        self._checkpoints = checkpoints
        self._landing = landing
        self.unsaved: Callable[[], Iterable[str]] = tuple
        """Paths with text that only an editor has; they are not touched."""
        self.on_restored: Callable[[Checkpoint, Sequence[FileWrite]], None] = lambda checkpoint, writes: None
        """Told of what a step wrote."""

    async def points(self, limit: int = 1000) -> Sequence[Checkpoint]:
        """The newest checkpoints, newest first."""
        return await self._checkpoints.history(limit)

    async def place(self) -> int:
        """The checkpoint whose state the files are in; 0: before the first."""
        return await self._checkpoints.where()

    async def show(self, landing: int) -> Shown:
        """Everything about one checkpoint. Raises CheckpointFailed."""
        point = await self._point(landing)
        intent = await self._checkpoints.recall(landing)
        return Shown(point, intent.writes, tuple(await self._checkpoints.kept(landing)))

    async def steps_since(self, landing: int) -> list[Mapping[str, bytes | None]]:
        """What files were after each step through the checkpoints since then, oldest first. Raises CheckpointFailed."""
        points = await self._checkpoints.after(landing, EVERYTHING) if landing else ()
        steps = [point.id for point in points if point.kind in STEPS]
        intents = [await self._checkpoints.recall(step) for step in steps]
        return [{write.path: write.after for write in intent.writes} for intent in intents]

    async def newest(self) -> int:
        """The newest checkpoint; 0: there is none."""
        points = await self._checkpoints.history(1)
        return points[0].id if points else 0

    # -- planning

    async def plan_undo(self) -> Proposal | None:
        """Take back the checkpoint that the files are at; None where there is none."""
        place = await self._checkpoints.where()
        if not place:
            return None
        point = await self._point(place)
        files = await self._back([point.id])
        return Proposal(LandingKind.UNDO, f"undo: {_title(point)}", point.turn, files, point.parent)

    async def plan_undo_turn(self, turn: str = "", session: str = "") -> Proposal | None:
        """Take back a whole turn, the newest one unless it is named; None where there is none."""
        chain = await self._chain()
        if not turn:
            newest = next((point for point in chain if point.turn), None)
            if newest is None:
                return None
            turn, session = newest.turn, newest.session
        own = [point for point in chain if (point.turn, point.session) == (turn, session)]
        if not own:
            return None
        files = await self._back([point.id for point in own])
        is_newest = chain[: len(own)] == own
        note = f"undo turn: {len(own)} checkpoint{'s' * (len(own) > 1)}"
        return Proposal(LandingKind.UNDO, note, turn, files, own[-1].parent if is_newest else None)

    async def redo_choices(self) -> tuple[Checkpoint, ...]:
        """What can be made again from here, newest first; several where the tree forks."""
        place = await self._checkpoints.where()
        return tuple(
            point
            for point in await self._checkpoints.history(EVERYTHING)
            if point.parent == place and point.place is None
        )

    async def plan_redo(self, landing: int) -> Proposal:
        """Make a checkpoint again that was taken back. Raises CheckpointFailed."""
        if landing not in [point.id for point in await self.redo_choices()]:
            raise CheckpointFailed(f"Checkpoint {landing} can't be made again from here.")
        point = await self._point(landing)
        intent = await self._checkpoints.recall(landing)
        files = await self._judge([replace(intent, writes=tuple(turned(intent.writes)))])
        return Proposal(LandingKind.REDO, f"redo: {_title(point)}", point.turn, files, landing)

    async def plan_restore(self, landing: int, paths: Collection[str] = ()) -> Proposal:
        """Bring files back to how a checkpoint left them (0: before the first); all of them unless some are named.

        Raises CheckpointFailed.
        """
        if landing:
            await self._point(landing)
        later = [point.id for point in await self._checkpoints.after(landing, EVERYTHING)]
        files = await self._back(list(reversed(later)))
        if paths:
            files = tuple(file for file in files if _is_named(file.path, paths))
        return Proposal(LandingKind.RESTORE, f"restore to checkpoint {landing}", "", files, None)

    async def carry_out(self, proposal: Proposal, ticked: Collection[str] | None = None) -> Checkpoint | None:
        """Land a proposal for the ticked files; without `ticked`, for those that nobody changed since.

        None where there is nothing to do. Raises PortError if nothing was written.
        """
        part = chosen(proposal.files, ticked)
        writes = [write for file in part if (write := file.write()) is not None]
        done = {file.path for file in part if file.fate in SAFE}
        is_whole = all(file.fate is Fate.SAME or file.path in done for file in proposal.files)
        place = proposal.place if is_whole else None
        if not writes and place is None:
            return None
        checkpoint = await self._landing.land(writes, proposal.kind, proposal.turn, proposal.note, place)
        self.on_restored(checkpoint, writes)
        return checkpoint

    # -- looking

    async def _point(self, landing: int) -> Checkpoint:
        found = await self._checkpoints.after(landing - 1, 1)
        if not found or found[0].id != landing:
            raise CheckpointFailed(f"There is no checkpoint {landing}.")
        return found[0]

    async def _chain(self) -> list[Checkpoint]:
        """Checkpoints from the present place back to the first, along the tree."""
        known = {point.id: point for point in await self._checkpoints.history(EVERYTHING)}
        chain: list[Checkpoint] = []
        place = await self._checkpoints.where()
        while place in known:
            chain.append(known[place])
            place = known[place].parent
        return chain

    async def _back(self, landings: Sequence[int]) -> tuple[FileRestore, ...]:
        return await self._judge([await self._checkpoints.recall(landing) for landing in landings])

    async def _judge(self, intents: Sequence[Intent]) -> tuple[FileRestore, ...]:
        """What becomes of every file of some landings, newest first."""
        by_path: dict[str, list[FileWrite]] = {}
        modes: dict[str, int] = {}
        for intent in intents:
            for write, ground in zip(intent.writes, intent.grounds, strict=True):
                by_path.setdefault(write.path, []).append(write)
                mode = write.mode if ground.mode is None else ground.mode
                if mode is not None:
                    modes[write.path] = mode
        unsaved = frozenset(self.unsaved())
        found: list[FileRestore] = []
        for path in sorted(by_path):
            if path in unsaved:
                found.append(blocked(path, UNSAVED))
            else:
                found.append(await self._look(path, by_path[path], modes.get(path)))
        return tuple(found)

    async def _look(self, path: str, landings: Sequence[FileWrite], mode: int | None) -> FileRestore:
        try:
            await self._files.check_target(path)
            now: bytes | None = (await self._files.read(path)).data
        except FileGone:
            now = None
        except (PathRefused, FileUnreadable) as error:
            return blocked(path, str(error))
        return take_back(path, now, landings, mode)


def _title(point: Checkpoint) -> str:
    files = shown(point.paths[0]) if len(point.paths) == 1 else f"{len(point.paths)} files"
    return point.note or f"{point.kind} {files}"


def _is_named(path: str, names: Collection[str]) -> bool:
    return any(path == name or path.startswith(name.rstrip("/") + "/") for name in names)
