"""Finding names by letters: the compiled matcher and the plain one keep the same promises."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.adapters.finder import FrizbeeFinder, quick_finder
from spark_tui.engine import PlainFinder
from spark_tui.ports import Finder

NAMES = [
    "README.md",
    "src/pay/refund.py",
    "src/pay/models.py",
    "src/größe/äöü_test.py",
    "日本/ファイル.py",
    "src/a\udc80b.py",
    "lib/with space.txt",
]
BOTH = pytest.mark.parametrize("make", [FrizbeeFinder, PlainFinder])


def found(finder: Finder, letters: str, limit: int = 10) -> list[str]:
    return [NAMES[match.place] for match in finder.find(letters, limit)]


@BOTH
@pytest.mark.parametrize(
    ("letters", "first"),
    [
        ("ref", "src/pay/refund.py"),
        ("PAYMOD", "src/pay/models.py"),
        ("größe", "src/größe/äöü_test.py"),
        ("ファ", "日本/ファイル.py"),
        ("with space", "lib/with space.txt"),
        ("md$", "README.md"),
        ("^src models", "src/pay/models.py"),
        ("'und", "src/pay/refund.py"),
    ],
)
def test_letters_find_a_name(make: Callable[[], Finder], letters: str, first: str) -> None:
    finder = make()
    finder.learn(NAMES)
    assert found(finder, letters)[0] == first


@BOTH
def test_what_may_not_be_there_is_left_out(make: Callable[[], Finder]) -> None:
    finder = make()
    finder.learn(NAMES)
    assert set(found(finder, "!src py")) == {"日本/ファイル.py"}
    assert found(finder, "zzz") == []


@BOTH
def test_without_letters_all_names_come_in_their_order(make: Callable[[], Finder]) -> None:
    finder = make()
    finder.learn(NAMES)
    assert found(finder, "", 3) == NAMES[:3] == found(finder, "  ", 3)
    finder.learn([])
    assert list(finder.find("a", 5)) == []


def test_one_letter_may_be_wrong_where_the_matcher_is_compiled() -> None:
    finder = FrizbeeFinder()
    finder.learn(NAMES)
    assert found(finder, "refnud") == ["src/pay/refund.py"]
    assert quick_finder() is FrizbeeFinder


@BOTH
@given(
    names=st.lists(st.text(st.characters(codec=None), min_size=1, max_size=30), max_size=12),
    letters=st.text(max_size=12),
)
def test_any_names_and_any_letters_give_places_that_are_there(
    make: Callable[[], Finder], names: list[str], letters: str
) -> None:
    finder = make()
    finder.learn(names)
    matches = finder.find(letters, 5)
    assert len(matches) <= 5 and len({match.place for match in matches}) == len(matches)
    for match in matches:
        assert list(match.letters) == sorted(set(match.letters))
        assert all(place < len(names[match.place]) for place in match.letters)
