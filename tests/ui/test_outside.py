"""Unsaved text whose file another program changed: nothing pops up, it is marked, and three answers settle it."""

import pytest

from spark_tui.core.text import Position, Span, Text
from spark_tui.engine import ChangedOutside, OutsideChange
from spark_tui.ui.screens.outside import CLASH, OutsideScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from tests.ui.stage import SMALL, Stage, stage


async def with_change(it: Stage, *, joined: bool = True) -> None:
    it.engine.workspace.files["a.py"] = b"one\ntwo\n"
    await it.engine.workspace.open("a.py")
    text = it.engine.workspace.buffers["a.py"].text
    at = Position(0, 0)
    it.engine.workspace.edit("a.py", text.replace(Span(at, at), "mine\n"))
    change = OutsideChange("a.py", b"one\ntwo\n\x1b]0;theirs\n", Text.of("") if joined else None)
    it.engine.outside.waiting["a.py"] = change
    it.engine.emit(ChangedOutside("a.py"))
    await it.settle()


async def test_a_changed_file_is_marked_and_takes_no_focus() -> None:
    async with stage(SMALL) as it:
        await it.press("f3")
        await with_change(it)
        assert it.shows(WorkspaceScreen) and it.here == "editor"
        assert "a.py* [changed]" in it.all_text()
        assert "Changed on disk by another program" in it.all_text() and "Alt-d" in it.all_text()


@pytest.mark.parametrize(("key", "answer"), [("k", "keep"), ("t", "take"), ("m", "join")])
async def test_each_answer_has_a_key(key: str, answer: str) -> None:
    async with stage(SMALL) as it:
        await with_change(it)
        await it.press("alt+d")
        assert it.shows(OutsideScreen)
        assert "-mine" in it.all_text().replace("- ", "-") and "\x1b" not in it.all_text()
        await it.press(key)
        assert it.engine.outside.told == [(answer, "a.py")] and it.shows(WorkspaceScreen)
        assert it.workspace.bottom._said


@pytest.mark.parametrize("keys", [("escape",), ("enter",), ("q",)])
async def test_waiting_is_what_happens_by_default(keys: tuple[str, ...]) -> None:
    async with stage() as it:
        await with_change(it)
        await it.press("alt+d", *keys)
        assert it.engine.outside.told == [] and it.engine.outside.changes


async def test_what_can_not_be_merged_is_not_offered() -> None:
    async with stage(SMALL) as it:
        await with_change(it, joined=False)
        await it.press("alt+d")
        assert CLASH in it.text("#outside-answers")
        await it.press("m", "up", "enter")
        assert it.shows(OutsideScreen) and it.engine.outside.told == []
        await it.press("up", "enter")
        assert it.engine.outside.told == [("take", "a.py")]


async def test_saving_over_another_programs_bytes_asks() -> None:
    async with stage(SMALL) as it:
        await with_change(it)
        await it.press("ctrl+s")
        assert it.shows(OutsideScreen)


async def test_with_nothing_to_settle_a_sentence_says_so() -> None:
    async with stage(SMALL) as it:
        await it.press("alt+d")
        assert it.shows(WorkspaceScreen) and "No file" in it.workspace.bottom._said


async def test_read_only_files_are_marked_in_their_tab() -> None:
    async with stage(SMALL) as it:
        for name, data in {"plain": b"x", "latin": b"\xe9", "binary": b"\0"}.items():
            it.engine.workspace.files[name] = data
            await it.engine.workspace.open(name)
        await it.press("f3")
        assert "latin [read-only]" in it.all_text() and "binary [read-only]" in it.all_text()
        assert "plain [" not in it.all_text()
