"""Turns the look of one row into a strip of styled cells: gutter, text, caret, selection, ghosts.

Only what is inside the horizontal window is laid out. Nothing here knows where a row comes from.
"""

from itertools import groupby
from typing import NamedTuple

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from spark_tui.core.display import inert
from spark_tui.syntax import LineSpan
from spark_tui.ui.line_cells import Piece, PieceKind, lay_out
from spark_tui.ui.widgets.editor_styles import EditorStyles, Flag, Ground

_TRAILING_SPACE = "\u00b7"
_TRAILING_TAB = "\u2192"
_GUIDE = "\u2502"
_MOST_STRIPS = 1024


class Look(NamedTuple):
    """Everything that decides how a row looks; equal looks are equal strips."""

    number: str
    """What stands in the gutter."""
    sign: str
    """The mark beside the number: a minus for a line that goes, a plus for one that comes."""
    text: str
    spans: tuple[LineSpan, ...] = ()
    ground: Ground = Ground.TEXT
    carets: tuple[int, ...] = ()
    """The columns of the carets on this row."""
    has_focus: bool = True
    selected: tuple[tuple[int, int], ...] = ()
    """Selected columns; one more than the line has if its ending is selected too."""
    marks: tuple[tuple[int, int, int], ...] = ()
    """What else is special: first column, column behind the last one, flags."""
    bar: tuple[str, int] = (" ", 0)
    """What stands behind the number, and its flag."""
    sign_flag: int = 0
    guides: int = 0
    """The cells at the start of the line in which guides stand."""
    cut: tuple[int, int, int] | None = None
    """The part of a wrapped line: its first cell, the cell behind its last, and its indentation."""
    is_pointed: bool = False
    """Whether the terminal's own cursor is the caret: none is drawn."""
    is_label: bool = False
    """Whether the text is the editor's own: it stays put when the lines are scrolled sideways."""


BLANK = Look("", "", "", is_label=True)
"""A row below the last line."""


class Painter:
    """Paints rows for one size, one sideways position and one theme; remembers what it painted."""

    def __init__(
        self,
        styles: EditorStyles,
        *,
        width: int,
        left: int,
        digits: int,
        tab_size: int,
        level: int,
        blanks: str = "trailing",
    ) -> None:
        self._styles = styles
        self._width = width
        self._left = left
        self._digits = digits
        self._tab_size = tab_size
        self._level = max(1, level)
        self._blanks = blanks
        self._text_width = max(0, width - gutter_width(digits))
        self._strips: dict[Look, Strip] = {}
        self.painted = 0
        """How many rows were painted and not just remembered."""

    def strip(self, look: Look) -> Strip:
        """Return the strip of a row."""
        strip = self._strips.get(look)
        if strip is None:
            if len(self._strips) >= _MOST_STRIPS:
                self._strips.clear()
            self.painted += 1
            strip = self._strips[look] = self._paint(look)
        return strip

    def _paint(self, look: Look) -> Strip:
        bar, flag = look.bar
        number = f"{look.number:>{self._digits}}" + (" " if not flag else "")
        segments = [Segment(number, self._style("", look.ground, Flag.GUTTER))]
        if flag:
            segments.append(Segment(bar, self._style("", look.ground, Flag.GUTTER | Flag(flag))))
        sign_style = self._style("", look.ground, Flag.SIGN | Flag(look.sign_flag))
        segments.append(Segment(f"{look.sign or ' '} ", sign_style))
        if look.is_label:
            label = set_cell_size(inert(look.text), self._text_width)
            segments.append(Segment(label, self._style("", look.ground, Flag.NONE)))
        else:
            self._add_text(look, segments)
        return Strip(segments, gutter_width(self._digits) + self._text_width).crop(0, self._width)

    def _add_text(self, look: Look, segments: list[Segment]) -> None:
        cells = lay_out(look.text, self._tab_size)
        left, right, hang = self._left, self._left + self._text_width, 0
        if look.cut is not None:
            left, end, hang = look.cut
            right = min(end, left + max(0, self._text_width - hang))
            if hang:
                segments.append(Segment(" " * hang, self._style("", look.ground, Flag.NONE)))
        pieces = list(cells.window(left, right))
        used = hang
        if pieces:
            flags, captures = self._marks(look, pieces[0].column, pieces[-1].end)
            for piece in pieces:
                self._add_piece(piece, look, pieces[0].column, flags, captures, segments)
            used += pieces[-1].cell + pieces[-1].width - left
        if used < self._text_width and (not pieces or pieces[-1].end == len(look.text)):
            used += self._add_end(look, cells.cell_of(len(look.text)) >= left, segments)
        if look.guides > left + used - hang and look.cut is None:
            used += self._add_guides(look, left, used, segments)
        if used < self._text_width:
            blank = " " * (self._text_width - used)
            segments.append(Segment(blank, self._style("", look.ground, Flag.NONE)))

    def _add_guides(self, look: Look, left: int, used: int, segments: list[Segment]) -> int:
        """Add guides behind the end of a blank line."""
        stop = min(look.guides, left + self._text_width)
        cells = (_GUIDE if cell % self._level == 0 else " " for cell in range(left + used, stop))
        text = "".join(cells)
        segments.append(Segment(text, self._style("", look.ground, Flag.GUIDE)))
        return len(text)

    def _marks(self, look: Look, first: int, last: int) -> tuple[list[int], list[str]]:
        """Return what is special about each column of a window, and what the grammar calls it."""
        size = last - first
        flags, captures = [0] * size, [""] * size
        for start, stop, capture in look.spans:
            a, b = max(0, start - first), min(size, stop - first)
            if a < b:
                captures[a:b] = [capture] * (b - a)
        if self._blanks == "all":
            flags = [Flag.TRAILING.value if char in " \t" else 0 for char in look.text[first:last]]
        elif self._blanks == "trailing" and not (look.carets and look.has_focus):
            a = max(0, len(look.text.rstrip(" \t")) - first)
            flags[a:] = [Flag.TRAILING.value] * max(0, size - a)
        if look.guides and first < look.guides:
            self._mark_guides(look, first, flags)
        for start, stop, mark in look.marks:
            a, b = max(0, start - first), min(size, stop - first)
            flags[a:b] = [flag | mark for flag in flags[a:b]]
        for start, stop in look.selected:
            a, b = max(0, start - first), min(size, stop - first)
            flags[a:b] = [flag | Flag.SELECTED.value for flag in flags[a:b]]
        for column in look.carets:
            if first <= column < last:
                flags[column - first] |= self._caret_flag(look)
        return flags, captures

    def _mark_guides(self, look: Look, first: int, flags: list[int]) -> None:
        cells = lay_out(look.text, self._tab_size)
        text = look.text
        column = 0
        while column < len(text) and text[column] in " \t":
            if first <= column < first + len(flags):
                cell = cells.cell_of(column) if "\t" in text[:column] else column
                if cell % self._level == 0:
                    flags[column - first] |= Flag.GUIDE
            column += 1

    def _add_piece(
        self,
        piece: Piece,
        look: Look,
        first: int,
        flags: list[int],
        captures: list[str],
        segments: list[Segment],
    ) -> None:
        at = piece.column - first
        if piece.kind is PieceKind.PLAIN:
            end = piece.end - first
            start = at
            for (flag, capture), run in groupby(zip(flags[at:end], captures[at:end], strict=True)):
                stop = start + sum(1 for _ in run)
                text = piece.text[start - at : stop - at]
                if flag & Flag.GUIDE and not flag & (Flag.CARET | Flag.CARET_IDLE):
                    text = _GUIDE
                elif flag & Flag.TRAILING:
                    text = text.replace(" ", _TRAILING_SPACE)
                segments.append(Segment(text, self._style(capture, look.ground, Flag(flag))))
                start = stop
            return
        flag = Flag(flags[at])
        if piece.kind is PieceKind.HIDDEN:
            flag |= Flag.HIDDEN
        text = piece.text
        if piece.kind is PieceKind.TAB:
            if flag & Flag.GUIDE and not flag & (Flag.CARET | Flag.CARET_IDLE):
                text = _GUIDE + text[1:]
            elif flag & Flag.TRAILING:
                text = _TRAILING_TAB + text[1:]
            if flag & (Flag.CARET | Flag.CARET_IDLE):
                segments.append(Segment(text[:1], self._style(captures[at], look.ground, flag)))
                text, flag = text[1:], flag & ~(Flag.CARET | Flag.CARET_IDLE)
        if text:
            segments.append(Segment(text, self._style(captures[at], look.ground, flag)))

    def _add_end(self, look: Look, is_visible: bool, segments: list[Segment]) -> int:
        """Add the cell behind the line if the caret is there or the line's ending is selected."""
        length = len(look.text)
        is_selected = bool(look.selected) and look.selected[-1][1] > length >= look.selected[-1][0]
        has_caret = bool(look.carets) and look.carets[-1] == length
        if not is_visible or not (is_selected or has_caret):
            return 0
        flag = Flag.SELECTED if is_selected else Flag.NONE
        if has_caret:
            flag |= self._caret_flag(look)
        segments.append(Segment(" ", self._style("", look.ground, flag)))
        return 1

    def _caret_flag(self, look: Look) -> Flag:
        if look.is_pointed:
            return Flag.NONE
        return Flag.CARET if look.has_focus else Flag.CARET_IDLE

    def _style(self, capture: str, ground: Ground, flags: Flag) -> Style:
        return self._styles.style(capture, ground, flags)


def gutter_width(digits: int) -> int:
    """Return the cells of the gutter: the number, a space, the sign, a space."""
    return digits + 3
