"""Searches the project and proposes replacements: unsaved text counts, and nothing is changed before the review."""

import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from spark_tui.core.edits import (
    EditEvent,
    FileClosed,
    FileOp,
    FileOpened,
    HunkClosed,
    HunkOpened,
    PatchClosed,
    RowAdded,
    RowKind,
)
from spark_tui.core.review import PENDING, HunkState
from spark_tui.core.search import FileHits, Hit, SearchProgress, Sought, compiled, filler, wanted
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, ReviewMoved
from spark_tui.engine.workspace import Workspace
from spark_tui.ports import Listing, SearchFailed, TextSearch

AROUND = 2
"""Unchanged lines that are shown around a proposed one."""
MOST_HUNKS = 2_000
"""Hunks that one replacement proposes at most."""


def fault_of(search: Sought, replacement: str | None = None) -> str:
    """Say what is wrong with a search or with what shall be put in; empty if nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pattern = compiled(search)
        fill = filler(search, replacement) if replacement is not None else ""
    return pattern if isinstance(pattern, str) else fill if isinstance(fill, str) else ""


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of one file that become one hunk."""

    first: int
    stop: int
    new: Mapping[int, str]

    def rows(self, base: Text) -> list[EditEvent]:
        events: list[EditEvent] = [HunkOpened("")]
        for line in range(self.first, self.stop):
            old = base.line(line)
            if line not in self.new:
                events.append(RowAdded(RowKind.CONTEXT, old))
                continue
            events.append(RowAdded(RowKind.REMOVE, old))
            events += [RowAdded(RowKind.ADD, row) for row in self.new[line].split("\n")]
        return [*events, HunkClosed()]


class Searching:
    """One search at a time over files and memory."""

    def __init__(
        self,
        port: TextSearch | None,
        workspace: Workspace,
        listing: Callable[[], Listing],
        decisions: Decisions,
        is_streaming: Callable[[], bool],
        emit: Callable[[EngineEvent], None],
    ) -> None:
        """`is_streaming` tells whether a model writes into the review."""
        self._port = port
        self._workspace = workspace
        self._listing = listing
        self._decisions = decisions
        self._is_streaming = is_streaming
        self._emit = emit
        self._replacements = 0
        self.last = (Sought(""), "")
        """What was looked for last, and what was to be put in."""

    async def find(
        self, search: Sought, replacement: str | None = None, only: Sequence[str] | None = None
    ) -> AsyncIterator[FileHits | SearchProgress]:
        """Yield files with hits as they are found; raises SearchFailed. To stop, close the iterator."""
        fault = fault_of(search, replacement)
        if fault or self._port is None:
            raise SearchFailed(fault or "There is nothing here to search with.")
        is_wanted = wanted(search.globs)
        texts = {
            path: buffer.text.lines()
            for path in self._workspace.paths
            if (buffer := self._workspace.buffer(path)) is not None
            and buffer.is_dirty
            and is_wanted(path)
            and (only is None or path in only)
        }
        listed = (
            only
            if only is not None
            else [entry.path for entry in self._listing().entries if entry.mark != "D"]
        )
        paths = [path for path in listed if path not in texts and is_wanted(path)]
        found = self._port.search(search, paths, texts, replacement)
        try:
            async for one in found:
                yield one
        finally:
            await found.aclose()  # type: ignore[attr-defined]

    # -- replacing

    async def propose(self, search: Sought, replacement: str, chosen: Mapping[str, Sequence[int]]) -> str:
        """Propose new text for the chosen lines (0-based, by path) as hunks of the review; say what came of it.

        Raises SearchFailed.
        """
        plans: list[tuple[str, Text, str, list[_Group]]] = []
        changed = 0
        async for found in self.find(search, replacement, list(chosen)):
            if not isinstance(found, FileHits):
                continue
            base, refusal = await self._workspace.base_of(found.path)
            buffer = self._workspace.buffer(found.path)
            if not refusal and buffer is not None and buffer.read_only:
                refusal = buffer.note
            lines = set(chosen[found.path])
            hits = [hit for hit in found.hits if hit.line in lines]
            if base is None or any(
                hit.line >= base.line_count or base.line(hit.line) != hit.text for hit in hits
            ):
                changed += 1
                continue
            groups = _groups([hit for hit in hits if hit.new != hit.text], base)
            if groups:
                plans.append((found.path, base, refusal, groups))
        return self._feed(plans, changed)

    def _feed(self, plans: Sequence[tuple[str, Text, str, list[_Group]]], changed: int) -> str:
        """Put the hunks into the review, in one go: nobody else's edits come in between."""
        hunks = sum(len(groups) for _, _, _, groups in plans)
        if not hunks:
            return (
                "Nothing would change." if not changed else "The files have changed meanwhile: search again."
            )
        if hunks > MOST_HUNKS:
            raise SearchFailed(
                f"That would be {hunks:,} hunks; {MOST_HUNKS:,} is the most: narrow the search."
            )
        if self._is_streaming():
            raise SearchFailed("The model still writes: Esc stops it, then the replacement can be proposed.")
        review = self._decisions.review
        self._replacements += 1
        known = {file.turn for file in review.files()}
        while (turn := f"replace-{self._replacements}") in known:
            self._replacements += 1
        review.begin(turn, turn)
        for path, base, refusal, groups in plans:
            review.open_file(FileOpened(FileOp.UPDATE, path), base, refusal)
            for group in groups:
                for event in group.rows(base):
                    review.feed(event)
            review.feed(FileClosed())
        review.feed(PatchClosed())
        review.close(cut=False)
        self._place(turn, {path: groups for path, _, _, groups in plans})
        self._emit(ReviewMoved())
        rest = f"; {changed} changed meanwhile" if changed else ""
        files = f"{len(plans)} file{'s' * (len(plans) != 1)}"
        return f"{hunks:,} hunk{'s' * (hunks != 1)} in {files} to decide{rest}: nothing is written yet."

    def _place(self, turn: str, groups: Mapping[str, Sequence[_Group]]) -> None:
        """Lines that look alike are no riddle here: where each hunk stands is known."""
        review = self._decisions.review
        for file in review.files():
            if file.turn != turn:
                continue
            for hunk, group in zip(file.hunks, groups[file.path], strict=False):
                if hunk.state is HunkState.AMBIGUOUS or (hunk.state in PENDING and hunk.line != group.first):
                    review.choose(hunk.id, group.first)


def _groups(hits: Sequence[Hit], base: Text) -> list[_Group]:
    """Join lines that are near each other into hunks."""
    groups: list[_Group] = []
    for hit in hits:
        if hit.new is None:
            continue
        first, stop = max(0, hit.line - AROUND), min(base.row_count, hit.line + AROUND + 1)
        if groups and first < groups[-1].stop:
            last = groups.pop()
            groups.append(_Group(last.first, stop, {**last.new, hit.line: hit.new}))
        else:
            groups.append(_Group(first, stop, {hit.line: hit.new}))
    return groups
