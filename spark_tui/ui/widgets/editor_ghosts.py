"""How the rows of pending hunks look and what their header says: everything in words and marks, colour is extra."""

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView, Verdict
from spark_tui.ui.widgets.editor_paint import Look
from spark_tui.ui.widgets.editor_rows import HEADER, TAIL, Ghost
from spark_tui.ui.widgets.editor_styles import Ground

_SIGNS = {RowKind.ADD: "+", RowKind.REMOVE: "-", RowKind.CONTEXT: " "}
_STATES = {
    HunkState.STREAMING: "arriving",
    HunkState.PROPOSED: "proposed",
    HunkState.AMBIGUOUS: "fits in several places",
    HunkState.UNPLACED: "no place found",
    HunkState.APPLIED: "applied",
    HunkState.REJECTED: "rejected",
    HunkState.SATISFIED: "already there",
    HunkState.CONFLICTED: "in conflict with your edit",
    HunkState.STALE: "stale",
    HunkState.REFUSED: "refused",
}
_LATCHES = {Verdict.ACCEPT: "will be accepted", Verdict.REJECT: "will be rejected"}
_SETTLED = (HunkState.STREAMING, HunkState.PROPOSED, HunkState.AMBIGUOUS)


def describe(hunk: HunkView, ordinal: int, total: int) -> str:
    """Say in words which hunk it is, in which state, and how much it changes."""
    parts = [f"hunk {ordinal} of {total}", f"+{hunk.added} -{hunk.removed}"]
    if hunk.state is HunkState.AMBIGUOUS and hunk.candidates > 1:
        parts.append(f"fits in {hunk.candidates} places")
    else:
        parts.append(_STATES[hunk.state])
    if hunk.latch is not None:
        parts.append(_LATCHES[hunk.latch])
    if hunk.note:
        parts.append(hunk.note)
    return " \u00b7 ".join(parts)


def ghost_look(ghost: Ghost) -> Look:
    """Return the look of a row that is no part of the text."""
    hunk = ghost.hunk
    if ghost.index == HEADER:
        return Look("", "@", describe(hunk, ghost.ordinal, ghost.total), ground=Ground.HEADER, is_label=True)
    row = hunk.tail if ghost.index == TAIL else hunk.rows[ghost.index]
    if row is None:
        return Look("", "", "", ground=Ground.ADDED)
    if hunk.state not in _SETTLED:
        ground = Ground.STALE
    else:
        ground = Ground.ADDED if row.kind is RowKind.ADD else Ground.REMOVED
    return Look("", _SIGNS[row.kind], row.text, ground=ground)
