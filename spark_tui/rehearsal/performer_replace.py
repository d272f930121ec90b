"""Replaces one text by another, exactly as written, anywhere in the files."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from spark_tui.rehearsal.instructions import Replace
from spark_tui.rehearsal.performer_edits import Edit, Outcome, Point, Target, counted, listed


def replace(instruction: Replace, targets: Sequence[Target]) -> Outcome:
    """Replaces in all targets."""
    old, new = instruction.old, instruction.new
    if old == new:
        return Outcome("Both texts are the same, so there is nothing to replace.")
    edits = {target.path: found for target in targets if (found := list(_replacements(target, old, new)))}
    places = sum(map(len, edits.values()))
    if places:
        return Outcome(f"Replaced {counted(places, 'place')} in {counted(len(edits), 'file')}.", edits)
    otherwise = [target.path for target in targets if old.lower() in "\n".join(target.lines).lower()]
    remarks = (f"In other letter case it stands in {listed(otherwise)}.",) if otherwise else ()
    return Outcome(f"The text does not occur in {listed([target.path for target in targets])}.", {}, remarks)


def _replacements(target: Target, old: str, new: str) -> Iterator[Edit]:
    whole = "\n".join(target.lines)
    starts = list(accumulate((len(line) + 1 for line in target.lines), initial=0))

    def point(offset: int) -> Point:
        line = bisect_right(starts, offset, hi=max(1, len(target.lines))) - 1
        return line, offset - starts[line]

    at = whole.find(old)
    while at >= 0:
        start, end = point(at), point(at + len(old))
        if target.covers(start, end):
            yield Edit(start, end, new)
        at = whole.find(old, at + len(old))
