"""Search over the project on the screen: results while they come, places, modes, and replacement."""

import asyncio

import pytest
from textual.widgets import Input

from spark_tui.core.search import FileHits, Hit, Sought
from spark_tui.core.text import Position
from spark_tui.ui.screens.search import SearchScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.search_rows import FileRow, HitRow, Results, result_line
from tests.ui.stage import SMALL, WIDE, Stage, stage

FILES = {"src/a.py": b"load = 1\nprint(load)\n", "src/b.py": b"reload()\n", "docs/c.md": b"Load\n"}


async def opened(it: Stage, key: str = "alt+g", text: str = "") -> None:
    it.engine.workspace.files.update(FILES)
    it.engine.list_files(*FILES)
    await it.settle()
    await it.press(key)
    assert it.shows(SearchScreen)
    if text:
        await it.type(text)
        await done(it)


async def done(it: Stage) -> None:
    screen = it.app.screen
    assert isinstance(screen, SearchScreen)
    await it.until(lambda: screen._is_done and (screen._hunt is None or screen._hunt.done()))
    await it.settle()


@pytest.mark.parametrize("size", [WIDE, SMALL, (300, 100)])
async def test_results_are_grouped_by_file_with_counts_and_enter_goes_there(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        await opened(it, text="load")
        shown = it.text("#search-view")
        assert "v docs/c.md" in shown and "src/a.py" in shown and "print(load)" in shown
        assert "4 in 3 files" in it.text("#search-state")
        await it.press("down", "down", "down", "down", "enter")
        await it.until(lambda: it.engine.workspace.active == "src/a.py")
        await it.settle()
        assert it.shows(WorkspaceScreen) and it.here == "editor"
        assert it.workspace.query_one(EditorView).caret == Position(1, 6)


@pytest.mark.parametrize(
    ("keys", "text", "count"),
    [
        ((), "load", "4 in 3 files"),
        (("alt+w",), "load", "3 in 2 files"),
        (("alt+c",), "Load", "1 in 1 file"),
        (("alt+x",), "l..d", "4 in 3 files"),
        ((), "l..d", "0 in 0 files"),
    ],
)
async def test_modes_say_what_fits(keys: tuple[str, ...], text: str, count: str) -> None:
    async with stage() as it:
        await opened(it)
        await it.press(*keys)
        await it.type(text)
        await done(it)
        assert f"  {count}" in it.text("#search-state") and it.text("#search-modes").count("[x]") == len(keys)


async def test_files_are_chosen_by_patterns() -> None:
    async with stage() as it:
        await opened(it, text="load")
        it.app.screen.query_one("#search-globs", Input).value = "*.md"
        await it.settle()
        await done(it)
        assert "1 in 1 file" in it.text("#search-state")


async def test_results_come_while_the_search_runs_and_leaving_stops_it() -> None:
    async with stage() as it:
        await opened(it)
        it.engine.searching.waits = asyncio.Event()
        it.app.screen.query_one("#search-text", Input).value = "load"
        await it.until(lambda: "docs/c.md" in it.text("#search-view"))
        assert "…" in it.text("#search-state")
        before = it.engine.searching.stopped
        await it.press("escape")
        await it.until(lambda: it.engine.searching.stopped == before + 1)
        assert it.shows(WorkspaceScreen)


@pytest.mark.parametrize(
    ("text", "sentence"), [("(", "no regular expression"), ("zzz", "Nothing found"), ("", "Type what")]
)
async def test_what_finds_nothing_is_one_sentence(text: str, sentence: str) -> None:
    async with stage() as it:
        await opened(it)
        await it.press("alt+x")
        it.app.screen.query_one("#search-text", Input).value = text
        await it.settle()
        await done(it)
        assert sentence in it.words("#search-view")
        await it.press("enter")
        assert it.shows(SearchScreen)


async def test_a_replacement_is_shown_chosen_and_sent_to_the_review() -> None:
    async with stage() as it:
        await opened(it, "alt+r", "load")
        await it.press("tab")
        await it.type("fetch")
        await done(it)
        await it.press("alt+o")
        assert "1 lines left out" in it.text("#search-state")
        await it.press("alt+a")
        await it.settle()
        assert it.shows(WorkspaceScreen) and it.here == "review"
        search, put_in, chosen = it.engine.searching.told[0]
        assert (search, put_in) == (Sought("load"), "fetch")
        assert chosen == {"src/a.py": [0, 1], "src/b.py": [0]}
        assert "nothing is written yet" in it.text("#status")


async def test_a_refused_replacement_says_why_and_stays() -> None:
    async with stage() as it:
        await opened(it, "alt+r", "load")
        it.engine.searching.fault = "The model still writes."
        await it.press("alt+a")
        await it.settle()
        assert it.shows(SearchScreen) and it.engine.searching.told == []


async def test_folding_and_clicks_and_the_last_search_comes_back() -> None:
    async with stage() as it:
        await opened(it, text="load")
        await it.press("alt+z")
        assert "> docs/c.md" in it.text("#search-view")
        await it.pilot.click("#search-view", offset=(3, 1))
        await it.settle()
        assert "> src/a.py" in it.text("#search-view")
        await it.press("escape", "alt+g")
        await done(it)
        assert it.app.screen.query_one("#search-text", Input).value == "load"
        await it.pilot.click("#search-view", offset=(8, 1))
        await it.until(lambda: it.engine.workspace.active == "docs/c.md")


async def test_the_selected_text_is_looked_for_at_once() -> None:
    async with stage() as it:
        it.engine.workspace.files.update(FILES)
        await it.engine.workspace.open("src/a.py")
        await it.settle()
        await it.press("f3", "shift+right", "shift+right", "alt+g")
        await done(it)
        assert it.app.screen.query_one("#search-text", Input).value == "lo"


def test_rows_show_what_goes_and_what_comes() -> None:
    results = Results()
    results.add(FileHits("a.py", (Hit(3, "  old = 1", ((2, 5),), 2, "  new = 1"),)))
    line = result_line(results, HitRow(0, 0), 80)
    assert ("removed-word", "-old") in line.parts and ("added-word", "+new") in line.parts
    results.leave_out(FileRow(0))
    assert results.chosen() == {} and "x" in result_line(results, HitRow(0, 0), 80).parts[0][1]
    results.leave_out(FileRow(0))
    assert results.chosen() == {"a.py": [3]}
