"""The keys of the review that write: comments, filters, and hunks edited by the person."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from spark_tui.core.edits import RowKind
from spark_tui.core.review import FileView, HunkState, HunkView
from spark_tui.engine import Asked, Engine
from spark_tui.ui.panes.review_deciding import Deciding, counted
from spark_tui.ui.widgets.deliberate import NOTHING
from spark_tui.ui.widgets.review_filter import ReviewFilter
from spark_tui.ui.widgets.review_list import ReviewList
from spark_tui.ui.widgets.sight import Shape, shape_of

if TYPE_CHECKING:
    from spark_tui.ui.widgets.ask_line import AskLine
    from spark_tui.ui.widgets.hunk_draft import HunkDraft

OPEN = (HunkState.PROPOSED, HunkState.AMBIGUOUS)
"""States in which a hunk can become another one."""

_YOURS, _BETWEEN, _THEIRS = "<<<<<<< yours", "=======", ">>>>>>> proposed"
"""Lines that stand around both sides of a conflict while the person joins them."""

OutsideEditor = Callable[[str, str, Callable[[str | None], None]], None]
"""Has a text, named like a file, edited by another program, and hands the result on; None: left unchanged."""


class Foot(Protocol):
    """Where a question or a draft is shown: the foot of the pane, one at a time."""

    def put(self, widget: "AskLine | HunkDraft") -> None:
        """Show it; what was there before goes."""


class Writing:
    """Asks at the foot of the pane and hands the answers to the engine."""

    def __init__(self, engine: Engine, hunks: ReviewList, foot: Foot, say: Callable[[str], None]) -> None:
        self._engine = engine
        self._list = hunks
        self._foot = foot
        self._say = say
        self._drafts: dict[str, tuple[Shape, str]] = {}
        """Hunk to what it was and what the person was about to make of it."""

    # Comments

    def comment(self) -> None:
        """Comment on the hunk or on the picked lines."""
        hunk = self._list.selected
        if hunk is None:
            self._say(NOTHING)
            return
        rows = self._list.picked_rows
        comments = self._engine.comments
        place = counted(len(rows), "line") if rows else "this edit"
        self.ask(
            f"Comment on {place}; C sends all of them.",
            lambda text: comments.put(hunk, rows, text),
            comments.draft(hunk.id, rows),
        )

    def send_comments(self) -> None:
        """Send all comments as one prompt."""
        comments = self._engine.comments
        if not comments.unsent:
            self._say("There are no comments to send: c writes one.")
            return
        asked = Asked(comments.prompt(), about=" ".join(f"@{comment.path}" for comment in comments.unsent))
        shown = "; ".join(comment.text for comment in comments.unsent)
        comments.sent()
        self._engine.start(self._engine.conversation.submit(f"Comments: {shown}", asked), "send comments")

    # What is shown

    def find(self, filter: ReviewFilter, then: Callable[[], None]) -> None:
        """Ask for the words of the filter."""

        def use(text: str) -> None:
            filter.use(text)
            then()

        question = (
            "Show what fits all words: of a path, a state, new, seen, open, later, comment. Empty: all."
        )
        self.ask(question, use, filter.text)

    def ask(self, question: str, then: Callable[[str], None], draft: str | None = None) -> None:
        """Ask for a line that begins as `draft`, or, without one, for a plain yes."""
        from spark_tui.ui.widgets.ask_line import AskLine

        self._foot.put(AskLine(question, then, draft))

    def accept_all(self, deciding: Deciding, files: Callable[[], Sequence[FileView]]) -> None:
        """Say how much can be accepted at once, and do it if the person says yes to exactly that."""
        hunks = deciding.safe(files())
        if hunks:
            self.ask(deciding.question(hunks), lambda answer: deciding.accept_together(hunks, files))
        else:
            self._say("Nothing here can be accepted without a look at it.")

    # Hunks edited by the person

    def edit(self) -> None:
        """Edit the new side of the hunk here."""
        from spark_tui.ui.widgets.hunk_draft import HunkDraft, text_of

        hunk = self._editable()
        if hunk is None:
            return
        shape, draft = self._drafts.get(hunk.id, (None, ""))
        text = draft if shape == shape_of(hunk) else text_of(self._start_of(hunk))
        place = f", line {hunk.line + 1}" if hunk.line is not None else ""
        title = f"new side of {hunk.path.rpartition('/')[2]}{place}"
        self._foot.put(HunkDraft(title, hunk.path, text, lambda text: self._amend(hunk, text)))

    def left_draft(self, text: str) -> None:
        """The person left a draft: `e` brings it back while the hunk is the same."""
        hunk = self._list.selected
        if hunk is not None:
            self._drafts[hunk.id] = shape_of(hunk), text

    def edit_outside(self, editor: OutsideEditor) -> None:
        """Edit the new side of the hunk in another program."""
        from spark_tui.ui.widgets.hunk_draft import text_of

        hunk = self._editable()
        if hunk is not None:
            text = text_of(self._start_of(hunk))
            editor(f"{text}\n" if text else "", hunk.path, lambda text: self._read_back(hunk, text))

    def _read_back(self, hunk: HunkView, text: str | None) -> None:
        if text is None:
            self._say("Nothing was changed.")
        else:
            # The line break at the end is one that editors put there.
            self._amend(hunk, text.removesuffix("\n"))

    def _start_of(self, hunk: HunkView) -> tuple[str, ...]:
        """What the person begins with: the new side, or both sides of a conflict."""
        new = self._engine.decisions.new_side(hunk)
        there = self._there(hunk)
        if there is None:
            return new
        theirs = [row.text for row in hunk.rows if row.kind is not RowKind.REMOVE]
        return (_YOURS, *there[1], _BETWEEN, *theirs, _THEIRS)

    def _there(self, hunk: HunkView) -> tuple[int, tuple[str, ...]] | None:
        is_in_conflict = hunk.state is HunkState.CONFLICTED
        return self._engine.decisions.review.there(hunk.id) if is_in_conflict else None

    def _join(self, hunk: HunkView, lines: Sequence[str], there: tuple[int, tuple[str, ...]]) -> None:
        """Propose what the person made of both sides of a conflict."""
        first, now = there
        if not {_YOURS, _BETWEEN, _THEIRS}.isdisjoint(lines):
            self._drafts[hunk.id] = shape_of(hunk), "\n".join(lines)
            self._say("Take the three marks out first: e brings your draft back.")
        elif self._engine.decisions.repropose(hunk.id, first, first + len(now), lines):
            self._drafts.pop(hunk.id, None)
            self._say("Joined; a accepts it as it is now, u takes that back.")
        else:
            self._say("That is what you have already: r rejects the edit instead.")

    def _editable(self) -> HunkView | None:
        hunk = self._list.selected
        if hunk is None:
            self._say(NOTHING)
        elif hunk.state is HunkState.STREAMING:
            self._say("It still arrives: it can be edited once it is complete.")
        elif hunk.state not in (*OPEN, HunkState.CONFLICTED):
            self._say(hunk.note or f"This edit is {hunk.state}: it can't be edited any more.")
        elif hunk.new_path is not None or not hunk.rows:
            self._say("There are no lines to edit here.")
        else:
            return hunk
        return None

    def _amend(self, before: HunkView, text: str) -> None:
        from spark_tui.ui.widgets.hunk_draft import lines_of

        hunk = self._engine.decisions.review.hunk(before.id)
        decisions = self._engine.decisions
        if hunk is None or shape_of(hunk) != shape_of(before):
            self._say("The edit changed meanwhile: e brings your draft back.")
            if hunk is not None:
                self._drafts[before.id] = shape_of(hunk), text
        elif (there := self._there(hunk)) is not None:
            self._join(hunk, lines_of(text), there)
        elif lines_of(text) == decisions.new_side(hunk):
            self._say("Nothing was changed.")
        elif decisions.amend(hunk.id, lines_of(text)):
            self._drafts.pop(hunk.id, None)
            self._say("Changed; a accepts it as it is now, u takes the change back.")
        else:
            self._say("That leaves nothing to change: r rejects the edit instead.")
