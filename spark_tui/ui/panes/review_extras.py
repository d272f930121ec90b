"""What the engine knows about a hunk besides the model's proposal, as the list wants it."""

from spark_tui.core.checks import NO_BADGE
from spark_tui.core.review import HunkState, HunkView
from spark_tui.engine import Engine
from spark_tui.ui.widgets.review_rows import Extra

_PLAIN = {
    (is_seen, is_deferred): Extra(is_seen, is_deferred) for is_seen in (False, True) for is_deferred in (False, True)
}  # fmt: skip


class Extras:
    """Reads marks, comments, versions and explanations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._notes: dict[str, tuple[tuple[int, str], ...]] = {}
        self._noted = -1

    def stamp(self) -> object:
        """Another value whenever something may be known that was not known before."""
        return (
            self._engine.marks.revision,
            self._engine.comments.revision,
            self._engine.versions.revision,
            self._engine.checking.revision,
            self._engine.whys.revision,
            len(self._engine.handing.away),
        )

    def of(self, hunk: HunkView) -> Extra:
        """What is known about a hunk."""
        marks = self._engine.marks
        plain = _PLAIN[marks.is_seen(hunk), marks.is_deferred(hunk)]
        notes = self._comments().get(hunk.id, ())
        version = self._engine.versions.label(hunk)
        choices = self._engine.versions.choices(hunk)
        why = self._engine.whys.of(hunk)
        there = self._there(hunk)
        is_away = hunk.id in self._engine.handing.away
        badge = self._engine.checking.badge(hunk)
        if not (notes or version or choices or why or there or is_away) and badge is NO_BADGE:
            return plain
        return Extra(plain.is_seen, plain.is_deferred, version, notes, badge, why, choices, there, is_away)

    def _there(self, hunk: HunkView) -> tuple[str, ...]:
        """What the person has where a hunk in conflict wants to be."""
        found = self._engine.decisions.review.there(hunk.id) if hunk.state is HunkState.CONFLICTED else None
        return found[1] if found is not None else ()

    def _comments(self) -> dict[str, tuple[tuple[int, str], ...]]:
        comments = self._engine.comments
        if self._noted != comments.revision:
            self._noted = comments.revision
            self._notes = {}
            for comment in comments.all:
                row = comment.rows[-1] if comment.rows else -1
                text = f"{comment.text} (sent)" if comment.is_sent else comment.text
                self._notes[comment.hunk] = (*self._notes.get(comment.hunk, ()), (row, text))
        return self._notes
