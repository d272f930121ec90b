"""Where another spark-tui writes, this one says at every moment that it only looks, also on a small screen."""

from dataclasses import replace

from spark_tui.engine import Status
from spark_tui.ui.widgets.status_rows import status_line
from tests.ui.stage import SMALL, stage

BUSY = "Another spark-tui (process 1234567) works here: end it first."


def text_of(status: Status, said: str = "") -> str:
    line = status_line(status, 80, said)
    return "".join(text for _, text in (*line.parts, *line.right))


def test_the_sentence_fits_a_small_screen_whole() -> None:
    for said in ("", BUSY):
        assert BUSY in text_of(Status(refusal=BUSY), said)
    assert "read-only" in text_of(Status(refusal=BUSY))


def test_other_sentences_do_not_hide_it() -> None:
    shown = text_of(Status(refusal=BUSY), "Nothing to undo.")
    assert "read-only" in shown and "Nothing to undo." in shown
    assert "read-only" not in text_of(Status(), "Nothing to undo.")


async def test_it_is_on_the_screen_all_the_time() -> None:
    async with stage(SMALL) as it:
        it.engine.shown = replace(it.engine.shown, refusal=BUSY)
        await it.press("f2", "f3")
        assert BUSY in it.text("#status")
