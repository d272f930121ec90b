"""What keys do to the text: one function for each edit, from a scene to changes. Nothing is applied here."""

import re

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_motions import before, behind, line_at, word_left, word_right
from spark_tui.ui.widgets.editor_scene import Edit, EditCommand, EditKind, Scene, Selection

_ANY_BREAK = re.compile(r"\r\n|\r|\n")
_OPENERS = "([{"
_CLOSERS = ")]}"


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


def _delete_line_end(scene: Scene) -> Edit | None:
    """Delete the rest of the line, or the break at its end."""
    if not scene.selection.is_empty:
        return replace(scene, scene.selection.span, "")
    end = Position(scene.head.line, scene.last_column(scene.head.line))
    return _erase(scene, Span(scene.head, end if scene.head != end else behind(scene)))


def _erase(scene: Scene, span: Span) -> Edit | None:
    return None if span.is_empty else replace(scene, span, "", EditKind.ERASE)


def delete_for_cut(scene: Scene) -> Edit | None:
    """Remove the selection, or the caret's whole line where nothing is selected."""
    span = cut_span(scene)
    return None if span.is_empty else replace(scene, span, "")


def cut_span(scene: Scene) -> Span:
    """Return what cutting takes away."""
    return line_at(scene.text, scene.head.line) if scene.selection.is_empty else scene.selection.span


def _tab(scene: Scene) -> Edit | None:
    """Go to the next stop."""
    span = scene.selection.span
    if scene.indent.unit == "\t":
        return replace(scene, span, "\t", EditKind.TYPE)
    cell = scene.cells(span.start.line).cell_of(span.start.column)
    size = scene.indent.size
    return replace(scene, span, " " * (size - cell % size), EditKind.TYPE)


EDITS: dict[str, EditCommand] = {
    "newline": _newline,
    "backspace": _backspace,
    "delete": _delete,
    "delete_word_left": _delete_word_left,
    "delete_word_right": _delete_word_right,
    "delete_line_end": _delete_line_end,
    "tab": _tab,
}
"""Every edit at a caret that needs nothing but the scene, by its name."""
