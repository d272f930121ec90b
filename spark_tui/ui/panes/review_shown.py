"""Which files and hunks the review shows: of the newest turn, what is still open, and what fits the filter."""

from dataclasses import replace

from spark_tui.core.review import FileView, HunkState, HunkView
from spark_tui.engine import Engine
from spark_tui.ui.panes.review_extras import Extras
from spark_tui.ui.widgets.review_filter import ReviewFilter


class Shown:
    """Reads the review again on every look."""

    def __init__(self, engine: Engine, extras: Extras) -> None:
        self._engine = engine
        self.filter = ReviewFilter(extras.of)
        """The person's filter."""
        self._ranks: dict[str, int] | None = None
        """Hunks by risk, as of the moment when the person asked for this order; None: in the model's order."""
        self._ranked: dict[str, tuple[FileView, FileView]] = {}
        self.files: tuple[FileView, ...] = ()
        """Everything there is to show, whatever the filter says, as of the last look."""

    def look(self) -> None:
        """Read the files of the newest turn that edits, and older ones where something is still open."""
        files = self._engine.decisions.review.files()
        newest = files[-1].turn if files else ""
        shown = (self._present(file) for file in files if file.turn == newest or file.pending)
        self.files = self._in_order(tuple(file for file in shown if file.hunks or file.note))

    def order_by_risk(self) -> bool:
        """Show what is riskiest first, or the model's order again; return whether it is by risk now.

        What comes later stands behind it: nothing that the person looks at moves by itself.
        """
        if self._ranks is None:
            hunks = [hunk for file in self.files for hunk in file.hunks]
            risks = {hunk.id: self._engine.checking.risk(hunk)[0] for hunk in hunks}
            order = sorted(hunks, key=lambda hunk: -risks[hunk.id])
            self._ranks = {hunk.id: rank for rank, hunk in enumerate(order)}
        else:
            self._ranks = None
        self._ranked.clear()
        return self._ranks is not None

    def _in_order(self, files: tuple[FileView, ...]) -> tuple[FileView, ...]:
        ranks = self._ranks
        if ranks is None:
            return files
        last = len(ranks)

        def rank_of(hunk: HunkView) -> int:
            return ranks.get(hunk.id, last)

        ranked = []
        for file in files:
            known = self._ranked.get(file.id)
            if known is None or known[0] is not file:
                known = self._ranked[file.id] = (
                    file, replace(file, hunks=tuple(sorted(file.hunks, key=rank_of)))
                )  # fmt: skip
            ranked.append(known[1])
        return tuple(sorted(ranked, key=lambda file: min(map(rank_of, file.hunks), default=last)))

    def _present(self, file: FileView) -> FileView:
        """Leave out what another hunk took the place of, and show versions while they are being written."""
        marks, versions = self._engine.marks, self._engine.versions
        hunks = tuple(
            hunk if (coming := versions.arriving(hunk.id)) is None else _arriving(hunk, coming)
            for hunk in file.hunks
            if not marks.is_retired(hunk.id)
        )
        same = len(hunks) == len(file.hunks)
        if same and all(one is two for one, two in zip(hunks, file.hunks, strict=True)):
            return file
        return replace(file, hunks=hunks)

    def filtered(self, keep: str | None) -> tuple[FileView, ...]:
        """Return what fits the filter; the hunk `keep` stays, whatever it is."""
        return self.filter.apply(self.files, keep)


def _arriving(hunk: HunkView, coming: HunkView) -> HunkView:
    """Return a hunk as it looks while another version of it is being written."""
    note = "Another version is being written; Esc stops it, and this one stays."
    return replace(hunk, rows=coming.rows, tail=coming.tail, state=HunkState.STREAMING, latch=None, note=note)
