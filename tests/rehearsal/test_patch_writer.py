"""Patches: whoever applies them naively gets exactly the new lines, and never has to choose."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.rehearsal.patch_writer import Block, FilePatch, blocks_between, write_patch
from tests.rehearsal.naive_patch import apply_patch

LINES = st.lists(st.sampled_from(["", "a", "b", "    x", "*** End Patch", "@@", "-", "+ ", "é"]), max_size=30)


@given(LINES, LINES)
@settings(max_examples=400, deadline=None)
def test_any_two_lists_of_lines(old: Any, new: Any) -> None:
    patch = write_patch([FilePatch("a.py", old, blocks_between(old, new))])
    if old == new:
        assert patch == ""
    else:
        assert apply_patch({"a.py": old}, patch) == {"a.py": new}


@given(LINES, st.data())
@settings(max_examples=400, deadline=None)
def test_any_blocks(old: Any, data: Any) -> None:
    blocks, reached = [], 0
    while reached <= len(old) and data.draw(st.booleans()):
        start = data.draw(st.integers(reached, len(old)))
        stop = data.draw(st.integers(start, len(old)))
        lines = tuple(data.draw(st.lists(st.sampled_from(["a", "", "new"]), max_size=3)))
        if lines or stop > start:
            blocks.append(Block(start, stop, lines))
        reached = stop + 1
    new, at = [], 0
    for block in blocks:
        new += [*old[at : block.start], *block.lines]
        at = block.stop
    new += old[at:]
    patch = write_patch([FilePatch("a.py", old, tuple(blocks))])
    if blocks:
        assert apply_patch({"a.py": old}, patch) == {"a.py": new}


def test_context_grows_until_there_is_one_place() -> None:
    old = ["start", *["x"] * 9, "middle", *["x"] * 9]
    patch = write_patch([FilePatch("a", old, (Block(5, 6, ("y",)),))])
    assert patch.count("\n x") > 6
    assert apply_patch({"a": old}, patch)["a"][5] == "y"


def test_the_end_of_the_file_settles_what_repetition_leaves_open() -> None:
    old = ["x"] * 12
    patch = write_patch([FilePatch("a", old, (Block(11, 12, ("y",)),))])
    assert "*** End of File" in patch
    assert apply_patch({"a": old}, patch) == {"a": ["x"] * 11 + ["y"]}


def test_near_changes_share_a_hunk_and_far_ones_do_not() -> None:
    old = [str(number) for number in range(40)]
    near = write_patch([FilePatch("a", old, (Block(5, 6, ("y",)), Block(12, 13, ("y",))))])
    far = write_patch([FilePatch("a", old, (Block(5, 6, ("y",)), Block(13, 14, ("y",))))])
    assert (near.count("@@"), far.count("@@")) == (1, 2)


def test_an_empty_file_can_be_filled() -> None:
    patch = write_patch([FilePatch("a", [], (Block(0, 0, ("x",)),))])
    assert patch == "*** Begin Patch\n*** Update File: a\n@@\n+x\n*** End Patch\n"


def test_blocks_that_overlap_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="overlap"):
        write_patch([FilePatch("a", ["x", "y"], (Block(0, 2, ("z",)), Block(1, 2, ("z",))))])
