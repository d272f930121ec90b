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
        Command("tab.close", ("alt+w",), "Close tab", "Closes the open file.", "close_tab", "", True),
        Command("tab.next", ("ctrl+pagedown", "f10"), "Next tab", "Shows the next open file.", "tab(1)",
                in_palette=True),
        Command("tab.previous", ("ctrl+pageup", "f9"), "Previous tab", "Shows the open file before this one.",
                "tab(-1)", in_palette=True),
    )  # fmt: skip
