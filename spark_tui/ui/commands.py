"""The one table of commands: what a person can do, with which keys, and where.

Bindings, the line of key hints, the help screen and the palette are made from it; nothing else names a key.
Every key here reaches the program from a plain VT100 terminal, or has a second one that does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from textual.binding import Binding, BindingType


class Where(StrEnum):
    """The part of the screen in which a command's keys apply; the words are shown to people."""

    ANYWHERE = "everywhere"
    WORKSPACE = "in the workspace"
    TREE = "files"
    EDITOR = "editor"
    REVIEW = "review"
    TALK = "talk"
    PROMPT = "prompt"
    PICKER = "lists to pick from"
    LINE = "questions"
    DRAFT = "a hunk being edited"
    TIMELINE = "checkpoints"
    STEP = "a step back"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do."""

    id: str
    """Stable name, for key maps."""
    keys: tuple[str, ...]
    """Textual's names of the keys, the one to show first; none: only through the palette."""
    title: str
    """Two or three words, for the palette and the help screen."""
    help: str
    """One sentence."""
    action: str
    """Name of the action, with arguments if any; `{key}` stands for the key that was pressed."""
    hint: str = ""
    """A word for the line of key hints; empty: not shown there."""
    in_palette: bool = False
    """Whether it makes sense without the place where its keys apply."""
    first: bool = False
    """Whether its keys come before those of the widget that has the focus."""
    where: Where = Where.ANYWHERE


def _app() -> tuple[Command, ...]:
    return (
        Command("app.keys", ("f1",), "Keys", "Shows every key.", "show_keys", "keys", True, True),
        Command("app.palette", ("ctrl+p",), "Commands", "Finds a command by its name.", "show_palette",
                "commands", first=True),
        Command("app.quit", ("ctrl+q",), "Quit", "Leaves; asks first if some text is not saved.", "leave",
                "", True, True),
        Command("app.interrupt", ("ctrl+c",), "Interrupt",
                "Puts the draft in the prompt aside; pressed twice with nothing to put aside, asks to quit.",
                "interrupt"),
        Command("app.theme", (), "Theme", "Picks the colours.", "pick_theme", in_palette=True),
        Command("app.suspend", (), "Suspend", "Goes back to the shell; `fg` returns here.",
                "suspend_process", in_palette=True),
    )  # fmt: skip


def _workspace() -> tuple[Command, ...]:
    again = "again when there: hides it."
    return (
        Command("pane.tree", ("f2",), "Files", f"Goes to the files; {again}", "go('tree')", "files",
                True, True),
        Command("pane.editor", ("f3",), "Editor", f"Goes to the editor; {again}", "go('editor')", "editor",
                True, True),
        Command("pane.review", ("f4",), "Review", f"Goes to the proposed edits; {again}", "go('review')",
                "review", True, True),
        Command("pane.talk", ("f6",), "Talk", f"Goes to what was said; {again}", "go('talk')", "talk",
                True, True),
        Command("pane.prompt", ("f7",), "Prompt", "Goes to the prompt.", "go('prompt')", "prompt",
                True, True),
        Command("turn.stop", ("escape",), "Stop",
                "Stops the stream and keeps complete hunks; with nothing to "
                "stop, goes back to the prompt.", "stop_or_back", "stop"),
        Command("lane.switch", ("ctrl+backslash",), "Switch lane",
                "Sends the next prompts to the other lane: fast for live edits, deep for long work.",
                "engine('switch lane')", "", True),
        Command("talk.anew", (), "New conversation",
                "Forgets what was said, not what was edited: the next prompt starts afresh.",
                "engine('new conversation')", in_palette=True),
        Command("context.show", ("f8",), "Context", "Shows what goes to the model, what stays out, and why.",
                "show_context", "context", True, True),
        Command("file.find", ("ctrl+o",), "Open file", "Finds a file by letters of its path.", "find_file",
                "open", True),
        Command("file.save", ("ctrl+s",), "Save", "Writes the open file to disk.", "file('save')", "save", True),
        Command("file.save_all", (), "Save all", "Writes every changed file to disk.", "file('save_all')",
                in_palette=True),
        Command("file.overwrite", (), "Save over",
                "Writes the open file even though the disk holds something else.",
                "file('overwrite')", in_palette=True),
        Command("file.reload", (), "Reload from disk",
                "Reads the open file again; undo brings the old text back.",
                "file('reload')", in_palette=True),
        Command("tab.close", ("alt+w",), "Close tab", "Closes the open file.", "close_tab", "", True),
        Command("tab.next", ("ctrl+pagedown", "f10"), "Next tab", "Shows the next open file.", "tab(1)",
                in_palette=True),
        Command("tab.previous", ("ctrl+pageup", "f9"), "Previous tab", "Shows the open file before this one.",
                "tab(-1)", in_palette=True),
        Command("decision.undo", (), "Undo decision", "Takes back the last accept or reject, on disk too.",
                "engine('undo')", in_palette=True),
        Command("history.show", ("alt+h",), "Checkpoints",
                "Shows every checkpoint, and what going back to it would do.", "history('timeline')", "", True),
        Command("turn.undo", (), "Undo turn",
                "Previews taking back everything of the last turn, file by file.", "history('undo turn')",
                in_palette=True),
        Command("tree.refresh", (), "Refresh files", "Reads the list of files again.", "engine('list files')",
                in_palette=True),
    )  # fmt: skip


def _tree() -> tuple[Command, ...]:
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
    )  # fmt: skip


def _review() -> tuple[Command, ...]:
    return (
        *_review_decisions(), *_review_stream(), *_review_writing(), *_review_moves(), *_review_views(),
    )  # fmt: skip


def _review_decisions() -> tuple[Command, ...]:
    return (
        Command("hunk.accept", ("a",), "Accept",
                "Accepts the hunk: writes exactly what is shown. While it still "
                "streams: as soon as it is complete.", "decide('accept')", "accept"),
        Command("hunk.reject", ("r",), "Reject", "Rejects the hunk, or says so for when it is complete.",
                "decide('reject')", "reject"),
        Command("review.undo", ("u",), "Undo", "Takes back the last decision, on disk too.", "decide('undo')",
                "undo"),
        Command("review.redo", ("U",), "Redo", "Brings back the decision undone last.", "decide('redo')"),
        Command("hunk.defer", ("x",), "Put off",
                "Puts the hunk off: it stays open, and going on passes it.", "decide('defer')", "later"),
        Command("file.accept", ("A",), "Accept file",
                "Accepts what is safely placed in the rest of this file.",
                "decide('accept_file')"),
        Command("file.reject", ("R",), "Reject file", "Rejects everything open in this file.",
                "decide('reject_file')"),
        Command("review.accept_all", ("g",), "Accept all",
                "Accepts everything shown that is safely placed; says how much and asks first.",
                "decide('accept_all')", "all"),
        Command("hunk.choose", tuple("123456789"), "Choose place",
                "Picks one of the places of a hunk that fits "
                "in several.", "decide('choose', {key})"),
        Command("hunk.place_again", ("p",), "Place again",
                "Looks for the place of a stale hunk in the file as "
                "it is now.", "decide('place_again')"),
    )  # fmt: skip


def _review_stream() -> tuple[Command, ...]:
    return (
        Command("stream.freeze", ("space",), "Freeze",
                "Freezes the stream at a line, or lets it go on; without a stream, scrolls a page down.",
                "stream('freeze')", "freeze"),
        Command("stream.follow", ("f",), "Follow", "Keeps the newest lines in view until the next key or scrolling.",
                "stream('follow')", "follow"),
        Command("stream.more", ("plus",), "More",
                "Lets the stream go on although more waits for you than the limit allows.", "stream('more')"),
        Command("hunk.again", ("s",), "Again",
                "Asks for another version of the hunk, or for the rest of one that was cut.",
                "stream('again')", "again"),
        Command("hunk.again_with_note", ("S",), "Again, with a note",
                "The same with a note. While the hunk streams: its lines so far stay, the rest is written anew.",
                "stream('note')"),
        Command("hunk.next_version", ("right",), "Next version", "Shows the next version; a takes the one shown.",
                "stream('next')"),
        Command("hunk.previous_version", ("left",), "Version before", "Shows the version before.",
                "stream('previous')"),
    )  # fmt: skip


def _review_writing() -> tuple[Command, ...]:
    return (
        Command("hunk.lines", ("v",), "Lines",
                "Picks lines of the hunk: j and k pick more, a and r decide on them alone.", "look('lines')",
                "lines"),
        Command("review.leave", ("escape",), "Leave lines",
                "Stops picking lines; with none picked, does what Esc does everywhere.", "leave_lines"),
        Command("hunk.edit", ("e",), "Edit",
                "Edits the new side of the hunk; what it becomes is proposed, not written.", "write('edit')",
                "edit"),
        Command("hunk.edit_outside", ("E",), "Edit outside", "Edits the new side in `$VISUAL` or `$EDITOR`.",
                "write('edit_outside')"),
        Command("hunk.comment", ("c",), "Comment", "Comments on the hunk, or on the picked lines of it.",
                "write('comment')", "comment"),
        Command("review.send", ("C",), "Send comments",
                "Sends all comments as one prompt, each with its code.", "write('send')"),
    )  # fmt: skip


def _review_moves() -> tuple[Command, ...]:
    return (
        Command("hunk.next", ("j", "down"), "Next hunk", "Goes to the next hunk.", "look('hunk', 1)", "next"),
        Command("hunk.previous", ("k", "up"), "Previous hunk", "Goes to the hunk before.", "look('hunk', -1)"),
        Command("review.next_file", ("J",), "Next file", "Goes to the next file.", "look('file', 1)"),
        Command("review.previous_file", ("K",), "Previous file", "Goes to the file before.", "look('file', -1)"),
        Command("hunk.show", ("enter",), "Show", "Shows the hunk at its place in the editor.", "show",
                "show"),
        Command("review.filter", ("slash",), "Filter",
                "Shows only what fits all words: of a path, a state, `new`, `seen`, `open`, `later`, `comment`.",
                "write('find')", "filter"),
        Command("review.page_down", ("pagedown", "ctrl+d"), "Page down", "Scrolls a page down.",
                "look('page', 1)"),
        Command("review.page_up", ("pageup", "ctrl+u"), "Page up", "Scrolls a page up.", "look('page', -1)"),
    )  # fmt: skip


def _review_views() -> tuple[Command, ...]:
    return (
        Command("review.view", ("equals_sign",), "View",
                "Shows both versions one below the other, side by side, or in one line.", "look('view')", "view"),
        Command("hunk.fold", ("z",), "Context", "Shows or hides the unchanged lines around the change.",
                "look('context')"),
        Command("review.wrap", ("w",), "Wrap", "Breaks long lines, or cuts them.", "look('wrap')"),
        Command("review.blanks", ("i",), "Blanks", "Shows blanks and tabs as signs.", "look('whitespace')"),
        Command("hunk.why", ("question_mark",), "Why",
                "Says how the hunk was placed and what is odd about it.",
                "look('why')", "why"),
    )  # fmt: skip


def _talk() -> tuple[Command, ...]:
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


def _prompt() -> tuple[Command, ...]:
    return (
        Command("prompt.send", ("enter",), "Send", "Sends the prompt.", "send", "send"),
        Command("prompt.newline", ("ctrl+j", "shift+enter", "alt+enter"), "New line", "Begins a new line.",
                "newline", "new line"),
        Command("prompt.older", ("up",), "Older prompt", "In the first line: brings back the prompt before.",
                "older"),
        Command("prompt.newer", ("down",), "Newer prompt", "In the last line: goes forward again.", "newer"),
        Command("prompt.complete", ("tab",), "Complete @file",
                "Takes the file that the list offers after `@`.",
                "complete"),
    )  # fmt: skip


def _picker() -> tuple[Command, ...]:
    return (
        Command("picker.take", ("enter",), "Take", "Takes the marked row.", "take", "take"),
        Command("picker.down", ("down", "ctrl+n"), "Down", "Goes to the next row.", "move(1)"),
        Command("picker.up", ("up",), "Up", "Goes to the row before.", "move(-1)"),
        Command("picker.page_down", ("pagedown",), "Page down", "Goes a page down.", "move(10)"),
        Command("picker.page_up", ("pageup",), "Page up", "Goes a page up.", "move(-10)"),
        Command("picker.leave", ("escape",), "Leave", "Closes the list; nothing happens.", "leave_list",
                "leave"),
    )  # fmt: skip


def _line() -> tuple[Command, ...]:
    return (
        Command("line.take", ("enter",), "Answer", "Does what is asked.", "take", "yes"),
        Command("line.leave", ("escape",), "Leave", "Leaves the question; nothing happens.", "leave_line",
                "leave"),
    )  # fmt: skip


def _draft() -> tuple[Command, ...]:
    return (
        Command("draft.keep", ("ctrl+s",), "Keep", "Lets the hunk become this; it is still to be accepted.",
                "keep", "keep"),
        Command("draft.leave", ("escape",), "Leave", "Leaves the hunk as it is; `e` brings the draft back.",
                "leave_draft", "leave"),
    )  # fmt: skip


def _timeline() -> tuple[Command, ...]:
    return (
        Command("timeline.preview", ("enter",), "Preview",
                "Shows what going there would change, file by file; writes nothing.", "preview", "preview"),
        Command("timeline.down", ("down", "j"), "Down", "Goes to the next checkpoint.", "move(1)"),
        Command("timeline.up", ("up", "k"), "Up", "Goes to the checkpoint before.", "move(-1)"),
        Command("timeline.page_down", ("pagedown",), "Page down", "Goes a page down.", "move(10)"),
        Command("timeline.page_up", ("pageup",), "Page up", "Goes a page up.", "move(-10)"),
        Command("timeline.leave", ("escape", "q"), "Leave", "Closes the list; nothing happens.", "leave",
                "leave"),
    )  # fmt: skip


def _step() -> tuple[Command, ...]:
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


def _at(where: Where, commands: Iterable[Command]) -> Iterable[Command]:
    return (replace(command, where=where) for command in commands)


COMMANDS: tuple[Command, ...] = (
    *_app(),
    *_at(Where.WORKSPACE, _workspace()),
    *_at(Where.TREE, _tree()),
    *_at(Where.REVIEW, _review()),
    *_at(Where.TALK, _talk()),
    *_at(Where.PROMPT, _prompt()),
    *_at(Where.PICKER, _picker()),
    *_at(Where.LINE, _line()),
    *_at(Where.DRAFT, _draft()),
    *_at(Where.TIMELINE, _timeline()),
    *_at(Where.STEP, _step()),
)  # fmt: skip


def commands_in(where: Where) -> tuple[Command, ...]:
    """Return the commands of one place, in the order of the table."""
    return tuple(command for command in COMMANDS if command.where is where)


def bindings(where: Where) -> list[BindingType]:
    """Make Textual's bindings for one place."""
    return [
        Binding(
            key,
            command.action.format(key=key),
            command.title,
            show=False,
            priority=command.first,
            id=f"{command.id}:{key}",
        )
        for command in commands_in(where)
        for key in command.keys
    ]


def actions_by_key(where: Where) -> dict[str, str]:
    """Map keys to action names, for a widget that reads keys itself."""
    return {key: command.action for command in commands_in(where) for key in command.keys}


def hints(where: Where) -> tuple[tuple[str, str], ...]:
    """Return (key, word) pairs for the line of key hints, the most local first."""
    return tuple(
        (key_label(command.keys[0]), command.hint)
        for place in (where, Where.WORKSPACE, Where.ANYWHERE)
        for command in commands_in(place)
        if command.hint and command.keys
    )


_LABELS = {
    "escape": "Esc", "question_mark": "?", "slash": "/", "equals_sign": "=", "plus": "+",
    "pageup": "PgUp", "pagedown": "PgDn", "enter": "Enter",
    "tab": "Tab", "space": "Space", "home": "Home", "end": "End", "up": "Up", "down": "Down", "left": "Left",
    "right": "Right",
}  # fmt: skip


def key_label(key: str) -> str:
    """Write a key as people do: `^P`, `F2`, `Esc`, `J`."""
    *modifiers, name = key.split("+")
    label = _LABELS.get(
        name, name.upper() if len(name) > 1 and name[0] == "f" and name[1:].isdigit() else name
    )
    if modifiers == ["ctrl"] and len(name) == 1:
        return f"^{name.upper()}"
    return "-".join([*(word.capitalize() for word in modifiers), label])
