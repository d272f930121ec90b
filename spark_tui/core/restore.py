"""What becomes of a file when edits that landed are taken back, or made again: bytes in, a plan out.

Every file is judged by three questions only: what is on disk now, what a landing put there, what was there before.
What other hands changed since is never thrown away without being named.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum

from spark_tui.core.checkpoint import FileWrite
from spark_tui.core.diff import changed_blocks, merge
from spark_tui.core.values import dataclass

MERGE_LIMIT = 4 << 20
"""Larger files are not merged, in bytes."""


class Fate(StrEnum):
    """What taking edits back means for one file."""

    SAME = "same"
    """It is as it should be already."""
    BACK = "back"
    """It is as we left it: the bytes of then come back exactly."""
    MERGED = "merged"
    """It was changed since, elsewhere: our edits can go and those changes stay."""
    CONFLICT = "conflict"
    """It was changed since in the same lines: only the whole file of then can come back."""
    KEPT = "kept"
    """It was not there then and was changed since: it is never deleted."""
    BLOCKED = "blocked"
    """It can't be read or may not be written."""


_WHY = {
    Fate.SAME: "is so already",
    Fate.BACK: "",
    Fate.MERGED: "changed since; those changes stay",
    Fate.CONFLICT: "changed since in the same lines",
    Fate.KEPT: "made by an edit and changed since; it stays",
}
SAFE = frozenset([Fate.BACK, Fate.MERGED])
"""Fates by which nothing that somebody else wrote goes away."""


@dataclass(frozen=True, slots=True)
class FileRestore:
    """One file of a restore."""

    path: str
    fate: Fate
    now: bytes | None
    """What is on disk; None: nothing."""
    then: bytes | None
    """What would be on disk."""
    why: str = ""
    """A few words where the fate needs them."""
    mode: int | None = None
    """Permission bits, for a file that is not there now."""

    @property
    def is_ticked(self) -> bool:
        """Whether it goes along without being named: only where nobody changed it since."""
        return self.fate is Fate.BACK

    @property
    def can_tick(self) -> bool:
        """Whether anything can be written for it at all."""
        return self.fate in (Fate.BACK, Fate.MERGED, Fate.CONFLICT)

    def write(self) -> FileWrite | None:
        """What to land for it; None where nothing is to be done."""
        if not self.can_tick or self.now == self.then:
            return None
        return FileWrite(self.path, self.now, self.then, self.mode if self.now is None else None)

    def counts(self) -> tuple[int, int]:
        """Lines that come and lines that go."""
        old, new = _lines(self.now or b""), _lines(self.then or b"")
        blocks = changed_blocks(old, new)
        return (
            sum(block.new_stop - block.new_start for block in blocks),
            sum(block.old_stop - block.old_start for block in blocks),
        )


def turned(writes: Sequence[FileWrite]) -> list[FileWrite]:
    """The same landings seen backwards, for making edits again with `take_back`."""
    return [FileWrite(write.path, write.after, write.before, write.mode) for write in writes]


def take_back(
    path: str, now: bytes | None, landings: Sequence[FileWrite], mode: int | None = None
) -> FileRestore:
    """Work out one file without the edits of some landings, which come newest first."""
    then = landings[-1].before
    here, was_changed = now, False
    for write in landings:
        if here == write.after:
            here = write.before
        elif here != write.before:
            was_changed = True
            joined = _merged(write.after, here, write.before)
            if joined is None:
                return _clash(path, now, then, mode)
            here = joined
    if here == now:
        return FileRestore(path, Fate.SAME, now, now, _WHY[Fate.SAME])
    fate = Fate.MERGED if was_changed else Fate.BACK
    return FileRestore(path, fate, now, here, _WHY[fate], mode)


def _clash(path: str, now: bytes | None, then: bytes | None, mode: int | None) -> FileRestore:
    if now == then:
        return FileRestore(path, Fate.SAME, now, then, _WHY[Fate.SAME])
    if then is None:
        return FileRestore(path, Fate.KEPT, now, now, _WHY[Fate.KEPT])
    why = "deleted since" if now is None else _WHY[Fate.CONFLICT]
    return FileRestore(path, Fate.CONFLICT, now, then, why, mode)


def blocked(path: str, why: str) -> FileRestore:
    """A file that can't take part."""
    return FileRestore(path, Fate.BLOCKED, None, None, why)


def chosen(files: Sequence[FileRestore], ticked: Collection[str] | None = None) -> list[FileRestore]:
    """The files that take part: those named in `ticked`, or those that nobody changed since."""
    return [
        file
        for file in files
        if file.can_tick and (file.is_ticked if ticked is None else file.path in ticked)
    ]


def merged_bytes(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
    """Join two changes of the same bytes line by line; None where that can't be done."""
    if ours == theirs or base == theirs:
        return ours
    if base == ours:
        return theirs
    return _merged(base, ours, theirs)


def _merged(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
    if base is None or ours is None or theirs is None:
        return None
    if any(b"\0" in data or len(data) > MERGE_LIMIT for data in (base, ours, theirs)):
        return None
    joined = merge(_lines(base), _lines(ours), _lines(theirs))
    if joined is None or not all(line.endswith("\n") for line in joined[:-1]):
        return None
    return "".join(joined).encode("latin-1")


def _lines(data: bytes) -> list[str]:
    """Lines with their endings, one character for each byte."""
    lines = [line + "\n" for line in data.decode("latin-1").split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
