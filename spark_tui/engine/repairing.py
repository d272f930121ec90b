"""Has an edit repaired that the checks found worse than what was there: once, beside the talk, both versions kept."""

from collections import Counter
from collections.abc import Sequence

from spark_tui.core.checks import PARSE, CheckResult, Outcome, Repair, describe
from spark_tui.core.display import inert
from spark_tui.core.edits import FileOp
from spark_tui.core.review import HunkView
from spark_tui.engine.checking import Checking
from spark_tui.engine.conversation import Conversation
from spark_tui.engine.marks import Marks
from spark_tui.engine.versions import OPEN, Versions

MOST_TOLD = 6
"""Findings that are told to the model."""
MOST_IN_A_TURN = 5
"""Edits of one turn that are repaired without being asked for it."""
FAST = "fast"


class Repairing:
    """Asks for versions of edits without what was found in them."""

    def __init__(
        self, checking: Checking, conversation: Conversation, versions: Versions, marks: Marks
    ) -> None:
        self._checking = checking
        self._conversation = conversation
        self._versions = versions
        self._marks = marks
        self._asked: set[str] = set()
        """Edits that were repaired: none is a second time without being asked for it."""
        self._turns: Counter[str] = Counter()

    def why_not(self, hunk: HunkView) -> str:
        """Why an edit can't be repaired; empty if it can."""
        if hunk.state not in OPEN or hunk.op is FileOp.DELETE or hunk.new_path is not None or not hunk.rows:
            return "Only an open edit of lines can be mended."
        if self._versions.is_asked(hunk.id):
            return "Another version is being written just now."
        if not _red(self._checking.verdicts(hunk)):
            return "The checks found nothing new in it: there is nothing to mend."
        return ""

    def wants(self, hunk: HunkView, verdicts: Sequence[CheckResult]) -> bool:
        """Whether an edit is repaired without being asked for it: once, and not under the eyes of the person."""
        setting = self._checking.survey.settings.repair
        red = _red(verdicts)
        return (
            setting is not Repair.OFF
            and (bool(red) if setting is Repair.ALL else any(one.tool == PARSE for one in red))
            and hunk.id not in self._asked
            and self._turns[hunk.turn] < MOST_IN_A_TURN
            and not self._marks.is_seen(hunk)
            and not self._versions.label(hunk)
            and self._conversation.lane == FAST
            and not self.why_not(hunk)
        )

    async def repair(self, hunk: HunkView) -> None:
        """Ask for a version without what was found, and show it; the one that was there is kept."""
        self._asked.add(hunk.id)
        self._turns[hunk.turn] += 1
        # A file that is named with this sign would be sent along, and what tools say is foreign text.
        found = [
            inert(describe(finding)).replace("@", " at ")
            for one in _red(self._checking.verdicts(hunk))
            for finding in one.fresh
        ]
        words = "mend what was found in it and change nothing else. Found: " + "; ".join(found[:MOST_TOLD])
        await self._versions.again(hunk.id, words, "repaired")


def _red(verdicts: Sequence[CheckResult]) -> list[CheckResult]:
    return [one for one in verdicts if one.outcome is Outcome.WORSE]
