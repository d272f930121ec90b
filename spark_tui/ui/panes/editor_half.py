"""One half of the editor's pane: a text with its bars, or the hint that stands in its place."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.review import HunkView
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.engine import Engine, ReviewMoved
from spark_tui.syntax import language_for
from spark_tui.ui.bridge import Notice
from spark_tui.ui.panes.editor_faults import Faults
from spark_tui.ui.panes.editor_habits import Customs
from spark_tui.ui.widgets.cells import cut_path
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_bars import EditorBars
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.steady import Steady

_EMPTY = (
    ("", ""),
    ("strong", "  No file is open."),
    ("", ""),
    ("muted", "  F2      files"),
    ("muted", "  Ctrl+O  find a file by its name"),
    ("muted", "  F7      prompt: ask for a change"),
    ("muted", "  F1      all keys"),
)


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

    def travel(self, by: int) -> Span | None:
        """Go to the text before this one in time, or after it."""
        return self._engine.workspace.travel(self.path, by)

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


class EditorHalf(Steady, Vertical):
    """Shows one open file; which one, its owner says."""

    def __init__(self, engine: Engine, number: int) -> None:
        """`number` is 1 for the half that is always there."""
        ending = "" if number == 1 else f"-{number}"
        super().__init__(id=f"editor-half{ending}", classes="editor-half")
        self._engine = engine
        self._host = OpenFile(engine)
        self.view = SteadyEditor(self._host, id=f"editor-view{ending}", classes="editor-view")
        """The text."""
        self.hint = LineView(id=f"editor-empty{ending}", classes="editor-empty")
        """What to do while there is no text."""
        self._faults = Faults(engine, self.view)
        self._customs = Customs(engine, self.view)
        self._head = LineView(can_focus=False, classes="bar half-head")
        self._is_named = False
        self._is_front = True

    def compose(self) -> ComposeResult:
        """The name above, the text, its bars."""
        yield self._head
        yield self.hint
        yield self.view
        yield EditorBars(self.view)

    def on_mount(self) -> None:
        """Start without a file."""
        self.view.display = bool(self.path)
        self.hint.display = not self.path
        self._head.display = self._is_named
        self._head.when_sized = self._draw_head
        self.hint.set_lines([plain(text, style) for style, text in _EMPTY])

    @property
    def path(self) -> str:
        """The file that is shown; empty for none."""
        return self._host.path

    def target(self) -> Widget:
        """The text takes the focus, or the hint that stands in its place."""
        return self.view if self.path else self.hint

    def set_named(self, is_named: bool, is_front: bool) -> None:
        """Write the name above the text, as needed when there are two halves."""
        self._is_named, self._is_front = is_named, is_front
        self._head.display = is_named
        self._draw_head()

    def _draw_head(self) -> None:
        look = "here" if self._is_front else "muted"
        path = cut_path(inert(self.path), max(self._head.size.width - 2, 8))
        self._head.set_lines([Line(((look, f" {path}"),))])

    def show(self, path: str) -> None:
        """Show another file, or none; the focus stays in this half if it is here."""
        had_focus = self.target().has_focus
        self._host.path = path
        self.view.display = bool(path)
        self.hint.display = not path
        if path:
            text = self._host.text()
            spot = self._engine.navigation.keeping.spot_of(path)
            if spot is not None:
                self.view.remember(path, text, Position(spot.line, spot.column), spot.top)
            self.view.show(path, text, language_for(path, text.line(0)))
        self._faults.show(path)
        self._customs.show(path, None)
        self._draw_head()
        if had_focus:
            self.target().focus(scroll_visible=False)

    def follow(self, notice: Notice | None) -> None:
        """Follow what happened to the file that is shown."""
        if notice is None or self.path in notice.buffers:
            changes = (notice.buffers.get(self.path) or []) if notice else []
            self.view.refresh_text(changes[0].changes if len(changes) == 1 else None)
        elif notice.has(ReviewMoved):
            self.view.refresh_hunks()
        self._faults.show(self.path)
        self._customs.show(self.path, notice)
