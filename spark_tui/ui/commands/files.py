"""The commands about files, their tabs, and ways through the project; they work anywhere in the workspace."""

from spark_tui.ui.commands.command import Command


def files() -> tuple[Command, ...]:
    """Return all of them."""
    return (*_finding(), *_keeping(), *_tabs())


def _finding() -> tuple[Command, ...]:
    return (
        Command("file.find", ("ctrl+o",), "Open file",
                "Finds a file by letters of its path; `name:12` goes to a line, `@` to a definition.",
                "navigate('file')", "open", True),
        Command("symbol.find", ("alt+t",), "Go to definition",
                "Finds a definition anywhere in the project by letters of its name.",
                "navigate('definition')", "", True),
        Command("symbol.here", ("f12",), "Go to the word's definition",
                "Goes to where the word at the caret is defined; where there are several, they are listed.",
                "navigate('definition here')", "", True),
        Command("search.files", ("alt+g",), "Search in files",
                "Finds a text or an expression in all files, unsaved text included.", "navigate('search')", "",
                True),
        Command("search.replace", ("alt+r",), "Replace in files",
                "Proposes a replacement in all files; hunks to decide about, nothing is written before.",
                "navigate('replace')", "", True),
    )  # fmt: skip


def _keeping() -> tuple[Command, ...]:
    return (
        Command("file.save", ("ctrl+s",), "Save", "Writes the open file to disk.", "file('save')", "save", True),
        Command("file.save_all", (), "Save all", "Writes every changed file to disk.", "file('save_all')",
                in_palette=True),
        Command("file.overwrite", (), "Save over",
                "Writes the open file even though the disk holds something else.",
                "file('overwrite')", in_palette=True),
        Command("file.reload", (), "Reload from disk",
                "Reads the open file again; undo brings the old text back.",
                "file('reload')", in_palette=True),
        Command("file.outside", ("alt+d",), "Changed on disk",
                "Settles a file that has unsaved text and was changed by another program: keep, take, join.",
                "file('outside')", "", True),
        Command("file.new", (), "New file", "Makes a file beside the open one, or a folder.", "filing('new')",
                in_palette=True),
        Command("file.move", (), "Move or rename open file", "Gives the open file another path.",
                "filing('move')", in_palette=True),
        Command("file.copy", (), "Copy open file", "Copies the open file.", "filing('copy')", in_palette=True),
        Command("file.delete", (), "Delete open file", "Deletes the open file; asks first.",
                "filing('delete')", in_palette=True),
    )  # fmt: skip


def _tabs() -> tuple[Command, ...]:
    return (
        Command("editor.split", ("alt+v",), "Split editor",
                "Shows two files, or two places of one, side by side; again: one.", "split", "", True),
        Command("editor.across", ("f5",), "Other half", "Goes to the other half of the editor.", "across", "",
                True),
        Command("tab.close", ("alt+w",), "Close tab", "Closes the open file.", "close_tab", "", True),
        Command("tab.next", ("ctrl+pagedown", "f10"), "Next tab", "Shows the next open file.", "tab(1)",
                in_palette=True),
        Command("tab.previous", ("ctrl+pageup", "f9"), "Previous tab", "Shows the open file before this one.",
                "tab(-1)", in_palette=True),
        Command("tab.list", ("alt+e",), "Open files", "Picks one of the open files, the last used one first.",
                "tabs('list')", "", True),
        Command("tab.others", (), "Close other tabs", "Closes all files but the open one; unsaved ones stay.",
                "tabs('close others')", in_palette=True),
        Command("tab.reopen", (), "Reopen tab", "Opens the file again that was used last and is closed.",
                "tabs('reopen')", in_palette=True),
        Command("tab.left", (), "Move tab left", "Moves the tab of the open file to the left.", "tabs('left')",
                in_palette=True),
        Command("tab.right", (), "Move tab right", "Moves the tab of the open file to the right.",
                "tabs('right')", in_palette=True),
    )  # fmt: skip


def search() -> tuple[Command, ...]:
    """Return what works in a search over files."""
    return (
        Command("search.take", ("enter",), "Open", "Goes to the marked line.", "take"),
        Command("search.down", ("down", "ctrl+n"), "Down", "Goes to the next row.", "move(1)", first=True),
        Command("search.up", ("up",), "Up", "Goes to the row before.", "move(-1)", first=True),
        Command("search.page_down", ("pagedown",), "Page down", "Goes a page down.", "move(10)", first=True),
        Command("search.page_up", ("pageup",), "Page up", "Goes a page up.", "move(-10)", first=True),
        Command("search.regex", ("alt+x",), "Regular expression", "Reads the words as an expression, or not.",
                "mode('regex')", "regex", first=True),
        Command("search.word", ("alt+w",), "Whole words", "Wants whole words, or not.", "mode('word')", "word",
                first=True),
        Command("search.case", ("alt+c",), "Capitals count", "Lets capitals count, or not.", "mode('case')",
                "case", first=True),
        Command("search.fold", ("alt+z",), "Fold", "Hides the lines of the marked file, or shows them.", "fold",
                first=True),
        Command("search.replaces", ("alt+r",), "Replace", "Shows what to put in, or hides it.", "replaces",
                "replace", first=True),
        Command("search.propose", ("alt+a",), "Propose",
                "Proposes the replacement as hunks of the review.", "propose", "propose", first=True),
        Command("search.leave_out", ("alt+o",), "Leave out",
                "Leaves the marked line, or file, out of the replacement.", "leave_out", "skip",
                first=True),
        Command("search.leave", ("escape",), "Leave", "Leaves the search; nothing happens.", "leave_list",
                first=True),
    )  # fmt: skip
