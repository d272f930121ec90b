"""Marks beside lines: what was added, changed and removed since an earlier text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.diff.gutter import GutterKind, GutterMark, gutter_marks
from spark_tui.core.text import Text


def drawn(before: str, after: str) -> str:
    signs = {GutterKind.ADDED: "+", GutterKind.CHANGED: "~", GutterKind.REMOVED: "_"}
    text = Text.of(after)
    out = ["."] * text.line_count
    for mark in gutter_marks(Text.of(before), text):
        for line in range(mark.start, mark.stop):
            out[line] = signs[mark.kind]
    return "".join(out)


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        ("a\nb\n", "a\nb\n", "..."),
        ("a\nb\n", "a\nx\nb\n", ".+.."),
        ("a\nb\n", "a\nB\n", ".~."),
        ("a\nb\nc\n", "a\nc\n", "_.."),
        ("a\nb\n", "b\n", "_."),
        ("a\nb\nc\n", "x\ny\nz\nw\n", "~~~+."),
        ("a\nb\nc\n", "X\n", "~."),
        ("", "a\nb", "++"),
        ("a\n", "", "_"),
        ("a\nb\n", "a\r\nb\n", "~.."),
        ("a\rb\r", "a\rc\r", ".~."),
    ],
)
def test_marks(before: str, after: str, marks: str) -> None:
    assert drawn(before, after) == marks


def test_a_new_file_is_all_added() -> None:
    assert gutter_marks(None, Text.of("a\nb\n")) == (GutterMark(0, 2, GutterKind.ADDED),)


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_unmarked_lines_were_there_in_the_same_order(old: list[str], new: list[str]) -> None:
    before, after = Text.of("".join(f"{x}\n" for x in old)), Text.of("".join(f"{x}\n" for x in new))
    marks = gutter_marks(before, after)
    taken = {n for mark in marks if mark.kind is not GutterKind.REMOVED for n in range(mark.start, mark.stop)}
    kept = [line for number, line in enumerate(new) if number not in taken]
    rest = iter(old)
    assert all(line in rest for line in kept)
    assert bool(marks) == (old != new)
    assert all(a.start <= b.start for a, b in zip(marks, marks[1:], strict=False))
