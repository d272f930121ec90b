"""The person's decisions: accept, reject, undo, redo. Accepted text reaches buffer, disk and checkpoint here."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.display import hidden_names
from spark_tui.core.edits import RowKind, find
from spark_tui.core.review import HunkState, HunkView, Plan, PlannedFile, Review, Verdict
from spark_tui.core.text import ChangeSet, Text
from spark_tui.engine.events import EngineEvent, Landed, ReviewMoved, Trouble
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileChangedOnDisk, PathError, PortError

_OPEN = (
    HunkState.STREAMING,
    HunkState.PROPOSED,
    HunkState.AMBIGUOUS,
    HunkState.UNPLACED,
    HunkState.CONFLICTED,
    HunkState.STALE,
)


class Decisions:
    """One door for every decision; decisions are taken one after the other."""

    def __init__(self, workspace: Workspace, landing: Landing, emit: Callable[[EngineEvent], None]) -> None:
        self.review = Review()
        self._workspace = workspace
        self._landing = landing
        self._emit = emit
        self._one_at_a_time = asyncio.Lock()
        self.checkpoints = 0
        """Landings of this sitting that can be undone."""
        workspace.on_edit = self._person_edited
        workspace.on_replaced = self._file_replaced

    @property
    def is_landing(self) -> bool:
        """Whether a decision is on its way to disk and may still be refused there."""
        return self._one_at_a_time.locked()

    async def settled(self) -> None:
        """Wait until no decision is on its way to disk."""
        async with self._one_at_a_time:
            return

    def _person_edited(self, path: str, text: Text, changes: ChangeSet) -> None:
        self.review.buffer_changed(path, text, changes)
        self._emit(ReviewMoved())

    def _file_replaced(self, path: str, text: Text) -> None:
        self.review.buffer_replaced(path, text)
        self._emit(ReviewMoved())

    async def accept(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> None:
        """Accept hunks (or only some rows of them). A hunk that still streams is latched instead."""
        ready = []
        for hunk in ids:
            view = self.review.hunk(hunk)
            if view is not None and view.state is HunkState.STREAMING:
                self.latch(hunk, None if view.latch is Verdict.ACCEPT else Verdict.ACCEPT)
            elif view is not None:
                ready.append(hunk)
        if ready:
            async with self._one_at_a_time:
                await self._accept(ready, rows)
            self._emit(ReviewMoved())

    async def _accept(self, ids: Sequence[str], rows: Mapping[str, frozenset[int]] | None) -> None:
        plan = self.review.plan_accept(ids, rows)
        for hunk, sentence in plan.left_out:
            self._emit(Trouble(f"hunk {hunk} not accepted", sentence))
        if not plan.empty:
            await self._land(plan, LandingKind.ACCEPT, self.review.commit)

    def latch(self, hunk: str, verdict: Verdict | None) -> None:
        """Decide now for the moment when a streaming hunk is complete; None takes that back."""
        self.review.latch(hunk, verdict)
        self._emit(ReviewMoved())

    async def take_due(self) -> None:
        """Accept the hunks that were latched and are complete now."""
        due = []
        for hunk in self.review.due():
            view = self.review.hunk(hunk)
            hidden = (
                {name for row in view.rows if row.kind is RowKind.ADD for name in hidden_names(row.text)}
                if view
                else ()
            )
            if hidden:
                # What can't be seen was not decided on when the hunk was latched.
                self.review.latch(hunk, None)
                names = ", ".join(sorted(hidden))
                self._emit(
                    Trouble(f"hunk {hunk}", f"not accepted by itself: it holds hidden characters ({names})")
                )
            else:
                due.append(hunk)
        if due:
            await self.accept(due)

    async def reject(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> None:
        """Reject hunks. A hunk that still streams is latched instead."""
        ready = []
        for hunk in ids:
            view = self.review.hunk(hunk)
            if view is not None and view.state is HunkState.STREAMING:
                self.latch(hunk, None if view.latch is Verdict.REJECT else Verdict.REJECT)
            elif view is not None:
                ready.append(hunk)
        if ready:
            async with self._one_at_a_time:
                self.review.reject(ready, rows)
        self._emit(ReviewMoved())

    def _of_file(self, file_id: str, states: Sequence[HunkState]) -> list[str]:
        return [
            hunk.id
            for file in self.review.files()
            if file.id == file_id
            for hunk in file.hunks
            if hunk.state in states
        ]

    async def accept_file(self, file_id: str) -> None:
        """Accept what is safely placed in one file of the review (`FileView.id`)."""
        await self.accept(self._of_file(file_id, (HunkState.PROPOSED, HunkState.STREAMING)))

    async def reject_file(self, file_id: str) -> None:
        """Reject everything still open in one file of the review."""
        await self.reject(self._of_file(file_id, _OPEN))

    async def accept_all(self, turn: str | None = None) -> None:
        """Accept every hunk that is complete and safely placed."""
        await self.accept(
            [
                hunk.id
                for file in self.review.files()
                if turn in (None, file.turn)
                for hunk in file.hunks
                if hunk.state is HunkState.PROPOSED
            ]
        )

    def choose(self, hunk: str, line: int) -> bool:
        """Pick the place of an ambiguous hunk (0-based buffer line of its first row)."""
        done = self.review.choose(hunk, line)
        self._emit(ReviewMoved())
        return done

    def amend(self, hunk: str, lines: Sequence[str]) -> bool:
        """Let an undecided hunk turn the lines it stands for into other ones; return whether that can be."""
        done = self.review.amend(hunk, lines)
        self._emit(ReviewMoved())
        return done

    def new_side(self, hunk: HunkView) -> tuple[str, ...]:
        """Return the lines that would stand at a hunk's place if it were accepted."""
        buffer = self._workspace.buffer(hunk.path)
        lines: list[str] = []
        at = hunk.line
        for row in hunk.rows:
            if row.kind is not RowKind.REMOVE:
                kept = row.kind is RowKind.CONTEXT and buffer is not None and at is not None
                # The file's own spelling, where the model's was found by comparing loosely.
                lines.append(buffer.text.line(at) if kept and buffer and at is not None else row.text)
            if row.kind is not RowKind.ADD and at is not None:
                at += 1
        return tuple(lines)

    async def place_again(self, hunk: str) -> None:
        """Look for the place of a stale or unplaced hunk in the file as it is now; it has to be the only one."""
        view = self.review.hunk(hunk)
        if view is None:
            return
        text, fault = await self._workspace.base_of(view.path)
        old = [row.text for row in view.rows if row.kind is not RowKind.ADD]
        places = find(text, old).starts if text is not None and old else ()
        if len(places) == 1:
            self.review.choose(hunk, places[0])
        else:
            what = fault or (
                f"fits in {len(places)} places" if places else "its old lines are not there any more"
            )
            self._emit(
                Trouble(f"place hunk {hunk} in {view.path}", f"not placed: {what}; reject it or ask again")
            )
        self._emit(ReviewMoved())

    async def undo(self) -> None:
        """Take back the last decision, whatever it was."""
        await self._step(self.review.undo, LandingKind.UNDO, self.review.commit_undo)

    async def redo(self) -> None:
        """Bring back the decision undone last."""
        await self._step(self.review.redo, LandingKind.REDO, self.review.commit_redo)

    async def _step(
        self,
        plan_it: Callable[[], Plan | None],
        kind: LandingKind,
        commit: Callable[[Plan], tuple[PlannedFile, ...]],
    ) -> None:
        async with self._one_at_a_time:
            plan = plan_it()
            if plan is None:
                self._emit(Trouble(str(kind), f"nothing to {kind}"))
                return
            for hunk, sentence in plan.left_out:
                self._emit(Trouble(f"hunk {hunk} not changed", sentence))
            if not plan.empty:
                await self._land(plan, kind, commit)
        self._emit(ReviewMoved())

    async def _land(
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
            checkpoint = await self._landing.land(writes, kind, turn, plan.label)
        except PortError as error:
            await self._take_back(plan, kind, {file.path: state for file, state in states}, error)
            return
        for file, state in states:
            self._workspace.landed(file.path, None if file.after is None else file.after.encode(), state)
        self.checkpoints += 1
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
        if not file.moved_from:
            return [FileWrite(file.path, before, after, source.mode if source else None)]
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
