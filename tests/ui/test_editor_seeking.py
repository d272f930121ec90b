"""Finding, replacing and going places on the screen: bars, keys, the jump list."""

from typing import Any

import pytest
from textual.events import Key
from textual.widgets import Input

from spark_tui.core.text import Position, Span
from spark_tui.ui.widgets.editor_bars import EditorBars
from spark_tui.ui.widgets.editor_finder import Tally
from spark_tui.ui.widgets.editor_jumps import Jumps, Place
from spark_tui.ui.widgets.find_bar import FindBar, said
from spark_tui.ui.widgets.goto_bar import GotoBar
from spark_tui.ui.widgets.lines import LineView
from tests.ui.editor_stage import Stage

NUMBERED = "\n".join(f"line {number}" for number in range(1, 101)) + "\n"
CODE = "\n".join(
    ["class Order:", "    def total(self):", "        pass", "", "", "def main():", "    pass", *["# x"] * 60,
     "def last(): pass", ""]
)  # fmt: skip


def bar_says(stage: Stage) -> str:
    return stage.query_one("#find-count", LineView).render_line(0).text.strip()


async def type_in(pilot: Any, text: str) -> None:
    keys = {" ": "space", ".": "full_stop", "(": "left_parenthesis", "+": "plus", ")": "right_parenthesis",
            "$": "dollar_sign", "*": "asterisk", "\\": "backslash", ":": "colon", "-": "minus"}  # fmt: skip
    await pilot.press(*(keys.get(char, char) for char in text))
    await settled(pilot)


async def settled(pilot: Any) -> None:
    finder = pilot.app.editor.finder
    await pilot.pause()
    while finder._is_waiting:
        await pilot.pause(0.005)
    await pilot.pause()


async def ask(pilot: Any, key: str) -> None:
    await pilot.press(key)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_finding_while_one_types() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(70, 12)) as pilot:
        await ask(pilot, "ctrl+f")
        await type_in(pilot, "line 5")
        assert stage.editor.selection == Span(Position(4, 0), Position(4, 6))
        assert bar_says(stage) == "1 of 11"
        await pilot.press("enter", "down")
        assert stage.editor.caret == Position(50, 6)
        assert bar_says(stage) == "3 of 11"
        await pilot.press("up", "up", "up")
        assert stage.editor.caret == Position(58, 6)
        await type_in(pilot, "x")
        assert bar_says(stage) == "no match"
        assert stage.editor.caret == Position(0, 0)
        await pilot.press("backspace", "escape")
        assert stage.editor.has_focus
        assert stage.editor.caret == Position(4, 6)
        assert not stage.query_one(FindBar).display
        await pilot.press("ctrl+n")
        assert stage.editor.caret == Position(49, 6)


async def test_keys_that_come_before_the_bar_go_into_it() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(70, 12)) as pilot:
        for _ in range(2):
            for key in ("ctrl+f", "l", "i", "x", "backspace", "n", "enter"):
                stage.post_message(Key(key, key if len(key) == 1 else None))
            for _ in range(100):
                if stage.query("#find-pattern") and stage.query_one("#find-pattern", Input).value == "lin":
                    break
                await pilot.pause(0.01)
            assert stage.query_one("#find-pattern", Input).value == "lin"
            assert stage.source == NUMBERED
            await settled(pilot)
            await pilot.press("escape")


async def test_matches_are_marked_without_colour_too() -> None:
    stage = Stage("ab x ab\nab\n", language=None)
    async with stage.run_test(size=(70, 8)) as pilot:
        await ask(pilot, "ctrl+f")
        await type_in(pilot, "ab")
        underlined = [s.text for s in stage.editor.render_line(0) if s.style and s.style.underline]
        marked = [text for text in underlined if text.strip()]
        assert marked == ["ab", "ab"]
        await pilot.press("escape")
        assert not [s for s in stage.editor.render_line(1) if s.style and s.style.underline]


async def test_switches_change_what_is_found() -> None:
    stage = Stage("Foo foo food f.o\n", language=None)
    async with stage.run_test(size=(70, 8)) as pilot:
        await ask(pilot, "ctrl+f")
        await type_in(pilot, "foo")
        assert bar_says(stage) == "1 of 3"
        await pilot.press("alt+c")
        assert bar_says(stage) == "1 of 2"
        await pilot.press("alt+w")
        assert bar_says(stage) == "1 of 1"
        await pilot.press("alt+w", "alt+c", "backspace", "backspace")
        await type_in(pilot, ".o")
        assert bar_says(stage) == "1 of 1"
        await pilot.press("alt+r")
        assert bar_says(stage) == "1 of 4"
        await pilot.press("tab", "tab", "tab", "space")
        assert stage.query_one("#find-regex", LineView).has_focus
        assert bar_says(stage) == "1 of 1"


async def test_a_wrong_expression_is_said_in_the_bar() -> None:
    stage = Stage("foo\n", language=None)
    async with stage.run_test(size=(120, 8)) as pilot:
        await ask(pilot, "ctrl+f")
        await pilot.press("alt+r")
        await type_in(pilot, "(")
        assert "Not a regular expression" in bar_says(stage)


async def test_a_hostile_expression_does_not_hold_the_screen() -> None:
    stage = Stage("a" * 5000 + "!\n", language=None)
    async with stage.run_test(size=(120, 8)) as pilot:
        await ask(pilot, "ctrl+f")
        await pilot.press("alt+r")
        await type_in(pilot, "(a+)+$")
        assert "takes too long" in bar_says(stage)
        await pilot.press("escape")
        await type_in(pilot, "x")
        assert stage.source.startswith("x")


async def test_replacing_one_and_all() -> None:
    stage = Stage("a1 a2\na3 b\n", language=None)
    async with stage.run_test(size=(90, 10)) as pilot:
        await ask(pilot, "ctrl+r")
        await pilot.press("alt+r")
        await type_in(pilot, "a(.)")
        await pilot.press("tab", "tab", "tab", "tab", "tab")
        assert stage.query_one("#find-replacement", Input).has_focus
        await type_in(pilot, "$1-")
        await pilot.press("enter")
        assert stage.source == "1- a2\na3 b\n"
        assert stage.editor.selection == Span(Position(0, 3), Position(0, 5))
        await pilot.press("alt+a")
        assert stage.source == "1- 2-\n3- b\n"
        assert "2 replaced" in bar_says(stage)
        await pilot.press("escape", "ctrl+z")
        assert stage.source == "1- a2\na3 b\n"
        assert len(stage.host.groups) == 2


async def test_replacing_only_in_what_was_selected() -> None:
    stage = Stage("a\na\na\na\n", language=None)
    async with stage.run_test(size=(90, 10)) as pilot:
        await pilot.press("down", "shift+down", "shift+down")
        await ask(pilot, "ctrl+r")
        await type_in(pilot, "a")
        assert bar_says(stage) == "1 of 2"
        await pilot.press("alt+a")
        assert stage.source == "a\n\n\na\n"
        await pilot.press("ctrl+z", "alt+s")
        await settled(pilot)
        assert bar_says(stage).endswith("4")


async def test_what_is_selected_is_looked_for() -> None:
    stage = Stage("one two one\n", language=None)
    async with stage.run_test(size=(90, 10)) as pilot:
        await pilot.press("ctrl+shift+right")
        await ask(pilot, "ctrl+f")
        assert stage.query_one("#find-pattern", Input).value == "one"
        assert bar_says(stage) == "1 of 2"


async def test_the_word_at_the_caret_is_looked_for_without_a_bar() -> None:
    stage = Stage("one two one oneself\n", language=None)
    async with stage.run_test(size=(90, 10)) as pilot:
        await pilot.press("ctrl+n")
        assert stage.editor.selection == Span(Position(0, 0), Position(0, 3))
        await pilot.press("ctrl+n", "ctrl+n")
        assert stage.editor.selection == Span(Position(0, 0), Position(0, 3))
        await pilot.press("f11")
        assert stage.editor.selection == Span(Position(0, 8), Position(0, 11))


async def test_an_empty_match_does_not_hold_one_up() -> None:
    stage = Stage("a\nb\nc\n", language=None)
    async with stage.run_test(size=(90, 10)) as pilot:
        await ask(pilot, "ctrl+f")
        await pilot.press("alt+r")
        await type_in(pilot, "$")
        await pilot.press("enter", "enter")
        assert stage.editor.caret == Position(2, 1)


async def test_counting_follows_the_text() -> None:
    stage = Stage("a\n", language=None)
    async with stage.run_test(size=(90, 10)) as pilot:
        await ask(pilot, "ctrl+f")
        await type_in(pilot, "a")
        stage.host.change(Span(Position(0, 0), Position(0, 0)), "a a ")
        stage.editor.refresh_text()
        await settled(pilot)
        assert bar_says(stage).endswith("3")


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(0, 0, True, ""), " no match"),
        (Tally(0, 0, False, ""), " looking ..."),
        (Tally(3, 2, False, ""), " 2 of 3+"),
        (Tally(0, 0, True, "No."), " No."),
    ],
)
def test_what_was_found_in_words(tally: Tally, words: str) -> None:
    assert said(tally)[1] == words


# --- going places


async def test_going_to_a_line_shows_it_while_one_types() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(60, 12)) as pilot:
        await ask(pilot, "ctrl+g")
        await type_in(pilot, "42:3")
        assert stage.editor.caret == Position(41, 2)
        await pilot.press("escape")
        assert stage.editor.caret == Position(0, 0)
        await ask(pilot, "ctrl+g")
        await type_in(pilot, "999")
        await pilot.press("enter")
        assert stage.editor.has_focus and stage.editor.caret == Position(100, 0)
        await pilot.press("ctrl+b")
        assert stage.editor.caret == Position(0, 0)
        await pilot.press("ctrl+e")
        assert stage.editor.caret == Position(100, 0)


async def test_going_to_a_symbol() -> None:
    stage = Stage(CODE)
    async with stage.run_test(size=(60, 20)) as pilot:
        while stage.editor.outline() is None:
            await pilot.pause(0.01)
        await ask(pilot, "ctrl+t")
        listed = stage.query_one("#goto-list", LineView)
        shown = [listed.render_line(y).text.split() for y in range(listed.size.height)]
        assert shown == [["Order", "class", "1"], ["total", "function", "2"], ["main", "function", "6"],
                         ["last", "function", "68"]]  # fmt: skip
        await pilot.press("down")
        assert stage.editor.caret == Position(1, 8)
        await type_in(pilot, "las")
        assert stage.editor.caret == Position(67, 4)
        await pilot.press("enter")
        assert stage.editor.has_focus and stage.editor.caret == Position(67, 4)
        assert not stage.query_one(GotoBar).display


async def test_a_bar_takes_no_room_until_it_is_open() -> None:
    stage = Stage("a\n", language=None)
    async with stage.run_test(size=(60, 10)) as pilot:
        assert stage.query_one(EditorBars).size.height == 0
        await ask(pilot, "ctrl+r")
        assert stage.query_one(EditorBars).size.height == 2
        await pilot.press("escape")
        await pilot.pause()
        assert stage.editor.size.height == 10


async def test_back_leads_to_another_file() -> None:
    stage = Stage(NUMBERED, language=None)
    async with stage.run_test(size=(60, 10)) as pilot:
        stage.editor.go_to(50)
        first = stage.host.now
        stage.host.now = type(first).of("other\n")
        stage.editor.show("b.py", stage.host.now, None)
        await pilot.press("ctrl+b")
        assert stage.jumps == [("a.py", 50)]
        stage.host.now = first
        stage.editor.show("a.py", first, None)
        await pilot.pause()
        assert stage.editor.caret == Position(50, 0)
        await pilot.press("ctrl+b")
        assert stage.editor.caret == Position(0, 0)
        await pilot.press("ctrl+b")
        assert stage.refusals == ["There is no place to go back to."]
        await pilot.press("ctrl+e", "ctrl+e")
        assert stage.jumps[-1] == ("b.py", 0)


def at(line: int, path: str = "a") -> Place:
    return Place(path, Position(line, 0))


def test_going_back_and_forward() -> None:
    jumps = Jumps()
    assert jumps.back(at(0)) is None
    jumps.leave(at(0))
    jumps.leave(at(50))
    assert jumps.back(at(90)) == at(50)
    assert jumps.back(at(50)) == at(0)
    assert jumps.back(at(0)) is None
    assert jumps.forward(at(0)) == at(50)
    assert jumps.forward(at(50)) == at(90)
    assert jumps.forward(at(90)) is None
    jumps.back(at(90))
    jumps.leave(at(50))
    assert jumps.forward(at(7)) is None


def test_places_move_along_with_their_text() -> None:
    stage_text = type(Stage("").host.now).of("a\nb\n")
    changes = stage_text.replace(Span(Position(0, 0), Position(0, 0)), "x\n")
    jumps = Jumps()
    jumps.leave(at(1))
    jumps.leave(at(1, "b"))
    jumps.follow("a", changes)
    assert jumps.back(at(9, "c")) == at(1, "b")
    assert jumps.back(at(1, "b")) == at(2)
