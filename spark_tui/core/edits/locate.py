"""Decides where each hunk of a section belongs: by counting the places it fits, never by taking the first."""

from bisect import bisect_right
from collections import Counter
from enum import StrEnum

from spark_tui.core.display import inert
from spark_tui.core.edits.anchor import ENOUGH, Anchorer, Effort, Match, find
from spark_tui.core.edits.fragment import Fragments
from spark_tui.core.edits.patch import Profile
from spark_tui.core.text import Level, Text, fold
from spark_tui.core.values import dataclass

_INDENTED = (
    ".py", ".pyi", ".pyx", ".yaml", ".yml", ".mk", ".coffee", ".nim", ".hs", ".fs", ".fsx", ".pug", ".haml", ".sass",
    ".styl", ".slim", ".gd", ".rst", ".bzl", "makefile",
)  # fmt: skip
"""Ends of names of files in which the white space before a line has a meaning."""
_CLOSING = ("}", ")", "]", "end", "{", "else", "elif", "except", "finally", "catch")
"""Beginnings of lines that, at the indentation of a header, still belong to what the header opens."""


class Fit(StrEnum):
    """How well a hunk fits into its file."""

    ONE = "one"
    MANY = "many"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a hunk belongs, in rows of the text it was searched in."""

    fit: Fit
    starts: tuple[int, ...] = ()
    """Where the first old row may stand; the first of them is where it is shown."""
    level: int = 0
    note: str = ""
    """What the person should know; empty where there is nothing to say."""
    skip_first: int = 0
    """How many old rows at the beginning have no counterpart in the file and are left out."""
    skip_last: int = 0
    """How many old rows at the end have no counterpart in the file and are left out."""
    near: tuple[int, ...] = ()
    """Where most of the old rows stand, if the hunk fits nowhere; only ever for the person to choose."""
    at_end: bool = False
    """Whether the hunk appends to the file."""
    lead: str = ""
    """What stands before the old text on its first line."""
    trail: str = ""
    """What stands behind the old text on its last line."""

    @property
    def start(self) -> int | None:
        """The place to show, None where there is none."""
        return self.starts[0] if self.starts else None


class Locator:
    """Places the hunks of one section, one after the other, while their rows arrive."""

    def __init__(self, base: Text, path: str, profile: Profile) -> None:
        self._base = base
        self._strict = profile == "codex"
        self._indented = path.lower().endswith(_INDENTED)
        self._top = Level.PUNCTUATION if self._strict else Level.COMPOSED
        self._effort = Effort()
        self._cursor = 0
        self._taken: list[tuple[int, int]] = []
        self._missing = ""
        self._early = False
        self._headers: list[int] | None = None
        self._header = ""
        self._free = False
        self._fragments: Fragments | None = None
        self._anchorer = self._make_anchorer(0)

    def open(self, header: str, free: bool = False, narrow: bool = False) -> None:
        """Begin a hunk, or with `narrow` look further inside the header before; `free` hunks come in any order."""
        if not narrow:
            self._headers, self._missing, self._early, self._free = None, "", False, free
        self._header = header
        if header and not self._missing:
            self._find_header(header)
        floor = 0 if free else self._cursor
        if self._headers:
            floor = self._headers[0] + self._strict
        self._anchorer = self._make_anchorer(floor)

    def old(self, line: str) -> None:
        """Take the next old row of the open hunk."""
        if not self._missing:
            self._anchorer.push(line)

    def settle(self) -> None:
        """Look for a place with the old rows there are: new rows arrive."""
        if not self._missing:
            self._anchorer.settle()

    @property
    def place(self) -> int | None:
        """Where the open hunk seems to belong; it never goes back."""
        if self._anchorer.place is None and not self._anchorer.lines and self._headers:
            return self._headers[0] + 1
        return self._anchorer.place

    def close(self, at_end: bool, leading_bare: int = 0) -> Placement:
        """Decide where the open hunk belongs; `leading_bare` old rows at its beginning may be mere separators."""
        if self._missing:
            return Placement(Fit.NONE, note=self._missing)
        lines = self._anchorer.lines
        if self._free:
            placement = self._place_text(lines)
        elif lines:
            placement = self._place_old(lines, at_end, leading_bare)
        else:
            placement = self._place_insertion()
        if placement.start is not None:
            self._take(placement, len(lines))
        return placement

    def _make_anchorer(self, floor: int) -> Anchorer:
        return Anchorer(self._base, floor, self._top, self._effort)

    def _take(self, placement: Placement, length: int) -> None:
        assert placement.start is not None
        length -= placement.skip_first + placement.skip_last
        stop = placement.start + length
        if length:
            self._taken.insert(bisect_right(self._taken, (placement.start, stop)), (placement.start, stop))
        if not self._free and not placement.at_end and stop > self._cursor and not self._early:
            self._cursor = stop

    # The line above the hunk.

    def _find_header(self, header: str) -> None:
        if self._headers is None:
            match = find(self._base, [header], 0 if self._free else self._cursor, self._top)
            if not match.starts and not self._strict:
                match = find(self._base, [header], 0, self._top)
                self._early = len(match.starts) == 1
                match = match if self._early else Match(0, ())
            self._headers = list(match.starts)
        else:
            inside = [self._inside(at, header) for at in self._headers]
            self._headers = sorted({at for places in inside for at in places})
        if not self._headers:
            self._headers = None
            self._missing = f"The file has no line '{_short(header)}' here, under which the hunk belongs."

    def _inside(self, parent: int, header: str) -> list[int]:
        """Return where a header stands in the block that the line `parent` opens, or else anywhere below it."""
        starts = find(self._base, [header], parent + 1, self._top).starts
        stop = self._block_end(parent)
        return [at for at in starts if at < stop] or list(starts)

    def _block_end(self, header: int) -> int:
        """Return the line behind the block that a header opens, going by indentation."""
        own = _indentation(self._base.line(header))
        for at in range(header + 1, min(self._base.row_count, header + 5000)):
            line = self._base.line(at)
            if line.strip() and _indentation(line) <= own and not line.strip().startswith(_CLOSING):
                return at
        return min(self._base.row_count, header + 5000)

    # Hunks with old rows.

    def _place_old(self, lines: list[str], at_end: bool, leading_bare: int) -> Placement:
        match = self._at_end(lines) if at_end else self._anchorer.finish()
        first = last = 0
        if not match.starts and lines[-1] == "" and len(lines) > 1:
            last = 1
            match = self._again(lines[:-1], at_end)
        if not match.starts and not self._strict and 0 < leading_bare < len(lines):
            first, last = leading_bare, 0
            match = self._again(lines[leading_bare:], at_end)
        note = "It stands above the hunk before it." if self._early else ""
        if not match.starts and not at_end and not self._strict and self._headers is None and self._cursor:
            found = find(self._base, lines, 0, Level.EXACT)
            match = found if len(found.starts) == 1 else match
            first = last = 0
            note = "It stands above the hunk before it."
        used = len(lines) - first - last
        starts = [at for at in self._in_scope(match.starts, used) if self._is_free(at, used)]
        if not starts:
            return Placement(Fit.NONE, note=self._why_not(at_end), near=self._nearest(lines))
        many = len(starts) > 1 and not self._strict
        if many:
            note = _many(len(starts))
        elif not self._strict and self._is_loose(match.level):
            many, note = True, "The lines match only when white space or accents are ignored; please check."
        fit = Fit.MANY if many else Fit.ONE
        return Placement(fit, tuple(starts), match.level, note, first, last)

    def _again(self, lines: list[str], at_end: bool) -> Match:
        if at_end:
            return self._at_end(lines)
        floor = self._headers[0] + self._strict if self._headers else self._cursor
        return find(self._base, lines, 0 if self._free else floor, self._top)

    def _at_end(self, lines: list[str]) -> Match:
        start = self._base.row_count - len(lines)
        if start < 0:
            return Match(0, ())
        there = self._base.lines(start, start + len(lines))
        for level in range(self._top + 1):
            if all(fold(a, level) == fold(b, level) for a, b in zip(lines, there, strict=True)):
                return Match(level, (start,))
        return Match(0, ())

    def _in_scope(self, starts: tuple[int, ...], length: int) -> list[int]:
        """Keep the places inside the blocks that the headers open, if there are any such."""
        if self._headers is None or self._strict or len(starts) < 2:
            return list(starts)
        blocks = [(at, self._block_end(at)) for at in self._headers]
        inside = [at for at in starts if any(a <= at and at + length <= b for a, b in blocks)]
        return inside or list(starts)

    def _is_free(self, start: int, length: int) -> bool:
        """Say whether no hunk of this section stands there already."""
        if self._strict:
            return True
        index = bisect_right(self._taken, (start, start))
        before = self._taken[index - 1] if index else (0, 0)
        behind = self._taken[index] if index < len(self._taken) else (start + length, 0)
        return before[1] <= start and start + length <= behind[0]

    def _nearest(self, lines: list[str]) -> tuple[int, ...]:
        """Return where at least every second old row stands where it should, if there is such a place."""
        if self._effort.left <= 0 or self._strict:
            return ()
        votes: Counter[int] = Counter()
        for number, line in enumerate(lines[:200]):
            folded = fold(line, Level.STRIPPED)
            if folded:
                votes.update(
                    at - number for at in self._base.places(folded, Level.STRIPPED, 0, ENOUGH)[:ENOUGH]
                )
        self._effort.left -= 200 + sum(votes.values())
        best = [(count, -at) for at, count in votes.items() if at >= 0]
        count, at = max(best, default=(0, 0))
        return (-at,) if count * 2 >= min(len(lines), 200) else ()

    def _is_loose(self, level: int) -> bool:
        return level >= Level.COMPOSED or level >= Level.STRIPPED and self._indented

    def _why_not(self, at_end: bool) -> str:
        if self._effort.left <= 0:
            return "The file has too many lines that look alike to find the place."
        if at_end:
            return "The file does not end with these lines."
        return "The file has no such lines."

    # Hunks that are old and new text.

    def _place_text(self, lines: list[str]) -> Placement:
        if not any(lines):
            return Placement(Fit.NONE, note="The text to look for is empty.")
        if self._fragments is None:
            self._fragments = Fragments(self._base)
        self._effort.left -= self._base.row_count // 100 + 1
        found = self._fragments.find(lines, ENOUGH) if self._effort.left > 0 else []
        found = [place for place in found if self._is_free(place.start, len(lines))]
        if not found:
            return self._place_old(lines, False, 0)
        first = found[0]
        alike = tuple(place.start for place in found if place[1:] == first[1:])
        if len(found) > 1:
            return Placement(Fit.MANY, alike, 0, _many(len(found)), lead=first.lead, trail=first.trail)
        return Placement(Fit.ONE, alike, lead=first.lead, trail=first.trail)

    # Hunks that only insert.

    def _place_insertion(self) -> Placement:
        end = self._base.row_count
        if self._headers is None or self._strict:
            return Placement(Fit.ONE, (end,), at_end=True)
        starts = [at + 1 for at in self._headers]
        if end not in starts:
            starts.append(end)
        note = f"It names no line beside the new ones; they go under '{_short(self._header)}'."
        return Placement(Fit.MANY, tuple(starts), 0, note)


def _many(count: int) -> str:
    number = f"{count} or more" if count >= ENOUGH else str(count)
    return f"The lines stand at {number} places; choose one."


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _short(line: str) -> str:
    line = inert(line.strip())
    return line if len(line) <= 60 else line[:59] + "…"
