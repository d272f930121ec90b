"""The presets: by the id of a command the keys that it has instead of its own; no keys, none."""

from collections.abc import Mapping

from spark_tui.ui.commands.editor import COMMANDS as EDITOR_COMMANDS

_EMACS: dict[str, tuple[str, ...]] = {
    "app.palette": ("alt+x",),
    "app.quit": ("ctrl+x ctrl+c", "ctrl+q"),
    "app.suspend": ("ctrl+x ctrl+z",),
    "file.find": ("ctrl+x ctrl+f",),
    "file.save": ("ctrl+x ctrl+s",),
    "file.save_all": ("ctrl+x s",),
    "tab.close": ("ctrl+x k",),
    "tab.next": ("ctrl+x right", "ctrl+pagedown", "f10"),
    "tab.previous": ("ctrl+x left", "ctrl+pageup", "f9"),
    "picker.up": ("up", "ctrl+p"),
    "picker.leave": ("escape", "ctrl+g"),
    "editor.left": ("left", "ctrl+b"),
    "editor.right": ("right", "ctrl+f"),
    "editor.up": ("up", "ctrl+p"),
    "editor.down": ("down", "ctrl+n"),
    "editor.word_left": ("ctrl+left", "alt+b"),
    "editor.word_right": ("ctrl+right", "alt+f"),
    "editor.home": ("home", "ctrl+a"),
    "editor.end": ("end", "ctrl+e"),
    "editor.page_down": ("pagedown", "ctrl+v"),
    "editor.page_up": ("pageup", "alt+v"),
    "editor.text_start": ("ctrl+home", "alt+less_than_sign"),
    "editor.text_end": ("ctrl+end", "alt+greater_than_sign"),
    "editor.select_all": ("ctrl+x h",),
    "editor.newline": ("enter", "shift+enter", "ctrl+j"),
    "editor.delete": ("delete", "ctrl+d"),
    "editor.delete_word_right": ("ctrl+delete", "alt+d"),
    "editor.delete_word_left": ("alt+backspace", "ctrl+backspace"),
    "editor.delete_line_end": ("ctrl+k",),
    "editor.centre": ("ctrl+l",),
    "editor.paste": ("ctrl+y",),
    "editor.cut": ("ctrl+w", "super+x"),
    "editor.copy": ("alt+w", "super+c"),
    "editor.mark": ("ctrl+@",),
    "editor.single": ("escape", "ctrl+g"),
    "editor.undo": ("ctrl+underscore", "ctrl+slash", "ctrl+x u", "ctrl+z"),
    "editor.redo": ("alt+underscore",),
    "editor.toggle_comment": ("alt+semicolon",),
    "editor.duplicate_lines": ("ctrl+x d",),
    "editor.find": ("ctrl+s",),
    "editor.find_previous": ("ctrl+r",),
    "editor.find_next": ("f11",),
    "editor.replace": ("alt+percent_sign",),
    "editor.go_to_line": ("alt+g g", "alt+g alt+g"),
    "editor.go_to_symbol": ("alt+g i", "ctrl+t"),
    "editor.back": ("alt+left", "ctrl+x ctrl+@"),
    "editor.add_next": ("alt+n",),
    "editor.add_all": ("ctrl+x a",),
    "editor.add_above": ("alt+shift+up",),
    "editor.add_below": ("alt+shift+down",),
    "editor.find_down": ("down", "ctrl+s"),
    "editor.find_up": ("up", "ctrl+r"),
    "editor.find_leave": ("escape", "ctrl+g"),
    "editor.bar_find": ("ctrl+f",),
    "editor.bar_replace": ("alt+percent_sign",),
}

_KEPT_BY_VIM = (
    "undo",
    "scroll_up",
    "scroll_down",
    "single",
    "go_to_symbol",
    "toggle_wrap",
    "add_all",
    "forward",
)
"""Commands of the editor that keep their keys where those mean nothing between the modes."""
_VIM: dict[str, tuple[str, ...]] = {
    **{
        command.id: ()
        for command in EDITOR_COMMANDS
        if command.keys and command.name not in _KEPT_BY_VIM and not command.name.startswith("select_")
    },
    "editor.select_all": (),
    "editor.copy": ("super+c",),
    "editor.cut": ("super+x",),
    "editor.add_all": (),
    "editor.back": ("alt+left",),
    "editor.forward": ("alt+right",),
}

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {"default": {}, "vim": _VIM, "emacs": _EMACS}
"""By name."""
