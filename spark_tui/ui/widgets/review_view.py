"""Draws the hunks of some files, one of them with its rows, and knows what of that one has been seen."""

from collections.abc import Sequence
from dataclasses import replace

from spark_tui.core.review import PENDING, FileView, HunkView
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.review_body import BodyLook, picked
from spark_tui.ui.widgets.review_rows import ReviewLook, ReviewSheet, SheetMaker
from spark_tui.ui.widgets.row_picking import RowPicker
from spark_tui.ui.widgets.sight import Sight, shape_of

FIRST_ROWS = 400
"""Rows of a long hunk that are drawn at first; more as the person scrolls down."""

_NOTHING = (
    "",
    "  Proposed edits appear here",
    "  while they are being written.",
    "",
    "  Nothing is written to disk",
    "  before you accept it.",
)


class ReviewView(LineView):
    """What the list of hunks looks like."""

    def __init__(self, rhythm: KeyRhythm, maker: SheetMaker, *, id: str) -> None:
        super().__init__(id=id)
        self._maker = maker
        self._files: Sequence[FileView] = ()
        self._hunks: dict[str, HunkView] = {}
        self._sheet = ReviewSheet()
        self._look = ReviewLook(limit=FIRST_ROWS)
        self.picker = RowPicker()
        """Which lines of the selected hunk are picked."""
        self.sight = Sight(self, rhythm, self._span)
        """What has been seen of the selected hunk."""

    @property
    def selected(self) -> HunkView | None:
        """The hunk that shows its rows."""
        return self._hunks.get(self._look.selected or "")

    @property
    def body_look(self) -> BodyLook:
        """How rows are drawn."""
        return self._look.body

    def show_files(self, files: Sequence[FileView]) -> None:
        """Draw these files; the selection stays where the person put it."""
        self._files = files
        self._hunks = {hunk.id: hunk for file in files for hunk in file.hunks}
        if self.selected is None:
            hunks = list(self._hunks.values())
            first = next((hunk for hunk in hunks if hunk.state in PENDING), hunks[0] if hunks else None)
            self._turn_to(first.id if first else None)
        self._draw()

    def draw_as(self, look: BodyLook) -> None:
        """Draw rows in another way."""
        self._look = replace(self._look, body=look)
        self.picker.end()
        self._draw()
        self.show_selected()

    def toggle_why(self) -> bool:
        """Explain the selected hunk, or stop explaining; whether it is explained now."""
        self._look = replace(self._look, why=not self._look.why)
        self._draw()
        self.show_selected()
        return self._look.why

    @property
    def shows_columns(self) -> bool:
        """Whether the versions of the selected hunk stand side by side."""
        return self._look.columns

    def show_columns(self, on: bool) -> None:
        """Let the versions of the selected hunk stand side by side, or show the one that is proposed."""
        self._look = replace(self._look, columns=on)
        self.picker.end()
        self._draw()
        self.show_selected()

    def _turn_to(self, hunk: str | None) -> None:
        if hunk != self._look.selected:
            self._look = replace(self._look, selected=hunk, limit=FIRST_ROWS, columns=False)
            self.picker.end()

    def _draw(self) -> None:
        if self._look.width != self.size.width:
            self._look = replace(self._look, body=replace(self._look.body, width=self.size.width))
        self._sheet = self._maker.sheet(self._files, self._look)
        hunk = self.selected
        shape = shape_of(hunk) if hunk else None
        self.picker.keep_for(shape)
        nothing: list[Line] = [plain(text, "muted") for text in _NOTHING]
        self.set_lines(self._with_picked(self._sheet.lines) or nothing)
        self.sight.expect(shape)

    def _with_picked(self, lines: list[Line]) -> list[Line]:
        span = self._span()
        if not self.picker.is_on or span is None:
            return lines
        lines = list(lines)
        rows = {row for line in self.picker.lines for row in self._sheet.rows.get(span[0] + line, ())}
        for line in range(*span):
            if not rows.isdisjoint(self._sheet.rows.get(line, ())):
                lines[line] = picked(lines[line])
        return lines

    def _span(self) -> tuple[int, int] | None:
        return self._sheet.spans.get(self._look.selected or "")

    def owner_at(self, row: int) -> str:
        """Return the id of the hunk on a row, or nothing."""
        return self._sheet.owners[row] if row < len(self._sheet.owners) else ""

    @property
    def row_here(self) -> int:
        """The head of the selected hunk, or the line of it that was picked last."""
        span = self._span()
        if span is None:
            return super().row_here
        return span[0] + (self.picker.head if self.picker.is_on else 0)

    def show_selected(self) -> None:
        """Bring the selected hunk into view."""
        span = self._span()
        if span is not None:
            self.show_rows(max(span[0] - 1, 0), span[1])

    # What has been seen

    def look_again(self) -> None:
        """Start the clock anew: the pane was hidden, or the selection was out of view."""
        self.sight.begin_anew()
        self._draw()

    def on_focus(self) -> None:
        """The person came: what is on the screen counts as seen after a moment."""
        self.sight.rest()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw more of a long hunk when its end comes near, and remember how far the person has looked."""
        super().watch_scroll_y(old_value, new_value)
        span, hunk = self._span(), self.selected
        near = span is not None and new_value + 2 * self.size.height > span[1]
        if near and hunk is not None and self._look.limit < len(hunk.rows):
            self._look = replace(self._look, limit=self._look.limit + FIRST_ROWS)
            self._draw()
        self.call_after_refresh(self.sight.note)

    def has_been_seen(self) -> bool:
        """Whether the selected hunk, as it is now, has been on the screen long enough to decide on."""
        if not self.sight.in_view() or not self.sight.is_drawn:
            self.show_selected()
            self.look_again()
            return False
        return self.sight.long_enough
