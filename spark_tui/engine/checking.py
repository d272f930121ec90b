"""Checks every edit that waits for a decision: in the background, cheapest first, the latest state of things only.

Nothing ever waits for it. Parsing needs nothing; programs run only while the person trusts the folder.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from spark_tui.core.checks import (
    PARSE,
    Badge,
    CheckResult,
    CheckSettings,
    Finding,
    Outcome,
    Traits,
    Trust,
    risk_of,
)
from spark_tui.core.display import hidden_names
from spark_tui.core.edits import FileOp, RowKind
from spark_tui.core.review import HunkView, Review
from spark_tui.core.text import Text
from spark_tui.engine.check_book import Book
from spark_tui.engine.check_planning import MOST_ALONE, MOST_TOGETHER, Job, Planner
from spark_tui.engine.check_proving import Prover
from spark_tui.engine.check_survey import Survey
from spark_tui.engine.check_trials import READY, Trials
from spark_tui.engine.events import (
    BufferChanged,
    ChecksMoved,
    EngineEvent,
    Landed,
    ReviewMoved,
    TabsMoved,
    TreeMoved,
)
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import CheckRoom, Clock, Files, Listing

LONGEST = 1.0
"""Seconds; no check waits longer than this because the last one was slow."""
QUIET = 0.05
"""Seconds in which several changes become one look."""
TYPING = 0.4
"""Seconds without a key before what was typed is checked."""
TELLING = 0.15
"""Seconds between two notices while many small things are found out."""
LONG = 3
"""Stage from which a check takes long."""
STOPPED = "It was stopped."


class Checking:
    """Looks at the review again and again, and finds out what is not known yet."""

    def __init__(
        self,
        room: CheckRoom | None,
        files: Files,
        review: Review,
        workspace: Workspace,
        listing: Callable[[], Listing],
        settings: CheckSettings,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self.survey = Survey(room, files, listing, settings)
        """What is known about the folder."""
        self._room = room
        self._review = review
        self._workspace = workspace
        self._clock = clock
        self._emit = emit
        self._trials = Trials(review, workspace)
        self._book = Book(self._trials.text)
        self._prover = Prover(room, self.survey, self._trials, self._book, clock)
        self.outputs = self._prover.outputs
        self._planner = Planner(review, self.survey, self._trials, self._book)
        self._moved = asyncio.Event()
        self._is_old = False
        self._times = {"typed": float("-inf"), "told": float("-inf"), "parsing": 0.0}
        self._waiting: frozenset[str] = frozenset()
        self._reds: dict[str, None] = {}
        self._listed: dict[str, tuple[Text, tuple[Finding, ...]]] = {}
        self._running: tuple[Job, asyncio.Task[None]] | None = None
        self.revision = 0
        """Rises with everything that was found out."""
        self.is_attended: Callable[[], bool] = lambda: True
        """Whether somebody is there to whom it matters."""
        self.on_red: Callable[[HunkView, Sequence[CheckResult]], None] = lambda hunk, verdicts: None
        """Told of an edit that is worse than what was there before, once all is known about it."""

    # What is known

    def verdicts(self, hunk: HunkView) -> tuple[CheckResult, ...]:
        """What the checks say about an edit as it is now."""
        return self._book.verdicts(hunk)

    def badge(self, hunk: HunkView) -> Badge:
        """How the checks of an edit stand, in words."""
        return self._book.badge(hunk, hunk.id in self._waiting)

    def risk(self, hunk: HunkView) -> tuple[int, tuple[str, ...]]:
        """How risky an edit is, higher is riskier, and why."""
        verdicts = self._book.verdicts(hunk)
        red = {one.tool: len(one.fresh) for one in verdicts if one.outcome is Outcome.WORSE}
        return risk_of(
            Traits(
                hunk.path,
                hunk.added,
                hunk.removed,
                deletes_file=hunk.op is FileOp.DELETE,
                renames_file=hunk.new_path is not None,
                is_loose=hunk.level > 0 or hunk.candidates > 1,
                has_hidden=any(row.kind is RowKind.ADD and hidden_names(row.text) for row in hunk.rows),
                parses=PARSE not in red,
                findings=sum(count for name, count in red.items() if name not in (PARSE, "tests")),
                failing_tests=red.get("tests", 0),
                is_unchecked=not verdicts,
            )
        )

    def diagnostics(self, path: str) -> tuple[Text, tuple[Finding, ...]] | None:
        """What is wrong with a file as it is in memory, and the text that was looked at; None: not known yet."""
        return self._listed.get(path)

    @property
    def running(self) -> str:
        """What runs just now; empty: nothing."""
        return self._running[0].name if self._running is not None else ""

    # What others do

    def hear(self, event: EngineEvent) -> None:
        """Something happened: look again."""
        match event:
            case Landed(checkpoint=checkpoint):
                self._book.ground += 1
                self.survey.written(checkpoint.paths)
            case BufferChanged():
                self._times["typed"] = self._clock.tick()
            case TreeMoved() | ReviewMoved() | TabsMoved():
                pass
            case _:
                return
        self._look_again()

    def _look_again(self) -> None:
        self._is_old = True
        self._moved.set()

    async def give_trust(self) -> None:
        """The person trusts the folder as it is now. Raises CheckTrouble."""
        if self._room is not None:
            await self.survey.look()
            await self._room.give_trust(self.survey.configuration)
            await self._trust_moved()

    async def take_trust(self) -> None:
        """The person trusts it no more: what runs is ended. Raises CheckTrouble."""
        if self._room is not None:
            await self._room.take_trust()
            self.stop()
            await self._trust_moved()

    async def _trust_moved(self) -> None:
        await self.survey.judge_trust()
        self._tell()
        self._look_again()

    def again(self, hunk: HunkView) -> None:
        """Find out everything about an edit once more."""
        self._book.forget(hunk.id)
        self._book.ground += 1
        self._look_again()

    def stop(self) -> None:
        """End what runs; what waits stays unknown until something about it changes, or `again`."""
        if self._running is not None:
            self._running[1].cancel()
        waiting, self._waiting = self._waiting, frozenset()
        for id in waiting:
            hunk = self._review.hunk(id)
            tools = self.survey.wanted(hunk.path) if hunk is not None else ()
            for name, of_folder in ((PARSE, False), *((one.tool.name, one.tool.whole) for one in tools)):
                stamp = self._book.stamp(hunk, of_folder=of_folder) if hunk is not None else None
                if stamp is not None and not self._book.is_known(id, name, stamp):
                    self._book.put(id, name, stamp, CheckResult(name, Outcome.UNKNOWN, sentence=STOPPED))
        self._tell()
        # Whatever else was about to be done is found to be known.
        self._look_again()

    # The work

    async def work(self) -> None:
        """Check until cancelled."""
        pause = QUIET
        while True:
            await self._moved.wait()
            self._moved.clear()
            await self._clock.sleep(pause)
            while (rest := TYPING - (self._clock.tick() - self._times["typed"])) > 0:
                await self._clock.sleep(rest)
            self._is_old = False
            if not self.is_attended():
                continue
            await self.survey.look()
            began = self._clock.tick()
            jobs = await self._planner.jobs()
            # Going through a long review takes a while, as did parsing a long file: each has a tenth of the time.
            pause = max(QUIET, 10 * (self._clock.tick() - began), min(10 * self._times["parsing"], LONGEST))
            await self._round(jobs)

    async def _round(self, jobs: Sequence[Job]) -> None:
        """Do these, until they are done or things changed; then there is another round."""
        left = deque(jobs)
        self._wait_for(left)
        while left:
            job = left.popleft()
            if self._holds(job):
                await self._do(job)
            if self._is_old:
                self._moved.set()
                return
            self._wait_for(left, job)
        if any(job.wanted is None for job in jobs):
            # Now it is known which edits the other checks make sense for.
            self._look_again()
        else:
            self._tell_reds()
            await self._list_active()

    def _wait_for(self, jobs: Collection[Job], done: Job | None = None) -> None:
        now = self._clock.tick()
        # Whoever shows a long review goes through all of it, so it is told less often of it.
        if jobs and done is not None and now - self._times["told"] < TELLING + len(self._waiting) / 25_000:
            return
        self._waiting = frozenset(id for job in jobs for id, _ in job.hunks)
        self._tell()

    def _tell(self) -> None:
        self._times["told"] = self._clock.tick()
        self.revision += 1
        self._emit(ChecksMoved())

    def _tell_reds(self) -> None:
        reds, self._reds = self._reds, {}
        for hunk in map(self._review.hunk, reds):
            verdicts = self.verdicts(hunk) if hunk is not None else ()
            if hunk is not None and any(one.outcome is Outcome.WORSE for one in verdicts):
                self.on_red(hunk, verdicts)

    def _holds(self, job: Job) -> bool:
        """Whether the edits of a job are still what they were."""
        for id, stamp in job.hunks:
            hunk = self._review.hunk(id)
            if hunk is None or hunk.state not in READY:
                return False
            if not stamp.fits(self._book.stamp(hunk, of_folder=stamp.ground >= 0)):
                return False
        return True

    async def _do(self, job: Job) -> None:
        """Do one job, and leave it as soon as nobody needs it any more."""
        task = asyncio.ensure_future(self._prove(job))
        self._running = job, task
        try:
            while not task.done():
                moved = asyncio.ensure_future(self._moved.wait())
                await asyncio.wait({task, moved}, return_when=asyncio.FIRST_COMPLETED)
                moved.cancel()
                if not task.done():
                    self._moved.clear()
                    if not self._holds(job) or await self._gives_way(job):
                        task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            self._running = None
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _gives_way(self, job: Job) -> bool:
        """Whether something long can wait, because something short came."""
        if job.order[0] < LONG:
            return False
        return any(other.order[0] < LONG for other in await self._planner.jobs())

    async def _prove(self, job: Job) -> None:
        ids = [id for id, _ in job.hunks]
        hunk = self._review.hunk(ids[0])
        if hunk is None:
            return
        if job.wanted is None:
            verdict = await self._parse(hunk, job.size)
            self._times["parsing"] = verdict.seconds if verdict is not None else 0.0
        else:
            await self.survey.judge_trust()
            if self.survey.trust is not Trust.GIVEN:
                self._look_again()
                return
            rest = self._trials.together(job.call) if 1 < job.size <= MOST_TOGETHER else None
            if len(ids) > 1:
                verdict = self._judged(job, await self._prover.prove(job.wanted, self._trials.of(ids), None))
            else:
                verdict = await self._prover.prove(job.wanted, self._trials.alone(hunk), rest)
        red = len(ids) > 1 and verdict is not None and verdict.outcome is Outcome.WORSE
        for id, stamp in job.hunks[MOST_ALONE:] if red else job.hunks:
            self._book.put(id, job.name, stamp, verdict)
        if verdict is not None and verdict.outcome is Outcome.WORSE:
            self._reds.update(dict.fromkeys(ids))
        if len(ids) == 1:
            self._book.blame_all(job.call, job.name)

    def _judged(self, job: Job, verdict: CheckResult | None) -> CheckResult | None:
        """Judge a call as a whole: if it fails, its edits are looked at one by one."""
        if verdict is None:
            return None
        if verdict.outcome is Outcome.WORSE:
            self._book.put_red(job.call, job.name, job.hunks, verdict)
            self._look_again()
        return replace(verdict, sentence=verdict.sentence or "Looked at with the other edits of its call.")

    async def _parse(self, hunk: HunkView, size: int) -> CheckResult | None:
        path = hunk.new_path or hunk.path
        verdict = await self._prover.parse(self._trials.alone(hunk), path)
        if verdict is None or verdict.outcome is not Outcome.WORSE:
            return verdict
        if not 1 < size <= MOST_TOGETHER:
            return verdict
        whole = await self._prover.parse(self._trials.together(hunk.call), path)
        if whole is None or whole.outcome is not Outcome.CLEAN:
            return verdict
        return replace(verdict, outcome=Outcome.TOGETHER, fresh=())

    async def _list_active(self) -> None:
        """Find out what is wrong with the open file as it is in memory, beside all proposals."""
        path = self._workspace.active
        text = self._trials.text(path) if path else None
        known = self._listed.get(path or "")
        if path is None or text is None or text.binary or (known is not None and known[0] is text):
            return
        found = list(await self._prover.faults(path, text))
        if self.survey.trust is Trust.GIVEN and not found:
            for wanted in await self.survey.here(path, text.line(0)):
                if not wanted.tool.whole and not self._is_old:
                    found += await self._prover.findings(wanted, path) or ()
        if self._trials.text(path) is text and not self._is_old:
            self._listed = {open: one for open, one in self._listed.items() if open in self._workspace.tabs}
            self._listed[path] = text, tuple(found)
            self._tell()
