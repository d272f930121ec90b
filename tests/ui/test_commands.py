"""The table of commands: every key once per place, every action there, every key typed on a plain terminal."""

import re

import pytest
from textual.binding import Binding
from textual.widget import Widget

from spark_tui.ui.app import SparkApp
from spark_tui.ui.commands import COMMANDS, Command, Where, bindings, hints, key_label
from spark_tui.ui.keymaps import DEFAULT
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.panes.talk import TalkPane
from spark_tui.ui.panes.tree import TreePane
from spark_tui.ui.screens.picker import PickerScreen
from spark_tui.ui.screens.workspace import WorkspaceScreen
from spark_tui.ui.widgets.ask_line import AskLine
from spark_tui.ui.widgets.hunk_draft import HunkDraft

OWNERS: dict[Where, type] = {
    Where.ANYWHERE: SparkApp,
    Where.WORKSPACE: WorkspaceScreen,
    Where.TREE: TreePane,
    Where.REVIEW: ReviewPane,
    Where.TALK: TalkPane,
    Where.PICKER: PickerScreen,
    Where.LINE: AskLine,
    Where.DRAFT: HunkDraft,
}
PLAIN = re.compile(r"[a-zA-Z1-9]|f\d+|(ctrl|alt)\+[a-z]|up|down|left|right|home|end|pageup|pagedown|enter|escape|"
                   r"tab|space|question_mark|exclamation_mark|slash|equals_sign|plus|ctrl\+backslash")  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_is_whole(command: Command) -> None:
    assert command.title and command.help.endswith(".") and "\n" not in command.help
    assert command.keys or command.in_palette
    if command.keys:
        assert any(PLAIN.fullmatch(key) for key in command.keys), "no key of a plain terminal"
    assert not {"alt+f", "alt+b"} & {*command.keys}, "Textual reads these as Ctrl with an arrow"
    owner = OWNERS.get(command.where)
    if owner is not None:
        name = command.action.partition("(")[0]
        if name.startswith("screen."):
            owner, name = WorkspaceScreen, name.removeprefix("screen.")
        assert hasattr(owner, f"action_{name}"), f"{owner.__name__} can't {name}"


def test_ids_are_unique_and_no_key_means_two_things_in_one_place() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(ids) == len(set(ids))
    everywhere = {key for command in COMMANDS if command.where is Where.ANYWHERE for key in command.keys}
    workspace = {key for command in COMMANDS if command.where is Where.WORKSPACE for key in command.keys}
    assert not everywhere & workspace
    for where in Where:
        keys = [key for command in COMMANDS if command.where is where for key in command.keys]
        assert len(keys) == len(set(keys)), where


def test_letters_decide_nothing_outside_the_review() -> None:
    for command in COMMANDS:
        if command.action.partition("(")[0] == "decide":
            assert command.where is Where.REVIEW and not command.in_palette and not command.first


def actions(where: Where) -> list[str]:
    return [binding.action for binding in bindings(where) if isinstance(binding, Binding)]


def test_bindings_hints_and_key_maps_come_from_the_table() -> None:
    assert actions(Where.REVIEW)[:2] == ["decide('accept')", "decide('reject')"]
    shown = hints(Where.REVIEW, lambda command: command.keys)
    assert ("a", "accept") in shown and ("F1", "keys") in shown
    assert DEFAULT.actions(Where.PROMPT)["enter"] == "send"
    places = [action for action in actions(Where.REVIEW) if action.startswith("decide('choose'")]
    assert places == [f"decide('choose', {number})" for number in range(10)]


@pytest.mark.parametrize(
    ("key", "label"),
    [("ctrl+p", "^P"), ("f10", "F10"), ("escape", "Esc"), ("J", "J"), ("question_mark", "?"), ("pageup", "PgUp"),
     ("shift+enter", "Shift-Enter"), ("ctrl+pagedown", "Ctrl-PgDn"), ("f", "f")],
)  # fmt: skip
def test_keys_are_written_as_people_do(key: str, label: str) -> None:
    assert key_label(key) == label


def test_no_widget_of_ours_hides_a_name_of_textual() -> None:
    """A private attribute of the same name as one of Textual's breaks it silently."""
    allowed = {"_dispatch_message", "_handle_exception", "_on_key", "_check_bindings", "_display",
               "_compositor_refresh"}  # fmt: skip
    for owner in (*OWNERS.values(), *Widget.__subclasses__()):
        for cls in owner.__mro__:
            if cls.__module__.startswith("spark_tui.ui"):
                foreign = {
                    name
                    for base in cls.__mro__
                    if base.__module__.startswith("textual")
                    for name in vars(base)
                }
                own = {name for name in vars(cls) if name.startswith("_") and not name.startswith("__")}
                generated = {name for name in own if re.match(r"_(decorated_handlers|css_|merged|inherit|reactives|"
                             r"bindings|computes|default_|component|dispatch_|has_|abc_)", name)}  # fmt: skip
                assert own & foreign - generated <= allowed, cls
