"""The text a file would have with everything true that is proposed: what a later section is read against."""

from spark_tui.core.review.document import Document
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rowmap import RowMap
from spark_tui.core.review.staging import FIRST_PLACE, accept
from spark_tui.core.review.values import HunkState
from spark_tui.core.text import Text

_PROPOSED = (HunkState.PROPOSED, HunkState.AMBIGUOUS)


def virtual_text(document: Document, call: str) -> tuple[Text | None, RowMap | None, tuple[Hunk, ...]]:
    """Return the text with all undecided hunks in it, the map from it to the living text, and these hunks.

    A proposal of an earlier call to delete the file is no reason not to read the file.
    """
    hunks = [
        hunk
        for hunk in document.hunks
        if hunk.state in _PROPOSED
        and not hunk.is_decided
        and hunk.new_path is None
        and (not hunk.deletes or hunk.origin.call == call)
    ]
    text = document.text
    if not hunks:
        return text, None if text is None else RowMap(text), ()
    trial = document.clone()
    ids = {hunk.origin.id for hunk in hunks}
    twins = [hunk for hunk in trial.hunks if hunk.origin.id in ids]
    rounds = accept(trial, twins, {}, FIRST_PLACE).rounds
    virtual = trial.text
    if virtual is None:
        return None, None, tuple(hunks)
    if len(rounds) == 1 and text is not None:
        return virtual, RowMap.made_by(virtual, rounds[0].edits, text), tuple(hunks)
    return virtual, RowMap.compared(virtual, text), tuple(hunks)
