"""Which hunks the review shows: words that each have to be found in the path, the state, or the marks."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from spark_tui.core.review import PENDING, FileView, HunkView
from spark_tui.ui.widgets.review_rows import Extra, state_words


def _has(word: str, hunk: HunkView, extra: Extra) -> bool:
    match word:
        case "fail" | "failed":
            return extra.badge.is_red
        case "comment" | "comments":
            return bool(extra.notes)
        case "new":
            return hunk.state in PENDING and not extra.is_seen
        case "seen":
            return extra.is_seen
        case "open":
            return hunk.state in PENDING
        case "later" | "off":
            return extra.is_deferred
        case _:
            state = f"{hunk.state} {state_words(hunk)}".lower()
            return any(part.startswith(word) for part in state.split()) or word in hunk.path.lower()


class ReviewFilter:
    """Lets through what fits all words; files stay the same values as long as nothing in them changes."""

    def __init__(self, extra: Callable[[HunkView], Extra]) -> None:
        self._extra = extra
        self._words: tuple[str, ...] = ()
        self._known: dict[str, tuple[FileView, FileView]] = {}

    @property
    def text(self) -> str:
        """The words; empty: everything is shown."""
        return " ".join(self._words)

    def use(self, text: str) -> None:
        """Filter by other words; none end it."""
        self._words = tuple(text.lower().split())
        self._known.clear()

    def apply(self, files: Sequence[FileView], keep: str | None) -> tuple[FileView, ...]:
        """Return what is shown of the files; the hunk `keep` stays, so that it does not vanish while looked at."""
        if not self._words:
            return tuple(files)
        return tuple(file for file in (self._of(file, keep) for file in files) if file.hunks)

    def _of(self, file: FileView, keep: str | None) -> FileView:
        hunks = tuple(hunk for hunk in file.hunks if hunk.id == keep or self._fits(hunk))
        if len(hunks) == len(file.hunks):
            return file
        known = self._known.get(file.id)
        if known is None or known[0] is not file or known[1].hunks != hunks:
            known = self._known[file.id] = file, replace(file, hunks=hunks)
        return known[1]

    def _fits(self, hunk: HunkView) -> bool:
        extra = self._extra(hunk)
        return all(_has(word, hunk, extra) for word in self._words)
