"""Input that means harm, or means nothing: a sentence for each hunk, no exception, and no more than linear work."""

import gc
import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import (
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    JsonPatchParser,
    PatchParser,
    ReplaceJsonParser,
    RowAdded,
    RowKind,
    SearchReplaceParser,
)
from spark_tui.core.edits.cutting import cut
from spark_tui.core.review import HunkState, Review
from spark_tui.core.review.batch import apply_patch
from spark_tui.core.text import Text
from tests.core.review.review_session import Session


def apply(
    patch: str, tree: dict[str, bytes], cuts: str = "random:5"
) -> tuple[list[str], dict[str, bytes | None]]:
    result = apply_patch(cut(patch, cuts), tree.get, lambda _: "")
    return [hunk.state for file in result.files for hunk in file.hunks], {**tree, **result.writes}


def test_one_line_of_ten_megabytes() -> None:
    long = "x" * 10_000_000
    patch = f"*** Begin Patch\n*** Update File: f\n@@\n-a\n+{long}\n*** End Patch\n"
    states, tree = apply(patch, {"f": b"a\nb\n"})
    assert states == ["applied"] and tree["f"] == long.encode() + b"\nb\n"
    back = f"*** Begin Patch\n*** Update File: f\n@@\n-{long}\n+a\n*** End Patch\n"
    states, tree = apply(back, {"f": tree["f"] or b""})
    assert states == ["applied"] and tree["f"] == b"a\nb\n"


def many_hunks(count: int) -> None:
    rows = [f"row {number}" for number in range(2 * count)]
    body = "".join(f"@@\n-row {number}\n+new {number}\n" for number in range(0, 2 * count, 2))
    tree = {"f": ("\n".join(rows) + "\n").encode()}
    tracemalloc.start()
    states, after = apply(f"*** Begin Patch\n*** Update File: f\n{body}*** End Patch\n", tree, "whole")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert states == ["applied"] * count
    assert after["f"] is not None and after["f"].count(b"new") == count
    assert peak < 16_000 * count


def alike_hunks(count: int) -> None:
    body = "@@\n-x\n+y\n" * count + "@@\n-x\n-x\n-z\n+y\n" * count
    patch = f"*** Begin Patch\n*** Update File: f\n{body}*** End Patch\n"
    states, after = apply(patch, {"f": b"x\n" * 2 * count})
    assert set(states) <= {"ambiguous", "unplaced"} and len(states) == 2 * count
    assert after["f"] == b"x\n" * 2 * count


def test_very_many_hunks() -> None:
    many_hunks(400)
    alike_hunks(500)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_a_hundred_thousand_hunks() -> None:
    many_hunks(100_000)
    alike_hunks(50_000)


def test_the_same_file_in_very_many_sections() -> None:
    rows = "".join(f"row {number}\n" for number in range(700))
    body = "".join(f"*** Update File: f\n@@\n-row {number}\n+new\n" for number in range(700))
    states, after = apply(f"*** Begin Patch\n{body}*** End Patch\n", {"f": rows.encode()}, "whole")
    assert set(states) == {"applied", "refused"}
    assert after["f"] is not None and after["f"].count(b"new\n") == states.count("applied")


@pytest.mark.parametrize("data", [b"a\0b\n", b"\xff\xfe\n", b"caf\xe9\n"])
def test_files_that_are_no_text_are_refused_and_can_be_deleted(data: bytes) -> None:
    update = "*** Begin Patch\n*** Update File: f\n@@\n+x\n*** End Patch\n"
    assert apply(update, {"f": data}) == (["refused"], {"f": data})
    add = "*** Begin Patch\n*** Add File: f\n+x\n*** End Patch\n"
    assert apply(add, {"f": data}) == (["refused"], {"f": data})
    delete = "*** Begin Patch\n*** Delete File: f\n*** End Patch\n"
    assert apply(delete, {"f": data}) == (["applied"], {"f": None})


def test_deleting_what_is_no_text_is_undone_exactly() -> None:
    data = b"\xef\xbb\xbfa\r\nb\0\n\xff"
    session = Session({"f": Text.decode(data)})
    hunks = session.feed(["*** Begin Patch\n*** Delete File: f\n*** End Patch\n"])
    session.accept([hunks[0].id])
    assert session.buffers["f"] is None
    session.undo()
    assert session.text("f").encode() == data


def test_deep_json() -> None:
    text = '{"a":' * 100_000 + '"\\u005c' * 1000
    for parser in (JsonPatchParser(), ReplaceJsonParser()):
        out = [event for piece in cut(text, "random:1") for event in parser.push(piece)] + parser.finish()
        assert len(out) <= 2
    nested = json.dumps(json.dumps(json.dumps({"patch": 'x\\\\\\"'})))
    parser = JsonPatchParser()
    parser.push(nested)
    assert parser.finish()


BITS = st.sampled_from(
    ["*** Begin Patch\n", "*** End Patch\n", "*** Update File: f\n", "*** Update File: g\n", "*** Add File: f\n",
     "*** Add File: n\n", "*** Delete File: f\n", "*** Delete File: n\n", "*** Move to: g\n", "*** Move to: f\n",
     "@@\n", "@@ a\n", "*** End of File\n", " a\n", " b\n", "-a\n", "-b\n", "+c\n", "+a\n", "\n", "junk\n", "+\n"]
)  # fmt: skip


@given(st.lists(BITS, max_size=40), st.sampled_from(["", "a\n", "a\nb\na\n", "a\nb", "\n\n"]), st.booleans())
def test_any_order_of_parts(bits: list[str], before: str, cut_off: bool) -> None:
    session = Session({"f": Text.of(before), "g": None, "n": None})
    for _ in range(2):
        for hunk in session.feed(["*** Begin Patch\n", *bits], cut_off):
            assert hunk.state is not HunkState.STREAMING
            assert hunk.note or hunk.state in (HunkState.PROPOSED, HunkState.AMBIGUOUS)
        session.check()
        assert session.review.report(f"call {session.calls}")
    ids = [hunk.id for hunk in session.hunks()]
    plan = session.accept(ids)
    assert {*plan.hunks, *(id for id, _ in plan.left_out)} == set(ids)
    assert all(sentence for _, sentence in plan.left_out)
    session.check()
    while session.undo():
        session.check()
    assert session.text("f").encode() == before.encode()
    assert session.buffers["g"] is None and session.buffers["n"] is None
    while session.redo():
        session.check()


def test_events_outside_of_anything_are_taken() -> None:
    review = Review()
    parser = PatchParser()
    for event in parser.push("*** Begin Patch\n*** Update File: f\n@@\n-x\n+y\n*** End Patch\n"):
        if not isinstance(event, FileOpened):
            review.feed(event)
    review.close(True)
    assert review.files() == () and review.report("none") == "Nothing was changed."
    assert review.plan_accept(["1.1.1"]).left_out == (("1.1.1", "There is no such hunk."),)
    assert review.undo() is None and review.redo() is None
    assert not review.choose("1.1.1", 0) and not review.reject(["1.1.1"]) and not review.amend("1.1.1", [])


def test_search_blocks_in_endless_prose() -> None:
    parser = SearchReplaceParser()
    events = [
        event for piece in cut("prose " * 20_000 + "\n" * 1000, "random:2") for event in parser.push(piece)
    ]
    assert events + parser.finish() == []


@given(
    st.lists(st.sampled_from(["a", "a/b", "a/b/c", "a/bc", "a-", "a/-", "b", "aa/b"]), min_size=2, max_size=6)
)
def test_no_file_is_made_where_another_edit_needs_a_folder_or_makes_a_file(paths: list[str]) -> None:
    review = Review()
    review.begin("t", "c")
    for path in paths:
        review.open_file(FileOpened(FileOp.ADD, path), None)
        review.feed(HunkOpened(""))
        review.feed(RowAdded(RowKind.ADD, "x"))
        review.feed(HunkClosed())
        review.feed(FileClosed())
    review.close(cut=False)
    made: list[str] = []
    for path, file in zip(paths, review.files(), strict=True):
        clashes = any(
            f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/")
            for other in made
            if other != path
        )
        assert ("Another edit makes" in file.note) is clashes, (paths, path)
        if not clashes:
            made.append(path)


def test_a_patch_of_very_many_files_costs_what_it_weighs() -> None:
    def cost(count: int) -> float:
        # What else this process holds would be looked through for garbage meanwhile, at any moment.
        gc.disable()
        review, began = Review(), time.process_time()
        review.begin("t", "c")
        for number in range(count):
            review.open_file(FileOpened(FileOp.ADD, f"folder/{number}.py"), None)
            review.feed(HunkOpened(""))
            review.feed(RowAdded(RowKind.ADD, "x"))
            review.feed(HunkClosed())
            review.feed(FileClosed())
        took = time.process_time() - began
        gc.enable()
        return took

    assert cost(2_000) < 40 * max(cost(200), 0.005)
