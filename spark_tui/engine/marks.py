"""What the person has looked at and what they put off: marks on hunks that decide nothing, kept over restarts."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol

from spark_tui.core.review import PENDING, HunkState, HunkView, Row
from spark_tui.engine.events import EngineEvent, ReviewMoved


def fingerprint(rows: Sequence[Row]) -> str:
    """Say in a few letters how a hunk looks."""
    text = "\n".join(f"{row.kind} {row.verdict or ''} {row.text}" for row in rows)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Keep(Protocol):
    """Writes something down that was said or noted beside a hunk."""

    def __call__(self, kind: str, **fields: object) -> None:
        """Write it down."""


def keep_nothing(kind: str, **fields: object) -> None:
    """Write nothing down."""


class Marks:
    """Seen, deferred and retired hunks of the sitting."""

    def __init__(
        self,
        emit: Callable[[EngineEvent], None],
        keep: Keep = keep_nothing,
        past: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        """`keep` writes down what is done to which hunk, and how that looked; `past` is what was written before."""
        self._emit = emit
        self._keep = keep
        self._seen: dict[str, tuple[Row, ...]] = {}
        self._seen_before: dict[str, str] = {}
        """Fingerprints of hunks seen before a restart."""
        self._deferred: set[str] = set()
        self._retired: set[str] = set()
        self.revision = 0
        """Rises with every change."""
        for do, hunk, print in past:
            if do == "saw":
                self._seen_before[hunk] = print
            elif do == "defer":
                self._deferred ^= {hunk}
            elif do == "retire":
                self._retired.add(hunk)

    def saw(self, hunk: HunkView) -> None:
        """The person had the whole hunk on the screen, as it is now."""
        if hunk.state is not HunkState.STREAMING and not self.is_seen(hunk):
            self._seen[hunk.id] = hunk.rows
            self._moved("saw", hunk.id, fingerprint(hunk.rows))

    def is_seen(self, hunk: HunkView) -> bool:
        """Whether the hunk was seen as it is now; one that changed has to be seen anew."""
        rows = self._seen.get(hunk.id)
        if rows is None and hunk.id in self._seen_before and hunk.state is not HunkState.STREAMING:
            looks_the_same = self._seen_before.pop(hunk.id) == fingerprint(hunk.rows)
            rows = self._seen[hunk.id] = hunk.rows if looks_the_same else ()
        return rows is not None and (rows is hunk.rows or rows == hunk.rows)

    def defer(self, hunk: HunkView) -> bool:
        """Put a hunk off, or take that back; return whether it is put off now."""
        self._deferred ^= {hunk.id}
        self._moved("defer", hunk.id)
        return hunk.id in self._deferred

    def is_deferred(self, hunk: HunkView) -> bool:
        """Whether an undecided hunk is put off."""
        return hunk.id in self._deferred and hunk.state in PENDING

    def retire(self, hunk: str) -> None:
        """Another hunk took this one's place: it need not be shown any more."""
        self._retired.add(hunk)
        self._moved("retire", hunk)

    def is_retired(self, hunk: str) -> bool:
        """Whether another hunk took its place."""
        return hunk in self._retired

    def _moved(self, do: str, hunk: str, print: str = "") -> None:
        self._keep("mark", do=do, id=hunk, print=print)
        self.revision += 1
        self._emit(ReviewMoved())
