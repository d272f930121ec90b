"""Takes decisions back and makes them again, exactly where nothing else changed, and by merging where it did."""

from collections.abc import Sequence
from dataclasses import replace

from spark_tui.core.diff import merge
from spark_tui.core.edits import FileOp
from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import (
    Deciding,
    Decision,
    DecisionKind,
    Entry,
    History,
    Landed,
    landed_file,
    same,
)
from spark_tui.core.review.document import Document, Staged, Step
from spark_tui.core.review.form import expected, runs_between, runs_of_lines, stretched
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rows import tokens
from spark_tui.core.review.staging import Outcome
from spark_tui.core.review.values import HunkState, Plan, PlannedFile, Verdict

TYPED_SINCE = "You changed these lines since; undo that first."
NO_PLACE = "Its lines can no longer be told apart in the file."


class Undoing:
    """Undo and redo over all decisions of the session."""

    def __init__(self, book: Book, history: History, deciding: Deciding) -> None:
        self._book = book
        self._history = history
        self._deciding = deciding

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty where there is nothing."""
        return self._history.done[-1].label if self._history.done else ""

    @property
    def redo_label(self) -> str:
        """What redo would make again; empty where there is nothing."""
        return self._history.undone[-1].label if self._history.undone else ""

    def undo(self) -> Plan | None:
        """Take the last decision back at once, or return the plan to land where bytes change."""
        if not self._history.done:
            return None
        decision = self._history.done[-1]
        if decision.kind == DecisionKind.ACCEPT:
            return self._plan_back(decision)
        for entry in reversed(decision.entries):
            document = self._book.document_of(entry.hunk)
            entry.hunk.form = stretched(entry.kept, entry.after, entry.hunk.form)
            entry.hunk.rebased = None
            reopen(entry.hunk, entry, document)
            if entry.state is HunkState.AMBIGUOUS and entry.hunk.choices:
                document.put(entry.hunk, entry.hunk.choices[0])
        self._history.done.pop()
        self._history.undone.append(decision)
        return Plan((), Verdict.REJECT, _names(decision), (), decision.label)

    def commit_undo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """The plan of an undo has landed."""
        decision = self._history.done.pop()
        out: list[PlannedFile] = []
        for landed in reversed(decision.files):
            document, path, before = landed.document, landed.document.path, landed.document.text
            outcome = take_back(document, landed, decision.entries)
            if landed.path_before != path:
                self._book.move(document, landed.path_before)
            names = tuple(step.hunk.origin.id for step in outcome.done)
            now = landed_file(document, before, document.text, outcome, path, document.path)
            out.append(now.planned(names))
        self._history.undone.append(decision)
        return tuple(out)

    def redo(self) -> Plan | None:
        """Make the decision taken back last again at once, or return the plan to land where bytes change."""
        if not self._history.undone:
            return None
        decision = self._history.undone[-1]
        picks = dict(decision.picks)
        names = _names(decision)
        match decision.kind:
            case DecisionKind.ACCEPT:
                return replace(self._deciding.plan(names, picks), label=decision.label)
            case DecisionKind.REJECT:
                self._deciding.reject(names, picks, again=True)
            case _:
                self._deciding.choose(names[0], decision.line, again=True)
        self._history.undone.pop()
        return Plan((), Verdict.REJECT, names, (), decision.label)

    def commit_redo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """The plan of a redo has landed."""
        self._history.undone.pop()
        return self._deciding.commit(plan, again=True)

    def _plan_back(self, decision: Decision) -> Plan:
        files: list[PlannedFile] = []
        left_out: list[tuple[str, str]] = []
        done: list[str] = []
        for landed in reversed(decision.files):
            document = landed.document
            trial = document.clone()
            outcome = take_back(trial, landed, decision.entries)
            left_out += outcome.left_out
            names = tuple(step.hunk.origin.id for step in outcome.done)
            done += names
            back = landed_file(
                document, document.text, trial.text, outcome, document.path, landed.path_before
            )
            if names and (back.path_before != back.path_after or not same(back.before, back.after)):
                files.append(back.planned(names))
        return Plan(tuple(files), Verdict.REJECT, tuple(done), tuple(left_out), decision.label)


def take_back(document: Document, landed: Landed, entries: Sequence[Entry]) -> Outcome:
    """Make a document what it was before a decision, as far as the person's changes allow."""
    outcome = Outcome()
    exact = same(document.text, landed.after)
    hunks = {hunk.origin.id: hunk for hunk in document.hunks}
    own = [entry for entry in entries if entry.hunk.origin.id in hunks]
    for round in sorted({entry.round for entry in own}, reverse=True):
        pairs = [(hunks[entry.hunk.origin.id], entry) for entry in own if entry.round == round]
        steps = [_step_back(document, hunk, entry, outcome) for hunk, entry in pairs]
        staged = document.stage([step for step in steps if step is not None])
        if exact and round == 0 and not outcome.left_out:
            staged = _exactly(document, landed, staged)
        document.land(staged)
        for hunk, entry in pairs:
            if any(step is not None and step.hunk is hunk for step in steps):
                reopen(hunk, entry, document)
        outcome.done += staged.steps
        outcome.rounds.append(staged)
    return outcome


def _step_back(document: Document, hunk: Hunk, entry: Entry, outcome: Outcome) -> Step | None:
    """Return the step that takes one hunk back; None, and a sentence, where that can't be."""
    if hunk.start is None:
        outcome.left_out.append((hunk.origin.id, NO_PLACE))
        return None
    after = hunk.form
    before = stretched(entry.before, entry.after, after)
    kept = stretched(entry.kept, entry.after, after)
    exists = None
    if hunk.creates:
        exists = False
    elif hunk.origin.op is FileOp.DELETE:
        exists = True
    now = tokens(document.text, hunk.start, hunk.stop)
    if now == expected(after):
        runs, length = runs_between(after, before), len(expected(before))
    else:
        joined = merge(expected(after), now, expected(before))
        if joined is None:
            outcome.left_out.append((hunk.origin.id, TYPED_SINCE))
            return None
        runs, length = runs_of_lines(now, joined), len(joined)
    return Step(hunk, after, kept, tuple(runs), length, exists)


def _exactly(document: Document, landed: Landed, staged: Staged) -> Staged:
    """Replace a staged text by the very bytes there were, which rows alone do not tell at the end of a file."""
    if landed.before is None:
        return replace(staged, after=None, changes=None)
    if document.text is None or landed.changes is None:
        return replace(staged, after=landed.before)
    back = replace(landed.before.invert(landed.changes), base=document.text.revision)
    after = document.text.apply(back)
    return replace(staged, after=after, changes=back) if after.same_content(landed.before) else staged


def reopen(hunk: Hunk, entry: Entry, document: Document) -> None:
    """Let a hunk be as it was before a decision."""
    hunk.whole = None
    hunk.is_open_place = entry.state is HunkState.AMBIGUOUS
    if entry.start is None and hunk.wait is None:
        hunk.start = None
        hunk.turn_to(entry.state, entry.note)
        return
    hunk.state = HunkState.PROPOSED
    hunk.touch()
    hunk.settle(document.text)
    document.refresh()


def _names(decision: Decision) -> tuple[str, ...]:
    return tuple(entry.hunk.origin.id for entry in decision.entries)
