"""What the model is told about its edit: the truth for every hunk, with the lines as they are now."""

from spark_tui.core.edits import RowKind
from spark_tui.core.review.book import Book, Section
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rows import tokens
from spark_tui.core.review.values import HunkState, Verdict
from spark_tui.core.text import Text

_MOST_LINES = 40
"""No more lines than this are quoted for one hunk."""


NOTHING_CHANGED = "Nothing was changed."
"""The report on a call that holds no hunk."""


def report(book: Book, call: str) -> str:
    """Return the tool output for a call."""
    lines: list[str] = []
    for record in book.calls:
        if record.call == call:
            lines += [f"Problem: {fault}" for fault in record.faults]
            for section in record.sections:
                lines += _section_lines(section)
    return "\n".join(lines) if lines else NOTHING_CHANGED


def _section_lines(section: Section) -> list[str]:
    name = section.path if section.new_path is None else f"{section.path} -> {section.new_path}"
    lines = [f"{section.op.value} {name}"]
    if section.note:
        lines.append(f"  Note: {section.note}")
    if not section.hunks:
        lines.append("  Nothing to change.")
    for number, hunk in enumerate(section.hunks, 1):
        lines.append(f"  Hunk {number}: {_told(hunk)}")
        lines += _quoted(hunk, section.document.text)
    return lines


def _told(hunk: Hunk) -> str:
    match hunk.state:
        case HunkState.APPLIED:
            return _applied(hunk)
        case HunkState.REJECTED:
            return "rejected by the person; do not propose the same again."
        case HunkState.UNPLACED:
            return f"could not be placed. {hunk.note} Read the file again before you retry."
        case HunkState.SATISFIED:
            return "not needed: the file reads like this already."
        case HunkState.CONFLICTED:
            return "not applied: the person changed the same lines meanwhile."
        case HunkState.STALE | HunkState.REFUSED:
            return f"not applied. {hunk.note}"
        case HunkState.AMBIGUOUS:
            return f"not applied yet. {hunk.note} Give more lines of context next time."
        case _:
            return "not decided yet; the file does not have it so far."


def _applied(hunk: Hunk) -> str:
    if hunk.new_path is not None:
        return "accepted: renamed."
    verdicts = [item.verdict for item in hunk.form if item.verdict is not None]
    refused = verdicts.count(Verdict.REJECT)
    where = ""
    if hunk.start is not None and hunk.stop > hunk.start:
        one = hunk.stop == hunk.start + 1
        where = f", now line {hunk.stop}" if one else f", now lines {hunk.start + 1}-{hunk.stop}"
    if refused:
        taken = len(verdicts) - refused
        return f"accepted in part, {taken} of {len(verdicts)} changed lines{where}."
    return f"accepted{' as it was changed since you wrote it' if hunk.amended else ''}{where}."


def _quoted(hunk: Hunk, text: Text | None) -> list[str]:
    """Quote the lines as they are, where they are not what the model wrote."""
    if hunk.start is None or hunk.state not in (HunkState.APPLIED, HunkState.CONFLICTED):
        return []
    now = [token.rstrip("\r\n") for token in tokens(text, hunk.start, hunk.stop)]
    if hunk.state is HunkState.APPLIED and now == [
        row.text for row in hunk.rows if row.kind is not RowKind.REMOVE
    ]:
        return []
    if len(now) > _MOST_LINES:
        return [f"    The {len(now)} lines there are not what you wrote; read them again."]
    return ["    These lines now read:", *(f"    | {line}" for line in now)]
