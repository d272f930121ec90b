"""What the panes draw, as functions: tree, tabs, talk, status, meter, lists, and text measured in cells."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from spark_tui.core.context import Budget, ContextPlan, Form, Gone, LeftOut, Piece, PieceKind, Wishes
from spark_tui.core.context.plan import Chosen
from spark_tui.core.display import inert
from spark_tui.engine import Status, Timing, TurnState
from spark_tui.ports import Entry
from spark_tui.ui.screens.arrangement import Arrangement
from spark_tui.ui.screens.context import context_rows
from spark_tui.ui.widgets.cells import cut, cut_path, quoted, wrap_code, wrap_words
from spark_tui.ui.widgets.inert_filter import InertFilter
from spark_tui.ui.widgets.lines import Line
from spark_tui.ui.widgets.matching import ranked
from spark_tui.ui.widgets.status_rows import hints_line, meter, status_line, tokens
from spark_tui.ui.widgets.tab_row import Tab, tab_row
from spark_tui.ui.widgets.talk_rows import MAX_CODE, ProseSheet, Tally, turn_lines
from spark_tui.ui.widgets.tree_rows import FileTree, tree_lines
from tests.fakes.engine import turn

WILD = st.text(st.characters() | st.sampled_from("\t\x1b界é\u0301\u200b\u202e 👩‍👩‍👧"), max_size=60)


def text(line: Line) -> str:
    return "".join(part for _, part in (*line.parts, *line.right))


def words(lines: list[Line]) -> str:
    return "\n".join(text(line) for line in lines)


# Cells


@given(WILD, st.integers(1, 40))
def test_wrapped_code_loses_nothing_and_fits(line: str, width: int) -> None:
    shown = quoted(line)
    pieces = wrap_code(shown, width)
    assert "".join(pieces) == shown
    assert all(cell_len(piece) <= width or len(piece) == 1 for piece in pieces)


@given(WILD, st.integers(1, 40))
def test_wrapped_words_fit_and_keep_every_word(line: str, width: int) -> None:
    shown = quoted(line)
    pieces = wrap_words(shown, width)
    assert all(cell_len(piece) <= width or len(piece.strip()) <= 1 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(shown.split())


@given(WILD, st.integers(0, 40))
def test_what_is_cut_fits(line: str, width: int) -> None:
    shown = quoted(line)
    assert cell_len(cut(shown, width)) <= width and cell_len(cut_path(shown, width)) <= width


def test_a_path_is_cut_from_the_left() -> None:
    assert cut_path("src/pay/refund.py", 10) == "…refund.py"


# The last door


@given(st.lists(WILD, min_size=1, max_size=4))
def test_the_filter_lets_only_visible_characters_pass_and_keeps_the_width(pieces: list[str]) -> None:
    segments = [Segment(piece) for piece in pieces]
    safe = InertFilter().apply(segments, Color(0, 0, 0))
    joined = "".join(segment.text for segment in safe)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u200b" for char in joined)
    assert sum(cell_len(segment.text) for segment in safe) <= max(sum(cell_len(piece) for piece in pieces), 0)


def test_the_filter_takes_the_room_from_the_blanks_at_the_end() -> None:
    safe = InertFilter().apply([Segment("a\x1b]0;b\x07"), Segment("    ")], Color(0, 0, 0))
    assert "".join(segment.text for segment in safe) == "a␛]0;b␇  "


# The tree

PATHS = ("README.md", "src/a.py", "src/b/c.py", "src/b/d.py", "src-old/x.py", "srd")


def tree(*open_folders: str) -> FileTree:
    files = FileTree()
    entries = [Entry(path, "M" if path.endswith("c.py") else "") for path in PATHS]
    files.load(entries)
    files.mark(entries)
    for folder in open_folders:
        files.toggle(folder)
    return files


def test_folders_come_first_and_only_open_ones_show_what_is_in_them() -> None:
    assert [row.path for row in tree().rows()] == ["src", "src-old", "README.md", "srd"]
    shown = [(row.path, row.depth) for row in tree("src", "src/b").rows()]
    assert shown[:5] == [("src", 0), ("src/b", 1), ("src/b/c.py", 2), ("src/b/d.py", 2), ("src/a.py", 1)]


def test_marks_are_letters_and_reach_the_folders_above() -> None:
    lines = tree_lines(tree("src", "src/b").rows(), "src/a.py", {"src/b/c.py": 3})
    shown = [text(line) for line in lines]
    assert shown[0].endswith("* ") and "c.py *3 M" in shown[2] and shown[3].strip() == "d.py"


@given(st.sets(st.lists(st.sampled_from(["a", "b", "a-", "B", "é"]), min_size=1, max_size=4).map("/".join)))
def test_with_all_folders_open_every_file_is_shown_once(paths: set[str]) -> None:
    names = {path for path in paths if not any(other.startswith(f"{path}/") for other in paths)}
    files = FileTree()
    files.load([Entry(path) for path in names])
    for path in names:
        files.open_up_to(path)
    assert sorted(row.path for row in files.rows() if not row.is_dir) == sorted(names)


# Tabs


def test_the_active_tab_is_always_in_sight() -> None:
    for active in range(20):
        tabs = [Tab(f"folder/file{number}.py", number == 3, number == active) for number in range(20)]
        row = tab_row(tabs, 40, "here")
        assert cell_len(text(row.line)) <= 40
        assert f"file{active}.py" in text(row.line)
        assert row.at(row.places[0][0]) == row.places[0][2] and row.at(39) in (None, row.places[-1][2])


def test_tabs_of_the_same_name_show_their_folder_and_unsaved_ones_a_mark() -> None:
    row = tab_row([Tab("a/x.py", is_dirty=True), Tab("b/x.py", is_active=True)], 60, "here")
    assert text(row.line).split() == ["a/x.py*", "b/x.py"]


# The talk


def set_prose(prose: str, width: int) -> list[Line]:
    return ProseSheet(width).lines(prose)


@given(st.lists(st.sampled_from(["word ", "\n", "\n\n", "```", "```diff\n", "-x", "*** Begin Patch\n", "*** End Patch",
                                 "`a` ", "long " * 9]), max_size=30), st.integers(12, 60))  # fmt: skip
def test_prose_that_grows_is_set_as_if_it_had_come_at_once(pieces: list[str], width: int) -> None:
    growing, prose = ProseSheet(width), ""
    for piece in pieces:
        prose += piece
        assert growing.lines(prose) == set_prose(prose, width)


def test_a_turn_says_what_was_asked_what_was_said_and_what_came_of_it() -> None:
    timing = Timing(0.314, 0.7, 1.5, 400, 1042.4)
    view = turn(prompt="rename\nit", prose="Done.", state=TurnState.REVIEW, timing=timing)
    shown = words(turn_lines(view, Tally(3, 2, pending=1, accepted=2), ProseSheet(80)))
    assert shown.split("\n")[:3] == [" > rename", "   it", "   Done."]
    assert "waiting for your decisions" in shown and "3 edits in 2 files: 2 accepted, 1 open" in shown
    assert "first 0.31s, 1042 tok/s, all 1.5s" in shown


@pytest.mark.parametrize(
    "block",
    [
        "```diff\n-a\n+b\n```",
        "```patch\n@@\n+x\n```",
        "*** Begin Patch\n*** Update File: a\n+x\n*** End Patch",
    ],
)
def test_the_talk_never_shows_a_diff(block: str) -> None:
    shown = words(set_prose(f"Look:\n{block}\nThat was it.", 80))
    assert "of a patch" in shown and "+x" not in shown and "+b" not in shown
    assert "Look:" in shown and "That was it." in shown


def test_quoted_code_is_cut_short_even_while_it_streams() -> None:
    code = "\n".join(f"line {number}" for number in range(50))
    shown = words(set_prose(f"```python\n{code}", 80))
    assert f"{50 - MAX_CODE} lines more" in shown and "line 10" not in shown


@given(st.text(max_size=300), st.integers(10, 120))
def test_prose_of_any_kind_can_be_set(prose: str, width: int) -> None:
    for line in set_prose(prose, width):
        assert inert(text(line)) == text(line)
        assert cell_len(text(line)) <= width + 5


# The status line

STATUS = Status(
    lane="fast", provider="rehearsal (offline)", model="rehearsal", transport="ws", link="ready",
    timing=Timing(0.31, 0.7, None, 400, 1042.0), context_tokens=46_000, context_budget=105_600,
    branch="main", checkpoints=3, turn_state=TurnState.STREAMING,
)  # fmt: skip


def test_the_status_line_says_everything_when_there_is_room() -> None:
    shown = text(status_line(STATUS, 140))
    for word in (
        "fast",
        "rehearsal (offline)",
        "ws",
        "0.31s",
        "1042 tok/s",
        "46k/106k",
        "main",
        "3 checkpoints",
    ):
        assert word in shown, word


@given(st.integers(1, 200), st.text(max_size=80), st.text(max_size=30), st.text(max_size=30))
def test_the_status_line_always_fits(width: int, said: str, branch: str, provider: str) -> None:
    status = replace(STATUS, branch=branch, provider=provider, link="waiting", link_sentence=said)
    for line in (
        status_line(status, width, said),
        status_line(status, width),
        status_line(status, width, "", [("muted", said)]),
    ):
        assert cell_len(text(line)) <= max(width, 20)


def test_a_link_in_trouble_says_so() -> None:
    status = replace(STATUS, link="waiting", link_sentence="connection lost, trying again in 3 s")
    assert "connection lost, trying again in 3 s" in text(status_line(status, 120))


def test_the_meter_can_be_read_without_colour() -> None:
    assert "".join(part for _, part in meter(50_000, 100_000, 10)) == "ctx =====----- 50k/100k"
    assert "too full" in "".join(part for _, part in meter(120_000, 100_000, 10))
    assert [style for style, _ in meter(90_000, 100_000, 10)][-1] == "near"
    assert [tokens(count) for count in (870, 4210, 46_049)] == ["870", "4.2k", "46k"]


def test_hints_fit_and_the_first_stay() -> None:
    pairs = (("a", "accept"), ("r", "reject"), ("F1", "keys"))
    assert text(hints_line(pairs, 22)).split() == ["a", "accept", "r", "reject"]


# Lists


def test_names_are_found_by_letters_best_first() -> None:
    names = ["src/pay/refund.py", "docs/refunds.md", "src/models.py", "reference/fund.py"]
    assert ranked("refund", names, 9)[:2] == ["docs/refunds.md", "src/pay/refund.py"]
    assert ranked("mdl", names, 9) == ["src/models.py"]
    assert ranked("", names, 2) == names[:2] and ranked("zzz", names, 9) == []


@given(st.text(max_size=5), st.lists(st.text(max_size=12), max_size=20))
def test_what_is_found_holds_the_letters_in_order(query: str, names: list[str]) -> None:
    for name in ranked(query, names, 50):
        rest = iter(name.lower())
        assert all(char in rest for char in query.lower().replace(" ", ""))


# Context


def test_the_context_page_says_what_goes_and_what_stays_and_why() -> None:
    active = Piece(PieceKind.ACTIVE, "a.py", {Form.WHOLE: "x"}, 0, reason="pinned")
    big = Piece(PieceKind.FOUND, "huge.py", {Form.WHOLE: "x"}, 5)
    plan = ContextPlan(
        (Chosen(active, 900),),
        (LeftOut(big, 90_000, "does not fit"),),
        Budget(1000, 50),
        False,
        notes=("half",),
    )
    gone = Gone(1, "file copy", "old.py", "a newer copy follows", 4000, 0, "", "")
    rows = context_rows(plan, Wishes().pin("a.py"), (gone,), 80)
    shown = " ".join(words([row.line for row in rows]).split())
    assert "900 whole a.py" in shown and "open file; pinned" in shown
    assert "90k out huge.py" in shown and "does not fit" in shown and "estimated" in shown
    assert "4.0k out old.py a newer copy" in shown and "half" in shown and "* 900" in shown
    assert [row.key for row in rows if row.target] == [("piece", "a.py"), ("piece", "huge.py"), ("gone", "1")]
    assert "Nothing is planned" in words([row.line for row in context_rows(None, Wishes(), (), 80)])


# Where the panes stand


def test_hiding_and_going_keeps_somebody_on_the_screen() -> None:
    it = Arrangement()
    assert it.shown() == ("tree", "editor", "review", "talk")
    it.go("editor")
    it.hide("editor")
    it.hide("tree")
    assert it.shown() == ("review", "talk") and it.current == "review"
    it.resize(80, 24)
    assert it.shown() == ("review",)
    it.go("editor")
    assert it.shown() == ("editor",)
    it.resize(120, 40)
    assert "editor" in it.shown()


# The talk


def test_a_long_prompt_is_folded_with_its_size() -> None:
    short = turn_lines(turn(prompt="one\ntwo"), Tally(), ProseSheet(60))
    assert " > one" in words(short) and "two" in words(short) and "characters in all" not in words(short)
    long = turn_lines(turn(prompt="word\n" * 200_000), Tally(), ProseSheet(60))
    assert len(long) < 20 and "200001 lines, 1,000,000 characters in all" in words(long)
    wide = turn_lines(turn(prompt="x" * 1_000_000), Tally(), ProseSheet(60))
    assert len(wide) < 20 and "1,000,000 characters in all" in words(wide)
