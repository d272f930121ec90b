"""`spark-tui undo`, `redo` and `restore`: one step through the checkpoints, told file by file."""

import argparse
import os
import sys
from collections.abc import Collection, Sequence

from spark_tui.cli.desk import Desk, open_desk
from spark_tui.cli.looking import line_of
from spark_tui.cli.saying import say
from spark_tui.core.checkpoint import Checkpoint
from spark_tui.core.display import inert
from spark_tui.core.restore import Fate, FileRestore, chosen
from spark_tui.engine.history import Proposal

LEFT_OUT = 3
_WORDS = {
    Fate.SAME: "same",
    Fate.BACK: "back",
    Fate.MERGED: "merged",
    Fate.CONFLICT: "whole file",
    Fate.KEPT: "kept",
    Fate.BLOCKED: "not possible",
}


async def undo(folder: str, options: argparse.Namespace) -> int:
    """Take back the last checkpoint, or the last turn."""
    async with open_desk(folder, writes=True) as desk:
        proposal = await (desk.history.plan_undo_turn() if options.turn else desk.history.plan_undo())
        if proposal is None:
            say("there is nothing to undo here")
            return 1
        return await _do(desk, proposal, proposal.safe, options.dry_run)


async def redo(folder: str, options: argparse.Namespace) -> int:
    """Make again what was taken back; asks where several could be meant."""
    async with open_desk(folder, writes=True) as desk:
        choices = await desk.history.redo_choices()
        if not choices:
            say("there is nothing to redo here")
            return 1
        landing = options.id or (choices[0].id if len(choices) == 1 else _ask(choices))
        if landing is None:
            say("several edits were taken back here: name one, as in 'spark-tui redo ID'")
            return 2
        proposal = await desk.history.plan_redo(landing)
        return await _do(desk, proposal, proposal.safe, options.dry_run)


def _ask(choices: Sequence[Checkpoint]) -> int | None:
    for point in choices:
        print(line_of(point, 0, frozenset([point.id])), file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    print("Which one? (a number, or Enter for none) ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    return int(answer) if answer.isdecimal() and int(answer) in [point.id for point in choices] else None


async def restore(folder: str, options: argparse.Namespace) -> int:
    """Bring files back to a checkpoint; named files come even if they were changed since."""
    async with open_desk(folder, writes=True) as desk:
        names = [_inside(desk.root, name) for name in options.paths]
        proposal = await desk.history.plan_restore(options.id, names)
        if names and not proposal.files:
            say("no edit since then touched what you named")
            return 1
        ticked = {file.path for file in proposal.files} if names else None
        return await _do(desk, proposal, ticked, options.dry_run)


async def _do(desk: Desk, proposal: Proposal, ticked: Collection[str] | None, dry_run: bool) -> int:
    part = {file.path for file in chosen(proposal.files, ticked)}
    for file in proposal.files:
        print(_line(file, file.path in part))
    left = [file for file in proposal.files if file.path not in part and file.fate is not Fate.SAME]
    if dry_run:
        print("Nothing was written: this was a dry run.", file=sys.stderr)
        return LEFT_OUT if left else 0
    checkpoint = await desk.history.carry_out(proposal, ticked)
    if checkpoint is None:
        say("nothing was written")
    else:
        say(f"{proposal.note}: checkpoint {checkpoint.id}")
        for caution in checkpoint.cautions:
            say(caution)
    return LEFT_OUT if left else 0


def _line(file: FileRestore, takes_part: bool) -> str:
    added, removed = file.counts()
    if takes_part:
        gone = " (deleted)" if file.then is None else " (comes back)" if file.now is None else ""
        words = f"{_WORDS[file.fate]} +{added} -{removed}{gone}"
    else:
        words = "left alone" if file.fate is not Fate.SAME else "same"
    return f"{words:<20} {inert(file.path)}" + (f": {inert(file.why)}" if file.why else "")


def _inside(root: str, name: str) -> str:
    """Name a file relative to the workspace: given so, absolute, or relative to a folder in it."""
    here = os.path.realpath(".")
    base = here if here == root or here.startswith(root.rstrip("/") + "/") else root
    full = os.path.normpath(os.path.join(base, name))
    return os.path.relpath(full, root).replace(os.sep, "/")
