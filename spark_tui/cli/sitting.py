"""Chooses which sitting a start goes on from: a named one, the last one, one that was cut off, or none."""

import argparse
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spark_tui.adapters.session_log import read_log
from spark_tui.core.paths import shown
from spark_tui.core.values import dataclass
from spark_tui.ports import CheckpointFailed

TAIL_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Sitting:
    """A sitting that begins, or goes on."""

    session: str
    past: tuple[Mapping[str, Any], ...] = ()
    """Records so far."""
    notice: str = ""


def choose(state: Path | None, may_write: bool, options: argparse.Namespace) -> Sitting:
    """Choose by `options.resume`, `options.continues`, or the way the last sitting ended. Raises CheckpointFailed.

    Commands without these options always begin a new sitting.
    """
    fresh = Sitting(f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
    named, wanted = getattr(options, "resume", None), getattr(options, "continues", None)
    if state is None or not may_write or wanted is None:
        if named or wanted:
            raise CheckpointFailed("No session can be reopened: another spark-tui works in this folder.")
        return fresh
    logs = sorted((state / "sessions").glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    if named:
        found = next((log for log in logs if log.stem == named), None)
        if found is None:
            known = ", ".join(log.stem for log in logs[-5:]) or "none"
            raise CheckpointFailed(f"There is no session {shown(named)} here; the latest: {known}.")
        return _go_on(found)
    if not logs:
        return fresh
    if wanted:
        return _go_on(logs[-1])
    ending = _ending(logs[-1])
    if ending == ["opened", "opened"]:
        return Sitting(
            fresh.session,
            notice=f"The last session could not be reopened; 'spark-tui --resume {logs[-1].stem}' tries again.",
        )
    return _go_on(logs[-1]) if ending and ending[-1] != "closed" else fresh


def _go_on(log: Path) -> Sitting:
    try:
        return Sitting(log.stem, tuple(read_log(log)))
    except OSError as error:
        raise CheckpointFailed(
            f"The session log {shown(log.name)} can't be read: {error.strerror}."
        ) from error


def _ending(log: Path) -> list[str]:
    """Kinds of the last two records."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    kinds: list[str] = []
    for line in reversed(lines):
        try:
            kinds.insert(0, str(json.loads(line)["kind"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if len(kinds) == 2:
            break
    return kinds
