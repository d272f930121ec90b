"""Remembers where several carets were around recent edits, so that undo and redo bring all of them back."""

from collections import deque

from spark_tui.core.text import Text
from spark_tui.ui.widgets.editor_carets import Carets

_KEPT = 100


class Trail:
    """Texts of the last edits at several carets, with the carets that stood in them."""

    def __init__(self) -> None:
        self._steps: deque[tuple[Text, Carets]] = deque(maxlen=2 * _KEPT)

    def note(self, before: Text, old: Carets, after: Text, new: Carets) -> None:
        """Keep both sides of an edit."""
        if not (self._steps and self._steps[-1][0] is before):
            self._steps.append((before, old))
        self._steps.append((after, new))

    def carets_of(self, text: Text) -> Carets | None:
        """Return the carets that stood in a text of the same content, if they are remembered."""
        return next((carets for known, carets in reversed(self._steps) if known.same_content(text)), None)
