"""Takes back a call that the model says again from its beginning, as far as nobody has done anything with it."""

from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import History
from spark_tui.core.review.hunk import AGAIN, Hunk
from spark_tui.core.review.values import HunkState


def withdraw(book: Book, history: History, name: str) -> None:
    """Drop the hunks of a call; those that the person did something with stay, and the later ones stand for them."""
    known = {
        entry.hunk.origin.id for decision in (*history.done, *history.undone) for entry in decision.entries
    }
    for call in book.calls:
        if call.call != name:
            continue
        for hunk in [hunk for section in call.sections for hunk in section.hunks]:
            if hunk.is_echo or not hunk.is_decided and hunk.origin.id not in known:
                _drop(book, hunk)
            else:
                book.lost[hunk.origin.id] = hunk
        call.sections[:] = [section for section in call.sections if section.hunks]


def replace(book: Book) -> None:
    """The call was said again to its end: what did not come again as it was is replaced by what came."""
    for hunk in book.lost.values():
        if hunk.echo is None:
            hunk.is_replaced = True
            if not hunk.is_decided and not hunk.amended:
                hunk.start = None
                hunk.turn_to(HunkState.STALE, AGAIN)
    book.lost.clear()


def _drop(book: Book, hunk: Hunk) -> None:
    book.drop(hunk)
    for other in book.lost.values():
        if other.echo is hunk:
            other.echo = None
