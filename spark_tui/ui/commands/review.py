"""The commands of the review."""

from spark_tui.ui.commands.command import Command


def review() -> tuple[Command, ...]:
    """Return what works in the review."""
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
        Command("hunk.choose", tuple("0123456789"), "Choose",
                "Picks one of the versions of a hunk (0 is the one proposed first), or one of the places where it "
                "fits.", "decide('choose', {key})"),
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
                "Asks for another version of the hunk, for the rest of one that was cut, or anew for one that the "
                "file has no place for any more.",
                "stream('again')", "again"),
        Command("hunk.again_with_note", ("S",), "Again, with a note",
                "The same with a note. While the hunk streams: its lines so far stay, the rest is written anew.",
                "stream('note')"),
        Command("hunk.three", ("n",), "Three versions",
                "Asks for three versions at once, each under a condition of its own, and shows them side by side; "
                "a number takes one.", "stream('three')", "3 ways"),
        Command("hunk.hand_over", ("exclamation_mark",), "Hand over",
                "Hands the hunk to the deep lane, after a question; the fast lane stays yours.", "stream('hand')"),
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
                "Shows only what fits all words: of a path, a state, `new`, `seen`, `open`, `later`, `comment`, "
                "`fail`.",
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
        Command("hunk.checks", ("t",), "Checks",
                "Shows what the checks found in the hunk; there they can be run again or stopped.",
                "screen.checks('show')", "checks"),
        Command("hunk.mend", ("m",), "Mend",
                "Asks for a version without what the checks found; Left shows the one before.",
                "screen.checks('mend')"),
        Command("hunk.why", ("question_mark",), "Why",
                "Asks the model for one sentence on the hunk, beside the talk; says how it was placed, too.",
                "look('why')", "why"),
    )  # fmt: skip
