"""The review: what the model proposes, hunk by hunk, and the person's decisions on it.

A decision counts only if this pane has the focus, the hunk has been on the screen as it is now for a moment, and
the key was pressed by fingers. Decisions go to the engine; what is shown is always read back from it.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import ComposeResult
from textual.widget import Widget

from spark_tui.core.review import FileView, HunkState, HunkView
from spark_tui.engine import Engine, ReviewMoved, TurnMoved
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.deliberate import Deliberate
from spark_tui.ui.widgets.lines import Line, LineView
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.review_list import ReviewList, Shape, shape_of
from spark_tui.ui.widgets.review_rows import hidden_in, open_hunks


class ReviewPane(Pane):
    """Takes decisions on the hunks that its list shows."""

    BINDINGS = bindings(Where.REVIEW)

    def __init__(self, engine: Engine, rhythm: KeyRhythm) -> None:
        super().__init__(id="review")
        self._engine = engine
        self._list = ReviewList(rhythm, id="review-list")
        self._list.when_sized = self._sized
        self.deliberate = Deliberate(self._list, rhythm, self._say, self.set_timer)
        """The rule for the keys that decide."""
        self._files: tuple[FileView, ...] = ()
        self._warned: Shape | None = None

    def compose_body(self) -> ComposeResult:
        """Show the hunks."""
        yield self._list

    def target(self) -> Widget:
        """The hunks take the focus."""
        return self._list

    @property
    def selected(self) -> HunkView | None:
        """The hunk that decisions are about."""
        return self._list.selected

    def select(self, hunk: str) -> None:
        """Show a hunk's rows."""
        self._list.select(hunk)

    def header_line(self) -> Line:
        """Count what is open."""
        total = sum(len(file.hunks) for file in self._files)
        waiting = open_hunks(self._files)
        said = f"{waiting} open of {total} " if total else ""
        return Line(((self.title_style, " review "),), (("accent" if waiting else "muted", said),))

    def redraw(self, notice: Notice | None) -> None:
        """Read the review again and draw it."""
        if notice is None or notice.has(ReviewMoved, TurnMoved):
            self._files = self._current_files()
            self._list.show_files(self._files)

    def _sized(self) -> None:
        self.look()
        self._list.look_again()

    def _current_files(self) -> tuple[FileView, ...]:
        """Return the files of the newest turn, and older ones where something is still open."""
        files = self._engine.decisions.review.files()
        newest = self._engine.conversation.newest
        if newest is None:
            return files
        return tuple(file for file in files if file.turn == newest.id or file.pending)

    # Decisions

    def _say(self, sentence: str) -> None:
        self.post_message(self.Said(sentence))

    def action_accept(self) -> None:
        """Accept the hunk, or decide so for when it is complete."""
        self.deliberate.on_selected(self._accept)

    def _accept(self, hunk: HunkView) -> None:
        if hunk.state is HunkState.AMBIGUOUS:
            self._say("This fits in several places: press the number of the right one first.")
        elif hunk.state not in (HunkState.PROPOSED, HunkState.STREAMING):
            self._say(hunk.note or f"This edit is {hunk.state}: there is nothing to accept.")
        elif (doubt := self._doubt(hunk)) and self._warned != shape_of(hunk):
            self._warned = shape_of(hunk)
            self._say(doubt)
        else:
            self._engine.start(self._engine.decisions.accept([hunk.id]), f"accept {hunk.path}")
            self._go_on(hunk)

    def _doubt(self, hunk: HunkView) -> str:
        """Say why accepting needs a second key press; empty if one is enough."""
        if hidden_in(hunk):
            return "It brings in hidden characters: press a again to accept them."
        if hunk.state is HunkState.PROPOSED and not self._list.has_been_seen_whole():
            return "It is longer than what you have seen: Space scrolls, a again accepts all of it."
        return ""

    def action_reject(self) -> None:
        """Reject the hunk, or decide so for when it is complete."""
        self.deliberate.on_selected(self._reject)

    def _reject(self, hunk: HunkView) -> None:
        if hunk.state in (HunkState.APPLIED, HunkState.REJECTED):
            self._say("That is decided already; u takes the last decision back.")
        else:
            self._engine.start(self._engine.decisions.reject([hunk.id]), f"reject {hunk.path}")
            self._go_on(hunk)

    def _go_on(self, hunk: HunkView) -> None:
        if hunk.state is not HunkState.STREAMING:
            self._list.go_on(hunk)

    def action_accept_file(self) -> None:
        """Accept what is safely placed in the rest of the file."""
        self.deliberate.on_selected(
            lambda hunk: self._whole_file(hunk, self._engine.decisions.accept_file, "accept")
        )

    def action_reject_file(self) -> None:
        """Reject what is open in the file."""
        self.deliberate.on_selected(
            lambda hunk: self._whole_file(hunk, self._engine.decisions.reject_file, "reject")
        )

    def _whole_file(
        self, hunk: HunkView, decide: Callable[[str], Coroutine[Any, Any, None]], word: str
    ) -> None:
        self._engine.start(decide(self._list.file_of(hunk).id), f"{word} {hunk.path}")

    def action_step(self, what: str) -> None:
        """Take back the last decision (`undo`), or bring it again (`redo`)."""
        decisions = self._engine.decisions
        step = decisions.undo if what == "undo" else decisions.redo
        self.deliberate.at_once(lambda: self._engine.start(step(), what))

    def action_choose(self, number: int) -> None:
        """Pick the place of a hunk that fits in several."""
        self.deliberate.on_selected(lambda hunk: self._choose(hunk, number))

    def _choose(self, hunk: HunkView, number: int) -> None:
        if hunk.state is not HunkState.AMBIGUOUS or number > len(hunk.alternatives):
            self._say("There is no such place to choose.")
        else:
            self._engine.decisions.choose(hunk.id, hunk.alternatives[number - 1])

    def action_place_again(self) -> None:
        """Look for the hunk's place in the file as it is now."""
        hunk = self._list.selected
        if hunk is not None:
            self._engine.start(self._engine.decisions.place_again(hunk.id), f"place {hunk.path}")

    # Looking

    def action_look(self, what: str, by: int = 1) -> None:
        """Move the selection or change what is shown: `hunk`, `file`, `page`, `context`, `why`."""
        match what:
            case "hunk":
                self._list.step_hunk(by)
            case "file":
                self._list.step_file(by)
            case "page":
                self._list.scroll_page(by)
            case "context":
                self._list.toggle_context()
            case "why":
                self._list.toggle_why()

    def action_show(self) -> None:
        """Show the hunk at its place in the editor."""
        hunk = self._list.selected
        if hunk is None:
            return
        if hunk.state is HunkState.REFUSED:
            self._say(hunk.note or "There is no file to show.")
            return
        work = self._engine.workspace.open(hunk.path, hunk.line)
        self._engine.start(work, f"open {hunk.path}")
        self.post_message(self.WentTo("editor"))

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click selects the hunk; it never decides."""
        event.stop()
        owner = self._list.owner_at(event.row)
        if owner:
            self._list.select(owner)
