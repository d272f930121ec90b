"""Works accepted hunks into a document, round by round: hunks that wait for others come after these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from spark_tui.core.review.document import Document
from spark_tui.core.review.form import decided, open_items, picked_items, runs_between
from spark_tui.core.review.hunk import TAKEN_BACK, Hunk
from spark_tui.core.review.rows import ending_above
from spark_tui.core.review.steps import Staged, Step, Trace, placed_runs
from spark_tui.core.review.values import HunkState, Verdict
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass

Picks = Mapping[str, frozenset[int]]
"""Hunk id to the numbers of the rows that are decided; a hunk that is not in it is decided as a whole."""

NO_ROWS = "None of these rows is still to be decided."
OVERLAP = "It changes the same lines as another hunk that is accepted with it."


@dataclass(frozen=True, slots=True)
class Policy:
    """How hunks are accepted."""

    first_place: bool = False
    """Whether a hunk that fits in several places goes to the first of them."""
    uniform_ending: bool = False
    """Whether all new lines get the ending of the file's first line."""


SAFE = Policy()
FIRST_PLACE = Policy(first_place=True)
REFERENCE = Policy(first_place=True, uniform_ending=True)
"""What the reference tool does."""


@dataclass(slots=True)
class Outcome:
    """What came of accepting hunks of one document."""

    done: list[Step] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    rounds: list[Staged] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    """What each round left in the document, to take it back."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What accepting hunks of a document would do, as long as nothing of it changes."""

    document: Document
    text: Text | None
    """The document's text then."""
    hunks: tuple[tuple[str, int], ...]
    """Ids and revisions of the hunks then."""
    picks: tuple[frozenset[int] | None, ...]
    outcome: Outcome
    after: Text | None

    def is_fresh(self, document: Document, hunks: Sequence[Hunk], picks: Picks) -> bool:
        """Whether it still holds for just these hunks and rows."""
        return (
            self.document is document
            and self.text is document.text
            and self.hunks == _stamps(hunks)
            and self.picks == tuple(picks.get(hunk.origin.id) for hunk in hunks)
        )

    @property
    def staged(self) -> Staged | None:
        """The only round, if all hunks take part in it."""
        rounds = self.outcome.rounds
        return rounds[0] if len(rounds) == 1 and len(rounds[0].steps) == len(self.hunks) else None


def _stamps(hunks: Iterable[Hunk]) -> tuple[tuple[str, int], ...]:
    return tuple((hunk.origin.id, hunk.revision) for hunk in hunks)


def accept(
    document: Document, hunks: Iterable[Hunk], picks: Picks, policy: Policy, staged: Staged | None = None
) -> Outcome:
    """Land hunks in a document. Those that can't be are left out, each with a sentence.

    `staged` is what was worked out for all of them already.
    """
    outcome = Outcome()
    if staged is not None:
        _land(document, staged, outcome)
        return outcome
    rest = list(hunks)
    while rest:
        ready = [hunk for hunk in rest if not why_not(hunk, picks, policy)]
        # A file goes away after everything else that is done to it.
        ready = [hunk for hunk in ready if not hunk.deletes] or ready
        steps = [accept_step(hunk, document.text, picks, policy) for hunk in ready]
        steps = without_overlaps(steps, outcome.left_out)
        if not steps:
            break
        _land(document, document.stage(steps), outcome)
        tried = {hunk.origin.order for hunk in ready}
        rest = [hunk for hunk in rest if hunk.origin.order not in tried]
    outcome.left_out += [(hunk.origin.id, why_not(hunk, picks, policy)) for hunk in rest]
    return outcome


def _land(document: Document, staged: Staged, outcome: Outcome) -> None:
    for step in staged.steps:
        mark(step.hunk, step)
    outcome.traces.append(document.land(staged))
    for step in staged.steps:
        step.hunk.settle(document.text)
    outcome.done += staged.steps
    outcome.rounds.append(staged)


def rehearsal(document: Document, hunks: Sequence[Hunk], picks: Picks, policy: Policy) -> Rehearsed:
    """Work out what accepting hunks would do, without doing it, and keep on what it stands."""
    before, stamps = document.text, _stamps(hunks)
    outcome, after = _rehearse(document, hunks, picks, policy)
    if any(hunk.wait is not None for hunk in hunks):
        # What waits depends on other hunks, too.
        stamps = ()
    chosen = tuple(picks.get(hunk.origin.id) for hunk in hunks)
    return Rehearsed(document, before, stamps, chosen, outcome, after)


def _rehearse(
    document: Document, hunks: Sequence[Hunk], picks: Picks, policy: Policy
) -> tuple[Outcome, Text | None]:
    if len(hunks) > 1 and any(hunk.wait is not None or hunk.deletes for hunk in hunks):
        trial = document.clone()
        twins = {hunk.origin.order: hunk for hunk in trial.hunks}
        outcome = accept(trial, [twins[hunk.origin.order] for hunk in hunks], picks, policy)
        return outcome, trial.text
    reasons = [(hunk, why_not(hunk, picks, policy)) for hunk in hunks]
    outcome = Outcome(left_out=[(hunk.origin.id, reason) for hunk, reason in reasons if reason])
    steps = [accept_step(hunk, document.text, picks, policy) for hunk, reason in reasons if not reason]
    outcome.done = without_overlaps(steps, outcome.left_out)
    if not outcome.done:
        return outcome, document.text
    outcome.rounds.append(document.stage(outcome.done))
    return outcome, outcome.rounds[0].after


def why_not(hunk: Hunk, picks: Picks, policy: Policy) -> str:
    """Say why a hunk can't be accepted now; empty if it can."""
    match hunk.state:
        case HunkState.PROPOSED | HunkState.AMBIGUOUS:
            if hunk.start is None or hunk.state is HunkState.AMBIGUOUS and not policy.first_place:
                return hunk.note
            picked = picks.get(hunk.origin.id)
            return "" if picked is None or picked_items(hunk.current, picked) else NO_ROWS
        case HunkState.STREAMING:
            return "It is still streaming."
        case HunkState.APPLIED:
            return "It is applied already."
        case HunkState.REJECTED:
            return "It is rejected."
        case _:
            return hunk.note


def accept_step(hunk: Hunk, text: Text | None, picks: Picks, policy: Policy) -> Step:
    """Return the step that accepts a hunk, or the picked rows of it."""
    old = hunk.current
    picked = picks.get(hunk.origin.id)
    wanted = open_items(old) if picked is None else picked_items(old, picked)
    above = ending_above(text, hunk.start or 0)
    newline = text.newline if text is not None else "\n"
    uniform = first_ending(text) if policy.uniform_ending else ""
    new = decided(old, dict.fromkeys(wanted, Verdict.ACCEPT), above, newline, uniform)
    exists = None
    if hunk.creates:
        exists = True
    elif hunk.deletes and not open_items(new):
        exists = False
    return Step(hunk, old, new, tuple(runs_between(old, new)), exists)


def first_ending(text: Text | None) -> str:
    """Return the ending of the first line, which the reference tool gives to every new line."""
    return (text.ending(0) if text is not None else "") or "\n"


def mark(hunk: Hunk, step: Step) -> None:
    """Note on the hunk what the step decides."""
    if not open_items(step.form):
        hunk.whole = Verdict.ACCEPT
        hunk.is_open_place, hunk.choices, hunk.latch = False, [], None
        hunk.turn_to(HunkState.APPLIED)
        hunk.plain_note = "" if hunk.plain_note == TAKEN_BACK else hunk.plain_note
        hunk.tell_echo()


def without_overlaps(steps: Sequence[Step], left_out: list[tuple[str, str]]) -> list[Step]:
    """Drop steps that change rows which an earlier one changes, and say so."""
    bad: set[str] = set()
    placed = [(edit, step) for step in steps for edit, _ in placed_runs(step)]
    placed.sort(key=lambda pair: (pair[0].start, pair[0].stop, pair[1].hunk.origin.order))
    reach: tuple[int, Step] | None = None
    for edit, step in placed:
        if reach is not None and edit.start < reach[0] and reach[1] is not step:
            later = max(step, reach[1], key=lambda each: each.hunk.origin.order)
            bad.add(later.hunk.origin.id)
        if reach is None or edit.stop > reach[0]:
            reach = edit.stop, step
    left_out += [(id, OVERLAP) for id in sorted(bad)]
    return [step for step in steps if step.hunk.origin.id not in bad]
