"""The pane shows what holds for the file in front: marks of changed lines, indentation, why it is shown plain."""

from spark_tui.core.diff import GutterKind, GutterMark
from spark_tui.core.editorconfig import Rules
from spark_tui.core.text import Text
from spark_tui.engine import TreeMoved
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import Stage, stage


async def opened(it: Stage, source: bytes = b"one\n  two\nthree\n") -> EditorView:
    it.engine.workspace.files["a.py"] = source
    await it.engine.workspace.open("a.py")
    await it.settle()
    await it.press("f3")
    return it.app.screen.query_one(EditorView)


async def test_changed_lines_are_marked_and_marks_follow() -> None:
    async with stage() as it:
        text = Text.of("one\n  two\nthree\n")
        it.engine.habits.found = text, (GutterMark(1, 2, GutterKind.CHANGED),)
        view = await opened(it)
        await it.until(lambda: view._sheet.index.bar(1)[0] != " ")
        assert view._sheet.index.bar(0)[0] == " "
        await it.press("enter")
        assert view._sheet.index.bar(2)[0] != " ", "the mark moved along"
        it.engine.habits.found = text, (GutterMark(0, 1, GutterKind.ADDED),)
        it.engine.emit(TreeMoved())
        await it.until(lambda: view._sheet.index.bar(1)[0] != " ")
        assert view._sheet.index.bar(2)[0] == " "


async def test_rules_decide_how_it_is_indented_and_the_status_line_says_so() -> None:
    async with stage() as it:
        it.engine.habits.said = Rules(indent_style="tab", indent_size=8, tab_width=8)
        await opened(it)
        await it.until(lambda: "tabs of 8" in it.text("#status"))
        await it.press("tab")
        buffer = it.engine.workspace.buffer("a.py")
        assert buffer is not None and buffer.text.line(0) == "\tone"


async def test_without_rules_the_text_decides() -> None:
    async with stage() as it:
        await opened(it, b"def f():\n  return 1\n")
        assert "2 spaces" in it.text("#status")
    async with stage() as it:
        await opened(it, b"def f():\n\treturn 1\n\treturn 2\n")
        assert "tabs of 4" in it.text("#status")


async def test_a_large_text_says_that_it_is_shown_plain() -> None:
    async with stage() as it:
        view = await opened(it, b"x = 12345\n" * 460_000)
        assert view.plain_reason and view.plain_reason[:20] in it.text("#status")
