"""A review of 500 files, 5,000 hunks, one of 10,000 lines: what is drawn and kept is what is seen, not all of it."""

import time
from dataclasses import replace

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView, Row
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.widgets.lines import LineView
from spark_tui.ui.widgets.review_view import FIRST_ROWS
from tests.fakes.engine import hunk
from tests.ui.stage import Stage, stage

FILES, EACH = 500, 10


def many() -> list[HunkView]:
    """5,000 hunks, and one of 10,000 lines."""
    hunks = [
        hunk(f"1.{file}.{number}", f"-old {number}", f"+new {number}", path=f"f{file:03}.py", line=number * 9)
        for file in range(FILES)
        for number in range(EACH)
    ]
    long = tuple(Row(RowKind.ADD, f"line {number}") for number in range(10_000))
    hunks[0] = replace(hunks[0], rows=long, added=len(long))
    return hunks


async def opened(it: Stage) -> LineView:
    it.engine.propose(*many())
    await it.settle()
    await it.press("f4")
    it.pass_time(1)
    return it.workspace.query_one(ReviewPane).hunks


async def test_only_what_is_seen_is_painted_and_kept() -> None:
    async with stage() as it:
        view = await opened(it)
        painted: list[int] = []
        paint = view._paint
        view._paint = lambda row, width: painted.append(row) or paint(row, width)  # type: ignore[func-returns-value,method-assign]
        for key in ("pagedown", "pageup", "j", "j", "J", "K", "k"):
            painted.clear()
            await it.press(key)
            assert len(painted) <= 3 * view.size.height, f"{key} painted {len(painted)} rows"
            assert len(view._strips) <= 4 * view.size.height
        assert len(view.lines) < FILES * (EACH + 2) + FIRST_ROWS * 3, (
            "of the long hunk only its beginning is drawn"
        )


async def test_a_row_that_arrives_paints_a_few_rows_whatever_there_is() -> None:
    async with stage() as it:
        view = await opened(it)
        live = hunk("2.1.1", "+one", path="live.py", state=HunkState.STREAMING)
        it.engine.propose(live)
        await it.settle()
        painted: list[int] = []
        paint = view._paint
        view._paint = lambda row, width: painted.append(row) or paint(row, width)  # type: ignore[func-returns-value,method-assign]
        for number in range(20):
            it.engine.propose(
                replace(live, rows=(*live.rows, Row(RowKind.ADD, f"row {number}")), added=2 + number)
            )
            await it.settle()
        assert len(painted) <= 20, "it is not in view: nothing of it is painted"


async def test_walking_through_many_hunks_costs_no_more_than_a_screenful_each() -> None:
    """Steps through a large review against steps through a small one, in processor time of this process."""

    async def cost(hunks: list[HunkView]) -> float:
        async with stage() as it:
            it.engine.propose(*hunks)
            await it.settle()
            await it.press("f4")
            began = time.process_time()
            for _ in range(12):
                await it.press("j")
            return time.process_time() - began

    small, large = await cost(many()[1:40]), await cost(many()[1:])
    print(f"\n12 steps: {small * 1e3:.0f} ms with 39 hunks, {large * 1e3:.0f} ms with 4,999")
    assert large < 12 * small
