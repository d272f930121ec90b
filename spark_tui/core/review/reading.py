"""What can be asked of a review; nothing here changes anything."""

from spark_tui.core.review.book import Book
from spark_tui.core.review.form import bare
from spark_tui.core.review.overlay import Overlays
from spark_tui.core.review.report import report
from spark_tui.core.review.rows import tokens
from spark_tui.core.review.values import PENDING, FileView, HunkState, HunkView, Verdict
from spark_tui.core.text import Text


class Reading:
    """The questions a review answers."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._overlays = Overlays()

    def files(self) -> tuple[FileView, ...]:
        """Return all sections of all calls."""
        return tuple(section.view() for call in self._book.calls for section in call.sections)

    def hunk(self, id: str) -> HunkView | None:
        """Return a hunk; None if nobody knows it."""
        hunk = self._book.hunks.get(id)
        return None if hunk is None else hunk.view()

    def there(self, id: str) -> tuple[int, tuple[str, ...]] | None:
        """Return the buffer lines that a hunk stands for as they are now, and the first one's number."""
        hunk = self._book.hunks.get(id)
        if hunk is None or hunk.start is None:
            return None
        text = self._book.document_of(hunk).text
        return hunk.start, tuple(bare(token) for token in tokens(text, hunk.start, hunk.stop))

    def text(self, path: str) -> Text | None:
        """Return the text of a file that hunks lie in, as the review has it; None where there is none."""
        document = self._book.documents.get(path)
        return None if document is None else document.text

    def paths(self) -> frozenset[str]:
        """Return the paths at which files are or were that hunks are about."""
        of_hunks = {path for hunk in self._book.hunks.values() for path in (hunk.path, hunk.path_at_first)}
        return frozenset(of_hunks | {hunk.new_path for hunk in self._book.hunks.values() if hunk.new_path})

    def overlays(self, path: str) -> tuple[HunkView, ...]:
        """Return the hunks to be drawn into a buffer, by line."""
        document = self._book.documents.get(path)
        return () if document is None else self._overlays.of(document)

    def pending(self, turn: str | None = None) -> int:
        """Count the hunks that wait for the person."""
        return self._book.pending(turn)

    def undecided_calls(self) -> tuple[str, ...]:
        """Return the calls of which hunks wait for the person."""
        waiting = (hunk.origin.call for hunk in self._book.hunks.values() if hunk.state in PENDING)
        return tuple(dict.fromkeys(waiting))

    def due(self) -> tuple[str, ...]:
        """Return the hunks that were accepted while they streamed, and can be now."""
        promised, hunks = self._book.promised, self._book.hunks
        for id in [id for id in promised if id not in hunks or hunks[id].latch is not Verdict.ACCEPT]:
            del promised[id]
        ready = (hunks[id] for id in promised if hunks[id].state is HunkState.PROPOSED)
        placed = [hunk.origin for hunk in ready if hunk.start is not None]
        return tuple(origin.id for origin in sorted(placed, key=lambda origin: origin.order))

    def report(self, call: str) -> str:
        """Return what became of a call's hunks, told to the model."""
        return report(self._book, call)
