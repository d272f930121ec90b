"""Choosing what is sent: exact, deterministic, never over the budget, every omission with a reason."""

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.context import (
    Budget,
    Piece,
    PieceKind,
    Rank,
    file_block,
    mentions,
    place_block,
    plan,
    sending_order,
    telling_words,
)
from spark_tui.core.text import Position, Span, Text


def _count(text: str) -> int:
    return len(text)


pieces = st.lists(
    st.builds(
        Piece,
        kind=st.sampled_from(list(PieceKind)),
        label=st.text(alphabet="abc/", min_size=1, max_size=5),
        body=st.text(alphabet="x\n", max_size=300),
        rank=st.sampled_from(list(Rank)),
        score=st.integers(0, 5).map(float),
        fault=st.sampled_from(["", "", "", "binary"]),
    ),
    max_size=20,
)


@given(pieces, st.integers(0, 2000), st.integers(0, 500), st.integers(0, 500), st.randoms())
def test_never_over_budget_nothing_vanishes_order_is_irrelevant(
    candidates: list[Piece], limit: int, fixed: int, history: int, random: Random
) -> None:
    budget = Budget(limit, fixed, history)
    chosen = plan(candidates, budget, _count)
    assert chosen.fits or not chosen.chosen
    kept = [entry.piece for entry in chosen.chosen] + [entry.piece for entry in chosen.left_out]
    assert sorted(map(repr, kept)) == sorted(map(repr, candidates))
    assert all(entry.reason for entry in chosen.left_out)
    shuffled = list(candidates)
    random.shuffle(shuffled)
    again = plan(shuffled, budget, _count)
    assert again.tokens == chosen.tokens
    assert sorted(map(repr, again.chosen)) == sorted(map(repr, chosen.chosen))


def test_what_matters_more_gets_room_first() -> None:
    small = Budget(130, 0)
    open_file = Piece(PieceKind.ACTIVE, "a.py", "x" * 100, Rank.ACTIVE)
    found = Piece(PieceKind.FOUND, "b.py", "x" * 90, Rank.FOUND, 9.0)
    chosen = plan([found, open_file], small, _count)
    assert [entry.piece.label for entry in chosen.chosen] == ["a.py"]
    assert "94 tokens" in chosen.left_out[0].reason and "26 are left" in chosen.left_out[0].reason


def test_the_persons_place_is_sent_last() -> None:
    place = Piece(PieceKind.CURSOR, "place", "<cursor/>", Rank.CURSOR)
    file = Piece(PieceKind.ACTIVE, "a.py", "x", Rank.ACTIVE)
    assert sending_order(plan([place, file], Budget(999, 0), _count).chosen) == [file, place]


@given(st.text(alphabet='ab</>file "\n\r\x0c\u2028'))
def test_a_file_block_can_be_read_back_whatever_it_holds(source: str) -> None:
    text = Text.of(source)
    block = file_block('we"ird<&>.py', text).split("\n")
    head = re.fullmatch(
        r'<file path="we&quot;ird&lt;&amp;&gt;.py" lines="(\d+)"( final_newline="no")?>', block[0]
    )
    assert head is not None
    count = int(head[1])
    assert block[1 : 1 + count] == text.lines(0, text.row_count)
    assert block[1 + count :] == ["</file>"]


def test_place_counts_lines_from_one() -> None:
    assert place_block("a.py", 4, None) == '<cursor path="a.py" line="5"/>'
    selection = Span(Position(1, 0), Position(3, 0))
    assert place_block("a.py", 3, selection) == '<selection path="a.py" from="2" to="3"/>'


PATHS = ["src/a.py", "src/b.py", "docs/my notes.md", "README.md"]


def test_mentions_name_files_and_folders() -> None:
    assert mentions("look at @src/a.py, and @README.md.", PATHS) == (["src/a.py", "README.md"], [])
    assert mentions("all of @src/ please", PATHS) == (["src/a.py", "src/b.py"], [])
    assert mentions('see @"docs/my notes.md"', PATHS) == (["docs/my notes.md"], [])
    assert mentions("@nothing.py", PATHS) == ([], ["nothing.py"])
    assert mentions("mail me@README.md", PATHS) == ([], [])


def test_telling_words_leave_out_everyday_english() -> None:
    assert telling_words("please rename fetch_user to load_user in the tests") == ["fetch_user", "load_user"]
    assert telling_words("rename Price to Cost, rename Price") == ["Price", "Cost"]
    assert telling_words("fix @src/a.py") == []


def test_what_an_instruction_acts_on_is_a_name_however_common() -> None:
    assert telling_words("rename take to take_x") == ["take", "take_x"]
    assert telling_words("please rename the function line to model everywhere") == ["line", "model"]
    assert telling_words('why is `value` not used in "set.add"?') == ["value", "set", "add"]
