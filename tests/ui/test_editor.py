import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.events import Key, MouseScrollRight, Paste
from textual.geometry import Offset
from textual.theme import Theme

from spark_tui.core.review import HunkState
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.ui.easing import step_blanks
from spark_tui.ui.widgets.editor_paint import gutter_width
from tests.ui.editor_stage import Stage, hunk

GUTTER = gutter_width(3)
NUMBERED = "\n".join(f"line {number}" for number in range(1, 101)) + "\n"


async def drain(stage: Stage, pilot: Any) -> None:
    """Let the highlighter finish, however many slices that takes."""
    while stage.editor._sheet.highlighter._is_waiting:
        await pilot.pause(0.01)


# --- the screen


async def test_it_shows_numbered_lines_and_follows_typing() -> None:
    stage = Stage("def f():\n    return 1\n")
    async with stage.run_test(size=(40, 6)) as pilot:
        assert stage.rows() == ["  1   def f():", "  2   │   return 1", "  3", "", "", ""]
        await pilot.press("end", "enter", "x", "=", "1")
        assert stage.source == "def f():\n    x=1\n    return 1\n"
        assert stage.rows()[1] == "  2   │   x=1"
        assert stage.editor.caret == Position(1, 7)
        assert stage.edits == 4


async def test_a_line_longer_than_the_screen_slides_with_the_caret() -> None:
    stage = Stage("x" * 30 + "y" * 30 + "z\nshort")
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press("end")
        assert stage.rows()[0].endswith("yz")
        assert stage.rows()[1] == "  2"
        await pilot.press("home")
        assert stage.rows()[0].startswith("  1   xxx")


async def test_wide_characters_take_their_cells() -> None:
    stage = Stage("漢字e\u0301👩\u200d💻\tx", language=None)
    async with stage.run_test(size=(40, 3)) as pilot:
        await pilot.press("right", "right", "right")
        assert stage.editor.caret == Position(0, 4)
        assert stage.app.cursor_position == Offset(GUTTER + 5, 0)
        await pilot.press("right", "right", "right")
        assert stage.editor.caret == Position(0, 9)
        for row in range(3):
            assert stage.editor.render_line(row).cell_length == 39


async def test_hidden_characters_are_shown_and_never_sent() -> None:
    stage = Stage("a\x1b[31mb\u202ec\rd\x0ce\n")
    async with stage.run_test(size=(40, 3)):
        shown = stage.rows()[0]
        assert shown == "  1   a\u241b[31mb\u00bfc\u240dd\u240ce"
        assert stage.source == "a\x1b[31mb\u202ec\rd\x0ce\n"


async def test_trailing_blanks_are_seen_except_where_one_types() -> None:
    stage = Stage("a  \nb \t\nc")
    async with stage.run_test(size=(40, 4)) as pilot:
        assert stage.rows()[:2] == ["  1   a", "  2   b·→"]
        await pilot.press("down")
        assert stage.rows()[:2] == ["  1   a··", "  2   b"]


async def test_spaces_and_tabs_are_shown_as_one_wants() -> None:
    stage = Stage("a b \n\tc  d\n", path="a.txt", language=None)
    async with stage.run_test(size=(50, 9)) as pilot:
        stage.editor.action_editor("toggle_blanks")
        await pilot.pause()
        # The guide of the indentation stands before the sign of a tab.
        assert [row[6:] for row in stage.rows()[:2]] == ["a·b·", "│   c··d"]
        assert 'blanks = "none"' in step_blanks(stage.editor)
        await pilot.pause()
        assert [row[6:] for row in stage.rows()[:2]] == ["a b", "│   c  d"]
        stage.editor.set_way("list", "on")
        await pilot.pause()
        assert stage.rows()[0][6:] == "a·b·"
        stage.editor.set_way("list", "off")
        await pilot.pause()
        assert stage.rows()[0][6:] == "a b"


async def test_the_terminals_cursor_is_where_the_caret_is() -> None:
    stage = Stage("ab\n\tcd\n")
    async with stage.run_test(size=(40, 6)) as pilot:
        await pilot.press("down", "right", "right")
        assert stage.cursor_position == Offset(GUTTER + 5, 1)
        strip = stage.editor.render_line(1)
        reversed_text = [segment.text for segment in strip if segment.style and segment.style.reverse]
        assert reversed_text == ["d"]


async def test_colours_of_the_theme_appear() -> None:
    stage = Stage("def f():\n    return 'x'  # y\n")
    async with stage.run_test(size=(40, 4)) as pilot:
        await drain(stage, pilot)
        await pilot.press("end")
        colours = {
            segment.text: segment.style.color.triplet
            for y in range(2)
            for segment in stage.editor.render_line(y)
            if segment.style and segment.style.color
        }
        assert stage.editor.plain_reason == ""
        assert colours["def"] == colours["return"] != colours["'x'"]
        assert len({colours["def"], colours["'x'"], colours["# y"]}) == 3


@pytest.mark.parametrize("theme", ["textual-light", "nord", "ansi-dark"])
async def test_another_theme_repaints_everything(theme: str) -> None:
    stage = Stage("def f(): pass\n")
    async with stage.run_test(size=(40, 4)) as pilot:
        await drain(stage, pilot)
        before = [(segment.text, segment.style) for segment in stage.editor.render_line(0)]
        stage.theme = theme
        await pilot.pause()
        await pilot.pause()
        after = [(segment.text, segment.style) for segment in stage.editor.render_line(0)]
        assert [text for text, _ in before] == [text for text, _ in after]
        assert before != after


async def test_a_theme_that_differs_only_in_a_syntax_colour_repaints() -> None:
    stage = Stage("def f(): pass\n")
    for name, colour in (("one", "#ff0000"), ("two", "#00ff00")):
        stage.register_theme(Theme(name, primary="#888888", variables={"syntax-keyword": colour}))
    stage.theme = "one"
    async with stage.run_test(size=(40, 4)) as pilot:
        await drain(stage, pilot)
        await pilot.press("end")
        colours = []
        for theme in ("one", "two"):
            stage.theme = theme
            await pilot.pause()
            await pilot.pause()
            region = stage.editor.region.reset_offset
            strip = stage.editor.render_lines(region)[0]
            style = next(segment.style for segment in strip if segment.text == "def")
            assert style is not None and style.color is not None
            colours.append(style.color.triplet)
        assert colours == [(255, 0, 0), (0, 255, 0)]


async def test_a_border_around_the_editor_is_drawn() -> None:
    stage = Stage("abc\n")
    stage.editor.styles.border = ("solid", "red")
    async with stage.run_test(size=(40, 5)) as pilot:
        await pilot.press("x")
        strips = stage.editor.render_lines(stage.editor.region.reset_offset)
        assert strips[0].text.startswith("┌")
        assert strips[1].text.startswith("│  1   xabc")
        assert stage.cursor_position == Offset(GUTTER + 2, 1)
        await pilot.click(stage.editor, offset=(GUTTER + 1, 1))
        assert stage.editor.caret == Position(0, 0)


# --- moving and selecting


async def test_select_copy_cut_and_paste() -> None:
    stage = Stage("one two\nthree\n")
    async with stage.run_test(size=(40, 6)) as pilot:
        await pilot.press("ctrl+right", "ctrl+shift+right")
        assert stage.editor.selection == Span(Position(0, 3), Position(0, 7))
        await pilot.press("ctrl+c")
        assert stage.clipboard == " two"
        await pilot.press("right", "ctrl+v")
        assert stage.source == "one two two\nthree\n"
        await pilot.press("down", "ctrl+x")
        assert stage.source == "one two two\n"
        assert stage.clipboard == "three\n"
        await pilot.press("ctrl+home", "ctrl+v")
        assert stage.source == "three\none two two\n"


async def test_without_a_selection_the_copy_key_is_left_to_others() -> None:
    stage = Stage("abc")
    heard: list[str] = []
    stage.action_help_quit = lambda: heard.append("free")  # type: ignore[method-assign]
    async with stage.run_test(size=(40, 3)) as pilot:
        await pilot.press("ctrl+c")
        assert heard == ["free"]
        await pilot.press("ctrl+a", "ctrl+c")
        assert heard == ["free"]
        assert stage.clipboard == "abc"


async def test_mouse_click_drag_and_double_click() -> None:
    stage = Stage("foo bar\nbaz qux\n")
    async with stage.run_test(size=(40, 6)) as pilot:
        await pilot.click(stage.editor, offset=(GUTTER + 2, 1))
        assert stage.editor.caret == Position(1, 2)
        await pilot.mouse_down(stage.editor, offset=(GUTTER + 1, 0))
        await pilot.hover(stage.editor, offset=(GUTTER + 3, 1))
        await pilot.mouse_up(stage.editor, offset=(GUTTER + 3, 1))
        assert stage.editor.selection == Span(Position(0, 1), Position(1, 3))
        await pilot.hover(stage.editor, offset=(GUTTER + 5, 1))
        assert stage.editor.selection == Span(Position(0, 1), Position(1, 3))
        await pilot.click(stage.editor, offset=(GUTTER + 5, 0), times=2)
        assert stage.editor.selection == Span(Position(0, 4), Position(0, 7))
        await pilot.click(stage.editor, offset=(GUTTER + 5, 1), times=3)
        assert stage.editor.selection == Span(Position(1, 0), Position(2, 0))
        await pilot.click(stage.editor, offset=(GUTTER + 1, 5))
        assert stage.editor.caret == Position(2, 0)


async def test_the_wheel_moves_the_view_and_not_the_caret() -> None:
    stage = Stage("x" * 200 + "\n" + NUMBERED)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.editor._on_mouse_scroll_down(
            wheel := MouseScrollRight(stage.editor, 5, 5, 0, 0, 0, False, False, False)  # type: ignore[arg-type]
        )
        await pilot.pause()
        assert stage.editor.scroll_offset.y > 0
        stage.editor.scroll_to(y=0, animate=False)
        stage.editor.post_message(wheel)
        await pilot.pause()
        assert stage.editor._left > 0
        assert stage.editor.caret == Position(0, 0)


async def test_the_host_hears_what_is_in_view() -> None:
    stage = Stage("abc\n")
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press("right", "shift+right")
        assert stage.host.seen[-2:] == [
            (Position(0, 1), None),
            (Position(0, 2), Span(Position(0, 1), Position(0, 2))),
        ]


# --- editing


async def test_undo_takes_back_a_word_at_a_time() -> None:
    stage = Stage("")
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press(*"ab", "space", *"cd")
        await pilot.press("ctrl+z")
        assert stage.source == "ab "
        await pilot.press("ctrl+z")
        assert stage.source == ""
        await pilot.press("ctrl+y", "ctrl+shift+z")
        assert stage.source == "ab cd"
        assert stage.editor.caret == Position(0, 5)


@pytest.mark.parametrize(
    ("data", "word"), [(b"a\0b", "binary"), (b"\xff\xfe", "UTF-8"), (b"fine", "read-only")]
)
async def test_a_read_only_text_refuses_and_says_why(data: bytes, word: str) -> None:
    stage = Stage(data)
    stage.host.is_read_only = True
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press("x", "ctrl+z", "ctrl+x")
        assert stage.host.now.encode() == data
        assert len(stage.refusals) == 3
        assert all(word in sentence for sentence in stage.refusals)


async def test_a_key_that_meets_a_text_moved_on_goes_into_the_new_one() -> None:
    stage = Stage("abc")
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press("end")
        stage.host.change(Span(Position(0, 0), Position(0, 0)), "new ")
        await pilot.press("x")
        assert stage.source == "new abcx"
        assert stage.rows()[0] == "  1   new abcx"


async def test_a_change_that_the_host_does_not_make_is_not_shown() -> None:
    stage = Stage("abc")
    stage.host.apply = lambda changes, group: False  # type: ignore[method-assign]
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press("x")
        assert stage.refusals == ["The file can't be changed now."]
        assert stage.rows()[0] == "  1   abc"


async def test_a_host_that_tells_of_the_change_at_once_does_not_move_the_caret() -> None:
    stage = Stage("abc\n")
    apply = stage.host.apply

    def at_once(changes: ChangeSet, group: str) -> bool:
        made = apply(changes, group)
        stage.editor.refresh_text(changes)
        return made

    stage.host.apply = at_once  # type: ignore[method-assign]
    async with stage.run_test(size=(40, 4)) as pilot:
        await pilot.press("x", "y", "enter")
        assert stage.source == "xy\nabc\n"
        assert stage.editor.caret == Position(1, 0)


async def test_the_caret_stays_in_view_when_the_editor_shrinks() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 20)) as pilot:
        stage.editor.go_to(18, centre=False)
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert 0 <= stage.cursor_position.y < 8
        assert stage.rows()[stage.cursor_position.y] == " 19   line 19"


async def test_a_line_that_fits_again_is_shown_from_its_beginning() -> None:
    stage = Stage("0123456789" * 3, language=None)
    async with stage.run_test(size=(40, 8)) as pilot:
        await pilot.press("end")
        await pilot.resize_terminal(20, 8)
        await pilot.pause()
        assert "0123456789" * 3 not in stage.rows()[0]
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        assert "0123456789" * 3 in stage.rows()[0]


async def test_the_last_line_can_be_reached() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        await pilot.press("ctrl+end")
        assert stage.rows()[-2:] == ["100   line 100", "101"]
        assert stage.editor.scroll_offset.y == 91


async def test_a_paste_gets_the_line_breaks_of_the_file() -> None:
    stage = Stage("a\r\nb")
    async with stage.run_test(size=(40, 4)) as pilot:
        stage.editor.post_message(Paste("1\r2\n3"))
        await pilot.pause()
        assert stage.source == "1\r\n2\r\n3a\r\nb"
        assert stage.editor.caret == Position(2, 1)


# --- ghosts and the viewport


async def test_pending_hunks_are_drawn_in_their_place() -> None:
    stage = Stage("a\nb\nc\n", language=None)
    async with stage.run_test(size=(60, 9)) as pilot:
        stage.host.pending = (hunk(0, " a", "-b", "+B", tail="+half"),)
        stage.editor.refresh_hunks()
        assert stage.rows() == [
            "  1   a",
            "    @ hunk 1 of 1 · +1 -1 · proposed",
            "  2 - b",
            "    + B",
            "    + half",
            "  3   c",
            "  4",
            "",
            "",
        ]
        struck = [s.text.strip() for s in stage.editor.render_line(2) if s.style and s.style.strike]
        assert struck[0] == "b"
        await pilot.press("down", "down")
        assert stage.editor.caret == Position(2, 0)
        assert stage.app.cursor_position == Offset(GUTTER, 5)
        await pilot.click(stage.editor, offset=(GUTTER, 3))
        assert stage.pressed == ["1.1.1"]
        assert stage.editor.caret == Position(2, 0)


async def test_states_of_hunks_are_said_in_words() -> None:
    stage = Stage("a\nb\n", language=None)
    async with stage.run_test(size=(80, 12)):
        stage.host.pending = (
            hunk(0, "+x", id="1", state=HunkState.AMBIGUOUS, candidates=3),
            hunk(1, "-q", "+y", id="2", state=HunkState.CONFLICTED, note="[b]both\x1b changed[/b]"),
        )
        stage.editor.refresh_hunks()
        assert stage.rows()[:7] == [
            "    @ hunk 1 of 2 · +1 -0 · fits in 3 places",
            "    + x",
            "  1   a",
            "    @ hunk 2 of 2 · +1 -1 · in conflict with your edit · [b]both\u241b changed[/b]",
            "    - q",
            "    + y",
            "  2   b",
        ]


async def test_ghosts_above_do_not_move_what_is_read() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.set_focus(None)
        stage.editor.scroll_to(y=40, animate=False)
        await pilot.pause()
        before = stage.rows()
        for rows in range(1, 30):
            stage.host.pending = (hunk(5, *["+new"] * rows, tail="+h"),)
            stage.editor.refresh_hunks()
            assert stage.rows() == before
        stage.host.pending = ()
        stage.editor.refresh_hunks()
        assert stage.rows() == before


async def test_ghosts_beside_the_caret_do_not_move_it() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.editor.go_to(50)
        await pilot.pause()
        before = stage.cursor_position
        for rows in range(1, 30):
            stage.host.pending = (hunk(48, "-line 49", *["+new"] * rows),)
            stage.editor.refresh_hunks()
            assert stage.cursor_position == before
            assert stage.rows()[before.y] == " 51   line 51"
        assert stage.editor.caret == Position(50, 0)


async def test_reading_inside_a_growing_hunk_stays_there() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.set_focus(None)
        stage.host.pending = (hunk(5, *[f"+new {n}" for n in range(40)]),)
        stage.editor.refresh_hunks()
        stage.editor.scroll_to(y=20, animate=False)
        await pilot.pause()
        before = stage.rows()
        assert "new" in before[0]
        stage.host.pending = (
            hunk(1, "+above", id="0"),
            hunk(5, *[f"+new {n}" for n in range(60)]),
        )
        stage.editor.refresh_hunks()
        assert stage.rows() == before


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_hunks_come_and_go_what_is_read_stays(seed: int) -> None:
    chance = random.Random(seed)
    stage = Stage(NUMBERED * 3, language=None)
    async with stage.run_test(size=(40, 12)) as pilot:
        for _ in range(60):
            if chance.random() < 0.2:
                stage.editor.go_to(chance.randrange(20, 280))
                stage.set_focus(stage.editor if chance.random() < 0.5 else None)
                await pilot.pause()
                if not stage.editor.has_focus:
                    stage.editor.scroll_to(y=chance.randrange(20, 280), animate=False)
            caret_line = stage.editor.caret.line
            before, cursor = stage.rows(), stage.cursor_position
            first = next((y, row) for y, row in enumerate(before) if "line" in row)
            lines = sorted(chance.sample(range(0, 300, 7), chance.randrange(4)))
            stage.host.pending = tuple(
                hunk(line, "-x", *["+new"] * chance.randrange(20), id=str(line)) for line in lines
            )
            stage.editor.refresh_hunks()
            assert stage.editor.caret.line == caret_line
            after = stage.rows()
            is_at_border = stage.editor.scroll_offset.y in (0, stage.editor.max_scroll_y)
            if stage.editor.has_focus:
                assert stage.cursor_position == cursor or is_at_border
            elif "line" in before[0]:
                assert after[0].replace("-", " ") == first[1].replace("-", " ") or is_at_border


async def test_an_accepted_hunk_becomes_text_where_its_ghost_was() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 12)) as pilot:
        stage.editor.go_to(52)
        await pilot.pause()
        stage.host.pending = (hunk(49, " line 50", "-line 51", "+new 1", "+new 2"),)
        stage.editor.refresh_hunks()
        before = stage.rows()
        changes = stage.host.change(Span(Position(50, 0), Position(51, 0)), "new 1\nnew 2\n")
        stage.host.pending = ()
        stage.editor.refresh_text(changes)
        assert stage.editor.caret == Position(53, 0)
        after = stage.rows()
        place = next(y for y, row in enumerate(before) if row.endswith("line 53"))
        assert after[place].endswith("line 53")
        assert after[place - 1 : place - 4 : -1] == [" 53   line 52", " 52   new 2", " 51   new 1"]


async def test_changes_above_by_others_keep_caret_and_view() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.editor.go_to(50, 3)
        await pilot.pause()
        before = stage.cursor_position
        changes = stage.host.change(Span(Position(2, 0), Position(4, 0)), "a\nb\nc\nd\n")
        stage.editor.refresh_text(changes)
        assert (stage.editor.caret, stage.cursor_position) == (Position(52, 3), before)
        stage.host.change(Span(Position(0, 0), Position(10, 0)), "")
        stage.editor.refresh_text()
        assert (stage.editor.caret, stage.cursor_position) == (Position(42, 3), before)


async def test_each_path_is_shown_as_it_was_left() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.editor.go_to(50, 2)
        await pilot.pause()
        before = stage.rows()
        first = stage.host.now
        stage.host.now = Text.of("other\n")
        stage.editor.show("b.py", stage.host.now, "python")
        assert stage.rows()[0] == "  1   other"
        stage.host.now = first
        stage.host.change(Span(Position(0, 0), Position(0, 0)), "one more\n")
        stage.editor.show("a.py", stage.host.now, None)
        assert stage.editor.caret == Position(51, 2)
        assert [row[6:] for row in stage.rows()] == [row[6:] for row in before]


async def test_going_to_a_hunk_leaves_the_caret() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 10)) as pilot:
        stage.host.pending = (hunk(80, "+new"),)
        stage.editor.refresh_hunks()
        stage.editor.reveal_hunk("1.1.1")
        await pilot.pause()
        assert any("hunk 1 of 1" in row for row in stage.rows())
        assert stage.editor.caret == Position(0, 0)


# --- work


async def test_a_key_in_a_long_file_touches_only_what_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("x = 1\n" * 100_000, language=None)
    async with stage.run_test(size=(80, 40)) as pilot:
        stage.editor.go_to(50_000)
        await pilot.pause()
        read = 0
        line, lines = Text.line, Text.lines

        def counted_line(self: Text, number: int) -> str:
            nonlocal read
            read += 1
            return line(self, number)

        def counted_lines(self: Text, start: int = 0, stop: int | None = None) -> list[str]:
            nonlocal read
            found = lines(self, start, stop)
            read += len(found)
            return found

        canvas = stage.editor._canvas
        painted = canvas.painted
        monkeypatch.setattr(Text, "line", counted_line)
        monkeypatch.setattr(Text, "lines", counted_lines)
        await pilot.press("a", "b", "c")
        assert read < 3 * 400
        assert canvas.painted - painted <= 3 * 3
        read = 0
        await pilot.press("pagedown")
        assert read < 1000


async def test_only_rows_that_look_different_are_painted() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(40, 20)) as pilot:
        await pilot.press("down", "up")
        drawn: list[int] = []
        render = stage.editor.render_line
        stage.editor.render_line = lambda y: drawn.append(y) or render(y)  # type: ignore[method-assign,func-returns-value]
        await pilot.press("x")
        assert set(drawn) == {0}
        drawn.clear()
        await pilot.press("down")
        assert set(drawn) == {0, 1}


# --- byte exactness

PIECES = [
    "a",
    "é",
    "漢",
    "e\u0301",
    "\t",
    " ",
    "\r\n",
    "\n",
    "\r",
    "\x0c",
    "\u2028",
    "\x85",
    "👍🏽",
    "\ufeff",
    "}",
]
COMMANDS = [
    "left", "right", "up", "down", "word_left", "word_right", "home", "end", "page_down", "text_end",
    "select_left", "select_right", "select_up", "select_down", "select_word_right", "select_all",
    "newline", "backspace", "delete", "delete_word_left", "delete_word_right", "tab", "outdent",
    "move_lines_up", "move_lines_down", "toggle_comment", "undo", "redo", "copy", "cut", "paste",
]  # fmt: skip


def offset(text: Text, place: Position) -> int:
    return sum(len(text.line(n)) + len(text.ending(n)) for n in range(place.line)) + place.column


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.integers(0, 2**32))
async def test_random_editing_changes_exactly_what_it_says(source: str, seed: int) -> None:
    stage = Stage(source.encode(), language="python")
    chance = random.Random(seed)
    async with stage.run_test(size=(30, 8)):
        for _ in range(60):
            text = stage.host.now
            before = stage.source
            span = stage.editor._sheet.carets.primary.span
            start, end = offset(text, span.start), offset(text, span.end)
            draw = chance.random()
            if draw < 0.4:
                char = chance.choice(["x", "é", "漢", " ", "\u0301"])
                stage.editor.on_key(Key("x", char))
                expected = before[:start] + (char if char.isprintable() else before[start:end]) + before[end:]
                assert stage.source == expected
            elif draw < 0.5:
                stage.editor.on_paste(Paste("p\rq"))
                assert stage.source == before[:start] + f"p{text.newline}q" + before[end:]
            else:
                name = chance.choice(COMMANDS)
                if name == "copy" and start == end:
                    continue
                stage.editor.action_editor(name)
                if name == "backspace":
                    check_erased(before, stage.source, start, end)
                elif name.startswith("select_") or name in (
                    "left",
                    "right",
                    "up",
                    "down",
                    "home",
                    "end",
                    "copy",
                ):
                    assert stage.source == before
            caret = stage.editor.caret
            assert caret.column <= len(stage.host.now.line(caret.line))
            assert stage.editor._sheet.text is stage.host.now
            assert all(row.isprintable() for row in stage.rows())
        while stage.host.undo() is not None:
            pass
        assert stage.host.now.encode() == source.encode()


def check_erased(before: str, after: str, start: int, end: int) -> None:
    if start != end:
        assert after == before[:start] + before[end:]
        return
    size = len(before) - len(after)
    assert after == before[: start - size] + before[start:]
    erased = before[start - size : start]
    assert size <= 1 or erased in ("\r\n", "e\u0301", "👍🏽") or erased.strip(" ") == "" or "\u0301" in erased
