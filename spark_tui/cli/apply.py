"""`spark-tui apply`: a patch from a file or standard input through the same pipeline as a model's edits."""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.cli.compose import open_state
from spark_tui.cli.saying import fail, say
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.display import inert
from spark_tui.core.edits.cutting import cut
from spark_tui.core.review.batch import BatchResult, apply_patch
from spark_tui.engine.landing import Landing
from spark_tui.ports import FileGone, PathError, PortError


def run_apply(folder: str, options: argparse.Namespace) -> int:
    """Apply one patch; the exit code says whether all of it was applied."""
    try:
        patch = _patch(options.patch)
        chunks = list(cut(patch, options.chunks))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        return fail(error, 2)
    try:
        return asyncio.run(_apply(folder, chunks, options))
    except PortError as error:
        return fail(error)


def _patch(name: str) -> str:
    data = sys.stdin.buffer.read() if name == "-" else _file(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"the patch is not UTF-8 (byte {error.start})") from error


def _file(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()


class _Tree:
    """What the pipeline, which runs in a thread, asks of the files, which live on the event loop."""

    def __init__(self, files: DiskFiles, loop: asyncio.AbstractEventLoop) -> None:
        self._files = files
        self._loop = loop
        self.modes: dict[str, int] = {}

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        try:
            found = asyncio.run_coroutine_threadsafe(self._files.read(path), self._loop).result()
        except PathError:
            return None
        self.modes[path] = found.mode
        return found.data

    def refuse(self, path: str) -> str:
        """Why a path may not be touched; empty if it may."""
        try:
            asyncio.run_coroutine_threadsafe(self._files.check_target(path), self._loop).result()
            asyncio.run_coroutine_threadsafe(self._files.read(path), self._loop).result()
        except FileGone:
            return ""
        except PathError as error:
            return str(error)
        return ""


async def _apply(folder: str, chunks: Sequence[str], options: argparse.Namespace) -> int:
    files = DiskFiles(folder)
    state, journal, notices = await open_state(
        folder, f"apply-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    )
    tree = _Tree(files, asyncio.get_running_loop())
    try:
        landing = Landing(files, journal, SystemClock())
        for sentence in (*notices, *await landing.recover()):
            say(sentence)
        result = await asyncio.to_thread(
            apply_patch, chunks, tree.read, tree.refuse, options.profile, options.decide
        )
        writes = await asyncio.to_thread(_writes, result, tree, options.profile)
        if writes:
            await landing.land(writes, LandingKind.ACCEPT, "", f"applied a patch: {result.applied} hunks")
    finally:
        await journal.close()
        files.close()
        if state is not None:
            state.release()
    _tell(result, options.json)
    if result.problems and (options.profile == "codex" or not result.applied):
        return 1
    return 0 if result.is_complete else 3


def _writes(result: BatchResult, tree: _Tree, profile: str) -> list[FileWrite]:
    writes = []
    for path, after in result.writes.items():
        before = tree.read(path)
        # The reference tool gives a moved file the mode of a new one; ours keeps the file's own.
        mode = tree.modes.get(result.moves.get(path, ""), None) if profile == "spark" else None
        if before != after:
            writes.append(FileWrite(path, before, after, mode))
    return writes


def _tell(result: BatchResult, as_json: bool) -> None:
    for sentence in (*result.problems, *result.left_out):
        say(sentence)
    if as_json:
        report = {
            "files": [asdict(file) for file in result.files],
            "applied": result.applied,
            "left_out": list(result.left_out),
            "problems": list(result.problems),
        }
        print(json.dumps(report))
        return
    for file in result.files:
        for hunk in file.hunks:
            place = "" if hunk.base_start is None else f":{hunk.base_start + 1}"
            print(f"{inert(file.path)}{place} +{hunk.added} -{hunk.removed} {hunk.state}")
