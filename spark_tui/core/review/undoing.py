"""Takes decisions back and makes them again, exactly where nothing else changed, and by merging where it did."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import (
    AMENDED,
    REPROPOSED,
    Deciding,
    Decision,
    DecisionKind,
    Entry,
    History,
    Landed,
    landed_file,
    same,
)
from spark_tui.core.review.document import Document
from spark_tui.core.review.form import stretched
from spark_tui.core.review.hunk import AGAIN, Hunk
from spark_tui.core.review.scar import Scar
from spark_tui.core.review.staging import Outcome
from spark_tui.core.review.steps import Placed, Staged, Step, Trace
from spark_tui.core.review.values import HunkState, Plan, PlannedFile, Verdict
from spark_tui.core.review.window import Key, RowEdit

TYPED_SINCE = "You changed these lines since; undo that first."


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
        if decision.kind is DecisionKind.ACCEPT:
            plan = self._plan_back(decision)
            if plan.empty and not plan.left_out:
                self.commit_undo(plan)
            return plan
        for entry in reversed(decision.entries):
            document = self._book.document_of(entry.hunk)
            entry.hunk.form = stretched(entry.kept, entry.after, entry.hunk.form)
            entry.hunk.rebased = None
            reopen(entry.hunk, entry, document)
            if decision.kind is DecisionKind.CHOOSE and entry.hunk.choices and entry.hunk.is_open_place:
                document.show_at(entry.hunk, entry.hunk.choices[0])
        self._history.done.pop()
        self._history.undone.append(decision)
        return Plan((), Verdict.REJECT, _names(decision), (), decision.label)

    def commit_undo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """The plan of an undo has landed."""
        decision = self._history.done.pop()
        entries = self._by_document(decision)
        out: list[PlannedFile] = []
        for landed in reversed(decision.files):
            document, path, before = landed.document, landed.document.path, landed.document.text
            outcome = take_back(document, landed, entries.get(id(document), ()))
            if landed.path_before != path:
                self._book.move(document, landed.path_before)
            names = tuple(step.hunk.origin.id for step in outcome.done)
            now = landed_file(document, before, document.text, outcome, path, document.path)
            document.text = now.after
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
                plan = replace(self._deciding.plan(names, picks, again=True), label=decision.label)
                if plan.empty and plan.hunks:
                    self.commit_redo(plan)
                return plan
            case DecisionKind.REJECT:
                self._deciding.reject(names, picks, again=True)
            case DecisionKind.CHOOSE:
                self._deciding.choose(names[0], decision.line, again=True)
            case DecisionKind.AMEND:
                self._deciding.amend(names[0], decision.lines, again=True)
            case DecisionKind.REPROPOSE:
                self._deciding.repropose(names[0], decision.line, decision.stop, decision.lines, again=True)
            case _:
                assert_never(decision.kind)
        self._history.undone.pop()
        return Plan((), Verdict.REJECT, names, (), decision.label)

    def commit_redo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """The plan of a redo has landed."""
        self._history.undone.pop()
        return self._deciding.commit(plan, again=True)

    def _by_document(self, decision: Decision) -> dict[int, list[Entry]]:
        """Return the hunks of a decision by the document they lie in."""
        found: dict[int, list[Entry]] = {}
        for entry in decision.entries:
            found.setdefault(id(self._book.document_of(entry.hunk)), []).append(entry)
        return found

    def _plan_back(self, decision: Decision) -> Plan:
        files: list[PlannedFile] = []
        left_out: list[tuple[str, str]] = []
        done: list[str] = []
        entries = self._by_document(decision)
        for landed in reversed(decision.files):
            document = landed.document
            trial = document.clone()
            outcome = take_back(trial, landed, entries.get(id(document), ()))
            left_out += outcome.left_out
            names = tuple(step.hunk.origin.id for step in outcome.done)
            done += names
            back = landed_file(
                document, document.text, trial.text, outcome, document.path, landed.path_before
            )
            if names and (back.path_before != back.path_after or not same(back.before, back.after)):
                files.append(back.planned(names))
        return Plan(tuple(files), Verdict.REJECT, tuple(done), tuple(left_out), decision.label)


def take_back(document: Document, landed: Landed, entries: Sequence[Entry], anyway: bool = False) -> Outcome:
    """Make a document what it was before a decision, as far as the person's changes allow.

    With `anyway` all hunks are open afterwards, those too whose lines stay because the person changed them.
    """
    outcome = Outcome()
    exact = same(document.text, landed.after)
    hunks = {hunk.origin.id: hunk for hunk in document.hunks}
    own = {entry.hunk.origin.id: entry for entry in entries if entry.hunk.origin.id in hunks}
    for number, trace in reversed(list(enumerate(landed.traces))):
        if exact:
            placed = [Placed(edit, old) for edit, old in zip(trace.edits.inverse(), trace.old, strict=True)]
            bad: set[str] = set()
        else:
            placed, bad = _placed_back(document, trace, hunks)
        outcome.left_out += [(id, TYPED_SINCE) for id in sorted(bad) if not anyway]
        ready = [id for id, entry in own.items() if entry.round == number and (anyway or id not in bad)]
        steps = tuple(_step_back(hunks[id], own[id]) for id in ready)
        staged = document.stage_placed(steps, placed)
        if exact and number == 0:
            staged = _exactly(document, landed, staged)
        document.forget(trace)
        document.forget(document.land(staged))
        for id in ready:
            reopen(hunks[id], own[id], document)
        if exact:
            document.restore(trace)
        else:
            document.settle()
        outcome.done += steps
        outcome.rounds.append(staged)
    return outcome


def _placed_back(
    document: Document, trace: Trace, hunks: Mapping[str, Hunk]
) -> tuple[list[Placed], set[str]]:
    """Return the rows that take scars back, and the hunks whose scars the person's changes reach into."""
    bad: set[str] = set()
    found: list[tuple[Scar, list[str]]] = []
    for id in trace.scars:
        scar = document.scars[id]
        old = scar.undone(document.text)
        if old is None:
            bad.add(scar.hunk)
        else:
            found.append((scar, old))
    found.sort(key=lambda pair: (pair[0].start, pair[0].stop))
    for (one, _), (two, _) in zip(found, found[1:], strict=False):
        if two.start < one.stop:
            bad |= {one.hunk, two.hunk}
    placed: list[Placed] = []
    for scar, old in found:
        if scar.hunk not in bad:
            hunk = hunks[scar.hunk]
            start = scar.start if hunk.start is None else hunk.start
            key = Key(start, max(start, hunk.stop), hunk.origin.order)
            placed.append(Placed(RowEdit(scar.start, scar.stop, len(old), key), old))
    return placed, bad


def _step_back(hunk: Hunk, entry: Entry) -> Step:
    """Return what taking a decision back makes of its hunk; what that does to rows is in the scars."""
    exists = None
    if hunk.creates:
        exists = False
    elif hunk.deletes:
        exists = True
    return Step(hunk, hunk.form, stretched(entry.kept, entry.after, hunk.form), (), exists)


def _exactly(document: Document, landed: Landed, staged: Staged) -> Staged:
    """Replace a staged text by the very bytes there were, which rows alone do not tell at the end of a file."""
    if landed.before is None:
        return replace(staged, after=None, changes=None)
    if document.text is None:
        return replace(staged, after=landed.before)
    if landed.changes is None or not same(document.text, landed.after):
        return replace(staged, after=landed.before.at_revision(document.text.revision + 1), changes=None)
    back = replace(landed.before.invert(landed.changes), base=document.text.revision)
    after = document.text.apply(back)
    return replace(staged, after=after, changes=back) if after.same_content(landed.before) else staged


def reopen(hunk: Hunk, entry: Entry, document: Document) -> None:
    """Let a hunk be as it was before a decision."""
    hunk.whole = None
    hunk.amended = entry.amended
    if hunk.plain_note in (AMENDED, REPROPOSED) and not entry.amended:
        hunk.plain_note = ""
    hunk.is_open_place = entry.state is HunkState.AMBIGUOUS
    if hunk.is_replaced:
        hunk.start = None
        hunk.turn_to(HunkState.STALE, AGAIN)
        return
    hunk.tell_echo()
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
