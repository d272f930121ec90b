"""What keys do to the text: one function for each edit, from a scene to changes. Nothing is applied here."""

import re
from collections.abc import Callable, Iterable

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.ui.widgets.editor_motions import before, behind, line_at, word_left, word_right
from spark_tui.ui.widgets.editor_scene import Edit, EditKind, Scene, Selection

EditCommand = Callable[[Scene], Edit | None]

_ANY_BREAK = re.compile(r"\r\n|\r|\n")
_OPENERS = "([{"
_CLOSERS = ")]}"
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


def replace(scene: Scene, span: Span, text: str, kind: EditKind = EditKind.OTHER) -> Edit:
    """Put text in the place of a span, and the caret behind it."""
    changes = scene.text.replace(span, text)
    return Edit(changes, Selection.at(changes.map(span.end, after=True)), kind)


def type_text(scene: Scene, text: str) -> Edit:
    """Type characters over the selection; a closing bracket that comes first on its line goes back a level."""
    span = scene.selection.span
    if text in _CLOSERS and span.is_empty:
        lead = scene.line[: span.start.column]
        if lead and not lead.strip(" \t") and lead.endswith(scene.indent.unit):
            start = Position(span.start.line, len(lead) - len(scene.indent.unit))
            return replace(scene, Span(start, span.end), text, EditKind.TYPE)
    return replace(scene, span, text, EditKind.TYPE)


def paste_text(scene: Scene, text: str, *, from_terminal: bool = True) -> Edit:
    """Insert foreign text over the selection with the line breaks of this file.

    A terminal sends line breaks as carriage returns; text copied here has them as line feeds, and a lone
    carriage return in it is a character of a line.
    """
    newline = scene.text.newline
    text = _ANY_BREAK.sub(newline, text) if from_terminal else text.replace("\n", newline)
    return replace(scene, scene.selection.span, text)


def text_of(text: Text, span: Span) -> str:
    """Return the text of a span, with line feeds for line breaks."""
    lines = text.lines(span.start.line, span.end.line + 1)
    lines[-1] = lines[-1][: span.end.column]
    lines[0] = lines[0][span.start.column :]
    return "\n".join(lines)


def _newline(scene: Scene) -> Edit:
    """Break the line and indent the new one like the old one, a level deeper behind an opening bracket or colon."""
    span = scene.selection.span
    line = scene.text.line(span.start.line)
    head, tail = line[: span.start.column], scene.text.line(span.end.line)[span.end.column :]
    lead = head[: len(head) - len(head.lstrip(" \t"))]
    start = span.start
    if span.is_empty and lead == line:
        start = Position(start.line, 0)
    code = head.rstrip(" \t")
    newline = scene.text.newline
    is_open = code[-1:] != "" and code[-1:] in _OPENERS
    if not is_open and not (code.endswith(":") and scene.language in ("python", "yaml")):
        return replace(scene, Span(start, span.end), newline + lead)
    deeper = newline + lead + scene.indent.unit
    closer = tail.lstrip(" \t")[:1]
    if not (is_open and closer and closer == _CLOSERS[_OPENERS.index(code[-1])]):
        return replace(scene, Span(start, span.end), deeper)
    changes = scene.text.replace(Span(start, span.end), deeper + newline + lead)
    caret = Position(start.line + 1, len(lead) + len(scene.indent.unit))
    return Edit(changes, Selection.at(caret))


def _backspace(scene: Scene) -> Edit | None:
    if not scene.selection.is_empty:
        return replace(scene, scene.selection.span, "")
    head = scene.head
    start = before(scene)
    unit = len(scene.indent.unit)
    lead = scene.line[: head.column]
    if scene.indent.unit != "\t" and len(lead) > 1 and not lead.strip(" "):
        start = Position(head.line, (head.column - 1) // unit * unit)
    return _erase(scene, Span(start, head))


def _delete(scene: Scene) -> Edit | None:
    if not scene.selection.is_empty:
        return replace(scene, scene.selection.span, "")
    return _erase(scene, Span(scene.head, behind(scene)))


def _delete_word_left(scene: Scene) -> Edit | None:
    if not scene.selection.is_empty:
        return replace(scene, scene.selection.span, "")
    return _erase(scene, Span(word_left(scene).place, scene.head))


def _delete_word_right(scene: Scene) -> Edit | None:
    if not scene.selection.is_empty:
        return replace(scene, scene.selection.span, "")
    return _erase(scene, Span(scene.head, word_right(scene).place))


def _erase(scene: Scene, span: Span) -> Edit | None:
    return None if span.is_empty else replace(scene, span, "", EditKind.ERASE)


def delete_for_cut(scene: Scene) -> Edit | None:
    """Remove the selection, or the caret's whole line where nothing is selected."""
    span = cut_span(scene)
    return None if span.is_empty else replace(scene, span, "")


def cut_span(scene: Scene) -> Span:
    """Return what cutting takes away."""
    return line_at(scene.text, scene.head.line) if scene.selection.is_empty else scene.selection.span


def _touched_lines(scene: Scene) -> range:
    """Return the lines a selection touches; one that ends before the first character of a line leaves that out."""
    span = scene.selection.span
    stop = span.end.line
    if stop > span.start.line and not span.end.column:
        stop -= 1
    return range(span.start.line, stop + 1)


def _with_selection(scene: Scene, changes: Iterable[Change]) -> Edit | None:
    """Make an edit that keeps the same text selected."""
    ordered = tuple(changes)
    if not ordered:
        return None
    made = ChangeSet(scene.text.revision, ordered, scene.text.lone_cr)
    selection = scene.selection
    if selection.is_empty:
        return Edit(made, Selection.at(made.map(selection.head, after=True)))
    span = selection.span
    start, end = made.map(span.start), made.map(span.end, after=span.end.column > 0)
    is_forward = selection.anchor <= selection.head
    return Edit(made, Selection(start, end) if is_forward else Selection(end, start))


def _insert(line: int, column: int, text: str) -> Change:
    place = Position(line, column)
    return Change(Span(place, place), text)


def _remove(line: int, start: int, stop: int) -> Change:
    return Change(Span(Position(line, start), Position(line, stop)), "")


def _tab(scene: Scene) -> Edit | None:
    """Indent the selected lines, or go to the next stop."""
    span = scene.selection.span
    if span.start.line != span.end.line:
        return indent(scene)
    if scene.indent.unit == "\t":
        return replace(scene, span, "\t", EditKind.TYPE)
    cell = scene.cells(span.start.line).cell_of(span.start.column)
    size = scene.indent.size
    return replace(scene, span, " " * (size - cell % size), EditKind.TYPE)


def indent(scene: Scene) -> Edit | None:
    """Move the touched lines one level to the right; empty lines stay empty."""
    lines = _touched_lines(scene)
    unit = scene.indent.unit
    return _with_selection(scene, (_insert(line, 0, unit) for line in lines if scene.text.line(line)))


def _outdent(scene: Scene) -> Edit | None:
    """Move the touched lines one level to the left."""
    changes = []
    for number in _touched_lines(scene):
        line = scene.text.line(number)
        spaces = len(line) - len(line.lstrip(" "))
        width = 1 if line.startswith("\t") else min(spaces, scene.indent.size)
        if width:
            changes.append(_remove(number, 0, width))
    return _with_selection(scene, changes)


def _move_lines(scene: Scene, by: int) -> Edit | None:
    """Carry the touched lines over the line above or below; the line that is passed changes places."""
    lines = _touched_lines(scene)
    text = scene.text
    passed = lines.start - 1 if by < 0 else lines.stop
    if not 0 <= passed < text.line_count:
        return None
    first, last = min(passed, lines.start), max(passed, lines.stop - 1)
    content, ending = text.line(passed), text.ending(passed)
    if not text.ending(last):
        # The last line of the text has no ending: the two that change places share the one between them.
        ending = text.ending(last - 1)
    top, bottom = Position(first, 0), Position(last, len(text.line(last)))
    if by > 0:
        taken = Span(Position(last - 1, len(text.line(last - 1))), bottom)
        if text.ending(last):
            taken = line_at(text, passed)
        changes = (Change(Span(top, top), content + ending), Change(taken, ""))
    else:
        put_at, put = bottom, ending + content
        if text.ending(last):
            put_at, put = Position(last + 1, 0), content + ending
        changes = (Change(line_at(text, passed), ""), Change(Span(put_at, put_at), put))
    selection = scene.selection
    anchor, head = (Position(place.line + by, place.column) for place in (selection.anchor, selection.head))
    return Edit(ChangeSet(text.revision, changes, text.lone_cr), Selection(anchor, head))


def _move_lines_up(scene: Scene) -> Edit | None:
    return _move_lines(scene, -1)


def _move_lines_down(scene: Scene) -> Edit | None:
    return _move_lines(scene, 1)


def _toggle_comment(scene: Scene) -> Edit | None:
    """Make comments of the touched lines, or of comments lines again if all of them are."""
    marks = COMMENT_MARKS.get(scene.language or "")
    if marks is None:
        return None
    opening, closing = marks
    rows = [(number, scene.text.line(number)) for number in _touched_lines(scene)]
    rows = [(number, line) for number, line in rows if line.strip()] or rows[:1]
    if all(line.lstrip().startswith(opening) for _, line in rows):
        return _with_selection(
            scene, (change for number, line in rows for change in _uncomment(number, line, opening, closing))
        )
    column = min(len(line) - len(line.lstrip()) for _, line in rows)
    changes = []
    for number, line in rows:
        changes.append(_insert(number, column, opening + " "))
        if closing:
            changes.append(_insert(number, len(line), " " + closing))
    return _with_selection(scene, changes)


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


EDITS: dict[str, EditCommand] = {
    "newline": _newline,
    "backspace": _backspace,
    "delete": _delete,
    "delete_word_left": _delete_word_left,
    "delete_word_right": _delete_word_right,
    "tab": _tab,
    "indent": indent,
    "outdent": _outdent,
    "move_lines_up": _move_lines_up,
    "move_lines_down": _move_lines_down,
    "toggle_comment": _toggle_comment,
}
"""Every edit that needs nothing but the scene, by its name."""
