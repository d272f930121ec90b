"""`spark-tui gc`: what old sessions take, what would go, and with --yes its going."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from spark_tui.adapters.journal.pruning import SessionUse, drop, may_be_beyond, sessions
from spark_tui.adapters.places import config_dir
from spark_tui.adapters.settings_file import load_settings
from spark_tui.cli.desk import open_desk
from spark_tui.cli.saying import say
from spark_tui.core.display import inert
from spark_tui.core.settings import Keeping
from spark_tui.core.values import dataclass

QUICK_BYTES = 64 << 20
"""Up to this size a journal is made smaller when leaving; a larger one keeps its room for what comes."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is kept."""

    days: float
    """Sessions that are older may go."""
    size: int
    """What all sessions may take together; the oldest go first."""

    @classmethod
    def of(cls, settings: Keeping, days: int | None = None, mib: int | None = None) -> "Caps":
        """The settings, or what was asked for instead."""
        return cls(
            settings.keep_days if days is None else days, (settings.keep_mib if mib is None else mib) << 20
        )


def to_go(uses: Sequence[SessionUse], now: float, caps: Caps) -> list[SessionUse]:
    """Sessions beyond the caps, oldest first: never one that is needed, never one behind it."""
    total = sum(use.size for use in uses)
    gone: list[SessionUse] = []
    for use in uses:
        is_old = now - use.last > caps.days * 86_400
        if use.is_needed or not (is_old or total > caps.size):
            break
        gone.append(use)
        total -= use.size
    return gone


async def gc(folder: str, options: argparse.Namespace) -> int:
    """Say what would go, or let it go."""
    caps = Caps.of(load_settings(config_dir()).history, options.keep_days, options.keep_mib)
    async with open_desk(folder, writes=options.yes) as desk:
        uses = sessions(desk.state)
        gone = to_go(uses, time.time(), caps)
        names = [use.session for use in gone]
        logs = _old_logs(desk.state, {use.session for use in uses} - set(names), time.time(), caps)
        _tell(uses, gone, logs, options)
        if not options.yes:
            return 0
        dropped = drop(desk.state, names) if names else 0
        if desk.mirror is not None and names:
            await desk.mirror.forget(names)
        for log in logs:
            log.unlink(missing_ok=True)
    say(f"{len(names)} sessions and {len(logs)} logs went; {_mib(dropped)} of images are free")
    return 0


def enforce(state: Path, caps: Caps) -> str:
    """Let go what is beyond the caps, when leaving; return a sentence about it, mostly an empty one.

    The caller holds the claim on the workspace, and nobody has the journal open. Raises CheckpointFailed.
    """
    now = time.time()
    if not may_be_beyond(state, now - caps.days * 86_400, caps.size):
        return ""
    uses = sessions(state)
    names = [use.session for use in to_go(uses, now, caps)]
    logs = _old_logs(state, {use.session for use in uses} - set(names), now, caps)
    for log in logs:
        log.unlink(missing_ok=True)
    if not names:
        return ""
    left = sum(use.size for use in uses if use.session not in names)
    dropped = drop(state, names, compact=left < QUICK_BYTES)
    return (
        f"{len(names)} old session{'s' * (len(names) > 1)} went ({_mib(dropped)}): "
        f"more than {caps.days:.0f} days or {_mib(caps.size)} are not kept, see [history] in config.toml"
    )


def _old_logs(state: Path, kept: set[str], now: float, caps: Caps) -> list[Path]:
    """Logs of sittings that go, and old ones of sittings that never wrote a file; the newest log stays."""
    logs = sorted((state / "sessions").glob("*.jsonl"), key=lambda path: path.stat().st_mtime)
    return [
        path
        for path in logs[:-1]
        if path.stem not in kept and now - path.stat().st_mtime > caps.days * 86_400
    ]


def _tell(
    uses: Sequence[SessionUse], gone: Sequence[SessionUse], logs: Sequence[Path], options: argparse.Namespace
) -> None:
    for use in uses:
        fate = "goes" if use in gone else "needed" if use.is_needed else "stays"
        if options.json:
            facts = {
                "session": use.session,
                "checkpoints": use.checkpoints,
                "bytes": use.size,
                "last": use.last,
            }
            print(json.dumps({**facts, "fate": fate}))
        else:
            when = time.strftime("%Y-%m-%d", time.localtime(use.last))
            print(
                f"{fate:<7} {when} {use.checkpoints:>6} checkpoints {_mib(use.size):>10}  {inert(use.session)}"
            )
    size = sum(use.size for use in gone) + sum(os.path.getsize(log) for log in logs)
    words = "goes" if options.yes else "would go: 'spark-tui gc --yes' does it"
    print(f"{len(gone)} sessions and {len(logs)} logs, {_mib(size)}, {words}", file=sys.stderr)


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
