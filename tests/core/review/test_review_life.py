"""A hunk's life, one step at a time, and what is said about it."""

from spark_tui.core.edits import (
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    RowAdded,
    RowKind,
    WholeFileParser,
)
from spark_tui.core.review import HunkState, HunkView, Review, Verdict
from spark_tui.core.text import Position, Span, Text
from tests.core.review.review_session import Session

SOURCE = "def f():\n    x = 1\n    return x\n\n\ndef g():\n    x = 1\n    return x\n"
EDIT = "@@ def g():\n     x = 1\n-    return x\n+    return x + 1\n"


def patch(body: str, path: str = "a.py") -> list[str]:
    return [f"*** Begin Patch\n*** Update File: {path}\n{body}*** End Patch\n"]


def session(source: str = SOURCE) -> Session:
    return Session({"a.py": Text.of(source)})


def now(one: Session, hunk: HunkView) -> HunkView:
    view = one.review.hunk(hunk.id)
    assert view is not None
    return view


def test_a_latch_waits_for_the_whole_hunk() -> None:
    one = session()
    call = one.begin()
    for event in one.events(patch(EDIT)[0].splitlines(keepends=True)):
        one.take(event)
        for hunk in one.hunks(call):
            if hunk.state is HunkState.STREAMING:
                one.review.latch(hunk.id, Verdict.ACCEPT)
                assert now(one, hunk).latch is Verdict.ACCEPT
                assert one.review.due() == ()
                assert one.accept([hunk.id]).left_out == ((hunk.id, "It is still streaming."),)
    assert one.review.due() == ("1.1.1",)
    one.accept(one.review.due())
    assert one.review.due() == () and one.review.pending() == 0


def test_a_latch_to_reject_is_kept_at_once() -> None:
    one = session()
    call = one.begin()
    for event in one.events(patch(EDIT)):
        one.take(event)
        for hunk in one.hunks(call):
            one.review.latch(hunk.id, Verdict.REJECT)
    assert one.hunks(call)[0].state is HunkState.REJECTED
    assert one.review.undo_label == "Reject 1 hunk in a.py"


def test_a_cut_hunk_is_stale_and_the_whole_ones_stay() -> None:
    one = session()
    text = patch(EDIT + "@@\n-nothing")[0].removesuffix("*** End Patch\n")
    first, second = one.feed([text], cut=True)
    assert (first.state, second.state) == (HunkState.PROPOSED, HunkState.STALE)
    assert second.note == "It was cut off while streaming."
    assert one.accept([second.id]).left_out == ((second.id, second.note),)


def test_the_person_chooses_a_place() -> None:
    one = session()
    (hunk,) = one.feed(patch("@@\n     x = 1\n-    return x\n+    return 0\n"))
    assert hunk.state is HunkState.AMBIGUOUS and hunk.alternatives == (1, 6) and hunk.candidates == 2
    assert hunk.note == "The lines stand at 2 places; choose one."
    assert one.accept([hunk.id]).left_out == ((hunk.id, hunk.note),)
    assert not one.review.choose(hunk.id, 4)
    assert one.review.choose(hunk.id, 6)
    assert now(one, hunk).state is HunkState.PROPOSED and now(one, hunk).line == 6
    one.undo()
    assert now(one, hunk).state is HunkState.AMBIGUOUS and now(one, hunk).line == 1
    one.redo()
    one.accept([hunk.id])
    assert one.text("a.py").line(7) == "    return 0"


def test_what_fits_nowhere_shows_the_nearest_place() -> None:
    one = session("a1\na2\na3\nb\nc\n")
    (hunk,) = one.feed(patch("@@\n a1\n a2\n-a3x\n+A\n b\n"))
    assert hunk.state is HunkState.UNPLACED and hunk.alternatives == (0,) and hunk.line is None
    assert not one.review.choose(hunk.id, 0), "the line to remove is another one there"
    (other,) = one.feed(patch("@@\n a1\n a2x\n-a3\n+A\n b\n"))
    assert other.state is HunkState.UNPLACED
    assert one.review.choose(other.id, 0)
    one.accept([other.id])
    assert one.text("a.py").lines() == ["a1", "a2", "A", "b", "c", ""]


def test_the_person_edits_the_hunk() -> None:
    one = session()
    (hunk,) = one.feed(patch(EDIT))
    assert one.review.amend(hunk.id, ["    x = 1", "    return x + 2"])
    view = now(one, hunk)
    assert [row.text for row in view.rows if row.kind is RowKind.ADD] == ["    return x + 2"]
    one.accept([hunk.id])
    assert one.text("a.py").line(7) == "    return x + 2"
    assert one.review.report("call 1").splitlines()[1:] == [
        "  Hunk 1: accepted as it was changed since you wrote it, now lines 7-8.",
        "    These lines now read:",
        "    |     x = 1",
        "    |     return x + 2",
    ]
    one.undo()
    one.undo()
    assert now(one, hunk).rows == hunk.rows and now(one, hunk).note == ""
    assert not one.review.amend(hunk.id, ["    x = 1", "    return x"]), "nothing would change"


def test_typing_in_the_same_line_is_a_conflict_until_it_is_undone() -> None:
    one = session()
    (hunk,) = one.feed(patch(EDIT))
    text = one.text("a.py")
    typed = text.replace(Span(Position(7, 12), Position(7, 12)), "y")
    one.type("a.py", typed)
    view = now(one, hunk)
    assert view.state is HunkState.CONFLICTED
    assert one.accept([hunk.id]).left_out[0][1].startswith("You changed the same lines")
    assert one.review.overlays("a.py") == ()
    one.type("a.py", one.text("a.py").replace(Span(Position(7, 12), Position(7, 13)), ""))
    assert now(one, hunk).state is HunkState.PROPOSED
    one.type("a.py", one.text("a.py").replace(Span(Position(6, 8), Position(6, 9)), "2"))
    joined = now(one, hunk)
    assert joined.state is HunkState.PROPOSED and joined.note.startswith("It was joined")
    one.accept([hunk.id])
    assert one.text("a.py").lines(5, 8) == ["def g():", "    x = 2", "    return x + 1"]


def test_a_file_that_changed_on_disk() -> None:
    one = session()
    first, second, third = one.feed(
        patch("@@ def f():\n def f():\n-    x = 1\n+    x = 3\n" + EDIT + "@@\n+end\n")
    )
    other = Text.of("# new\n" + SOURCE.replace("def g():\n    x = 1\n", "def g():\n    y = 1\n"))
    one.buffers["a.py"] = other
    one.review.buffer_replaced("a.py", other)
    assert now(one, first).state is HunkState.PROPOSED and now(one, first).line == 1
    assert now(one, third).line == other.row_count
    assert now(one, second).state is HunkState.STALE
    assert (
        now(one, second).note
        == "The file changed on disk, and these lines are no longer at one certain place."
    )
    one.review.buffer_replaced("a.py", None)
    assert now(one, first).note == "The file is no longer there."


def test_the_disk_says_no() -> None:
    one = session()
    (hunk,) = one.feed(patch(EDIT))
    plan = one.review.plan_accept([hunk.id])
    one.review.refuse(plan, "a.py", "The disk is full.")
    assert now(one, hunk).state is HunkState.STALE and now(one, hunk).note == "The disk is full."
    assert one.review.undo() is None


def test_a_file_is_made_and_goes_again() -> None:
    one = Session({"n": None})
    add = (
        "*** Begin Patch\n*** Add File: n\n+one\n+two\n*** Update File: n\n@@\n-two\n+three\n*** End Patch\n"
    )
    made, changed = one.feed([add])
    assert changed.line is None and "decide that one first" in changed.note
    assert one.accept([changed.id]).left_out == ((changed.id, changed.note),)
    one.accept([made.id])
    assert now(one, changed).line == 1
    one.accept([changed.id])
    assert one.text("n").encode() == b"one\nthree\n"
    one.undo()
    one.undo()
    assert one.buffers["n"] is None and now(one, changed).line is None
    one.review.reject([made.id])
    assert now(one, changed).state is HunkState.STALE


def test_one_line_of_a_new_file() -> None:
    one = Session({"n": None})
    (made,) = one.feed(["*** Begin Patch\n*** Add File: n\n+one\n+two\n*** End Patch\n"])
    one.accept([made.id], {made.id: frozenset({1})})
    assert one.text("n").encode() == b"two\n"
    view = now(one, made)
    assert [(row.kind, row.text) for row in view.rows] == [(RowKind.ADD, "one"), (RowKind.CONTEXT, "two")]
    one.accept([made.id])
    assert one.text("n").encode() == b"one\ntwo\n"
    while one.undo():
        pass
    assert one.buffers["n"] is None


def test_a_new_version_streams_as_changes() -> None:
    one = session()
    call = one.begin()
    seen = set()
    for event in one.events(SOURCE.replace("x = 1", "x = 2"), WholeFileParser("a.py")):
        if isinstance(event, FileOpened):
            one.review.open_file(event, one.text("a.py"))
        else:
            one.review.feed(event)
        seen |= {(hunk.state, hunk.line) for hunk in one.review.overlays("a.py")}
    assert (HunkState.STREAMING, 1) in seen
    one.review.close(False)
    assert [(hunk.line, hunk.added, hunk.removed) for hunk in one.hunks(call)] == [(1, 1, 1), (6, 1, 1)]


def test_the_model_is_told_the_truth() -> None:
    one = session()
    text = (
        "*** Begin Patch\n*** Update File: a.py\n@@ def f():\n-    x = 1\n+    x = 2\n+    y = 2\n"
        "@@ def g():\n-    x = 1\n+    x = 3\n@@\n-nowhere\n+x\n*** Update File: gone.py\n@@\n-a\n+b\n"
        "*** Update File: a.py\n*** Move to: b.py\nrubbish\n*** End Patch\n"
    )
    hunks = one.feed([text])
    one.accept([hunks[0].id], {hunks[0].id: frozenset({0, 1})})
    one.review.reject([hunks[0].id, hunks[1].id])
    assert one.review.report("call 1").splitlines() == [
        "update a.py",
        "  Hunk 1: accepted in part, 2 of 3 changed lines, now line 2.",
        "    These lines now read:",
        "    |     x = 2",
        "  Hunk 2: rejected by the person; do not propose the same again.",
        "  Hunk 3: could not be placed. The file has no such lines. Read the file again before you retry.",
        "update gone.py",
        "  Note: There is no file gone.py.",
        "  Hunk 1: not applied. There is no file gone.py.",
        "update a.py -> b.py",
        "  Hunk 1: not decided yet; the file does not have it so far.",
        "  Hunk 2: not applied. It changes nothing.",
    ]
    assert one.review.undecided_calls() == ("call 1",)


def test_labels_name_the_decision() -> None:
    one = session()
    hunks = one.feed(patch("@@ def f():\n-    x = 1\n+    x = 2\n" + EDIT))
    one.accept([hunk.id for hunk in hunks])
    assert one.review.undo_label == "Accept 2 hunks in a.py" and one.review.redo_label == ""
    one.undo()
    assert one.review.undo_label == "" and one.review.redo_label == "Accept 2 hunks in a.py"
    one.review.reject([hunks[0].id])
    assert one.review.redo_label == "", "a new decision ends redo"


def test_undo_goes_around_what_the_person_typed_elsewhere() -> None:
    one = session()
    hunks = one.feed(patch("@@ def f():\n-    x = 1\n+    x = 2\n" + EDIT))
    one.accept([hunk.id for hunk in hunks])
    one.type("a.py", one.text("a.py").replace(Span(Position(0, 0), Position(0, 0)), "# mine\n"))
    assert one.undo()
    assert one.text("a.py").encode().decode() == "# mine\n" + SOURCE
    one.redo()
    one.type("a.py", one.text("a.py").replace(Span(Position(2, 0), Position(2, 0)), "#"))
    plan = one.review.undo()
    assert plan is not None and plan.left_out == (
        (hunks[0].id, "You changed these lines since; undo that first."),
    )
    one.land(plan)
    one.review.commit_undo(plan)
    assert one.text("a.py").lines(0, 4) == ["# mine", "def f():", "#    x = 2", "    return x"]
    assert now(one, hunks[1]).state is HunkState.PROPOSED and now(one, hunks[0]).state is HunkState.APPLIED


def test_a_path_is_not_both_a_file_and_a_folder() -> None:
    review = Review()
    review.begin("t", "c")
    for path in ("deep", "deep/a.txt", "other/b.txt", "other", "deeper"):
        review.open_file(FileOpened(FileOp.ADD, path), None)
        for event in (HunkOpened(""), RowAdded(RowKind.ADD, "x"), HunkClosed(False), FileClosed()):
            review.feed(event)
    states = {file.path: file.hunks[0].state for file in review.files()}
    assert states == {
        "deep": HunkState.PROPOSED,
        "deep/a.txt": HunkState.REFUSED,
        "other/b.txt": HunkState.PROPOSED,
        "other": HunkState.REFUSED,
        "deeper": HunkState.PROPOSED,
    }
    assert "makes deep a file" in review.files()[1].note and "other is a folder" in review.files()[3].note
