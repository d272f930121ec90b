"""What is to be found out: for every edit that waits for a decision, the checks whose answer is not known."""

import asyncio
from collections.abc import Sequence

from spark_tui.core.checks import PARSE, Trust, Wanted
from spark_tui.core.review import HunkView, Review
from spark_tui.core.values import dataclass
from spark_tui.engine.check_book import Book, Stamped
from spark_tui.engine.check_survey import Survey
from spark_tui.engine.check_trials import READY, Trials

MOST_ALONE = 12
"""Edits of one call that are proved one by one after they failed together."""
AT_ONCE = 100
"""Edits that are gone through before others have their turn."""
MOST_TOGETHER = 300
"""Edits of one call beyond which it is not looked at as a whole."""


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to find out."""

    order: tuple[int, int]
    """Stage, and place in the review."""
    hunks: Stamped
    """The edits it is about: one, or all of a call together."""
    call: str
    wanted: Wanted | None
    """None: whether it parses."""
    size: int = 1
    """How many edits of the call are open."""

    @property
    def name(self) -> str:
        """The check."""
        return self.wanted.tool.name if self.wanted is not None else PARSE


class Planner:
    """Goes through the review."""

    def __init__(self, review: Review, survey: Survey, trials: Trials, book: Book) -> None:
        self._review = review
        self._survey = survey
        self._trials = trials
        self._book = book

    async def jobs(self) -> list[Job]:
        """Return what is not known, cheapest first."""
        if not self._survey.settings.enabled:
            return []
        calls: dict[str, list[HunkView]] = {}
        arriving: set[str] = set()
        for file in self._review.files():
            if not file.closed:
                arriving.add(file.call)
            for hunk in file.hunks:
                if hunk.state in READY:
                    calls.setdefault(hunk.call, []).append(hunk)
        self._book.keep_only({hunk.id for hunks in calls.values() for hunk in hunks})
        jobs: list[Job] = []
        place = 0
        for call, hunks in calls.items():
            is_single = call not in arriving and len(hunks) == 1
            for hunk in hunks:
                place += 1
                if place % AT_ONCE == 0:
                    await asyncio.sleep(0)
                jobs += await self._for_one(hunk, len(hunks), place, is_single=is_single)
            if call not in arriving and 1 < len(hunks) <= MOST_TOGETHER:
                jobs += await self._for_call(call, hunks, place)
        return sorted(jobs, key=lambda job: job.order)

    async def _for_one(self, hunk: HunkView, size: int, place: int, *, is_single: bool) -> list[Job]:
        stamp = self._book.stamp(hunk, of_folder=False)
        tools = await self._tools(hunk)
        if not self._book.is_known(hunk.id, PARSE, stamp):
            return [Job((0, place), ((hunk.id, stamp),), hunk.call, None, size)]
        if self._book.does_not_parse(hunk.id):
            return []
        jobs = []
        for wanted in tools:
            own = self._book.stamp(hunk, of_folder=True) if wanted.tool.whole else stamp
            if wanted.tool.whole and not is_single:
                continue
            if not self._book.is_known(hunk.id, wanted.tool.name, own):
                jobs.append(Job((wanted.tool.stage, place), ((hunk.id, own),), hunk.call, wanted, size))
        return jobs

    async def _for_call(self, call: str, hunks: Sequence[HunkView], place: int) -> list[Job]:
        """What looks at the whole folder looks at a call as a whole, and at its edits one by one if that fails."""
        sound = [hunk for hunk in hunks if not self._book.does_not_parse(hunk.id)]
        stamps = tuple((hunk.id, self._book.stamp(hunk, of_folder=True)) for hunk in sound)
        tools = {one.tool.name: one for hunk in sound for one in await self._tools(hunk) if one.tool.whole}
        jobs = []
        for name, wanted in tools.items():
            missing = [one for one in stamps if not self._book.is_known(one[0], name, one[1])]
            stage = wanted.tool.stage
            if missing and self._book.red(call, name, stamps) is None:
                jobs.append(Job((stage, place), stamps, call, wanted, len(hunks)))
            elif missing:
                jobs += [
                    Job((stage + 1, place), (one,), call, wanted, len(hunks)) for one in missing[:MOST_ALONE]
                ]
        return jobs

    async def _tools(self, hunk: HunkView) -> tuple[Wanted, ...]:
        text = self._trials.text(hunk.path)
        found = await self._survey.here(hunk.new_path or hunk.path, text.line(0) if text else "")
        return found if self._survey.trust is Trust.GIVEN else ()
