"""Draws only the rows that changed, and writes to the terminal only what differs from what stands there already.

It knows Textual's way of handing over a partial update; whatever is handed over in another way is written as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_Shown = dict[int, tuple[int, Sequence[Segment]]]
"""Column to the column after the last, and the segments that stand there."""


class SparingCompositor(Compositor):
    """Asks widgets for the rows that changed and that nothing covers; Textual's own asks all of them for all rows."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted: Sequence[Region] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Draw what changed."""
        self._wanted = _joined(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._wanted = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        open_still = list(self._wanted) or [crop or self.size.region]
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            touched = [part for part in (seen.intersection(each) for each in open_still) if part]
            if not touched:
                continue
            for top, stop in _bands(touched):
                rows = Region(seen.x, top, seen.width, stop - top)
                inside = Region(seen.x - region.x, top - region.y, seen.width, stop - top)
                yield rows, rows, widget.render_lines(inside)
            # The widgets in front come first: what they draw on, nobody behind them has to draw.
            open_still = [rest for each in open_still for rest in _without(each, seen)]
            if not open_still:
                return


def has_frames(widget: Widget) -> bool:
    """Whether the screen of a widget draws frames in which it could be."""
    if not (widget.is_mounted and widget.is_attached and widget.display):
        return False
    screen = widget.screen
    return screen in screen._compositor


def ask_for_frame(widget: Widget) -> None:
    """Have what is dirty of a widget drawn; Textual's own way is a message to it, and one from it to the screen."""
    screen = widget.screen
    screen._dirty_widgets.add(widget)
    screen.check_idle()


def _joined(regions: Iterable[Region]) -> list[Region]:
    """Join rows that lie one below the other."""
    out: list[Region] = []
    for region in sorted(regions, key=lambda each: (each.x, each.width, each.y)):
        last = out[-1] if out else None
        if last is not None and (last.x, last.width) == (region.x, region.width) and region.y <= last.bottom:
            height = max(last.bottom, region.bottom) - last.y
            out[-1] = Region(last.x, last.y, last.width, height)
        else:
            out.append(region)
    return out


def _bands(parts: Sequence[Region]) -> Iterator[tuple[int, int]]:
    """Return the rows in which parts lie: the first of each run of rows, and the one after its last."""
    top = stop = -1
    for part in sorted(parts, key=lambda each: each.y):
        if part.y > stop:
            if top < stop:
                yield top, stop
            top = part.y
        stop = max(stop, part.bottom)
    yield top, stop


def _without(region: Region, cover: Region) -> Iterator[Region]:
    """Return what is left of a region under a cover."""
    x1, y1, x2, y2 = region.x, region.y, region.right, region.bottom
    left, top, right, bottom = (
        max(x1, cover.x), max(y1, cover.y), min(x2, cover.right), min(y2, cover.bottom),
    )  # fmt: skip
    if left >= right or top >= bottom:
        yield region
        return
    pieces = (
        (x1, y1, x2, top), (x1, top, left, bottom), (right, top, x2, bottom), (x1, bottom, x2, y2),
    )  # fmt: skip
    yield from (Region(a, b, c - a, d - b) for a, b, c, d in pieces if a < c and b < d)


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
