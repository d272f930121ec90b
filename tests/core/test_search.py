"""What fits a search within a line, what takes its place, and which paths are wanted."""

import re
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.search import (
    LONGEST,
    MOST_SPANS,
    LineTooLong,
    Sought,
    below,
    compiled,
    filler,
    hits_in,
    wanted,
)


def spans(search: Sought, line: str) -> list[tuple[int, int]]:
    pattern = compiled(search)
    assert not isinstance(pattern, str)
    return [span for hit in hits_in([line], pattern) for span in hit.spans]


@pytest.mark.parametrize(
    ("search", "line", "found"),
    [
        (Sought("load"), "Load loader reload", [(0, 4), (5, 9), (14, 18)]),
        (Sought("load", is_exact=True), "Load load", [(5, 9)]),
        (Sought("load", is_word=True), "load loader _load", [(0, 4)]),
        (Sought("a.b"), "axb a.b", [(4, 7)]),
        (Sought("a.b", is_regex=True), "axb a.b", [(0, 3), (4, 7)]),
        (Sought("a|ab", is_regex=True, is_word=True), "ab a", [(0, 2), (3, 4)]),
        (Sought("x*", is_regex=True), "axxb", [(1, 3)]),
        (Sought("größe"), "die GRÖSSE Größe", [(11, 16)]),
    ],
)
def test_matches_are_within_lines(search: Sought, line: str, found: list[tuple[int, int]]) -> None:
    assert spans(search, line) == found


@pytest.mark.parametrize(
    ("search", "word"),
    [
        (Sought(""), "what to look for"),
        (Sought("a\nb"), "line break"),
        (Sought("(", is_regex=True), "no regular expression"),
        (Sought("a{99999999999}", is_regex=True), "no regular expression"),
    ],
)
def test_what_can_not_be_looked_for_is_one_sentence(search: Sought, word: str) -> None:
    fault = compiled(search)
    assert isinstance(fault, str) and word in fault and "\n" not in fault


@pytest.mark.parametrize(
    ("search", "put_in", "line", "new"),
    [
        (Sought("a.b"), r"$1\1", "a.b", r"$1\1"),
        (Sought(r"(\w+)=(\w+)", is_regex=True), r"$2=\1", "x=y", "y=x"),
        (Sought(r"(?P<name>\w+)!", is_regex=True), "${name}?", "hey!", "hey?"),
        (Sought("a", is_regex=True), r"$$1\n\\", "a", "$1\n\\"),
        (Sought("a(b)?", is_regex=True), "<$1>", "a ab", "<> <b>"),
    ],
)
def test_what_takes_the_place(search: Sought, put_in: str, line: str, new: str) -> None:
    pattern, fill = compiled(search), filler(search, put_in)
    assert not isinstance(pattern, str) and not isinstance(fill, str)
    assert [hit.new for hit in hits_in([line], pattern, fill)] == [new]


def test_a_group_that_is_not_there_is_one_sentence() -> None:
    assert filler(Sought("a", is_regex=True), "$1") == "The expression has no group 1."
    assert filler(Sought("a", is_regex=True), "${x}") == "The expression has no group x."


@given(st.text("ab \t", max_size=30), st.text("ab", min_size=1, max_size=3), st.text("xy", max_size=3))
def test_replacing_is_what_python_does(line: str, text: str, put_in: str) -> None:
    pattern, fill = compiled(Sought(text, is_exact=True)), filler(Sought(text), put_in)
    assert not isinstance(pattern, str) and not isinstance(fill, str)
    hits = list(hits_in([line], pattern, fill))
    assert (hits[0].new if hits else line) == line.replace(text, put_in)


def test_a_very_long_line_is_shown_around_its_first_match() -> None:
    pattern = re.compile("needle")
    (hit,) = hits_in(["x" * 10_000 + "needle" + "y" * 10_000], pattern)
    assert len(hit.text) == LONGEST and hit.column == 10_000
    assert [hit.text[a:b] for a, b in hit.spans] == ["needle"]


@pytest.mark.parametrize(
    ("globs", "path", "is_wanted"),
    [
        ("", "a/b.py", True),
        ("*.py", "a/b.py", True),
        ("*.py", "a/b.pyc", False),
        ("*.py, *.md", "README.md", True),
        ("src/**", "src/a/b.py", True),
        ("src/", "src/a/b.py", True),
        ("src", "lib/src/x", True),
        ("/src", "lib/src/x", False),
        ("src/*.py", "src/a/b.py", False),
        ("**/test_*.py", "a/b/test_x.py", True),
        ("!tests", "tests/a.py", False),
        ("*.py,!tests/**", "src/a.py", True),
        ("*.{js,ts}", "a.ts", True),
        ("a[b", "a[b", True),
        ("?.c", "x.c", True),
    ],
)
def test_which_paths_are_wanted(globs: str, path: str, is_wanted: bool) -> None:
    assert wanted(globs)(path) is is_wanted


@given(st.text("ab*?/{},! .", max_size=15))
def test_any_globs_can_be_asked(globs: str) -> None:
    wanted(globs)("a/b.a")


@pytest.mark.parametrize(
    ("globs", "path"),
    [
        ("*a" * 30 + "*b", "a" * 250),
        ("**/a/" * 30 + "b", "a/" * 1000 + "c"),
        ("**a" * 12 + "**/b", "a" * 250),
        ("{a,aa}" * 60 + "b", "a" * 250),
    ],
)
def test_no_glob_takes_longer_than_a_path_is_worth(globs: str, path: str) -> None:
    assert not wanted(globs)(path)


def test_very_many_matches_in_a_line_cost_no_more_than_are_told() -> None:
    line = "a" * 2_000_000
    tracemalloc.start()
    (hit,) = hits_in([line], re.compile("a"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(hit.spans) == MOST_SPANS and peak < 1_000_000


@pytest.mark.parametrize("name", ["²", "9" * 5000, "٣"])
def test_odd_numbers_of_groups_are_one_sentence(name: str) -> None:
    assert "has no group" in str(filler(Sought("a", is_regex=True), f"${{{name}}}"))


def test_no_replacement_makes_a_line_without_end() -> None:
    search = Sought("a+", is_regex=True)
    pattern, fill = compiled(Sought("a")), filler(search, "$0" * 30_000)
    assert not isinstance(pattern, str) and not isinstance(fill, str)
    (hit,) = hits_in(["ab" * 100], pattern, fill)
    assert hit.new == ("a" * 30_000 + "b") * 100
    with pytest.raises(LineTooLong):
        list(hits_in(["ab" * 1_000], pattern, fill))


@given(st.text("ab*?/{},!\\ \t.[x", min_size=1, max_size=12).filter(lambda name: name.strip("/") == name))
def test_what_is_below_a_folder_is_found_whatever_its_name_is(folder: str) -> None:
    is_wanted = wanted(below(folder))
    assert is_wanted(f"{folder}/a.py") and is_wanted(f"{folder}/b/c d.py")
    assert not is_wanted("elsewhere/a.py") and not is_wanted(f"{folder}y/a.py")
