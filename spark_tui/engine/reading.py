"""Reads files for the model: as they are in memory or on disk now, in every form, with secrets withheld.

What was read is kept until the disk says that it changed, so that planning again costs next to nothing.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from hashlib import sha256

from spark_tui.core.context import Page, Piece, found_piece, lay_out
from spark_tui.core.context.pages import excerpt, map_line, path_fault
from spark_tui.core.context.secrets import denied
from spark_tui.core.repo import FileFacts, Kept, Ranked, RepoFacts
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import FileGone, Files, PortError, Stamp

LARGEST = 4_000_000
"""Characters of the largest file that could be sent at all."""
KEPT_CHARACTERS = 64_000_000
_MOST_EXCERPTS = 200
TOGETHER = 64
"""Files that are read in one go."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read."""

    stamp: Stamp | None
    """None: it is in memory."""
    text: Text | None
    digest: str
    fault: str = ""


NOT_READ = Page(fault="not read")
"""Stands for a file that nobody looked at."""


class Reader:
    """Turns paths into pages."""

    def __init__(self, workspace: Workspace, files: Files, facts: Callable[[], RepoFacts]) -> None:
        self._workspace = workspace
        self._files = files
        self._facts = facts
        self._known: dict[str, _Known] = {}
        self._pages: dict[tuple[str, str, bool, bool, int], Page] = {}
        self._found: dict[str, tuple[FileFacts | None, Page, tuple[str, ...], Piece]] = {}
        self._excerpts: dict[tuple[str, str, bool, tuple[str, ...]], Page] = {}
        self._size = 0

    def text(self, path: str) -> Text | None:
        """The text of a file that was looked at; None if there is none that could be sent."""
        known = self._known.get(path)
        return known.text if known is not None else None

    async def look(
        self, paths: Sequence[str], allowed: Collection[str] = (), *, trusts_index: bool = False
    ) -> None:
        """Read what of these files changed since the last look; secrets only where they are allowed.

        With `trusts_index` a file that was read as the index knows it is not looked at again.
        """
        here = set(self._workspace.paths)
        secret = {path: why for path in paths if path not in allowed and (why := denied(path))}
        wanted = [path for path in paths if path not in here and path not in secret]
        facts = self._facts().files if trusts_index else {}
        unsure = [path for path in wanted if not self._is_as_indexed(path, facts.get(path))]
        stamps = await self._files.stamps(unsure) if unsure else {}
        changed = [
            path
            for path in unsure
            if path not in self._known or self._known[path].stamp != stamps.get(path, ())
        ]
        for path in paths:
            if path in secret:
                self._known[path] = _Known(None, None, "", secret[path])
            elif path in here:
                await self._look_in_memory(path)
        for start in range(0, len(changed), TOGETHER):
            some = changed[start : start + TOGETHER]
            await asyncio.gather(*(self._read(path, stamps.get(path, ())) for path in some))

    def _is_as_indexed(self, path: str, facts: FileFacts | None) -> bool:
        known = self._known.get(path)
        return known is not None and facts is not None and facts.digest != "" and known.digest == facts.digest

    async def _look_in_memory(self, path: str) -> None:
        try:
            text = (await self._workspace.fresh(path)).text
        except PortError as error:
            self._known[path] = _Known(None, None, "", str(error))
            return
        known = self._known.get(path)
        if known is None or known.text is not text:
            digest = await asyncio.to_thread(text.digest)
            self._known[path] = _Known(None, text, digest, await asyncio.to_thread(_fault, path, text))

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
        known = self._known.get(path)
        if known is None:
            return NOT_READ
        if known.text is None or known.fault:
            return Page(fault=known.fault)
        facts = self._facts().files.get(path)
        is_indexed = facts is not None and facts.digest == known.digest
        key = (path, known.digest, allowed, is_indexed, caret)
        page = self._pages.get(key)
        if page is None:
            if self._size > KEPT_CHARACTERS:
                self._pages, self._found, self._size = {}, {}, 0
            page = self._pages[key] = self._lay_out(known, path, allowed, caret)
            self._size += sum(map(len, page.bodies.values()))
        return page

    def map_line(self, path: str) -> str:
        """Write a file as one line of the map."""
        return map_line(path, self._facts().files.get(path))

    def found(self, ranked: Ranked, *, allowed: bool) -> tuple[Piece, Page]:
        """Describe a ranked file, and tell its page; what does not depend on the ranking is made once."""
        facts = self._facts().files.get(ranked.path)
        is_brief = facts is not None and facts.brief != ""
        page = self._excerpt(ranked, allowed) if is_brief else self.page(ranked.path, allowed=allowed)
        made = self._found.get(ranked.path)
        if made is None or made[0] is not facts or made[1] is not page or made[2] != ranked.names:
            piece = found_piece(ranked, None if page is NOT_READ else page, facts)
            made = self._found[ranked.path] = facts, page, ranked.names, piece
        return replace(made[3], score=ranked.score, reason=ranked.reason), page

    def _excerpt(self, ranked: Ranked, allowed: bool) -> Page:
        """What goes along of a file that is never sent whole for having been found."""
        known = self._known.get(ranked.path)
        if known is None:
            return NOT_READ
        if known.text is None or known.fault:
            return Page(fault=known.fault)
        key = (ranked.path, known.digest, allowed, ranked.names)
        made = self._excerpts.get(key)
        if made is None:
            if len(self._excerpts) > _MOST_EXCERPTS:
                self._excerpts.clear()
            made = self._excerpts[key] = excerpt(ranked.path, known.text, ranked.names, allowed=allowed)
        return made

    def _lay_out(self, known: _Known, path: str, allowed: bool, caret: int) -> Page:
        assert known.text is not None
        kept = self._skeleton(path, known.text, known.digest)
        return lay_out(path, known.text, kept, allowed=allowed, caret=caret)

    def _skeleton(self, path: str, text: Text, digest: str) -> Kept:
        facts = self._facts().files.get(path)
        if facts is not None and facts.digest == digest:
            return facts.skeleton
        if path not in self._workspace.paths:
            return ()
        from spark_tui.syntax import language_for, skeleton

        rows = text.lines(0, text.row_count)
        language = language_for(path, rows[0] if rows else "")
        return skeleton(language, rows) if language else ()


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
    if fault := path_fault(path):
        return fault
    size = 0
    for start in range(0, text.line_count, 50_000):
        size += sum(map(len, text.lines(start, min(start + 50_000, text.line_count))))
        if size > LARGEST:
            return _too_large(size)
    return ""


def _too_large(size: int) -> str:
    return f"too large to be sent ({size / 1_000_000:.0f} MB)"
