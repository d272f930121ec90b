"""Checks of theme values: what is kept, what is named as wrong, and how contrast is measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.theme import STYLES, VARIABLES, contrast, theme_from

GOOD = {"name": "mine", "colors": {"primary": "#112233"}}


def test_a_small_theme_is_enough() -> None:
    spec, faults = theme_from(GOOD, "mine.toml")
    assert spec is not None and faults == ()
    assert (spec.title, spec.dark, spec.colors) == ("mine", True, {"primary": "#112233"})
    assert "variables.diff-added" in spec.missing() and "syntax.keyword" in spec.missing()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({**GOOD, "colours": {}}, "`colours` is not known; did you mean `colors`?"),
        ({**GOOD, "variables": {"diff-add": "#000000"}}, "did you mean `variables.diff-added`?"),
        ({**GOOD, "syntax": {"keywrd": "#000000"}}, "did you mean `syntax.keyword`?"),
        ({**GOOD, "syntax": {"keyword": "blue"}}, "`syntax.keyword` must be a colour"),
        ({**GOOD, "syntax": {"keyword": "ansi_blue"}}, "`syntax.keyword` must be a colour"),
        ({**GOOD, "syntax": 3}, "`syntax` must be a table"),
        ({**GOOD, "variables": {"title-style": "blink"}}, "must be words like"),
        ({"name": "mine"}, "`colors.primary` is missing"),
        ({"name": "No Spaces", "colors": {"primary": "#112233"}}, "`name` must be"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(table: dict[str, object], sentence: str) -> None:
    _, faults = theme_from(table, "mine.toml")
    assert any("mine.toml" in fault and sentence in fault for fault in faults), faults


def test_a_wrong_entry_costs_only_itself() -> None:
    spec, faults = theme_from({**GOOD, "syntax": {"keyword": "#010203", "string": 7}}, "f")
    assert spec is not None and spec.syntax == {"keyword": "#010203"} and len(faults) == 1
    assert spec.all_variables()["syntax-keyword"] == "#010203"


def test_terminal_colours_are_for_terminal_themes() -> None:
    spec, faults = theme_from({"name": "t", "ansi": True, "colors": {"primary": "ansi_red"}}, "f")
    assert spec is not None and spec.ansi and faults == ()


def test_contrast_has_its_known_ends() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#abcdef", "#abcdef") == 1
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["name", "title", "dark", "ansi", "colors", "variables", "syntax", *VARIABLES, *STYLES]
)


@given(st.dictionaries(KEYS | st.text(), JSON | st.dictionaries(KEYS | st.text(), JSON)))
def test_no_content_makes_it_raise(table: dict[str, object]) -> None:
    spec, faults = theme_from(table, "f")
    assert spec is not None or faults
