"""Keymaps: presets over the commands' own keys, rows over presets, faults as sentences, and switching at run time."""

from collections.abc import Mapping, Sequence

import pytest

from spark_tui.ui.commands import COMMANDS, Where
from spark_tui.ui.keymaps import DEFAULT, PRESETS, Keymap, resolve
from spark_tui.ui.keymaps.keymap import entries
from spark_tui.ui.keymaps.names import NoKey, normal, types
from spark_tui.ui.screens.finder import FinderScreen
from spark_tui.ui.screens.keys import key_lines
from spark_tui.ui.vim import Mode
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import Stage, stage


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ctrl+s", "ctrl+s"), ("Ctrl+S", "ctrl+s"), ("C-x C-s", "ctrl+x ctrl+s"), ("M-x", "alt+x"), ("^P", "ctrl+p"),
        ("<C-w>", "ctrl+w"), ("f5", "f5"), ("F5", "f5"), ("Esc", "escape"), ("PgUp", "pageup"), ("?", "question_mark"),
        ("alt+/", "alt+slash"), ("shift+a", "A"), ("g g", "g g"), ("ctrl+shift+up", "ctrl+shift+up"), ("-", "minus"),
        ("alt+minus", "alt+minus"), ("space", "space"), ("alt+<", "alt+less_than_sign"),
    ],
)  # fmt: skip
def test_keys_are_written_in_many_ways(written: str, name: str) -> None:
    assert normal(written) == name


@pytest.mark.parametrize(
    "written", ["", "   ", "ctrl+nothing", "hyper", "a b c d", "f99x", "ctrl+", "wheel up"]
)
def test_what_is_no_key_is_said(written: str) -> None:
    with pytest.raises(NoKey):
        normal(written)


def test_keys_that_type_are_known() -> None:
    assert [key for key in ("a", "A", "question_mark", "space", "enter", "shift+tab") if not types(key)] == []
    assert [key for key in ("ctrl+a", "f1", "alt+a", "escape", "up", "ctrl+x a") if types(key)] == []


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_sound(preset: str) -> None:
    keymap, faults = resolve(preset, {})
    assert faults == [] and keymap.preset == preset
    assert set(PRESETS[preset]) <= set(entries())
    for place in {entry.place for entry in entries().values()}:
        keys = [key for entry in entries().values() if entry.place == place for key in keymap.keys(entry.id)]
        assert len(keys) == len(set(keys)), place
        starts = {key for key in keys if " " not in key}
        assert not [key for key in keys if " " in key and key.split(" ")[0] in starts], place
    for id, own in PRESETS[preset].items():
        assert all(normal(key) == key for key in own), id
    palette = [
        keymap.keys(command.id)
        for command in COMMANDS
        if command.id in ("app.palette", "app.quit", "app.keys")
    ]
    assert all(palette)


@pytest.mark.parametrize(
    ("preset", "rows", "sentence"),
    [
        ("vin", {}, "The keymap vin is not there, did you mean vim?"),
        ("default", {"editor.fnd": ["f5"]}, "keys: there is no command editor.fnd, did you mean editor.find?"),
        ("default", {"editor.find": ["ctrl+hyper"]}, "keys: editor.find has no key called ctrl+hyper."),
        ("default", {"editor.find": ["x"]}, "keys: editor.find can't have x, which types something there."),
        ("default", {"hunk.choose": ["f5"]}, "keys: the keys of hunk.choose can't be changed."),
        ("default", {"tab.next": ["f5"], "tab.close": ["f5"]},
         "keys: tab.close can't have f5, tab.next has it already."),
        ("default", {"file.save": [""]}, "keys: file.save is empty."),
    ],
)  # fmt: skip
def test_a_wrong_row_is_one_sentence_and_the_rest_holds(
    preset: str, rows: Mapping[str, Sequence[str]], sentence: str
) -> None:
    keymap, faults = resolve(preset, {**rows, "app.theme": ["f12"]})
    assert faults == [sentence] and keymap.keys("app.theme") == ("f12",)


def test_a_key_that_is_given_to_one_command_leaves_the_others_of_its_place() -> None:
    keymap, _ = resolve("default", {"editor.find": ["ctrl+d", "f5"], "hunk.accept": ["y"], "hunk.reject": []})
    assert keymap.keys("editor.find") == ("ctrl+d", "f5") and keymap.keys("editor.add_next") == ()
    assert keymap.keys("hunk.accept") == ("y",) and keymap.keys("hunk.reject") == ()
    assert keymap.keys("talk.copy") == ("y",), "another place"
    assert keymap.keys("file.save") == ("ctrl+s",)


def test_the_page_of_keys_shows_the_keymap_as_it_is() -> None:
    keymap, _ = resolve("emacs", {"file.save": ["f12"]})
    text = "\n".join("".join(part for _, part in line.parts) for line in key_lines(120, keymap))
    assert "The keymap is emacs." in text and "F12" in text and "^X ^F" in text and "Alt-x" in text
    modal = "\n".join(
        "".join(part for _, part in line.parts) for line in key_lines(120, resolve("vim", {})[0])
    )
    assert "Operators" in modal and ":w :q :wq" in modal
    assert "Operators" not in "".join(part for line in key_lines(120) for _, part in line.parts)


async def in_text(it: Stage, source: bytes = b"one two\nthree four\nfive\n") -> EditorView:
    it.engine.workspace.files["a.py"] = source
    await it.engine.workspace.open("a.py")
    await it.settle()
    await it.press("f3")
    return it.app.screen.query_one(EditorView)


def text_of(it: Stage) -> str:
    return it.engine.workspace.buffers["a.py"].text.encode().decode()


async def test_own_keys_work_and_the_old_ones_do_not() -> None:
    keymap, _ = resolve("default", {"pane.review": ["f12"], "file.save": ["ctrl+x ctrl+s"]})
    async with stage(keymap=keymap) as it:
        await it.press("f4")
        assert it.here == "prompt"
        await it.press("f12")
        assert it.here == "review"
        await in_text(it)
        await it.press("x", "ctrl+x")
        assert "^X ..." in it.text("#status")
        await it.press("ctrl+s")
        assert it.engine.workspace.saved == ["a.py"]
        await it.press("ctrl+x", "q")
        assert "means nothing" in it.text("#status") and text_of(it).startswith("xone")
        assert "F12 review" in it.text("#hints")


async def test_emacs_moves_kills_and_yanks() -> None:
    async with stage(keymap=resolve("emacs", {})[0]) as it:
        it.engine.list_files("a.py", "b.py")
        view = await in_text(it)
        await it.press("ctrl+f", "ctrl+f", "ctrl+f", "ctrl+k")
        assert text_of(it) == "one\nthree four\nfive\n" and it.app.clipboard == " two"
        await it.press("ctrl+n", "ctrl+e", "ctrl+y")
        assert text_of(it) == "one\nthree four two\nfive\n"
        await it.press("ctrl+a", "ctrl+@", "alt+f", "alt+w", "ctrl+g", "ctrl+p", "ctrl+y")
        assert text_of(it).startswith("threeone") or "three" in text_of(it).split("\n")[0]
        await it.press("ctrl+underscore")
        assert text_of(it) == "one\nthree four two\nfive\n"
        await it.press("ctrl+x", "ctrl+s")
        assert it.engine.workspace.saved == ["a.py"]
        await it.press("ctrl+x", "ctrl+f")
        assert it.shows(FinderScreen)
        await it.press("ctrl+g")
        await it.press("escape")
        await it.press("f3", "ctrl+s")
        await it.type("five")
        assert view.selection is not None and view.caret.line == 2
        await it.press("ctrl+g")
        assert it.app.focused is view


async def test_the_preset_is_picked_from_the_palette() -> None:
    async with stage() as it:
        view = await in_text(it)
        await it.press("ctrl+p")
        await it.type("keymap")
        await it.press("enter")
        await it.type("vim")
        await it.press("enter")
        assert view.mode is Mode.NORMAL and "NORMAL" in it.text("#status")
        await it.press("d", "w")
        assert text_of(it).startswith("two")
        await it.press("ctrl+p")
        await it.type("keymap")
        await it.press("enter")
        await it.type("default")
        await it.press("enter")
        await it.press("d")
        assert text_of(it).startswith("dtwo") and "NORMAL" not in it.text("#status")


def test_every_place_of_the_table_can_be_worn() -> None:
    keymap = Keymap("default", {"picker.take": ("f12",)})
    assert keymap.actions(Where.PICKER)["f12"] == "take" and "enter" not in keymap.actions(Where.PICKER)
    assert DEFAULT.first("app.theme") == ""
