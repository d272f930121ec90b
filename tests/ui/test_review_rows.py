"""The review as lines: states in words, rows in three views, what is drawn once and what is drawn again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from spark_tui.core.diff import intraline
from spark_tui.core.display import inert
from spark_tui.core.review import FileView, HunkState, HunkView
from spark_tui.ui.widgets.cells import quoted, visible
from spark_tui.ui.widgets.lines import Line
from spark_tui.ui.widgets.review_body import BodyLook, View, _joined
from spark_tui.ui.widgets.review_filter import ReviewFilter
from spark_tui.ui.widgets.review_rows import Extra, ReviewLook, ReviewSheet, SheetMaker, sheet
from tests.fakes.engine import FakeReview, hunk

VIEWS = st.sampled_from(list(View))


def text(line: Line) -> str:
    return "".join(part for _, part in (*line.parts, *line.right))


def shown(drawn: ReviewSheet) -> list[str]:
    return [text(line).rstrip() for line in drawn.lines]


def files(*hunks: HunkView) -> tuple[FileView, ...]:
    review = FakeReview()
    review.put(*hunks)
    return review.files()


def look(width: int, selected: str | None = "1.1.1", **body: object) -> ReviewLook:
    return ReviewLook(BodyLook(width, **body), selected)  # type: ignore[arg-type]


def test_every_state_is_said_in_words() -> None:
    hunks = [hunk(f"1.1.{number}", "+x", state=state, candidates=2) for number, state in enumerate(HunkState)]
    words = " ".join(shown(sheet(files(*hunks), look(80, None))))
    for word in ("arriving", "proposed", "fits 2 places", "no place found", "accepted", "rejected", "conflict",
                 "stale", "refused"):  # fmt: skip
        assert word in words, word


def test_what_else_is_known_is_said_in_words() -> None:
    one = files(hunk("1.1.1", "-x", "+y"))
    extra = Extra(is_deferred=True, version="2/3", notes=((1, "why\ntwo?"), (-1, "all of it?")))
    drawn = shown(sheet(one, look(80), {"1.1.1": extra}))
    assert "put off" in drawn[1] and "version 2/3, 2 comments" in drawn[1]
    assert [line.strip() for line in drawn[2:]] == ["# all of it?", "1 - x", "+ y", "# why two?"]


def test_rows_carry_numbers_signs_and_visible_ends() -> None:
    drawn = sheet(files(hunk("1.1.1", " one", "-two", "+two  ", "+\tthree", " four", line=9)), look(60))
    lines = ["  10   one", "  11 - two", "     + two··", "     +     three", "  12   four"]
    assert shown(drawn)[2:] == lines
    assert drawn.spans["1.1.1"] == (1, 7) and drawn.owners[3] == "1.1.1" and drawn.owners[0] == ""
    assert drawn.rows == {2: (0,), 3: (1,), 4: (2,), 5: (3,), 6: (4,)}


def test_side_by_side_pairs_what_was_with_what_comes() -> None:
    one = files(hunk("1.1.1", " a", "-b", "-c", "+B", " d", "+e", line=0))
    drawn = sheet(one, look(100, view=View.SPLIT))
    sides = [[side.strip() for side in line.split("│")] for line in shown(drawn)[2:]]
    assert sides == [["1   a", "1   a"], ["2 - b", "+ B"], ["3 - c", ""], ["4   d", "4   d"], ["", "+ e"]]
    assert [drawn.rows[at] for at in range(2, 7)] == [(0,), (1, 3), (2,), (4,), (5,)]
    assert shown(sheet(one, look(60, view=View.SPLIT))) == shown(sheet(one, look(60)))


def test_both_versions_in_one_line_can_be_read_without_colour() -> None:
    drawn = sheet(
        files(hunk("1.1.1", "-    return one(x)", "+    return two(x)", line=6)), look(80, view=View.INLINE)
    )
    assert shown(drawn)[2:] == ["  7 ~     return [-one-]{+two+}(x)"]
    assert drawn.rows == {2: (0, 1)}


@given(st.text(alphabet="ab (.", max_size=20), st.text(alphabet="ab (.", max_size=20))
def test_a_joined_line_holds_both_versions(old: str, new: str) -> None:
    parts = _joined(old, new)
    if parts is None:
        assert intraline(old, new) is None
        return
    before = "".join(
        text[2:-2] if style == "removed-word" else text for style, text in parts if style != "added-word"
    )
    after = "".join(
        text[2:-2] if style == "added-word" else text for style, text in parts if style != "removed-word"
    )
    assert (before, after) == (old, new)


def test_blanks_and_tabs_can_be_shown_and_lines_cut() -> None:
    one = files(hunk("1.1.1", "+\tx = 1", f"+{'y' * 90}"))
    assert shown(sheet(one, look(60, whitespace=True)))[2] == "    + →   x·=·1"
    assert len(sheet(one, look(60)).lines) == 5
    cut = shown(sheet(one, look(60, wrap=False)))
    assert len(cut) == 4 and cut[3].endswith("…") and cell_len(cut[3]) <= 60


@given(st.text(alphabet="\t ab\u200b", max_size=20))
def test_shown_blanks_keep_every_column(line: str) -> None:
    assert len(visible(line)) == len(quoted(line))


@given(
    st.lists(st.tuples(st.sampled_from(" +-"), st.text(max_size=80)), max_size=12),
    st.integers(30, 120),
    VIEWS,
    st.booleans(),
    st.booleans(),
)
def test_any_hunk_can_be_drawn_at_any_width(
    lines: list[tuple[str, str]], width: int, view: View, wrap: bool, whitespace: bool
) -> None:
    one = files(hunk("1.1.1", *(sign + rest.replace("\n", " ") for sign, rest in lines)))
    drawn = sheet(one, replace(look(width, view=view, wrap=wrap, whitespace=whitespace), why=True))
    for line in drawn.lines:
        assert inert(text(line)) == text(line)
        assert cell_len(text(line)) <= width + 2
    assert {row for rows in drawn.rows.values() for row in rows} == set(range(len(lines)))


def test_a_long_hunk_shows_its_newest_rows_while_it_streams() -> None:
    old, new = (f"-old {number}" for number in range(1000)), (f"+new {number}" for number in range(1000))
    long = hunk("1.1.1", *old, *new)
    drawn = sheet(files(replace(long, state=HunkState.STREAMING)), look(60))
    assert len(drawn.lines) < 220
    assert "lines before" in text(drawn.lines[2]) and "new 999" in text(drawn.lines[-1])
    first = sheet(files(long), replace(look(60), limit=400))
    assert len(first.lines) < 410 and "1600 more lines" in text(first.lines[-1])
    assert len(sheet(files(long), replace(look(60), limit=2000)).lines) > 2000


def test_files_that_are_the_same_are_drawn_once() -> None:
    asked: list[str] = []
    known: dict[str, Extra] = {}
    stamp = [0]

    def extra(hunk: HunkView) -> Extra:
        asked.append(hunk.id)
        return known.get(hunk.id, Extra())

    maker = SheetMaker(extra, lambda: stamp[0])
    both = files(hunk("1.1.1", "+x"), hunk("1.2.1", "+y", path="b.py"))
    first = maker.sheet(both, look(60, None))
    again = maker.sheet(both, look(60, None))
    assert asked == ["1.1.1", "1.2.1"] and all(
        one is two for one, two in zip(first.lines, again.lines, strict=True)
    )
    known["1.2.1"], stamp[0] = Extra(is_deferred=True), 1
    third = maker.sheet(both, look(60, None))
    assert third.lines[0] is first.lines[0] and "put off" in text(third.lines[-1])


def test_a_hunk_that_arrives_costs_the_others_nothing() -> None:
    asked: list[str] = []
    maker = SheetMaker(lambda hunk: asked.append(hunk.id) or Extra(), lambda: 0)  # type: ignore[func-returns-value]
    many = [hunk(f"1.1.{number}", f"+line {number}") for number in range(1, 40)]
    first = maker.sheet(files(*many), look(60))
    asked.clear()
    live = hunk("1.1.40", "+coming", state=HunkState.STREAMING)
    more = maker.sheet(files(*many, live), look(60))
    assert asked == ["1.1.40"] and len(more.lines) == len(first.lines) + 1
    assert all(one is two for one, two in zip(first.lines[1:], more.lines[1:], strict=False))
    other = maker.sheet(files(*many[:-1], replace(many[-1], note="moved"), live), look(60, "1.1.2"))
    assert asked == ["1.1.40", "1.1.39"]
    assert [text(line)[0] for line in other.lines[1:4]] == [" ", ">", " "]


def test_rows_that_are_the_same_are_drawn_once() -> None:
    maker = SheetMaker()
    long = hunk("1.1.1", *(f"+line {number}" for number in range(120)), state=HunkState.STREAMING)
    first = maker.sheet(files(long), look(60))
    more = maker.sheet(files(replace(long, rows=(*long.rows, *hunk("x", "+more").rows))), look(60))
    assert all(one is two for one, two in zip(first.lines[2:102], more.lines[2:102], strict=True))


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("", ["1.1.1", "1.1.2", "1.2.1"]),
        ("b.py", ["1.2.1"]),
        ("stale", ["1.1.2"]),
        ("open", ["1.1.1", "1.2.1"]),
        ("new a.py", ["1.1.1"]),
        ("seen", ["1.2.1"]),
        ("later", ["1.2.1"]),
        ("comment", ["1.1.1"]),
        ("PROPOSED", ["1.1.1", "1.2.1"]),
        ("zzz", []),
    ],
)
def test_the_filter_knows_paths_states_and_marks(words: str, ids: Sequence[str]) -> None:
    known = {"1.1.1": Extra(notes=((0, "why"),)), "1.2.1": Extra(is_seen=True, is_deferred=True)}
    all_files = files(
        hunk("1.1.1", "+x"), hunk("1.1.2", "+x", state=HunkState.STALE), hunk("1.2.1", "+y", path="b.py")
    )
    chosen = ReviewFilter(lambda hunk: known.get(hunk.id, Extra()))
    chosen.use(words)
    found = chosen.apply(all_files, None)
    assert [hunk.id for file in found for hunk in file.hunks] == list(ids)
    again = chosen.apply(all_files, None)
    assert all(one is two for one, two in zip(found, again, strict=True))


def test_the_filter_keeps_what_is_looked_at() -> None:
    chosen = ReviewFilter(lambda hunk: Extra())
    chosen.use("stale")
    found = chosen.apply(files(hunk("1.1.1", "+x")), "1.1.1")
    assert [hunk.id for file in found for hunk in file.hunks] == ["1.1.1"]
