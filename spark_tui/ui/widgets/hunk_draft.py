"""A small editor for the new side of one hunk: what it becomes is shown again as a proposal, never written."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.review import HunkView
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.engine import Buffer
from spark_tui.syntax import language_for
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.lines import Line, LineView
from spark_tui.ui.widgets.steady import Steady


def text_of(lines: Sequence[str]) -> str:
    """Write lines as a text to edit."""
    return "\n".join(lines)


def lines_of(text: str) -> tuple[str, ...]:
    """Read the lines of an edited text; no text is no line."""
    return tuple(text.split("\n")) if text else ()


class _Draft:
    """The editor's host: a text that belongs to nobody else."""

    def __init__(self, text: str) -> None:
        self.buffer = Buffer("", Text.of(text), None)

    def text(self) -> Text:
        """The text as it is now."""
        return self.buffer.text

    def apply(self, changes: ChangeSet, group: str) -> bool:
        """Make a change of the person."""
        self.buffer.record(changes, group)
        return True

    def undo(self) -> Span | None:
        """Take the newest group of changes back."""
        return _end(self.buffer.step_back())

    def redo(self) -> Span | None:
        """Bring the group undone last back."""
        return _end(self.buffer.step_forward())

    def travel(self, by: int) -> Span | None:
        """Go to the text before this one in time, or after it."""
        return self.undo() if by < 0 else self.redo()

    def read_only(self) -> bool:
        """It can always be edited."""
        return False

    def hunks(self) -> tuple[HunkView, ...]:
        """Nothing is proposed here."""
        return ()

    def looked(self, caret: Position, selection: Span | None) -> None:
        """Nobody else needs to know."""


def _end(applied: Sequence[ChangeSet]) -> Span | None:
    if not applied or not applied[-1].changes:
        return None
    last = applied[-1]
    end = last.map(last.changes[-1].span.end, after=True)
    return Span(end, end)


class _Sheet(Steady, EditorView):
    """The editor, outliving an error in a handler."""


class HunkDraft(Steady, Vertical):
    """Edits, and goes away."""

    BINDINGS = bindings(Where.DRAFT)

    place: ClassVar[Where] = Where.DRAFT
    """Whose keys apply in it."""

    class Gone(Message):
        """It was kept or left."""

        def __init__(self, left: str | None = None) -> None:
            super().__init__()
            self.left = left
            """The text that was not kept."""

    def __init__(self, title: str, path: str, text: str, keep: Callable[[str], None]) -> None:
        super().__init__(classes="hunk-draft")
        self._title = LineView(can_focus=False, classes="bar")
        self._title.set_lines([Line((("heading", f" {inert(title)}"),))])
        self._host = _Draft(text)
        self._path = path
        self._keep = keep
        self._sheet = _Sheet(self._host)

    def compose(self) -> ComposeResult:
        """The title above the text."""
        yield self._title
        yield self._sheet

    def on_mount(self) -> None:
        """Take the focus: the person asked for this."""
        text = self._host.text()
        self._sheet.show(self._path, text, language_for(self._path, text.line(0)))
        self._sheet.focus(scroll_visible=False)

    @property
    def text(self) -> str:
        """The text as it is now."""
        now = self._host.text()
        return now.slice(now.full_span())

    def target(self) -> Widget:
        """What takes the focus."""
        return self._sheet

    def action_keep(self) -> None:
        """Let the hunk become this."""
        self.post_message(self.Gone())
        self._keep(self.text)

    def action_leave_draft(self) -> None:
        """Leave the hunk as it is."""
        self.post_message(self.Gone(self.text))
