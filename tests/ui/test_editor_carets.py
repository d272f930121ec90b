"""Several carets on the screen: how they come, what keys do at them, how one remains; and what the mouse selects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_mouse import Presses
from spark_tui.ui.widgets.editor_multiply import Rectangle, occurrences
from spark_tui.ui.widgets.editor_paint import gutter_width
from tests.ui.editor_stage import Stage

GUTTER = gutter_width(3)
LIST = "alpha = 1\nbeta = 2\nalpha_2 = 3\nalpha\n"
NUMBERED = "\n".join(f"line {number}" for number in range(1, 101)) + "\n"


def heads(stage: Stage) -> list[tuple[int, int]]:
    return [(one.head.line, one.head.column) for one in stage.editor._sheet.carets.all]


def selected(stage: Stage) -> list[str]:
    text = stage.host.now
    return [text.slice(one.span) for one in stage.editor._sheet.carets.all]


async def test_carets_above_and_below_type_together() -> None:
    stage = Stage("a\nb\nc\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("ctrl+j", "ctrl+j", "x", "y", "backspace", "end", "!")
        assert stage.source == "xa!\nxb!\nxc!\n"
        assert heads(stage) == [(0, 3), (1, 3), (2, 3)]
        shown = [
            [s.text for s in stage.editor.render_line(y) if s.style and s.style.reverse] for y in range(4)
        ]
        assert shown == [[" "], [" "], [" "], []]
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z")
        assert stage.source == "a\nb\nc\n"
        assert heads(stage) == [(0, 0), (1, 0), (2, 0)]
        await pilot.press("escape", "z")
        assert stage.source == "a\nb\nzc\n"


async def test_short_lines_in_between_keep_the_column() -> None:
    stage = Stage("abcdef\nx\nabcdef\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("end", "ctrl+j", "ctrl+j")
        assert heads(stage) == [(0, 6), (1, 1), (2, 6)]
        await pilot.press("ctrl+k")
        assert heads(stage) == [(0, 6), (1, 1), (2, 6)]


async def test_the_next_occurrence_too() -> None:
    stage = Stage(LIST, language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("ctrl+d")
        assert selected(stage) == ["alpha"]
        await pilot.press("ctrl+d", "ctrl+d")
        assert heads(stage) == [(0, 5), (2, 5), (3, 5)]
        await pilot.press("ctrl+d")
        assert stage.refusals == ["There is no other."]
        await pilot.press("q")
        assert stage.source == "q = 1\nbeta = 2\nq_2 = 3\nq\n"


async def test_all_occurrences_and_back_to_one() -> None:
    stage = Stage(LIST, language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("down", "down", "down", "ctrl+l")
        assert selected(stage) == ["alpha"] * 3
        await pilot.press("escape")
        assert stage.editor.selection == Span(Position(3, 0), Position(3, 5))


async def test_more_carets_than_sense_are_refused() -> None:
    stage = Stage("a " * 10_001, language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("ctrl+l")
        assert stage.refusals == ["There are too many."]


async def test_copy_and_paste_give_each_caret_its_own() -> None:
    stage = Stage("one\ntwo\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("ctrl+j", "ctrl+shift+right", "ctrl+x")
        assert stage.clipboard == "one\ntwo"
        assert stage.source == "\n\n"
        await pilot.press("ctrl+v", "ctrl+v")
        assert stage.source == "oneone\ntwotwo\n"
        await pilot.press("escape", "ctrl+v")
        assert stage.source == "oneone\ntwotwoone\ntwo\n"


async def test_a_block_is_selected_with_plain_arrows() -> None:
    stage = Stage("abcd\na\n\nabcd\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.press("right", "ctrl+@", "right")
        assert stage.editor.selection == Span(Position(0, 1), Position(0, 2))
        await pilot.press("ctrl+@", "right", "down", "down", "down")
        assert selected(stage) == ["bc", "", "", "bc"]
        await pilot.press("x")
        assert stage.source == "axd\nax\nx\naxd\n"
        await pilot.press("escape", "right")
        assert len(heads(stage)) == 1
        assert stage.editor.selection is None


async def test_escape_is_left_to_others_while_there_is_one_caret() -> None:
    stage = Stage("abc")
    heard: list[str] = []
    stage.bind("escape", "told")
    stage.action_told = lambda: heard.append("free")  # type: ignore[attr-defined]
    async with stage.run_test(size=(40, 3)) as pilot:
        await pilot.press("ctrl+@", "escape")
        assert heard == []
        await pilot.press("escape")
        assert heard == ["free"]


@given(st.text("ab\n", max_size=30), st.sampled_from(["a", "ab", "aa", "a\nb"]))
def test_occurrences_are_those_of_a_plain_string(source: str, needle: str) -> None:
    text = Text.of(source)
    found = [text.slice(Span(Position(0, 0), span.start)) for span in occurrences(text, needle)]
    expected, at = [], source.find(needle)
    while at >= 0:
        expected.append(source[:at])
        at = source.find(needle, at + len(needle))
    assert found == expected


def test_a_block_counts_cells_and_not_characters() -> None:
    text = Text.of("漢字x\nabcdef\n")
    assert [text.slice(one.span) for one in Rectangle((0, 2), (1, 4)).carets(text, 4).all] == ["字", "cd"]


# --- the mouse


async def test_dragging_by_words_and_lines() -> None:
    stage = Stage("foo bar baz\nqux quux\nend\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.click(stage.editor, offset=(GUTTER + 5, 0))
        await pilot.mouse_down(stage.editor, offset=(GUTTER + 5, 0))
        assert stage.editor.selection == Span(Position(0, 4), Position(0, 7))
        await pilot.hover(stage.editor, offset=(GUTTER + 5, 1))
        assert stage.editor.selection == Span(Position(0, 4), Position(1, 8))
        await pilot.hover(stage.editor, offset=(GUTTER + 1, 0))
        assert selected(stage) == ["foo bar"]
        await pilot.mouse_up(stage.editor, offset=(GUTTER + 1, 0))
        for _ in range(2):
            await pilot.click(stage.editor, offset=(GUTTER + 1, 1))
        await pilot.mouse_down(stage.editor, offset=(GUTTER + 1, 1))
        assert selected(stage) == ["qux quux\n"]
        await pilot.hover(stage.editor, offset=(GUTTER + 1, 0))
        assert selected(stage) == ["foo bar baz\nqux quux\n"]
        await pilot.mouse_up(stage.editor, offset=(GUTTER + 1, 0))


async def test_control_click_adds_a_caret_and_dragging_makes_a_block() -> None:
    stage = Stage("abcd\nabcd\nabcd\n", language=None)
    async with stage.run_test(size=(60, 8)) as pilot:
        await pilot.click(stage.editor, offset=(GUTTER + 2, 1), control=True)
        assert heads(stage) == [(0, 0), (1, 2)]
        await pilot.mouse_down(stage.editor, offset=(GUTTER + 1, 0), control=True)
        await pilot.hover(stage.editor, offset=(GUTTER + 3, 2))
        assert selected(stage) == ["bc", "bc", "bc"]
        await pilot.mouse_up(stage.editor, offset=(GUTTER + 3, 2))
        await pilot.press("x")
        assert stage.source == "axd\naxd\naxd\n"


@pytest.mark.parametrize(("edge", "expected"), [(-3, 0), (12, 101)])
async def test_the_text_comes_along_while_the_mouse_is_held_outside(edge: int, expected: int) -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(60, 10)) as pilot:
        stage.editor.go_to(50)
        await pilot.pause()
        await pilot.mouse_down(stage.editor, offset=(GUTTER, 5))
        stage.editor._pointer = Offset(GUTTER, edge)
        for _ in range(60):
            stage.editor._pull()
        line = stage.editor.caret.line
        assert (line, stage.editor.scroll_offset.y) == ((0, 0) if expected == 0 else (100, 91))
        assert stage.editor.selection is not None
        await pilot.mouse_up(stage.editor, offset=(GUTTER, 5))
        assert stage.editor._pulling is None


async def test_the_timer_runs_only_while_the_mouse_is_outside() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(60, 20)) as pilot:
        stage.editor.styles.height = 10
        await pilot.pause()
        await pilot.mouse_down(stage.editor, offset=(GUTTER, 5))
        await pilot.hover(None, offset=(GUTTER, 14))
        timer = stage.editor._pulling
        assert timer is not None
        for _ in range(100):
            if stage.editor.scroll_offset.y:
                break
            await pilot.pause(0.02)
        assert stage.editor.scroll_offset.y > 0
        await pilot.hover(None, offset=(GUTTER, 4))
        assert stage.editor._pulling is not timer
        await pilot.mouse_up(None, offset=(GUTTER, 4))


def test_presses_are_counted_while_they_follow_quickly_at_one_place() -> None:
    presses = Presses()
    here, there = Offset(1, 1), Offset(2, 1)
    counts = [presses.count(time, place) for time, place in
              [(0, here), (0.1, here), (0.2, here), (0.3, here), (0.4, there), (2, there)]]  # fmt: skip
    assert counts == [1, 2, 3, 1, 1, 1]
