"""Undoing is a tree: nothing that was ever typed is forgotten, and all of it can be reached again."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Position, Span, Text
from spark_tui.engine import Buffer


def typed(buffer: Buffer, text: str, group: str = "") -> None:
    place = Position(0, 0)
    buffer.record(buffer.text.replace(Span(place, place), text), group)


def test_a_branch_that_was_left_is_reached_in_time() -> None:
    buffer = Buffer("a", Text.of(""), b"")
    typed(buffer, "one")
    typed(buffer, "two")
    buffer.step_back()
    typed(buffer, "three")
    assert buffer.text.line(0) == "threeone" and buffer.step_forward() == []
    buffer.travel(-1)
    assert buffer.text.line(0) == "twoone"
    buffer.travel(-1)
    assert buffer.text.line(0) == "one"
    buffer.travel(1)
    buffer.travel(1)
    assert buffer.text.line(0) == "threeone" and buffer.travel(1) == []
    buffer.step_back()
    buffer.step_forward()
    assert buffer.text.line(0) == "threeone", "redoing follows the branch that was taken last"


def test_a_group_is_one_step_in_time_too() -> None:
    buffer = Buffer("a", Text.of(""), b"")
    for letter in "abc":
        typed(buffer, letter, "word")
    typed(buffer, "-", "other")
    buffer.travel(-1)
    assert buffer.text.line(0) == "cba"
    buffer.travel(-1)
    assert buffer.text.line(0) == ""


def test_ten_thousand_steps_are_remembered() -> None:
    buffer = Buffer("a", Text.of(""), b"")
    for _ in range(10_000):
        typed(buffer, "x")
    for _ in range(10_000):
        assert buffer.step_back()
    assert buffer.text.line(0) == "" and not buffer.is_dirty
    assert buffer.step_back() == []


@given(st.lists(st.sampled_from(["type", "undo", "redo", "older", "newer", "save"]), max_size=60))
def test_every_text_that_was_there_is_reached(actions: list[str]) -> None:
    buffer = Buffer("a", Text.of(""), b"")
    seen = {0: ""}
    for number, action in enumerate(actions):
        match action:
            case "type":
                typed(buffer, chr(97 + number % 26))
                seen[buffer.state] = buffer.text.line(0)
            case "undo":
                buffer.step_back()
            case "redo":
                buffer.step_forward()
            case "older" | "newer":
                buffer.travel(-1 if action == "older" else 1)
            case _:
                buffer.saved_state = buffer.state
        assert buffer.text.line(0) == seen[buffer.state]
        assert buffer.is_dirty == (buffer.state != buffer.saved_state)
    while buffer.travel(-1):
        pass
    reached = [buffer.text.line(0)]
    while buffer.travel(1):
        reached.append(buffer.text.line(0))
    assert reached == [seen[state] for state in sorted(seen)]
