"""What is recorded of a review makes the same review again: after anything, at any moment, from any records."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.edits import (
    EditFault,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    Moved,
    RowAdded,
    RowKind,
)
from spark_tui.core.review import Review
from spark_tui.core.session import SessionState, decode_event, decode_text, encode_event, encode_text, replay
from spark_tui.core.text import ChangeSet, Position, Span, Text
from spark_tui.engine.recording import RecordedReview
from tests.core.review.review_session import Session, base_lines, patch_for, pieces, true_edits
from tests.core.review.test_review_properties import Person, typing
from tests.fakes.session_log import MemoryLog

CUTS = st.lists(st.integers(0, 10_000), max_size=30)


def stored(log: MemoryLog) -> list[dict[str, Any]]:
    """The records as they come back from a file."""
    return [json.loads(json.dumps(record)) for record in log.records]


def seen(review: Review) -> list[Any]:
    """Everything visible about a review, but for counters of drawing and half rows."""
    return [
        (
            file.id,
            file.path,
            file.new_path,
            file.note,
            hunk.id,
            hunk.state,
            hunk.rows,
            hunk.line,
            hunk.note,
            hunk.latch,
        )
        + (hunk.alternatives, hunk.header, hunk.level, hunk.new_path)
        for file in review.files()
        for hunk in file.hunks
    ] + [review.undo_label, review.redo_label]


def check(session: Session, log: MemoryLog) -> SessionState:
    state = replay(stored(log))
    assert state.skipped == 0
    assert seen(state.review) == seen(session.review)
    for path, text in state.texts.items():
        now = session.buffers[path]
        assert now is not None and text.encode() == now.encode()
    return state


@given(st.data(), base_lines(), CUTS)
@settings(max_examples=60)
def test_a_sitting_comes_back_as_it_was(data: st.DataObject, lines: list[str], cuts: list[int]) -> None:
    log = MemoryLog()
    session = Session(
        {"f": Text.decode("".join(line + "\n" for line in lines).encode())}, RecordedReview(log)
    )
    person = Person(data, session)
    for turn in range(data.draw(st.integers(1, 2))):
        text = session.text("f")
        rows = text.lines(0, text.row_count)
        edits = [
            edit
            for edit in data.draw(true_edits(rows, f"t{turn}."))
            if not any("mark" in line for line in rows[edit.start : edit.stop])
        ]
        session.begin()
        for event in session.events(pieces(patch_for("f", rows, edits, 1), cuts)):
            session.take(event)
            if data.draw(st.integers(0, 9)) == 0 and session.review.files():
                person.type()
        session.review.close(data.draw(st.booleans()))
        check(session, log)
        for _ in range(data.draw(st.integers(0, 6))):
            person.act()
    state = check(session, log)
    while session.undo():
        plan = state.review.undo()
        assert plan is not None
        if not plan.empty:
            state.review.commit_undo(plan)
        assert seen(state.review) == seen(session.review)


@given(st.data(), base_lines())
@settings(max_examples=15)
def test_any_beginning_of_the_records_makes_sense(data: st.DataObject, lines: list[str]) -> None:
    log = MemoryLog()
    session = Session(
        {"f": Text.decode("".join(line + "\n" for line in lines).encode())}, RecordedReview(log)
    )
    person = Person(data, session)
    session.feed([patch_for("f", lines, data.draw(true_edits(lines, "e")), 1)])
    for _ in range(4):
        person.act()
    records = stored(log)
    for end in range(len(records) + 1):
        assert replay(records[:end]).skipped == 0


@given(st.data(), base_lines())
@settings(max_examples=25)
def test_no_records_whatever_make_it_raise(data: st.DataObject, lines: list[str]) -> None:
    log = MemoryLog()
    session = Session(
        {"f": Text.decode("".join(line + "\n" for line in lines).encode())}, RecordedReview(log)
    )
    session.feed([patch_for("f", lines, data.draw(true_edits(lines, "e")), 1)])
    Person(data, session).act()
    records = stored(log)
    wrong: st.SearchStrategy[object] = st.one_of(
        st.none(),
        st.integers(-3, 99),
        st.text(max_size=4),
        st.lists(st.integers(0, 9), max_size=5),
        st.just({}),
    )
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(records) - 1))
        if data.draw(st.booleans()):
            del records[at]
        else:
            name = data.draw(st.sampled_from(sorted(records[at])))
            records[at] = {**records[at], name: data.draw(wrong)}
        if not records:
            break
    replay(records)


def test_the_rest_of_the_screen_comes_back() -> None:
    turn = {"kind": "turn", "id": "t1", "lane": "fast", "prompt": "p", "sentence": ""}
    state = replay(
        [
            {"kind": "draft", "text": "half a th"},
            {"kind": "draft", "text": "half a thought"},
            {"kind": "tabs", "tabs": ["a", "b"], "active": "b"},
            turn | {"state": "streaming", "from": 0, "prose": "I will"},
            turn | {"state": "done", "from": 6, "prose": " do."},
            {"kind": "text", "path": "a", "text": encode_text(Text.of("typed\n"))},
            {"kind": "disk", "path": "a", "digest": "0"},
            {"kind": "closed"},
            {"kind": "nobody knows"},
        ]
    )
    assert (state.draft, state.tabs, state.active, state.unsaved) == (
        "half a thought",
        ("a", "b"),
        "b",
        ("a",),
    )
    assert (state.turns["t1"].prose, state.turns["t1"].state, state.is_closed) == ("I will do.", "done", True)
    assert state.skipped == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"a", b"a\n", b"a\r\nb\n", b"\xef\xbb\xbfa\r\n", b"a\rb\r", b"\xff\xfe\n", b"a\0b", b"a\rb\n"],
)
def test_texts_keep_every_byte(data: bytes) -> None:
    text = Text.decode(data).at_revision(7)
    again = decode_text(json.loads(json.dumps(encode_text(text))))
    assert (again.encode(), again.revision) == (data, 7)
    assert again.lines() == text.lines()


@given(st.data(), base_lines())
def test_typing_is_recorded_as_changes(data: st.DataObject, lines: list[str]) -> None:
    log = MemoryLog()
    review = RecordedReview(log)
    text = Text.of("\n".join(lines))
    for number in range(5):
        changes: ChangeSet = data.draw(typing(text, f"mark{number}."))
        text = text.apply(changes)
        review.buffer_changed("f", text, changes)
    assert [record["kind"] for record in log.records] == ["replaced", "edit", "edit", "edit", "edit"]
    assert replay(stored(log)).texts["f"].encode() == text.encode()
    other = Text.of("another file under the same name\n" * 3)
    changes = other.replace(Span(Position(2, 0), Position(2, 7)), "x")
    other = other.apply(changes)
    review.buffer_changed("f", other, changes)
    assert log.records[-1]["kind"] == "replaced"
    assert replay(stored(log)).texts["f"].encode() == other.encode()


def test_every_event_comes_back() -> None:
    for event in (
        FileOpened(FileOp.ADD, "a\ud800"),
        Moved("b"),
        HunkOpened("def", True),
        RowAdded(RowKind.REMOVE, "x", True),
        HunkClosed(True),
        EditFault(3, "no."),
    ):
        assert decode_event(json.loads(json.dumps(encode_event(event)))) == event
