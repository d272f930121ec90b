"""The page of all keys, made from the tables of commands."""

from collections.abc import Sequence

from spark_tui.ui.commands import COMMANDS, Where, key_label
from spark_tui.ui.commands.editor import BAR_COMMANDS
from spark_tui.ui.commands.editor import COMMANDS as EDITOR_COMMANDS
from spark_tui.ui.keymaps import DEFAULT, Keymap
from spark_tui.ui.widgets.cells import wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, plain

_ORDER = (
    Where.REVIEW, Where.LINE, Where.DRAFT, Where.PROMPT, Where.WORKSPACE, Where.ANYWHERE, Where.TREE, Where.TALK,
    Where.PICKER, Where.TIMELINE, Where.STEP, Where.OUTSIDE, Where.CONTEXT,
)  # fmt: skip
MODAL = (
    ("Esc", "Normal mode", "Ends what was begun; keys are commands. Counts stand before them."),
    ("h j k l", "Move", "Also w b e W B E ge 0 ^ $ gg G { } ( ) % H M L |, f F t T with ; and ,"),
    (
        "i a I A o O",
        "Insert mode",
        "Types before, behind, at the ends of the line, in a new line; R types over.",
    ),
    (
        "v V ^V",
        "Visual mode",
        "Selects characters, lines, a block; o goes to the other end, gv selects again.",
    ),
    (
        "d c y",
        "Operators",
        "Delete, change, yank: with a motion, an object, or twice for lines; x s D C S Y.",
    ),
    ("> < = gu gU g~", "More operators", "Indent, outdent, reindent, small and capital letters, swap."),
    (
        'iw aw i( a" it ip',
        "Objects",
        "Words, brackets, quotes, tags, paragraphs (p), sentences (s); a with blanks.",
    ),
    ('p P "a "+ "0', "Registers", "Put; name a register before a command: a-z, + is the clipboard."),
    ("qa q @a @@", "Macros", "Record keys and press them again."),
    (". u ^R", "Again, undo", "Does the last change again; takes changes back and brings them again."),
    ("/ ? n N * #", "Search", "Looks for a pattern, or for the word at the caret."),
    ("ma 'a `a", "Marks", "Remembers a place and goes back to it."),
    ("J gJ r ~ ^A ^X", "Small changes", "Join lines, replace a character, swap case, count up and down."),
    (
        "zz zt zb",
        "Scroll",
        "Brings the caret's line to the middle, the top, the bottom; also ^D ^U ^F ^B ^E ^Y.",
    ),
    (
        "gcc gc ^W",
        "Comments, halves",
        "Comments lines; ^W v splits the editor, ^W w goes across, ^W c joins.",
    ),
    ("gd", "Definition", "Goes to where the word at the caret is defined."),
    (":", "Command line", ":w :q :wq :e :s :%s :g :d :m :t :norm :noh :set, with ranges."),
)
"""What keys do between the modes."""
_KEYS = 22
"""Cells for the keys."""


def key_lines(width: int, keymap: Keymap = DEFAULT) -> list[Line]:
    """Write every command with its keys as they are now, grouped by where they apply."""
    lines: list[Line] = []
    if keymap.preset != "default":
        lines += [plain(f" The keymap is {keymap.preset}.", "accent"), BLANK]
    rest = [where for where in Where if where not in _ORDER and where is not Where.EDITOR]
    for where in (*_ORDER, *rest):
        lines += [plain(f" {where}", "heading")]
        for command in COMMANDS:
            if command.where is where and keymap.keys(command.id):
                lines += _command_lines(
                    _labels(keymap.keys(command.id)), command.title, f"{command.help} [{command.id}]", width
                )
        lines.append(BLANK)
    if keymap.is_modal:
        lines += [plain(" editor: modes", "heading")]
        for keys, title, about in MODAL:
            lines += _command_lines(keys, title, about, width)
        lines.append(BLANK)
    lines.append(plain(f" {Where.EDITOR}", "heading"))
    for entry in EDITOR_COMMANDS:
        is_selecting = entry.name.startswith("select_") and entry.name != "select_all"
        if keymap.keys(entry.id) and not is_selecting:
            lines += _command_lines(
                _labels(keymap.keys(entry.id)[:2]), entry.title, f"{entry.about} [{entry.id}]".strip(), width
            )
    lines += _command_lines("Shift-motion", "Select", "Every motion selects with Shift.", width)
    lines += _command_lines("Ctrl-click", "Caret too", "Adds a caret; dragging selects a block.", width)
    lines += [BLANK, plain(" editor: find", "heading")]
    for entry in BAR_COMMANDS:
        lines += _command_lines(
            _labels(keymap.keys(entry.id)[:2]), entry.title, f"{entry.about} [{entry.id}]".strip(), width
        )
    lines += _command_lines(
        "Tab, Space", "Switches", "Tab goes to what is in the bar, Space presses it.", width
    )
    return lines


def _labels(keys: Sequence[str]) -> str:
    shown = keys[:2] if len(keys) < 5 else (keys[0], "...", keys[-1])
    return ", ".join(key_label(key) for key in shown)


def _command_lines(keys: str, title: str, about: str, width: int) -> Sequence[Line]:
    first, *rest = wrap_words(about, max(width - _KEYS - 22, 16)) or [""]
    lines = [Line((("accent", f"  {keys:<{_KEYS - 2}}"), ("", f"{title:<18}"), ("muted", f"  {first}")))]
    lines += [plain(" " * (_KEYS + 20) + text, "muted") for text in rest]
    return lines
