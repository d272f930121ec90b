"""A whole new version of a file that exists: changes while it streams, and the shortest ones at the end."""

from spark_tui.core.diff import Block, StreamAlignment, changed_blocks
from spark_tui.core.edits import RowKind
from spark_tui.core.review.book import Book, Section
from spark_tui.core.review.form import Item
from spark_tui.core.review.hunk import Hunk
from spark_tui.core.review.rowmap import RowMap
from spark_tui.core.review.rows import tokens
from spark_tui.core.review.values import HunkState, Row
from spark_tui.core.text import Text

CUT = "It was cut off while streaming."
BARE = "A line of the new version has no '+' before it and was taken as it is; please check."
SAME = "The file reads like this already."


class Rewrite:
    """The open section of such a file."""

    def __init__(self, book: Book, section: Section, base: Text) -> None:
        self._book = book
        self._section = section
        self._old = base.lines(0, base.row_count)
        self._own = tokens(base, 0, base.row_count)
        self._alignment = StreamAlignment(self._old)
        self._new: list[str] = []
        self._kept = 0
        """How many new lines there were when an old one was met last."""
        self._bare = False
        self._hunk: Hunk | None = None
        self._shown: list[Hunk] = []
        self.map = RowMap(base)

    @property
    def lines(self) -> list[str]:
        """The new version so far."""
        return self._new

    def row(self, line: str, bare: bool) -> None:
        """Take the next line of the new version; `bare` lines had no prefix."""
        self._bare = self._bare or bare
        self._new.append(line)
        start, stop, kept = self._alignment.push(line)
        if stop > start:
            hunk = self._open(start)
            hunk.rows += [Row(RowKind.REMOVE, self._old[at]) for at in range(start, stop)]
        if kept:
            self._kept = len(self._new)
            self.tail(None)
            self._hunk = None
        else:
            hunk = self._open(start)
            hunk.rows.append(Row(RowKind.ADD, line))
            hunk.tail = None
            hunk.touch()

    def tail(self, row: Row | None) -> None:
        """Show the unfinished last line, if the lines before it are new, too."""
        if self._hunk is not None:
            self._hunk.tail = row
            self._hunk.touch()

    def _open(self, at: int) -> Hunk:
        if self._hunk is None:
            self._hunk = self._book.add_hunk(self._section)
            self._shown.append(self._hunk)
        self._hunk.start = self._hunk.stop = self.map.place(at)
        self._hunk.touch()
        return self._hunk

    def finish(self, cut: bool) -> list[Hunk]:
        """Take the end of the new version; return its hunks. What a cut leaves open is stale."""
        old, new = self._old, self._new
        if cut:
            old, new = old[: self._alignment.cursor], new[: self._kept]
        blocks = changed_blocks(old, new)
        loose = self._shown.pop() if cut and self._hunk is not None else None
        hunks = [self._complete(block, number) for number, block in enumerate(blocks)]
        for hunk in self._shown[len(blocks) :]:
            self._book.drop(hunk)
        if loose is not None:
            loose.start, loose.tail, loose.latch = None, None, None
            loose.form = tuple(Item(row.kind, row.text, row.text + "\n") for row in loose.rows)
            loose.turn_to(HunkState.STALE, CUT)
        if not hunks and loose is None:
            hunk = self._book.add_hunk(self._section)
            hunk.turn_to(HunkState.SATISFIED, SAME)
            return [hunk]
        return hunks

    def _complete(self, block: Block, number: int) -> Hunk:
        """Turn a block of the final difference into a hunk, in the place of one that was shown."""
        shown = number < len(self._shown)
        hunk = self._shown[number] if shown else self._book.add_hunk(self._section)
        text = self._section.document.text
        removed = [Item(RowKind.REMOVE, self._old[at], self._own[at]) for at in range(*block[:2])]
        added = [Item(RowKind.ADD, line) for line in self._new[block.new_start : block.new_stop]]
        rows = [(item.kind, item.text) for item in removed + added]
        if sorted(rows) != sorted((row.kind, row.text) for row in hunk.rows):
            # What was decided for while it was shown is not what it is in the end.
            hunk.latch = None
        hunk.tail = None
        hunk.rows = [Row(kind, text) for kind, text in rows]
        hunk.form = (*removed, *added)
        window = self.map.window(block.old_start, block.old_stop, text)
        lead = tokens_between(self._own, window.first, block.old_start)
        trail = tokens_between(self._own, block.old_stop, window.last)
        hunk.form = (*lead, *hunk.form, *trail)
        hunk.start, hunk.stop = window.start, window.stop
        if self._bare:
            hunk.is_open_place, hunk.plain_note = True, BARE
        hunk.turn_to(HunkState.PROPOSED)
        hunk.settle(text)
        return hunk


def tokens_between(own: list[str], start: int, stop: int) -> tuple[Item, ...]:
    """Return lines around a block as items that are not shown."""
    return tuple(Item(RowKind.CONTEXT, line.rstrip("\r\n"), line, None, True) for line in own[start:stop])
