"""The list of hunks as a person walks through it: hunk by hunk, line by line, or along with the stream."""

from collections.abc import Callable, Sequence

from textual.message import Message

from spark_tui.core.review import PENDING, FileView, HunkState, HunkView
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.following import Following
from spark_tui.ui.widgets.review_rows import SheetMaker
from spark_tui.ui.widgets.review_view import ReviewView


class ReviewList(ReviewView):
    """Moves the selection."""

    class Selected(Message):
        """Another hunk is selected."""

        def __init__(self, hunk: HunkView) -> None:
            super().__init__()
            self.hunk = hunk

    def __init__(self, rhythm: KeyRhythm, maker: SheetMaker, *, id: str) -> None:
        super().__init__(rhythm, maker, id=id)
        self.following = Following(rhythm)
        """Whether the newest rows are kept in view."""
        self.is_skipped: Callable[[HunkView], bool] = lambda hunk: False
        """Whether going on to the next hunk passes this one."""

    def file_of(self, hunk: HunkView) -> FileView:
        """Return the file section a shown hunk belongs to."""
        return next(file for file in self._files if any(other.id == hunk.id for other in file.hunks))

    def show_files(self, files: Sequence[FileView]) -> None:
        """Draw these files; the selection stays where the person put it, unless it follows the stream."""
        super().show_files(files)
        if self.following.is_on:
            self._show_live()

    # Which hunk

    def select(self, hunk: str) -> None:
        """Show another hunk's rows."""
        self._turn_to(hunk)
        self._draw()
        self.show_selected()
        if self.selected is not None:
            self.post_message(self.Selected(self.selected))

    def step_hunk(self, by: int) -> None:
        """Select another hunk, or another line while lines are picked."""
        if self.picker.is_on:
            self.picker.move(self._row_lines(), by)
            self._draw()
            self._show_picked()
            return
        ids = list(self._hunks)
        if self._look.selected in ids:
            self._select_at(ids, ids.index(self._look.selected) + by)

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
        hunks = list(self._hunks.values())
        place = [other.id for other in hunks].index(hunk.id)
        for other in (*hunks[place + 1 :], *hunks[:place]):
            if other.state in PENDING and not self.is_skipped(other):
                self.select(other.id)
                return

    # Lines of the selected hunk

    @property
    def picked_rows(self) -> tuple[int, ...]:
        """The numbers of the picked rows on which something can be decided."""
        hunk = self.selected
        return self.picker.rows(hunk, self._row_lines()) if hunk is not None else ()

    def pick(self) -> None:
        """Begin to pick lines, or stop."""
        hunk, span = self.selected, self._span()
        if self.picker.is_on:
            self.picker.end()
        elif hunk is not None and span is not None:
            self.picker.begin(hunk, self._row_lines(), self.scroll_offset.y - span[0])
        self._draw()
        self._show_picked()

    def _row_lines(self) -> dict[int, tuple[int, ...]]:
        first, _ = self._span() or (0, 0)
        return {line - first: rows for line, rows in self._sheet.rows.items()}

    def _show_picked(self) -> None:
        span = self._span()
        if self.picker.is_on and span is not None:
            line = span[0] + self.picker.head
            self.show_rows(max(line - 1, 0), line + 2)

    # Following the stream

    def follow(self) -> None:
        """Keep the newest rows in view from now on, or stop that."""
        if self.following.was_on:
            self.following.end()
        else:
            self.following.begin()
            self._show_live()

    def _show_live(self) -> None:
        live = [hunk for hunk in self._hunks.values() if hunk.state is HunkState.STREAMING]
        if live and live[-1].id != self._look.selected:
            self._turn_to(live[-1].id)
            self._draw()
            self.post_message(self.Selected(live[-1]))
        if live:
            self.call_after_refresh(self._show_newest)

    def _show_newest(self) -> None:
        span = self._span()
        if span is not None and self.following.is_on:
            self.show_rows(span[1] - 1, span[1])

    def on_mouse_scroll_down(self) -> None:
        """Scrolling by hand ends following."""
        self.following.end()

    def on_mouse_scroll_up(self) -> None:
        """Scrolling by hand ends following."""
        self.following.end()
