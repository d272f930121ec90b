"""Lets decisions follow steps through the checkpoints that were made past the review: files are the truth."""

from collections.abc import Mapping
from dataclasses import replace

from spark_tui.core.edits import find
from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import Deciding, Decision, DecisionKind, Entry, History, Landed, same
from spark_tui.core.review.document import CHECK_PLACE, Document
from spark_tui.core.review.form import bare, expected
from spark_tui.core.review.hunk import TAKEN_BACK
from spark_tui.core.review.rows import tokens
from spark_tui.core.review.undoing import take_back
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass

Texts = Mapping[str, Text | None]
"""What files are after a step, by path; None: there is none."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """Which hunks a step decided anew."""

    opened: tuple[str, ...] = ()
    """Accepted ones of which nothing is left in the files: they are open again."""
    accepted: tuple[str, ...] = ()
    """Open ones that are in the files again."""


class Stepping:
    """Compares what decisions left in files with what the files are after a step."""

    def __init__(self, book: Book, history: History, deciding: Deciding) -> None:
        self._book = book
        self._history = history
        self._deciding = deciding

    def step(self, texts: Texts) -> Stepped:
        """Take the files as they are now. Decisions are taken back and made again as in the review itself."""
        accepted = self._make_again(texts)
        taken = self._exactly_taken(texts)
        for decision, landed in taken:
            self._take(decision, landed)
        self._replace(texts)
        for decision, landed in taken:
            self._note(decision, landed)
        gone = self._otherwise_taken(texts, {id(landed) for _, landed in taken})
        self._remember(taken + gone)
        opened = [id for decision, landed in taken + gone for id in self._names(decision, landed)]
        return Stepped(tuple(opened), tuple(accepted))

    # What is made again.

    def _make_again(self, texts: Texts) -> list[str]:
        made: list[str] = []
        for decision in self._to_make_again(texts):
            names = [entry.hunk.origin.id for entry in decision.entries]
            plan = self._deciding.plan(names, dict(decision.picks), again=True)
            if plan.left_out:
                break
            for kept in (self._history.undone, self._history.forgone):
                kept[:] = [each for each in kept if each is not decision]
            self._deciding.commit(replace(plan, label=decision.label), again=True)
            made += names
        return made

    def _to_make_again(self, texts: Texts) -> list[Decision]:
        """Return the accepts that were taken back last and lead to these texts, the next one first."""
        way: list[Decision] = []
        there: dict[int, Landed] = {}
        for decision in reversed([*self._history.forgone, *self._history.undone]):
            if decision.kind is not DecisionKind.ACCEPT:
                continue
            if not all({landed.path_before, landed.path_after} <= texts.keys() for landed in decision.files):
                break
            way.append(decision)
            there.update((id(landed.document), landed) for landed in decision.files)
            if all(same(landed.after, texts[landed.path_after]) for landed in there.values()):
                return way
        return []

    # What is taken back.

    def _exactly_taken(self, texts: Texts) -> list[tuple[Decision, Landed]]:
        """Return what has to be taken back, newest first, for files that are as they were before or after an accept."""
        ways: dict[int, list[Landed]] = {}
        ends: set[int] = set()
        for decision in reversed(self._history.done):
            for landed in decision.files if decision.kind is DecisionKind.ACCEPT else ():
                document, target = landed.document, landed.path_before
                if id(document) in ends or self._is_so(document, texts):
                    continue
                way = ways.setdefault(id(document), [])
                if way and same(landed.after, texts.get(landed.path_after, landed.before)):
                    ends.add(id(document))
                    continue
                way.append(landed)
                if target in texts and same(landed.before, texts[target]):
                    ends.add(id(document))
        parts = {id(landed) for document, way in ways.items() if document in ends for landed in way}
        return [
            (decision, landed)
            for decision in reversed(self._history.done)
            for landed in reversed(decision.files)
            if id(landed) in parts
        ]

    def _is_so(self, document: Document, texts: Texts) -> bool:
        return document.path not in texts or same(document.text, texts[document.path])

    def _otherwise_taken(self, texts: Texts, known: set[int]) -> list[tuple[Decision, Landed]]:
        """Take back that of which nothing is left, although the files are not as they ever were."""
        taken: list[tuple[Decision, Landed]] = []
        in_effect: set[int] = set()
        for decision in reversed(self._history.done):
            for landed in reversed(decision.files) if decision.kind is DecisionKind.ACCEPT else ():
                document = landed.document
                if document.path not in texts or id(document) in in_effect or id(landed) in known:
                    continue
                if same(document.text, landed.after) and document.path == landed.path_after:
                    in_effect.add(id(document))
                elif self._is_gone(decision, landed):
                    self._take(decision, landed)
                    self._replace(texts)
                    self._note(decision, landed)
                    taken.append((decision, landed))
        return taken

    def _is_gone(self, decision: Decision, landed: Landed) -> bool:
        if same(landed.before, landed.after) and landed.path_before == landed.path_after:
            return False
        document = landed.document
        scars = [document.scars[id] for trace in landed.traces for id in trace.scars if id in document.scars]
        if scars and all(scar.is_gone(document.text) for scar in scars):
            return True
        trial = document.clone()
        outcome = take_back(trial, landed, decision.entries)
        return bool(outcome.done) and not outcome.left_out and same(trial.text, document.text)

    def _take(self, decision: Decision, landed: Landed) -> None:
        document = landed.document
        take_back(document, landed, decision.entries, anyway=True)
        if document.path != landed.path_before:
            self._book.move(document, landed.path_before)

    def _note(self, decision: Decision, landed: Landed) -> None:
        """Put hunks that are open again where their lines are, and say on them how that came."""
        document = landed.document
        for entry in decision.entries:
            hunk = entry.hunk
            if self._book.document_of(hunk) is document and not hunk.is_decided:
                _put_near(document, entry)
                if not hunk.is_open_place:
                    hunk.plain_note = hunk.plain_note or TAKEN_BACK
                hunk.settle(document.text)

    # The files, and what can be undone.

    def _replace(self, texts: Texts) -> None:
        """Let documents be the files as they are now; one that is at its old path again goes there."""
        moves = {
            landed.path_after: landed.path_before
            for decision in self._history.done
            for landed in decision.files
            if landed.path_after != landed.path_before
        }
        for path, text in texts.items():
            document = self._book.documents.get(path)
            if document is None:
                continue
            old = moves.get(path, "")
            if text is None and texts.get(old) is not None and old not in self._book.documents:
                self._book.move(document, old)
                text = texts[old]
            if not same(document.text, text):
                document.replaced(text)

    def _names(self, decision: Decision, landed: Landed) -> list[str]:
        return [
            entry.hunk.origin.id
            for entry in decision.entries
            if self._book.document_of(entry.hunk) is landed.document
        ]

    def _remember(self, taken: list[tuple[Decision, Landed]]) -> None:
        """Note what was taken back as undone, newest first; a decision may be so for some of its files only."""
        gone = {id(landed) for _, landed in taken}
        kept: list[Decision] = []
        for decision in reversed(self._history.done):
            back = tuple(landed for landed in decision.files if id(landed) in gone)
            rest = tuple(landed for landed in decision.files if id(landed) not in gone)
            if not back:
                kept.append(decision)
                continue
            self._history.undone.append(self._part(decision, back) if rest else decision)
            if rest:
                kept.append(self._part(decision, rest))
        self._history.done[:] = reversed(kept)

    def _part(self, decision: Decision, files: tuple[Landed, ...]) -> Decision:
        """Return a decision as far as it is about some of its files."""
        names = [name for landed in files for name in self._names(decision, landed)]
        return replace(
            decision,
            label=self._deciding.label("Accept", names),
            entries=tuple(entry for entry in decision.entries if entry.hunk.origin.id in names),
            files=files,
            picks=tuple(pick for pick in decision.picks if pick[0] in names),
        )


def _put_near(document: Document, entry: Entry) -> None:
    """Give a hunk the place nearest to its own at which its lines stand as they did before it was accepted."""
    hunk, old = entry.hunk, expected(entry.kept)
    if hunk.start is None or hunk.wait is not None or hunk.creates or not old:
        return
    near = sorted(
        range(max(0, hunk.start - len(old)), hunk.stop + 1), key=lambda at: abs(at - (hunk.start or 0))
    )
    found = next((at for at in near if tokens(document.text, at, at + len(old)) == old), None)
    if found is not None:
        if hunk.plain_note == CHECK_PLACE and document.text is not None:
            places = find(document.text, [bare(token) for token in old]).starts
            hunk.is_open_place, hunk.plain_note = len(places) > 1, CHECK_PLACE if len(places) > 1 else ""
        hunk.form = entry.kept
        document.put(hunk, found)
