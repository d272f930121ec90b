"""Colours for terminals that have 256 of them."""

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from spark_tui.adapters.theme_files import load_themes
from spark_tui.ui.widgets.palette_filter import PaletteFilter, nearest


def test_greys_stay_greys_and_colours_keep_their_hue() -> None:
    assert nearest(0, 0, 0) == 16 and nearest(255, 255, 255) == 231
    assert nearest(0x20, 0x25, 0x2D) == 235 and nearest(0x15, 0x18, 0x1D) == 234
    assert nearest(0xFF, 0, 0) == 196 and nearest(0, 0xD7, 0x87) == 42


def test_surfaces_that_differ_are_told_apart_in_every_theme() -> None:
    for spec in load_themes().specs:
        named = [spec.colors.get(name, "") for name in ("background", "panel")]
        if all(name.startswith("#") for name in named):
            one, two = (nearest(*Color.parse(name).rgb) for name in named)
            assert one != two, spec.name


def test_a_line_keeps_its_text_and_what_is_not_a_colour_of_its_own() -> None:
    style = Style(color="#8ab4f8", bgcolor="#20252d", bold=True)
    plain, mine = Style(color=RichColor.from_ansi(3)), Style(underline=True)
    line = [Segment("a", style), Segment("b", plain), Segment("c", mine), Segment("d", None)]
    done = PaletteFilter().apply(line, Color(0, 0, 0))
    assert "".join(segment.text for segment in done) == "abcd"
    first = done[0].style
    assert first is not None and first.bold and first.bgcolor == RichColor.from_ansi(235)
    assert first.color is not None and first.color.number == nearest(0x8A, 0xB4, 0xF8)
    assert [segment.style for segment in done[1:]] == [plain, mine, None]
