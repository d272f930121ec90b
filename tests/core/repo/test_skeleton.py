"""Skeletons as text, and the smallest ones."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.repo import Definition, FileFacts, skeleton_text, small_skeleton
from spark_tui.core.repo.skeleton import ranges


def test_a_gap_becomes_a_mark_and_blank_lines_are_no_gap() -> None:
    lines = ["a", "", "b", "c", "d", ""]
    assert skeleton_text(lines, ((0, 1), (2, 3))) == "a\nb\n…\n"
    assert skeleton_text(lines, ((3, 5),)) == "…\nc\nd\n"
    assert skeleton_text(lines, ()) == "…\n"
    assert skeleton_text([], ()) == ""


@given(st.sets(st.integers(0, 40)))
def test_ranges_say_the_same_as_their_lines(rows: set[int]) -> None:
    made = ranges(rows)
    assert {row for first, after in made for row in range(first, after)} == rows
    assert all(left[1] < right[0] for left, right in zip(made, made[1:], strict=False))


def _facts() -> FileFacts:
    definitions = [Definition("Box", "class", 2, 20, "class Box:")]
    definitions += [Definition(f"m{row}", "method", row, row, f"def m{row}()", "Box") for row in range(3, 9)]
    definitions += [Definition("main", "function", 22, 24, "def main():")]
    return FileFacts("a.py", 10, definitions=tuple(definitions))


def test_the_smallest_skeleton_begins_with_what_is_asked_for() -> None:
    assert small_skeleton(_facts(), ("m7",), 1) == ((7, 8),)
    assert small_skeleton(_facts(), (), 2) == ((2, 3), (22, 23))
    assert small_skeleton(_facts(), ("m5",), 3) == ((2, 3), (5, 6), (22, 23))
    assert small_skeleton(FileFacts("a.txt", 1)) == ()
