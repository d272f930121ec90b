"""What is said where no full screen can be shown."""

import pytest

from spark_tui.cli.opening import why_not


@pytest.mark.parametrize(
    ("env", "isatty", "word"),
    [
        ({"TERM": "xterm-256color"}, True, ""),
        ({"TERM": "vt100"}, True, ""),
        ({"TERM": "dumb"}, True, "TERM is dumb"),
        ({}, True, "TERM is not set"),
        ({"TERM": "xterm"}, False, "needs a terminal"),
    ],
)
def test_why_not_is_one_sentence_or_nothing(env: dict[str, str], isatty: bool, word: str) -> None:
    sentence = why_not(env, isatty)
    assert (word in sentence) if word else sentence == ""
    assert sentence.count("\n") == 0
