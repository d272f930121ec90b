"""What holds for a file: how the last commit has it, and what the project's EditorConfig files ask for."""

import asyncio
from collections.abc import Callable

from spark_tui.core.diff import GutterMark, changed_blocks, gutter_marks
from spark_tui.core.editorconfig import NAME, ConfigFile, Rules, parse, rules_for, tidied
from spark_tui.core.text import Change, ChangeSet, Text
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Files, Head, PortError, Repository

LARGEST = 5_000_000
"""Characters of a text that is compared with the last commit."""
_LARGEST_CONFIG = 100_000
_KEPT = 50


class Habits:
    """Knows the last commit and the EditorConfig files, as far as somebody asked."""

    def __init__(
        self, files: Files, repository: Repository, workspace: Workspace, head: Callable[[], Head | None]
    ) -> None:
        self._files = files
        self._repository = repository
        self._workspace = workspace
        self._head = head
        self._committed: dict[str, tuple[str, Text | None]] = {}
        workspace.before_save = self.tidy

    # --- the last commit

    async def marks(self, path: str) -> tuple[Text, tuple[GutterMark, ...]] | None:
        """Return a text and how its lines differ from the last commit; None where there is nothing to compare."""
        buffer = self._workspace.buffer(path)
        head = self._head()
        if buffer is None or head is None or not head.oid or buffer.text.binary:
            return None
        now = buffer.text
        if now.end.line > LARGEST // 20:
            return None
        before = await self._before(path, head.oid, now.newline)
        if before is None or len(before.encode()) > LARGEST:
            return now, ()
        return now, await asyncio.to_thread(gutter_marks, before, now)

    async def _before(self, path: str, oid: str, newline: str) -> Text | None:
        known = self._committed.get(path)
        if known is not None and known[0] == oid:
            return known[1]
        data = (await self._repository.committed([path])).get(path)
        if data is not None and newline == "\r\n" and b"\r" not in data:
            # Git keeps line feeds of a file that is checked out with both.
            data = data.replace(b"\n", b"\r\n")
        text = None if data is None else Text.decode(data)
        while len(self._committed) >= _KEPT:
            del self._committed[next(iter(self._committed))]
        self._committed[path] = oid, text
        return text

    # --- EditorConfig

    async def rules(self, path: str) -> Rules:
        """Return what the files from the path's folder up to the workspace say about it."""
        configs: list[ConfigFile] = []
        folder = path.rpartition("/")[0]
        while True:
            source = await self._config(f"{folder}/{NAME}" if folder else NAME)
            if source is not None:
                configs.append(parse(source, folder))
            if not folder or (configs and configs[-1].folder == folder and configs[-1].is_root):
                return rules_for(path, configs)
            folder = folder.rpartition("/")[0]

    async def _config(self, path: str) -> str | None:
        buffer = self._workspace.buffer(path)
        if buffer is not None:
            return buffer.text.slice(buffer.text.full_span())
        try:
            data = (await self._files.read(path)).data
        except PortError:
            return None
        return data[:_LARGEST_CONFIG].decode("utf-8", "replace")

    async def tidy(self, path: str) -> None:
        """Before a file is saved: tidy the lines that differ from the disk as the rules say, and no others."""
        buffer = self._workspace.buffer(path)
        if buffer is None or not buffer.is_dirty or buffer.read_only:
            return
        rules = await self.rules(path)
        wanted = tidied(buffer.text, rules)
        if wanted is None:
            return
        changes = own_lines(buffer.text, Text.decode(buffer.disk or b""), wanted)
        if changes.changes:
            self._workspace.edit(path, changes)


def own_lines(text: Text, before: Text, wanted: ChangeSet) -> ChangeSet:
    """Return those changes that touch lines which differ from an earlier text."""
    old, new = before.lines(), text.lines()
    blocks = [range(block.new_start, block.new_stop) for block in changed_blocks(old, new)]

    def is_own(change: Change) -> bool:
        return any(change.span.start.line in block for block in blocks)

    kept = tuple(change for change in wanted.changes if is_own(change))
    return ChangeSet(wanted.base, kept, wanted.lone_cr)
