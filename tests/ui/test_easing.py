"""A screen to be heard, and a screen that keeps still."""

import asyncio
import re

from textual.geometry import Offset

from spark_tui.engine import ReviewMoved
from spark_tui.ui.bridge import Bridge
from spark_tui.ui.easing import CALM, PERIOD
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import Stage, stage
from tests.ui.test_bridge import Source
from tests.ui.test_pictures import work

DRAWN = re.compile("[─-▟]")
"""Box drawing and blocks, which a screen reader reads out one by one."""


async def panes(it: Stage) -> list[str]:
    await it.settle()
    return [name for name, pane in it.workspace._areas.items() if pane.display]


async def test_a_linear_screen_has_one_pane_and_nothing_that_is_only_drawn() -> None:
    async with stage((160, 40), linear=True) as it:
        await work(it)
        for key, pane in (("f3", "editor"), ("f4", "review"), ("f6", "talk"), ("f2", "tree")):
            if it.here != pane:
                await it.press(key)
            assert await panes(it) == [pane]
            left = DRAWN.findall(it.all_text().replace("┇", "").replace("┃", ""))
            assert left == [], f"{pane}: {left}"
        assert not it.app.screen.query_one(EditorView)._sheet.has_guides
        await it.until(lambda: bool(it.engine.conversation.planned))
        await it.settle()
        assert re.search(r"ctx  ?[\d.]+k?/", it.all_text()), "the meter says numbers and draws nothing"


async def test_the_terminals_cursor_is_on_the_row_where_the_person_is() -> None:
    async with stage((160, 40), linear=True) as it:
        await work(it)
        await it.press("f2", "home")
        view = it.workspace.files.target()
        first = it.app.cursor_position
        assert first == view.content_region.offset
        await it.press("down", "down")
        assert it.app.cursor_position == first + Offset(0, 2)
        await it.press("f4")
        rows = it.text("#review-list").split("\n")
        x, y = it.app.cursor_position
        seen = it.workspace.review.target().content_region
        assert x == seen.x and rows[y - seen.y].startswith("> o"), "the head of the selected hunk"


async def test_the_screen_becomes_linear_and_goes_back_while_it_runs() -> None:
    async with stage((160, 40)) as it:
        await work(it)
        assert len(await panes(it)) == 4
        await it.press("ctrl+p")
        await it.type("linear")
        await it.press("enter")
        assert len(await panes(it)) == 1
        await it.until(lambda: "linear = true" in it.text("#status"))
        it.app.action_ease("linear")
        assert len(await panes(it)) == 4
        assert it.app.screen.query_one(EditorView)._sheet.has_guides


async def test_with_reduced_motion_the_engine_is_looked_at_seldom_until_a_key_comes() -> None:
    async with stage(is_calm=True) as it:
        assert it.app.animation_level == "none"
        period = it.workspace._bridge._period
        it.pass_time(5)
        assert period() == CALM
        await it.press("f4")
        assert period() == PERIOD
        it.pass_time(5)
        assert period() == CALM
        it.app.action_ease("calm")
        assert period() == PERIOD


async def test_a_pulse_that_was_put_off_comes_at_once_when_it_may() -> None:
    source, now = Source(), [1000.0]
    bridge = Bridge(source, lambda message: None, lambda: now[0])
    bridge.start()
    source.emit(ReviewMoved())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bridge.take()
    source.emit(ReviewMoved())
    await asyncio.sleep(0)
    assert bridge.pulses == 1
    now[0] = 0
    source.emit(ReviewMoved())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert bridge.pulses == 2
