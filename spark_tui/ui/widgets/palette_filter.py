"""Colours for terminals that have 256 of them: the nearest one to the eye, so that dark surfaces stay apart.

What they would get otherwise is the nearest by hue, which turns every dark surface black or navy.
"""

from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_LEVELS = (0, 95, 135, 175, 215, 255)
_CUBE = [(red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS]
_GREYS = [(8 + 10 * step,) * 3 for step in range(24)]
_PALETTE = [*_CUBE, *_GREYS]
_FIRST = 16
"""Number of the first colour that means the same in every terminal."""


class PaletteFilter(LineFilter):
    """Replaces every colour by one of the terminal's."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` in colours of the palette."""
        return [Segment(text, style and _fitted(style), control) for text, style, control in segments]


@lru_cache(maxsize=4096)
def _fitted(style: Style) -> Style:
    colour, ground = style.color, style.bgcolor
    if all(one is None or one.type is not ColorType.TRUECOLOR for one in (colour, ground)):
        return style
    return style + Style(color=_near(colour), bgcolor=_near(ground))


def _near(colour: RichColor | None) -> RichColor | None:
    if colour is None or colour.triplet is None or colour.type is not ColorType.TRUECOLOR:
        return colour
    return RichColor.from_ansi(nearest(*colour.triplet))


@lru_cache(maxsize=4096)
def nearest(red: int, green: int, blue: int) -> int:
    """Return the number of the colour that differs least for the eye."""

    def difference(number: int) -> float:
        other_red, other_green, other_blue = _PALETTE[number]
        mean = (red + other_red) / 2
        return (
            (2 + mean / 256) * (red - other_red) ** 2
            + 4 * (green - other_green) ** 2
            + (2 + (255 - mean) / 256) * (blue - other_blue) ** 2
        )

    return _FIRST + min(range(len(_PALETTE)), key=difference)
