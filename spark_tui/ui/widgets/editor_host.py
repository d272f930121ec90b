"""What the editor needs from the pane that holds it: the truth, and a door for changes."""

from typing import Protocol

from spark_tui.core.review import HunkView
from spark_tui.core.text import ChangeSet, Position, Span, Text


class EditorHost(Protocol):
    """Owns the text that the editor shows; every answer is about the file shown last."""

    def text(self) -> Text:
        """The text as it is now."""
        ...

    def apply(self, changes: ChangeSet, group: str) -> bool:
        """Make a change of the person; False if it can't be made. Equal groups in a row are undone together."""
        ...

    def undo(self) -> Span | None:
        """Take the newest group back; answers where the caret belongs, None if there was nothing."""
        ...

    def redo(self) -> Span | None:
        """Bring the group undone last back."""
        ...

    def travel(self, by: int) -> Span | None:
        """Go to the text before this one in time, or after it; answers where the caret belongs."""
        ...

    def read_only(self) -> bool:
        """Whether the file can't be edited."""
        ...

    def hunks(self) -> tuple[HunkView, ...]:
        """The hunks that wait for a decision and have a place in the text, sorted by line."""
        ...

    def looked(self, caret: Position, selection: Span | None) -> None:
        """Hear what the person has in view."""
        ...
