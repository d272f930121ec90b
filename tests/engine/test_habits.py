"""What holds for a file: marks against the last commit, EditorConfig up the tree, tidying of one's own lines alone."""

import pytest

from spark_tui.core.diff import GutterKind, GutterMark
from spark_tui.core.editorconfig import Rules
from spark_tui.core.text import Change, ChangeSet, Position, Span
from spark_tui.engine.habits import Habits
from spark_tui.engine.landing import Landing
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Head
from tests.fakes.clock import FakeClock
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.journal import MemoryCheckpoints
from tests.fakes.repository import FakeRepository


class Desk:
    """A workspace in memory with a last commit."""

    def __init__(self, **files: bytes) -> None:
        self.files = MemoryFiles({name.replace("__", "/"): data for name, data in files.items()})
        self.repository = FakeRepository(Head("main", oid="1" * 40))
        self.head: Head | None = self.repository.answer_head
        landing = Landing(self.files, MemoryCheckpoints(), FakeClock())
        self.space = Workspace(self.files, landing, lambda event: None)
        self.habits = Habits(self.files, self.repository, self.space, lambda: self.head)

    def type(self, path: str, line: int, text: str) -> None:
        buffer = self.space.buffer(path)
        assert buffer is not None
        place = Position(line, 0)
        assert self.space.edit(path, ChangeSet(buffer.text.revision, (Change(Span(place, place), text),)))


async def test_marks_follow_text_commit_and_branch() -> None:
    desk = Desk(a=b"one\ntwo\nthree\n")
    desk.repository.commit["a"] = b"one\ntwo\n"
    await desk.space.open("a")
    found = await desk.habits.marks("a")
    assert found is not None and found[1] == (GutterMark(2, 3, GutterKind.ADDED),)
    desk.type("a", 0, "x")
    found = await desk.habits.marks("a")
    assert found is not None and found[1][0] == GutterMark(0, 1, GutterKind.CHANGED)
    desk.repository.commit["a"] = b"xone\ntwo\nthree\n"
    desk.head = Head("other", oid="2" * 40)
    found = await desk.habits.marks("a")
    assert found is not None and found[1] == ()


async def test_without_a_commit_or_a_file_in_it_nothing_is_marked() -> None:
    desk = Desk(a=b"one\n")
    await desk.space.open("a")
    assert (await desk.habits.marks("a") or (None, None))[1] == ()
    desk.head = None
    assert await desk.habits.marks("a") is None
    assert await desk.habits.marks("never opened") is None


async def test_a_checkout_with_other_breaks_is_no_change() -> None:
    desk = Desk(a=b"one\r\ntwo\r\n")
    desk.repository.commit["a"] = b"one\ntwo\n"
    await desk.space.open("a")
    found = await desk.habits.marks("a")
    assert found is not None and found[1] == ()


async def test_nearer_files_win_and_a_root_ends_the_way_up() -> None:
    files = {
        ".editorconfig": b"[*]\nindent_style = tab\ntrim_trailing_whitespace = true\n",
        "src/.editorconfig": b"[*.py]\nindent_style = space\nindent_size = 2\n",
        "lib/.editorconfig": b"root = true\n[*]\nindent_size = 3\n",
    }
    desk = Desk()
    desk.files = MemoryFiles(files)
    desk.habits = Habits(desk.files, desk.repository, desk.space, lambda: desk.head)
    assert await desk.habits.rules("src/deep/a.py") == Rules(
        indent_style="space", indent_size=2, tab_width=2, trim_trailing_whitespace=True
    )
    assert (await desk.habits.rules("src/a.c")).indent_style == "tab"
    assert await desk.habits.rules("lib/a.py") == Rules(indent_size=3, tab_width=3)
    assert (await desk.habits.rules("a.py")).indent_style == "tab"


CONFIG = b"root = true\n[*]\ntrim_trailing_whitespace = true\ninsert_final_newline = true\n"


@pytest.mark.parametrize(
    ("before", "line", "typed", "after"),
    [
        (b"a  \nb\t\nc", 1, "x ", b"a  \nx b\nc"),
        (b"a  \nb\t\nc", 2, "x ", b"a  \nb\t\nx c\n"),
        (b"a  \r\nb  \r\n", 0, "x", b"xa\r\nb  \r\n"),
        (b"a\n", 0, "\n  \n", b"\n\na\n"),
        (b"", 0, "new ", b"new\n"),
    ],
)
async def test_saving_tidies_the_lines_that_were_edited_and_no_others(
    before: bytes, line: int, typed: str, after: bytes
) -> None:
    desk = Desk(a=before)
    desk.files = MemoryFiles({"a": before, ".editorconfig": CONFIG})
    desk.space = Workspace(
        desk.files, Landing(desk.files, MemoryCheckpoints(), FakeClock()), lambda event: None
    )
    desk.habits = Habits(desk.files, desk.repository, desk.space, lambda: None)
    await desk.space.open("a")
    desk.type("a", line, typed)
    await desk.space.save("a")
    assert (await desk.files.read("a")).data == after
    desk.space.undo("a")
    buffer = desk.space.buffer("a")
    assert buffer is not None and buffer.is_dirty, "tidying is a step of its own"


async def test_without_a_config_saving_changes_nothing_more() -> None:
    desk = Desk(a=b"a  \nb")
    await desk.space.open("a")
    desk.type("a", 0, "x")
    await desk.space.save("a")
    assert (await desk.files.read("a")).data == b"xa  \nb"
