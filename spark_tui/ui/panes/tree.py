"""The files of the workspace: a tree that stays quick with any number of files."""

from textual.app import ComposeResult
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.engine import Engine, ReviewMoved, TabsMoved, TreeMoved
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.tree_rows import FileTree, TreeRow, parents, tree_lines


class TreePane(Pane):
    """Shows files and folders, git marks, and where edits wait."""

    BINDINGS = bindings(Where.TREE)

    def __init__(self, engine: Engine) -> None:
        super().__init__(id="tree")
        self._engine = engine
        self._tree = FileTree()
        self._rows: list[TreeRow] = []
        self._waiting: dict[str, int] = {}
        self._view = LineView(id="tree-view")
        self._view.when_sized = self.look

    def compose_body(self) -> ComposeResult:
        """Show the rows."""
        yield self._view

    def target(self) -> Widget:
        """The rows take the focus."""
        return self._view

    def header_line(self) -> Line:
        """Name the workspace."""
        name = inert(self._engine.root.rstrip("/").rpartition("/")[2]) or "/"
        return Line(((self.title_style, " files "), ("muted", f" {name}")))

    def redraw(self, notice: Notice | None) -> None:
        """Read the list again if it changed, and draw."""
        if notice is not None and not notice.has(TreeMoved, TabsMoved, ReviewMoved):
            return
        if notice is None or notice.has(TreeMoved):
            entries = self._engine.listing.entries
            self._tree.load(entries)
            self._tree.mark(entries)
        waiting: dict[str, int] = {}
        for file in self._engine.decisions.review.files():
            waiting[file.path] = waiting.get(file.path, 0) + file.pending
        if notice is None or notice.has(TreeMoved, TabsMoved) or waiting != self._waiting:
            self._waiting = waiting
            self._draw()

    def _draw(self) -> None:
        keep = self._at().path if self._rows else None
        self._rows = self._tree.rows()
        lines = tree_lines(self._rows, self._engine.workspace.active, self._waiting)
        listing = self._engine.listing
        if listing.note:
            lines.append(plain(f" {inert(listing.note)}", "muted"))
        if not lines:
            lines.append(plain(" no files yet", "muted"))
        self._view.set_lines(lines)
        row = next(
            (place for place, row in enumerate(self._rows) if row.path == keep), self._view.cursor or 0
        )
        self._view.set_cursor(min(row, max(len(self._rows) - 1, 0)) if self._rows else None, scroll=False)

    def _at(self) -> TreeRow:
        return self._rows[min(self._view.cursor or 0, len(self._rows) - 1)]

    def action_move(self, by: int) -> None:
        """Move the mark."""
        if self._rows:
            row = (self._view.cursor or 0) + by
            self._view.set_cursor(max(0, min(row, len(self._rows) - 1)))

    def action_page(self, by: int) -> None:
        """Move the mark by a page."""
        self.action_move(by * max(self._view.size.height - 1, 1))

    def action_edge(self, last: bool) -> None:
        """Move the mark to the first or last row."""
        self.action_move(len(self._rows) if last else -len(self._rows))

    def action_open(self) -> None:
        """Open the file and go to the editor; open or close a folder."""
        if not self._rows:
            return
        row = self._at()
        if row.is_dir:
            self._tree.toggle(row.path)
            self._draw()
        elif row.mark == "D":
            self.post_message(self.Said(f"{row.name} is deleted; there is nothing to open."))
        else:
            self._engine.start(self._engine.workspace.open(row.path), f"open {row.path}")
            self.post_message(self.WentTo("editor"))

    def action_unfold(self) -> None:
        """Open the folder, or step into an open one."""
        if self._rows and self._at().is_dir and not self._at().is_open:
            self.action_open()
        else:
            self.action_move(1)

    def action_fold(self) -> None:
        """Close the folder, or go to the one above."""
        if not self._rows:
            return
        row = self._at()
        if row.is_dir and row.is_open:
            self.action_open()
        elif above := parents(row.path):
            self._view.set_cursor(next(at for at, row in enumerate(self._rows) if row.path == above[-1]))

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click does what Enter does."""
        event.stop()
        if event.row < len(self._rows):
            self._view.set_cursor(event.row)
            self.action_open()
