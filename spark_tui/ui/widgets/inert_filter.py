"""The last door before the terminal: no control or hidden character passes, whatever a widget was given.

Text is made inert where it enters the screen; this filter is for whatever was forgotten.
"""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from spark_tui.core.display import inert


class InertFilter(LineFilter):
    """Replaces control, bidi and invisible characters in every rendered line, and keeps its width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` with every character visible and of one direction."""
        if all(text.isascii() and text.isprintable() for text, _, _ in segments):
            return segments
        safe = [Segment(inert(text), style) for text, style, _ in segments]
        if all(new.text is old.text or new.text == old.text for new, old in zip(safe, segments, strict=True)):
            return segments
        width = sum(cell_len(segment.text) for segment in segments)
        return _fit(safe, width)


def _fit(segments: list[Segment], width: int) -> list[Segment]:
    """Give back the cells that replacements took: first from the blanks at the end, then by cutting."""
    excess = sum(cell_len(segment.text) for segment in segments) - width
    fitted = list(segments)
    for place in range(len(fitted) - 1, -1, -1):
        if excess <= 0:
            break
        text, style, _ = fitted[place]
        kept = text.rstrip(" ")
        blanks = min(len(text) - len(kept), excess)
        fitted[place] = Segment(text[: len(text) - blanks], style)
        excess -= blanks
        if kept:
            break
    return list(Segment.adjust_line_length(fitted, width)) if excess > 0 else fitted
