"""Finding files, lines and definitions by letters."""

import pytest
from textual.widgets import Input

from spark_tui.core.checks import Finding, Severity
from spark_tui.core.text import Position, Text
from spark_tui.ui.screens.confirm import ConfirmScreen
from spark_tui.ui.screens.finder import FinderScreen, split_place
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.matching import letters_of, lit, ranked
from tests.ui.stage import SMALL, WIDE, Stage, stage

SOURCE = b"import os\n\n\nclass Order:\n    def total(self):\n        return 1\n"


async def shop(it: Stage) -> None:
    it.engine.list_files("src/pay/refund.py", "src/pay/models.py", "README.md", "gone.py", D="gone.py")
    it.engine.workspace.files["src/pay/models.py"] = SOURCE
    it.engine.workspace.files["README.md"] = b"# Shop\n"
    await it.settle()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a.py", ("a.py", None, 0)),
        ("a.py:12", ("a.py", 11, 0)),
        ("a.py:12:", ("a.py", 11, 0)),
        ("a.py:12:5", ("a.py", 11, 4)),
        (":7", ("", 6, 0)),
        ("a:b.py", ("a:b.py", None, 0)),
        ("a.py:0", ("a.py", 0, 0)),
    ],
)
def test_a_line_can_stand_behind_the_name(text: str, place: tuple[str, int | None, int]) -> None:
    assert split_place(text) == place


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_a_file_opens_at_its_line(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await shop(it)
        await it.press("ctrl+o")
        assert it.shows(FinderScreen)
        assert "refund.py" in it.text("#picker-view") and "gone.py" not in it.text("#picker-view")
        await it.type("mod:4:7")
        assert "README" not in it.text("#picker-view")
        await it.press("enter")
        await it.until(lambda: it.engine.workspace.active == "src/pay/models.py")
        await it.settle()
        assert it.here == "editor"
        assert it.workspace.query_one(EditorView).caret == Position(3, 6)


async def test_files_used_lately_come_first_and_the_letters_that_fit_are_marked() -> None:
    async with stage() as it:
        await shop(it)
        await it.engine.workspace.open("README.md")
        await it.engine.workspace.open("src/pay/models.py")
        await it.settle()
        await it.press("ctrl+o")
        first = it.text("#picker-view").split("\n")[0]
        assert "README.md" in first and "recent" in first
        await it.type("mod")
        line = it.app.screen.query_one("#picker-view").lines[0]  # type: ignore[attr-defined]
        assert ("found", "mod") in line.parts


async def test_a_name_that_no_file_has_becomes_a_new_one_when_that_is_wanted() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("ctrl+o")
        await it.type("src/brandnew.py")
        assert "make it" in it.all_text()
        await it.press("enter")
        assert it.shows(ConfirmScreen) and "src/brandnew.py" in it.all_text()
        await it.press("escape")
        assert it.shows(WorkspaceScreen) and it.engine.workspace.active is None
        await it.press("ctrl+o")
        await it.type("src/brandnew.py")
        await it.press("enter", "enter")
        await it.until(lambda: it.engine.workspace.active == "src/brandnew.py")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("~/zzz.py", "not in this workspace"),
        ("/etc/zzz", "not in this workspace"),
        ("../zzz", "leads out"),
        (".git/zzz", "git"),
        (":3", "no file is open"),
        ("@zzz", "no definition"),
    ],
)
async def test_what_can_not_be_opened_is_one_clear_sentence(text: str, sentence: str) -> None:
    async with stage() as it:
        await shop(it)
        await it.press("ctrl+o")
        it.app.screen.query_one(Input).value = text
        await it.settle()
        assert sentence in it.words("#picker-view")
        await it.press("enter")
        assert it.shows(FinderScreen)


async def test_definitions_of_the_open_files_are_found_as_they_are_in_memory() -> None:
    async with stage() as it:
        await shop(it)
        await it.engine.workspace.open("src/pay/models.py")
        await it.settle()
        await it.press("alt+t")
        assert it.app.screen.query_one(Input).value == "@"
        await it.type("tot")
        assert "Order.total" in it.text("#picker-view") and "models.py:5" in it.text("#picker-view")
        await it.press("enter")
        await it.settle()
        assert it.workspace.query_one(EditorView).caret == Position(4, 8)


async def test_a_line_of_the_open_file_is_gone_to() -> None:
    async with stage() as it:
        await shop(it)
        await it.engine.workspace.open("src/pay/models.py")
        await it.press("ctrl+o")
        await it.type(":3")
        await it.press("enter")
        await it.settle()
        assert it.workspace.query_one(EditorView).caret == Position(2, 0)


async def test_a_click_takes_a_row() -> None:
    async with stage() as it:
        await shop(it)
        await it.press("ctrl+o")
        await it.type("readme")
        await it.pilot.click("#picker-view", offset=(5, 0))
        await it.until(lambda: it.engine.workspace.active == "README.md")


def test_short_lists_show_the_letters_that_fit() -> None:
    assert ranked("sal", ["Save all", "Switch lane"], 5) == ["Save all"]
    assert letters_of("sal", "Save all") == (0, 1, 6)
    assert letters_of("", "x") == letters_of("q", "x") == ()
    assert letters_of("mod", "src/models.py") == (4, 5, 6)
    assert lit("src/models.py", (4, 5, 6), 40) == (("muted", "src/"), ("found", "mod"), ("", "els.py"))
    assert "".join(text for _, text in lit("a/long/path/x.py", (), 8)) == "…th/x.py"


async def test_a_key_goes_to_where_the_word_at_the_caret_is_defined() -> None:
    async with stage(WIDE) as it:
        await shop(it)
        it.engine.workspace.files["use.py"] = (
            b"from models import Order\n\nbill = Order()\nbill.total()\nnobody\n"
        )
        await it.engine.workspace.open("src/pay/models.py")
        await it.engine.workspace.open("use.py")
        await it.settle()
        await it.press("f3")
        view = it.workspace.query_one(EditorView)
        view.go_to(2, 9)
        await it.press("f12")
        assert it.engine.workspace.active == "src/pay/models.py"
        await it.until(lambda: view.caret.line == 3)
        assert "4:7" in it.text("#status")
        it.engine.workspace.activate("use.py")
        await it.settle()
        view.go_to(4, 2)
        await it.press("f12")
        assert it.shows(FinderScreen) and it.app.screen.query_one(Input).value == "@nobody"
        assert "no definition" in it.text("#picker-view")


async def test_where_the_caret_is_and_what_is_wrong_there_is_told_in_a_moment() -> None:
    async with stage(WIDE) as it:
        await shop(it)
        text = Text.decode(SOURCE)
        fault = Finding(
            "src/pay/models.py", 5, 15, 5, 16, Severity.ERROR, "E1", "returns [b]one[/b]\x1b", "tool"
        )
        it.engine.checking.faults["src/pay/models.py"] = (text, (fault,))
        await it.engine.workspace.open("src/pay/models.py")
        await it.settle()
        await it.press("f3", "down", "right")
        await it.until(lambda: "3:1" in it.text("#status"))
        view = it.workspace.query_one(EditorView)
        view.go_to(5, 4)
        await it.until(lambda: "6:5" in it.text("#status"))
        assert "E1: returns [b]one[/b]\u241b" in it.text("#status")
