"""What is on the screen: the look and the strip of each row, kept until the row looks different.

A strip goes out as it is remembered, so that all that is derived from it on its way to the terminal is
remembered with it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from spark_tui.ui.widgets.editor_paint import Look, Painter
from spark_tui.ui.widgets.editor_styles import EditorStyles


class Frame(NamedTuple):
    """Everything that all rows share."""

    variables: dict[str, str]
    """The theme's variables."""
    foreground: Color
    background: Color
    has_colour: bool
    width: int
    """Cells of a row of text with its gutter."""
    left: int
    """The first cell of each line that is shown."""
    digits: int
    tab_size: int
    level: int
    """Cells of one level of indentation."""
    blanks: str
    """Which spaces and tabs are shown as signs."""


class Canvas:
    """Paints rows, and knows which of them are out of date."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._styles: EditorStyles | None = None
        self._painter: Painter | None = None
        self._shown: dict[int, Look] = {}
        self._rows: dict[int, Strip] = {}
        self._way: object = None

    @property
    def painted(self) -> int:
        """How many rows were painted and not just remembered, since all rows were last painted anew."""
        return 0 if self._painter is None else self._painter.painted

    def prepare(self, frame: Frame) -> bool:
        """Get ready to paint; True if every row has to be painted anew."""
        if frame == self._frame:
            return False
        if self._frame is None or self._styles is None or self._frame[:4] != frame[:4]:
            variables, foreground, background, has_colour = frame[:4]
            self._styles = EditorStyles(variables, foreground, background, has_colour=has_colour)
        self._painter = Painter(
            self._styles,
            width=frame.width,
            left=frame.left,
            digits=frame.digits,
            tab_size=frame.tab_size,
            level=frame.level,
            blanks=frame.blanks,
        )
        self._frame = frame
        self._shown.clear()
        self._rows.clear()
        return True

    def forget_rows(self) -> None:
        """Take it that other rows are on the screen now."""
        self._rows.clear()

    def strip(self, y: int, look: Look) -> Strip:
        """Paint a row of the screen."""
        if self._painter is None:
            return Strip.blank(0)
        self._shown[y] = look
        return self._painter.strip(look)

    def row(self, y: int) -> Strip | None:
        """Return a row of the screen as it went out, if that is still right."""
        return self._rows.get(y)

    def finish(self, y: int, strip: Strip, width: int, filters: Sequence[LineFilter]) -> Strip:
        """Do the last steps to a row before it goes out, and remember it."""
        if self._frame is None:
            return strip
        strip = strip.adjust_cell_length(width)
        for each in filters:
            strip = strip.apply_filter(each, self._frame.background)
        self._rows[y] = strip
        return strip

    def goes_by(self, way: object) -> None:
        """Forget rows that went out by another way: another width or other filters."""
        if way != self._way:
            self._way = way
            self._rows.clear()

    def stale(self, looks: Iterator[Look]) -> list[int]:
        """Return the rows of the screen that do not look as they were last painted."""
        known = self._shown.get
        rows = [y for y, look in enumerate(looks) if known(y) != look]
        for y in rows:
            self._rows.pop(y, None)
        return rows
