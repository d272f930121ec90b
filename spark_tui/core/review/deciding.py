"""Decisions on hunks: accepting in two steps around the disk, rejecting rows, choosing a place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from enum import StrEnum

from spark_tui.core.diff import changed_blocks
from spark_tui.core.review.book import Book
from spark_tui.core.review.document import Document
from spark_tui.core.review.form import Form, amended, context, decided, open_items, picked_items
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rows import rows_changes, tokens
from spark_tui.core.review.staging import (
    REFERENCE,
    SAFE,
    Outcome,
    Picks,
    Rehearsed,
    accept,
    rehearsal,
    why_not,
)
from spark_tui.core.review.steps import Trace
from spark_tui.core.review.values import HunkState, Plan, PlannedFile, Verdict
from spark_tui.core.text import ChangeSet, Text
from spark_tui.core.values import dataclass

AMENDED = "It was changed since the model wrote it."
REPROPOSED = "It was proposed anew for the lines as they are now."


@dataclass(frozen=True, slots=True)
class Entry:
    """One hunk before and after a decision."""

    hunk: Hunk
    kept: Form
    """The hunk's form before the decision."""
    before: Form
    """The form that its lines had, which is another one if it was joined with the person's changes."""
    after: Form
    state: HunkState
    note: str
    start: int | None
    amended: bool = False
    round: int = 0
    """Hunks of a later round build on those of earlier ones."""


@dataclass(frozen=True, slots=True)
class Landed:
    """One file before and after a decision."""

    document: Document
    before: Text | None
    after: Text | None
    changes: ChangeSet | None
    path_before: str
    path_after: str
    traces: tuple[Trace, ...]
    """What each round left in the document."""

    def planned(self, hunks: tuple[str, ...]) -> PlannedFile:
        """Return it as others may see it."""
        moved = self.path_before if self.path_before != self.path_after else None
        return PlannedFile(self.path_after, self.before, self.after, self.changes, moved, hunks)


LOST = frozenset({HunkState.CONFLICTED, HunkState.STALE, HunkState.UNPLACED})
"""States in which a hunk can be proposed anew for the text as it is."""


class DecisionKind(StrEnum):
    """What a decision did."""

    ACCEPT = "accept"
    REJECT = "reject"
    CHOOSE = "choose"
    AMEND = "amend"
    REPROPOSE = "repropose"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that can be taken back."""

    kind: DecisionKind
    label: str
    entries: tuple[Entry, ...]
    files: tuple[Landed, ...] = ()
    picks: tuple[tuple[str, frozenset[int]], ...] = ()
    line: int = 0
    """The line that was chosen."""
    lines: tuple[str, ...] = ()
    """What the hunk's lines were to become."""
    stop: int = 0
    """The line behind those that were proposed anew."""


@dataclass(slots=True)
class History:
    """Decisions in order, and those taken back."""

    done: list[Decision] = field(default_factory=list)
    undone: list[Decision] = field(default_factory=list)
    forgone: list[Decision] = field(default_factory=list)
    """Accepts that were taken back and can be made again only by a step through the checkpoints."""

    def remember(self, decision: Decision, again: bool = False) -> None:
        """Add a decision; unless it is one made again, what was taken back before can't come back."""
        self.done.append(decision)
        if not again:
            self.forgone += [each for each in self.undone if each.kind is DecisionKind.ACCEPT]
            self.undone.clear()


class Deciding:
    """Makes decisions on the hunks of a book."""

    def __init__(self, book: Book, history: History) -> None:
        self._book = book
        self._history = history
        self._policy = REFERENCE if book.profile == "codex" else SAFE
        self._rehearsed: dict[int, Rehearsed] = {}
        """What was worked out for the next plan, by the identity of the document."""

    def rehearse(self, ids: Iterable[str], picks: Picks) -> Iterator[int]:
        """Work out, file by file, what a plan needs; yields for how many hunks. Nothing is changed by it."""
        hunks, _ = known(self._book, ids)
        for document, own in by_document(self._book, hunks):
            if self._target(document, own, []) is None:
                own = [hunk for hunk in own if hunk.new_path is None]
            self._rehearsal(document, own, picks)
            yield len(own)

    def _rehearsal(self, document: Document, own: Sequence[Hunk], picks: Picks) -> Rehearsed:
        found = self._rehearsed.get(id(document))
        if found is None or not found.is_fresh(document, own, picks):
            found = self._rehearsed[id(document)] = rehearsal(document, own, picks, self._policy)
        return found

    def plan(self, ids: Iterable[str], picks: Picks, again: bool = False) -> Plan:
        """Work out what accepting hunks does to their files, without doing it."""
        hunks, left_out = known(self._book, ids)
        files: list[PlannedFile] = []
        done: list[str] = []
        for document, own in by_document(self._book, hunks):
            target = self._target(document, own, left_out)
            if target is None:
                own = [hunk for hunk in own if hunk.new_path is None]
            worked = self._rehearsal(document, own, picks)
            outcome, after = worked.outcome, worked.after
            left_out += outcome.left_out
            names = tuple(step.hunk.origin.id for step in outcome.done)
            done += names
            landed = landed_file(document, document.text, after, outcome, document.path, target)
            if names and (landed.path_before != landed.path_after or not same(landed.before, landed.after)):
                files.append(landed.planned(names))
        rows = tuple((id, rows) for id, rows in picks.items() if id in done)
        label = self.label("Accept", done)
        plan = Plan(tuple(files), Verdict.ACCEPT, tuple(done), tuple(left_out), label, rows)
        if plan.empty and plan.hunks and not again:
            # There is nothing to land: what changes no byte is accepted at once.
            self.commit(plan)
        return plan

    def commit(self, plan: Plan, again: bool = False) -> tuple[PlannedFile, ...]:
        """Make a plan that has landed true for hunks and buffers; return what each buffer went through."""
        hunks, _ = known(self._book, plan.hunks)
        picks = dict(plan.picks)
        entries: list[Entry] = []
        files: list[Landed] = []
        out: list[PlannedFile] = []
        for document, own in by_document(self._book, hunks):
            target = self._target(document, own, [])
            before, path = document.text, document.path
            memos = {hunk.origin.id: entry_of(hunk) for hunk in own}
            worked = self._rehearsed.get(id(document))
            ready = worked.staged if worked and worked.is_fresh(document, own, picks) else None
            outcome = accept(document, own, picks, self._policy, ready)
            for number, staged in enumerate(outcome.rounds):
                for step in staged.steps:
                    memo = memos[step.hunk.origin.id]
                    entries.append(replace(memo, before=step.before, after=step.form, round=number))
            if target is not None and target != path:
                self._book.move(document, target)
            landed = landed_file(document, before, document.text, outcome, path, document.path)
            document.text = landed.after
            files.append(landed)
            out.append(landed.planned(tuple(step.hunk.origin.id for step in outcome.done)))
        self._rehearsed.clear()
        if not entries:
            return ()
        decision = Decision(DecisionKind.ACCEPT, plan.label, tuple(entries), tuple(files), plan.picks)
        self._history.remember(decision, again)
        return tuple(out)

    def reject(self, ids: Iterable[str], picks: Picks, again: bool = False) -> bool:
        """Reject hunks, or the picked rows of them; return whether anything was."""
        entries: list[Entry] = []
        for hunk in known(self._book, ids)[0]:
            if hunk.is_decided:
                continue
            if hunk.state is HunkState.STREAMING:
                hunk.latch = Verdict.REJECT
                hunk.touch()
                continue
            picked = picks.get(hunk.origin.id)
            if picked is not None and not picked_items(hunk.current, picked):
                continue
            memo = entry_of(hunk)
            _reject(hunk, picked)
            entries.append(replace(memo, after=hunk.form))
            document = self._book.document_of(hunk)
            hunk.settle(document.text)
            document.refresh()
        if entries:
            names = [entry.hunk.origin.id for entry in entries]
            rows = tuple((id, rows) for id, rows in picks.items() if id in names)
            label = self.label("Reject", names)
            self._history.remember(Decision(DecisionKind.REJECT, label, tuple(entries), (), rows), again)
        return bool(entries)

    def choose(self, id: str, line: int, again: bool = False) -> bool:
        """Put a hunk where the person wants it; return whether it can stand there."""
        hunk = self._book.hunks.get(id)
        if hunk is None or hunk.is_decided or hunk.state in (HunkState.STREAMING, HunkState.REFUSED):
            return False
        document = self._book.document_of(hunk)
        memo = entry_of(hunk)
        if not document.place(hunk, line):
            return False
        label = self.label("Place", [id])
        entry = replace(memo, after=hunk.form)
        self._history.remember(Decision(DecisionKind.CHOOSE, label, (entry,), (), (), line), again)
        document.refresh()
        return True

    def amend(self, id: str, lines: Sequence[str], again: bool = False) -> bool:
        """Let a hunk turn its lines into other ones than the model wrote; return whether that can be."""
        hunk = self._book.hunks.get(id)
        if hunk is None or not hunk.is_live or hunk.state not in (HunkState.PROPOSED, HunkState.AMBIGUOUS):
            return False
        memo = entry_of(hunk)
        form = amended(hunk.current, lines)
        if not open_items(form):
            return False
        hunk.form, hunk.rebased, hunk.amended, hunk.plain_note = form, None, True, AMENDED
        hunk.touch()
        hunk.settle(self._book.document_of(hunk).text)
        entry = replace(memo, after=form)
        label = self.label("Edit", [id])
        decision = Decision(DecisionKind.AMEND, label, (entry,), lines=tuple(lines))
        self._history.remember(decision, again)
        return True

    def repropose(self, id: str, first: int, stop: int, lines: Sequence[str], again: bool = False) -> bool:
        """Let a hunk in conflict, or without a place, turn the rows from `first` to `stop` into `lines`.

        A hunk that has a place keeps it. Returns whether that can be.
        """
        hunk = self._book.hunks.get(id)
        if hunk is None or hunk.is_decided or hunk.state not in LOST:
            return False
        document = self._book.document_of(hunk)
        text = document.text
        if hunk.start is not None:
            first, stop = hunk.start, hunk.stop
        if text is None or not document.is_free(hunk, first, stop):
            return False
        form = amended(tuple(context(token) for token in tokens(text, first, stop)), lines)
        if not open_items(form):
            return False
        memo = entry_of(hunk)
        hunk.form, hunk.rebased, hunk.start, hunk.stop, hunk.wait = form, None, first, stop, None
        hunk.state, hunk.is_open_place, hunk.amended = HunkState.PROPOSED, False, True
        hunk.plain_note = REPROPOSED
        hunk.touch()
        hunk.settle(text)
        label = self.label("Propose anew", [id])
        entry = replace(memo, after=form)
        decision = Decision(
            DecisionKind.REPROPOSE, label, (entry,), line=first, lines=tuple(lines), stop=stop
        )
        self._history.remember(decision, again)
        return True

    def refuse(self, plan: Plan, path: str, sentence: str) -> None:
        """The disk refused a file of a plan: its undecided hunks turn stale."""
        undone = self._history.undone
        if undone and tuple(entry.hunk.origin.id for entry in undone[-1].entries) == plan.hunks:
            undone.pop()
        for planned in plan.files:
            if planned.path != path:
                continue
            for id in planned.hunks:
                hunk = self._book.hunks[id]
                if not hunk.is_decided:
                    hunk.start = None
                    hunk.turn_to(HunkState.STALE, sentence)

    def _target(self, document: Document, own: Sequence[Hunk], left_out: list[tuple[str, str]]) -> str | None:
        """Return the path of the document after accepting hunks; None if a rename among them can't be."""
        target = document.path
        for hunk in own:
            if hunk.new_path is None or why_not(hunk, {}, self._policy):
                continue
            there = self._book.documents.get(hunk.new_path)
            if there is not None and there is not document and there.text is not None:
                left_out.append((hunk.origin.id, f"There is a file {hunk.new_path} already."))
                return None
            target = hunk.new_path
        return target

    def label(self, verb: str, ids: Sequence[str]) -> str:
        """Say what a decision on hunks does, in a few words for people."""
        paths = list(dict.fromkeys(self._book.hunks[id].path for id in ids))
        hunks = "1 hunk" if len(ids) == 1 else f"{len(ids)} hunks"
        where = paths[0] if len(paths) == 1 else f"{len(paths)} files"
        return f"{verb} {hunks} in {where}" if ids else ""


def _reject(hunk: Hunk, picked: frozenset[int] | None) -> None:
    """Note on a hunk that it, or the picked rows of it, are rejected."""
    if picked is None:
        wanted = open_items(hunk.form)
    else:
        hunk.form, hunk.rebased = hunk.current, None
        wanted = picked_items(hunk.form, picked)
    hunk.form = decided(hunk.form, dict.fromkeys(wanted, Verdict.REJECT), "", "\n")
    if open_items(hunk.form):
        hunk.touch()
        return
    some = any(item.verdict is Verdict.ACCEPT for item in hunk.form)
    hunk.whole = Verdict.ACCEPT if some else Verdict.REJECT
    hunk.rebased = None
    hunk.turn_to(HunkState.APPLIED if some else HunkState.REJECTED)
    hunk.tell_echo()


def known(book: Book, ids: Iterable[str]) -> tuple[list[Hunk], list[tuple[str, str]]]:
    """Look hunks up; ids that nobody knows are left out with a sentence."""
    unique = list(dict.fromkeys(ids))
    hunks = [book.hunks[id] for id in unique if id in book.hunks]
    return hunks, [(id, "There is no such hunk.") for id in unique if id not in book.hunks]


def by_document(book: Book, hunks: Iterable[Hunk]) -> list[tuple[Document, list[Hunk]]]:
    """Group hunks by the document they lie in."""
    groups: dict[int, tuple[Document, list[Hunk]]] = {}
    for hunk in hunks:
        document = book.document_of(hunk)
        groups.setdefault(id(document), (document, []))[1].append(hunk)
    return list(groups.values())


def entry_of(hunk: Hunk) -> Entry:
    """Note how a hunk is before a decision."""
    return Entry(hunk, hunk.form, hunk.current, hunk.current, hunk.state, hunk.note, hunk.start, hunk.amended)


def same(one: Text | None, two: Text | None) -> bool:
    """Say whether two texts, or no texts, stand for the same bytes."""
    if one is None or two is None:
        return one is two
    return one is two or one.same_content(two)


def landed_file(
    document: Document,
    before: Text | None,
    after: Text | None,
    outcome: Outcome,
    path: str,
    target: str | None,
) -> Landed:
    """Note what became of a file."""
    changes: ChangeSet | None = None
    if before is not None and after is not None and before.same_content(after):
        after = before
    elif before is not None and after is not None:
        if len(outcome.rounds) == 1 and outcome.rounds[0].changes is not None:
            changes = outcome.rounds[0].changes
        else:
            changes = difference(before, after)
            after = before.apply(changes)
    return Landed(document, before, after, changes, path, target or path, tuple(outcome.traces))


def difference(before: Text, after: Text) -> ChangeSet:
    """Return changes that turn one text into another."""
    old, new = tokens(before, 0, before.row_count), tokens(after, 0, after.row_count)
    edits = [(b.old_start, b.old_stop, new[b.new_start : b.new_stop]) for b in changed_blocks(old, new)]
    changes = rows_changes(before, edits)
    if before.apply(changes).same_content(after):
        return changes
    return before.replace(before.full_span(), after.slice(after.full_span()))
