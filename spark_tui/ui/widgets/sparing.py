"""Draws only the rows that changed, and writes to the terminal only what differs from what stands there already.

It knows Textual's way of handing over a partial update; whatever is handed over in another way is written as it is.
"""

from collections.abc import Iterable, Mapping, Sequence

from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

_Shown = dict[int, tuple[int, Sequence[Segment]]]
"""Column to the column after the last, and the segments that stand there."""


class SparingCompositor(Compositor):
    """Asks a widget for the rows of it that changed; Textual's own asks every widget in between for all rows."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted: Sequence[Region] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what changed."""
        self._wanted = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._wanted = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if not self._wanted:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            touched = [part for part in (seen.intersection(each) for each in self._wanted) if part.area]
            if touched:
                top = min(part.y for part in touched)
                height = max(part.bottom for part in touched) - top
                rows = Region(seen.x, top, seen.width, height)
                inside = Region(seen.x - region.x, top - region.y, seen.width, height)
                yield rows, rows, widget.render_lines(inside)


class Sparing:
    """Remembers row by row what was written last."""

    def __init__(self) -> None:
        self._rows: dict[int, _Shown] = {}

    def forget(self) -> None:
        """Something else was written, or the terminal is another one."""
        self._rows.clear()

    def spare(self, update: ChopsUpdate) -> ChopsUpdate | None:
        """Leave out of an update what stands there already; None if nothing is left."""
        wanted: dict[int, list[tuple[int, int]]] = {}
        for y, x1, x2 in update.spans:
            wanted.setdefault(y, []).append((x1, x2))
        chops: list[Mapping[int, Strip | None]] = [{}] * len(update.chops)
        spans: list[tuple[int, int, int]] = []
        for y, parts in wanted.items():
            row = self._row(y, parts, update.chops[y], update.chop_ends[y])
            if any(strip is not None for strip in row.values()):
                chops[y] = row
                spans.append((y, 0, max(update.chop_ends[y])))
        return ChopsUpdate(chops, spans, update.chop_ends) if spans else None

    def _row(
        self, y: int, parts: Sequence[tuple[int, int]], chops: Mapping[int, Strip | None], ends: Sequence[int]
    ) -> dict[int, Strip | None]:
        """One row of an update: pieces of it that the wanted parts touch, as far as they are new."""
        shown = self._rows.setdefault(y, {})
        out: dict[int, Strip | None] = {}
        for end, (x, strip) in zip(ends, chops.items(), strict=False):
            out[x] = None
            if strip is None or not any(x1 < end and x < x2 for x1, x2 in parts):
                continue
            segments = list(strip)
            before = shown.get(x)
            if before is not None and before[0] == end:
                at, rest = _difference(before[1], segments)
                if rest:
                    # The place of a piece is its key; the order of the keys is that of the ends.
                    del out[x]
                    out[x + at] = Strip(rest)
            else:
                out[x] = strip
                for other in [at for at, (stop, _) in shown.items() if at < end and x < stop]:
                    del shown[other]
            shown[x] = end, segments
        return out


def _difference(old: Sequence[Segment], new: Sequence[Segment]) -> tuple[int, list[Segment]]:
    """Return how many cells at the beginning are the same, and the segments after them up to the last that differs."""
    first = at = 0
    limit = min(len(old), len(new))
    while first < limit and old[first] == new[first]:
        at += new[first].cell_length
        first += 1
    if first == len(new):
        return at, []
    last = len(new)
    if sum(segment.cell_length for segment in old) == sum(segment.cell_length for segment in new):
        back = 0
        while back < limit - first and old[-1 - back] == new[-1 - back]:
            back += 1
        last -= back
    return at, list(new[first:last])
