"""What the checks said about edits, and whether it still holds: a verdict is for one state of edit, text and folder."""

from collections.abc import Callable, Collection, Sequence

from spark_tui.core.checks import NO_BADGE, PARSE, Badge, CheckResult, Outcome, badge_of
from spark_tui.core.review import HunkView
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass
from spark_tui.engine.check_trials import READY


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a verdict was given on."""

    revision: int
    text: Text | None
    ground: int
    """State of the folder; -1: it does not matter."""

    def fits(self, other: "Stamp") -> bool:
        """Whether nothing changed since."""
        same_text = self.text is other.text
        return same_text and self.revision == other.revision and self.ground == other.ground


Stamped = tuple[tuple[str, Stamp], ...]
"""Ids of edits, each with the state it is looked at in."""


class Book:
    """Verdicts by edit and tool."""

    def __init__(self, text: Callable[[str], Text | None]) -> None:
        self._text = text
        self._known: dict[str, dict[str, tuple[Stamp, CheckResult | None]]] = {}
        self._badges: dict[str, tuple[HunkView, Text | None, int, bool, Badge]] = {}
        """Words that were found for edits, with all that they depend on: a long review asks for them all the time."""
        self._red: dict[tuple[str, str], tuple[Stamped, CheckResult]] = {}
        self.ground = 0
        """Rises when files on disk change, so that what was said of the whole folder is old."""

    def stamp(self, hunk: HunkView, *, of_folder: bool) -> Stamp:
        """The state of things for an edit."""
        return Stamp(hunk.revision, self._text(hunk.path), self.ground if of_folder else -1)

    def verdicts(self, hunk: HunkView) -> tuple[CheckResult, ...]:
        """What is said of an edit as it is now."""
        known = self._known.get(hunk.id)
        if not known or hunk.state not in READY:
            return ()
        stamps = self.stamp(hunk, of_folder=False), self.stamp(hunk, of_folder=True)
        return tuple(
            verdict
            for stamp, verdict in known.values()
            if verdict is not None and (stamp.fits(stamps[0]) or stamp.fits(stamps[1]))
        )

    def badge(self, hunk: HunkView, is_checking: bool) -> Badge:
        """How the checks of an edit stand, in words."""
        if hunk.state not in READY:
            return NO_BADGE
        text = self._text(hunk.path)
        known = self._badges.get(hunk.id)
        if (
            known is not None
            and known[0] is hunk
            and known[1] is text
            and known[2:4] == (self.ground, is_checking)
        ):
            return known[4]
        badge = badge_of(self.verdicts(hunk), is_checking)
        self._badges[hunk.id] = hunk, text, self.ground, is_checking, badge
        return badge

    def said(self, hunk: str, name: str) -> CheckResult | None:
        """The last verdict of a tool on an edit, whether or not it still holds."""
        known = self._known.get(hunk, {}).get(name)
        return None if known is None else known[1]

    def is_known(self, hunk: str, name: str, stamp: Stamp) -> bool:
        """Whether a tool was asked about an edit in this state."""
        known = self._known.get(hunk, {}).get(name)
        return known is not None and stamp.fits(known[0])

    def does_not_parse(self, hunk: str) -> bool:
        """Whether other checks make no sense."""
        verdict = self.said(hunk, PARSE)
        return verdict is not None and verdict.outcome is Outcome.WORSE

    def put(self, hunk: str, name: str, stamp: Stamp, verdict: CheckResult | None) -> None:
        """Note what a tool said; None: it had nothing to look at."""
        self._badges.pop(hunk, None)
        self._known.setdefault(hunk, {})[name] = stamp, verdict

    def forget(self, hunk: str) -> None:
        """Know nothing of an edit."""
        self._badges.pop(hunk, None)
        self._known.pop(hunk, None)

    def keep_only(self, hunks: Collection[str]) -> None:
        """Forget all others."""
        for gone in self._known.keys() - hunks:
            self.forget(gone)

    # Calls that fail as a whole

    def put_red(self, call: str, name: str, hunks: Stamped, verdict: CheckResult) -> None:
        """Note that the edits of a call fail together."""
        self._red = {key: red for key, red in self._red.items() if key[0] == call}
        self._red[call, name] = hunks, verdict

    def red(self, call: str, name: str, hunks: Stamped) -> CheckResult | None:
        """How the edits of a call failed together; None: they did not, or not in this state."""
        known = self._red.get((call, name))
        return known[1] if known is not None and _same(known[0], hunks) else None

    def blame_all(self, call: str, name: str) -> None:
        """Edits of which none fails alone fail together: let all of them be told so."""
        red = self._red.get((call, name))
        if red is None:
            return
        entries = [self._known.get(hunk, {}).get(name) for hunk, _ in red[0]]
        if any(entry is None or (entry[1] and entry[1].outcome is not Outcome.CLEAN) for entry in entries):
            return
        verdict = CheckResult(
            name, red[1].outcome, red[1].fresh, "Only with the other edits of its call.", red[1].output
        )
        for hunk, stamp in red[0]:
            self.put(hunk, name, stamp, verdict)


def _same(one: Sequence[tuple[str, Stamp]], other: Sequence[tuple[str, Stamp]]) -> bool:
    return len(one) == len(other) and all(
        id == other_id and stamp.fits(other_stamp)
        for (id, stamp), (other_id, other_stamp) in zip(one, other, strict=True)
    )
