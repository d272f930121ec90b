"""Brackets and quotes close by themselves and find their partners; guides show how deep code is indented."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.events import Key

from spark_tui.core.text import Position, Text
from spark_tui.syntax import SyntaxTree
from spark_tui.ui.widgets.editor_pairs import bracket_at, partner_of
from tests.ui.editor_stage import Stage


async def typed(text: str, source: str = "", language: str | None = "python") -> Stage:
    stage = Stage(source, language=language)
    async with stage.run_test(size=(60, 6)):
        for char in text:
            if char == "<":
                stage.editor.action_editor("backspace")
            elif char == ">":
                stage.editor.action_editor("right")
            elif char == "^":
                stage.editor.action_editor("select_right")
            else:
                stage.editor.on_key(Key("x", char))
    return stage


@pytest.mark.parametrize(
    ("keys", "source", "expected"),
    [
        ("(", "", "()"),
        ("(a)", "", "(a)"),
        ("f([", "", "f([])"),
        ("f([])b", "", "f([])b"),
        ("(", "word", "(word"),
        ("(", ")", "())"),
        (")", ")", "))"),
        ("(<", "", ""),
        ("(a<<", "", ""),
        ("(<", ")", ")"),
        ("(>)", "", "())"),
        ("'", "", "''"),
        ("'a'", "", "'a'"),
        ('"""', "", '"""'),
        ("don't", "", "don't"),
        ("^^(", "ab", "(ab)"),
        ('^^"x', "ab", '"x"'),
        ("{}", "", "{}"),
    ],
)
async def test_what_typing_makes(keys: str, source: str, expected: str) -> None:
    stage = await typed(keys, source)
    assert stage.source == expected
    while stage.host.undo() is not None:
        pass
    assert stage.source == source


async def test_prose_keeps_its_apostrophes() -> None:
    assert (await typed("' \"", language="markdown")).source == "' \""
    assert (await typed("`", language="markdown")).source == "``"
    assert (await typed("(", language=None)).source == "()"


balanced = st.recursive(
    st.sampled_from(["a", "b.c", " "]),
    lambda inner: st.tuples(st.sampled_from(["()", "[]", "{}"]), inner, inner).map(
        lambda parts: parts[0][0] + parts[1] + parts[0][1] + parts[2]
    ),
    max_leaves=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(balanced)
async def test_who_closes_everything_gets_what_was_typed(text: str) -> None:
    assert (await typed(text, language=None)).source == text


async def test_several_carets_close_together() -> None:
    stage = Stage("\n\n", language=None)
    async with stage.run_test(size=(60, 6)) as pilot:
        await pilot.press("ctrl+j", "left_parenthesis", "x", "right_parenthesis", "y")
        assert stage.source == "(x)y\n(x)y\n"
        await pilot.press("left_parenthesis", "backspace")
        assert stage.source == "(x)y\n(x)y\n"


async def test_it_can_be_turned_off() -> None:
    stage = Stage("", language=None)
    async with stage.run_test(size=(60, 6)) as pilot:
        stage.editor.action_editor("toggle_pairs")
        await pilot.press("left_parenthesis")
        assert stage.source == "("
        assert stage.refusals == ["Brackets and quotes are left as typed."]


# --- partners


def everything(place: Position) -> bool:
    return True


@given(st.text("([{}])x\n", max_size=40))
def test_partners_know_each_other(source: str) -> None:
    text = Text.of(source)
    for line in range(text.line_count):
        for column, char in enumerate(text.line(line)):
            if char not in "()[]{}":
                continue
            here = Position(line, column)
            there = partner_of(text, here, everything)
            if there is not None:
                assert partner_of(text, there, everything) == here
                assert text.line(line)[column] + text.line(there.line)[there.column] in (
                    "()", ")(", "[]", "][", "{}", "}{",
                )  # fmt: skip


def test_brackets_in_strings_do_not_count() -> None:
    text = Text.of("f(')', x)")
    strings = range(2, 5)
    assert partner_of(text, Position(0, 1), lambda place: place.column not in strings) == Position(0, 8)


def test_the_bracket_before_which_or_behind_which_the_caret_stands() -> None:
    text = Text.of("a(b)")
    found = [bracket_at(text, Position(0, column)) for column in range(5)]
    assert found == [None, Position(0, 1), Position(0, 1), Position(0, 3), Position(0, 3)]


def test_the_grammar_knows_partners_beyond_strings() -> None:
    lines = ["größe(')', [", "  1,", "]) # )"]
    tree = SyntaxTree("python", lambda start, stop: lines[start:stop])
    assert tree.partner(0, 5) is None
    tree.parse()
    assert tree.partner(0, 5) == (2, 1)
    assert tree.partner(2, 1) == (0, 5)
    assert tree.partner(2, 0) == (0, 11)
    assert tree.partner(0, 7) is None and tree.partner(2, 5) is None and tree.partner(0, 0) is None


async def test_both_brackets_are_marked_and_one_leads_to_the_other() -> None:
    stage = Stage("f(a,\n  b)\n", language=None)
    async with stage.run_test(size=(60, 6)) as pilot:
        await pilot.press("right")
        marked = [
            [s.text for s in stage.editor.render_line(y) if s.style and s.style.underline] for y in range(2)
        ]
        assert marked == [["("], [")"]]
        await pilot.press("ctrl+right_square_bracket")
        assert stage.editor.caret == Position(1, 3)
        await pilot.press("ctrl+right_square_bracket", "right", "ctrl+end")
        await pilot.press("ctrl+right_square_bracket")
        assert stage.refusals == ["There is no bracket with a partner here."]


# --- guides


async def test_guides_go_through_blank_lines() -> None:
    stage = Stage("def f():\n    if x:\n        a\n\n        b\n\nc\n")
    async with stage.run_test(size=(40, 9)):
        assert [row[6:] for row in stage.rows()[:7]] == [
            "def f():",
            "│   if x:",
            "│   │   a",
            "│   │",
            "│   │   b",
            "",
            "c",
        ]
        stage.editor.action_editor("toggle_guides")
        assert stage.rows()[1] == "  2       if x:"


async def test_guides_in_a_file_of_tabs() -> None:
    stage = Stage("f {\n\tif {\n\t\ta\n\t}\n}\n", language="go")
    async with stage.run_test(size=(40, 9)) as pilot:
        assert [row[6:] for row in stage.rows()[1:4]] == ["│   if {", "│   │   a", "│   }"]
        await pilot.press("down")
        assert stage.rows()[1][6:] == "    if {"
