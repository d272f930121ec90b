"""Two halves of the editor, and a terminal that is too small for anything."""

import pytest

from spark_tui.core.text import Position
from spark_tui.ui.panes.editor_half import EditorHalf
from spark_tui.ui.screens.too_small import TooSmallScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.tab_row import Tab, tab_row
from tests.ui.stage import SMALL, WIDE, Stage, stage

TEXT = b"".join(b"line %d\n" % number for number in range(100))


async def opened(it: Stage) -> None:
    it.engine.workspace.files.update({"a.py": TEXT, "b.py": b"other\n"})
    await it.engine.workspace.open("b.py")
    await it.engine.workspace.open("a.py")
    await it.settle()
    await it.press("f3")


def halves(it: Stage) -> list[str]:
    return [half.path for half in it.workspace.query(EditorHalf)]


@pytest.mark.parametrize("size", [WIDE, SMALL, (300, 100)])
async def test_one_buffer_in_two_halves_and_two_files(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await opened(it)
        await it.press("alt+v")
        await it.settle()
        assert halves(it) == ["a.py", "a.py"]
        await it.press("f5")
        await it.type("new ")
        first, second = it.workspace.query(EditorView)
        assert first._sheet.text.line(0) == second._sheet.text.line(0) == "new line 0"
        assert second.has_focus and second.caret == Position(0, 4) and first.caret.line == 0
        await it.press("ctrl+pagedown")
        await it.settle()
        assert halves(it) == ["a.py", "b.py"] and it.engine.workspace.active == "b.py"
        await it.press("f3")
        assert first.has_focus and it.engine.workspace.active == "a.py"
        await it.press("f5")
        assert second.has_focus and it.engine.workspace.active == "b.py"
        shown = it.all_text()
        assert "line 5" in shown and "other" in shown


async def test_joining_keeps_the_half_where_the_person_is() -> None:
    async with stage() as it:
        await opened(it)
        await it.press("alt+v", "f5", "ctrl+pagedown")
        await it.press("alt+v")
        await it.settle()
        assert halves(it) == ["b.py"] and it.engine.workspace.active == "b.py"
        assert it.workspace.query_one(EditorView).has_focus
        await it.press("alt+v")
        await it.settle()
        assert halves(it) == ["b.py", "b.py"]


async def test_a_file_that_is_closed_leaves_both_halves() -> None:
    async with stage() as it:
        await opened(it)
        await it.press("alt+v")
        await it.press("alt+w")
        await it.settle()
        assert halves(it) == ["b.py", "b.py"]
        await it.press("alt+w")
        await it.settle()
        assert "No file is open" in it.all_text()


async def test_what_can_not_be_split_is_one_sentence() -> None:
    async with stage((36, 20)) as it:
        await it.press("alt+v")
        assert "No file is open" in it.text("#status")
        await opened(it)
        await it.press("alt+v")
        await it.settle()
        assert halves(it) == ["a.py"] and "40 columns" in it.text("#status")
        await it.press("f5")
        assert "one half only" in it.text("#status")


@pytest.mark.parametrize("size", [(25, 6), (29, 40), (200, 7), (10, 3)])
async def test_a_terminal_that_is_too_small_shows_one_sentence_and_loses_nothing(
    size: tuple[int, int],
) -> None:
    async with stage() as it:
        await opened(it)
        await it.press("f7")
        await it.type("half a thought")
        await it.pilot.resize_terminal(*size)
        await it.settle()
        assert it.shows(TooSmallScreen)
        words = " ".join(it.all_text().split())
        assert f"{size[0]}x{size[1]}" in words and "30x8" in words.replace("\n", " ")
        await it.press("x")
        await it.pilot.resize_terminal(100, 30)
        await it.settle()
        assert it.shows(WorkspaceScreen) and it.workspace.prompt.input.text == "half a thought"
        assert it.here == "prompt"


async def test_it_can_begin_too_small() -> None:
    async with stage((25, 6)) as it:
        assert it.shows(TooSmallScreen)
        await it.pilot.resize_terminal(80, 24)
        await it.settle()
        assert it.shows(WorkspaceScreen)


async def test_tabs_are_moved_listed_closed_and_opened_again() -> None:
    async with stage() as it:
        for name in ("a.py", "b.py", "c.py"):
            it.engine.workspace.files[name] = b"x\n"
            await it.engine.workspace.open(name)
        await it.settle()
        space = it.engine.workspace

        async def run(words: str) -> None:
            await it.press("ctrl+p")
            await it.type(words)
            await it.press("enter")
            await it.settle()

        await run("move tab left")
        assert list(space.tabs) == ["a.py", "c.py", "b.py"]
        await it.press("alt+e", "enter")
        assert space.active == "b.py"
        await it.press("alt+e")
        await it.type("a.py")
        await it.press("enter")
        assert space.active == "a.py"
        await run("close other")
        assert list(space.tabs) == ["a.py"]
        await run("reopen")
        assert space.active == "b.py"


def test_tabs_that_do_not_fit_are_counted_and_the_active_one_is_in_sight() -> None:
    tabs = [Tab(f"module_{number}.py", is_active=number == 9) for number in range(20)]
    row = tab_row(tabs, 80, "here")
    text = "".join(part for _, part in row.line.parts)
    assert "module_9.py" in text and len(text) <= 80
    first = int(text[1])
    shown = len(row.places)
    assert text.startswith(f"<{first}") and text.endswith(f"{20 - first - shown}>")
