"""Token counts against figures published for the o200k vocabulary."""

from pathlib import Path

import pytest
import splintr
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.adapters.token_count import LearnedRatios, O200kCounter, chunks

COUNTER = O200kCounter()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("antidisestablishmentarianism", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 8),
    ],
)
def test_known_counts(text: str, tokens: int) -> None:
    assert COUNTER.count(text) == tokens


def test_special_tokens_in_text_are_only_text() -> None:
    assert COUNTER.count("<|endoftext|>") > 1


def test_text_that_cannot_be_encoded_still_counts() -> None:
    assert COUNTER.count("a\ud800b") > 0


ORACLE = splintr.Tokenizer.from_pretrained("o200k_base")

pieces = st.sampled_from(
    ["word ", "two words", "\n", "    ", "x" * 50, "漢字", "don't", "123456", "😀", "a b c d ", "__init__"]
)


@given(st.lists(pieces, max_size=300).map("".join), st.integers(1, 60))
def test_a_text_can_be_counted_in_chunks(text: str, size: int) -> None:
    parts = list(chunks(text, size))
    assert "".join(parts) == text
    assert sum(map(COUNTER.count, parts)) == len(ORACLE.encode_ordinary(text))


def test_long_texts_are_cut_and_counted_the_same() -> None:
    text = "def function(value):\n    return value + 1\n\n" * 20_000
    assert len(list(chunks(text))) > 3
    assert COUNTER.count(text) == len(ORACLE.encode_ordinary(text))


def test_what_servers_taught_is_kept(tmp_path: Path) -> None:
    place = tmp_path / "state" / "ratios.json"
    LearnedRatios(place).keep("p/m", 1.25)
    again = LearnedRatios(place)
    assert again.recall("p/m") == 1.25 and again.recall("p/other") is None
    again.keep("p/other", 0.9)
    assert LearnedRatios(place).recall("p/m") == 1.25


@pytest.mark.parametrize("content", ["", "nonsense", "[]", '{"p/m": "x", "p/n": -1, "p/o": 1e9}', "\udcff"])
def test_a_broken_file_teaches_nothing(tmp_path: Path, content: str) -> None:
    place = tmp_path / "ratios.json"
    place.write_bytes(content.encode("utf-8", "surrogateescape"))
    ratios = LearnedRatios(place)
    assert [ratios.recall(name) for name in ("p/m", "p/n", "p/o")] == [None, None, None]
    ratios.keep("p/m", 1.5)
    assert LearnedRatios(place).recall("p/m") == 1.5


def test_a_place_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ratios = LearnedRatios(tmp_path / "file" / "ratios.json")
    ratios.keep("p/m", 1.5)
    assert ratios.recall("p/m") == 1.5
