"""Carries a planned decision out: into the buffers, onto the disk, or all of it back again."""

from collections.abc import Callable, Mapping

from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.review import Plan, PlannedFile, Review
from spark_tui.core.text import Text
from spark_tui.engine.events import EngineEvent, Landed, ReviewMoved, Trouble
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileChangedOnDisk, PathError, PortError


class Applying:
    """The way of one decision from plan to checkpoint."""

    def __init__(
        self, review: Review, workspace: Workspace, landing: Landing, emit: Callable[[EngineEvent], None]
    ) -> None:
        self.review = review
        self._workspace = workspace
        self._landing = landing
        self._emit = emit

    async def land(
        self, plan: Plan, kind: LandingKind, commit: Callable[[Plan], tuple[PlannedFile, ...]]
    ) -> None:
        """Screen first, disk at once after: the buffer takes the text, then the same bytes land, or all goes back.

        The person may type while the disk works, so nothing is locked; a refusal is mapped through that typing.
        """
        writes: list[FileWrite] = []
        for file in plan.files:
            writes += self._writes(file)
        turn = self._turn_of(plan)
        states = [(file, self._show(file)) for file in commit(plan)]
        self._emit(ReviewMoved())
        try:
            place = await self._landing.older_state(writes, kind)
            checkpoint = await self._landing.land(writes, kind, turn, plan.label, place)
        except PortError as error:
            await self._take_back(plan, kind, {file.path: state for file, state in states}, error)
            return
        for file, state in states:
            self._workspace.landed(file.path, None if file.after is None else file.after.encode(), state)
        for caution in checkpoint.cautions:
            self._emit(Trouble("written in place", caution))
        self._emit(Landed(checkpoint))

    def _turn_of(self, plan: Plan) -> str:
        view = self.review.hunk(plan.hunks[0]) if plan.hunks else None
        return view.turn if view is not None else ""

    def _show(self, file: PlannedFile) -> int:
        """Put a planned text into its buffer; return the buffer's state then."""
        if file.moved_from:
            self._workspace.rename(file.moved_from, file.path)
        return self._workspace.land(file.path, file.after or Text.of(""), file.changes)

    def _writes(self, file: PlannedFile) -> list[FileWrite]:
        source = self._workspace.buffer(file.moved_from or file.path)
        before = source.disk if source else None
        after = None if file.after is None else file.after.encode()
        typed = source is not None and source.is_dirty and file.before is not None
        base = file.before.encode() if typed and file.before is not None else None
        if not file.moved_from:
            return [FileWrite(file.path, before, after, source.mode if source else None, base)]
        target = self._workspace.buffer(file.path)
        return [
            FileWrite(file.path, target.disk if target else None, after, source.mode if source else None),
            FileWrite(file.moved_from, before, None),
        ]

    async def _take_back(
        self, plan: Plan, kind: LandingKind, states: Mapping[str, int], error: PortError
    ) -> None:
        """The disk refused: put the buffer back as it was and say why on the hunks."""
        back, commit = (
            (self.review.redo(), self.review.commit_redo)
            if kind is LandingKind.UNDO
            else (self.review.undo(), self.review.commit_undo)
        )
        if back is not None and not back.empty:
            for file in commit(back):
                state = states.get(file.moved_from or file.path, -1)
                if file.moved_from:
                    self._workspace.rename(file.moved_from, file.path)
                self._workspace.unland(file.path, state, file.after or Text.of(""), file.changes)
        path = error.path if isinstance(error, PathError) else plan.files[0].path
        if isinstance(error, FileChangedOnDisk):
            buffer = self._workspace.buffer(path)
            if buffer is not None and not buffer.is_dirty:
                await self._workspace.reload(path)
        if kind is not LandingKind.UNDO:
            self.review.refuse(plan, path, str(error))
        self._emit(Trouble(f"{kind} {path}", str(error)))
        self._emit(ReviewMoved())
