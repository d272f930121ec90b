"""The review: what the model proposes, hunk by hunk, and the person's decisions on it.

A decision counts only if this pane has the focus, the hunk has been on the screen as it is now for a moment, and
the key was pressed by fingers. Decisions go to the engine; what is shown is always read back from it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.widget import Widget

from spark_tui.core.review import FileView, HunkState, HunkView
from spark_tui.engine import ChecksMoved, Engine, ReviewMoved, TurnMoved
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.panes.foot import Foot
from spark_tui.ui.panes.review_deciding import Deciding
from spark_tui.ui.panes.review_extras import Extras
from spark_tui.ui.panes.review_live import Live
from spark_tui.ui.panes.review_shown import Shown
from spark_tui.ui.panes.review_writing import OutsideEditor, Writing
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.cells import wrap_words
from spark_tui.ui.widgets.deliberate import Deliberate
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.review_body import SPLIT_FROM, View
from spark_tui.ui.widgets.review_list import ReviewList
from spark_tui.ui.widgets.review_rows import SheetMaker, open_hunks

if TYPE_CHECKING:
    from spark_tui.ui.widgets.ask_line import AskLine
    from spark_tui.ui.widgets.hunk_draft import HunkDraft

_VIEWS = (View.UNIFIED, View.SPLIT, View.INLINE)
_VIEW_WORDS = {
    View.UNIFIED: "Both versions one below the other.",
    View.SPLIT: "Both versions side by side.",
    View.INLINE: "Both versions in one line.",
}
_SHARE = 0.58
"""How much of the screen the pane takes while both versions stand side by side; as in the stylesheet."""


class ReviewPane(Pane):
    """Takes decisions on the hunks that its list shows."""

    BINDINGS = bindings(Where.REVIEW)

    def __init__(self, engine: Engine, rhythm: KeyRhythm, outside: OutsideEditor | None = None) -> None:
        super().__init__(id="review")
        self._engine = engine
        self._outside = outside
        extras = Extras(engine)
        self.hunks = ReviewList(rhythm, SheetMaker(extras.of, extras.stamp), id="review-list")
        """The list itself."""
        self.hunks.when_sized = self._sized
        self.hunks.is_skipped = engine.marks.is_deferred
        self.hunks.sight.when_whole = self._saw
        self.shown = Shown(engine, extras)
        """Which of the hunks are shown, and in which order."""
        self.deliberate = Deliberate(self.hunks, rhythm, self._say, self.set_timer)
        """The rule for the keys that decide."""
        self.deciding = Deciding(engine, self.hunks, self.deliberate, self._say)
        """What keys decide."""
        self._foot = Foot(self, self.hunks)
        self.writing = Writing(engine, self.hunks, self._foot, self._say)
        """What keys write."""
        self.live = Live(engine, self.hunks, self.writing, self._say)
        """What keys do to the stream."""
        self._notice = LineView(can_focus=False, classes="bar", id="review-notice")

    def on_mount(self) -> None:
        """From now on somebody is there who reviews."""
        super().on_mount()
        self._notice.display = False
        self._engine.governor.is_attended = True

    def compose_body(self) -> ComposeResult:
        """Show the hunks, and above them why nothing moves."""
        yield self._notice
        yield self.hunks

    def target(self) -> Widget:
        """The hunks take the focus, or the question that is open."""
        return self._foot.target

    @property
    def where(self) -> Where | None:
        """Whose keys apply: those of a question or a draft while one is open."""
        return self._foot.where

    @property
    def selected(self) -> HunkView | None:
        """The hunk that decisions are about."""
        return self.hunks.selected

    def header_line(self) -> Line:
        """Count what is open."""
        total = sum(len(file.hunks) for file in self.shown.files)
        waiting = open_hunks(self.shown.files)
        said = f"{waiting} open of {total} " if total else ""
        filtered = f" /{self.shown.filter.text}" if self.shown.filter.text else ""
        follows = "  follows" if self.hunks.following.is_on else ""
        return Line(
            ((self.title_style, " review "), ("accent", filtered + follows)),
            (*self.live.header(), ("accent" if waiting else "muted", said)),
        )

    def redraw(self, notice: Notice | None) -> None:
        """Read the review again and draw it."""
        if notice is None or notice.has(ReviewMoved, TurnMoved, ChecksMoved):
            self.hunks.show_files(self._filtered_files())
            self._widen()
            self._show_notice()

    def _show_notice(self) -> None:
        said = self.live.notice()
        if not said and not self._notice.display:
            return
        lines = wrap_words(said, max(self.size.width - 3, 20)) if said else []
        self._notice.display = bool(lines)
        self._notice.styles.height = max(len(lines), 1)
        self._notice.set_lines([plain(f" {line}", "near") for line in lines])

    def _filtered_files(self) -> tuple[FileView, ...]:
        """Return what is to be shown as of now."""
        self.shown.look()
        selected = self.hunks.selected
        return self.shown.filtered(selected.id if selected else None)

    def _sized(self) -> None:
        self.look()
        self.hunks.look_again()

    def _say(self, sentence: str) -> None:
        self.post_message(self.Said(sentence))

    def _saw(self) -> None:
        """The person has had the whole hunk before their eyes."""
        hunk = self.hunks.selected
        if hunk is not None and self.hunks.has_focus:
            self._engine.marks.saw(hunk)

    # Keys

    def action_decide(self, what: str, number: int = 0) -> None:
        """Take a decision: `accept`, `reject`, `accept_all`, `undo`, …"""
        deciding = self.deciding
        match what:
            case "accept_all":
                self.writing.accept_all(deciding, self._filtered_files)
            case "undo" | "redo":
                deciding.step(what)
            case "choose":
                deciding.choose(number)
            case _:
                {
                    "accept": deciding.accept,
                    "reject": deciding.reject,
                    "accept_file": deciding.accept_file,
                    "reject_file": deciding.reject_file,
                    "defer": deciding.defer,
                    "place_again": deciding.place_again,
                }[what]()

    def action_write(self, what: str) -> None:
        """Write something: `comment`, `send`, `find`, `edit`, `edit_outside`."""
        match what:
            case "comment":
                self.writing.comment()
            case "send":
                self.deliberate.at_once(self.writing.send_comments)
            case "find":
                self.writing.find(self.shown.filter, self._filtered)
            case "edit":
                self.writing.edit()
            case "edit_outside" if self._outside is None:
                self._say("No other editor can be started here.")
            case "edit_outside" if self._outside is not None:
                self.writing.edit_outside(self._outside)

    def action_stream(self, what: str) -> None:
        """Act on the stream (`freeze`, `follow`, `more`), or on versions (`again`, `note`, `next`, `previous`)."""
        match what:
            case "freeze":
                if not self.live.freeze():
                    self.hunks.scroll_page(1)
            case "follow":
                self.live.follow()
            case "more":
                self.live.let_more_through()
            case "again":
                self.deliberate.at_once(self.live.again)
            case "note":
                self.live.with_note()
            case "three":
                self.deliberate.at_once(self.live.three)
            case "hand":
                self.deliberate.at_once(self.live.hand_over)
            case "next" | "previous":
                self.live.step(1 if what == "next" else -1)
        self._widen()
        self.refresh_header()

    def _filtered(self) -> None:
        fitting = [hunk.id for file in self.shown.filtered(None) for hunk in file.hunks]
        if not fitting:
            self._say("No edit fits these words.")
        elif self.hunks.selected is None or self.hunks.selected.id not in fitting:
            self.hunks.select(fitting[0])
        self.hunks.show_files(self._filtered_files())
        self.refresh_header()

    def action_look(self, what: str, by: int = 1) -> None:
        """Move the selection or change what is shown: `hunk`, `file`, `page`, `context`, `view`, …"""
        hunks, look = self.hunks, self.hunks.body_look
        match what:
            case "hunk":
                hunks.step_hunk(by)
            case "file":
                hunks.step_file(by)
            case "page":
                hunks.scroll_page(by)
            case "lines":
                hunks.pick()
                if hunks.picker.is_on:
                    self._say("Lines: j and k pick more, a and r decide on them, c comments, Esc ends.")
            case "why":
                self.live.why()
            case "view":
                self._next_view()
            case "context":
                hunks.draw_as(replace(look, context=not look.context))
            case "wrap":
                hunks.draw_as(replace(look, wrap=not look.wrap))
            case "whitespace":
                hunks.draw_as(replace(look, whitespace=not look.whitespace))

    def _next_view(self) -> None:
        look = self.hunks.body_look
        view = _VIEWS[(_VIEWS.index(look.view) + 1) % len(_VIEWS)]
        if view is View.SPLIT and max(self.app.size.width * _SHARE, self.size.width) < SPLIT_FROM + 2:
            view = View.INLINE
        self.hunks.draw_as(replace(look, view=view))
        self._widen()
        self._say(_VIEW_WORDS[view])

    def _widen(self) -> None:
        """Take more of the screen while versions stand side by side."""
        self.set_class(self.hunks.body_look.view is View.SPLIT or self.hunks.shows_columns, "-split")

    def action_leave_lines(self) -> None:
        """Stop picking lines, or versions that are being written; else Esc is not for this pane."""
        if self.hunks.picker.is_on:
            self.hunks.pick()
        elif self.live.stop():
            self._say("Stopped; the versions that are complete stay.")
        elif self.hunks.shows_columns:
            self.hunks.show_columns(False)
        else:
            raise SkipAction

    def action_show(self) -> None:
        """Show the hunk at its place in the editor."""
        hunk = self.hunks.selected
        if hunk is None:
            return
        if hunk.state is HunkState.REFUSED:
            self._say(hunk.note or "There is no file to show.")
            return
        work = self._engine.workspace.open(hunk.path, hunk.line)
        self._engine.start(work, f"open {hunk.path}")
        self.post_message(self.WentTo("editor"))

    # What happens at the foot and in the list

    def on_ask_line_gone(self, event: "AskLine.Gone") -> None:
        """A question was answered or left."""
        event.stop()
        self._foot.clear()

    def on_hunk_draft_gone(self, event: "HunkDraft.Gone") -> None:
        """A draft was kept or left."""
        event.stop()
        if event.left is not None:
            self.writing.left_draft(event.left)
        self._foot.clear()

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click selects the hunk; it never decides."""
        event.stop()
        owner = self.hunks.owner_at(event.row) if event.view is self.hunks else ""
        if owner:
            self.hunks.select(owner)
