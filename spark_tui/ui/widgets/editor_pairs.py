"""Brackets and quotes: closing what was opened while one types, and finding the partner of a bracket."""

import re
from collections.abc import Callable

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.ui.widgets.editor_edits import replace, type_text
from spark_tui.ui.widgets.editor_scene import Edit, EditKind, Scene, Selection

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_QUOTES = "\"'"
_BACKTICK = ("javascript", "typescript", "tsx", "go", "bash", "markdown", "php")
_PROSE = (None, "markdown", "html")
"""Languages in which an apostrophe is more likely than a quote."""
_CLOSES_BEFORE = " \t)]}>,;:."
_FARTHEST = 2000
"""Lines in which a partner is looked for."""

Code = Callable[[Position], bool]
"""Whether a place is code, and not in a string or comment."""


def type_paired(scene: Scene, text: str) -> Edit:
    """Type a character; an opening one brings its closing one, which is then typed over."""
    span = scene.selection.span
    closer = _closer_of(text, scene.language)
    if not span.is_empty:
        return type_text(scene, text) if closer is None else _surround(scene, text, closer)
    head = span.start
    line = scene.line
    behind = line[head.column : head.column + 1]
    if behind and behind == text and head in scene.closers:
        over = Span(head, Position(head.line, head.column + 1))
        return replace(scene, over, text, EditKind.TYPE)
    if closer is None or not (not behind or behind in _CLOSES_BEFORE):
        return type_text(scene, text)
    before = line[head.column - 1 : head.column]
    if text == closer and (before == text or before.isalnum() or before in ("_", "\\")):
        return type_text(scene, text)
    changes = scene.text.replace(span, text + closer)
    caret = Position(head.line, head.column + 1)
    return Edit(changes, Selection.at(caret), EditKind.TYPE, opens=True)


def erase_paired(scene: Scene) -> Edit | None:
    """Erase an opening character together with the closing one that came with it; None for anything else."""
    head = scene.head
    before = scene.line[head.column - 1 : head.column]
    if not scene.selection.is_empty or head not in scene.closers or not before:
        return None
    if scene.line[head.column : head.column + 1] != _closer_of(before, scene.language):
        return None
    span = Span(Position(head.line, head.column - 1), Position(head.line, head.column + 1))
    return replace(scene, span, "", EditKind.ERASE)


def _closer_of(char: str, language: str | None) -> str | None:
    if char in _BRACKETS:
        return _BRACKETS[char]
    is_quote = char in _QUOTES and language not in _PROSE or char == "`" and language in _BACKTICK
    return char if is_quote else None


def _surround(scene: Scene, opener: str, closer: str) -> Edit:
    """Put both characters around the selection, which stays."""
    span = scene.selection.span
    changes = ChangeSet(
        scene.text.revision,
        (Change(Span(span.start, span.start), opener), Change(Span(span.end, span.end), closer)),
        scene.text.lone_cr,
    )
    start = Position(span.start.line, span.start.column + 1)
    end = Position(span.end.line, span.end.column + (span.start.line == span.end.line))
    is_forward = scene.selection.anchor <= scene.selection.head
    return Edit(changes, Selection(start, end) if is_forward else Selection(end, start))


# --- partners


def bracket_at(text: Text, head: Position) -> Position | None:
    """Return the bracket that a caret stands before, or else the one it stands behind."""
    line = text.line(head.line)
    for column in (head.column, head.column - 1):
        if column >= 0 and line[column : column + 1] in tuple("()[]{}"):
            return Position(head.line, column)
    return None


def partner_of(text: Text, place: Position, is_code: Code) -> Position | None:
    """Return the partner of the bracket at a place by counting; brackets that are no code do not count."""
    char = text.line(place.line)[place.column]
    forward = char in _BRACKETS
    other = _BRACKETS[char] if forward else next(o for o, c in _BRACKETS.items() if c == char)
    either = re.compile(f"[{re.escape(char + other)}]")
    counts_all = not is_code(place)
    depth = 0
    step = 1 if forward else -1
    line = place.line
    while 0 <= line < text.line_count and abs(line - place.line) <= _FARTHEST:
        found = [match.start() for match in either.finditer(text.line(line))]
        for column in found if forward else reversed(found):
            here = Position(line, column)
            if (here < place) if forward else (here > place):
                continue
            if not counts_all and not is_code(here):
                continue
            depth += 1 if text.line(line)[column] == char else -1
            if not depth:
                return here
        line += step
    return None
