"""Reads files for the model: as they are in memory or on disk now, in every form, with secrets withheld.

What was read is kept until the disk says that it changed, so that planning again costs next to nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from spark_tui.core.context import Form, block, file_block
from spark_tui.core.context.secrets import denied, redact
from spark_tui.core.repo import FileFacts, Kept, RepoFacts, skeleton_text
from spark_tui.core.text import Text
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileGone, Files, PortError, Stamp

LARGEST = 4_000_000
"""Characters of the largest file that could be sent at all."""
KEPT_CHARACTERS = 64_000_000
AROUND = 60
"""Lines before and after the caret that a skeleton of the open file keeps."""
NAMES = 110
"""Characters of the names in a line of the map."""
TOGETHER = 64
"""Files that are read in one go."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file as it would be sent."""

    bodies: Mapping[Form, str] = field(default_factory=dict)
    fault: str = ""
    """Why nothing of it can be sent."""
    remark: str = ""
    withheld: Mapping[str, str] = field(default_factory=dict)
    """Marker to secret."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read."""

    stamp: Stamp | None
    """None: it is in memory."""
    text: Text | None
    digest: str
    fault: str = ""


class Reader:
    """Turns paths into pages."""

    def __init__(self, workspace: Workspace, files: Files, facts: Callable[[], RepoFacts]) -> None:
        self._workspace = workspace
        self._files = files
        self._facts = facts
        self._known: dict[str, _Known] = {}
        self._pages: dict[tuple[str, str, bool, int], Page] = {}
        self._size = 0

    def text(self, path: str) -> Text | None:
        """The text of a file that was looked at; None if there is none that could be sent."""
        known = self._known.get(path)
        return known.text if known is not None else None

    async def look(self, paths: Sequence[str]) -> None:
        """Read what of these files changed since the last look."""
        here = set(self._workspace.paths)
        wanted = [path for path in paths if path not in here and not denied(path)]
        stamps = await self._files.stamps(wanted) if wanted else {}
        changed = [
            path
            for path in wanted
            if path not in self._known or self._known[path].stamp != stamps.get(path, ())
        ]
        for path in paths:
            if path in here or denied(path):
                await self._look_in_memory(path)
        for start in range(0, len(changed), TOGETHER):
            some = changed[start : start + TOGETHER]
            await asyncio.gather(*(self._read(path, stamps.get(path, ())) for path in some))

    async def _look_in_memory(self, path: str) -> None:
        if path not in self._workspace.paths:
            self._known[path] = _Known(None, None, "", denied(path))
            return
        try:
            text = (await self._workspace.fresh(path)).text
        except PortError as error:
            self._known[path] = _Known(None, None, "", str(error))
            return
        known = self._known.get(path)
        if known is None or known.text is not text:
            digest = await asyncio.to_thread(text.digest)
            self._known[path] = _Known(None, text, digest, _fault(path, text))

    async def _read(self, path: str, stamp: Stamp) -> None:
        try:
            data = (await self._files.read(path)).data
        except FileGone:
            self._known[path] = _Known(stamp, None, "", "no such file")
            return
        except PortError as error:
            self._known[path] = _Known(stamp, None, "", str(error))
            return
        self._known[path] = await asyncio.to_thread(_decoded, path, data, stamp)

    def page(self, path: str, *, allowed: bool = False, caret: int = -1) -> Page:
        """Lay out a file that was looked at; around the line `caret` its skeleton keeps everything."""
        secret = "" if allowed else denied(path)
        known = self._known.get(path)
        if secret or known is None or known.text is None or known.fault:
            return Page(fault=secret or (known.fault if known is not None else "") or "not read")
        key = (path, known.digest, allowed, caret)
        page = self._pages.get(key)
        if page is None:
            if self._size > KEPT_CHARACTERS:
                self._pages, self._size = {}, 0
            page = self._pages[key] = self._lay_out(path, known.text, known.digest, allowed, caret)
            self._size += sum(map(len, page.bodies.values()))
        return page

    def _lay_out(self, path: str, text: Text, digest: str, allowed: bool, caret: int) -> Page:
        rows = text.lines(0, text.row_count)
        clean = redact("\n".join(rows)) if not allowed else None
        withheld = clean.withheld if clean is not None else {}
        if clean is not None and withheld:
            rows = clean.text.split("\n")
        bodies = {Form.WHOLE: file_block(path, text, rows)}
        kept = _around(self._skeleton(path, rows, digest), caret, len(rows))
        slim = skeleton_text(rows, kept) if kept else ""
        if slim:
            bodies[Form.SKELETON] = block("skeleton", slim.split("\n")[:-1], path, of=str(len(rows)))
            if len(bodies[Form.SKELETON]) >= len(bodies[Form.WHOLE]):
                del bodies[Form.SKELETON]
        line = self.map_line(path)
        if line:
            bodies[Form.MAP] = line
        count = len(withheld)
        remark = f"{count} secret{'s' * (count != 1)} withheld" if count else ""
        return Page(bodies, "", remark, withheld)

    def _skeleton(self, path: str, rows: Sequence[str], digest: str) -> Kept:
        facts = self._facts().files.get(path)
        if facts is not None and facts.digest == digest:
            return facts.skeleton
        if path not in self._workspace.paths:
            return ()
        from spark_tui.syntax import language_for, skeleton

        language = language_for(path, rows[0] if rows else "")
        return skeleton(language, rows) if language else ()

    def map_line(self, path: str, names: Sequence[str] = ()) -> str:
        """Write a file as one line of the map; `names` stand first."""
        if not _is_sendable(path) or "\n" in path or "\r" in path:
            return ""
        facts = self._facts().files.get(path)
        return f"{path}: {told}" if (told := _names(facts, names)) else path


def _names(facts: FileFacts | None, first: Sequence[str]) -> str:
    own = facts.definitions if facts is not None else ()
    outer = [definition.name for definition in own if not definition.parent]
    told: list[str] = []
    room = NAMES
    for name in dict.fromkeys([*first, *outer]):
        if not name.isprintable() or len(name) + 2 > room:
            break
        told.append(name)
        room -= len(name) + 2
    return ", ".join(told)


def _around(kept: Kept, caret: int, rows: int) -> Kept:
    """Ranges that are kept, and those around the caret; without a skeleton only where that leaves something out."""
    if caret < 0 or rows <= 2 * AROUND:
        return kept
    ranges = sorted([*kept, (max(caret - AROUND, 0), min(caret + AROUND + 1, rows))])
    merged: list[tuple[int, int]] = []
    for first, after in ranges:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(after, merged[-1][1]))
        else:
            merged.append((first, after))
    return tuple(merged)


def _decoded(path: str, data: bytes, stamp: Stamp) -> _Known:
    if len(data) > LARGEST:
        return _Known(stamp, None, "", _too_large(len(data)))
    text = Text.decode(data)
    fault = _fault(path, text)
    return _Known(stamp, None if fault else text, sha256(data).hexdigest(), fault)


def _fault(path: str, text: Text) -> str:
    """Why a file can't be sent; empty if it can."""
    if text.binary:
        return "binary"
    if text.read_only:
        return "not UTF-8"
    if "\n" in path or "\r" in path:
        return "file name holds a line break"
    if not _is_sendable(path):
        return "file name is not UTF-8"
    size = 0
    for start in range(0, text.line_count, 50_000):
        size += sum(map(len, text.lines(start, min(start + 50_000, text.line_count))))
        if size > LARGEST:
            return _too_large(size)
    return ""


def _too_large(size: int) -> str:
    return f"too large to be sent ({size / 1_000_000:.0f} MB)"


def _is_sendable(text: str) -> bool:
    """Whether a text can be written as UTF-8; names of files need not be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
