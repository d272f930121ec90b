"""What the model is told about its edit: the truth for every hunk, with the lines as they are now."""

from spark_tui.core.review.book import Book, Section
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.values import HunkState, Verdict


def report(book: Book, call: str) -> str:
    """Return the tool output for a call."""
    lines: list[str] = []
    for record in book.calls:
        if record.call != call:
            continue
        lines += [f"Problem: {fault}" for fault in record.faults]
        for section in record.sections:
            lines += _section_lines(section)
    return "\n".join(lines) if lines else "Nothing was changed."


def _section_lines(section: Section) -> list[str]:
    name = section.path if section.new_path is None else f"{section.path} -> {section.new_path}"
    lines = [f"{section.op.value} {name}"]
    if section.note:
        lines.append(f"  Note: {section.note}")
    if not section.hunks:
        lines.append("  Nothing to change.")
    return lines + [f"  Hunk {number}: {_told(hunk)}" for number, hunk in enumerate(section.hunks, 1)]


def _told(hunk: Hunk) -> str:
    match hunk.state:
        case HunkState.APPLIED:
            return _applied(hunk)
        case HunkState.REJECTED:
            return "rejected by the person; do not propose the same again."
        case HunkState.UNPLACED:
            return f"could not be placed. {hunk.note} Read the file again."
        case HunkState.CONFLICTED:
            return "not applied: the person changed the same lines meanwhile."
        case HunkState.STALE | HunkState.REFUSED:
            return f"not applied. {hunk.note}"
        case HunkState.AMBIGUOUS:
            return f"not applied yet. {hunk.note}"
        case _:
            return "waits for the person."


def _applied(hunk: Hunk) -> str:
    if hunk.new_path is not None:
        return "renamed."
    verdicts = [item.verdict for item in hunk.form if item.verdict is not None]
    refused = verdicts.count(Verdict.REJECT)
    where = ""
    if hunk.start is not None and hunk.stop > hunk.start:
        where = f", now lines {hunk.start + 1}-{hunk.stop}"
    if refused:
        return f"accepted in part ({len(verdicts) - refused} of {len(verdicts)} changed lines){where}."
    return f"accepted{where}."
