"""Token counts against figures published for the o200k vocabulary."""

import pytest

from spark_tui.adapters.token_count import O200kCounter

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
