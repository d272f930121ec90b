"""What a mechanical instruction comes to: edits in files of the prompt, and what to say about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spark_tui.rehearsal.patch_writer import Block
from spark_tui.rehearsal.performer_prompt import PromptFile
from spark_tui.syntax import Source, language_for, parse_source

Point = tuple[int, int]
"""Line and column, 0-based, in code points."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A range of a file, and the text that takes its place; line breaks are line feeds."""

    start: Point
    end: Point
    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """A file that an instruction may edit, and where."""

    file: PromptFile
    first: int
    """The first line it may touch."""
    last: int
    """The last line it may touch."""

    @property
    def path(self) -> str:
        """The file's path."""
        return self.file.path

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines of the file."""
        return self.file.lines

    @property
    def language(self) -> str | None:
        """What the file is written in, as far as its name or first line tell."""
        return language_for(self.file.path, self.file.lines[0] if self.file.lines else "")

    def covers(self, start: Point, end: Point) -> bool:
        """Whether a range lies in the lines that may be touched."""
        return self.first <= start[0] and (end[0] <= self.last or end == (self.last + 1, 0))

    def mentions(self, text: str) -> bool:
        """Whether a text of one line stands anywhere in the file; asked before parsing, which takes far longer."""
        return any(text in line for line in self.file.lines)

    def parse(self) -> Source | None:
        """The file as nodes; None if there is no grammar for it."""
        return parse_source(self.language, self.file.lines)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an instruction did."""

    summary: str
    """What was done, or that nothing was to be done, in one or two sentences."""
    edits: Mapping[str, Sequence[Edit]] = field(default_factory=dict)
    """By path; sorted or not, but disjoint."""
    remarks: tuple[str, ...] = ()
    """What the person should know besides: a sentence each."""


def insertion(line: int, rows: Iterable[str]) -> Edit:
    """Puts whole lines before a line."""
    return Edit((line, 0), (line, 0), "".join(row + "\n" for row in rows))


def removal(first: int, last: int) -> Edit:
    """Takes lines away, the last one included."""
    return Edit((first, 0), (last + 1, 0), "")


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order, those that overlap as one."""
    result: list[Edit] = []
    for edit in sorted(edits, key=_place):
        if result and edit.start < result[-1].end:
            last = result.pop()
            edit = Edit(last.start, max(last.end, edit.end), last.text + edit.text)
        result.append(edit)
    return result


def _place(edit: Edit) -> tuple[Point, Point]:
    # Insertions at one place stay in the order in which they were made.
    return edit.start, edit.end


def blocks_of(lines: Sequence[str], edits: Iterable[Edit]) -> tuple[Block, ...]:
    """The edits as blocks of whole lines, as small as whole lines allow."""
    # An edit may reach the place behind the last line, which is a line of its own here.
    rows = [*lines, ""]
    blocks: list[Block] = []
    group: list[Edit] = []
    for edit in sorted(edits, key=_place):
        if group and edit.start[0] > group[-1].end[0]:
            blocks += _block(rows, group)
            group = []
        group.append(edit)
    if group:
        blocks += _block(rows, group)
    return tuple(blocks)


def _block(rows: Sequence[str], group: Sequence[Edit]) -> list[Block]:
    """One block for edits that share lines; none if they change nothing."""
    first, last = group[0].start[0], group[-1].end[0]
    pieces: list[str] = []
    reached = (first, 0)
    for edit in group:
        pieces += [_between(rows, reached, edit.start), edit.text]
        reached = edit.end
    pieces.append(_between(rows, reached, (last, len(rows[last]))))
    new = "".join(pieces).split("\n")
    old = list(rows[first : last + 1])
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    return [Block(first + head, first + len(old), tuple(new[head:]))] if old[head:] or new[head:] else []


def _between(rows: Sequence[str], start: Point, end: Point) -> str:
    if start >= end:
        return ""
    if start[0] == end[0]:
        return rows[start[0]][start[1] : end[1]]
    return "\n".join([rows[start[0]][start[1] :], *rows[start[0] + 1 : end[0]], rows[end[0]][: end[1]]])


def counted(number: int, one: str, many: str = "") -> str:
    """A number and the word for it."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names in a row, the later ones only counted."""
    shown = [f"`{name}`" for name in names[:most]]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
