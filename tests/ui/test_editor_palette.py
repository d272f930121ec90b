"""The editor's own commands: keys that a plain terminal has, in the palette, on the page of keys."""

import re

from spark_tui.ui.commands import COMMANDS as TABLE
from spark_tui.ui.commands.editor import BAR_COMMANDS, COMMANDS
from spark_tui.ui.screens.keys import key_lines
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.screens.picker import PickerScreen
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import stage

PLAIN = re.compile(r"f\d+|ctrl\+([a-z@]|underscore|right_square_bracket)|up|down|left|right|home|end|pageup|pagedown|"
                   r"enter|escape|tab|backspace|delete")  # fmt: skip
RICH = re.compile(r"shift\+|ctrl\+(shift|left|right|up|down|home|end|delete)|alt\+")


def test_every_command_has_a_key_of_a_plain_terminal_or_is_in_the_palette() -> None:
    for command in COMMANDS:
        keys = command.keys.split(",")
        assert (
            command.about or any(PLAIN.fullmatch(key) for key in keys) or all(RICH.match(key) for key in keys)
        )
        if command.about and command.keys and command.name != "toggle_wrap":
            assert any(PLAIN.fullmatch(key) for key in keys), command.name


def test_no_key_means_two_things() -> None:
    for table in (COMMANDS, BAR_COMMANDS):
        keys = [key for command in table for key in command.keys.split(",") if key]
        assert len(keys) == len(set(keys))
        assert len({command.name for command in table}) == len(table)


def test_names_in_the_palette_are_unique_and_sentences_end() -> None:
    titles = [command.title for command in TABLE if command.in_palette]
    titles += [command.title for command in COMMANDS if command.about]
    assert len(titles) == len(set(titles))
    assert all(not command.about or command.about.endswith(".") for command in COMMANDS)


async def test_every_command_is_known() -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"def f(): pass\n"
        await it.engine.workspace.open("a.py")
        await it.settle()
        view = it.app.screen.query_one(EditorView)
        for command in COMMANDS:
            assert view._act(command.name), command.name
            await it.settle()
        assert not view._act("nothing")


async def test_the_palette_does_what_the_key_does() -> None:
    async with stage() as it:
        it.engine.workspace.files["a.py"] = b"one\ntwo\n"
        await it.engine.workspace.open("a.py")
        await it.settle()
        await it.press("ctrl+p")
        assert it.shows(PickerScreen)
        await it.type("Duplicate lines")
        await it.press("enter")
        assert it.here == "editor"
        buffer = it.engine.workspace.buffer("a.py")
        assert buffer is not None and buffer.text.encode() == b"one\none\ntwo\n"


async def test_the_page_of_keys_shows_them() -> None:
    text = "\n".join("".join(part for _, part in line.parts) for line in key_lines(100))
    for title in ("Go to symbol", "Next occurrence too", "Regular expression", "Wrap lines"):
        assert title in text
    async with stage() as it:
        await it.press("f1")
        assert it.shows(PageScreen)
