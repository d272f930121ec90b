"""Writes edits of whole lines as an apply_patch text in which every hunk has exactly one place to go."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `start` to `stop` (exclusive, 0-based) of a file, and the lines that take their place."""

    start: int
    stop: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What changes in one file."""

    path: str
    old_lines: Sequence[str]
    """The whole file before, without line endings."""
    blocks: tuple[Block, ...]
    """Sorted and disjoint."""


def blocks_between(old_lines: Sequence[str], new_lines: Sequence[str]) -> tuple[Block, ...]:
    """The blocks that lead from one list of lines to the other."""
    matcher = SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    return tuple(
        Block(start, stop, tuple(new_lines[new_start:new_stop]))
        for tag, start, stop, new_start, new_stop in matcher.get_opcodes()
        if tag != "equal"
    )


def write_patch(files: Sequence[FilePatch]) -> str:
    """One patch for all files that change; an empty text if none does."""
    sections = [row for file in files if file.blocks for row in _section(file)]
    if not sections:
        return ""
    return "\n".join(["*** Begin Patch", *sections, "*** End Patch"]) + "\n"


@dataclass(slots=True)
class _Window:
    """A hunk in the making: the old lines it quotes, and the blocks inside."""

    start: int
    stop: int
    blocks: list[Block]


def _section(file: FilePatch) -> Iterator[str]:
    for before, after in pairwise(file.blocks):
        if after.start < before.stop:
            raise ValueError(f"blocks overlap at line {after.start} of {file.path}")
    yield f"*** Update File: {file.path}"
    positions = _positions(file.old_lines)
    waiting = _windows(file)[::-1]
    consumed = 0
    while waiting:
        window = waiting.pop()
        at_end = False
        while not _is_unique(file.old_lines, positions, window, consumed):
            if window.stop == len(file.old_lines):
                at_end = True
                break
            window.start = max(consumed, window.start - 1)
            window.stop += 1
            if waiting and waiting[-1].start <= window.stop:
                following = waiting.pop()
                window.stop = max(window.stop, following.stop)
                window.blocks += following.blocks
        yield "@@"
        yield from _rows(file.old_lines, window)
        if at_end:
            yield "*** End of File"
        consumed = window.stop


def _windows(file: FilePatch) -> list[_Window]:
    windows: list[_Window] = []
    for block in file.blocks:
        start = max(0, block.start - CONTEXT_LINES)
        stop = min(len(file.old_lines), block.stop + CONTEXT_LINES)
        if windows and start <= windows[-1].stop:
            windows[-1].stop = stop
            windows[-1].blocks.append(block)
        else:
            windows.append(_Window(start, stop, [block]))
    return windows


def _positions(lines: Sequence[str]) -> Mapping[str, list[int]]:
    positions: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        positions[line].append(number)
    return positions


def _is_unique(
    lines: Sequence[str], positions: Mapping[str, list[int]], window: _Window, consumed: int
) -> bool:
    """Whether the old side stands nowhere else at or after the end of the hunk before."""
    quoted = lines[window.start : window.stop]
    if not quoted:
        return not lines
    rarest = min(range(len(quoted)), key=lambda offset: len(positions[quoted[offset]]))
    for position in positions[quoted[rarest]]:
        start = position - rarest
        if start >= consumed and start != window.start and lines[start : start + len(quoted)] == quoted:
            return False
    return True


def _rows(lines: Sequence[str], window: _Window) -> Iterator[str]:
    reached = window.start
    for block in window.blocks:
        yield from (" " + line for line in lines[reached : block.start])
        yield from ("-" + line for line in lines[block.start : block.stop])
        yield from ("+" + line for line in block.lines)
        reached = block.stop
    yield from (" " + line for line in lines[reached : window.stop])
