"""Where an accepted hunk changed the text: followed through later changes so that it can be taken back."""

from collections import Counter
from collections.abc import Sequence

from spark_tui.core.diff import merge
from spark_tui.core.review.rows import tokens
from spark_tui.core.review.window import Edits, Key, follow, healed
from spark_tui.core.text import Text

_NOBODY = -1
"""Order number of scars: no edit is their own."""


class Scar:
    """Rows that came in, and the rows that went for them."""

    __slots__ = ("after", "before", "hunk", "id", "start", "stop")

    def __init__(self, id: int, hunk: str, start: int, before: Sequence[str], after: Sequence[str]) -> None:
        self.id = id
        self.hunk = hunk
        self.start = start
        self.stop = start + len(after)
        self.before = list(before)
        self.after = list(after)

    def clone(self) -> "Scar":
        """Return a copy that goes its own way."""
        copy = Scar(self.id, self.hunk, self.start, self.before, self.after)
        copy.stop = self.stop
        return copy

    def follow(self, edits: Edits, before: Text | None, after: Text | None) -> None:
        """Move along with a change of the text."""
        start, stop = self.start, self.stop
        if stop < edits.top:
            return
        if start > edits.bottom:
            self.start, self.stop = start + edits.shifts[-1], stop + edits.shifts[-1]
            return
        now = follow(edits, Key(start, stop, _NOBODY), False)
        if now.above or now.below:
            lead = tokens(before, start - now.above, start)
            trail = tokens(before, stop, stop + now.below)
            self.before = [*lead, *self.before, *trail]
            self.after = [*lead, *self.after, *trail]
        self.start, self.stop = now.start, now.stop
        for window in healed(now, len(self.after) - (now.stop - now.start)):
            if tokens(after, *window) == self.after:
                self.start, self.stop = window
                return
        if now.start == now.stop and not self.after:
            # Lines that only went, and came back: they belong to it, so that they do not come back twice.
            for window in healed(now, len(self.before)):
                if tokens(after, *window) == self.before:
                    self.start, self.stop = window
                    return

    def is_gone(self, text: Text | None) -> bool:
        """Whether nothing of what came in is there any more, and what went for it is back if nothing came in."""
        now = Counter(tokens(text, self.start, self.stop))
        before, after = Counter(self.before), Counter(self.after)
        came, went = after - before, before - after
        return not came & now if came else went <= now

    def undone(self, text: Text | None) -> list[str] | None:
        """Return what its rows have to be to take it back; None if the person's changes forbid it."""
        now = tokens(text, self.start, self.stop)
        return self.before if now == self.after else merge(self.after, now, self.before)
