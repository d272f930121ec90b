"""Marks decide nothing and know when a hunk became another one; comments carry their code and are sent once."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, Row
from spark_tui.engine import Comments, EngineEvent, Marks, ReviewMoved
from tests.engine.bench import Bench, patch_reply
from tests.fakes.engine import hunk

ONE = hunk("1.1.1", " def f():", "-    return 1", "+    return 2", line=10)


def test_a_hunk_that_changed_has_to_be_seen_anew() -> None:
    told: list[EngineEvent] = []
    marks = Marks(told.append)
    marks.saw(ONE)
    assert marks.is_seen(ONE) and told == [ReviewMoved()]
    marks.saw(ONE)
    assert len(told) == 1
    assert not marks.is_seen(replace(ONE, rows=(*ONE.rows, Row(RowKind.ADD, "more"))))
    assert marks.is_seen(replace(ONE, state=HunkState.APPLIED))


def test_a_hunk_that_still_streams_is_never_seen() -> None:
    marks = Marks(lambda event: None)
    marks.saw(replace(ONE, state=HunkState.STREAMING))
    assert not marks.is_seen(ONE)


def test_deferring_goes_both_ways_and_ends_with_the_decision() -> None:
    marks = Marks(lambda event: None)
    assert marks.defer(ONE) and marks.is_deferred(ONE)
    assert not marks.is_deferred(replace(ONE, state=HunkState.APPLIED))
    assert not marks.defer(ONE) and not marks.is_deferred(ONE)


def test_a_comment_carries_the_code_it_was_made_on() -> None:
    comments = Comments(lambda event: None)
    comments.put(ONE, (2,), "why two?")
    comments.put(ONE, (), "and all of it?")
    prompt = comments.prompt()
    assert "a.py, line 13\n```\n+    return 2\n```\nwhy two?" in prompt
    assert "a.py, line 11\n```\n def f():\n-    return 1\n+    return 2\n```\nand all of it?" in prompt
    comments.sent()
    assert comments.unsent == () and len(comments.of("1.1.1")) == 2


def test_a_comment_at_the_same_place_is_written_anew_and_no_text_removes_it() -> None:
    comments = Comments(lambda event: None)
    comments.put(ONE, (1,), "first")
    comments.put(ONE, (1,), "second")
    assert [comment.text for comment in comments.unsent] == ["second"]
    assert comments.draft("1.1.1", (1,)) == "second" and comments.draft("1.1.1", ()) == ""
    comments.put(ONE, (1,), "  ")
    assert comments.unsent == ()


@given(st.lists(st.text(alphabet="`ab ", max_size=8), min_size=1, max_size=5))
def test_code_never_ends_its_fence(lines: list[str]) -> None:
    comments = Comments(lambda event: None)
    comments.put(hunk("1.1.1", *(f"+{line}" for line in lines)), (), "note")
    shown = comments.prompt().split("\n")
    fence = shown[3]
    assert set(fence) == {"`"} and [line.lstrip() for line in shown].count(fence) == 2
    assert not any(line[1:].lstrip().startswith(fence) for line in shown[4 : 4 + len(lines)])


PATCH = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+TWO\n three\n*** End Patch\n"


async def test_an_edited_hunk_lands_as_edited_and_is_undone_in_steps() -> None:
    async with Bench({"a.txt": b"one\r\ntwo\r\nthree\r\n"}, [patch_reply(PATCH)]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and bench.hunks[0].state is HunkState.PROPOSED)
        decisions, first = bench.engine.decisions, bench.hunks[0]
        assert decisions.new_side(first) == ("one", "TWO", "three")
        assert decisions.amend(first.id, ("one", "2", "2b", "three"))
        await decisions.accept([first.id])
        assert bench.files.data["a.txt"] == b"one\r\n2\r\n2b\r\nthree\r\n"
        await decisions.undo()
        await decisions.undo()
        assert bench.files.data["a.txt"] == b"one\r\ntwo\r\nthree\r\n"
        assert decisions.new_side(bench.hunks[0]) == ("one", "TWO", "three")


async def test_a_loosely_found_hunk_offers_the_files_own_lines() -> None:
    async with Bench({"a.txt": b"one  \ntwo\nthree\n"}, [patch_reply(PATCH)]) as bench:
        await bench.engine.workspace.open("a.txt")
        bench.ask("shout")
        await bench.until(lambda: bool(bench.hunks) and bench.hunks[0].state is HunkState.PROPOSED)
        assert bench.hunks[0].level > 0
        assert bench.engine.decisions.new_side(bench.hunks[0]) == ("one  ", "TWO", "three")
