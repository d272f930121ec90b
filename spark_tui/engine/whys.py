"""Why a hunk is as it is: one sentence of the model beside it, kept as long as the hunk stays the same."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from hashlib import sha256

from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkView, Row
from spark_tui.engine.asking import patch_text
from spark_tui.engine.beside import Beside
from spark_tui.engine.events import EngineEvent, ReviewMoved
from spark_tui.engine.marks import Keep, keep_nothing

NOTHING: Mapping[str, tuple[str, str]] = {}


def why_text(hunk: HunkView) -> str:
    """Write the question."""
    return "\n".join(
        (
            "In one sentence, for the person who has to decide on it: why this hunk? Do not call a tool.",
            "*** Begin Patch",
            patch_text(hunk),
        )
    )


class Whys:
    """Every explanation of the sitting."""

    def __init__(
        self,
        beside: Beside,
        emit: Callable[[EngineEvent], None],
        keep: Keep = keep_nothing,
        past: Mapping[str, tuple[str, str]] = NOTHING,
    ) -> None:
        """`keep` writes down what was said of which hunk, and how that looked; `past` is what was written before."""
        self._beside = beside
        self._emit = emit
        self._keep = keep
        self._before = dict(past)
        """How hunks that were explained before a restart looked, and the explanations."""
        self._kept: dict[str, tuple[tuple[Row, ...], str]] = {}
        self._unlike: dict[str, tuple[Row, ...]] = {}
        """Rows that are not those which were explained before a restart."""
        self._asked: set[str] = set()
        self.revision = 0
        """Rises with every change."""

    def of(self, hunk: HunkView) -> str:
        """What was said about the hunk as it is now; empty if nothing was asked."""
        if hunk.id in self._before and hunk.id not in self._kept:
            self._recall(hunk)
        rows, said = self._kept.get(hunk.id, ((), ""))
        return said if rows is hunk.rows or rows == hunk.rows or _sides(rows) == _sides(hunk.rows) else ""

    def _recall(self, hunk: HunkView) -> None:
        """Take what was said before a restart, if the hunk looks as it did then."""
        if self._unlike.get(hunk.id) is not hunk.rows:
            print, said = self._before[hunk.id]
            if print == _print(hunk.rows):
                self._kept[hunk.id] = hunk.rows, said
            else:
                self._unlike[hunk.id] = hunk.rows

    async def ask(self, hunk: HunkView) -> None:
        """Have the hunk explained, unless it is already."""
        if hunk.id in self._asked or self.of(hunk):
            return
        self._asked.add(hunk.id)
        said = ""
        self._say(hunk, "asking ...")
        try:
            async with aclosing(self._beside.say(hunk.path, why_text(hunk))) as pieces:
                async for piece in pieces:
                    said += piece
                    self._say(hunk, " ".join(said.split()))
        finally:
            self._asked.discard(hunk.id)
            if said.strip():
                self._keep("why", id=hunk.id, print=_print(hunk.rows), said=" ".join(said.split()))
            else:
                self._kept.pop(hunk.id, None)
                self._moved()

    def _say(self, hunk: HunkView, said: str) -> None:
        self._kept[hunk.id] = hunk.rows, said
        self._moved()

    def _moved(self) -> None:
        self.revision += 1
        self._emit(ReviewMoved())


def _sides(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """The lines before and after: a hunk is the same if only its rows stand in another order."""
    old = [row.text for row in rows if row.kind is not RowKind.ADD]
    return old, [row.text for row in rows if row.kind is not RowKind.REMOVE]


def _print(rows: Sequence[Row]) -> str:
    """Say in a few letters what a hunk does."""
    return sha256(repr(_sides(rows)).encode("utf-8", "backslashreplace")).hexdigest()[:24]
