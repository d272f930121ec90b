"""Makes several carets of one: above and below, at the next occurrence or at all of them, and in a rectangle."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from spark_tui.core.text import Position, Span, Text
from spark_tui.core.values import dataclass
from spark_tui.ui.line_cells import lay_out
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import text_of
from spark_tui.ui.widgets.editor_motions import MOTIONS, goal_of, name_at
from spark_tui.ui.widgets.editor_scene import Scene, Selection
from spark_tui.ui.widgets.editor_search import Query, matcher_for

MOST = 10_000
"""Carets at most."""


def add_vertically(scene: Scene, carets: Carets, name: str) -> Carets:
    """Add a caret in the line above (`up`) or below (`down`) each one."""
    selections = list(carets.all)
    goals = list(carets.goals)
    main = carets.main
    for number, (selection, goal) in enumerate(zip(carets.all, carets.goals, strict=True)):
        here = replace(scene, selection=selection, goal=goal)
        move = MOTIONS[name](here)
        goals[number] = goal_of(here)
        if move.place.line != selection.head.line:
            selections.append(Selection.at(move.place))
            goals.append(goal_of(here))
            main = len(selections) - 1
    return Carets.of(selections[: MOST + 1], min(main, MOST), goals[: MOST + 1])


def select_words(scene: Scene, carets: Carets) -> Carets:
    """Select the word at each caret."""
    spans = [one.span if not one.is_empty else name_at(scene.text, one.head) for one in carets.all]
    return Carets.of([Selection(span.start, span.end) for span in spans], carets.main)


def add_next(scene: Scene, carets: Carets) -> Carets | None:
    """Select the word at the caret, or, where something is selected, its next occurrence too; None: no other."""
    if carets.primary.is_empty:
        return select_words(scene, carets)
    taken = {one.span.start for one in carets.all}
    span = carets.primary.span
    found = list(islice(occurrences(scene.text, text_of(scene.text, span)), MOST))
    behind = [one for one in found if one.start >= span.end]
    for one in (*behind, *found):
        if one.start not in taken and not any(_overlap(one, other.span) for other in carets.all):
            return carets.plus([Selection(one.start, one.end)])
    return None


def add_all(scene: Scene, carets: Carets) -> Carets | None:
    """Select every occurrence of the word at the caret or of what is selected; None: too many."""
    words = select_words(scene, carets)
    span = words.primary.span
    found = list(islice(occurrences(scene.text, text_of(scene.text, span)), MOST + 1))
    if len(found) > MOST:
        return None
    selections = [Selection(one.start, one.end) for one in found]
    main = next((number for number, one in enumerate(found) if one.start == span.start), 0)
    return Carets.of(selections, main) if selections else None


def occurrences(text: Text, needle: str) -> Iterator[Span]:
    """Yield every place of a string with line feeds for line breaks, in order; capital letters count."""
    matcher = matcher_for(Query(needle, match_case=True)) if needle else ""
    if isinstance(matcher, str):
        return
    if matcher.crosses_lines:
        yield from matcher.in_text(text)
        return
    for start, lines in text.blocks():
        for number, first, last in matcher.in_lines(lines):
            yield Span(Position(start + number, first), Position(start + number, last))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


Corner = tuple[int, int]
"""Line and cell."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A block of cells: from one corner to the other, which may lie behind the ends of lines."""

    anchor: Corner
    head: Corner

    def carets(self, text: Text, tab_size: int) -> Carets:
        """Return a selection in each line of the block."""
        first, last = sorted((self.anchor[0], self.head[0]))
        last = min(last, first + MOST - 1)
        selections = []
        for line in range(first, last + 1):
            cells = lay_out(text.line(line), tab_size)
            anchor, head = (
                Position(line, cells.snap(cells.column_at(cell, nearest=True)))
                for cell in (self.anchor[1], self.head[1])
            )
            selections.append(Selection(anchor, head))
        return Carets.of(selections, min(max(self.head[0] - first, 0), last - first))

    def moved(self, name: str, scene: Scene) -> "Rectangle":
        """Return the block after a motion of its head."""
        line, cell = self.head
        last = scene.text.line_count - 1
        cells = lay_out(scene.text.line(line), scene.indent.tab_size)
        if name in ("left", "right"):
            return Rectangle(self.anchor, (line, max(0, cell + (1 if name == "right" else -1))))
        here = Position(line, cells.snap(cells.column_at(cell, nearest=True)))
        move = MOTIONS[name](replace(scene, selection=Selection.at(here), goal=cell))
        if name in ("up", "down", "page_up", "page_down"):
            step = {"up": -1, "down": 1}.get(name, move.place.line - line)
            return Rectangle(self.anchor, (max(0, min(line + step, last)), cell))
        place = move.place
        target = lay_out(scene.text.line(place.line), scene.indent.tab_size)
        return Rectangle(self.anchor, (place.line, target.cell_of(place.column)))


def rectangle_of(carets: Carets, text: Text, tab_size: int) -> Rectangle:
    """Return the block from where the main selection began to its head."""
    one = carets.primary
    ends = ((place.line, lay_out(text.line(place.line), tab_size).cell_of(place.column)) for place in
            (one.anchor, one.head))  # fmt: skip
    anchor, head = ends
    return Rectangle(anchor, head)
