"""The editor's pane: tabs above, the text, a sentence below when something about the file is special."""

from textual.app import ComposeResult
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.review import HunkView
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.engine import ChangedOutside, Engine, ReviewMoved, TabsMoved
from spark_tui.syntax import language_for
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import COMMANDS, key_label
from spark_tui.ui.panes.editor_faults import Faults
from spark_tui.ui.panes.editor_habits import Customs
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_bars import EditorBars
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.steady import Steady
from spark_tui.ui.widgets.tab_row import Tab, TabRow, tab_row

_EMPTY = (
    ("", ""),
    ("strong", "  No file is open."),
    ("", ""),
    ("muted", "  F2      files"),
    ("muted", "  Ctrl+O  find a file by its name"),
    ("muted", "  F7      prompt: ask for a change"),
    ("muted", "  F1      all keys"),
)
_CHOOSE = next(key_label(command.keys[0]) for command in COMMANDS if command.id == "file.outside")


class OpenFile:
    """The editor's host: the file in front, as the engine holds it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.path = ""
        """The file that the editor shows."""

    def text(self) -> Text:
        """The text as it is now."""
        buffer = self._engine.workspace.buffer(self.path)
        return buffer.text if buffer is not None else Text.of("")

    def apply(self, changes: ChangeSet, group: str) -> bool:
        """Make a change of the person."""
        return self._engine.workspace.edit(self.path, changes, group)

    def undo(self) -> Span | None:
        """Take the newest group of changes back."""
        return self._engine.workspace.undo(self.path)

    def redo(self) -> Span | None:
        """Bring the group undone last back."""
        return self._engine.workspace.redo(self.path)

    def read_only(self) -> bool:
        """Whether the file can't be edited."""
        buffer = self._engine.workspace.buffer(self.path)
        return buffer is None or buffer.read_only

    def hunks(self) -> tuple[HunkView, ...]:
        """The hunks that wait for a decision and have a place in the text."""
        return self._engine.decisions.review.overlays(self.path) if self.path else ()

    def looked(self, caret: Position, selection: Span | None) -> None:
        """Tell the engine what the person has in view, for the context of the next prompt."""
        buffer = self._engine.workspace.buffer(self.path)
        if buffer is not None:
            buffer.caret, buffer.selection = caret, selection


class SteadyEditor(Steady, EditorView):
    """The editor, outliving an error in a handler."""


class EditorPane(Pane):
    """Shows the active file and follows the engine."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(id="editor")
        self._engine = engine
        self._host = OpenFile(engine)
        self._view = SteadyEditor(self._host, id="editor-view")
        self._faults = Faults(engine, self._view)
        self._customs = Customs(engine, self._view)
        self._empty = LineView(id="editor-empty")
        self._note = LineView(can_focus=False, classes="bar", id="editor-note")
        self._tabs = TabRow(Line(()), ())
        self._empty.when_sized = self.look
        self._previewed: set[str] = set()

    def compose_body(self) -> ComposeResult:
        """Show the text, or what to do when there is none."""
        yield self._empty
        yield self._view
        yield EditorBars(self._view)
        yield self._note

    def on_mount(self) -> None:
        """Start without a file."""
        super().on_mount()
        self._view.display = self._note.display = False
        self._empty.set_lines([plain(text, style) for style, text in _EMPTY])

    def target(self) -> Widget:
        """The text takes the focus, or the hint that stands in its place."""
        return self._view if self._host.path else self._empty

    def header_line(self) -> Line:
        """Show the tabs."""
        space = self._engine.workspace
        tabs = [
            Tab(path, bool(buffer and buffer.is_dirty), path == space.active, self._mark(path))
            for path in space.tabs
            for buffer in (space.buffer(path),)
        ]
        if not tabs:
            return Line(((self.title_style, " editor "),))
        self._tabs = tab_row(tabs, self._header.size.width, "here" if self._is_here else "title")
        return self._tabs.line

    def _mark(self, path: str) -> str:
        if self._engine.outside.change_of(path) is not None:
            return "changed"
        buffer = self._engine.workspace.buffer(path)
        return "read-only" if buffer is not None and buffer.read_only else ""

    def redraw(self, notice: Notice | None) -> None:
        """Follow the engine: another file, another text, other hunks, a place to go to."""
        active = self._engine.workspace.active
        buffer = self._engine.workspace.buffer(active) if active else None
        if active is None or buffer is None:
            self._turn_to("")
            self._preview()
        elif active != self._host.path:
            self._turn_to(active)
        elif notice is None or active in notice.buffers:
            changes = (notice.buffers.get(active) or []) if notice else []
            self._view.refresh_text(changes[0].changes if len(changes) == 1 else None)
        elif notice.has(ReviewMoved):
            self._view.refresh_hunks()
        self._faults.show(self._host.path)
        self._customs.show(self._host.path, notice)
        if notice is None or notice.has(TabsMoved, ChangedOutside):
            self._show_note()
        if notice is not None and notice.reveal is not None and notice.reveal.path == self._host.path:
            self._view.go_to(notice.reveal.line, notice.reveal.column)

    def _preview(self) -> None:
        """While no file is open, open the first one that a turn edits: it is what there is to see."""
        newest = self._engine.conversation.newest
        if newest is None or newest.id in self._previewed:
            return
        known = {entry.path for entry in self._engine.listing.entries}
        for file in self._engine.decisions.review.files():
            if file.turn == newest.id and file.path in known and file.pending:
                self._previewed.add(newest.id)
                self._engine.start(self._engine.workspace.open(file.path), f"open {file.path}")
                return

    @property
    def plain_reason(self) -> str:
        """Why the text is shown without colours; empty when it is not, or when there is no text."""
        return self._view.plain_reason if self._host.path else ""

    @property
    def selected(self) -> str:
        """The selected text, if it is within one line."""
        buffer = self._engine.workspace.buffer(self._host.path)
        span = buffer.selection if buffer is not None else None
        if buffer is None or span is None or span.start.line != span.end.line:
            return ""
        return buffer.text.slice(span)

    def reveal(self, hunk: HunkView) -> None:
        """Show a hunk at its place, if its file is open; the caret and the focus stay where they are."""
        space = self._engine.workspace
        if hunk.path in space.tabs and hunk.path != space.active:
            space.activate(hunk.path)
            self.look()
        if hunk.path == self._host.path:
            self._view.reveal_hunk(hunk.id)

    def command(self, name: str) -> None:
        """Do one of the editor's own commands."""
        self.target().focus(scroll_visible=False)
        if self._host.path:
            self._view.action_editor(name)

    def _turn_to(self, path: str) -> None:
        """Show another file, or none; the focus stays in this pane if it is here."""
        had_focus = self.target().has_focus
        self._host.path = path
        self._view.display = bool(path)
        self._empty.display = not path
        if path:
            text = self._host.text()
            self._view.show(path, text, language_for(path, text.line(0)))
        self._show_note()
        if had_focus:
            self.target().focus(scroll_visible=False)

    def _show_note(self) -> None:
        buffer = self._engine.workspace.buffer(self._host.path)
        note = buffer.note if buffer is not None else ""
        if self._engine.outside.change_of(self._host.path) is not None:
            note = f"Changed on disk by another program, and not saved here: {_CHOOSE} settles it."
        self._note.display = bool(note)
        self._note.set_lines([Line((("stale", f" {inert(note)}"),))])

    def on_editor_view_refused(self, event: EditorView.Refused) -> None:
        """Say why a key did nothing."""
        event.stop()
        self.post_message(self.Said(event.sentence))

    def on_editor_view_jumped(self, event: EditorView.Jumped) -> None:
        """Going back or forward leads to another file."""
        event.stop()
        space = self._engine.workspace
        if event.path in space.tabs:
            space.activate(event.path)
        else:
            self._engine.start(space.open(event.path, event.line), f"open {event.path}")

    def on_editor_view_ghost_pressed(self, event: EditorView.GhostPressed) -> None:
        """A click on a proposed edit leads to its review."""
        event.stop()
        self.post_message(self.WentTo("review", event.hunk_id))

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click on a tab shows its file."""
        event.stop()
        path = self._tabs.at(event.cell) if event.view is self._header else None
        if path is not None:
            self._engine.workspace.activate(path)
