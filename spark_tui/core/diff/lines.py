"""Line differences by anchors: lines that are unique on both sides divide the work before anything is compared."""

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeVar

_Line = TypeVar("_Line", str, tuple[str, ...])

_EXACT_CELLS = 16_384
"""Gaps up to this many pairs of lines are compared exactly."""
_RUNS = (4, 16)
"""Lengths of runs of lines that are looked for where single lines are too common."""
_DEEPEST = 24
"""After so many divisions a larger gap counts as wholly changed."""


class Block(NamedTuple):
    """Old lines `old_start` to `old_stop` become new lines `new_start` to `new_stop`; either may be empty."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


def changed_blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Return what differs, in order; between the blocks both sides are equal."""
    out: list[Block] = []
    stack = [(Block(0, len(old), 0, len(new)), 0)]
    while stack:
        gap, depth = stack.pop()
        gap = _trim(old, new, gap)
        if gap.old_start == gap.old_stop and gap.new_start == gap.new_stop:
            continue
        if gap.old_start == gap.old_stop or gap.new_start == gap.new_stop:
            out.append(gap)
            continue
        anchors = _anchors(old, new, gap)
        if not anchors and (gap.old_stop - gap.old_start) * (gap.new_stop - gap.new_start) <= _EXACT_CELLS:
            out += _compared(old, new, gap)
            continue
        if not anchors and depth < _DEEPEST:
            anchors = _run_anchors(old, new, gap) or _ranked_anchors(old, new, gap)
        if anchors:
            stack += ((each, depth + 1) for each in reversed(_between(gap, anchors)))
        else:
            out.append(gap)
    return _joined(out)


def _trim(old: Sequence[str], new: Sequence[str], gap: Block) -> Block:
    a, b, c, d = gap
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    return Block(a, b, c, d)


def _unique(lines: Sequence[_Line], start: int, stop: int) -> dict[_Line, int]:
    """Map what occurs once to where it is, and all else to -1."""
    found: dict[_Line, int] = {}
    for number in range(start, stop):
        line = lines[number]
        found[line] = -1 if line in found else number
    return found


def _anchors(old: Sequence[str], new: Sequence[str], gap: Block) -> list[tuple[int, int]]:
    """Return the longest rising run of pairs of lines that are unique on both sides."""
    in_new = _unique(new, gap.new_start, gap.new_stop)
    pairs: list[tuple[int, int]] = []
    for line, here in _unique(old, gap.old_start, gap.old_stop).items():
        if here >= 0:
            there = in_new.get(line, -1)
            if there >= 0:
                pairs.append((here, there))
    return _rising(pairs)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of `pairs`, sorted by the first number, that rises in the second, too."""
    pairs.sort()
    if all(pairs[i][1] < pairs[i + 1][1] for i in range(len(pairs) - 1)):
        return pairs
    tops: list[int] = []
    top_index: list[int] = []
    previous: list[int] = []
    for index, (_, there) in enumerate(pairs):
        at = bisect_left(tops, there)
        previous.append(top_index[at - 1] if at else -1)
        if at == len(tops):
            tops.append(there)
            top_index.append(index)
        else:
            tops[at] = there
            top_index[at] = index
    run: list[tuple[int, int]] = []
    index = top_index[-1]
    while index >= 0:
        run.append(pairs[index])
        index = previous[index]
    return run[::-1]


def _between(gap: Block, anchors: list[tuple[int, int]]) -> list[Block]:
    """Return the gaps that anchors leave, in order, without the empty ones."""
    out: list[Block] = []
    a, c = gap.old_start, gap.new_start
    for here, there in [*anchors, (gap.old_stop, gap.new_stop)]:
        if here > a or there > c:
            out.append(Block(a, here, c, there))
        a, c = here + 1, there + 1
    return out


def _run_anchors(old: Sequence[str], new: Sequence[str], gap: Block) -> list[tuple[int, int]]:
    """Return where runs of lines are unique on both sides though no single line is."""
    for length in _RUNS:
        a, b, c, d = gap
        ours = [tuple(old[at : at + length]) for at in range(a, b - length + 1)]
        theirs = [tuple(new[at : at + length]) for at in range(c, d - length + 1)]
        there = _unique(theirs, 0, len(theirs))
        found = ((here, there.get(run, -1)) for run, here in _unique(ours, 0, len(ours)).items())
        pairs = [(a + here, c + at) for here, at in found if here >= 0 and at >= 0]
        if pairs:
            return _rising(pairs)
    return []


def _ranked_anchors(old: Sequence[str], new: Sequence[str], gap: Block) -> list[tuple[int, int]]:
    """Pair the first of equal lines with the first, the second with the second, where no line is unique."""
    places: dict[str, list[int]] = {}
    for number in range(gap.new_start, gap.new_stop):
        places.setdefault(new[number], []).append(number)
    ranks: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for number in range(gap.old_start, gap.old_stop):
        line = old[number]
        rank = ranks.get(line, 0)
        there = places.get(line, [])
        if rank < len(there):
            pairs.append((number, there[rank]))
            ranks[line] = rank + 1
    return _rising(pairs)


def _compared(old: Sequence[str], new: Sequence[str], gap: Block) -> list[Block]:
    """Compare a small gap exactly."""
    a, b, c, d = gap
    matcher = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
    return [Block(a + i, a + j, c + k, c + m) for tag, i, j, k, m in matcher.get_opcodes() if tag != "equal"]


def _joined(blocks: list[Block]) -> list[Block]:
    """Sort blocks and join those that touch on both sides."""
    blocks.sort()
    out: list[Block] = []
    for block in blocks:
        if out and out[-1].old_stop == block.old_start and out[-1].new_stop == block.new_start:
            last = out.pop()
            block = Block(last.old_start, block.old_stop, last.new_start, block.new_stop)
        out.append(block)
    return out
