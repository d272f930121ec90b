"""The list of hunks: draws them, keeps the selection, and knows what the person has had time to see."""

from collections.abc import Sequence

from textual.message import Message

from spark_tui.core.review import PENDING, FileView, HunkState, HunkView
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.review_rows import ReviewLook, ReviewSheet, sheet

DRAWN_FOR = 0.15
"""Seconds a hunk must have been on the screen, as it is, before a key decides about it."""

Shape = tuple[object, ...]
"""Everything about a hunk that a decision relies on having been seen."""

_NOTHING = (
    "",
    "  Proposed edits appear here",
    "  while they are being written.",
    "",
    "  Nothing is written to disk",
    "  before you accept it.",
)


def shape_of(hunk: HunkView) -> Shape:
    """Return what must have been seen of a hunk; of one that still streams, only that it is there."""
    if hunk.state is HunkState.STREAMING:
        return hunk.id, hunk.state
    return hunk.id, hunk.state, hunk.rows, hunk.note, hunk.path


class ReviewList(LineView):
    """Shows the hunks of some files, one of them with its rows."""

    class Selected(Message):
        """The person selected a hunk."""

        def __init__(self, hunk: HunkView) -> None:
            super().__init__()
            self.hunk = hunk

    def __init__(self, rhythm: KeyRhythm, *, id: str) -> None:
        super().__init__(id=id)
        self._rhythm = rhythm
        self._files: Sequence[FileView] = ()
        self._sheet = ReviewSheet()
        self._selected: str | None = None
        self._with_context = True
        self._why = False
        self._drawn: Shape | None = None
        self._drawn_at: float | None = None
        self._seen_rows = 0
        """Rows of the selected hunk, from its first, that have been on the screen as they are."""

    @property
    def selected(self) -> HunkView | None:
        """The hunk that shows its rows."""
        return next((hunk for hunk in self._hunks() if hunk.id == self._selected), None)

    def file_of(self, hunk: HunkView) -> FileView:
        """Return the file section a shown hunk belongs to."""
        return next(file for file in self._files if any(other.id == hunk.id for other in file.hunks))

    def show_files(self, files: Sequence[FileView]) -> None:
        """Draw these files; the selection stays where the person put it."""
        self._files = files
        if self.selected is None:
            hunks = self._hunks()
            first = next((hunk for hunk in hunks if hunk.state in PENDING), hunks[0] if hunks else None)
            self._selected = first.id if first else None
        self._draw()

    def toggle_context(self) -> None:
        """Show or hide unchanged lines."""
        self._with_context = not self._with_context
        self._draw()

    def toggle_why(self) -> None:
        """Explain the selected hunk, or stop explaining."""
        self._why = not self._why
        self._draw()

    def select(self, hunk: str) -> None:
        """Show another hunk's rows."""
        self._selected = hunk
        self._draw()
        self.show_selected()
        if self.selected is not None:
            self.post_message(self.Selected(self.selected))

    def step_hunk(self, by: int) -> None:
        """Select another hunk."""
        ids = [hunk.id for hunk in self._hunks()]
        if self._selected in ids:
            self._select_at(ids, ids.index(self._selected) + by)

    def step_file(self, by: int) -> None:
        """Select the first hunk of another file."""
        hunk = self.selected
        if hunk is not None:
            firsts = [file.hunks[0].id for file in self._files if file.hunks]
            self._select_at(firsts, firsts.index(self.file_of(hunk).hunks[0].id) + by)

    def _select_at(self, ids: Sequence[str], place: int) -> None:
        if 0 <= place < len(ids):
            self.select(ids[place])

    def go_on(self, hunk: HunkView) -> None:
        """Select the next hunk that waits, because the person has dealt with this one."""
        hunks = self._hunks()
        place = [other.id for other in hunks].index(hunk.id)
        for other in (*hunks[place + 1 :], *hunks[:place]):
            if other.state in PENDING:
                self.select(other.id)
                return

    def owner_at(self, row: int) -> str:
        """Return the id of the hunk on a row, or nothing."""
        return self._sheet.owners[row] if row < len(self._sheet.owners) else ""

    def show_selected(self) -> None:
        """Bring the selected hunk into view."""
        span = self._sheet.spans.get(self._selected or "")
        if span is not None:
            self.show_rows(max(span[0] - 1, 0), span[1])

    def _hunks(self) -> list[HunkView]:
        return [hunk for file in self._files for hunk in file.hunks]

    def _draw(self) -> None:
        look = ReviewLook(self.size.width, self._selected, self._with_context, self._why)
        self._sheet = sheet(self._files, look)
        nothing: list[Line] = [plain(text, "muted") for text in _NOTHING]
        self.set_lines(self._sheet.lines or nothing)
        hunk = self.selected
        self._expect(shape_of(hunk) if hunk else None)

    # What has been seen

    def look_again(self) -> None:
        """Start the clock anew: the pane was hidden, or the selection was out of view."""
        self._drawn = None
        self._draw()

    def _expect(self, shape: Shape | None) -> None:
        """When something else is to be seen, the clock starts at the next paint."""
        if shape != self._drawn:
            self._drawn, self._drawn_at, self._seen_rows = shape, None, 0
            self.call_after_refresh(self._painted, shape)

    def _painted(self, shape: Shape | None) -> None:
        if shape == self._drawn and self.is_on_screen and self._in_view():
            self._drawn_at = self._rhythm.clock()
            self._note_seen()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remember how far the person has looked."""
        super().watch_scroll_y(old_value, new_value)
        self.call_after_refresh(self._note_seen)

    def _note_seen(self) -> None:
        span = self._sheet.spans.get(self._selected or "")
        if span is not None and self._in_view():
            self._seen_rows = max(self._seen_rows, self.scroll_offset.y + self.size.height - span[0])

    def _in_view(self) -> bool:
        span = self._sheet.spans.get(self._selected or "")
        top = self.scroll_offset.y
        return span is not None and span[0] < top + self.size.height and span[1] > top

    def has_been_seen(self) -> bool:
        """Whether the selected hunk, as it is now, has been on the screen long enough to decide on."""
        if not self._in_view() or self._drawn_at is None:
            self.show_selected()
            self.look_again()
            return False
        return self._rhythm.clock() - self._drawn_at >= DRAWN_FOR

    def has_been_seen_whole(self) -> bool:
        """Whether every row of the selected hunk has been on the screen."""
        first, stop = self._sheet.spans.get(self._selected or "", (0, 0))
        return stop - first <= self._seen_rows
