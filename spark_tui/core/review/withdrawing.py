"""Takes back a call that the model says again from its beginning, as far as nobody has decided on it."""

from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import History
from spark_tui.core.review.values import HunkState

AGAIN = "It came again after the connection broke: see the later one."


def withdraw(book: Book, history: History, name: str) -> None:
    """Drop the undecided hunks of a call; one that a decision can still be undone or redone for turns stale."""
    known = {
        entry.hunk.origin.id for decision in (*history.done, *history.undone) for entry in decision.entries
    }
    for call in book.calls:
        if call.call != name:
            continue
        for hunk in [hunk for section in call.sections for hunk in section.hunks]:
            if hunk.is_decided:
                continue
            if hunk.origin.id in known:
                hunk.start = None
                hunk.turn_to(HunkState.STALE, AGAIN)
            else:
                book.drop(hunk)
        call.sections[:] = [section for section in call.sections if section.hunks]
