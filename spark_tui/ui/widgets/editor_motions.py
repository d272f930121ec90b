"""Where the caret goes: one function for each motion, from a scene to a place."""

from collections.abc import Callable

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_scene import Move, Scene

Motion = Callable[[Scene], Move]


def _class_of(char: str) -> int:
    """Return 0 for white space, 1 for what words are made of, 2 for the rest."""
    if char.isspace():
        return 0
    return 1 if char.isalnum() or char == "_" or not char.isascii() else 2


def word_start_before(line: str, column: int) -> int:
    """Return where the word before `column` begins."""
    at = column
    while at and _class_of(line[at - 1]) == 0:
        at -= 1
    if not at:
        return 0
    kind = _class_of(line[at - 1])
    while at and _class_of(line[at - 1]) == kind:
        at -= 1
    return at


def word_end_after(line: str, column: int) -> int:
    """Return where the word after `column` ends."""
    at, length = column, len(line)
    while at < length and _class_of(line[at]) == 0:
        at += 1
    if at == length:
        return length
    kind = _class_of(line[at])
    while at < length and _class_of(line[at]) == kind:
        at += 1
    return at


def word_at(text: Text, place: Position) -> Span:
    """Return the word, or the run of other characters, that a place is in or behind."""
    line = text.line(place.line)
    if not line:
        return Span(place, place)
    at = min(place.column, len(line) - 1)
    kind = _class_of(line[at])
    start = stop = at
    while start and _class_of(line[start - 1]) == kind:
        start -= 1
    while stop < len(line) and _class_of(line[stop]) == kind:
        stop += 1
    return Span(Position(place.line, start), Position(place.line, stop))


def name_at(text: Text, place: Position) -> Span:
    """Return the word that a place is in or just behind; where there is none, what `word_at` finds."""
    line, at = text.line(place.line), place.column
    is_behind = at > 0 and _class_of(line[at - 1]) == 1 and (at >= len(line) or _class_of(line[at]) != 1)
    return word_at(text, Position(place.line, at - 1) if is_behind else place)


def line_at(text: Text, line: int) -> Span:
    """Return a whole line with its ending."""
    if line + 1 < text.line_count:
        return Span(Position(line, 0), Position(line + 1, 0))
    return Span(Position(line, 0), Position(line, len(text.line(line))))


def before(scene: Scene) -> Position:
    """Return the place one character before the caret, over a line break too."""
    head = scene.head
    if head.column:
        return Position(head.line, scene.cells(head.line).previous_stop(head.column))
    if head.line:
        return Position(head.line - 1, scene.last_column(head.line - 1))
    return head


def behind(scene: Scene) -> Position:
    """Return the place one character behind the caret, over a line break too."""
    head = scene.head
    if head.column < scene.last_column(head.line):
        return Position(head.line, scene.cells(head.line).next_stop(head.column))
    if head.line + 1 < scene.text.line_count:
        return Position(head.line + 1, 0)
    return head


def _left(scene: Scene) -> Move:
    return Move(before(scene))


def _right(scene: Scene) -> Move:
    return Move(behind(scene))


def goal_of(scene: Scene) -> int:
    """Return the cell of its row that moving up or down aims for."""
    if scene.goal is not None:
        return scene.goal
    head = scene.head
    cell = scene.cells(head.line).cell_of(head.column)
    part = scene.rows.part_at(head.column, scene.line)
    if not part:
        return cell
    _, _, first, hang = scene.shape(head.line, part)
    return cell - first + hang


def _to_line(scene: Scene, line: int) -> Move:
    return _to_row(scene, line, 0)


def _to_row(scene: Scene, line: int, part: int) -> Move:
    """Go to a part of a line, as near to the cell aimed for as it has one."""
    goal = goal_of(scene)
    if line < 0:
        return Move(Position(0, 0), goal)
    if line >= scene.text.line_count:
        return Move(scene.text.end, goal)
    cells = scene.cells(line)
    start, last, first, hang = scene.shape(line, part)
    column = cells.snap(cells.column_at(first + max(0, goal - hang), nearest=True))
    return Move(Position(line, max(start, min(column, last))), goal)


def _step(scene: Scene, by: int) -> Move:
    """Go to the row above or below that shows text."""
    head = scene.head
    if scene.rows.wraps is None:
        return _to_line(scene, head.line + by)
    part = scene.rows.part_at(head.column, scene.line) + by
    if part < 0:
        line = head.line - 1
        part = len(scene.rows.parts(scene.text.line(line))) - 1 if line >= 0 else 0
        return _to_row(scene, line, part)
    if part >= len(scene.rows.parts(scene.line)):
        return _to_row(scene, head.line + 1, 0)
    return _to_row(scene, head.line, part)


def _up(scene: Scene) -> Move:
    return _step(scene, -1)


def _down(scene: Scene) -> Move:
    return _step(scene, 1)


def _by_rows(scene: Scene, rows: int) -> Move:
    """Move by rows of the screen, so that rows of pending hunks count; always by one line at least."""
    here = scene.rows.row_at(scene.head, scene.line)
    line, part = scene.rows.near(here + rows)
    if scene.rows.wraps is None:
        head = scene.head.line
        return _to_line(scene, min(line, head - 1) if rows < 0 else max(line, head + 1))
    if not 0 <= here + rows < scene.rows.row_count:
        return _to_line(scene, -1 if rows < 0 else scene.text.line_count)
    return _to_row(scene, line, part)


def _page_up(scene: Scene) -> Move:
    return _by_rows(scene, 1 - max(2, scene.page))


def _page_down(scene: Scene) -> Move:
    return _by_rows(scene, max(2, scene.page) - 1)


def word_left(scene: Scene) -> Move:
    """Go to the start of the word before the caret."""
    head = scene.head
    if not head.column:
        return Move(before(scene))
    return Move(Position(head.line, scene.cells(head.line).snap(word_start_before(scene.line, head.column))))


def word_right(scene: Scene) -> Move:
    """Go to the end of the word behind the caret."""
    head = scene.head
    if head.column >= scene.last_column(head.line):
        return Move(behind(scene))
    return Move(Position(head.line, word_end_after(scene.line, head.column)))


def _home(scene: Scene) -> Move:
    """Go to the first character that is not blank; from there to the start of the line."""
    line, column = scene.line, scene.head.column
    text_start = len(line) - len(line.lstrip(" \t"))
    return Move(Position(scene.head.line, 0 if column == text_start else text_start))


def _end(scene: Scene) -> Move:
    return Move(Position(scene.head.line, scene.last_column(scene.head.line)))


def _text_start(scene: Scene) -> Move:
    return Move(Position(0, 0))


def _text_end(scene: Scene) -> Move:
    return Move(scene.text.end)


MOTIONS: dict[str, Motion] = {
    "left": _left,
    "right": _right,
    "up": _up,
    "down": _down,
    "word_left": word_left,
    "word_right": word_right,
    "home": _home,
    "end": _end,
    "page_up": _page_up,
    "page_down": _page_down,
    "text_start": _text_start,
    "text_end": _text_end,
}
"""Every motion by its name."""


def collapsed(name: str, scene: Scene) -> Move | None:
    """Return where left and right go when something is selected and not to be extended: to its border."""
    if scene.selection.is_empty or name not in ("left", "right"):
        return None
    span = scene.selection.span
    return Move(span.start if name == "left" else span.end)
