"""Steps through the checkpoints that were made past the review: what files hold is the truth about its hunks."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.review import HunkState, HunkView, Stepped
from spark_tui.core.review.hunk import TAKEN_BACK
from spark_tui.core.text import Position, Span, Text
from tests.core.review.review_session import Session, base_lines, patch_for, true_edits

LINES = ["one", "two", "three", "four"]


def step(session: Session, **files: bytes | None) -> Stepped:
    """The files are others now, and buffers follow."""
    texts = {path: None if data is None else Text.decode(data) for path, data in files.items()}
    stepped = session.review.step(texts)
    for path, text in texts.items():
        known = session.review.text(path)
        session.buffers[path] = known if text is not None and known is not None else text
        session.review.buffer_replaced(path, session.buffers[path])
    session.check()
    return stepped


def state(session: Session, hunk: HunkView) -> tuple[HunkState, str]:
    view = session.review.hunk(hunk.id)
    assert view is not None
    return view.state, view.note


@given(st.data(), base_lines(), st.integers(1, 3), st.booleans())
def test_any_state_that_an_accept_left_is_known_again(
    data: st.DataObject, lines: list[str], context: int, types: bool
) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.of("".join(line + "\n" for line in lines))})
    hunks = session.feed([patch_for("f", lines, edits, context)])
    images: list[tuple[bytes, frozenset[str]]] = [(session.text("f").encode(), frozenset())]
    accepted: set[str] = set()
    for hunk in data.draw(st.permutations(hunks)):
        if data.draw(st.booleans()):
            accepted |= set(session.accept([hunk.id]).hunks)
            images.append((session.text("f").encode(), frozenset(accepted)))
        else:
            session.review.reject([hunk.id])
        if types:
            text = session.text("f")
            at = Position(data.draw(st.integers(0, text.line_count - 1)), 0)
            session.type("f", text.replace(Span(at, at), f"mine {len(images)}\n"))
    was, stays, before = set(accepted), set(accepted), session.text("f").encode()
    for _ in range(2):
        image, now = data.draw(st.sampled_from(images))
        stepped = step(session, f=image)
        assert session.text("f").encode() == image
        for hunk in hunks:
            if hunk.id in now & stays:
                assert state(session, hunk)[0] is HunkState.APPLIED
            elif hunk.id in accepted - now:
                stays.discard(hunk.id)
                assert state(session, hunk)[0] not in (HunkState.APPLIED, HunkState.SATISFIED)
        if not types:
            assert set(stepped.opened) == was - now and set(stepped.accepted) == now - was
            assert all(state(session, hunk)[0] is HunkState.APPLIED for hunk in hunks if hunk.id in now)
            was = set(now)
    if not types:
        session.accept([hunk.id for hunk in hunks if hunk.id in accepted - was])
        assert session.text("f").encode() == before
        while session.undo():
            session.check()
        assert session.text("f").encode() == images[0][0]


def two_hunks(session: Session) -> list[HunkView]:
    patch = """*** Begin Patch
*** Update File: f
@@
 one
-two
+TWO
 three
@@
-four
*** Update File: h
@@
-x
+y
*** End Patch
"""
    return session.feed([patch])


def session_of() -> Session:
    return Session({"f": Text.of("one\ntwo\nthree\nfour\n"), "h": Text.of("x\n")})


def test_an_undo_below_a_rejection_is_seen() -> None:
    session = session_of()
    first, second, other = two_hunks(session)
    session.accept([first.id])
    session.review.reject([other.id])
    assert step(session, f=b"one\ntwo\nthree\nfour\n").opened == (first.id,)
    assert state(session, first) == (HunkState.PROPOSED, TAKEN_BACK)
    assert state(session, other)[0] is HunkState.REJECTED
    assert session.undo() and state(session, other)[0] is HunkState.PROPOSED
    session.accept([first.id])
    assert state(session, first) == (HunkState.APPLIED, "")


def test_what_was_undone_comes_again_although_other_decisions_were_taken_since() -> None:
    session = session_of()
    first, second, other = two_hunks(session)
    session.accept([first.id])
    assert session.undo()
    session.accept([other.id])
    assert step(session, f=b"one\nTWO\nthree\nfour\n").accepted == (first.id,)
    assert [state(session, hunk)[0] for hunk in (first, second, other)] == [
        HunkState.APPLIED,
        HunkState.PROPOSED,
        HunkState.APPLIED,
    ]
    assert session.undo() and session.text("f").encode() == b"one\ntwo\nthree\nfour\n"
    assert session.text("h").encode() == b"y\n"


def test_one_file_of_several_can_go_back_and_the_other_stays_accepted() -> None:
    session = session_of()
    first, second, other = two_hunks(session)
    session.accept([first.id, second.id, other.id])
    assert set(step(session, h=b"x\n").opened) == {other.id}
    assert [state(session, hunk)[0] for hunk in (first, second, other)] == [
        HunkState.APPLIED,
        HunkState.APPLIED,
        HunkState.PROPOSED,
    ]
    assert session.review.undo_label == "Accept 2 hunks in f" and session.redo()
    assert session.text("h").encode() == b"y\n" and session.undo() and session.undo()
    assert session.text("f").encode() == b"one\ntwo\nthree\nfour\n"


def test_lines_that_only_went_are_seen_to_be_back_beside_other_changes() -> None:
    session = session_of()
    first, second, _ = two_hunks(session)
    session.accept([first.id])
    session.accept([second.id])
    assert step(session, f=b"mine\none\nTWO\nthree\nfour\n").opened == (second.id,)
    assert state(session, first)[0] is HunkState.APPLIED
    assert session.undo() and session.text("f").encode() == b"mine\none\ntwo\nthree\nfour\n"


def test_a_step_forth_beside_other_changes_leaves_nothing_to_decide() -> None:
    session = session_of()
    first, _, _ = two_hunks(session)
    session.accept([first.id])
    step(session, f=b"one\ntwo\nthree\nfour\n")
    assert step(session, f=b"mine\none\nTWO\nthree\nfour\n").opened == ()
    assert state(session, first)[0] is HunkState.SATISFIED


def test_files_that_were_made_moved_and_deleted_go_back_and_come_again() -> None:
    patch = """*** Begin Patch
*** Add File: new
+a
*** Update File: f
*** Move to: g
@@
-two
+TWO
*** Delete File: h
*** End Patch
"""
    session = session_of()
    hunks = session.feed([patch])
    session.accept([hunk.id for hunk in hunks])
    before = dict.fromkeys(["new", "g"]) | {"f": b"one\ntwo\nthree\nfour\n", "h": b"x\n"}
    after = dict.fromkeys(["f", "h"]) | {"new": b"a\n", "g": b"one\nTWO\nthree\nfour\n"}
    for _ in range(2):
        assert set(step(session, **before).opened) == {hunk.id for hunk in hunks}
        assert {state(session, hunk)[0] for hunk in hunks} == {HunkState.PROPOSED}
        assert set(step(session, **after).accepted) == {hunk.id for hunk in hunks}
        assert {state(session, hunk)[0] for hunk in hunks} == {HunkState.APPLIED}
    assert session.undo()
    assert {path: text and text.encode() for path, text in session.buffers.items()} == before


def test_what_the_person_took_out_by_hand_stays_accepted_until_a_step_says_otherwise() -> None:
    session = session_of()
    first, _, _ = two_hunks(session)
    session.accept([first.id])
    session.buffers["f"] = Text.of("one\ntwo\nthree\nfour\n")
    session.review.buffer_replaced("f", session.buffers["f"])
    assert state(session, first)[0] is HunkState.APPLIED
    assert step(session, h=b"other\n").opened == ()
    assert state(session, first)[0] is HunkState.APPLIED
    assert step(session, f=b"one\ntwo\nthree\nfour\n").opened == (first.id,)
