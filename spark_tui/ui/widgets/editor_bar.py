"""What every bar below the text has: it opens, and it goes away again."""

from textual.containers import Vertical

from spark_tui.ui.widgets.steady import Steady


class Bar(Steady, Vertical):
    """Shown only while it is open."""

    def open(self, what: str) -> None:
        """Begin what was asked for."""
        raise NotImplementedError

    def leave(self) -> None:
        """Back to the text."""
        raise NotImplementedError
