"""Several carets against plain strings: every edit is one set of changes, and each caret stands where it should."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import paste_text, type_text
from spark_tui.ui.widgets.editor_many import Grouping, Made, at_carets, each, perform
from spark_tui.ui.widgets.editor_rows import Plans, RowMap
from spark_tui.ui.widgets.editor_scene import Indent, Scene, Selection
from spark_tui.ui.widgets.editor_trail import Trail
from tests.ui.test_editor_commands import offset, position

Ranges = list[tuple[int, int]]


def scene_of(text: Text, carets: Carets, language: str | None = "python") -> Scene:
    rows = RowMap((), text.line_count, Plans())
    return Scene(text, carets.primary, None, Indent("    ", 4), language, rows, 5)


def apart(ranges: Ranges) -> Ranges:
    """Keep of sorted ranges those that do not meet the one before."""
    kept: Ranges = []
    for start, end in sorted(ranges):
        if not kept or start > kept[-1][1] or (start == kept[-1][1] and start < end and kept[-1][0] < start):
            kept.append((start, end))
    return kept


def carets_at(text: Text, ranges: Ranges) -> Carets:
    return Carets.of([Selection(position(text, a), position(text, b)) for a, b in ranges])


def heads(text: Text, carets: Carets) -> list[int]:
    return [offset(text, one.head) for one in carets.all]


def model(source: str, ranges: Ranges, texts: list[str]) -> tuple[str, list[int]]:
    """Replace ranges by texts in a plain string; return it, and the places behind each text."""
    out, here = "", 0
    places = []
    for (start, end), text in zip(ranges, texts, strict=True):
        out += source[here : max(start, here)] + text
        here = max(end, here)
        places.append(len(out))
    return out + source[here:], places


sources = st.lists(st.sampled_from("ab\n"), max_size=24).map("".join)


@given(sources, st.data(), st.sampled_from(["type", "backspace", "delete", "paste", "spread"]))
def test_edits_are_those_of_a_plain_string(source: str, data: st.DataObject, what: str) -> None:
    text = Text.of(source)
    places = st.integers(0, len(source))
    drawn = data.draw(st.lists(st.tuples(places, places), min_size=1, max_size=6))
    ranges = apart([(min(pair), max(pair)) for pair in drawn])
    carets = carets_at(text, ranges)
    scene = scene_of(text, carets)
    count = len(ranges)
    made: Made | None
    if what == "type":
        made = at_carets(lambda one: type_text(one, "x"), scene, carets)
        texts = ["x"] * count
    elif what in ("paste", "spread"):
        texts = ["p\nq"] * count if what == "paste" else [f"<{number}>" for number in range(count)]
        made = each(lambda one, number: paste_text(one, texts[number]), scene, carets)
    else:
        made = perform(what, scene, carets)
        texts = [""] * count
        step = (-1, 0) if what == "backspace" else (0, 1)
        ranges = [
            (max(0, a + step[0]), min(len(source), b + step[1])) if a == b else (a, b) for a, b in ranges
        ]
    expected, expected_places = model(source, ranges, texts)
    if made is None:
        assert expected == source
        return
    after = text.apply(made.changes)
    assert after.slice(after.full_span()) == expected
    assert heads(after, made.carets) == sorted(set(expected_places))
    assert after.apply(text.invert(made.changes)).encode() == text.encode()


@given(sources, st.data(), st.booleans())
def test_blocks_of_lines_move_as_in_a_list(source: str, data: st.DataObject, is_up: bool) -> None:
    text = Text.of(source)
    lines = source.split("\n")
    wanted = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1), min_size=1, max_size=4)))
    carets = Carets.of([Selection.at(Position(line, 0)) for line in wanted])
    made = perform("move_lines_up" if is_up else "move_lines_down", scene_of(text, carets), carets)
    expected = list(lines)
    places = set(wanted)
    blocked = -1 if is_up else len(lines)
    for line in wanted if is_up else reversed(wanted):
        goal = line - 1 if is_up else line + 1
        if goal == blocked:
            blocked = line
            continue
        expected[line], expected[goal] = expected[goal], expected[line]
        places = places - {line} | {goal}
    if made is None:
        assert expected == lines
        return
    after = text.apply(made.changes)
    assert after.lines() == expected
    assert [one.head.line for one in made.carets.all] == sorted(places)


@given(sources, st.data(), st.sampled_from(["indent", "outdent", "toggle_comment", "duplicate_lines"]))
def test_lines_are_edited_once_however_many_carets_are_on_them(
    source: str, data: st.DataObject, name: str
) -> None:
    text = Text.of("    " + source.replace("\n", "\n    "))
    count = text.line_count
    wanted = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=4)))
    places = [Position(line, column) for line in wanted for column in (0, 2, 4)]
    many = Carets.of([Selection.at(place) for place in places])
    few = Carets.of([Selection.at(Position(line, 0)) for line in wanted])
    one, other = (perform(name, scene_of(text, carets), carets) for carets in (many, few))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert text.apply(one.changes).lines() == text.apply(other.changes).lines()


def test_a_word_that_two_carets_erase_goes_once() -> None:
    text = Text.of("hello world")
    carets = carets_at(text, [(3, 3), (5, 5), (11, 11)])
    made = perform("delete_word_left", scene_of(text, carets), carets)
    assert made is not None
    after = text.apply(made.changes)
    assert after.line(0) == " "
    assert heads(after, made.carets) == [0, 1]


def test_tab_with_a_selection_over_lines_indents_them_all() -> None:
    text = Text.of("a\nb\nc")
    carets = carets_at(text, [(0, 3), (4, 4)])
    made = perform("tab", scene_of(text, carets), carets)
    assert made is not None and text.apply(made.changes).lines() == ["    a", "    b", "    c"]


def test_typing_at_several_carets_is_one_group() -> None:
    text = Text.of("a\nb")
    carets = carets_at(text, [(1, 1), (3, 3)])
    grouping = Grouping()
    names = []
    for char in "xy":
        made = at_carets(lambda one, typed=char: type_text(one, typed), scene_of(text, carets), carets)  # type: ignore[misc]
        assert made is not None
        names.append(grouping.name(made, carets))
        text, carets = text.apply(made.changes), made.carets
    assert text.lines() == ["axy", "bxy"]
    assert names[0] == names[1] != ""


def test_carets_that_meet_become_one() -> None:
    at = [Selection.at(Position(0, column)) for column in (3, 1, 3)]
    assert Carets.of(at, 2) == Carets((at[1], at[0]), 1, (None, None))
    left, right = Selection(Position(0, 4), Position(0, 1)), Selection(Position(0, 3), Position(0, 6))
    assert Carets.of([left, right], 0).all == (Selection(Position(0, 6), Position(0, 1)),)
    touching = [Selection(Position(0, 0), Position(0, 2)), Selection(Position(0, 2), Position(0, 4))]
    assert len(Carets.of(touching).all) == 2


@given(sources, st.data())
def test_a_line_knows_its_carets_and_what_is_selected(source: str, data: st.DataObject) -> None:
    text = Text.of(source)
    places = st.integers(0, len(source))
    drawn = data.draw(st.lists(st.tuples(places, places), min_size=1, max_size=6))
    carets = carets_at(text, drawn)
    for line in range(text.line_count):
        start = offset(text, Position(line, 0))
        length = len(text.line(line))
        columns, selected = carets.on_line(line, length)
        assert list(columns) == [one.head.column for one in carets.all if one.head.line == line]
        marked = {column for a, b in selected for column in range(a, b)}
        spans = [(offset(text, one.span.start), offset(text, one.span.end)) for one in carets.all]
        assert marked == {
            column for column in range(length + 1) if any(a <= start + column < b for a, b in spans)
        }


def test_carets_move_along_with_changes_by_others() -> None:
    text = Text.of("ab\ncd")
    carets = carets_at(text, [(0, 1), (4, 5)])
    changes = text.replace(Span(Position(0, 0), Position(0, 0)), "new\n")
    moved = carets.mapped(changes)
    after = text.apply(changes)
    assert [after.slice(one.span) for one in moved.all] == ["new\na", "d"]


def test_undo_finds_the_carets_by_the_text() -> None:
    trail = Trail()
    before, after = Text.of("a\nb"), Text.of("xa\nxb")
    old, new = carets_at(before, [(0, 0), (2, 2)]), carets_at(after, [(1, 1), (4, 4)])
    trail.note(before, old, after, new)
    assert trail.carets_of(Text.of("a\nb").at_revision(9)) == old
    assert trail.carets_of(Text.of("xa\nxb")) == new
    assert trail.carets_of(Text.of("other")) is None
