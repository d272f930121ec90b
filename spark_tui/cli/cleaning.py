"""`spark-tui gc`: what old sessions take, what would go, and with --yes its going."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spark_tui.adapters.journal.pruning import SessionUse, drop, sessions
from spark_tui.cli.desk import open_desk, say
from spark_tui.core.display import inert

KEEP_DAYS = 60
KEEP_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is kept."""

    days: float = KEEP_DAYS
    """Sessions that are older may go."""
    size: int = KEEP_BYTES
    """What all sessions may take together; the oldest go first."""


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
    caps = Caps(options.keep_days, options.keep_mib << 20)
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
