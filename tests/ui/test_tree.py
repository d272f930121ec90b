"""The tree of files: opening, following, marks, and what can be done with files in it."""

import pytest
from textual.widgets import Input

from spark_tui.core.text import Position, Span
from spark_tui.engine import TreeMoved
from spark_tui.engine.filing import Holding
from spark_tui.ports import Entry, Listing
from spark_tui.ui.screens.confirm import ConfirmScreen
from spark_tui.ui.screens.naming import NameScreen
from spark_tui.ui.screens.picker import PickerScreen
from spark_tui.ui.screens.unsaved import UnsavedScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.lines import plain
from spark_tui.ui.widgets.long_view import LazyLines, LongView
from tests.ui.stage import SMALL, WIDE, Stage, stage


async def shop(it: Stage) -> None:
    it.engine.list_files("src/a.py", "src/deep/b.py", "top.txt", "gone.py", D="gone.py")
    await it.settle()
    await it.press("f2")


async def name(it: Stage, path: str) -> None:
    """Type a path into the box, over what is there."""
    box = it.app.screen.query_one(Input)
    box.value = path
    await it.settle()


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_a_file_is_made_beside_the_marked_one(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await shop(it)
        await it.press("n")
        assert it.shows(NameScreen) and it.app.screen.query_one(Input).value == "src/"
        await it.type("new.py")
        assert "Makes the file src/new.py" in it.words("#name-view")
        await it.press("enter")
        await it.settle()
        assert it.engine.filing.told == [("create", "src/new.py")]
        assert "told: create src/new.py" in it.all_text()
        it.engine.list_files("src/a.py", "src/new.py")
        await it.settle()
        assert "new.py" in it.text("#tree-view")


@pytest.mark.parametrize(
    ("key", "path", "sentence"),
    [
        ("n", "top.txt", "there already"),
        ("n", "src", "there already"),
        ("n", "", "Type a path"),
        ("n", "../x", "leads out"),
        ("n", "~/x.py", "home folder"),
        ("r", "src", "where it is"),
        ("r", "src/in/it", "into itself"),
        ("r", "top.txt", "there already"),
        ("c", "/etc/x", "absolute"),
    ],
)
async def test_what_can_not_be_is_said_while_one_types(key: str, path: str, sentence: str) -> None:
    async with stage() as it:
        await shop(it)
        await it.press(key)
        await name(it, path)
        assert sentence in it.words("#name-view")
        await it.press("enter")
        assert it.shows(NameScreen) and it.engine.filing.told == []
        await it.press("escape")
        assert it.shows(WorkspaceScreen)


async def test_a_folder_is_made_with_a_slash() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("n")
        await name(it, "docs/")
        assert "Makes the folder docs" in it.words("#name-view")
        await it.press("enter")
        await it.settle()
        assert it.engine.filing.told == [("create", "docs/")]


async def test_renaming_begins_before_the_ending_and_a_folder_takes_files_in() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("end", "r")
        box = it.app.screen.query_one(Input)
        assert box.value == "top.txt" and box.cursor_position == 3
        await name(it, "src")
        assert "Moves it to src/top.txt" in it.words("#name-view")
        await it.press("enter")
        await it.settle()
        assert it.engine.filing.told == [("move", "top.txt", "src/top.txt")]


async def test_a_copy_gets_a_name_of_its_own_and_asks_about_unsaved_text() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("end", "c", "enter")
        await it.settle()
        assert it.engine.filing.told == [("duplicate", "top.txt", "top_copy.txt")]
        it.engine.filing.holding["top.txt"] = Holding("top.txt", ("top.txt",), False, ("top.txt",))
        await it.engine.workspace.open("top.txt")
        await it.press("end", "c", "enter")
        assert it.shows(UnsavedScreen)
        await it.press("s")
        await it.settle()
        assert it.engine.workspace.saved == ["top.txt"]
        assert it.engine.filing.told[1:] == [("duplicate", "top.txt", "top_copy.txt")]


async def test_deleting_asks_first_and_names_what_goes() -> None:
    async with stage() as it:
        await shop(it)
        it.engine.filing.holding["src"] = Holding("src", ("src/a.py", "src/.env"), True, (), 3)
        await it.press("d")
        assert it.shows(ConfirmScreen)
        shown = it.words("#confirm-view")
        assert "Delete the folder src?" in shown and "src/.env" in shown and "3 proposed edits" in shown
        await it.press("enter")
        assert it.engine.filing.told == []
        await it.press("d", "y")
        await it.settle()
        assert it.engine.filing.told == [("delete", "src")]


async def test_unsaved_text_is_asked_about_before_a_file_goes() -> None:
    async with stage() as it:
        await shop(it)
        it.engine.filing.holding["top.txt"] = Holding("top.txt", ("top.txt",), False, ("top.txt",))
        await it.press("end", "d")
        assert it.shows(UnsavedScreen)
        await it.press("d")
        assert it.shows(ConfirmScreen)
        await it.press("y")
        await it.settle()
        assert it.engine.filing.told == [("delete", "top.txt")]


async def test_steps_go_back_and_forth_and_a_refusal_is_a_sentence() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("u", "U")
        assert it.engine.filing.told == [("undo",), ("redo",)]
        it.engine.filing.fault = "the disk is full"
        await it.press("u")
        await it.settle()
        assert "the disk is full" in it.text("#status")


async def test_a_deleted_file_can_only_be_looked_at() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("j", "r")
        assert "deleted already" in it.text("#status") and it.shows(WorkspaceScreen)
        await it.press("enter")
        assert "nothing to open" in it.text("#status")


async def test_the_tree_follows_the_file_in_front_unless_the_person_is_in_it() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("f7")
        it.engine.workspace.files["src/deep/b.py"] = b"x\n"
        await it.engine.workspace.open("src/deep/b.py")
        await it.settle()
        assert "b.py" in it.text("#tree-view")
        view = it.workspace.query_one(LongView)
        assert view.cursor == 2
        await it.press("f2", "home", "z")
        assert "b.py" not in it.text("#tree-view") and view.cursor == 0
        await it.engine.workspace.open("top.txt")
        await it.settle()
        assert view.cursor == 0
        await it.press("f")
        assert view.cursor == 2


async def test_a_click_opens_a_folder_and_a_file() -> None:
    async with stage() as it:
        await shop(it)
        await it.pilot.click("#tree-view", offset=(4, 0))
        await it.settle()
        assert "a.py" in it.text("#tree-view")
        await it.pilot.click("#tree-view", offset=(6, 2))
        await it.until(lambda: it.engine.workspace.active == "src/a.py")


async def test_the_right_button_offers_what_can_be_done() -> None:
    async with stage() as it:
        await shop(it)
        await it.pilot.click("#tree-view", offset=(4, 2), button=3)
        await it.settle()
        assert it.shows(PickerScreen) and "Delete file" in it.all_text()
        await it.type("copy")
        await it.press("enter")
        assert it.shows(NameScreen) and it.app.screen.query_one(Input).value == "top_copy.txt"


async def test_the_palette_does_it_with_the_open_file() -> None:
    async with stage() as it:
        await shop(it)
        it.engine.workspace.files["src/a.py"] = b"x\n"
        await it.engine.workspace.open("src/a.py")
        here = Position(0, 0)
        buffer = it.engine.workspace.buffers["src/a.py"]
        it.engine.workspace.edit("src/a.py", buffer.text.replace(Span(here, here), "y"))
        await it.press("f7", "ctrl+p")
        await it.type("rename open")
        await it.press("enter")
        assert it.shows(NameScreen) and it.app.screen.query_one(Input).value == "src/a.py"


async def test_a_hundred_thousand_files_are_shown_without_being_drawn() -> None:
    asked: list[int] = []

    def make(row: int) -> object:
        asked.append(row)
        return plain(str(row))

    lines = LazyLines(100_000, make)  # type: ignore[arg-type]
    assert len(lines) == 100_000 and lines[-1] == plain("99999") and len(lines[5:8]) == 3
    assert asked == [99_999, 5, 6, 7]
    async with stage() as it:
        it.engine.listing = Listing(tuple(Entry(f"big/f{number:06}.py") for number in range(100_000)))
        it.engine.emit(TreeMoved())
        await it.settle()
        await it.press("f2", "enter", "end")
        assert "f099999.py" in it.text("#tree-view")
