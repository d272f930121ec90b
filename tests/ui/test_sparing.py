"""What is written to the terminal, against what stands there: the screen is the same, the writing is less."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from spark_tui.ui.widgets.sparing import Sparing

WIDTH, ROWS = 12, 3
STYLES = (Style(color="red"), Style(bold=True), Style())
TEXT = st.text("ab 漢", min_size=1, max_size=4)


@st.composite
def strips(draw: st.DrawFn, width: int) -> Strip:
    segments: list[Segment] = []
    left = width
    while left > 0:
        text = draw(TEXT)
        segment = Segment(text, draw(st.sampled_from(STYLES)))
        if segment.cell_length > left:
            segment = Segment(" " * left, STYLES[2])
        segments.append(segment)
        left -= segment.cell_length
    return Strip(segments)


@st.composite
def updates(draw: st.DrawFn) -> ChopsUpdate:
    chops: list[dict[int, Strip | None]] = []
    ends: list[list[int]] = []
    spans: list[tuple[int, int, int]] = []
    for y in range(ROWS):
        cuts = sorted({0, WIDTH, *draw(st.lists(st.integers(1, WIDTH - 1), max_size=2))})
        ends.append(cuts[1:])
        chops.append({x: draw(strips(end - x)) for x, end in zip(cuts, cuts[1:], strict=False)})
        parts = [(x, end) for x, end in zip(cuts, cuts[1:], strict=False) if draw(st.booleans())]
        spans += [(y, x, end) for x, end in parts]
    return ChopsUpdate(chops, spans, ends)


def paint(stream: pyte.Stream, update: ChopsUpdate) -> int:
    written = update.render_segments(Console(color_system="truecolor", force_terminal=True))
    stream.feed(written)
    return len(written)


@given(st.lists(updates(), min_size=1, max_size=6))
def test_the_screen_is_the_same_however_little_is_written(many: list[ChopsUpdate]) -> None:
    whole, spared = pyte.Screen(WIDTH, ROWS + 1), pyte.Screen(WIDTH, ROWS + 1)
    one, two = pyte.Stream(whole), pyte.Stream(spared)
    sparing = Sparing()
    for update in (update for update in many if update.spans):
        paint(one, update)
        less = sparing.spare(update)
        if less is not None:
            paint(two, less)
        assert whole.buffer == spared.buffer


def test_what_stands_there_is_not_written_again_and_a_growing_row_only_at_its_end() -> None:
    def row(text: str) -> ChopsUpdate:
        segments = [
            Segment("begin ", STYLES[0]),
            Segment(text, STYLES[1]),
            Segment(" " * (6 - len(text)), STYLES[2]),
        ]
        return ChopsUpdate([{0: Strip(segments)}], [(0, 0, WIDTH)], [[WIDTH]])

    sparing = Sparing()
    assert sparing.spare(row("a")) is not None
    assert sparing.spare(row("a")) is None
    less = sparing.spare(row("ab"))
    assert less is not None and list(less.chops[0]) == [6]
    sparing.forget()
    again = sparing.spare(row("ab"))
    assert again is not None and list(again.chops[0]) == [0]
