"""Steps that hunks take, and their sum worked out before it becomes the living text."""

from collections.abc import Sequence
from typing import NamedTuple

from spark_tui.core.review.form import Form, Run
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.window import Edits, Key, RowEdit
from spark_tui.core.text import ChangeSet, Text
from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A hunk goes from one form to another."""

    hunk: Hunk
    before: Form
    """What the lines in the window are now."""
    form: Form
    """What the hunk is afterwards."""
    runs: tuple[Run, ...]
    """What that changes in its window."""
    exists: bool | None = None
    """Whether there is a file afterwards: None leaves it; False takes it away unless rows are left."""


class Placed(NamedTuple):
    """Rows of the text and the tokens that take their place."""

    edit: RowEdit
    tokens: Sequence[str]


@dataclass(frozen=True, slots=True)
class Staged:
    """Steps worked out to the text they make."""

    steps: tuple[Step, ...]
    placed: tuple[Placed, ...]
    edits: Edits
    after: Text | None
    changes: ChangeSet | None
    """Turns the text before into `after`, where both exist."""


class Memo(NamedTuple):
    """Where a hunk was before its document changed right there."""

    order: int
    start: int
    stop: int
    form: Form


@dataclass(frozen=True, slots=True)
class Trace:
    """What landing some steps left behind, to take them back."""

    scars: tuple[int, ...]
    edits: Edits
    old: tuple[tuple[str, ...], ...]
    """For each edit the tokens that went."""
    memos: tuple[Memo, ...]
    others: tuple[tuple[int, int, int], ...]
    """Id, start and stop of the scars of earlier decisions that were touched."""


def placed_runs(step: Step) -> list[Placed]:
    """Return the changes of a step in rows of the text."""
    hunk = step.hunk
    assert hunk.start is not None
    start, key = hunk.start, Key(hunk.start, hunk.stop, hunk.origin.order)
    return [
        Placed(RowEdit(start + run.start, start + run.stop, len(run.tokens), key), run.tokens)
        for run in step.runs
    ]


def by_place(placed: Placed) -> tuple[int, int, Key]:
    """Sort key: by rows, and at the very same place by the windows of the hunks."""
    edit = placed.edit
    return edit.start, edit.stop, edit.key or Key(edit.start, edit.stop, 0)
