"""Soft wrap: where lines are broken, how rows are counted, and what the screen shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.line_cells import lay_out
from spark_tui.ui.widgets.editor_paint import gutter_width
from spark_tui.ui.widgets.editor_rows import Ghost, Part, Plans, RowMap
from spark_tui.ui.widgets.editor_wraps import LONGEST, Wraps, breaks, hang_of
from tests.ui.editor_stage import Stage, hunk

GUTTER = gutter_width(3)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("", [""]),
        ("0123456789", ["0123456789"]),
        ("01234567890", ["0123456789", "0"]),
        ("one two three four", ["one two ", "three four"]),
        ("  one two three", ["  one two ", "three"]),
        ("漢字漢字漢字", ["漢字漢字漢", "字"]),
        ("a\tb\tc\td", ["a\tb\t", "c\td"]),
        ("one two \u0301three", ["one ", "two \u0301three"]),
        ("one two three\t\u0301", ["one two ", "three\t\u0301"]),
        ("x" * 25, ["x" * 10, "x" * 10, "x" * 5]),
    ],
)
def test_where_a_line_is_broken(line: str, parts: list[str]) -> None:
    starts = [*breaks(line, 10, 4), len(line)]
    assert [line[a:b] for a, b in zip(starts, starts[1:], strict=False)] == parts


lines = st.text(st.sampled_from("ab  \t漢\u0301👍\x1b"), max_size=60)


@given(lines, st.integers(8, 30))
def test_every_part_fits(line: str, width: int) -> None:
    starts = list(breaks(line, width, 4))
    cells = lay_out(line, 4)
    hang = hang_of(line, width, 4)
    assert starts[0] == 0 and sorted(set(starts)) == starts
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(line)], strict=True)):
        room = width - (hang if number else 0)
        taken = cells.cell_of(stop) - cells.cell_of(start)
        assert taken <= room or cells.next_stop(start) == stop
        assert cells.snap(start) == start


def test_a_line_without_end_is_broken_by_count() -> None:
    for line in ("x" * 10_000_000, "漢" * (LONGEST + 1)):
        starts = breaks(line, 80, 4)
        assert isinstance(starts, range) and len(starts) * 80 >= len(line)


@given(st.lists(lines, min_size=1, max_size=12), st.integers(8, 20))
def test_rows_are_those_of_all_lines_in_turn(source: list[str], width: int) -> None:
    wraps = Wraps([(0, source)], width, 4)
    expected = [
        (number, part) for number, line in enumerate(source) for part in range(len(breaks(line, width, 4)))
    ]
    assert [wraps.at(row) for row in range(wraps.row_count)] == expected
    assert [wraps.first(line) for line in range(len(source))] == [
        expected.index((line, 0)) for line in range(len(source))
    ]
    assert wraps.first(len(source)) == len(expected)


def test_an_edit_measures_its_own_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text.of(("word " * 30 + "\n") * 5000)
    before = Wraps(text.blocks(), 40, 4)
    measured: list[int] = []
    monkeypatch.setattr(Wraps, "_measured", lambda self, lines: measured.append(len(lines)))
    after = text.apply(text.replace(Span(Position(2500, 0), Position(2500, 0)), "x"))
    wraps = Wraps(after.blocks(), 40, 4, before)
    assert measured == [1024]
    assert wraps.first(1000) == before.first(1000) == 4000
    Wraps(after.blocks(), 50, 4, wraps)
    assert len(measured) == 6


def test_rows_of_hunks_stand_between_wrapped_lines() -> None:
    text = Text.of("a" * 15 + "\nb\n")
    wraps = Wraps(text.blocks(), 10, 4)
    rows = RowMap((hunk(1, "+" + "n" * 25),), 3, Plans(), wraps)
    items = [rows.at(row) for row in range(rows.row_count)]
    shown = [(*item.key, item.part) if isinstance(item, Ghost) else item for item in items]
    assert shown == [0, Part(0, 1), ("1.1.1", -1, 0), ("1.1.1", 0, 0), ("1.1.1", 0, 1), ("1.1.1", 0, 2), 1, 2]
    assert [rows.near(row) for row in range(8)] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 0),
        (1, 0),
        (1, 0),
        (1, 0),
        (2, 0),
    ]
    assert rows.row_at(Position(0, 12), text.line(0)) == 1


# --- the screen


async def test_wrapped_lines_on_the_screen() -> None:
    stage = Stage("    one two three four five six\nnext\n", language=None)
    async with stage.run_test(size=(GUTTER + 17, 8)) as pilot:
        await pilot.press("alt+z")
        assert [row[GUTTER:] for row in stage.rows()[:4]] == [
            "    one two",
            "    three four",
            "    five six",
            "next",
        ]
        assert [row[:3].strip() for row in stage.rows()[:4]] == ["1", "", "", "2"]
        await pilot.press("down", "down", "end")
        assert stage.editor.caret == Position(0, 31)
        assert stage.cursor_position == (GUTTER + 12, 2)
        await pilot.press("up")
        assert stage.editor.caret == Position(0, 20)
        await pilot.press("x", "up", "home", "down")
        assert stage.source.startswith("    one two three foxur")
        await pilot.click(stage.editor, offset=(GUTTER + 6, 1))
        assert stage.editor.caret == Position(0, 14)
        await pilot.press("alt+z")
        assert stage.rows()[1].endswith("next")


async def test_the_caret_behind_a_full_row_is_seen() -> None:
    stage = Stage("x" * 40, language=None)
    async with stage.run_test(size=(GUTTER + 22, 6)) as pilot:
        await pilot.press("alt+z", "end")
        assert stage.cursor_position == (GUTTER + 20, 1)
        last = stage.editor.render_line(1)
        assert [s.text for s in last if s.style and s.style.reverse] == [" "]
        await pilot.press("left", "left")
        await pilot.press("up")
        assert stage.editor.caret == Position(0, 18)


async def test_what_is_read_stays_when_lines_are_wrapped() -> None:
    stage = Stage(("word " * 20 + "\n") * 100 + "target\n" + "x\n" * 100, language=None)
    async with stage.run_test(size=(50, 12)) as pilot:
        stage.editor.go_to(100)
        await pilot.pause()
        row = stage.cursor_position.y
        await pilot.press("alt+z")
        assert stage.cursor_position.y == row
        assert stage.rows()[row].endswith("target")
        await pilot.resize_terminal(30, 12)
        await pilot.pause()
        assert stage.rows()[stage.cursor_position.y].endswith("target")


@pytest.mark.parametrize("steps", [3, 40])
async def test_going_down_and_up_passes_every_row(steps: int) -> None:
    stage = Stage("a b c d e f g h i j k l m n o p\n\n漢字漢字漢字漢字漢字\nend", language=None)
    async with stage.run_test(size=(GUTTER + 14, 10)) as pilot:
        await pilot.press("alt+z")
        seen = [stage.cursor_position.y]
        for _ in range(steps):
            await pilot.press("down")
            seen.append(stage.cursor_position.y)
        assert seen[:4] == [0, 1, 2, 3]
        for _ in range(steps):
            await pilot.press("up")
        assert stage.cursor_position.y == 0


async def test_a_hunk_that_streams_into_wrapped_text_does_not_move_the_caret() -> None:
    stage = Stage(("word " * 12 + "\n") * 60, language=None)
    async with stage.run_test(size=(40, 12)) as pilot:
        await pilot.press("alt+z")
        stage.editor.go_to(30, 50)
        await pilot.pause()
        before = stage.cursor_position
        for count in range(1, 20):
            stage.host.pending = (hunk(10, *["+" + "new " * 20] * count),)
            stage.editor.refresh_hunks()
            assert stage.cursor_position == before
