"""The editor's pane: tabs above, the text, a sentence below when something about the file is special."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.layout import Spot
from spark_tui.core.review import HunkView
from spark_tui.engine import ChangedOutside, Engine, TabsMoved
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import COMMANDS, key_label
from spark_tui.ui.panes.editor_half import EditorHalf
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_motions import name_at
from spark_tui.ui.widgets.lines import Line, LineView
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.tab_row import Tab, TabRow, tab_row

_KEYS = {command.id: key_label(command.keys[0]) for command in COMMANDS if command.keys}
_CHOOSE, _SPLIT = _KEYS["file.outside"], _KEYS["editor.split"]
LEAST_WIDTH = 40
"""Columns that two halves need."""


class EditorPane(Pane):
    """Shows the active file and follows the engine."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(id="editor")
        self._engine = engine
        self._front = EditorHalf(engine, 1)
        """The half where the person is, or was."""
        self._other: EditorHalf | None = None
        """The second half, while there are two."""
        self._note = LineView(can_focus=False, classes="bar", id="editor-note")
        self._tabs = TabRow(Line(()), ())
        self._front.hint.when_sized = self.look
        self._previewed: set[str] = set()

    def compose_body(self) -> ComposeResult:
        """Show the text, or what to do when there is none."""
        with Horizontal(id="editor-halves"):
            yield self._front
        yield self._note

    def on_mount(self) -> None:
        """Start without a file."""
        super().on_mount()
        self._note.display = False

    def target(self) -> Widget:
        """The text takes the focus, or the hint that stands in its place."""
        return self._front.target()

    # Two halves

    @property
    def other_path(self) -> str:
        """The file of the second half; empty while there is one half only."""
        return self._other.path if self._other is not None else ""

    def spots(self) -> dict[str, Spot]:
        """Where the person is, or was, in every file that was shown."""
        halves = [half for half in (self._other, self._front) if half is not None]
        return {
            path: Spot(caret.line, caret.column, top)
            for half in halves
            for path, (caret, top) in half.view.places().items()
        }

    async def split(self, path: str = "") -> None:
        """Show two files, or two places of one, side by side."""
        path = path or self._front.path
        if self._other is not None or not path:
            return
        if 0 < self.size.width < LEAST_WIDTH:
            self.post_message(self.Said(f"Two halves need {LEAST_WIDTH} columns."))
            return
        second = EditorHalf(self._engine, 2)
        await self.query_one("#editor-halves").mount(second)
        self._other = second
        second.show(path)
        if path == self._front.path:
            second.view.go_to(self._front.view.caret.line, self._front.view.caret.column)
        self._name_halves()

    async def join(self) -> None:
        """Show the half only where the person is."""
        gone, self._other = self._other, None
        if gone is None:
            return
        if self._front.id != "editor-half":
            # The first half stays for good; it takes over what the person sees.
            self._front, gone = gone, self._front
            caret = gone.view.caret
            self._front.show(gone.path)
            self._front.view.go_to(caret.line, caret.column)
        self._front.target().focus(scroll_visible=False)
        await gone.remove()
        self._name_halves()

    def go_across(self) -> None:
        """Go to the other half."""
        if self._other is None:
            self.post_message(self.Said(f"There is one half only; {_SPLIT} splits the editor."))
        else:
            self._other.target().focus(scroll_visible=False)

    def on_descendant_focus(self) -> None:
        """The half with the focus is the one in front: its file is the open one."""
        other = self._other
        focused = self.screen.focused
        if other is None or focused is None or other not in focused.ancestors:
            return
        self._front, self._other = other, self._front
        if self._front.path and self._front.path != self._engine.workspace.active:
            self._engine.workspace.activate(self._front.path)
        self._name_halves()
        self._show_note()

    def _name_halves(self) -> None:
        is_split = self._other is not None
        self._front.set_named(is_split, True)
        if self._other is not None:
            self._other.set_named(True, False)

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
        if buffer is not None and buffer.is_link:
            return "link"
        return "read-only" if buffer is not None and buffer.read_only else ""

    def redraw(self, notice: Notice | None) -> None:
        """Follow the engine: another file, another text, other hunks, a place to go to."""
        space = self._engine.workspace
        active = space.active if space.active and space.buffer(space.active) is not None else ""
        if active != self._front.path:
            self._front.show(active)
        elif active:
            self._front.follow(notice)
        if not active:
            self._preview()
        if self._other is not None and self._other.path not in space.tabs:
            self._other.show(active)
        elif self._other is not None:
            self._other.follow(notice)
        if notice is None or notice.has(TabsMoved, ChangedOutside):
            self._show_note()
        if notice is not None and notice.reveal is not None and notice.reveal.path == self._front.path:
            self._front.view.go_to(notice.reveal.line, notice.reveal.column)

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
        return self._front.view.plain_reason if self._front.path else ""

    @property
    def selected(self) -> str:
        """The selected text, if it is within one line."""
        buffer = self._engine.workspace.buffer(self._front.path)
        span = buffer.selection if buffer is not None else None
        if buffer is None or span is None or span.start.line != span.end.line:
            return ""
        return buffer.text.slice(span)

    @property
    def word(self) -> str:
        """What is selected within one line, or the word at the caret."""
        buffer = self._engine.workspace.buffer(self._front.path)
        if self.selected or buffer is None:
            return self.selected
        found = buffer.text.slice(name_at(buffer.text, self._front.view.caret))
        return found if found.isidentifier() else ""

    def reveal(self, hunk: HunkView) -> None:
        """Show a hunk at its place, if its file is open; the caret and the focus stay where they are."""
        space = self._engine.workspace
        if hunk.path in space.tabs and hunk.path != space.active:
            space.activate(hunk.path)
            self.look()
        if hunk.path == self._front.path:
            self._front.view.reveal_hunk(hunk.id)

    def command(self, name: str) -> None:
        """Do one of the editor's own commands."""
        self.target().focus(scroll_visible=False)
        if self._front.path:
            self._front.view.action_editor(name)

    def _show_note(self) -> None:
        buffer = self._engine.workspace.buffer(self._front.path)
        note = buffer.note if buffer is not None else ""
        if self._engine.outside.change_of(self._front.path) is not None:
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
