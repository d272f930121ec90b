from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.syntax import LineSpan
from spark_tui.ui.widgets import editor_highlight
from spark_tui.ui.widgets.editor_highlight import Highlighter, replacements


class Clock:
    """Keeps what was asked for later until the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.news = 0

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.waiting.append((seconds, call))

    def tell(self) -> None:
        self.news += 1

    def run(self) -> int:
        steps = 0
        while self.waiting:
            self.waiting.pop(0)[1]()
            steps += 1
        return steps


def highlighter(source: str, language: str | None = "python") -> tuple[Highlighter, Clock, Text]:
    clock = Clock()
    made = Highlighter(clock.later, clock.tell)
    text = Text.of(source)
    made.show("a.py", text, language)
    return made, clock, text


def words(made: Highlighter, text: Text, line: int) -> list[tuple[str, str]]:
    made.look(line, line, 1000)
    return [(text.line(line)[a:b], capture.partition(".")[0]) for a, b, capture in made.spans(line)]


def test_colours_come_after_the_first_paint() -> None:
    made, clock, text = highlighter("def f():\n    return 'x'\n")
    assert words(made, text, 0) == []
    clock.run()
    assert clock.news == 1
    assert ("def", "keyword") in words(made, text, 0)
    assert ("'x'", "string") in words(made, text, 1)


def test_until_the_next_parse_spans_move_with_the_text() -> None:
    made, clock, text = highlighter("x = 1\nreturn 'x'\n")
    clock.run()
    before = words(made, text, 1)
    changes = text.replace(Span(Position(0, 0), Position(0, 0)), "# new\n\n")
    moved = text.apply(changes)
    made.edited(moved, changes)
    assert words(made, moved, 3) == before
    changes = moved.replace(Span(Position(3, 8), Position(3, 8)), "abc")
    typed = moved.apply(changes)
    made.edited(typed, changes)
    assert ("'abcx'", "string") in words(made, typed, 3)
    assert clock.news == 1
    clock.run()
    assert clock.news == 2
    assert ("# new", "comment") in words(made, typed, 0)


def test_many_keys_wait_for_one_parse() -> None:
    made, clock, text = highlighter("x = 1\n")
    clock.run()
    for _ in range(5):
        changes = text.replace(Span(Position(0, 0), Position(0, 0)), "y")
        text = text.apply(changes)
        made.edited(text, changes)
    assert [seconds for seconds, _ in clock.waiting] == [editor_highlight.ECHO]


def test_a_long_file_is_parsed_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor_highlight, "SLICE", 0.0005)
    made, clock, text = highlighter("def f(a, b):\n    return [a, 'b', 3]\n" * 4000)
    assert clock.run() > 3
    assert ("def", "keyword") in words(made, text, 7998)


@pytest.mark.parametrize(
    ("source", "language", "reason"),
    [("a\n", None, "no grammar"), ("x\0y", "python", "binary"), ("x = 1\n", "python", "")],
)
def test_why_a_text_is_plain(source: str, language: str | None, reason: str) -> None:
    clock = Clock()
    made = Highlighter(clock.later, clock.tell)
    made.show("a", Text.decode(source.encode()), language)
    assert reason in made.plain_reason
    assert bool(made.plain_reason) == bool(reason)
    assert bool(clock.waiting) != bool(reason)


def test_a_large_text_is_plain_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor_highlight, "MAX_CHARACTERS", 1000)
    made, clock, text = highlighter("x = 1\n" * 300)
    assert "larger" in made.plain_reason
    assert not clock.waiting
    made.edited(text.apply(text.replace(Span(Position(0, 0), Position(0, 0)), "y")), None)
    assert made.spans(0) == ()


def test_a_text_shown_again_is_not_parsed_again() -> None:
    made, clock, text = highlighter("x = 'a'\n")
    clock.run()
    made.show("b.py", Text.of("y\n"), "python")
    clock.run()
    made.show("a.py", text, "python")
    assert ("'a'", "string") in words(made, text, 0)


def test_scrolling_through_a_long_text_forgets_lines_far_away() -> None:
    made, clock, _ = highlighter("x = 'a'\n" * 3000)
    clock.run()
    for first in range(0, 2900, 20):
        made.look(first, first + 40, 1000)
        assert made.spans(first + 40)
    assert made._parsed is not None
    assert len(made._parsed.spans) < 500


def test_after_a_long_replacement_the_old_tree_is_not_asked() -> None:
    made, clock, text = highlighter("x = 'a'\n" * 1000)
    clock.run()
    changes = text.replace(text.full_span(), "y = 'b'\n" * 1000)
    made.edited(text.apply(changes), changes)
    assert words(made, text.apply(changes), 999) == []
    clock.run()
    assert ("'b'", "string") in words(made, text.apply(changes), 999)


@st.composite
def changed(draw: st.DrawFn) -> tuple[Text, ChangeSet]:
    text = Text.of(
        "\n".join(draw(st.lists(st.sampled_from(["", "ab", "cde", "x y"]), min_size=1, max_size=6)))
    )
    places = st.integers(0, text.line_count - 1).flatmap(
        lambda line: st.integers(0, len(text.line(line))).map(lambda column: Position(line, column))
    )
    ends = sorted(draw(st.lists(places, min_size=2, max_size=6)))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    puts = [draw(st.sampled_from(["", "Z", "\n", "P\nQ", "\n\n"])) for _ in pairs]
    changes = [Change(Span(a, b), put) for (a, b), put in zip(pairs, puts, strict=True)]
    return text, ChangeSet(text.revision, tuple(changes))


@given(changed())
def test_replacements_told_one_after_the_other_make_the_same_text(case: tuple[Text, ChangeSet]) -> None:
    text, changes = case
    final = text.apply(changes)
    now = text
    for start, old_end, new_end in replacements(changes):
        put = final.slice(Span(start, new_end))
        now = now.apply(now.replace(Span(start, old_end), put))
    assert now.lines() == final.lines()


@given(changed())
def test_colours_after_any_edit_are_those_of_a_fresh_parse(case: tuple[Text, ChangeSet]) -> None:
    text, changes = case
    made, clock, _ = highlighter(text.slice(text.full_span()))
    clock.run()
    made.look(0, text.line_count - 1, 1000)
    final = text.apply(changes)
    made.edited(final, changes)
    clock.run()
    fresh, fresh_clock, _ = highlighter(final.slice(final.full_span()))
    fresh_clock.run()
    for line in range(final.line_count):
        assert words(made, final, line) == words(fresh, final, line)


def test_typing_on_puts_off_the_parse() -> None:
    made, clock, text = highlighter("x = 1\n")
    clock.run()
    for _ in range(2):
        changes = text.replace(Span(Position(0, 0), Position(0, 0)), "y")
        text = text.apply(changes)
        made.edited(text, changes)
    clock.waiting.pop(0)[1]()
    assert clock.news == 1, "nothing is parsed between two keys"
    assert [seconds for seconds, _ in clock.waiting] == [editor_highlight.ECHO]
    clock.run()
    assert clock.news == 2


def test_a_parse_that_takes_long_waits_for_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    made, clock, text = highlighter("x = 1\n" * 100)
    clock.run()
    monkeypatch.setattr(editor_highlight, "LONG", 0.0)
    changes = text.replace(Span(Position(0, 0), Position(0, 0)), "y")
    text = text.apply(changes)
    made.edited(text, changes)
    assert [seconds for seconds, _ in clock.waiting] == [editor_highlight.PAUSE]


def test_after_a_key_only_lines_that_may_look_otherwise_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, clock, text = highlighter("x = 'a'\n" * 50)
    clock.run()
    made.look(0, 40, 1000)
    asked: list[tuple[int, int]] = []
    assert made._parsed is not None
    tree, real = made._parsed.tree, made._parsed.tree.highlights

    def highlights(first: int, last: int, columns: int) -> Mapping[int, list[LineSpan]]:
        asked.append((first, last))
        return real(first, last, columns)

    monkeypatch.setattr(tree, "highlights", highlights)
    changes = text.replace(Span(Position(7, 5), Position(7, 5)), "y")
    text = text.apply(changes)
    made.edited(text, changes)
    clock.waiting.pop(0)[1]()
    made.look(0, 40, 1000)
    assert asked == [(7, 7)]
    assert ("'ya'", "string") in words(made, text, 7)
    made.look(0, 40, 1000)
    clock.run()
    assert asked == [(7, 7), (0, 40)], "once nobody types, all in view is made sure of"
