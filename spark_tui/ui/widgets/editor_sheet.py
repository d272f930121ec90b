"""The editor's view of one text: caret, selection, pending hunks, colours, and how each row looks.

View state only, and no Textual: the surface asks, the sheet answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from spark_tui.core.editorconfig import Rules
from spark_tui.core.review import HunkView
from spark_tui.core.text import ChangeSet, Position, Text
from spark_tui.ui.line_cells import lay_out
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_difference import difference
from spark_tui.ui.widgets.editor_finder import Finder
from spark_tui.ui.widgets.editor_ghosts import ghost_look
from spark_tui.ui.widgets.editor_highlight import Highlighter, Later
from spark_tui.ui.widgets.editor_marks import LineMarks, MarkIndex
from spark_tui.ui.widgets.editor_motions import goal_of
from spark_tui.ui.widgets.editor_paint import BLANK, Look
from spark_tui.ui.widgets.editor_pairs import bracket_at, partner_of
from spark_tui.ui.widgets.editor_rows import Ghost, LineMark, Part, Plans, RowMap
from spark_tui.ui.widgets.editor_scene import (
    INDENT_SAMPLE,
    Indent,
    Scene,
    Selection,
    detect_indent,
    indent_by,
)
from spark_tui.ui.widgets.editor_styles import Flag, Ground
from spark_tui.ui.widgets.editor_wraps import Wraps, hang_of

_LEAST_DIGITS = 3
_BLANKS = 30
"""Blank lines in a row through which guides go."""


class Sheet:
    """What is shown of one text; replaced piece by piece as the text moves on."""

    def __init__(self, later: Later, on_colours: Callable[[], None], on_found: Callable[[], None]) -> None:
        self.text = Text.of("")
        self.language: str | None = None
        self.indent = Indent("    ", 4)
        self.rules = Rules()
        """What the file's rules say about indentation."""
        self.carets = Carets.one(Selection.at(Position(0, 0)))
        self.highlighter = Highlighter(later, on_colours)
        self.finder = Finder(later, on_found)
        self._plans = Plans()
        self.hunks: tuple[HunkView, ...] = ()
        """The pending hunks that the rows were made of."""
        self.rows = RowMap((), 1, self._plans)
        self._wrap_width = 0
        self.closers: frozenset[Position] = frozenset()
        """Where closing brackets and quotes stand that came by themselves."""
        self.index = MarkIndex(LineMarks())
        """What others know about the lines."""
        self.stands: Position | None = None
        """Where the main caret is drawn, if not at the end of its selection."""
        self.is_typing = True
        """Whether keys type, so that the caret stands between characters."""
        self.is_pointed = False
        """Whether the terminal's own cursor shows the caret, where there is only one."""
        self.has_guides = True
        """Whether lines show how deep code is indented."""
        self._brackets: tuple[Text | None, Position, int, tuple[Position, Position] | None]
        self._brackets = (None, Position(0, 0), 0, None)

    def open(
        self, path: str, text: Text, language: str | None, hunks: Sequence[HunkView], carets: Carets
    ) -> None:
        """Turn to another text, of which nobody knows anything yet."""
        self.index = MarkIndex(LineMarks())
        self.text = text
        self.language = language
        self.obey(Rules())
        self.carets = carets.clamped(text)
        self.closers = frozenset()
        self.highlighter.show(path, text, language)
        self.finder.open(text)
        self.place(hunks)

    def obey(self, rules: Rules) -> None:
        """Indent as the rules for the file say, or else as it is indented already."""
        self.rules = rules
        found = detect_indent(self.text.lines(0, INDENT_SAMPLE), self.language)
        self.indent = indent_by(rules, found)

    def place(self, hunks: Sequence[HunkView]) -> None:
        """Take over the pending hunks as they are now."""
        self.hunks = tuple(hunks)
        wraps = None
        if self._wrap_width:
            wraps = Wraps(self.text.blocks(), self._wrap_width, self.indent.tab_size, self.rows.wraps)
        self.rows = RowMap(hunks, self.text.line_count, self._plans, wraps)

    def wrap(self, width: int) -> bool:
        """Wrap lines to a width, or with 0 not at all; False if that is how they are."""
        if width == self._wrap_width:
            return False
        self._wrap_width = width
        self.place(self.hunks)
        return True

    def follow(self, text: Text, changes: ChangeSet | None, carets: Carets | None) -> ChangeSet:
        """Take over another revision; return how places move.

        Changes that do not lead from the text shown to the new one are not believed. Without carets the old
        ones move along.
        """
        is_next = changes is not None and changes.base == self.text.revision == text.revision - 1
        known = changes if changes is not None and is_next else difference(self.text, text)
        self.text = text
        self.highlighter.edited(text, known)
        self.finder.follow(text, known)
        moved = self.index.marks.moved(known)
        if moved is not self.index.marks:
            self.index = MarkIndex(moved)
        self.carets = (self.carets.mapped(known) if carets is None else carets).clamped(text)
        return known

    def scene(self, page: int) -> Scene:
        """Return what commands are told."""
        primary, goal = self.carets.primary, self.carets.goal
        return Scene(self.text, primary, goal, self.indent, self.language, self.rows, page, self.closers)

    def brackets(self) -> tuple[Position, Position] | None:
        """Return the bracket at the caret and its partner, if there are both."""
        head, news = self.carets.primary.head, self.highlighter.news
        text, known_head, known_news, known = self._brackets
        if text is self.text and (head, news) == (known_head, known_news):
            return known
        place = bracket_at(self.text, head)
        other = self.highlighter.partner(place) if place is not None else None
        if place is not None and other is None:
            other = partner_of(self.text, place, self.highlighter.is_code)
        found = None if place is None or other is None else (place, other)
        self._brackets = (self.text, head, news, found)
        return found

    @property
    def digits(self) -> int:
        """How wide line numbers are."""
        return max(_LEAST_DIGITS, len(str(self.text.line_count)))

    @property
    def caret_row(self) -> int:
        """The row of the caret."""
        head = self.stands or self.carets.primary.head
        return self.rows.row_at(head, self.text.line(head.line))

    @property
    def caret_cell(self) -> int:
        """The cell of the caret in its row."""
        scene = self.scene(1)
        if self.stands is not None:
            scene = replace(scene, selection=Selection.at(self.stands), goal=None)
        return goal_of(replace(scene, goal=None) if scene.goal is not None else scene)

    def width_of_row(self, row: int) -> int:
        """Return the cells that a row needs."""
        look = self.look(row, False)
        return 0 if look.is_label else lay_out(look.text, self.indent.tab_size).cell_of(len(look.text))

    def look(self, row: int, has_focus: bool) -> Look:
        """Return how a row looks."""
        item = self.item_at(row)
        if item is None:
            return BLANK
        if isinstance(item, Ghost):
            look = ghost_look(item)
            return look if self.rows.wraps is None else self._part_of(look, item.part)
        if isinstance(item, Part):
            return self._part_of(self._line_look(item.line, has_focus), item.part)
        look = self._line_look(item, has_focus)
        return look if self.rows.wraps is None else self._part_of(look, 0)

    def _part_of(self, look: Look, part: int) -> Look:
        """Return the look of one part of a wrapped row."""
        starts = (0,) if look.is_label else self.rows.parts(look.text)
        wraps = self.rows.wraps
        if len(starts) == 1 or wraps is None:
            return look
        cells = lay_out(look.text, self.indent.tab_size)
        start = starts[part]
        stop = starts[part + 1] if part + 1 < len(starts) else len(look.text) + 1
        hang = hang_of(look.text, wraps.width, wraps.tab_size) if part else 0
        return look._replace(
            number=look.number if not part else "",
            sign=look.sign if not part else "",
            carets=tuple(column for column in look.carets if start <= column < stop),
            cut=(cells.cell_of(start), cells.cell_of(min(stop, len(look.text))), hang),
        )

    def item_at(self, row: int) -> int | Part | Ghost | None:
        """Return the line or the ghost that a row shows; None below the last row."""
        return self.rows.at(row) if row < self.rows.row_count else None

    def _line_look(self, line: int, has_focus: bool) -> Look:
        text = self.text.line(line)
        carets, selected = self.carets.on_line(line, len(text))
        if self.stands is not None:
            carets = (self.stands.column,) if self.stands.line == line else ()
        ground = Ground.TEXT
        sign, sign_flag = self.index.letter(line)
        if self.rows.mark(line) is LineMark.REMOVED:
            ground, sign, sign_flag = Ground.REMOVED, "-", 0
        elif carets and self.carets.primary.is_empty:
            ground = Ground.CURRENT
        return Look(
            str(line + 1),
            sign,
            text,
            self.highlighter.spans(line),
            ground,
            carets,
            has_focus or not carets,
            selected,
            self._marks(line),
            bar=self.index.bar(line),
            sign_flag=sign_flag,
            guides=self._guides(line, text) if self.has_guides else 0,
            is_pointed=self.is_pointed and has_focus and bool(carets) and not self.carets.is_many,
        )

    def _marks(self, line: int) -> tuple[tuple[int, int, int], ...]:
        """Return what is special on a line: faults, matches and brackets."""
        marks = self.index.underlined(line, len(self.text.line(line)))
        if self.finder.is_shown:
            marks += tuple((start, stop, Flag.FOUND.value) for start, stop in self.finder.columns(line))
        for place in self.brackets() or ():
            if place.line == line:
                marks += ((place.column, place.column + 1, Flag.BRACKET.value),)
        return marks

    def _guides(self, line: int, text: str) -> int:
        """Return the cells in which guides stand: the indentation, for a blank line that of its surroundings."""
        size = self.indent.tab_size
        if text and not text.isspace():
            return _lead(text, size)
        lines = self.text
        around = []
        for way in (range(line - 1, max(-1, line - _BLANKS), -1), range(line + 1, line + _BLANKS)):
            near = (lines.line(number) for number in way if number < lines.line_count)
            around.append(next((_lead(one, size) for one in near if one and not one.isspace()), 0))
        return min(around)


def _lead(line: str, tab_size: int) -> int:
    first = line[:1]
    if first != " " and first != "\t":
        return 0
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(tab_size)) if "\t" in lead else len(lead)
