"""The figures: which of them the status line has room for, and the page that lists the last turns."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from spark_tui.core.wire import Limit, Usage
from spark_tui.core.wire.refusals import span
from spark_tui.engine import LinkFigures, LinkPhase, LinkState, Status, Timing, TurnState, Way
from spark_tui.ui.screens.latency import LATENCY
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.widgets.lines import Line
from spark_tui.ui.widgets.status_rows import queue_lines, status_line
from tests.fakes.engine import turn
from tests.ui.stage import SMALL, stage

BUSY = Status(
    lane="fast", provider="openai", model="gpt-5.3-codex-spark", transport="ws", link="streaming",
    timing=Timing(0.31, 0.52, None, 400, 1042.0), context_tokens=46_000, context_budget=105_600,
    branch="a-branch-with-quite-a-name", checkpoints=12, turn_state=TurnState.STREAMING, queued=2,
    cached_tokens=40_000, retries=1,
)  # fmt: skip


def text(line: Line) -> str:
    return "".join(part for _, part in (*line.parts, *line.right))


def test_the_figures_of_the_moment_have_room_on_a_small_screen() -> None:
    shown = text(status_line(BUSY, 80))
    assert cell_len(shown) <= 80
    for word in ("gpt-5.3-codex-spark", "ws", "1042 tok/s", "first 0.31s", "2 queued"):
        assert word in shown, shown
    wide = text(status_line(BUSY, 200))
    for word in (
        "openai",
        "edit 0.52s",
        "cached 40k",
        "asked again 1",
        "ctx 46k/106k",
        "12 checkpoints",
        "a-branch",
    ):
        assert word in wide, wide


def test_no_speed_is_told_where_there_is_none() -> None:
    assert "tok/s" not in text(status_line(replace(BUSY, timing=Timing(0.1, None, 0.2, 3, 0.0)), 200))


def test_what_the_server_makes_us_wait_for_counts_down() -> None:
    waiting = replace(
        BUSY, link="waiting", link_sentence="spark is overloaded; asking again", retry_at=1012.0
    )
    assert "spark is overloaded; asking again in 12 s" in text(status_line(waiting, 80, now=1000.0))
    assert "asking again in 0 s" in text(status_line(waiting, 80, now=1100.0))
    told = text(status_line(waiting, 80, "index: not ready", now=1000.0))
    assert "asking again in 12 s" in told and "index" in told and cell_len(told) <= 80
    sentence = "spark has put the request into its queue at place 3"
    queued = replace(BUSY, link_sentence=sentence, queued_at=988.0)
    assert "queue at place 3, for 12 s so far" in text(status_line(queued, 80, now=1000.0))
    assert "91% of quota" in text(status_line(replace(BUSY, limits=(Limit("primary", 91.0),)), 80))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.31, "0.3 s"), (12.4, "12 s"), (300, "5 min"), (7500, "2 h 5 min"), (18_000, "5 h"), (2e6, "23 days")],
)
def test_times_to_wait_can_be_read(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_very_short_times_are_not_nothing() -> None:
    shown = text(status_line(replace(BUSY, timing=Timing(0.0042, 0.0951, None, 400, 1042.0)), 200))
    assert "first 4ms" in shown and "edit 95ms" in shown


def test_many_prompts_that_wait_are_counted() -> None:
    lines = queue_lines([f"prompt {number}\nand more" for number in range(9)], 40)
    assert len(lines) == 5 and "and 5 more" in text(lines[-1]) and "prompt 0 and more" in text(lines[0])


async def test_the_page_lists_lanes_and_turns_with_what_was_measured() -> None:
    async with stage(SMALL) as it:
        it.engine.links["fast"] = LinkState(
            LinkPhase.READY, "openai", "ws", "gpt-5.3-codex-spark", "", None, LinkFigures(0.123, 0.456),
            limits=(Limit("primary", 91.0, 300),),
        )  # fmt: skip
        it.engine.conversation.set(
            turn(
                "t1", "rename \x1b[31mn to total", state=TurnState.DONE, timing=Timing(0.31, 0.52, 2.1, 412, 1042.0),
                usage=Usage(4200, 3900, 412, 0, 4612),
                way=Way("ws", "gpt-5.3-codex-spark", 0.123, 0.456, True, 2, 4.2),
            ),
            turn("t2", "say yes", state=TurnState.DONE, timing=Timing(0.1, None, 0.2, 3, 0.0)),
        )  # fmt: skip
        await it.press("alt+l")
        assert it.shows(PageScreen) and it.app.screen.id == LATENCY
        shown = it.text("#page-view")
        for word in (
            "openai gpt-5.3-codex-spark ws", "connect 0.12s, warm-up 0.46s", "91% of the primary quota of 5 h",
            "warm already (connect 0.12s, warm-up 0.46s)", "first word 0.31s, first edit 0.52s, 1042 tok/s",
            "412 out, 4.2k in, 3.9k of it cached", "asked again 2 times, waited 4 s for the server", "done 2.1s",
        ):  # fmt: skip
            assert word in shown, shown
        assert "\x1b" not in shown and shown.index("say yes") < shown.index("rename")
        assert "0 tok/s" not in shown.replace("1042 tok/s", "")
        it.engine.conversation.set(turn("t3", "another", state=TurnState.STREAMING))
        await it.until(lambda: "another" in it.text("#page-view"))
        await it.press("escape")
        assert not it.shows(PageScreen)


async def test_the_best_way_can_be_tried_again_from_the_palette() -> None:
    async with stage() as it:
        await it.press("ctrl+p")
        await it.type("retry web")
        await it.press("enter")
        await it.until(lambda: it.engine.conversation.link.retried == 1)
        it.engine.conversation.is_busy = True
        await it.press("ctrl+p")
        await it.type("retry web")
        await it.press("enter")
        assert "Esc stops it" in it.text("#status") and it.engine.conversation.link.retried == 1


async def test_time_is_looked_at_only_while_something_counts_down() -> None:
    async with stage() as it:
        bottom = it.workspace.bottom

        def is_ticking() -> bool:
            return bottom._ticking is not None

        assert not is_ticking()
        it.engine.shown = replace(it.engine.shown, link="waiting", link_sentence="busy", retry_at=2e9)
        bottom.draw()
        assert is_ticking()
        it.engine.shown = replace(it.engine.shown, link="ready", link_sentence="", retry_at=None)
        bottom.draw()
        assert not is_ticking()
