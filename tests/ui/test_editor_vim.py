"""Modal editing in the real editor: modes on the screen, the mouse, undo, the command line, other keys."""

import pytest
from textual import events
from textual.geometry import Offset

from spark_tui.core.text import Position
from spark_tui.ui.keymaps import resolve
from spark_tui.ui.vim import Mode
from spark_tui.ui.widgets.editor import EditorView
from tests.ui.stage import Stage, stage
from tests.ui.test_keymaps import in_text, text_of

VIM = resolve("vim", {})[0]
SOURCE = b"def f(a, b):\n    return (a + b)\n\nlast line here\n"


async def typed(it: Stage, keys: str) -> None:
    """Press keys as vim writes them."""
    from tests.ui.vim_desk import keys_of

    await it.press(*("space" if key == " " else key for key in keys_of(keys)), gap=0.05)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("dd", "    return (a + b)\n\nlast line here\n"),
        ("jci(x<Esc>", "def f(a, b):\n    return (x)\n\nlast line here\n"),
        ("Vjd", "\nlast line here\n"),
        ("GA;<Esc>k.", "def f(a, b):\n    return (a + b)\n;\nlast line here;\n"),
        ("onew<Esc>", "def f(a, b):\n    new\n    return (a + b)\n\nlast line here\n"),
        ("yyGp", "def f(a, b):\n    return (a + b)\n\nlast line here\ndef f(a, b):\n"),
        (":%s/a/z/g<CR>", "def f(z, b):\n    return (z + b)\n\nlzst line here\n"),
        ("dwu", SOURCE.decode()),
        ("dwxu<C-r>", "(a, b):\n    return (a + b)\n\nlast line here\n"),
        ("ihello world<Esc>u", SOURCE.decode()),
        ("qaA!<Esc>jq@a", "def f(a, b):!\n    return (a + b)!\n\nlast line here\n"),
        ("<C-v>jd", "ef f(a, b):\n   return (a + b)\n\nlast line here\n"),
        ("j>>", "def f(a, b):\n        return (a + b)\n\nlast line here\n"),
        ("R123<Esc>", "123 f(a, b):\n    return (a + b)\n\nlast line here\n"),
    ],
)
async def test_commands_change_the_text(keys: str, text: str) -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, SOURCE)
        await typed(it, keys)
        assert text_of(it) == text
        assert view.mode is Mode.NORMAL


async def test_modes_are_named_and_escape_ends_them() -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, SOURCE)
        for keys, mode in (("i", "INSERT"), ("v", "VISUAL"), ("V", "VISUAL LINE"), ("R", "REPLACE")):
            await typed(it, keys)
            assert f"  {mode} " in it.text("#status").replace("  ctx", "   ")
            await typed(it, "<Esc>")
            assert "NORMAL" in it.text("#status") and it.here == "editor"
        await typed(it, "2d")
        assert "2d" in it.text("#status")
        await typed(it, "<Esc>:s/a/")
        assert ":s/a/" in it.text("#status")
        await typed(it, "<Esc>/las")
        assert "/las" in it.text("#status")
        await typed(it, "<CR>")
        assert view.caret == Position(3, 0)


async def test_letters_type_nothing_between_the_modes_and_other_keys_stay() -> None:
    async with stage(keymap=VIM) as it:
        await in_text(it, SOURCE)
        await typed(it, "QK")
        assert text_of(it) == SOURCE.decode()
        await typed(it, "x")
        await it.press("ctrl+s")
        assert it.engine.workspace.saved == ["a.py"]
        await it.press("f4")
        assert it.here == "review"
        await it.press("f7", "i", "q", "x")
        assert it.workspace.prompt.input.text == "iqx"


async def test_the_command_line_saves_closes_and_complains() -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, SOURCE)
        await typed(it, "x:w<CR>")
        await it.settle()
        assert it.engine.workspace.saved == ["a.py"]
        await typed(it, ":nonsense<CR>")
        assert ":nonsense is not known" in it.text("#status")
        await typed(it, ":set wrap<CR>")
        assert (view._is_wrapped, view._sheet.indent.size) == (True, 4)
        await typed(it, ":set nowrap sw=2<CR>")
        assert (view._is_wrapped, view._sheet.indent.size) == (False, 2)
        await typed(it, "x:q!<CR>")
        await it.until(lambda: not it.engine.workspace.tabs)


async def test_what_the_mouse_selects_is_a_visual_selection() -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, SOURCE)
        start = view.region.offset + Offset(8, 1)
        await it.pilot.mouse_down(offset=start)
        await it.pilot.hover(offset=start + Offset(4, 0))
        await it.pilot.mouse_up(offset=start + Offset(4, 0))
        await it.settle()
        assert (view.mode, view.selection is None) == (Mode.VISUAL, False)
        await typed(it, "d")
        assert (view.mode, len(text_of(it)) < len(SOURCE)) == (Mode.NORMAL, True)


async def test_a_block_is_drawn_and_inserted_into() -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, b"aaaa\nbbbb\ncccc\n")
        await typed(it, "l<C-v>2jl")
        assert [one.span.start.column for one in view._sheet.carets.all] == [1, 1, 1]
        assert [one.span.end.column for one in view._sheet.carets.all] == [3, 3, 3]
        await typed(it, "I--<Esc>")
        assert text_of(it) == "a--aaa\nb--bbb\nc--ccc\n"
        await typed(it, "u")
        assert text_of(it) == "aaaa\nbbbb\ncccc\n"


async def test_a_paste_in_insert_mode_and_the_system_clipboard() -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, b"one\n")
        await typed(it, "A ")
        view.post_message(events.Paste("two"))
        await it.settle()
        await typed(it, '<Esc>"+yy')
        assert text_of(it) == "one two\n" and it.app.clipboard == "one two\n"
        await typed(it, '"+p')
        assert text_of(it) == "one two\none two\n"


async def test_another_file_begins_in_normal_mode() -> None:
    async with stage(keymap=VIM) as it:
        view = await in_text(it, SOURCE)
        await typed(it, "i")
        await it.engine.workspace.open("b.py")
        await it.settle()
        assert it.app.screen.query_one(EditorView) is view and view.mode is Mode.NORMAL
