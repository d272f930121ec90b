"""`spark-tui trust`: lets programs check edits in a folder, says what that means, or takes it back."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from spark_tui.adapters.checks import DiskCheckRoom, TrustBook
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.git import Git, GitRepository, find_git
from spark_tui.adapters.places import state_dir
from spark_tui.core.checks import Trust, configuration_in
from spark_tui.core.display import inert

SHOWN = 12
_WORDS = {
    Trust.NONE: "not trusted: edits are only parsed, nothing of it is run",
    Trust.CHANGED: "not trusted as it is now: what decides how programs run was changed since",
    Trust.GIVEN: "trusted",
}


async def trust(folder: str, options: argparse.Namespace) -> int:
    """Trust a folder, no longer trust it, or say which are trusted."""
    book = TrustBook(state_dir())
    if options.list:
        for path in book.all():
            print(inert(path))
        return 0
    if options.remove:
        was = book.take(folder)
        print(f"{inert(folder)}: {'no longer trusted' if was else 'was not trusted'}")
        return 0
    paths = await visible(folder)
    configuration = configuration_in(paths)
    before = book.trust(folder, configuration)
    if options.status:
        print(f"{inert(folder)}: {_WORDS[before]}")
        return 0 if before is Trust.GIVEN else 1
    room = DiskCheckRoom(folder, state_dir() / "checks", book, os.environ.get("PATH", ""))
    try:
        _, sentence = await room.shelter()
        book.give(folder, configuration)
    finally:
        await room.close()
    print(f"{inert(folder)}: {'still ' if before is Trust.GIVEN else ''}trusted")
    print(f"sandbox: {sentence}")
    _tell(configuration)
    return 0


def _tell(configuration: Sequence[str]) -> None:
    if configuration:
        named = ", ".join(inert(path) for path in configuration[:SHOWN])
        more = f" and {len(configuration) - SHOWN} more" if len(configuration) > SHOWN else ""
        print(f"decided by: {named}{more}")
    print("If one of these changes, or one is added, you are asked again.", file=sys.stderr)


async def visible(folder: str) -> tuple[str, ...]:
    """List the files of a folder as the workspace does."""
    program = find_git(os.environ.get("PATH", ""), folder)
    repository = GitRepository(folder, Git(program) if program else None)
    files = DiskFiles(folder, repository.guarded)
    try:
        listing: Any = await repository.listing() or await files.walk()
    finally:
        files.close()
    return tuple(entry.path for entry in listing.entries if entry.mark != "D")
