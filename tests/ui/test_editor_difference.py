from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_difference import difference

sources = st.lists(st.sampled_from(["a", "b", "ab", "\n", "\n", "漢"]), max_size=14).map("".join)


@given(sources, sources)
def test_the_difference_makes_the_one_text_from_the_other(old: str, new: str) -> None:
    before, after = Text.of(old), Text.of(new)
    made = before.apply(difference(before, after))
    assert made.lines() == after.lines()


@given(sources, st.integers(0, 20), st.integers(0, 20), sources)
def test_what_is_outside_of_one_edit_keeps_its_line(old: str, line: int, column: int, put: str) -> None:
    before = Text.of(old)
    line = min(line, before.line_count - 1)
    place = Position(line, min(column, len(before.line(line))))
    after = before.apply(before.replace(Span(place, place), put))
    moved = difference(before, after)
    assert moved.map(before.end, after=True) == after.end
    for number in range(line):
        assert moved.map(Position(number, 0)).line <= number


def test_inside_one_line_only_what_differs_is_replaced() -> None:
    change = difference(Text.of("x\nfoo(bar)\ny"), Text.of("x\nfoo(baz, bar)\ny")).changes[0]
    assert change.span == Span(Position(1, 6), Position(1, 6))
    assert change.text == "z, ba"


def test_equal_texts_do_not_differ() -> None:
    assert difference(Text.of("a\nb"), Text.of("a\nb")).changes == ()


def test_a_large_text_is_compared_without_its_common_lines() -> None:
    before = Text.of("\n".join(f"line {number}" for number in range(20_000)))
    after = before.apply(before.replace(Span(Position(9000, 0), Position(9002, 0)), "new\n"))
    (change,) = difference(before, after).changes
    assert change.span == Span(Position(9000, 0), Position(9002, 0))
    assert change.text == "new\n"


@given(st.integers(0, 1200), st.sampled_from(["", "x", "ab"]), st.integers(0, 1200))
def test_inside_a_long_line_too(left: int, put: str, right: int) -> None:
    old, new = "a" * left + "b" * right, "a" * left + put + "b" * right
    before = Text.of(old)
    changes = difference(before, Text.of(new))
    assert before.apply(changes).line(0) == new
    assert sum(len(change.text) for change in changes.changes) <= len(put)
