"""What the person remarks on proposed edits: each comment keeps the code it was made on; all are sent as one prompt."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkView
from spark_tui.core.values import dataclass
from spark_tui.engine.events import EngineEvent, ReviewMoved

MAX_CODE = 40
"""Rows of code that go along with one comment."""

_SIGNS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a hunk, or on some rows of it."""

    hunk: str
    path: str
    line: int | None
    """The buffer line, counted from zero, at which the code stood; None where it had no place."""
    rows: tuple[int, ...]
    """Numbers of the rows it is about; empty: the whole hunk."""
    code: tuple[str, ...]
    """The rows as they were, each with its sign."""
    text: str
    is_sent: bool = False


class Comments:
    """Every comment of the sitting."""

    def __init__(self, emit: Callable[[EngineEvent], None]) -> None:
        self._emit = emit
        self._kept: list[Comment] = []
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
        found = [comment.text for comment in self.unsent if _place(comment) == (hunk, tuple(rows))]
        return found[0] if found else ""

    def put(self, hunk: HunkView, rows: Sequence[int], text: str) -> None:
        """Comment on rows of a hunk, or on all of it; replaces an unsent comment there, no text removes it."""
        place = hunk.id, tuple(rows)
        self._kept = [comment for comment in self._kept if comment.is_sent or _place(comment) != place]
        if text.strip():
            code = [hunk.rows[row] for row in rows] if rows else hunk.rows
            quoted = tuple(_SIGNS[row.kind] + row.text for row in code[:MAX_CODE])
            line = _line_of(hunk, rows[0] if rows else 0)
            self._kept.append(Comment(hunk.id, hunk.path, line, tuple(rows), quoted, text.strip()))
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
        self._kept = [replace(comment, is_sent=True) for comment in self._kept]
        self._moved()

    def _moved(self) -> None:
        self.revision += 1
        self._emit(ReviewMoved())


def _place(comment: Comment) -> tuple[str, tuple[int, ...]]:
    return comment.hunk, comment.rows


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
