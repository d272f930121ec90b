"""Skeletons as text, and the smallest ones."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.repo import Definition, FileFacts, skeleton_text, small_skeleton, telling_rows
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


LOCK = """\
[[package]]
name = "app"
dependencies = [
 "serde_json",
]

[[package]]
name = "serde_json"
version = "1.0.138"
checksum = "d434"

[[package]]
name = "serde_json_extra"
version = "2.0"
""".split("\n")


def test_the_lines_that_name_something_come_with_what_follows_the_outermost_first() -> None:
    assert telling_rows(LOCK, ("serde_json",), 1) == ((7, 10),)
    assert telling_rows(LOCK, ("serde_json",)) == ((3, 5), (7, 10)), "a longer name is another one"
    assert telling_rows(LOCK, ("absent",)) == ((0, 8),)
    assert telling_rows([], ("x",)) == ()


@given(st.lists(st.text("ab_ \n", max_size=6), max_size=20), st.lists(st.text("ab_", min_size=1), max_size=3))
def test_telling_rows_are_rows(lines: list[str], names: list[str]) -> None:
    rows = "\n".join(lines).split("\n") if lines else []
    kept = telling_rows(rows, names)
    assert all(0 <= first < after <= len(rows) for first, after in kept)
    assert sum(after - first for first, after in kept) <= 8 * 4
