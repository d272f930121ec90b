"""Foreign text becomes inert, visible and keeps its columns."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.display import HIDDEN_MARK, hidden_names, inert


@given(st.text())
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    shown = inert(text)
    assert len(shown) == len(text)
    for char in shown:
        assert unicodedata.category(char) not in ("Cc", "Zl", "Zp", "Cs")
        assert unicodedata.bidirectional(char) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )


@given(st.text())
def test_showing_twice_changes_nothing_more(text: str) -> None:
    assert inert(inert(text)) == inert(text)


def test_named_examples() -> None:
    assert inert("\x1b]52;c;aGk=\x07") == "\u241b]52;c;aGk=\u2407"
    assert inert("a\u202eb\u200bc\ufeff") == f"a{HIDDEN_MARK}b{HIDDEN_MARK}c{HIDDEN_MARK}"
    assert inert("\x9b31m") == "\ufffd31m"
    assert inert("naïve 日本 [red]") == "naïve 日本 [red]"
    assert inert("a\u034fb\ufe01") == f"a{HIDDEN_MARK}b{HIDDEN_MARK}"
    assert inert("\u2764\ufe0f") == "\u2764\ufe0f"
    assert inert("a\tb") == "a\u2409b"
    assert inert("a\tb", keep_tabs=True) == "a\tb"


def test_hidden_characters_are_named() -> None:
    assert hidden_names("x = '\u202e' # \u200b \u202e") == ("right-to-left override", "zero width space")
    assert hidden_names("plain\ttext\r\n") == ()
    assert hidden_names("\x1b") == ("U+001B",)
