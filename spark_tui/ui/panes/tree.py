"""The files of the workspace: a tree that stays quick with any number of files."""

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.engine import Engine, ReviewMoved, TabsMoved, TreeMoved
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.long_view import LazyLines, LongView
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.tree_rows import FileTree, TreeRow, TreeRows, parents, tree_line


class TreePane(Pane):
    """Shows files and folders, git marks, and where edits wait; follows the file in front."""

    BINDINGS = bindings(Where.TREE)

    class Asked(Message):
        """The person wants something done with a path: `new`, `move`, `copy`, `delete`, `undo`, `redo`, `menu`."""

        def __init__(self, what: str, path: str, is_dir: bool) -> None:
            super().__init__()
            self.what = what
            self.path = path
            self.is_dir = is_dir

    def __init__(self, engine: Engine) -> None:
        super().__init__(id="tree")
        self._engine = engine
        self._tree = FileTree()
        self._rows: TreeRows = self._tree.rows()
        self._waiting: dict[str, int] = {}
        self._active: str | None = None
        self._awaited = ""
        """A path to go to as soon as it is listed."""
        self._view = LongView(id="tree-view")
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

    # What there is

    def redraw(self, notice: Notice | None) -> None:
        """Read the list again if it changed, and draw."""
        if notice is not None and not notice.has(TreeMoved, TabsMoved, ReviewMoved):
            return
        is_listed = notice is None or notice.has(TreeMoved)
        if is_listed:
            entries = self._engine.listing.entries
            self._tree.load(entries)
            self._tree.mark(entries)
        waiting: dict[str, int] = {}
        for file in self._engine.decisions.review.files():
            waiting[file.path] = waiting.get(file.path, 0) + file.pending
        has_moved = self._follow()
        if is_listed or has_moved or waiting != self._waiting:
            self._waiting = waiting
            self._draw()

    def _follow(self) -> bool:
        """Open the tree up to the file in front, if that is another one now and the person is elsewhere."""
        active = self._engine.workspace.active
        if active == self._active:
            return False
        self._active = active
        if active is not None and not self._view.has_focus:
            self.show(active)
        return True

    def show(self, path: str) -> None:
        """Go to a path, now or as soon as it is listed."""
        self._awaited = path
        self._tree.open_up_to(path)

    def open_only(self, folders: tuple[str, ...]) -> None:
        """Open these folders and close all others, as they were left."""
        self._tree.open_only(folders)
        self.look()

    @property
    def open_folders(self) -> tuple[str, ...]:
        """Folders that show their content."""
        return self._tree.open_folders

    def _draw(self) -> None:
        keep = self._at().path if self._rows else None
        self._rows = self._tree.rows()
        note = self._engine.listing.note
        extra = [plain(f" {inert(note)}", "muted")] if note else []
        if not self._rows and not extra:
            extra = [plain(" no files yet", "muted")]
        count = len(self._rows)
        self._view.set_source(
            LazyLines(count + len(extra), lambda row: self._line(row) if row < count else extra[row - count])
        )
        self._place_cursor(keep)

    def _line(self, row: int) -> Line:
        found = self._rows[row]
        return tree_line(found, self._active, self._waiting.get(found.path, 0))

    def _place_cursor(self, keep: str | None) -> None:
        row = self._rows.place_of(self._awaited) if self._awaited else None
        if row is not None:
            self._awaited = ""
            self._view.set_cursor(row)
            return
        row = self._rows.place_of(keep) if keep else None
        row = self._view.cursor or 0 if row is None else row
        self._view.set_cursor(min(row, max(len(self._rows) - 1, 0)) if self._rows else None, scroll=False)

    def _at(self) -> TreeRow:
        return self._rows[min(self._view.cursor or 0, len(self._rows) - 1)]

    # Keys

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
            self._view.set_cursor(self._rows.place_of(above[-1]))

    def action_fold_all(self) -> None:
        """Close every folder."""
        top = self._at().path.partition("/")[0] if self._rows else ""
        self._tree.open_only(())
        self._awaited = top
        self._draw()

    def action_reveal(self) -> None:
        """Go to the file in front."""
        if self._active is None:
            self.post_message(self.Said("No file is open."))
        else:
            self.show(self._active)
            self._draw()

    def action_ask(self, what: str) -> None:
        """Have something done with the marked row."""
        row = self._at() if self._rows else None
        if row is not None and row.mark == "D" and what in ("move", "copy", "delete"):
            self.post_message(self.Said(f"{inert(row.name)} is deleted already."))
        elif row is not None:
            self.post_message(self.Asked(what, row.path, row.is_dir))
        elif what in ("new", "undo", "redo"):
            self.post_message(self.Asked(what, "", True))

    # Mouse

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click does what Enter does."""
        event.stop()
        if event.view is self._view and event.row < len(self._rows):
            self._view.set_cursor(event.row)
            self.action_open()

    def on_long_view_menu_asked(self, event: LongView.MenuAsked) -> None:
        """The right button offers what can be done with the row."""
        event.stop()
        if event.row < len(self._rows):
            self._view.set_cursor(event.row)
            self._view.focus(scroll_visible=False)
            self.action_ask("menu")
