"""The person's decisions: accept, reject, undo, redo. Accepted text reaches buffer, disk and checkpoint here."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from spark_tui.core.checkpoint import LandingKind
from spark_tui.core.display import hidden_names
from spark_tui.core.edits import RowKind, find
from spark_tui.core.review import HunkState, HunkView, Plan, PlannedFile, Review, Verdict
from spark_tui.core.text import ChangeSet, Text
from spark_tui.engine.applying import Applying
from spark_tui.engine.events import EngineEvent, ReviewMoved, Trouble
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace

_OPEN = (
    HunkState.STREAMING,
    HunkState.PROPOSED,
    HunkState.AMBIGUOUS,
    HunkState.UNPLACED,
    HunkState.CONFLICTED,
    HunkState.STALE,
)


LONG = 20_000
"""Changed lines from which accepting takes so long that the person is told before."""

MANY = 100
"""Edits from which planning is done in pieces."""

PIECE = 0.02
"""Seconds of work after which keys are heard again."""

PAINTED = 0.06
"""Seconds in which the screen has drawn what it was told."""


class Decisions:
    """One door for every decision; decisions are taken one after the other."""

    def __init__(
        self,
        workspace: Workspace,
        landing: Landing,
        emit: Callable[[EngineEvent], None],
        review: Review | None = None,
    ) -> None:
        self.review = review or Review()
        self._workspace = workspace
        self._applying = Applying(self.review, workspace, landing, emit)
        self._emit = emit
        self._one_at_a_time = asyncio.Lock()
        self.applying = ""
        """What is being worked out that takes a while; empty: nothing."""
        self._latched: list[str] = []
        """Hunks decided while they streamed, oldest first."""
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

    def _file_replaced(self, path: str, text: Text | None) -> None:
        self.review.buffer_replaced(path, text)
        self._emit(ReviewMoved())

    def _complete(self, ids: Iterable[str], verdict: Verdict) -> list[str]:
        """Latch the hunks that still stream, or take that back, and return the others."""
        ready = []
        for hunk in ids:
            view = self.review.hunk(hunk)
            if view is not None and view.state is HunkState.STREAMING:
                self.latch(hunk, None if view.latch is verdict else verdict)
            elif view is not None:
                ready.append(hunk)
        return ready

    async def accept(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> None:
        """Accept hunks (or only some rows of them). A hunk that still streams is latched instead."""
        ready = self._complete(ids, Verdict.ACCEPT)
        if ready:
            async with self._one_at_a_time:
                await self._accept(ready, rows)
            self._emit(ReviewMoved())

    async def _accept(self, ids: Sequence[str], rows: Mapping[str, frozenset[int]] | None) -> None:
        try:
            await self._tell_if_long(ids)
            await self._rehearse(ids, rows)
            plan = self.review.plan_accept(ids, rows)
            for hunk, sentence in plan.left_out:
                self._emit(Trouble(f"hunk {hunk} not accepted", sentence))
            if not plan.empty:
                await self._applying.land(plan, LandingKind.ACCEPT, self.review.commit)
        finally:
            self.applying = ""

    async def _tell_if_long(self, ids: Sequence[str]) -> None:
        """Say that something is being done before the screen stands still for it."""
        views = [view for view in map(self.review.hunk, ids) if view is not None]
        lines = sum(view.added + view.removed for view in views)
        if lines > LONG:
            where = views[0].path if len({view.path for view in views}) == 1 else f"{len(views)} edits"
            self.applying = f"applying {lines} lines to {where} ..."
            self._emit(ReviewMoved())
            await asyncio.sleep(PAINTED)

    async def _rehearse(self, ids: Sequence[str], rows: Mapping[str, frozenset[int]] | None) -> None:
        """Do the work of planning in short pieces, between which keys are heard; what changes then is done anew."""
        if len(ids) < MANY:
            return
        done, since = 0, time.perf_counter()
        for count in self.review.rehearse(ids, rows):
            done += count
            if time.perf_counter() - since > PIECE:
                self.applying = f"working out {done} of {len(ids)} edits ..."
                self._emit(ReviewMoved())
                await asyncio.sleep(0)
                since = time.perf_counter()

    def latch(self, hunk: str, verdict: Verdict | None) -> None:
        """Decide now for the moment when a streaming hunk is complete; None takes that back."""
        self.review.latch(hunk, verdict)
        if verdict is not None:
            self._latched.append(hunk)
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
        ready = self._complete(ids, Verdict.REJECT)
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

    def repropose(self, hunk: str, first: int, stop: int, lines: Sequence[str]) -> bool:
        """Let a hunk in conflict, or without a place, be about the lines as they are now."""
        done = self.review.repropose(hunk, first, stop, lines)
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
        """Take back the last decision, whatever it was; one that waits for its hunk first."""
        while self._latched:
            view = self.review.hunk(self._latched.pop())
            if view is not None and view.latch is not None and view.state is HunkState.STREAMING:
                self.review.latch(view.id, None)
                self._emit(ReviewMoved())
                return
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
                self._emit(Trouble(str(kind), f"Nothing to {kind}."))
                return
            for hunk, sentence in plan.left_out:
                self._emit(Trouble(f"hunk {hunk} not changed", sentence))
            if not plan.empty:
                await self._applying.land(plan, kind, commit)
        self._emit(ReviewMoved())
