"""The screen as a whole: focus, panes, sizes, files, leaving, and text that means harm."""

import asyncio
from dataclasses import replace
from typing import cast

import pytest
from textual import events
from textual.strip import Strip
from textual.widgets import Input

from spark_tui.core.text import Position, Span
from spark_tui.engine import Engine, EngineEvent, Trouble, TurnState
from spark_tui.ui.app import AppOptions, SparkApp
from spark_tui.ui.commands import COMMANDS
from spark_tui.ui.screens.naming import NameScreen
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.screens.picker import PickerScreen
from spark_tui.ui.screens.unsaved import UnsavedScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.lines import LineView
from tests.fakes.engine import FakeEngine, hunk, turn
from tests.ui.stage import SMALL, THEMES, WIDE, Stage, stage

HOSTILE = "\x1b]52;c;aGk=\x07[red]x[/]\x1b]0;owned\x07\x9b31m\u202ex\u200b"


@pytest.mark.parametrize("size", [WIDE, SMALL, (40, 10), (250, 70)])
async def test_it_begins_in_the_prompt_and_keys_go_everywhere(size: tuple[int, int]) -> None:
    async with stage(size) as it:
        assert it.here == "prompt"
        for key, pane in [
            ("f2", "tree"),
            ("f3", "editor"),
            ("f4", "review"),
            ("f6", "talk"),
            ("f7", "prompt"),
        ]:
            await it.press(key)
            assert it.here == pane


async def test_the_key_of_a_pane_hides_it_when_pressed_there() -> None:
    async with stage() as it:
        for key, pane in [("f2", "tree"), ("f4", "review"), ("f6", "talk")]:
            await it.press(key, key)
            assert not it.workspace.query_one(f"#{pane}").display and it.here == "prompt"
            await it.press(key)
            assert it.workspace.query_one(f"#{pane}").display and it.here == pane


async def test_the_text_is_not_hidden_by_its_own_key_and_takes_the_keys_of_what_was_hidden() -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"x\n"
        await it.engine.workspace.open("a.py")
        await it.settle()
        await it.press("f3", "f3")
        assert it.workspace.query_one("#editor").display and it.here == "editor"
        assert "one half only" in it.text("#status")
        await it.press("f4", "f4")
        assert it.here == "editor" and not it.workspace.query_one("#review").display
        await it.press("f4", "f3", "ctrl+p")
        await it.type("hide pane")
        await it.press("enter")
        assert not it.workspace.query_one("#editor").display and it.here == "prompt"
        row = it.all_text().split("\n")[5]
        assert row.count("│") == 1
        await it.press("f3")
        assert it.workspace.query_one("#editor").display and it.here == "editor"


async def test_a_small_terminal_shows_one_pane_with_the_same_keys() -> None:
    async with stage(SMALL) as it:
        panes = ("tree", "editor", "review", "talk")
        for key, pane in [("f2", "tree"), ("f4", "review"), ("f6", "talk"), ("f3", "editor")]:
            await it.press(key)
            assert [name for name in panes if it.workspace.query_one(f"#{name}").display] == [pane]
            assert it.workspace.query_one("#prompt").display
        assert "F4 review" in it.text("#strip")


async def test_resizing_moves_no_focus_and_loses_no_draft() -> None:
    async with stage() as it:
        await it.type("half a thought")
        await it.press("f4")
        for size in (SMALL, WIDE, (30, 8), (99, 40), (200, 60)):
            await it.pilot.resize_terminal(*size)
            await it.settle()
            assert it.here == "review" and it.workspace.query_one("#review").display
        await it.press("f7")
        await it.pilot.resize_terminal(*SMALL)
        await it.settle()
        assert it.here == "prompt" and it.workspace.prompt.input.text == "half a thought"


async def test_nothing_that_happens_moves_the_focus() -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"x\n"
        for key in ("f7", "f2", "f4", "f6", "f3"):
            await it.press(key)
            before = it.app.focused
            it.engine.list_files("a.py", "b/c.py")
            it.engine.conversation.set(turn(prose="words"), turn("t2", state=TurnState.FAILED))
            it.engine.propose(hunk("1.1.1", "+x"))
            it.engine.emit(Trouble("save", "the disk is full"))
            await it.settle()
            assert it.app.focused is before
        await it.engine.workspace.open("a.py")
        await it.settle()
        assert it.here == "editor"


async def test_trouble_is_a_sentence_in_the_talk_and_in_the_status_line() -> None:
    async with stage() as it:
        it.engine.emit(Trouble("save a.py", "the disk is full", "long detail"))
        await it.settle()
        assert "the disk is full" in it.text("#talk-view") and "the disk is full" in it.text("#status")


async def test_hostile_text_is_shown_inert_everywhere() -> None:
    async with stage() as it:
        it.engine.root = f"/x/{HOSTILE}"
        it.engine.list_files(f"{HOSTILE}.py")
        it.engine.workspace.files[f"{HOSTILE}.py"] = HOSTILE.encode()
        await it.engine.workspace.open(f"{HOSTILE}.py")
        it.engine.shown = replace(it.engine.shown, branch=HOSTILE, provider=HOSTILE, model=HOSTILE)
        it.engine.conversation.set(turn(prompt=HOSTILE, prose=HOSTILE, sentence=HOSTILE))
        it.engine.propose(hunk("1.1.1", f"+{HOSTILE}", path=f"{HOSTILE}.py", header=HOSTILE, note=HOSTILE))
        it.engine.emit(Trouble(HOSTILE, HOSTILE))
        it.app.notify(HOSTILE, title=HOSTILE)
        await it.settle()
        shown = it.all_text()
        assert "[red]x[/]" in shown
        for char in "\x1b\x07\x9b\u202e\u200b":
            assert char not in shown


async def test_the_palette_runs_commands_of_the_table() -> None:
    async with stage() as it:
        await it.press("ctrl+p")
        assert it.shows(PickerScreen)
        shown = it.all_text()
        titles = [command.title for command in COMMANDS if command.in_palette]
        assert all(title in shown for title in titles[:10])
        await it.type("review")
        await it.press("enter")
        assert it.shows(WorkspaceScreen) and it.here == "review"


async def test_the_palette_has_the_commands_of_the_pane_where_one_is() -> None:
    async with stage() as it:
        it.engine.list_files("a/x.py", "b.py")
        await it.settle()
        await it.press("f2", "ctrl+p")
        await it.type("files: close all")
        await it.press("enter")
        assert it.shows(WorkspaceScreen) and it.here == "tree"
        await it.press("ctrl+p")
        await it.type("files: new")
        await it.press("enter")
        assert it.shows(NameScreen)
        await it.press("escape", "f7", "ctrl+p")
        await it.type("files: new")
        assert "nothing fits" in it.all_text()


async def test_escape_leaves_a_list_and_nothing_happens() -> None:
    async with stage() as it:
        it.engine.conversation.is_busy = True
        await it.press("f4", "ctrl+p", "escape")
        assert it.shows(WorkspaceScreen) and it.here == "review"
        assert it.engine.conversation.cuts == 0


async def test_the_keys_page_names_every_key_of_the_table() -> None:
    async with stage((120, 60)) as it:
        await it.press("f1")
        assert it.shows(PageScreen)
        lines = it.app.screen.query_one("#page-view").lines  # type: ignore[attr-defined]
        words = "\n".join("".join(text for _, text in line.parts) for line in lines)
        assert all(command.title in words for command in COMMANDS if command.keys)
        await it.press("f1")
        assert it.shows(WorkspaceScreen)


async def test_a_file_is_found_by_letters_and_opened() -> None:
    async with stage() as it:
        it.engine.list_files("src/pay/refund.py", "src/pay/models.py", "README.md")
        it.engine.workspace.files["src/pay/models.py"] = b"class Order:\n    pass\n"
        await it.settle()
        await it.press("ctrl+o")
        await it.type("mod")
        assert it.app.screen.query_one(Input).value == "mod"
        await it.press("enter")
        await it.until(lambda: it.engine.workspace.active == "src/pay/models.py")
        await it.settle()
        assert it.here == "editor" and "class Order" in it.all_text() and "models.py" in it.all_text()


async def test_the_tree_opens_folders_and_files() -> None:
    async with stage() as it:
        it.engine.list_files("src/a.py", "src/deep/b.py", "top.txt", M="src/a.py")
        it.engine.workspace.files["src/a.py"] = b"hello = 1\n"
        await it.settle()
        assert "src/" in it.text("#tree-view") and "a.py" not in it.text("#tree-view")
        await it.press("f2", "enter", "j", "j")
        assert "a.py" in it.text("#tree-view")
        await it.press("enter")
        await it.until(lambda: it.engine.workspace.active == "src/a.py")
        assert it.here == "editor"
        await it.press("f2", "h")
        await it.press("enter")
        assert "a.py" not in it.text("#tree-view")


async def open_and_type(it: Stage, path: str = "a.py") -> None:
    it.engine.workspace.files[path] = b"one\ntwo\n"
    await it.engine.workspace.open(path)
    await it.settle()
    buffer = it.engine.workspace.buffers[path]
    place = Span(Position(0, 0), Position(0, 0))
    it.engine.workspace.edit(path, buffer.text.replace(place, "typed "))
    await it.settle()


async def test_save_and_the_mark_of_unsaved_text() -> None:
    async with stage() as it:
        await open_and_type(it)
        assert "a.py*" in it.all_text()
        await it.press("f3", "ctrl+s")
        assert it.engine.workspace.saved == ["a.py"]
        assert "a.py*" not in it.all_text()


async def test_leaving_asks_about_unsaved_text_and_staying_is_the_default() -> None:
    async with stage() as it:
        await open_and_type(it)
        for answer in ("enter", "escape"):
            await it.press("ctrl+q")
            assert it.shows(UnsavedScreen) and "a.py" in it.all_text()
            await it.press(answer)
            assert it.shows(WorkspaceScreen) and it.app.is_running
        await it.press("ctrl+q", "s")
        assert it.engine.workspace.saved == ["a.py"]
        await it.until(lambda: it.app._exit)


async def test_closing_a_tab_asks_about_unsaved_text() -> None:
    async with stage() as it:
        await open_and_type(it)
        await it.press("f3", "alt+w", "escape")
        assert list(it.engine.workspace.tabs) == ["a.py"]
        await it.press("alt+w", "d")
        assert list(it.engine.workspace.tabs) == [] and it.here == "editor"
        assert "No file is open" in it.all_text()


async def test_tabs_go_round() -> None:
    async with stage() as it:
        for path in ("a.py", "b.py", "c.py"):
            await it.engine.workspace.open(path)
        await it.settle()
        await it.press("f3", "f10")
        assert it.engine.workspace.active == "a.py"
        await it.press("f9", "ctrl+pageup")
        assert it.engine.workspace.active == "b.py"


async def test_the_terminal_losing_focus_moves_nobody() -> None:
    async with stage() as it:
        await it.press("f4")
        it.app.post_message(events.AppBlur())
        await it.settle()
        it.app.post_message(events.AppFocus())
        await it.settle()
        assert it.here == "review"


async def test_an_error_in_a_handler_is_reported_and_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage() as it:
        monkeypatch.setattr(type(it.app), "is_headless", False)
        monkeypatch.setattr(it.workspace, "action_go", lambda pane: 1 / 0)
        await it.press("f4")
        await it.until(lambda: "division by zero" in it.text("#status"))
        monkeypatch.undo()
        await it.press("f4")
        assert it.app.is_running and it.here == "review"


async def test_a_drawing_that_fails_costs_a_frame_and_not_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = asyncio.Event()

    def fail(view: LineView, row: int, width: int) -> Strip:
        tried.set()
        raise ZeroDivisionError("nothing can be drawn")

    async with stage() as it:
        reported = asyncio.Event()

        def hear(event: EngineEvent) -> None:
            if "nothing can be drawn" in str(event):
                reported.set()

        it.engine.subscribe(hear)
        with monkeypatch.context() as broken:
            broken.setattr(type(it.app), "is_headless", False)
            broken.setattr(LineView, "_paint", fail)
            it.engine.emit(Trouble("first", "something to draw"))
            # The widgets whose frame was lost stay to be drawn: this screen does not come to rest.
            await tried.wait()
            await reported.wait()
            assert it.app.is_running
        it.engine.emit(Trouble("second", "drawn again"))
        await it.until(lambda: "drawn again" in it.text("#talk-view"))


async def test_themes_change_on_the_fly() -> None:
    async with stage() as it:
        await it.press("ctrl+p")
        await it.type("theme")
        await it.press("enter")
        await it.type("light")
        assert it.app.theme == "spark-light", "the marked row is shown already"
        await it.press("enter")
        assert it.app.theme == "spark-light"
        await it.until(lambda: 'theme = "spark-light"' in it.text("#status"))


async def test_a_theme_that_was_only_looked_at_goes_away_again() -> None:
    async with stage() as it:
        it.app.action_pick_theme()
        await it.press("down")
        seen = it.app.theme
        await it.press("down")
        assert len({"spark-dark", seen, it.app.theme}) == 3
        await it.press("escape")
        assert it.app.theme == "spark-dark"


@pytest.mark.parametrize("theme", [spec.name for spec in THEMES])
async def test_every_theme_draws_every_screen(theme: str) -> None:
    async with stage(theme=theme) as it:
        it.engine.propose(hunk("1.1.1", "-a", "+b"))
        for key in ("f1", "escape", "f8", "escape", "ctrl+p", "escape", "f4"):
            await it.press(key)
        assert it.app.theme == theme and it.here == "review"


async def test_without_colours_no_colour_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = SparkApp(cast(Engine, FakeEngine()), THEMES, AppOptions(theme="spark-mono"))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        styles = [segment.style for strip in app.screen._compositor.render_strips() for segment in strip]
        coloured = {
            str(colour)
            for style in styles
            if style is not None
            for colour in (style.color, style.bgcolor)
            if colour is not None and not colour.is_default
        }
        assert coloured == set()


async def test_only_the_persons_key_writes_the_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(SparkApp, "copy_to_clipboard", lambda self, text: copied.append(text))
    async with stage() as it:
        it.engine.conversation.set(turn(prose="the answer"))
        it.engine.propose(hunk("1.1.1", f"+{HOSTILE}"))
        await it.settle()
        assert copied == []
        await it.press("f6", "y")
        assert copied == ["the answer"]


async def test_what_is_copied_goes_past_the_terminal_too() -> None:
    copied: list[str] = []
    async with stage(copies=copied.append) as it:
        it.engine.conversation.set(turn(prose="the answer"))
        await it.settle()
        await it.press("f6", "y")
        assert copied == [it.app.clipboard] == ["the answer"]


async def test_the_status_line_says_why_a_text_has_no_colours_while_one_is_there() -> None:
    async with stage((160, 40)) as it:
        it.engine.workspace.files["notes.xyz"] = b"text\n"
        await it.engine.workspace.open("notes.xyz")
        await it.press("f3")
        assert "plain: no grammar for this kind of file" in it.text("#status")
        await it.press("f7")
        assert "plain" not in it.text("#status")
