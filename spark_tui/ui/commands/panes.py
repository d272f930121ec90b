"""The commands of the tree, the talk and the prompt."""

from spark_tui.ui.commands.command import Command


def tree() -> tuple[Command, ...]:
    """Return what works in the tree."""
    return (
        Command("tree.open", ("enter",), "Open", "Opens the file, or opens and closes the folder.", "open",
                "open"),
        Command("tree.down", ("down", "j"), "Down", "Goes to the next row.", "move(1)"),
        Command("tree.up", ("up", "k"), "Up", "Goes to the row before.", "move(-1)"),
        Command("tree.right", ("right", "l"), "Open folder", "Opens the folder.", "unfold", "unfold"),
        Command("tree.left", ("left", "h"), "Close folder", "Closes the folder, or goes to the one above.",
                "fold", "fold"),
        Command("tree.page_down", ("pagedown",), "Page down", "Goes a page down.", "page(1)"),
        Command("tree.page_up", ("pageup",), "Page up", "Goes a page up.", "page(-1)"),
        Command("tree.first", ("home",), "First", "Goes to the first row.", "edge(False)"),
        Command("tree.last", ("end",), "Last", "Goes to the last row.", "edge(True)"),
        Command("tree.new", ("n",), "New file",
                "Makes a file, or a folder if the name ends in a slash.", "ask('new')", "new"),
        Command("tree.move", ("r",), "Move or rename",
                "Gives the file or folder another path; open files and unsaved text go along.", "ask('move')",
                "rename"),
        Command("tree.copy", ("c",), "Copy file", "Copies the file or folder.", "ask('copy')", "copy"),
        Command("tree.delete", ("d", "delete"), "Delete file",
                "Deletes the file, or the folder with all that it holds; asks first.", "ask('delete')",
                "delete"),
        Command("tree.undo", ("u",), "Undo file step",
                "Takes back the last file made, moved, copied or deleted.", "ask('undo')", "undo"),
        Command("tree.redo", ("U",), "Redo file step", "Makes the step again that was taken back.",
                "ask('redo')"),
        Command("tree.reveal", ("f",), "Show open file", "Goes to the file that is open.", "reveal"),
        Command("tree.fold_all", ("z",), "Close all folders", "Closes every folder.", "fold_all"),
    )  # fmt: skip


def talk() -> tuple[Command, ...]:
    """Return what works in the talk."""
    return (
        Command("talk.down", ("down", "j"), "Down", "Scrolls a line down.", "scroll('line', 1)"),
        Command("talk.up", ("up", "k"), "Up", "Scrolls a line up.", "scroll('line', -1)", "scroll"),
        Command("talk.page_down", ("pagedown", "space"), "Page down", "Scrolls a page down.", "scroll('page', 1)"),
        Command("talk.page_up", ("pageup",), "Page up", "Scrolls a page up.", "scroll('page', -1)"),
        Command("talk.first", ("home",), "Beginning", "Goes to the first line.", "scroll('edge', -1)"),
        Command("talk.last", ("end",), "End", "Goes to the last line and follows new ones.", "scroll('edge', 1)",
                "follow"),
        Command("talk.tall", ("z",), "Taller", "Makes the talk taller, or small again.", "tall", "taller"),
        Command("talk.copy", ("y",), "Copy answer", "Copies the last answer to the clipboard.", "copy",
                "copy"),
    )  # fmt: skip


def prompt() -> tuple[Command, ...]:
    """Return what works in the prompt."""
    return (
        Command("prompt.send", ("enter",), "Send", "Sends the prompt.", "send", "send"),
        Command("prompt.newline", ("ctrl+j", "shift+enter", "alt+enter"), "New line", "Begins a new line.",
                "newline", "new line"),
        Command("prompt.older", ("up",), "Older prompt", "In the first line: brings back the prompt before.",
                "older"),
        Command("prompt.newer", ("down",), "Newer prompt", "In the last line: goes forward again.", "newer"),
        Command("prompt.complete", ("tab",), "Complete, queue",
                "Takes the file that the list offers after `@`; else, during a turn: asks when it is over.",
                "complete"),
    )  # fmt: skip
