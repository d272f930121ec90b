"""Line differences by anchors: lines that are unique on both sides divide the work before anything is compared."""

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_EXACT_CELLS = 16_384
"""Gaps up to this many pairs of lines are compared exactly; larger ones without anchors are not."""


class Block(NamedTuple):
    """Old lines `old_start` to `old_stop` become new lines `new_start` to `new_stop`; either may be empty."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


def changed_blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Return what differs, in order; between the blocks both sides are equal."""
    out: list[Block] = []
    stack = [Block(0, len(old), 0, len(new))]
    while stack:
        gap = _trim(old, new, stack.pop())
        if gap.old_start == gap.old_stop and gap.new_start == gap.new_stop:
            continue
        if gap.old_start == gap.old_stop or gap.new_start == gap.new_stop:
            out.append(gap)
            continue
        anchors = _anchors(old, new, gap)
        if anchors:
            stack.extend(reversed(_between(gap, anchors)))
        else:
            out += _compared(old, new, gap)
    return _joined(out)


def _trim(old: Sequence[str], new: Sequence[str], gap: Block) -> Block:
    a, b, c, d = gap
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    return Block(a, b, c, d)


def _unique(lines: Sequence[str], start: int, stop: int) -> dict[str, int]:
    """Map lines that occur once to where they are, and all others to -1."""
    found: dict[str, int] = {}
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


def _compared(old: Sequence[str], new: Sequence[str], gap: Block) -> list[Block]:
    """Compare a gap without anchors: exactly where it is small, otherwise with the popular lines left aside."""
    a, b, c, d = gap
    exact = (b - a) * (d - c) <= _EXACT_CELLS
    if not exact and min(b - a, d - c) * 64 < max(b - a, d - c):
        return [gap]
    matcher = SequenceMatcher(None, old[a:b], new[c:d], autojunk=not exact)
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
