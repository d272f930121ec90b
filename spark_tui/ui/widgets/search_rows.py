"""The results of a search as rows: files with counts, and below each the lines that fit."""

from collections.abc import Sequence
from dataclasses import field

from spark_tui.core.display import inert
from spark_tui.core.search import FileHits, Hit
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.cells import cut_path
from spark_tui.ui.widgets.lines import Line, Part


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file with hits."""

    file: int
    """Its place among the files."""


@dataclass(frozen=True, slots=True)
class HitRow:
    """A line that fits."""

    file: int
    hit: int


@dataclass(slots=True)
class Results:
    """What was found so far, in the order in which it came."""

    files: list[FileHits] = field(default_factory=list)
    rows: list[FileRow | HitRow] = field(default_factory=list)
    count: int = 0
    """Matches."""
    lines: int = 0
    out: set[tuple[int, int]] = field(default_factory=set)
    """Lines that are not to be replaced, by file and hit."""
    folded: set[int] = field(default_factory=set)

    def add(self, found: FileHits) -> None:
        """Take one more file."""
        number = len(self.files)
        self.files.append(found)
        self.count += found.count
        self.lines += len(found.hits)
        self.rows.append(FileRow(number))
        self.rows += [HitRow(number, place) for place in range(len(found.hits))]

    @property
    def left_out(self) -> int:
        """How many lines are not to be replaced."""
        return len(self.out)

    def path_of(self, row: FileRow | HitRow) -> str:
        """The file of a row."""
        return self.files[row.file].path

    def hit_of(self, row: FileRow | HitRow) -> Hit:
        """The line of a row; of a file, its first."""
        return self.files[row.file].hits[row.hit if isinstance(row, HitRow) else 0]

    def fold(self, row: FileRow | HitRow) -> int:
        """Hide the lines of a file, or show them; return where the row of the file is then."""
        self.folded.symmetric_difference_update({row.file})
        self.rows = []
        place = 0
        for number, found in enumerate(self.files):
            if number == row.file:
                place = len(self.rows)
            self.rows.append(FileRow(number))
            if number not in self.folded:
                self.rows += [HitRow(number, at) for at in range(len(found.hits))]
        return place

    def leave_out(self, row: FileRow | HitRow) -> None:
        """Leave a line out of the replacement, or take it in again; with a file, all of its lines."""
        if isinstance(row, HitRow):
            self.out.symmetric_difference_update({(row.file, row.hit)})
            return
        all_of_it = {(row.file, at) for at in range(len(self.files[row.file].hits))}
        if all_of_it <= self.out:
            self.out -= all_of_it
        else:
            self.out |= all_of_it

    def chosen(self) -> dict[str, Sequence[int]]:
        """Lines to be replaced, by path."""
        found = {
            file.path: [hit.line for at, hit in enumerate(file.hits) if (number, at) not in self.out]
            for number, file in enumerate(self.files)
        }
        return {path: lines for path, lines in found.items() if lines}


def result_line(results: Results, row: FileRow | HitRow, width: int) -> Line:
    """Draw one row."""
    file = results.files[row.file]
    if isinstance(row, FileRow):
        sign = "> " if row.file in results.folded else "v "
        path = cut_path(inert(file.path), width - 12)
        return Line((("muted", f" {sign}"), ("strong", path)), (("accent", f" {file.count:,} "),))
    hit = file.hits[row.hit]
    is_out = (row.file, row.hit) in results.out
    return Line((("muted", f" {'x' if is_out else ' '} {hit.line + 1:>5} "), *_text(hit, is_out)))


def _text(hit: Hit, is_out: bool) -> list[Part]:
    if hit.new is not None and not is_out and hit.new != hit.text:
        return _difference(hit.text, hit.new)
    look = "muted" if is_out else ""
    bare = hit.text.lstrip()
    cut = len(hit.text) - len(bare)
    start = min([cut, *(first for first, _ in hit.spans)])
    parts: list[Part] = []
    at = start
    for first, stop in hit.spans:
        parts += [
            (look, inert(hit.text[at:first])),
            ("found" if not is_out else look, inert(hit.text[first:stop])),
        ]
        at = stop
    return [*parts, (look, inert(hit.text[at:]))]


def _difference(old: str, new: str) -> list[Part]:
    """Write what goes and what comes between what stays the same at both ends."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    before, after = old[:head].lstrip(), old[len(old) - tail :] if tail else ""
    gone, come = old[head : len(old) - tail], new[head : len(new) - tail]
    parts: list[Part] = [("", inert(before[-60:]))]
    if gone:
        parts.append(("removed-word", f"-{inert(gone)}"))
    if come:
        parts.append(("added-word", f"+{inert(come)}"))
    return [*parts, ("", inert(after))]
