"""The screen comes back as it was left, and tells how it is left."""

import pytest

from spark_tui.core.layout import Layout, Spot, written
from spark_tui.core.text import Position
from spark_tui.ui.panes.editor_half import EditorHalf
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import SMALL, WIDE, Stage, stage

TEXT = b"".join(b"line %d\n" % number for number in range(300))
LEFT = Layout(
    tabs=("src/a.py", "b.py"),
    active="src/a.py",
    other="b.py",
    spots={"src/a.py": Spot(120, 3, 110), "b.py": Spot(40, 0, 30)},
    folders=("src",),
    hidden=("talk",),
)


async def come_back(it: Stage) -> None:
    it.engine.workspace.files.update({"src/a.py": TEXT, "b.py": TEXT})
    it.engine.list_files("src/a.py", "b.py")
    await it.settle()
    it.engine.layouts.value = written(LEFT)
    await it.engine.navigation.keeping.restore()
    await it.settle()


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_tabs_places_halves_folders_and_panes_come_back(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await come_back(it)
        await it.press("f3")
        assert [half.path for half in it.workspace.query(EditorHalf)] == ["src/a.py", "b.py"]
        first, second = it.workspace.query(EditorView)
        assert (first.caret, second.caret) == (Position(120, 3), Position(40, 0))
        assert first.scroll_offset.y == 110 and second.scroll_offset.y == 30
        assert it.workspace.files.open_folders == ("src",)
        sight = it.engine.navigation.keeping.look()
        assert (sight.other, sight.folders, sight.hidden) == ("b.py", ("src",), ("talk",))
        assert sight.spots == LEFT.spots
        if size == WIDE:
            assert not it.workspace.query_one("#talk").display and "a.py" in it.text("#tree-view")


async def test_what_the_person_did_last_is_what_is_kept() -> None:
    async with stage() as it:
        await come_back(it)
        await it.press("f3", "down", "down", "alt+v")
        await it.settle()
        sight = it.engine.navigation.keeping.look()
        assert sight.spots["src/a.py"].line == 122 and sight.other == ""


async def test_places_outlive_the_screen() -> None:
    async with stage() as it:
        await come_back(it)
        keeping = it.engine.navigation.keeping
    assert keeping.look().spots == LEFT.spots
