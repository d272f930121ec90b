"""The commands of the whole program and of the workspace."""

from spark_tui.ui.commands.command import Command


def app() -> tuple[Command, ...]:
    """Return what works everywhere."""
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
        Command("app.linear", (), "Linear screen",
                "One pane at a time, no frames, the cursor where you are: for screen readers. Or as before.",
                "ease('linear')", in_palette=True),
        Command("app.calm", (), "Reduced motion", "What moves by itself moves once a second. Or as before.",
                "ease('calm')", in_palette=True),
        Command("app.suspend", (), "Suspend", "Goes back to the shell; `fg` returns here.",
                "suspend_process", in_palette=True),
    )  # fmt: skip


def workspace() -> tuple[Command, ...]:
    """Return what works anywhere in the workspace."""
    return (*_going(), *_asking(), *_working())


def _going() -> tuple[Command, ...]:
    again = "again when there: hides it."
    return (
        Command("pane.tree", ("f2",), "Files", f"Goes to the files; {again}", "go('tree')", "files",
                True, True),
        Command("pane.editor", ("f3",), "Editor", "Goes to the editor; again when there: to its other half.",
                "go('editor')", "editor", True, True),
        Command("pane.review", ("f4",), "Review", f"Goes to the proposed edits; {again}", "go('review')",
                "review", True, True),
        Command("pane.talk", ("f6",), "Talk", f"Goes to what was said; {again}", "go('talk')", "talk",
                True, True),
        Command("pane.hide", (), "Hide pane", "Hides the pane you are in; its key brings it back.", "hide",
                in_palette=True),
        Command("pane.prompt", ("f7",), "Prompt", "Goes to the prompt.", "go('prompt')", "prompt",
                True, True),
    )  # fmt: skip


def _asking() -> tuple[Command, ...]:
    return (
        Command("turn.stop", ("escape",), "Stop",
                "Stops the stream and keeps complete hunks; with nothing to "
                "stop, goes back to the prompt.", "stop_or_back", "stop"),
        Command("lane.switch", ("ctrl+backslash",), "Switch lane",
                "Sends the next prompts to the other lane: fast for live edits, deep for long work.",
                "engine('switch lane')", "", True),
        Command("queue.take", ("alt+q",), "Edit queued prompt",
                "Brings the prompt queued last back into the box, to change it or leave it out.",
                "take_queued", in_palette=True),
        Command("latency.show", ("alt+l",), "Latency",
                "Shows how quick the last turns were and where their time went, and every lane's connection.",
                "show_latency", in_palette=True),
        Command("link.retry", (), "Retry WebSocket",
                "Tries the best way to the model again, after plain requests took its place.",
                "engine('retry the link')", in_palette=True),
        Command("talk.anew", (), "New conversation",
                "Forgets what was said, not what was edited: the next prompt starts afresh.",
                "engine('new conversation')", in_palette=True),
        Command("talk.sum_up", (), "Sum up conversation",
                "Has the model sum up what was said and goes on from that; the context page brings it back.",
                "engine('sum up')", in_palette=True),
        Command("context.show", ("f8",), "Context", "Shows what goes to the model, what stays out, and why.",
                "show_context", "context", True, True),
    )  # fmt: skip


def _working() -> tuple[Command, ...]:
    return (
        Command("decision.undo", (), "Undo decision", "Takes back the last accept or reject, on disk too.",
                "engine('undo')", in_palette=True),
        Command("history.show", ("alt+h",), "Checkpoints",
                "Shows every checkpoint, and what going back to it would do.", "history('timeline')", "", True),
        Command("turn.undo", ("alt+u",), "Undo turn",
                "Previews taking back everything of the last turn, file by file.", "history('undo turn')",
                in_palette=True),
        Command("review.by_risk", (), "Riskiest first",
                "Shows the edits by risk: what fails, hides or deletes something first; again: in the model's order.",
                "checks('risk')", in_palette=True),
        Command("checks.stop", (), "Stop checks", "Ends the checks that run; t in the review runs them again.",
                "checks('stop')", in_palette=True),
        Command("checks.trust", (), "Trust this folder",
                "Asks whether programs may check edits here, and says which and how they are shut in.",
                "checks('trust')", in_palette=True),
        Command("checks.distrust", (), "Trust no more", "Lets no program check edits here any more.",
                "checks('distrust')", in_palette=True),
        Command("tree.refresh", (), "Refresh files", "Reads the list of files again.", "engine('list files')",
                in_palette=True),
    )  # fmt: skip


def hands() -> tuple[Command, ...]:
    """Return what changes the keys themselves."""
    return (
        Command("keys.preset", (), "Keymap", "Picks what keys do: default, vim or emacs.", "pick_keymap",
                in_palette=True),
    )  # fmt: skip
