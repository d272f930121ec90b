"""What the editor tells the pane around it."""

from textual.message import Message
from textual.widget import Widget

from spark_tui.core.text import Position, Span


class EditorMessage(Message, namespace="editor_view"):
    """Anything the editor says; handlers are called `on_editor_view_…`."""


class CaretMoved(EditorMessage, namespace="editor_view"):
    """The caret or the selection is somewhere else."""

    def __init__(self, caret: Position, selection: Span | None) -> None:
        super().__init__()
        self.caret = caret
        self.selection = selection

    def can_replace(self, message: Message) -> bool:
        """Only the newest place counts."""
        return isinstance(message, CaretMoved)


class Edited(EditorMessage, namespace="editor_view"):
    """The person changed the text."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


class Refused(EditorMessage, namespace="editor_view"):
    """A sentence for the person: why a key did nothing, or what it began."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class ModeMoved(EditorMessage, namespace="editor_view"):
    """Keys mean something else now, or a command is being typed."""

    def can_replace(self, message: Message) -> bool:
        """Only the newest counts."""
        return isinstance(message, ModeMoved)


class Wished(EditorMessage, namespace="editor_view"):
    """The person typed a command that is not the editor's own: to save, to close, to open."""

    def __init__(self, view: Widget, wish: str, argument: str) -> None:
        super().__init__()
        self.view = view
        self.wish = wish
        self.argument = argument


class GhostPressed(EditorMessage, namespace="editor_view"):
    """The person clicked on a row of a pending hunk."""

    def __init__(self, hunk_id: str) -> None:
        super().__init__()
        self.hunk_id = hunk_id


class Jumped(EditorMessage, namespace="editor_view"):
    """The person goes back or forward to a place in another file: it is to be shown."""

    def __init__(self, path: str, line: int) -> None:
        super().__init__()
        self.path = path
        self.line = line
