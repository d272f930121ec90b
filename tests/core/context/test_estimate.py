"""Counts for models that count otherwise: a margin at first, then what their server says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.context import Scale, is_o200k
from spark_tui.core.context.estimate import LEARNED_MARGIN, MARGIN


@pytest.mark.parametrize(
    "slug", ["gpt-5.3-codex-spark", "gpt-4o-mini", "openai/gpt-oss-120b", "o4-mini", "rehearsal"]
)
def test_models_that_count_as_we_do(slug: str) -> None:
    assert is_o200k(slug) and Scale(True).of(1000) == 1000 and Scale(True).is_exact


@pytest.mark.parametrize("slug", ["llama-3.3-70b", "qwen3-coder", "claude-9", "grok-5", "gpt-3.5-turbo", ""])
def test_others_get_a_margin(slug: str) -> None:
    assert not is_o200k(slug)
    assert Scale(False).of(1000) == round(1000 * (1 + MARGIN))


def test_a_ratio_goes_up_at_once_and_down_slowly() -> None:
    scale = Scale(False).learn(1000, 1400)
    assert scale.of(1000) == round(1400 * (1 + LEARNED_MARGIN))
    lower = scale.learn(1000, 900)
    assert 1.2 < (lower.ratio or 0) < 1.4
    assert Scale(True).learn(1000, 1200).of(1000) == 1200 and not Scale(True).learn(1000, 1200).is_exact
    assert Scale(True).learn(1000, 800).of(1000) == 1000
    assert Scale(False).learn(100, 5000) == Scale(False)


@given(st.lists(st.tuples(st.integers(200, 10**6), st.integers(0, 10**7)), max_size=20), st.booleans())
def test_a_server_that_lies_does_no_harm(told: list[tuple[int, int]], is_known: bool) -> None:
    scale = Scale(is_known)
    for ours, theirs in told:
        scale = scale.learn(ours, theirs)
    assert 0.5 <= scale.factor <= 3.1
