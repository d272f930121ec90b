"""The editor's commands with their ids, default keys and titles; key bindings and help are made from this table."""

from textual.binding import Binding, BindingType

from spark_tui.core.values import dataclass
from spark_tui.ui.commands.table import UNREACHABLE


@dataclass(frozen=True, slots=True)
class EditorCommand:
    """One thing the editor does at a key."""

    name: str
    """What the editor calls it; its id is this with `editor.` before it."""
    keys: str
    """Default keys, separated by commas."""
    title: str
    about: str = ""
    """One sentence; without one the command is too plain for the palette."""

    @property
    def id(self) -> str:
        """What a keymap calls it."""
        return f"editor.{self.name}"


def _motion(name: str, keys: str, title: str) -> tuple[EditorCommand, EditorCommand]:
    shifted = ",".join(_shifted(key) for key in keys.split(","))
    return (
        EditorCommand(name, keys, title),
        EditorCommand(f"select_{name}", shifted, f"{title}, selecting"),
    )


def _shifted(key: str) -> str:
    return f"ctrl+shift+{key.removeprefix('ctrl+')}" if key.startswith("ctrl+") else f"shift+{key}"


COMMANDS: tuple[EditorCommand, ...] = (
    *_motion("left", "left", "Left"),
    *_motion("right", "right", "Right"),
    *_motion("up", "up", "Up"),
    *_motion("down", "down", "Down"),
    *_motion("word_left", "ctrl+left", "Word left"),
    *_motion("word_right", "ctrl+right", "Word right"),
    *_motion("home", "home", "Start of line"),
    *_motion("end", "end", "End of line"),
    *_motion("page_up", "pageup", "Page up"),
    *_motion("page_down", "pagedown", "Page down"),
    *_motion("text_start", "ctrl+home", "Start of file"),
    *_motion("text_end", "ctrl+end", "End of file"),
    EditorCommand("select_all", "ctrl+a", "Select all"),
    EditorCommand("scroll_up", "ctrl+up", "Scroll up a row"),
    EditorCommand("scroll_down", "ctrl+down", "Scroll down a row"),
    EditorCommand("newline", "enter,shift+enter", "New line"),
    EditorCommand("backspace", "backspace,shift+backspace,ctrl+h", "Delete left"),
    EditorCommand("delete", "delete", "Delete right"),
    EditorCommand("delete_word_left", "ctrl+w,ctrl+backspace,alt+backspace", "Delete word left"),
    EditorCommand("delete_word_right", "ctrl+delete,alt+delete", "Delete word right"),
    EditorCommand(
        "delete_line_end", "", "Delete to the end of the line", "Cuts what is behind the caret in its line."
    ),
    EditorCommand("centre", "", "Caret to the middle", "Scrolls so that the caret is in the middle."),
    EditorCommand("tab", "tab", "Indent"),
    EditorCommand("outdent", "shift+tab", "Outdent"),
    EditorCommand("move_lines_up", "alt+up", "Move lines up"),
    EditorCommand("move_lines_down", "alt+down", "Move lines down"),
    EditorCommand("duplicate_lines", "ctrl+u", "Duplicate lines", "Puts a copy of the lines below."),
    EditorCommand(
        "toggle_comment",
        "ctrl+underscore,ctrl+slash",
        "Toggle comment",
        "Makes comments of the lines, or code again.",
    ),
    EditorCommand("toggle_wrap", "alt+z", "Wrap lines", "Breaks long lines at words, or lets them run on."),
    EditorCommand("toggle_guides", "", "Indent guides", "Shows how deep code is indented, or not."),
    EditorCommand(
        "toggle_blanks",
        "",
        "Spaces and tabs",
        "Shows those at the ends of lines as signs, then all, then none.",
    ),
    EditorCommand(
        "toggle_pairs", "", "Close brackets", "Closes brackets and quotes while one types, or not."
    ),
    EditorCommand("undo", "ctrl+z", "Undo typing"),
    EditorCommand("redo", "ctrl+y,ctrl+shift+z", "Redo typing"),
    EditorCommand(
        "older",
        "",
        "Earlier text",
        "Goes back in time, also to what was typed before undoing and typing anew.",
    ),
    EditorCommand("newer", "", "Later text", "Goes forward in time, over all that was typed."),
    EditorCommand("copy", "ctrl+c,super+c", "Copy"),
    EditorCommand("cut", "ctrl+x,super+x", "Cut"),
    EditorCommand("paste", "ctrl+v", "Paste"),
    EditorCommand(
        "add_next", "ctrl+d", "Next occurrence too", "Selects the word, then the next place of it too."
    ),
    EditorCommand(
        "add_all", "ctrl+l", "All occurrences", "Selects every place of the word or the selection."
    ),
    EditorCommand("add_above", "ctrl+k,alt+shift+up", "Caret above", "Adds a caret in the line above."),
    EditorCommand("add_below", "ctrl+j,alt+shift+down", "Caret below", "Adds a caret in the line below."),
    EditorCommand(
        "mark", "ctrl+@", "Mark, then a block", "Arrows select; pressed again they select a block."
    ),
    EditorCommand("single", "escape", "One caret", "Leaves one of several carets, and ends marking."),
    EditorCommand("find", "ctrl+f", "Find", "Finds while one types; Enter goes to the next."),
    EditorCommand("replace", "ctrl+r", "Replace", "Finds and replaces: one, or all as one step."),
    EditorCommand(
        "find_next", "ctrl+n", "Next match", "Without a search: the next place of the word at the caret."
    ),
    EditorCommand("find_previous", "f11,ctrl+shift+n", "Match before"),
    EditorCommand("go_to_line", "ctrl+g", "Go to line", "Goes to a line, or to line:column."),
    EditorCommand("go_to_symbol", "ctrl+t", "Go to symbol", "Goes to a definition by letters of its name."),
    EditorCommand(
        "bracket",
        "ctrl+right_square_bracket",
        "Go to the other bracket",
        "Goes to the partner of the bracket at the caret.",
    ),
    EditorCommand("back", "ctrl+b,alt+left", "Go back", "Goes back to where one was before going far."),
    EditorCommand("forward", "ctrl+e,alt+right", "Go forward", "Goes forward again."),
)
"""Everything the editor does; the letters themselves type."""

OPENERS = tuple(f"editor.{name}" for name in ("find", "replace", "go_to_line", "go_to_symbol"))
"""Commands that open a bar: what is typed behind their keys is meant for it."""

BAR_COMMANDS: tuple[EditorCommand, ...] = (
    EditorCommand("find_down", "down,ctrl+n", "Next match"),
    EditorCommand("find_up", "up,f11,ctrl+shift+n", "Match before"),
    EditorCommand("find_case", "alt+c", "Capitals count"),
    EditorCommand("find_word", "alt+w", "Whole words"),
    EditorCommand("find_regex", "alt+r", "Regular expression"),
    EditorCommand("find_scope", "alt+s", "In the selection"),
    EditorCommand("find_all", "alt+a", "Replace all"),
    EditorCommand("find_undo", "ctrl+z", "Undo"),
    EditorCommand("find_leave", "escape", "Leave"),
    EditorCommand("bar_find", "ctrl+f", "Find"),
    EditorCommand("bar_replace", "ctrl+r", "Replace"),
)
"""What keys do in the bar to find; Tab reaches everything in it, and Space or Enter presses it."""


def bindings() -> list[BindingType]:
    """Return a binding for each command, under its id."""
    return [
        Binding(
            command.keys or UNREACHABLE, f"editor('{command.name}')", command.title, show=False, id=command.id
        )
        for command in COMMANDS
    ]
