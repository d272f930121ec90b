"""`spark-tui history` and `spark-tui show`: what was written, when and why."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence

from spark_tui.adapters.git import patch, timeline
from spark_tui.adapters.session_log import read_log
from spark_tui.cli.desk import Desk, open_desk
from spark_tui.cli.saying import say
from spark_tui.core.checkpoint import Checkpoint, FileWrite
from spark_tui.core.diff import unified
from spark_tui.core.display import inert
from spark_tui.engine.landing import EVERYTHING


async def history(folder: str, options: argparse.Namespace) -> int:
    """List the checkpoints, newest first."""
    async with open_desk(folder, writes=False) as desk:
        if options.git_dir:
            print(desk.state / "mirror.git")
            return 0
        if options.sessions:
            return _list_sessions(desk, options)
        points = await desk.history.points(options.limit)
        place, chain = await _chain(desk, points)
        commits = _commits(desk, options.limit) if options.commits else {}
        for point in points:
            commit = {"commit": commits.get(point.id, "")} if options.commits else {}
            if options.json:
                where = {"is_here": point.id == place, "is_undone": _undone(point, chain)}
                print(json.dumps({**fields(point), **where, **commit}))
            else:
                print(line_of(point, place, chain) + "".join(f"  {oid[:12]}" for oid in commit.values()))
        if not points and not options.json:
            print("No checkpoints in this folder yet.", file=sys.stderr)
    return 0


def _list_sessions(desk: Desk, options: argparse.Namespace) -> int:
    logs = sorted((desk.state / "sessions").glob("*.jsonl"), key=lambda log: -log.stat().st_mtime)
    for log in logs[: options.limit]:
        last, prompt, is_ended = log.stat().st_mtime, "", False
        for record in read_log(log):
            is_ended = record.get("kind") == "closed"
            if record.get("kind") == "turn" and not prompt:
                prompt = str(record.get("prompt", ""))
        if options.json:
            print(json.dumps({"session": log.stem, "last": last, "is_ended": is_ended, "prompt": prompt}))
        else:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(last))
            words = inert(" ".join(prompt.split())[:60])
            print(f"{inert(log.stem)}  {when}  {'ended  ' if is_ended else 'cut off'}  {words}".rstrip())
    if not logs and not options.json:
        print("No sessions in this folder yet.", file=sys.stderr)
    return 0


def _commits(desk: Desk, limit: int) -> dict[int, str]:
    """The mirror's commits by the checkpoints that they show; empty without git or while it is behind."""
    if desk.git is None:
        return {}
    return {entry.landing: entry.commit for entry in timeline(desk.state / "mirror.git", desk.git, limit)}


async def _chain(desk: Desk, points: Sequence[Checkpoint]) -> tuple[int, frozenset[int]]:
    """Where the files are in the tree, and the checkpoints that lead there."""
    place = here = await desk.history.place()
    known = {point.id: point.parent for point in points}
    chain = set()
    while here in known:
        chain.add(here)
        here = known[here]
    return place, frozenset(chain)


def _undone(point: Checkpoint, chain: frozenset[int]) -> bool:
    return point.place is None and point.id not in chain


def fields(point: Checkpoint) -> dict[str, object]:
    """A checkpoint as plain values."""
    return {
        "id": point.id,
        "kind": str(point.kind),
        "time": point.time,
        "turn": point.turn,
        "session": point.session,
        "paths": list(point.paths),
        "note": point.note,
        "parent": point.parent,
        "place": point.place,
        "cautions": list(point.cautions),
    }


def line_of(point: Checkpoint, place: int, chain: frozenset[int]) -> str:
    """A checkpoint as one line for people."""
    mark = "*" if point.id == place else "-" if _undone(point, chain) else " "
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(point.time))
    paths = ", ".join(point.paths[:3]) + (f" and {len(point.paths) - 3} more" if len(point.paths) > 3 else "")
    words = " · ".join(word for word in (point.note, paths) if word)
    return f"{mark}{point.id:>5}  {when}  {point.kind:<7}  {inert(words)}"


async def show(folder: str, options: argparse.Namespace) -> int:
    """Show what one checkpoint changed."""
    async with open_desk(folder, writes=False) as desk:
        if options.git:
            return _show_commit(desk, options.id)
        seen = await desk.history.show(options.id)
    if options.json:
        files = [
            {
                "path": write.path,
                "before": _size(write.before),
                "after": _size(write.after),
                "diff": list(diff(write)),
            }
            for write in seen.writes
        ]
        kept = [foreign.path for foreign in seen.kept]
        print(json.dumps({**fields(seen.checkpoint), "files": files, "kept": kept}))
        return 0
    print(line_of(seen.checkpoint, 0, frozenset([seen.checkpoint.id])).strip())
    for caution in seen.checkpoint.cautions:
        print(inert(caution))
    for foreign in seen.kept:
        print(f"another program's version of {inert(foreign.path)} is kept ({_size(foreign.data)} bytes)")
    for write in seen.writes:
        print()
        for line in diff(write):
            print(line)
    return 0


def _show_commit(desk: Desk, landing: int) -> int:
    commit = _commits(desk, EVERYTHING).get(landing, "")
    if not commit or desk.git is None:
        say(f"the mirror has no commit for checkpoint {landing} (yet)")
        return 1
    for line in patch(desk.state / "mirror.git", desk.git, commit).split("\n"):
        print(inert(line, keep_tabs=True))
    return 0


def _size(data: bytes | None) -> int | None:
    return None if data is None else len(data)


def diff(write: FileWrite) -> Iterator[str]:
    """What one write changed, as inert lines of a unified diff."""
    path = inert(write.path)
    yield f"--- {path}" if write.before is not None else "--- /dev/null"
    yield f"+++ {path}" if write.after is not None else "+++ /dev/null"
    for mark, text in unified(write.before, write.after):
        yield (mark if mark in " -+" else "") + inert(text, keep_tabs=True)
