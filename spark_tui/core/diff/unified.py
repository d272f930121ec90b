"""What differs between two byte images, as rows to read: the changed lines and a few around them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spark_tui.core.diff.lines import Block, changed_blocks


class DiffRow(NamedTuple):
    """One row of a difference."""

    mark: str
    """` ` stays, `-` goes, `+` comes, `@` is the place of what follows, `!` says why nothing is shown."""
    text: str


def unified(old: bytes | None, new: bytes | None, context: int = 3) -> Iterator[DiffRow]:
    """Yield the difference of two files; None is no file. The texts are as they are, not made inert."""
    if b"\0" in (old or b"") or b"\0" in (new or b""):
        yield DiffRow("!", f"binary: {len(old or b'')} bytes before, {len(new or b'')} after")
        return
    one, two = _lines(old), _lines(new)
    group: list[Block] = []
    for block in changed_blocks(one, two):
        if group and block.old_start - group[-1].old_stop > 2 * context:
            yield from _hunk(one, two, group, context)
            group = []
        group.append(block)
    if group:
        yield from _hunk(one, two, group, context)
    if old and new and old != new and one == two:
        yield DiffRow("!", "only the end of the last line differs")


def _lines(data: bytes | None) -> list[str]:
    lines = (data or b"").decode("utf-8", "replace").split("\n")
    return lines if lines[-1] else lines[:-1]


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[Block], context: int) -> Iterator[DiffRow]:
    first = max(0, group[0].old_start - context)
    last = min(len(old), group[-1].old_stop + context)
    shift = group[0].new_start - group[0].old_start
    grown = sum((block.new_stop - block.new_start) - (block.old_stop - block.old_start) for block in group)
    length = last - first
    yield DiffRow("@", f"@@ -{first + 1},{length} +{first + shift + 1},{length + grown} @@")
    at = first
    for block in group:
        yield from (DiffRow(" ", line) for line in old[at : block.old_start])
        yield from (DiffRow("-", line) for line in old[block.old_start : block.old_stop])
        yield from (DiffRow("+", line) for line in new[block.new_start : block.new_stop])
        at = block.old_stop
    yield from (DiffRow(" ", line) for line in old[at:last])
