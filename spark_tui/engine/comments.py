"""What the person remarks on proposed edits: each comment keeps the code it was made on; all are sent as one prompt."""

from collections.abc import Callable, Sequence

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkView
from spark_tui.core.session import Comment, put, sent
from spark_tui.engine.events import EngineEvent, ReviewMoved
from spark_tui.engine.marks import Keep, keep_nothing

MAX_CODE = 40
"""Rows of code that go along with one comment."""

_WRITTEN = ("hunk", "path", "line", "rows", "code", "text")
_SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}


class Comments:
    """Every comment of the sitting."""

    def __init__(
        self, emit: Callable[[EngineEvent], None], keep: Keep = keep_nothing, past: Sequence[Comment] = ()
    ) -> None:
        """`keep` writes down what is remarked; `past` is what was written before."""
        self._emit = emit
        self._keep = keep
        self._kept = list(past)
        self.revision = 0
        """Rises with every change."""

    @property
    def unsent(self) -> tuple[Comment, ...]:
        """The comments that the next sending takes along, oldest first."""
        return tuple(comment for comment in self._kept if not comment.is_sent)

    @property
    def all(self) -> tuple[Comment, ...]:
        """Every comment, oldest first."""
        return tuple(self._kept)

    def of(self, hunk: str) -> tuple[Comment, ...]:
        """The comments on one hunk."""
        return tuple(comment for comment in self._kept if comment.hunk == hunk)

    def draft(self, hunk: str, rows: Sequence[int]) -> str:
        """The text of the unsent comment at exactly this place; empty if there is none."""
        found = [comment.text for comment in self.unsent if comment.place == (hunk, tuple(rows))]
        return found[0] if found else ""

    def put(self, hunk: HunkView, rows: Sequence[int], text: str) -> None:
        """Comment on rows of a hunk, or on all of it; replaces an unsent comment there, no text removes it."""
        code = [hunk.rows[row] for row in rows] if rows else hunk.rows
        quoted = tuple(_SIGNS[row.kind] + row.text for row in code[:MAX_CODE])
        line = _line_of(hunk, rows[0] if rows else 0)
        comment = Comment(hunk.id, hunk.path, line, tuple(rows), quoted, text.strip())
        self._kept = put(self._kept, comment)
        self._keep("comment", **{name: getattr(comment, name) for name in _WRITTEN})
        self._moved()

    def prompt(self) -> str:
        """All unsent comments as one prompt."""
        parts = ["Comments on proposed edits. Answer each one; where it asks for a change, propose it."]
        for number, comment in enumerate(self.unsent, 1):
            place = comment.path if comment.line is None else f"{comment.path}, line {comment.line + 1}"
            fence = _fence(comment.code)
            parts.append("\n".join((f"{number}. {place}", fence, *comment.code, fence, comment.text)))
        return "\n\n".join(parts)

    def sent(self) -> None:
        """They are on their way: keep them, but never send them again."""
        self._kept = sent(self._kept)
        self._keep("comments sent")
        self._moved()

    def _moved(self) -> None:
        self.revision += 1
        self._emit(ReviewMoved())


def _line_of(hunk: HunkView, row: int) -> int | None:
    if hunk.line is None:
        return None
    return hunk.line + sum(before.kind is not RowKind.ADD for before in hunk.rows[:row])


def _fence(code: Sequence[str]) -> str:
    """Return a fence that no line of the code can end."""
    longest = max(
        (len(line) - len(line.lstrip("`")) for line in (row[1:].lstrip() for row in code)), default=0
    )
    return "`" * max(3, longest + 1)
