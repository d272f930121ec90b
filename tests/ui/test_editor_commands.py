import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.text import Position, Text
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import paste_text, text_of, type_text
from spark_tui.ui.widgets.editor_many import Grouping, Made, at_carets, perform
from spark_tui.ui.widgets.editor_motions import MOTIONS, line_at, name_at, word_at
from spark_tui.ui.widgets.editor_rows import Plans, RowMap
from spark_tui.ui.widgets.editor_scene import (
    Edit,
    EditKind,
    Indent,
    Scene,
    Selection,
    detect_indent,
)
from tests.ui.editor_stage import hunk


def scene_of(marked: str, indent: Indent | None = None, language: str | None = "python") -> Scene:
    """Read a scene: `|` is the caret, `^` where the selection began."""
    places: dict[str, int] = {}
    plain = ""
    for char in marked:
        if char in "|^":
            places[char] = len(plain)
        else:
            plain += char
    text = Text.of(plain)
    head = position(text, places["|"])
    anchor = position(text, places.get("^", places["|"]))
    rows = RowMap((), text.line_count, Plans())
    return Scene(text, Selection(anchor, head), None, indent or Indent("    ", 4), language, rows, 5)


def position(text: Text, offset: int) -> Position:
    for line in range(text.line_count):
        size = len(text.line(line)) + len(text.ending(line))
        if offset < size or line == text.line_count - 1:
            return Position(line, offset)
        offset -= size
    raise AssertionError


def offset(text: Text, place: Position) -> int:
    return sum(len(text.line(n)) + len(text.ending(n)) for n in range(place.line)) + place.column


def marked(text: Text, selection: Selection) -> str:
    source = text.slice(text.full_span())
    head, anchor = offset(text, selection.head), offset(text, selection.anchor)
    marks = [(head, "|")] if head == anchor else sorted([(head, "|"), (anchor, "^")])
    for at, mark in reversed(marks):
        source = source[:at] + mark + source[at:]
    return source


def after(scene: Scene, edit: Edit | Made | None) -> str:
    if edit is None:
        return marked(scene.text, scene.selection)
    selection = edit.selection if isinstance(edit, Edit) else edit.carets.primary
    return marked(scene.text.apply(edit.changes), selection)


def done(name: str, scene: Scene) -> Made | None:
    return perform(name, scene, Carets.one(scene.selection))


@pytest.mark.parametrize(
    ("name", "before", "expected"),
    [
        ("left", "a|b", "|ab"),
        ("left", "a\n|b", "a|\nb"),
        ("left", "|a", "|a"),
        ("left", "a\r\n|b", "a|\r\nb"),
        ("right", "a|\r\nb", "a\r\n|b"),
        ("right", "xe\u0301|", "xe\u0301|"),
        ("up", "abc\nab|c", "ab|c\nabc"),
        ("up", "a|b", "|ab"),
        ("down", "a|b", "ab|"),
        ("down", "漢字|x\nabcdef", "漢字x\nabcd|ef"),
        ("down", "ab|c\n漢字", "abc\n漢|字"),
        ("down", "\t|x\nabcdef", "\tx\nabcd|ef"),
        ("word_left", "foo.bar_1 |", "foo.|bar_1 "),
        ("word_left", "foo|.bar", "|foo.bar"),
        ("word_left", "a\n|b", "a|\nb"),
        ("word_right", "|foo.bar", "foo|.bar"),
        ("word_right", "foo|  bar", "foo  bar|"),
        ("word_right", "a|\nb", "a\n|b"),
        ("home", "  ab|c", "  |abc"),
        ("home", "  |abc", "|  abc"),
        ("home", "|  abc", "  |abc"),
        ("end", "|ab\nc", "ab|\nc"),
        ("text_start", "ab\n|c", "|ab\nc"),
        ("text_end", "|ab\nc\n", "ab\nc\n|"),
        ("page_down", "|a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nd\n|e\nf\ng"),
        ("page_up", "a\nb\nc\nd\ne\nf\n|g", "a\nb\n|c\nd\ne\nf\ng"),
    ],
)
def test_motion(name: str, before: str, expected: str) -> None:
    scene = scene_of(before)
    assert marked(scene.text, Selection.at(MOTIONS[name](scene).place)) == expected


def test_moving_down_and_on_aims_for_the_cell_where_it_began() -> None:
    scene = scene_of("abcd|ef\nx\nabcdef")
    first = MOTIONS["down"](scene)
    assert (first.place, first.goal) == (Position(1, 1), 4)
    again = Scene(
        scene.text, Selection.at(first.place), first.goal, scene.indent, None, scene.rows, scene.page
    )
    assert MOTIONS["down"](again).place == Position(2, 4)


def test_a_page_counts_the_rows_of_pending_hunks() -> None:
    scene = scene_of("|" + "x\n" * 20)
    rows = RowMap((hunk(1, "+a", "+b"),), 21, Plans())
    with_ghosts = Scene(scene.text, scene.selection, None, scene.indent, None, rows, 5)
    assert MOTIONS["page_down"](scene).place.line == 4
    assert MOTIONS["page_down"](with_ghosts).place.line == 1


PY = Indent("    ", 4)
TABS = Indent("\t", 4)


@pytest.mark.parametrize(
    ("name", "before", "expected", "indent", "language"),
    [
        ("newline", "ab|c", "ab\n|c", PY, "python"),
        ("newline", "    a|", "    a\n    |", PY, "python"),
        ("newline", "def f():|", "def f():\n    |", PY, "python"),
        ("newline", "def f():|", "def f():\n|", PY, "markdown"),
        ("newline", "f(|)", "f(\n    |\n)", PY, "python"),
        ("newline", "\tif x {|}", "\tif x {\n\t\t|\n\t}", TABS, "go"),
        ("newline", "\tf(|a)", "\tf(\n\t\t|a)", TABS, "go"),
        ("newline", "x\n    |", "x\n\n    |", PY, "python"),
        ("newline", "a\r\nb|", "a\r\nb\r\n|", PY, "python"),
        ("newline", "a^b\nc|d", "a\n|d", PY, "python"),
        ("backspace", "ab|", "a|", PY, "python"),
        ("backspace", "a\r\n|b", "a|b", PY, "python"),
        ("backspace", "        |x", "    |x", PY, "python"),
        ("backspace", "      |x", "    |x", PY, "python"),
        ("backspace", "\t\t|x", "\t|x", TABS, "go"),
        ("backspace", "xe\u0301|y", "x|y", PY, "python"),
        ("backspace", "a^b|c", "a|c", PY, "python"),
        ("delete", "|ab", "|b", PY, "python"),
        ("delete", "a|\r\nb", "a|b", PY, "python"),
        ("delete", "a|", "a|", PY, "python"),
        ("delete", "|👩\u200d💻x", "|x", PY, "python"),
        ("delete_word_left", "foo bar|", "foo |", PY, "python"),
        ("delete_word_right", "|foo bar", "| bar", PY, "python"),
        ("tab", "a|b", "a   |b", PY, "python"),
        ("tab", "|b", "    |b", PY, "python"),
        ("tab", "|b", "\t|b", TABS, "go"),
        ("tab", "^a\n\nb|", "^    a\n\n    b|", PY, "python"),
        ("tab", "^a\n|b", "^    a\n|b", PY, "python"),
        ("outdent", "    a|", "a|", PY, "python"),
        ("outdent", "  a|", "a|", PY, "python"),
        ("outdent", "^\ta\n    b|", "^a\nb|", PY, "python"),
        ("move_lines_down", "a|\nb\nc", "b\na|\nc", PY, "python"),
        ("move_lines_down", "a\nb|\nc", "a\nc\nb|", PY, "python"),
        ("move_lines_down", "a\nb|", "a\nb|", PY, "python"),
        ("move_lines_down", "^a\nb|\nc\r\nd", "c\r\n^a\nb|\nd", PY, "python"),
        ("move_lines_up", "a\nb|\nc", "b|\na\nc", PY, "python"),
        ("move_lines_up", "a\r\nb|", "b|\r\na", PY, "python"),
        ("move_lines_up", "a\n^b\nc|", "^b\nc|\na", PY, "python"),
        ("duplicate_lines", "a\nb|c\nd", "a\nbc\nb|c\nd", PY, "python"),
        ("duplicate_lines", "a|", "a\na|", PY, "python"),
        ("duplicate_lines", "^a\r\nb|\r\nc", "a\r\nb\r\n^a\r\nb|\r\nc", PY, "python"),
        ("toggle_comment", "a|", "# a|", PY, "python"),
        ("toggle_comment", "    # a|", "    a|", PY, "python"),
        ("toggle_comment", "^  a\n\n    b|", "^  # a\n\n  #   b|", PY, "python"),
        ("toggle_comment", "^  # a\n\n  #   b|", "^  a\n\n    b|", PY, "python"),
        ("toggle_comment", "^# a\nb|", "^# # a\n# b|", PY, "python"),
        ("toggle_comment", "a|b", "/* a|b */", PY, "css"),
        ("toggle_comment", "/* a|b */", "a|b", PY, "css"),
        ("toggle_comment", "<!---->|", "|", PY, "html"),
        ("toggle_comment", "a|b", "a|b", PY, None),
    ],
)
def test_edit(name: str, before: str, expected: str, indent: Indent, language: str | None) -> None:
    scene = scene_of(before, indent, language)
    assert after(scene, done(name, scene)) == expected


@pytest.mark.parametrize(
    ("before", "typed", "expected"),
    [
        ("a|b", "x", "ax|b"),
        ("a^b|c", "x", "ax|c"),
        ("if x {\n    |", "}", "if x {\n}|"),
        ("if x {\n  |", "}", "if x {\n  }|"),
        ("f(    |", ")", "f(    )|"),
    ],
)
def test_typing(before: str, typed: str, expected: str) -> None:
    scene = scene_of(before)
    assert after(scene, type_text(scene, typed)) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_pasted_line_breaks_become_those_of_the_file(newline: str) -> None:
    scene = scene_of(f"a{newline}|b")
    assert after(scene, paste_text(scene, "1\r2\n3\r\n4")) == f"a{newline}1{newline}2{newline}3{newline}4|b"


def test_text_copied_here_keeps_a_lone_carriage_return() -> None:
    scene = scene_of("a\rb\r\nc|")
    copied = text_of(scene.text, scene.text.full_span())
    assert copied == "a\rb\nc"
    assert after(scene, paste_text(scene, copied, from_terminal=False)) == "a\rb\r\nca\rb\r\nc|"


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("foo.bar", 1, "foo"),
        ("foo.bar", 3, "."),
        ("foo.bar", 7, "bar"),
        ("a  b", 1, "  "),
        ("", 0, ""),
        ("größe x", 2, "größe"),
    ],
)
def test_the_word_at_a_place(line: str, column: int, word: str) -> None:
    text = Text.of(line)
    assert text.slice(word_at(text, Position(0, column))) == word


@pytest.mark.parametrize(
    ("line", "column", "name"),
    [("foo.bar", 3, "foo"), ("foo(", 3, "foo"), ("a + b", 2, "+"), ("foo", 3, "foo")],
)
def test_the_name_at_a_place(line: str, column: int, name: str) -> None:
    text = Text.of(line)
    assert text.slice(name_at(text, Position(0, column))) == name


def test_a_line_goes_with_its_ending() -> None:
    text = Text.of("a\r\nb")
    assert [text.slice(line_at(text, line)) for line in range(2)] == ["a\r\n", "b"]


@pytest.mark.parametrize(
    ("source", "language", "unit"),
    [
        ("a\n  b\n    c\n  d\n", "python", "  "),
        ("a:\n    b\n    c:\n        d\n", "python", "    "),
        ("a\n\tb\n\t\tc\n", "python", "\t"),
        ("a\nb\n", "go", "\t"),
        ("a\nb\n", "javascript", "  "),
        ("a\nb\n", None, "    "),
        ("/*\n * x\n */\nfoo {\n   bar\n}\n", "c", "   "),
    ],
)
def test_indentation_is_found_in_the_text(source: str, language: str | None, unit: str) -> None:
    assert detect_indent(source.split("\n"), language).unit == unit


lines = st.lists(st.sampled_from(["a", "  b", "\tc", "", "# d", "e "]), min_size=1, max_size=6)
newlines = st.sampled_from(["\n", "\r\n", "\r"])


@given(lines, newlines, st.data())
def test_moving_lines_only_changes_their_order(rows: list[str], newline: str, data: st.DataObject) -> None:
    source = newline.join(rows)
    text = Text.of(source)
    places = [
        Position(line, data.draw(st.integers(0, len(text.line(line)))))
        for line in data.draw(st.lists(st.integers(0, text.line_count - 1), min_size=2, max_size=2))
    ]
    scene = Scene(text, Selection(*places), None, PY, None, RowMap((), text.line_count, Plans()), 5)
    name = data.draw(st.sampled_from(["move_lines_up", "move_lines_down"]))
    edit = done(name, scene)
    if edit is None:
        return
    moved = text.apply(edit.changes)
    assert sorted(moved.lines()) == sorted(text.lines())
    assert [moved.ending(n) for n in range(moved.line_count)] == [
        text.ending(n) for n in range(text.line_count)
    ]
    selected = text_of(moved, edit.carets.primary.clamped(moved).span)
    assert selected.rstrip("\n") == text_of(text, scene.selection.span).rstrip("\n")


@given(lines, st.integers(0, 5), st.integers(0, 5), st.sampled_from(["python", "css", "html"]))
def test_comments_come_and_go_without_a_trace(rows: list[str], first: int, last: int, language: str) -> None:
    text = Text.of("\n".join(rows))
    first, last = sorted((min(first, text.line_count - 1), min(last, text.line_count - 1)))
    if all(line.lstrip().startswith("#") for line in rows[first : last + 1] if line.strip()):
        return
    if not any(line.strip() for line in rows[first : last + 1]):
        return
    selection = Selection(Position(first, 0), Position(last, len(text.line(last))))
    made = scene = Scene(text, selection, None, PY, language, RowMap((), text.line_count, Plans()), 5)
    for _ in range(2):
        edit = done("toggle_comment", made)
        assert edit is not None
        made = Scene(made.text.apply(edit.changes), edit.carets.primary, None, PY, language, scene.rows, 5)
    assert [line.rstrip() for line in made.text.lines()] == [line.rstrip() for line in text.lines()]


def typed(scene: Scene, char: str) -> Made:
    made = at_carets(lambda one: type_text(one, char), scene, Carets.one(scene.selection))
    assert made is not None
    return made


def group_names(*steps: tuple[str, str]) -> list[str]:
    """Name the groups of characters typed or erased one after the other at the end of a line."""
    grouping = Grouping()
    names = []
    scene = scene_of("|")
    for what, char in steps:
        carets = Carets.one(scene.selection)
        edit = typed(scene, char) if what == "type" else done(what, scene)
        assert edit is not None
        names.append(grouping.name(edit, carets))
        text = scene.text.apply(edit.changes)
        rows = RowMap((), text.line_count, Plans())
        scene = Scene(text, edit.carets.primary, None, scene.indent, None, rows, 5)
    return names


def test_a_word_typed_in_one_go_is_one_group() -> None:
    names = group_names(*(("type", char) for char in "foo bar"))
    assert len(set(names[:4])) == 1
    assert len(set(names[4:])) == 1
    assert names[0] != names[4]


def test_erasing_is_another_group_than_typing() -> None:
    names = group_names(("type", "a"), ("type", "b"), ("backspace", ""), ("backspace", ""), ("type", "c"))
    assert names[0] == names[1]
    assert names[2] == names[3]
    assert len(set(names)) == 3


def test_a_new_line_stands_alone() -> None:
    assert group_names(("type", "a"), ("newline", ""))[1] == ""


def test_typing_elsewhere_begins_a_new_group() -> None:
    grouping = Grouping()
    scene = scene_of("ab|")
    first = grouping.name(typed(scene, "x"), Carets.one(scene.selection))
    assert grouping.name(typed(scene_of("a|b"), "x"), Carets.one(Selection.at(Position(0, 1)))) != first
    assert EditKind.TYPE in first
