"""The one review of a session: a machine that is fed events and decisions, and says at any time how things are."""

from collections.abc import Iterable, Mapping, Sequence

from spark_tui.core.edits import EditEvent, FileOpened, Profile
from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import History
from spark_tui.core.review.foreseeing import Foreseeing
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.intake import Intake
from spark_tui.core.review.stepping import Stepped, Stepping
from spark_tui.core.review.undoing import Undoing
from spark_tui.core.review.values import HunkState, Plan, PlannedFile, Verdict
from spark_tui.core.review.withdrawing import withdraw
from spark_tui.core.text import ChangeSet, Text


class Review(Foreseeing):
    """All hunks of all calls, what was decided about them, and how they lie in the living texts."""

    def __init__(self, profile: Profile = "spark") -> None:
        self.revision = 0
        """Rises with every visible change."""
        history = self._history = History()
        super().__init__(Book(profile), history)
        self._intake = Intake(self._book)
        self._undoing = Undoing(self._book, history, self._deciding)
        self._stepping = Stepping(self._book, history, self._deciding)

    # Feeding.

    def begin(self, turn: str, call: str) -> None:
        """A new call of the model begins; all that follows belongs to it."""
        self._intake.begin()
        self._book.begin(turn, call)
        self.revision += 1

    def open_file(self, event: FileOpened, base: Text | None, refusal: str = "") -> None:
        """A section begins; `base` is the buffer as it is, `refusal` why nothing of it may be applied."""
        if self._book.calls:
            self._intake.open_file(event, base, refusal)
            self.revision += 1

    def feed(self, event: EditEvent, refusal: str = "") -> None:
        """Take any other event; with `refusal`, a rename in it may not be."""
        self._complete(self._intake.feed(event, refusal))
        self.revision += 1

    def close(self, cut: bool) -> None:
        """The call is over; with `cut`, what is open was not finished."""
        self._complete(self._intake.close(cut))
        self.revision += 1

    def withdraw(self, call: str) -> None:
        """The model says a call again from its beginning: what nobody has decided of it is taken back."""
        withdraw(self._book, self._history, call)
        self.revision += 1

    def buffer_changed(self, path: str, text: Text, changes: ChangeSet) -> None:
        """The person changed a buffer."""
        document = self._book.documents.get(path)
        if document is not None:
            document.changed(text, changes)
            self.revision += 1

    def buffer_replaced(self, path: str, text: Text | None) -> None:
        """A file was read from disk again, or is gone."""
        document = self._book.documents.get(path)
        if document is not None:
            document.replaced(text)
            self.revision += 1

    def _complete(self, hunks: list[Hunk]) -> None:
        """Keep what was promised for hunks that are complete now."""
        for hunk in hunks:
            if hunk.latch is Verdict.REJECT and not hunk.is_decided:
                self._deciding.reject([hunk.origin.id], {})

    # Deciding.

    def latch(self, id: str, verdict: Verdict | None) -> None:
        """Decide about a hunk that still streams; it counts when the hunk is complete. None takes that back."""
        hunk = self._book.hunks.get(id)
        if hunk is not None and (verdict is None or hunk.state is HunkState.STREAMING):
            hunk.latch = verdict
            if verdict is Verdict.ACCEPT:
                self._book.promised[id] = None
            hunk.touch()
            self.revision += 1

    def reject(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> bool:
        """Reject hunks, or rows of them; return whether anything was."""
        self.revision += 1
        return self._deciding.reject(ids, rows or {})

    def plan_accept(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> Plan:
        """Work out what accepting hunks, or rows of them, does to the files."""
        return self._deciding.plan(ids, rows or {})

    def commit(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """A plan has landed. Returns what each buffer goes through, which is the plan unless it changed since."""
        self.revision += 1
        return self._deciding.commit(plan)

    def refuse(self, plan: Plan, path: str, sentence: str) -> None:
        """The disk refused one file of a plan."""
        self._deciding.refuse(plan, path, sentence)
        self.revision += 1

    def choose(self, id: str, line: int) -> bool:
        """Put a hunk at a buffer line; return whether it can stand there."""
        self.revision += 1
        return self._deciding.choose(id, line)

    def amend(self, id: str, lines: Sequence[str]) -> bool:
        """Let a hunk turn the lines it stands for into `lines`; return whether that can be."""
        self.revision += 1
        return self._deciding.amend(id, lines)

    def repropose(self, id: str, first: int, stop: int, lines: Sequence[str]) -> bool:
        """Let a hunk in conflict or without a place turn rows of the living text into `lines`, see `Deciding`."""
        self.revision += 1
        return self._deciding.repropose(id, first, stop, lines)

    def undo(self) -> Plan | None:
        """Take the last decision back; a plan that is not empty has to land, then `commit_undo`."""
        self.revision += 1
        return self._undoing.undo()

    def step(self, texts: Mapping[str, Text | None]) -> Stepped:
        """A step through the checkpoints made files other ones (None: none): decisions follow."""
        self.revision += 1
        return self._stepping.step(texts)

    def commit_undo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """The plan of an undo has landed."""
        self.revision += 1
        return self._undoing.commit_undo(plan)

    def redo(self) -> Plan | None:
        """Make the decision taken back last again; a plan that is not empty has to land, then `commit_redo`."""
        self.revision += 1
        return self._undoing.redo()

    def commit_redo(self, plan: Plan) -> tuple[PlannedFile, ...]:
        """The plan of a redo has landed."""
        self.revision += 1
        return self._undoing.commit_redo(plan)

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty where there is nothing."""
        return self._undoing.undo_label

    @property
    def redo_label(self) -> str:
        """What redo would make again; empty where there is nothing."""
        return self._undoing.redo_label
