"""The mouse does what it was set to do, and nothing else."""

import pytest
from textual import events
from textual.geometry import Offset

from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import stage


@pytest.mark.parametrize(
    ("mouse", "moves", "selects", "scrolls"),
    [
        (("scroll", "click", "select"), True, True, True),
        (("scroll", "click"), True, False, True),
        (("scroll",), False, False, True),
        (("click",), True, False, False),
        ((), False, False, False),
    ],
)
async def test_only_what_is_set(mouse: tuple[str, ...], moves: bool, selects: bool, scrolls: bool) -> None:
    async with stage(mouse=mouse) as it:
        it.engine.workspace.files["a.py"] = b"some words in a line\n" * 200
        await it.engine.workspace.open("a.py")
        await it.settle()
        await it.press("f3")
        view = it.app.screen.query_one(EditorView)
        start = view.region.offset + Offset(12, 3)

        async def send(kind: type[events.MouseEvent], by: int = 0, button: int = 1) -> None:
            x, y = start.x + by, start.y
            it.app.post_message(kind(None, x, y, 0, 0, button, False, False, False, x, y))
            await it.settle()

        await send(events.MouseDown)
        assert (view.caret.line == 3) is moves
        await send(events.MouseMove, 5)
        assert (view.selection is not None) is selects
        await send(events.MouseUp, 5)
        await send(events.MouseScrollDown, button=0)
        assert (view.scroll_offset.y > 0) is scrolls
