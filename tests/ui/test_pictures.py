"""Pictures of the main screens in two themes and three sizes: what they show changes only when somebody looked at it.

`SPARK_PICTURES=1` takes them anew; then look at them before they are committed.
"""

import os
import re
from pathlib import Path

import pytest

from spark_tui.core.diff import GutterKind, GutterMark
from spark_tui.core.review import HunkState
from spark_tui.core.text import Text
from spark_tui.engine import TurnState
from spark_tui.ui.widgets.editor import EditorView
from tests.fakes.engine import hunk, turn
from tests.ui.stage import Stage, stage

FOLDER = Path(__file__).parent / "pictures"
THEMES = ("spark-dark", "spark-light")
SIZES = ((80, 24), (120, 40), (200, 60))
SOURCE = '''"""What a basket costs."""

from decimal import Decimal


def total(items: list[dict[str, str]]) -> Decimal:
    result = Decimal(0)
    for item in items:
        # Prices are texts, so that nothing is lost.
        result += Decimal(item["price"]) * int(item["count"])
    return result


class Basket:
    """Everything that is to be bought."""

    def __init__(self) -> None:
        self.items: list[dict[str, str]] = []
'''


async def work(it: Stage) -> None:
    """A file with a proposed edit in it, and the review beside it."""
    it.engine.list_files(
        "shop/basket.py", "shop/prices.py", "tests/test_basket.py", "README.md", M="shop/basket.py"
    )
    it.engine.workspace.files["shop/basket.py"] = SOURCE.encode()
    it.engine.habits.found = (
        Text.of(SOURCE),
        (GutterMark(6, 8, GutterKind.CHANGED), GutterMark(8, 9, GutterKind.ADDED)),
    )
    await it.engine.workspace.open("shop/basket.py")
    it.engine.conversation.set(
        turn(prompt="sum is enough", prose="`sum` says the same.", state=TurnState.REVIEW)
    )
    it.engine.propose(
        hunk(
            "1.1.1",
            "-    result = Decimal(0)",
            "+    return sum(costs(items), Decimal(0))",
            path="shop/basket.py",
            line=6,
        ),
        hunk(
            "1.2.1",
            "+def test_nothing():",
            "+    assert total([]) == 0",
            path="tests/test_basket.py",
            state=HunkState.STALE,
            line=None,
            note="The file has no place for it.",
        ),
    )
    await it.settle()
    view = it.app.screen.query_one(EditorView)
    await it.until(lambda: view._sheet.index.bar(6)[0] != " " and view._sheet.highlighter.spans(5) != ())
    await it.press("f3")


async def review(it: Stage) -> None:
    """The review has the focus, and the person had the hunk before their eyes for a while."""
    await work(it)
    await it.press("f4")
    await it.until(lambda: it.engine.marks.is_seen(it.engine.decisions.review.hunks["1.1.1"]))


async def start(it: Stage) -> None:
    """Nothing was opened or asked yet."""
    it.engine.list_files("shop/basket.py", "README.md")
    await it.settle()


SCREENS = {"work": work, "review": review, "start": start}


def calm(picture: str) -> str:
    """Return a picture without what differs from one program run to the next."""
    return re.sub(r"terminal-\d+", "terminal", picture)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_looks_as_it_did(name: str, theme: str, size: tuple[int, int]) -> None:
    async with stage(size, theme=theme) as it:
        await SCREENS[name](it)
        it.workspace.bottom.say("")
        # The context is planned when nothing was typed for a moment; the meter shows it.
        await it.until(lambda: bool(it.engine.conversation.planned))
        await it.settle()
        picture = calm(it.app.export_screenshot(title="spark-tui"))
    file = FOLDER / f"{name}-{theme}-{size[0]}x{size[1]}.svg"
    if os.environ.get("SPARK_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(picture)
    assert file.read_text() == picture, (
        f"{file.name} looks different: SPARK_PICTURES=1 takes it anew, then look at it"
    )
