"""Pieces look like tokens and lose nothing."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.rehearsal.operations import operations
from spark_tui.rehearsal.pieces import Pacer, count_pieces, pieces


@settings(deadline=None)
@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert count_pieces(text) == len(pieces(text))
    assert all(pieces(text))


def test_pieces_are_as_small_as_tokens() -> None:
    source = "def rename_thing(value: int) -> str:\n    return value + 1000\n"
    assert pieces(source) == [
        "def", " rename", "_", "thing", "(", "value", ":", " int", ")", " ->", " str", ":",
        "\n    ", "return", " value", " +", " ", "100", "0", "\n",
    ]  # fmt: skip


def test_a_base_character_and_its_mark_can_part() -> None:
    assert pieces("e\u0301") == ["e", "\u0301"]
    assert pieces("a\r\nb") == ["a", "\r", "\n", "b"]


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_taken_for_a_patch(text: str) -> None:
    json.dumps([operation.wire() for operation in operations(text)])


@pytest.mark.parametrize("rate", [0.0, 1e9])
async def test_without_a_limit_others_still_get_their_turn(rate: float) -> None:
    ran = asyncio.Event()
    asyncio.get_running_loop().call_soon(ran.set)
    pacer = Pacer(rate)
    for _ in range(100_000):
        await pacer.wait()
        if ran.is_set():
            break
    assert ran.is_set() or rate > 0
