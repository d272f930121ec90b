"""Why a hunk is as it is: one sentence of the model beside it, kept as long as the hunk stays the same."""

from collections.abc import Callable, Mapping
from contextlib import aclosing

from spark_tui.core.review import HunkState, HunkView, Row
from spark_tui.engine.asking import patch_text
from spark_tui.engine.beside import Beside
from spark_tui.engine.events import EngineEvent, ReviewMoved
from spark_tui.engine.marks import Keep, fingerprint, keep_nothing

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
        self._asked: set[str] = set()
        self.revision = 0
        """Rises with every change."""

    def of(self, hunk: HunkView) -> str:
        """What was said about the hunk as it is now; empty if nothing was asked."""
        if hunk.id in self._before and hunk.state is not HunkState.STREAMING:
            print, said = self._before.pop(hunk.id)
            self._kept.setdefault(hunk.id, (hunk.rows if print == fingerprint(hunk.rows) else (), said))
        rows, said = self._kept.get(hunk.id, ((), ""))
        return said if rows == hunk.rows else ""

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
                self._keep("why", id=hunk.id, print=fingerprint(hunk.rows), said=" ".join(said.split()))
            else:
                self._kept.pop(hunk.id, None)
                self._moved()

    def _say(self, hunk: HunkView, said: str) -> None:
        self._kept[hunk.id] = hunk.rows, said
        self._moved()

    def _moved(self) -> None:
        self.revision += 1
        self._emit(ReviewMoved())
