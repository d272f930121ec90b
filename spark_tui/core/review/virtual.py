"""The text a file would have with everything true that is proposed: what a later section is read against."""

from spark_tui.core.review.again import Lost, edits_back
from spark_tui.core.review.document import Document
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rowmap import RowMap
from spark_tui.core.review.rows import rows_changes
from spark_tui.core.review.staging import FIRST_PLACE, accept
from spark_tui.core.review.values import HunkState
from spark_tui.core.review.window import Edits
from spark_tui.core.text import Text

_PROPOSED = (HunkState.PROPOSED, HunkState.AMBIGUOUS)


def virtual_text(
    document: Document, call: str, lost: Lost
) -> tuple[Text | None, RowMap | None, tuple[Hunk, ...]]:
    """Return the text with all undecided hunks in it, the map from it to the living text, and these hunks.

    A proposal of an earlier call to delete the file is no reason not to read the file. What was accepted of calls
    that are said again is not in the text: the model does not know of it.
    """
    hunks = [
        hunk
        for hunk in document.hunks
        if hunk.state in _PROPOSED
        and not hunk.is_decided
        and hunk.origin.id not in lost
        and hunk.new_path is None
        and (not hunk.deletes or hunk.origin.call == call)
    ]
    text = document.text
    back = edits_back(document, lost) if text is not None and lost else []
    if text is not None and back:
        changes = rows_changes(text, [(edit.start, edit.stop, old) for edit, old in back])
        before = text.apply(changes)
        if not hunks:
            return before, RowMap.made_by(before, Edits([edit for edit, _ in back]), text), ()
        trial = document.clone()
        trial.changed(before, changes)
    elif not hunks:
        return text, None if text is None else RowMap(text), ()
    else:
        trial = document.clone()
    ids = {hunk.origin.id for hunk in hunks}
    twins = [hunk for hunk in trial.hunks if hunk.origin.id in ids]
    rounds = accept(trial, twins, {}, FIRST_PLACE).rounds
    virtual = trial.text
    if virtual is None:
        return None, None, tuple(hunks)
    if len(rounds) == 1 and text is not None and not back:
        return virtual, RowMap.made_by(virtual, rounds[0].edits, text), tuple(hunks)
    return virtual, RowMap.compared(virtual, text), tuple(hunks)
