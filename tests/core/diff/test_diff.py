"""Line diffs rebuild the new side, merges keep both changes, and marks cover what differs."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.diff import changed_blocks, intraline, merge, pairs

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "}", "x1", "x2", "x3"]), max_size=25)


@given(LINES, LINES)
def test_blocks_rebuild_the_new_side(old: list[str], new: list[str]) -> None:
    out: list[str] = []
    at = there = 0
    for block in changed_blocks(old, new):
        assert old[at : block.old_start] == new[there : block.new_start]
        assert block.old_start > at or block.new_start > there or not out
        out += old[at : block.old_start] + new[block.new_start : block.new_stop]
        at, there = block.old_stop, block.new_stop
    assert out + old[at:] == new


@given(LINES)
def test_equal_sides_have_no_blocks(lines: list[str]) -> None:
    assert changed_blocks(lines, list(lines)) == []


@given(LINES, LINES)
def test_a_merge_with_one_side_unchanged_is_the_other(base: list[str], other: list[str]) -> None:
    assert merge(base, other, base) == other
    assert merge(base, base, other) == other
    assert merge(base, other, other) == other


@given(LINES, LINES, LINES)
def test_a_merge_says_the_same_from_both_sides(base: list[str], one: list[str], two: list[str]) -> None:
    assert merge(base, one, two) == merge(base, two, one)


def test_merges_that_touch_but_do_not_overlap() -> None:
    base = ["a", "b", "c", "d"]
    assert merge(base, ["A", "b", "c", "d"], ["a", "B", "c", "d"]) == ["A", "B", "c", "d"]
    assert merge(base, ["a", "x", "b", "c", "d"], ["a", "B", "c", "d"]) == ["a", "x", "B", "c", "d"]
    assert merge(base, ["a", "x", "b", "c", "d"], ["a", "y", "b", "c", "d"]) is None
    assert merge(base, ["a", "X", "c", "d"], ["a", "Y", "c", "d"]) is None
    assert merge(base, ["a", "d"], ["a", "b", "n", "c", "d"]) is None


def test_marks_cover_exactly_the_words_that_differ() -> None:
    marks = intraline("total = price + tax", "total = price * tax")
    assert marks == (((14, 15),), ((14, 15),))
    assert intraline("return None", "while queue:") is None
    assert intraline("x" * 3000, "y") is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_not_marked_is_common(old: str, new: str) -> None:
    marks = intraline(old, new)
    if marks is None:
        return

    def kept(line: str, ranges: tuple[tuple[int, int], ...]) -> str:
        out, at = "", 0
        for start, stop in ranges:
            out += line[at:start]
            at = stop
        return out + line[at:]

    assert kept(old, marks[0]) == kept(new, marks[1])


def test_removed_and_added_rows_are_paired_in_order() -> None:
    kinds = ["context", "remove", "remove", "add", "add", "add", "context", "add", "remove", "add"]
    assert pairs(kinds) == [(1, 3), (2, 4), (8, 9)]


def test_lines_that_are_all_common_still_line_up() -> None:
    old = [f"v{number * number % 11}{number % 3}" for number in range(4000)]
    new = list(old)
    new[1000:1001] = ["new", "new"]
    del new[3000:3005]
    changed = sum(
        block.old_stop - block.old_start + block.new_stop - block.new_start
        for block in changed_blocks(old, new)
    )
    assert changed <= 40
    other = [f"w{number % 7}" for number in range(4000)]
    assert changed_blocks(old, other) == [(0, 4000, 0, 4000)]
