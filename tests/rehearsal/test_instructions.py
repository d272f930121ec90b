"""What people say, and what is made of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.rehearsal.instructions import (
    INSTRUCTIONS,
    AddDocstrings,
    ExtractConstant,
    RemoveUnusedImports,
    Rename,
    Replace,
    Scope,
    WrapInLogging,
    help_text,
    understand,
)

HERE, SELECTED = Scope(here=True), Scope(selection=True)


def within(*paths: str) -> Any:
    return Scope(tuple(paths))


@pytest.mark.parametrize(
    ("prompt", "instruction"),
    [
        ("rename X to Y", Rename("X", "Y")),
        ("Please rename `foo_bar` to “baz”.", Rename("foo_bar", "baz")),
        ("can you rename the function foo() to bar() everywhere?", Rename("foo", "bar")),
        ("RENAME foo TO bar in src/a.py and b.py", Rename("foo", "bar", within("src/a.py", "b.py"))),
        ("rename foo -> bar", Rename("foo", "bar")),
        ("rename foo to bar @a.py, @src/b.py", Rename("foo", "bar")),
        ('rename foo to bar in a.py, see @"my notes.md"', Rename("foo", "bar", within("a.py"))),
        ("rename foo to bar here", Rename("foo", "bar", SELECTED)),
        ("rename foo to bar in the selection, please", Rename("foo", "bar", SELECTED)),
        ("rename foo to bar in this file", Rename("foo", "bar", HERE)),
        ("change the name of the class Foo to Bar", Rename("Foo", "Bar")),
        ("add docstrings", AddDocstrings()),
        ("Add the missing docstrings to all functions that lack them", AddDocstrings()),
        ("add docstrings to functions in @a.py", AddDocstrings("", within("a.py"))),
        ("add a docstring to load()", AddDocstrings("load")),
        ("document the function load in a.py", AddDocstrings("load", within("a.py"))),
        ("add docstrings here", AddDocstrings("", SELECTED)),
        ('replace "a" with "b"', Replace("a", "b")),
        ('replace all occurrences of "a \\" b" with \'\' in c.py', Replace('a " b', "", within("c.py"))),
        ('change "a" to `b c` everywhere', Replace("a", "b c")),
        ('replace "in a.py" with "x."', Replace("in a.py", "x.")),
        ("replace tabs with spaces", None),
        ('replace "" with "x"', None),
        ("remove unused imports", RemoveUnusedImports()),
        ("clean up the unused imports in this file", RemoveUnusedImports(HERE)),
        ("remove all unused imports from 'my pkg/a.py'", None),
        ("wrap main in logging", WrapInLogging("main")),
        ("wrap the method Foo.bar in logging in a.py", WrapInLogging("Foo.bar", within("a.py"))),
        ("add logging to main", WrapInLogging("main")),
        ('extract "text" into a constant NAME', ExtractConstant("text", True, "NAME")),
        ("extract 3.14 into PI", ExtractConstant("3.14", False, "PI")),
        ('extract "text" into NAME in a.py', ExtractConstant("text", True, "NAME", within("a.py"))),
        ('extract "text" into a constant in a.py', ExtractConstant("text", True, "", within("a.py"))),
        ("extract method into helper", None),
        ("fix the bug", None),
        ("rename foo", None),
        ("rename foo to bar because it is nicer", None),
        ("", None),
    ],
)
def test_understanding(prompt: Any, instruction: Any) -> None:
    assert understand(prompt) == instruction


def test_the_help_comes_from_the_table_and_its_examples_are_understood() -> None:
    for row in INSTRUCTIONS:
        assert row.usage in help_text()
        assert understand(row.usage) is not None


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            "rename add replace remove wrap extract to with in into the docstrings unused imports logging constant x "
            'a.py "x" here please , .'.split()
        ),
        max_size=12,
    ).map(" ".join)
)
@settings(max_examples=400, deadline=None)
def test_any_prompt_is_understood_or_not(prompt: Any) -> None:
    understand(prompt)


def test_long_and_spacious_prompts_are_answered_at_once() -> None:
    assert understand(" , and " * 600 + "x") is None
    assert understand("rename " + "a " * 1900) is None
    assert understand("x" * 5000) is None
