"""The speed of a model: what counts, what does not, and when there is none to tell."""

import pytest

from spark_tui.engine.pace import FEWEST, SHORTEST, Pace


def streamed(*, tokens: int = 100, every: float = 0.01, start: float = 5.0, pace: Pace | None = None) -> Pace:
    """One token each time."""
    pace = pace or Pace()
    pace.begin()
    for number in range(tokens):
        pace.take(start + number * every, 1)
    return pace


def test_tokens_are_counted_with_the_time_in_which_they_came() -> None:
    pace = streamed()
    assert (pace.first, pace.tokens) == (5.0, 100)
    assert pace.speed == pytest.approx(100)


def test_the_count_of_the_server_is_the_truth() -> None:
    pace = streamed()
    pace.correct(250, 50)
    assert pace.tokens == 250
    assert pace.speed == pytest.approx(200, rel=0.02), (
        "thoughts that nobody saw took no time that was measured"
    )


def test_what_is_too_short_has_no_speed() -> None:
    for pace in (Pace(), streamed(tokens=1), streamed(tokens=FEWEST), streamed(every=SHORTEST / 200)):
        assert pace.speed == 0.0
    one_piece = Pace()
    one_piece.begin()
    one_piece.take(1.0, 500)
    one_piece.correct(500, 0)
    assert (one_piece.speed, one_piece.tokens) == (0.0, 500)


def test_a_response_that_breaks_counts_once() -> None:
    pace = streamed()
    pace.drop()
    assert (pace.tokens, pace.speed) == (0, 0.0)
    for number in range(100):
        pace.take(60.0 + number * 0.01, 1)
    pace.correct(100, 0)
    assert (pace.tokens, pace.first) == (100, 5.0)
    assert pace.speed == pytest.approx(100), "the wait for the second try is not the model's"


def test_what_was_finished_before_it_broke_is_kept() -> None:
    pace = streamed()
    pace.keep()
    pace.take(6.0, 50)
    pace.drop()
    assert pace.tokens == 100 and pace.speed == pytest.approx(100)


def test_the_time_between_responses_and_the_time_it_was_held_do_not_count() -> None:
    pace = streamed()
    pace.correct(100, 0)
    streamed(start=90.0, pace=pace)
    pace.go_on(200.0)
    pace.take(200.01, 1)
    pace.correct(101, 0)
    assert pace.tokens == 201 and pace.speed == pytest.approx(100, rel=0.02)
