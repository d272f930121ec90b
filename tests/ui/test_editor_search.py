"""Finding and replacing: what matches, in which order, within which time."""

import re
import signal
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_finder import Finder, Tally
from spark_tui.ui.widgets.editor_search import Matcher, Query, matcher_for, replaced
from spark_tui.ui.widgets.time_limit import TookTooLong, time_limit

HOSTILE = ["(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)x", r"(\w+\s?)+;"]


class Clockwork:
    """Does later what is asked for, when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[object] = []
        self.news = 0

    def later(self, seconds: float, what: object) -> None:
        self.waiting.append(what)

    def heard(self) -> None:
        self.news += 1

    def run(self) -> None:
        while self.waiting:
            what = self.waiting.pop(0)
            assert callable(what)
            what()


def finder_of(source: str, query: Query, *, shown: bool = True) -> tuple[Finder, Clockwork]:
    clock = Clockwork()
    finder = Finder(clock.later, clock.heard)
    finder.open(Text.of(source))
    finder.ask(query)
    finder.show(shown)
    clock.run()
    return finder, clock


def matcher(query: Query) -> Matcher:
    made = matcher_for(query)
    assert isinstance(made, Matcher)
    return made


def at(line: int, start: int, end: int) -> Span:
    return Span(Position(line, start), Position(line, end))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query("ab"), [(0, 0, 2), (1, 1, 3), (2, 0, 2)]),
        (Query("ab", match_case=True), [(0, 0, 2), (1, 1, 3)]),
        (Query("ab", whole_word=True), [(0, 0, 2), (2, 0, 2)]),
        (Query("a."), []),
        (Query("a.", is_regex=True), [(0, 0, 2), (1, 1, 3), (2, 0, 2)]),
        (Query("^a", is_regex=True), [(0, 0, 1), (2, 0, 1)]),
        (Query(r"\s+", is_regex=True), [(0, 2, 3)]),
        (Query("a", is_regex=True, whole_word=True), []),
        (Query("."), [(0, 4, 5)]),
    ],
)
def test_what_matches(query: Query, expected: list[tuple[int, int, int]]) -> None:
    assert matcher(query).in_lines(["ab c.", "xaby", "AB"]) == expected


@given(
    st.lists(st.text("ab.\tx", max_size=6), min_size=1, max_size=8),
    st.sampled_from([Query("a"), Query("ab", whole_word=True), Query("a|b", True), Query("x*", True)]),
)
def test_blocks_are_searched_like_single_lines(lines: list[str], query: Query) -> None:
    made = matcher(query)
    expected = [(n, *span) for n, line in enumerate(lines) for span in made.in_line(line)]
    assert made.in_lines(lines) == expected


@pytest.mark.parametrize(
    ("pattern", "word"), [("(", "expression"), ("*", "expression"), ("(" * 5000, "expression")]
)
def test_a_wrong_expression_is_a_sentence(pattern: str, word: str) -> None:
    made = matcher_for(Query(pattern, is_regex=True))
    assert isinstance(made, str) and word in made


def test_an_expression_that_names_a_line_break_crosses_lines() -> None:
    made = matcher(Query(r"b\nc", is_regex=True))
    text = Text.of("ab\r\ncd\r\nb\r\nc")
    assert made.crosses_lines
    spans = made.in_text(text)
    assert [text.slice(span) for span in spans] == ["b\r\nc", "b\r\nc"]
    assert not matcher(Query(r"\\n", is_regex=True)).crosses_lines


@pytest.mark.parametrize(
    ("query", "replacement", "expected"),
    [
        (Query("a"), "$1", "$1b\n$1b"),
        (Query("(a)(b)", True), "$2$1", "ba\nba"),
        (Query("(?P<x>a)b", True), r"\g<x>${x}$&", "aaab\naaab"),
        (Query("a", True), r"\\$$\t", "\\$\tb\n\\$\tb"),
        (Query("b", True), r"\n", "a\n\na\n"),
        (Query("(z)?a", True), "[$1]", "[]b\n[]b"),
        (Query(r"b\na", True), "-", "a-b"),
        (Query("(?<=a)b", True), "c", "ac\nac"),
        (Query("^", True), "> ", "> ab\n> ab"),
    ],
)
def test_replacing(query: Query, replacement: str, expected: str) -> None:
    finder, _ = finder_of("ab\nab", query)
    spans = finder.all()
    assert spans is not None
    changes = finder.replaced(spans, replacement)
    assert not isinstance(changes, str)
    text = Text.of("ab\nab")
    assert text.apply(changes).slice(text.apply(changes).full_span()) == expected


def test_replacing_keeps_the_line_breaks_of_the_text() -> None:
    text = Text.of("a\r\nb")
    changes = replaced(text, matcher(Query("a")), [at(0, 0, 1)], "x\ny")
    assert not isinstance(changes, str)
    assert text.apply(changes).encode() == b"x\r\ny\r\nb"


def test_a_group_that_is_not_there_is_a_sentence() -> None:
    finder, _ = finder_of("a", Query("a", True))
    assert finder.replaced([at(0, 0, 1)], "$2") == "The expression has no group 2."


# --- the finder


def test_matches_are_counted_and_numbered() -> None:
    finder, _ = finder_of("a b a\n" * 3000, Query("a"))
    assert finder.tally(at(0, 1, 1)) == Tally(6000, 0, True, "")
    assert finder.tally(at(2000, 4, 5)) == Tally(6000, 4002, True, "")
    assert finder.columns(1) == [(0, 1), (4, 5)]


def test_next_goes_around() -> None:
    finder, _ = finder_of("x\n" * 2000 + "a\n" + "x\n" * 2000 + "ba", Query("a"))
    assert finder.next(Position(0, 0)) == at(2000, 0, 1)
    assert finder.next(Position(2000, 1)) == at(4001, 1, 2)
    assert finder.next(Position(4001, 2)) == at(2000, 0, 1)
    assert finder.next(Position(2000, 0), forward=False) == at(4001, 1, 2)
    assert finder.next(Position(4001, 1), forward=False) == at(2000, 0, 1)
    assert finder_of("x", Query("a"))[0].next(Position(0, 0)) is None


@given(st.text("ab\n", max_size=30), st.sampled_from(["a", "ab", "b\na"]), st.data())
def test_next_is_that_of_a_plain_string(source: str, needle: str, data: st.DataObject) -> None:
    text = Text.of(source)
    finder, _ = finder_of(source, Query(needle, is_regex=True) if "\n" not in needle else Query(needle))
    starts = [found.start() for found in re.finditer(needle, source)]
    here = data.draw(st.integers(0, len(source)))
    line = source.count("\n", 0, here)
    place = Position(line, here - (source.rfind("\n", 0, here) + 1))
    for forward in (True, False):
        span = finder.next(place, forward=forward)
        if not starts:
            assert span is None
            continue
        right, left = [s for s in starts if s >= here], [s for s in starts if s < here]
        expected = (right or starts)[0] if forward else (left or starts)[-1]
        assert span is not None
        assert len(text.slice(Span(Position(0, 0), span.start))) == expected


def test_only_what_is_selected_is_searched_and_moves_with_the_text() -> None:
    finder, clock = finder_of("a\na\na\na", Query("a"))
    finder.scope = Span(Position(1, 0), Position(2, 1))
    assert finder.tally(at(0, 0, 1)).count == 2
    assert finder.next(Position(3, 0)) == at(1, 0, 1)
    text = Text.of("a\na\na\na")
    changes = text.replace(at(0, 0, 0), "new\n")
    finder.follow(text.apply(changes), changes)
    clock.run()
    assert finder.all() == [at(2, 0, 1), at(3, 0, 1)]
    assert finder.columns(1) == []


def test_an_edit_searches_its_own_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    finder, clock = finder_of("a\n" * 20_000, Query("a"))
    searched: list[int] = []
    in_lines = Matcher.in_lines

    def counted(self: Matcher, lines: list[str]) -> list[tuple[int, int, int]]:
        searched.append(len(lines))
        return in_lines(self, lines)

    monkeypatch.setattr(Matcher, "in_lines", counted)
    text = Text.of("a\n" * 20_000)
    finder.open(text)
    clock.run()
    searched.clear()
    changes = text.replace(at(9000, 0, 0), "aa")
    finder.follow(text.apply(changes), changes)
    clock.run()
    assert finder.tally(at(0, 0, 0)).count == 20_002
    assert searched == [1024]


def test_hidden_matches_cost_nothing() -> None:
    finder, clock = finder_of("a\n" * 10, Query("a"), shown=False)
    assert finder.columns(0) == [] and not clock.waiting
    assert finder.next(Position(0, 1)) == at(1, 0, 1)


def test_too_many_matches_are_not_replaced() -> None:
    finder, _ = finder_of("aaaaaaaaaaaaaaaaaaaaaaaaa\n" * 5000, Query("a"))
    tally = finder.tally(at(0, 0, 0))
    assert tally.count == 100_000 and not tally.is_complete
    assert finder.all() is None and "100000" in finder.sentence


# --- time


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize("more", ["", r"\n?$"])
def test_a_hostile_expression_ends_in_a_sentence(pattern: str, more: str) -> None:
    finder, _ = finder_of(("a" * 3000 + "!\n") * 50, Query(pattern + more, is_regex=True))
    finder.next(Position(0, 0))
    assert finder.tally(at(0, 0, 0)).sentence
    assert finder.columns(0) == [] and finder.all() is None


def test_a_long_search_becomes_a_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    finder, clock = finder_of("x\n" * 5000 + "a", Query("a"), shown=False)
    monkeypatch.setattr("spark_tui.ui.widgets.editor_finder._AT_ONCE", -1.0)
    assert finder.next(Position(0, 0)) is None
    assert finder.wish == (Position(0, 0), True)
    clock.run()
    assert clock.news
    monkeypatch.undo()
    assert finder.next(Position(0, 0)) == at(5000, 0, 1)


def test_the_limit_leaves_the_signal_as_it_was() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TookTooLong), time_limit(0.01):
        re.search(r"(a+)+$", "a" * 50 + "b")
    with time_limit(0.01):
        pass
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_other_threads_have_no_limit() -> None:
    seen: list[bool] = []

    def work() -> None:
        with time_limit(0.0001):
            seen.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
