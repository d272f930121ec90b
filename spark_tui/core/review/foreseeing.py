"""What accepting would do, for whoever only wants to know or to have it ready; nothing is decided by it."""

from collections.abc import Iterable, Iterator, Mapping

from spark_tui.core.review.book import Book
from spark_tui.core.review.deciding import Deciding, History
from spark_tui.core.review.reading import Reading
from spark_tui.core.review.values import Plan


class Foreseeing(Reading):
    """A review that can be asked what would be."""

    def __init__(self, book: Book, history: History) -> None:
        super().__init__(book)
        self._deciding = Deciding(book, history)

    def preview(self, ids: Iterable[str]) -> Plan:
        """Work out what accepting hunks would do."""
        return self._deciding.plan(ids, {}, again=True)

    def rehearse(self, ids: Iterable[str], rows: Mapping[str, frozenset[int]] | None = None) -> Iterator[int]:
        """Work out file by file what `plan_accept` will need, which is quick then; yields for how many hunks."""
        return self._deciding.rehearse(ids, rows or {})
