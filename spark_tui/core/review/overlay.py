"""The hunks to be drawn into a buffer, sorted by line and kept until one of them changes."""

from spark_tui.core.review.document import Document
from spark_tui.core.review.values import HunkState, HunkView

_DRAWN = (HunkState.PROPOSED, HunkState.AMBIGUOUS)


class Overlays:
    """Remembers per document what is drawn; a hunk that streams is put in anew each time."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[HunkView, ...]] = {}

    def of(self, document: Document) -> tuple[HunkView, ...]:
        """Return the views by line."""
        kept = self._kept.get(id(document))
        if kept is None or document.flag.up:
            document.flag.up = False
            views = [hunk.view() for hunk in document.hunks if hunk.state in _DRAWN]
            placed = [view for view in views if view.line is not None and view.rows]
            kept = self._kept[id(document)] = tuple(sorted(placed, key=_line))
        streaming: list[HunkView] = []
        for hunk in reversed(document.hunks):
            if hunk.state is not HunkState.STREAMING:
                break
            if hunk.start is not None:
                streaming.append(hunk.view())
        return tuple(sorted([*kept, *streaming], key=_line)) if streaming else kept


def _line(view: HunkView) -> int:
    return view.line or 0
