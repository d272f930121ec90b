"""What opens above the workspace, ready to call. Loaded when first asked for, so that the start is quick."""

from collections.abc import Awaitable, Callable, Sequence

from textual.app import App

from spark_tui.engine import Engine
from spark_tui.ui.commands import COMMANDS, Command, key_label
from spark_tui.ui.commands.editor import COMMANDS as EDITOR_COMMANDS
from spark_tui.ui.keymaps import PRESETS, Keyed, keymap_of, resolve
from spark_tui.ui.panes.editor import EditorPane
from spark_tui.ui.screens.board import Board, place_here
from spark_tui.ui.screens.context import ContextScreen
from spark_tui.ui.screens.keys import key_lines
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.screens.picker import Choice, PickerScreen
from spark_tui.ui.screens.unsaved import Answer, UnsavedScreen

KEYMAPS = {
    "default": "Keys as most editors have them.",
    "vim": "Modes, motions, operators, text objects, registers and macros.",
    "emacs": "The keys of emacs for moving, killing, yanking, searching.",
}
"""What the keymaps are, for the list."""

KEYS = "keys-page"
"""Id of the page of keys."""


def show_keys(app: App[None]) -> None:
    """Show every key."""
    app.push_screen(PageScreen("keys", lambda width: key_lines(width, keymap_of(app)), id=KEYS))


def show_context(app: App[None], engine: Engine, prompt: str, say: Callable[[str], None]) -> None:
    """Show what goes to the model and what stays out."""
    app.push_screen(ContextScreen(engine, prompt, say))


def pick_command(app: App[None], then: Callable[[Command], Awaitable[None]]) -> None:
    """Have a command picked by its name: one of the table, one of the pane where the person is, or the editor's."""
    commands = {command.title: command for command in COMMANDS if command.in_palette}
    where, pane = place_here(app.screen) if isinstance(app.screen, Board) else (None, None)
    in_pane = {
        f"{where}: {one.title}": one for one in COMMANDS if one.where is where and "{" not in one.action
    }
    in_editor = {entry.title: entry for entry in EDITOR_COMMANDS if entry.about}
    keymap = keymap_of(app)
    choices = [Choice(title, one.help, key_label(keymap.first(one.id))) for title, one in commands.items()]
    choices += [Choice(title, one.help, key_label(keymap.first(one.id))) for title, one in in_pane.items()]
    choices += [Choice(title, one.about, key_label(keymap.first(one.id))) for title, one in in_editor.items()]

    async def picked(title: str | None) -> None:
        if title in in_editor:
            app.screen.query_one(EditorPane).command(in_editor[title].name)
        elif title in in_pane:
            await app.run_action(in_pane[title].action, pane)
        elif title is not None:
            await then(commands[title])

    app.push_screen(PickerScreen("commands", choices), picked)


def pick_keymap(app: App[None], say: Callable[[str], None]) -> None:
    """Have the keymap picked; the person's own rows stay on top of it."""
    assert isinstance(app, Keyed)
    keyed = app

    def picked(name: str | None) -> None:
        if name is not None:
            keyed.wear(resolve(name, keyed.own_keys)[0])
            say(f"Keys are those of the keymap {name} now; F1 shows them.")

    choices = [Choice(name, about) for name, about in KEYMAPS.items() if name in PRESETS]
    app.push_screen(PickerScreen("keymap", choices), picked)


def pick_theme(app: App[None], titles: dict[str, str]) -> None:
    """Have the colours picked by title; the whole screen shows those of the marked row meanwhile."""
    before = app.theme
    names = {title: name for name, title in titles.items()}

    def show(title: str) -> None:
        app.theme = names[title]

    def picked(title: str | None) -> None:
        app.theme = before if title is None else names[title]
        if app.theme != before and isinstance(app.screen, Board):
            name = app.theme
            app.screen.bottom.say(
                f'Colours are those of {name} now; theme = "{name}" in config.toml keeps them.'
            )

    choices = [Choice(title) for title in names]
    app.push_screen(PickerScreen("theme", choices, marked=titles.get(before, ""), on_mark=show), picked)


def ask_about_unsaved(
    app: App[None], title: str, paths: Sequence[str], save: Callable[[], None], discard: Callable[[], None]
) -> None:
    """Ask what shall become of unsaved text; staying does nothing."""

    def answered(answer: Answer | None) -> None:
        if answer is Answer.SAVE:
            save()
        elif answer is Answer.DISCARD:
            discard()

    app.push_screen(UnsavedScreen(title, paths), answered)
