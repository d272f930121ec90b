"""What keys do to whole lines: one function for each edit, from the blocks of lines that carets touch to changes."""

from collections.abc import Callable, Iterable, Sequence

from spark_tui.core.text import Change, Position, Span
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.editor_motions import line_at
from spark_tui.ui.widgets.editor_scene import Scene, Selection

_HASH = ("python", "bash", "ruby", "toml", "yaml", "make", "dockerfile", "cmake", "r", "perl")
_SLASHES = (
    "javascript",
    "typescript",
    "tsx",
    "rust",
    "go",
    "c",
    "cpp",
    "java",
    "c_sharp",
    "php",
    "swift",
    "kotlin",
)
COMMENT_MARKS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(_HASH, ("#", "")),
    **dict.fromkeys(_SLASHES, ("//", "")),
    **dict.fromkeys(("html", "xml", "markdown"), ("<!--", "-->")),
    "css": ("/*", "*/"),
    **dict.fromkeys(("lua", "sql", "haskell"), ("--", "")),
}
"""What begins and ends a comment on one line, by language."""


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Changes to whole lines."""

    changes: tuple[Change, ...]
    moved: tuple[range, ...] = ()
    """Blocks that are carried elsewhere, with the carets in them."""
    by: int = 0
    """By how many lines they are carried."""
    pushes: bool = False
    """Whether what is inserted where a selection begins comes before it, and not into it."""


LineCommand = Callable[[Scene, Sequence[range]], LineEdit | None]


def touched(selection: Selection) -> range:
    """Return the lines a selection touches; one that ends before the first character of a line leaves that out."""
    span = selection.span
    stop = span.end.line
    if stop > span.start.line and not span.end.column:
        stop -= 1
    return range(span.start.line, stop + 1)


def blocks_of(selections: Iterable[Selection]) -> tuple[range, ...]:
    """Return the blocks of lines that sorted selections touch; neighbours are one block."""
    blocks: list[range] = []
    for selection in selections:
        lines = touched(selection)
        if blocks and lines.start <= blocks[-1].stop:
            blocks[-1] = range(blocks[-1].start, max(blocks[-1].stop, lines.stop))
        else:
            blocks.append(lines)
    return tuple(blocks)


def _insert(line: int, column: int, text: str) -> Change:
    place = Position(line, column)
    return Change(Span(place, place), text)


def _remove(line: int, start: int, stop: int) -> Change:
    return Change(Span(Position(line, start), Position(line, stop)), "")


def indent(scene: Scene, blocks: Sequence[range]) -> LineEdit:
    """Move lines one level to the right; empty lines stay empty."""
    unit = scene.indent.unit
    return LineEdit(
        tuple(_insert(line, 0, unit) for block in blocks for line in block if scene.text.line(line))
    )


def _outdent(scene: Scene, blocks: Sequence[range]) -> LineEdit:
    """Move lines one level to the left."""
    changes = []
    for block in blocks:
        for number in block:
            line = scene.text.line(number)
            spaces = len(line) - len(line.lstrip(" "))
            width = 1 if line.startswith("\t") else min(spaces, scene.indent.size)
            if width:
                changes.append(_remove(number, 0, width))
    return LineEdit(tuple(changes))


def _move_up(scene: Scene, blocks: Sequence[range]) -> LineEdit:
    """Carry each block over the line above it."""
    text = scene.text
    changes: list[Change] = []
    moved = tuple(block for block in blocks if block.start)
    for block in moved:
        passed, last = block.start - 1, block.stop - 1
        content, ending = text.line(passed), text.ending(passed)
        if text.ending(last):
            put_at, put = Position(last + 1, 0), content + ending
        else:
            # The last line of the text has no ending: the two that change places share the one between them.
            put_at, put = Position(last, len(text.line(last))), text.ending(last - 1) + content
        changes += (Change(line_at(text, passed), ""), Change(Span(put_at, put_at), put))
    return LineEdit(tuple(changes), moved, -1)


def _move_down(scene: Scene, blocks: Sequence[range]) -> LineEdit:
    """Carry each block over the line below it."""
    text = scene.text
    changes: list[Change] = []
    moved = tuple(block for block in blocks if block.stop < text.line_count)
    for block in moved:
        passed = block.stop
        ending, taken = text.ending(passed), line_at(text, passed)
        if not ending:
            ending = text.ending(passed - 1)
            taken = Span(Position(passed - 1, len(text.line(passed - 1))), taken.end)
        changes += (_insert(block.start, 0, text.line(passed) + ending), Change(taken, ""))
    return LineEdit(tuple(changes), moved, 1)


def _duplicate(scene: Scene, blocks: Sequence[range]) -> LineEdit:
    """Put a copy of each block above it; the carets stay in the lower one."""
    text = scene.text
    return LineEdit(
        tuple(
            _insert(
                block.start,
                0,
                "".join(text.line(line) + (text.ending(line) or text.newline) for line in block),
            )
            for block in blocks
        ),
        pushes=True,
    )


def _toggle_comment(scene: Scene, blocks: Sequence[range]) -> LineEdit | None:
    """Make comments of lines, or of comments lines again if all of them are."""
    marks = COMMENT_MARKS.get(scene.language or "")
    if marks is None:
        return None
    opening, closing = marks
    touched_rows = [[(number, scene.text.line(number)) for number in block] for block in blocks]
    rows = [row for block in touched_rows for row in block if row[1].strip()] or touched_rows[0][:1]
    changes: list[Change] = []
    if all(line.lstrip().startswith(opening) for _, line in rows):
        for number, line in rows:
            changes += _uncomment(number, line, opening, closing)
        return LineEdit(tuple(changes))
    for block in touched_rows:
        block = [row for row in block if row[1].strip()] or (block if block[0] in rows else [])
        column = min((len(line) - len(line.lstrip()) for _, line in block), default=0)
        for number, line in block:
            changes.append(_insert(number, column, opening + " "))
            if closing:
                changes.append(_insert(number, len(line), " " + closing))
    return LineEdit(tuple(changes))


def _uncomment(number: int, line: str, opening: str, closing: str) -> list[Change]:
    start = len(line) - len(line.lstrip())
    stop = start + len(opening)
    stop += line.startswith(" ", stop)
    changes = [_remove(number, start, stop)]
    body = line.rstrip()
    at = len(body) - len(closing)
    if closing and body.endswith(closing) and at >= stop:
        changes.append(_remove(number, at - (at > stop and body[at - 1] == " "), len(body)))
    return changes


LINE_EDITS: dict[str, LineCommand] = {
    "indent": indent,
    "outdent": _outdent,
    "move_lines_up": _move_up,
    "move_lines_down": _move_down,
    "duplicate_lines": _duplicate,
    "toggle_comment": _toggle_comment,
}
"""Every edit to whole lines, by its name."""
