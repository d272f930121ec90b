"""Joins two changes of the same few lines, or says that they can't be joined."""

from collections.abc import Sequence

from spark_tui.core.diff.lines import Block, changed_blocks


def merge(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Return `base` with both changes made; None if they change the same lines in different ways."""
    if list(ours) == list(theirs):
        return list(ours)
    mine = changed_blocks(base, ours)
    other = changed_blocks(base, theirs)
    out: list[str] = []
    at = i = k = 0
    while i < len(mine) or k < len(other):
        one = mine[i] if i < len(mine) else None
        two = other[k] if k < len(other) else None
        if one is not None and two is not None and _clash(one, two):
            same = one[:2] == two[:2] and list(ours[one[2] : one[3]]) == list(theirs[two[2] : two[3]])
            if not same:
                return None
            i, k = i + 1, k + 1
            block, source = one, ours
        elif two is None or one is not None and _first(one, two):
            assert one is not None
            i += 1
            block, source = one, ours
        else:
            k += 1
            block, source = two, theirs
        out += base[at : block.old_start]
        out += source[block.new_start : block.new_stop]
        at = block.old_stop
    out += base[at:]
    return out


def _clash(one: Block, two: Block) -> bool:
    """Say whether two blocks change a common line, or put lines at the very same place."""
    if one.old_start == two.old_start and (one.old_start == one.old_stop) == (two.old_start == two.old_stop):
        return True
    return one.old_start < two.old_stop and two.old_start < one.old_stop


def _first(one: Block, two: Block) -> bool:
    """Say whether `one` comes before `two`; at the same line an insertion does."""
    return (one.old_start, one.old_stop) < (two.old_start, two.old_stop)
