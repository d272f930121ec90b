"""What is said where no full screen can be shown."""

import os
from pathlib import Path

import pytest

from spark_tui.cli.opening import Opening, why_not


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


def test_a_pipe_in_the_place_of_the_frame_holds_nothing_up(tmp_path: Path) -> None:
    place = tmp_path / "80x24"
    opening = Opening(0, [], place, "head")
    place.write_text("head\n\n\x1b[1;1Hrow", newline="")
    assert opening._read().endswith("row")
    place.unlink()
    os.mkfifo(place)
    assert opening._read() == ""
