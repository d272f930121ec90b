"""The lines of a text in chunks, so that an edit copies one chunk and a list of chunks, never the file."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from spark_tui.core.text.folding import fold
from spark_tui.core.values import dataclass

TARGET = 1024
"""Lines a new chunk holds; a chunk twice as long is cut."""


class Chunk:
    """Some lines of a text in a row; never changed once made."""

    __slots__ = ("_places", "endings", "lines")

    def __init__(self, lines: list[str], endings: list[str]) -> None:
        self.lines = lines
        self.endings = endings
        self._places: dict[int, dict[str, list[int]]] = {}

    def equals(self, other: "Chunk") -> bool:
        """Say whether both hold the same lines."""
        return self.lines == other.lines and self.endings == other.endings

    def places(self, level: int) -> dict[str, list[int]]:
        """Return where in the chunk each line stands, folded at `level`; made once, when first asked for."""
        found = self._places.get(level)
        if found is None:
            found = {}
            folded = self.lines if level == 0 else [fold(line, level) for line in self.lines]
            for number, line in enumerate(folded):
                known = found.get(line)
                if known is None:
                    found[line] = [number]
                else:
                    known.append(number)
            self._places[level] = found
        return found


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Whole lines that take the place of other whole lines."""

    start: int
    stop: int
    """At least one more than `start`: an edit always replaces a line that is there."""
    lines: list[str]
    endings: list[str]


def make_chunks(lines: list[str], endings: list[str]) -> tuple[Chunk, ...]:
    """Cut lines into chunks."""
    return tuple(
        Chunk(lines[at : at + TARGET], endings[at : at + TARGET]) for at in range(0, len(lines), TARGET)
    )


def first_lines(chunks: Sequence[Chunk]) -> list[int]:
    """Return the number of each chunk's first line, and behind them the count of all lines."""
    return list(accumulate((len(chunk.lines) for chunk in chunks), initial=0))


def splice(chunks: Sequence[Chunk], starts: list[int], edits: Sequence[LineEdit]) -> tuple[Chunk, ...]:
    """Return the chunks after `edits`, which are sorted and disjoint; untouched chunks are shared."""
    thawed: dict[int, tuple[list[str], list[str]]] = {}

    def thaw(index: int) -> tuple[list[str], list[str]]:
        if index not in thawed:
            thawed[index] = (list(chunks[index].lines), list(chunks[index].endings))
        return thawed[index]

    # Backwards, so that numbers inside a chunk stay true for the edits still to come.
    for edit in reversed(edits):
        first = bisect_right(starts, edit.start) - 1
        last = bisect_right(starts, edit.stop - 1) - 1
        for index in range(last, first, -1):
            lines, endings = thaw(index)
            del lines[: edit.stop - starts[index]]
            del endings[: edit.stop - starts[index]]
        lines, endings = thaw(first)
        here = slice(edit.start - starts[first], edit.stop - starts[first])
        lines[here] = edit.lines
        endings[here] = edit.endings
    return _refreeze(chunks, thawed)


def _refreeze(chunks: Sequence[Chunk], thawed: dict[int, tuple[list[str], list[str]]]) -> tuple[Chunk, ...]:
    out: list[Chunk] = []
    for index, chunk in enumerate(chunks):
        if index not in thawed:
            out.append(chunk)
            continue
        lines, endings = thawed[index]
        if len(lines) < TARGET // 4 and out and len(out[-1].lines) <= TARGET:
            before = out.pop()
            lines, endings = before.lines + lines, before.endings + endings
        if len(lines) > 2 * TARGET:
            out.extend(make_chunks(lines, endings))
        elif lines:
            out.append(Chunk(lines, endings))
    return tuple(out)
