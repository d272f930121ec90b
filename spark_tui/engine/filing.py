"""Makes, moves, copies and deletes files and folders as a whole: each step is one landing, and can be taken back.

What no checkpoint can keep (links, devices, repositories of their own) is refused, and nothing is done by halves.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from spark_tui.core.checkpoint import Checkpoint, FileWrite, LandingKind
from spark_tui.core.paths import Below, check_path, normalise, shown
from spark_tui.core.review import FileView
from spark_tui.core.values import dataclass
from spark_tui.engine.events import EngineEvent, Landed, Trouble
from spark_tui.engine.history import History, Proposal
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileGone, FileRead, Files, FileUnreadable, PathIsLink, PathRefused, PortError

MOST_FILES = 2_000
"""Files that one step takes at most."""
MOST_BYTES = 256 * 1024 * 1024
KEEPER = ".gitkeep"
"""The empty file that keeps a folder which holds nothing else."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What is at a path, as far as a step on it matters."""

    path: str
    files: tuple[str, ...]
    is_folder: bool
    unsaved: tuple[str, ...]
    """Those whose text in memory is not on disk."""
    pending: int = 0
    """Proposed edits that wait for a decision."""
    folders: tuple[str, ...] = ()


class Filing:
    """Steps on whole files."""

    def __init__(
        self,
        files: Files,
        workspace: Workspace,
        landing: Landing,
        history: History,
        proposed: Callable[[], Sequence[FileView]],
        emit: Callable[[EngineEvent], None],
    ) -> None:
        """`proposed` tells which edits wait for a decision."""
        self._files = files
        self._workspace = workspace
        self._landing = landing
        self._history = history
        self._proposed = proposed
        self._emit = emit
        self._moves: dict[int, tuple[tuple[str, str], ...]] = {}
        """Checkpoint to what went where, so that open files follow a step back."""
        self.is_busy = False
        """Whether a step is on its way to disk."""
        self.on_moved: Callable[[str, str], None] = lambda old, new: None

    # -- looking

    async def look(self, path: str) -> Holding:
        """What a step on `path` would take. Raises PortError where it can't be."""
        below = await self._files.below(path, MOST_FILES)
        if below is None:
            await self._check(path)
            return self._holding(path, (path,), False)
        _refuse_what_cannot_be_kept(path, below)
        return replace(self._holding(path, below.files, True), folders=below.folders)

    async def _check(self, path: str) -> None:
        """Raise unless there is a regular file that a landing can take."""
        await self._files.read(path)
        try:
            await self._files.check_target(path)
        except PathIsLink as error:
            raise PathRefused(path, f"{shown(path)} is a link, which no checkpoint keeps.") from error

    def _holding(self, path: str, files: tuple[str, ...], is_folder: bool) -> Holding:
        known = set(self._workspace.unsaved())
        unsaved = tuple(name for name in files if name in known)
        pending = sum(file.pending for file in self._proposed() if file.path in files)
        return Holding(path, files, is_folder, unsaved, pending)

    # -- steps; each returns a sentence for the person

    async def create(self, path: str) -> str:
        """Make an empty file, or, with a slash at the end, a folder."""
        is_folder = path.endswith("/")
        name = normalise(path)
        target = f"{name}/{KEEPER}" if is_folder else name
        await self._free(target)
        await self._free(name)
        await self._land([FileWrite(target, None, b"")], f"made {name}{'/' * is_folder}")
        if is_folder:
            return f"Made the folder {shown(name)}; an empty {KEEPER} keeps it."
        await self._workspace.open(target)
        return f"Made {shown(name)}."

    async def move(self, source: str, target: str) -> str:
        """Let a file or folder go by another path; open files and unsaved text go along."""
        held = await self.look(source)
        target = normalise(target)
        if held.pending:
            raise PathRefused(
                source, f"{shown(source)} has {held.pending} proposed edits: decide about them first."
            )
        if held.is_folder and f"{target}/".startswith(f"{source}/"):
            raise PathRefused(target, f"{shown(source)} can't be moved into itself.")
        await self._free(target)
        pairs = _pairs(held, target)
        reads = await self._read_all(held.files)
        writes = [FileWrite(new, None, reads[old].data, reads[old].mode) for old, new in pairs]
        writes += [FileWrite(old, reads[old].data, None) for old, _ in pairs]
        self._rename(pairs)
        try:
            point = await self._land(writes, f"moved {source} to {target}", _going(held))
        except PortError:
            self._rename([(new, old) for old, new in pairs])
            raise
        self._moves[point.id] = tuple(pairs)
        return f"Moved {shown(source)} to {shown(target)}."

    async def duplicate(self, source: str, target: str) -> str:
        """Copy a file or folder as it is on disk."""
        held = await self.look(source)
        target = normalise(target)
        if held.is_folder and f"{target}/".startswith(f"{source}/"):
            raise PathRefused(target, f"{shown(source)} can't be copied into itself.")
        await self._free(target)
        reads = await self._read_all(held.files)
        writes = [FileWrite(new, None, reads[old].data, reads[old].mode) for old, new in _pairs(held, target)]
        await self._land(writes, f"copied {source} to {target}")
        if not held.is_folder:
            await self._workspace.open(target)
        return f"Copied {shown(source)} to {shown(target)}."

    async def delete(self, path: str) -> str:
        """Delete a file, or a folder with all that it holds; unsaved text goes with it."""
        held = await self.look(path)
        reads = await self._read_all(held.files)
        writes = [FileWrite(name, reads[name].data, None, reads[name].mode) for name in held.files]
        await self._land(writes, f"deleted {path}{'/' * held.is_folder}", _going(held))
        for name in held.files:
            self._workspace.follow(name, None)
        count = f", {len(held.files):,} files" if held.is_folder else ""
        return f"Deleted {shown(path)}{count}; u takes it back."

    # -- back and forth

    async def undo(self) -> str:
        """Take the last step back, if the files are still as it left them."""
        where = await self._history.place()
        point = (await self._history.show(where)).checkpoint if where else None
        if point is None or point.kind is not LandingKind.FILES:
            return "The last change on disk was none of the files list; Alt+H shows every checkpoint."
        proposal = await self._history.plan_undo()
        pairs = self._moves.get(point.id, ())
        return await self._carry_out(proposal, [(new, old) for old, new in pairs], f"Undone: {point.note}.")

    async def redo(self) -> str:
        """Make the step again that was taken back last."""
        choices = [point for point in await self._history.redo_choices() if point.kind is LandingKind.FILES]
        if not choices:
            return "There is no step of the files list to make again."
        proposal = await self._history.plan_redo(choices[0].id)
        pairs = self._moves.get(choices[0].id, ())
        return await self._carry_out(proposal, pairs, f"Done again: {choices[0].note}.")

    async def _carry_out(self, proposal: Proposal | None, pairs: Sequence[tuple[str, str]], done: str) -> str:
        if proposal is None:
            return "There is nothing to take back."
        if proposal.left_alone:
            first = proposal.left_alone[0]
            return (
                f"{shown(first.path)} {first.why or 'was changed since'}; Alt+H shows what can be taken back."
            )
        self._rename(pairs)
        self.is_busy = True
        try:
            await self._history.carry_out(proposal)
        except PortError:
            self._rename([(new, old) for old, new in pairs])
            raise
        finally:
            self.is_busy = False
        return done

    # -- doing

    async def _free(self, path: str) -> None:
        """Raise unless something can be made at `path`."""
        fault = check_path(path)
        if fault:
            raise PathRefused(path, fault)
        try:
            await self._files.read(path)
        except FileGone:
            await self._files.check_target(path)
            return
        except FileUnreadable as error:
            raise PathRefused(path, f"{shown(path)} is there already.") from error
        raise PathRefused(path, f"{shown(path)} is there already.")

    async def _read_all(self, paths: Sequence[str]) -> dict[str, FileRead]:
        reads: dict[str, FileRead] = {}
        size = 0
        for path in paths:
            reads[path] = await self._files.read(path)
            size += len(reads[path].data)
            if size > MOST_BYTES:
                raise PathRefused(
                    path, f"That is more than {MOST_BYTES >> 20} MiB, which no checkpoint keeps."
                )
        if not reads:
            raise PathRefused("", "There are no files in it.")
        return reads

    async def _land(
        self, writes: Sequence[FileWrite], note: str, folders: dict[str, tuple[str, ...]] | None = None
    ) -> Checkpoint:
        self.is_busy = True
        try:
            point = await self._landing.land(writes, LandingKind.FILES, "", note, folders=folders or {})
        finally:
            self.is_busy = False
        for caution in point.cautions:
            self._emit(Trouble("written in place", caution))
        self._emit(Landed(point))
        return point

    def _rename(self, pairs: Sequence[tuple[str, str]]) -> None:
        for old, new in pairs:
            self._workspace.rename(old, new)
            self.on_moved(old, new)


def _pairs(held: Holding, target: str) -> list[tuple[str, str]]:
    return [(name, target + name[len(held.path) :]) for name in held.files]


def _going(held: Holding) -> dict[str, tuple[str, ...]]:
    """The folders that go when the last file of a folder does."""
    return {held.files[-1]: held.folders} if held.is_folder and held.files else {}


def _refuse_what_cannot_be_kept(path: str, below: Below) -> None:
    if below.others:
        rest = f" and {len(below.others) - 1} more" if len(below.others) > 1 else ""
        raise PathRefused(
            path,
            f"{shown(path)} holds {shown(below.others[0])}{rest}, a link, device or repository, "
            "which no checkpoint keeps: use a shell for it.",
        )
    if below.is_cut or len(below.files) > MOST_FILES:
        raise PathRefused(
            path, f"{shown(path)} holds more than {MOST_FILES:,} files: use a shell for so many."
        )
