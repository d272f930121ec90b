from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView
from spark_tui.ui.widgets.editor_rows import HEADER, TAIL, Ghost, LineMark, Part, Plans, RowMap
from tests.ui.editor_stage import hunk

Row = int | tuple[str, int]


def shown(rows: RowMap) -> list[Row]:
    items = [rows.at(row) for row in range(rows.row_count)]
    return [item.key if isinstance(item, Ghost) else item for item in items if not isinstance(item, Part)]


def test_without_hunks_rows_are_lines() -> None:
    assert shown(RowMap((), 3, Plans())) == [0, 1, 2]


def test_added_rows_stand_behind_the_lines_they_follow() -> None:
    rows = RowMap((hunk(1, " b", "-c", "+C", "+D", " d"),), 5, Plans())
    assert shown(rows) == [0, 1, ("1.1.1", HEADER), 2, ("1.1.1", 2), ("1.1.1", 3), 3, 4]
    assert [rows.mark(line) for line in range(5)] == [LineMark.NONE] * 2 + [LineMark.REMOVED] + [
        LineMark.NONE
    ] * 2


def test_rows_after_the_last_line() -> None:
    rows = RowMap((hunk(2, "+x", tail="+y"),), 2, Plans())
    assert shown(rows) == [0, 1, ("1.1.1", HEADER), ("1.1.1", 0), ("1.1.1", TAIL)]
    assert [rows.line_near(row) for row in range(5)] == [0, 1, 1, 1, 1]


def test_a_conflict_marks_no_line_of_the_text() -> None:
    rows = RowMap((hunk(0, " a", "-b", "+B", state=HunkState.CONFLICTED),), 3, Plans())
    assert shown(rows) == [("1.1.1", HEADER), ("1.1.1", 1), ("1.1.1", 2), 0, 1, 2]
    assert rows.mark(1) is LineMark.NONE


def test_a_hunk_without_a_place_is_not_shown() -> None:
    assert shown(RowMap((hunk(None, "+a"),), 2, Plans())) == [0, 1]


def test_two_hunks_at_one_place_keep_their_order() -> None:
    rows = RowMap((hunk(1, "+a", id="1"), hunk(1, "+b", id="2")), 2, Plans())
    assert shown(rows) == [0, ("1", HEADER), ("1", 0), ("2", HEADER), ("2", 0), 1]
    ghost = rows.at(3)
    assert isinstance(ghost, Ghost)
    assert (ghost.ordinal, ghost.total) == (2, 2)


def test_a_plan_is_made_once_until_the_rows_change() -> None:
    plans = Plans()
    one = hunk(1, "+a")
    first = plans.of(one)
    assert plans.of(replace(one, line=9, revision=2)) is first
    assert plans.of(hunk(1, "+a", "+b")) is not first
    plans.keep(())
    assert plans.of(one) is not first


@st.composite
def pending(draw: st.DrawFn) -> tuple[tuple[HunkView, ...], int]:
    hunks: list[HunkView] = []
    line = 0
    for number in range(draw(st.integers(0, 4))):
        line += draw(st.integers(0, 4))
        rows = draw(st.lists(st.sampled_from([" x", "-x", "+x"]), max_size=6))
        tail = draw(st.sampled_from([None, "+tail"]))
        hunks.append(hunk(line, *rows, id=str(number), tail=tail))
        line += sum(row[0] != "+" for row in rows)
    return tuple(hunks), line + draw(st.integers(1, 5))


def naive(hunks: tuple[HunkView, ...], line_count: int) -> list[Row]:
    """Walk the hunks row by row, as a person would read them."""
    out: list[Row] = []
    line = 0
    for each in hunks:
        assert each.line is not None
        out += range(line, each.line)
        line = each.line
        has_header = False
        for index, row in enumerate(each.rows):
            if row.kind is not RowKind.CONTEXT and not has_header:
                out.append((each.id, HEADER))
                has_header = True
            if row.kind is RowKind.ADD:
                out.append((each.id, index))
            else:
                out.append(line)
                line += 1
        out += [] if has_header else [(each.id, HEADER)]
        out += [(each.id, TAIL)] if each.tail is not None else []
    return [*out, *range(line, line_count)]


@given(pending())
def test_rows_are_those_of_a_walk(case: tuple[tuple[HunkView, ...], int]) -> None:
    hunks, line_count = case
    rows = RowMap(hunks, line_count, Plans())
    expected = naive(hunks, line_count)
    assert shown(rows) == expected
    for row, item in enumerate(expected):
        if isinstance(item, int):
            assert rows.row_of(item) == row
            assert rows.line_near(row) == item
        else:
            assert rows.row_of_ghost(item) == row
    assert rows.row_of_ghost(("none", 0)) is None
