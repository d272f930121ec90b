"""The commands of lists, questions, drafts, the checkpoints and the choice about a changed file."""

from spark_tui.ui.commands.command import Command


def picker() -> tuple[Command, ...]:
    """Return what works in a list to pick from."""
    return (
        Command("picker.take", ("enter",), "Take", "Takes the marked row.", "take", "take"),
        Command("picker.down", ("down", "ctrl+n"), "Down", "Goes to the next row.", "move(1)"),
        Command("picker.up", ("up",), "Up", "Goes to the row before.", "move(-1)"),
        Command("picker.page_down", ("pagedown",), "Page down", "Goes a page down.", "move(10)"),
        Command("picker.page_up", ("pageup",), "Page up", "Goes a page up.", "move(-10)"),
        Command("picker.leave", ("escape",), "Leave", "Closes the list; nothing happens.", "leave_list",
                "leave"),
    )  # fmt: skip


def line() -> tuple[Command, ...]:
    """Return what works in a question."""
    return (
        Command("line.take", ("enter",), "Answer", "Does what is asked.", "take", "yes"),
        Command("line.leave", ("escape",), "Leave", "Leaves the question; nothing happens.", "leave_line",
                "leave"),
    )  # fmt: skip


def draft() -> tuple[Command, ...]:
    """Return what works in a hunk being edited."""
    return (
        Command("draft.keep", ("ctrl+s",), "Keep", "Lets the hunk become this; it is still to be accepted.",
                "keep", "keep"),
        Command("draft.leave", ("escape",), "Leave", "Leaves the hunk as it is; `e` brings the draft back.",
                "leave_draft", "leave"),
    )  # fmt: skip


def timeline() -> tuple[Command, ...]:
    """Return what works in the list of checkpoints."""
    return (
        Command("timeline.preview", ("enter",), "Preview",
                "Shows what going there would change, file by file; writes nothing.", "preview", "preview"),
        Command("timeline.down", ("down", "j"), "Down", "Goes to the next checkpoint.", "move(1)"),
        Command("timeline.up", ("up", "k"), "Up", "Goes to the checkpoint before.", "move(-1)"),
        Command("timeline.undo", ("u",), "Undo", "Previews taking back the checkpoint that the files are at.",
                "step('undo')", "undo"),
        Command("timeline.redo", ("U",), "Redo", "Previews making again what was taken back last.",
                "step('redo')", "redo"),
        Command("timeline.turn", ("t",), "Undo turn",
                "Previews taking back all of the turn that the checkpoint belongs to.", "step('turn')", "turn"),
        Command("timeline.page_down", ("pagedown",), "Page down", "Scrolls the changes down.", "scroll_below(1)"),
        Command("timeline.page_up", ("pageup",), "Page up", "Scrolls the changes up.", "scroll_below(-1)"),
        Command("timeline.leave", ("escape", "q"), "Leave", "Closes the list; nothing happens.", "leave",
                "leave"),
    )  # fmt: skip


def step() -> tuple[Command, ...]:
    """Return what works in the preview of a step back."""
    return (
        Command("step.tick", ("space",), "Tick",
                "Lets a file take part, or not; files changed since start without.", "tick", "tick"),
        Command("step.write", ("W",), "Write",
                "Writes the ticked files; that is a checkpoint too and can be undone.", "write", "write"),
        Command("step.down", ("down", "j"), "Down", "Goes to the next file.", "move(1)"),
        Command("step.up", ("up", "k"), "Up", "Goes to the file before.", "move(-1)"),
        Command("step.page_down", ("pagedown",), "Page down", "Scrolls the changes down.", "scroll_below(1)"),
        Command("step.page_up", ("pageup",), "Page up", "Scrolls the changes up.", "scroll_below(-1)"),
        Command("step.leave", ("escape", "q"), "Leave", "Does nothing, which is the default.", "leave",
                "leave"),
    )  # fmt: skip


def outside() -> tuple[Command, ...]:
    """Return what works in the choice about a file that another program changed."""
    return (
        Command("outside.keep", ("k",), "Keep mine", "Keeps the unsaved text; saving it replaces the disk's.",
                "answer('keep')", "keep"),
        Command("outside.take", ("t",), "Take the disk's",
                "Takes what is on disk; undo in the editor brings the unsaved text back.", "answer('take')",
                "take"),
        Command("outside.join", ("m",), "Merge", "Puts both changes together, unsaved, if no line is in both.",
                "answer('join')", "merge"),
        Command("outside.marked", ("enter",), "Answer", "Gives the marked answer; at first that is to wait.",
                "take_marked"),
        Command("outside.down", ("down", "tab"), "Down", "Goes to the next answer.", "move(1)"),
        Command("outside.up", ("up", "shift+tab"), "Up", "Goes to the answer before.", "move(-1)"),
        Command("outside.page_down", ("pagedown",), "Page down", "Scrolls the difference down.", "scroll(1)"),
        Command("outside.page_up", ("pageup",), "Page up", "Scrolls the difference up.", "scroll(-1)"),
        Command("outside.leave", ("escape", "q"), "Later", "Decides later; nothing changes.",
                "answer('later')", "later"),
    )  # fmt: skip


def context() -> tuple[Command, ...]:
    """Return what works on the page of the context."""
    return (
        Command("context.pin", ("p",), "Pin", "Sends the file with every prompt of this session; again: no longer.",
                "wish('pin')", "pin"),
        Command("context.drop", ("d",), "Drop", "Leaves the piece out in this session; again: no longer.",
                "wish('drop')", "drop"),
        Command("context.widen", ("w", "plus"), "Widen",
                "Sends more of the piece: a line, then its skeleton, then all of it.", "wish('widen')", "widen"),
        Command("context.allow", ("a",), "Allow once",
                "Lets the piece go out with its secrets in the next turn, and in no other.", "wish('allow')"),
        Command("context.restore", ("r",), "Bring back",
                "Puts back what left the conversation to save room.", "wish('bring back')"),
        Command("context.down", ("down", "j"), "Down", "Goes to the next piece.", "move(1)"),
        Command("context.up", ("up", "k"), "Up", "Goes to the piece before.", "move(-1)"),
        Command("context.page_down", ("pagedown", "space"), "Page down", "Goes a page down.", "move(10)"),
        Command("context.page_up", ("pageup",), "Page up", "Goes a page up.", "move(-10)"),
        Command("context.leave", ("escape", "q", "f8"), "Leave", "Closes the page.", "leave", "leave"),
    )  # fmt: skip


def checks() -> tuple[Command, ...]:
    """Return what works on the page of a hunk's checks."""
    return (
        Command("checks.again", ("r",), "Run again", "Runs all checks of the hunk anew.", "again", "run again"),
        Command("checks.end", ("x",), "Stop", "Ends the checks that run.", "stop", "stop"),
        Command("checks.ask_trust", ("T",), "Trust", "Asks whether programs may check edits in this folder.",
                "ask_trust", "trust"),
        Command("checks.mend", ("m",), "Mend", "Asks for a version of the hunk without what was found.", "mend",
                "mend"),
        Command("checks.down", ("down", "j"), "Down", "Scrolls a line down.", "page('line', 1)"),
        Command("checks.up", ("up", "k"), "Up", "Scrolls a line up.", "page('line', -1)"),
        Command("checks.page_down", ("pagedown", "space"), "Page down", "Scrolls a page down.", "page('page', 1)"),
        Command("checks.page_up", ("pageup",), "Page up", "Scrolls a page up.", "page('page', -1)"),
        Command("checks.leave", ("escape", "q", "t"), "Leave", "Closes the page.", "dismiss", "close"),
    )  # fmt: skip


def trust() -> tuple[Command, ...]:
    """Return what works in the question about trust."""
    return (
        Command("trust.give", ("T",), "Trust",
                "Trusts this folder as it is: programs check edits in it from now on.", "give", "trust"),
        Command("trust.leave", ("escape", "q"), "Leave", "Does nothing, which is the default.", "dismiss", "leave"),
    )  # fmt: skip
