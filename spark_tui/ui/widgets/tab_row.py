"""Draws the row of open files: short names, a mark for unsaved text, the active one always in sight."""

from collections.abc import Sequence

from rich.cells import cell_len

from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.ui.widgets.cells import cut
from spark_tui.ui.widgets.lines import Line, Part

LONGEST = 28
_MORE = 3
"""Cells for the number of tabs that do not fit, at either end."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One open file."""

    path: str
    is_dirty: bool = False
    is_active: bool = False
    mark: str = ""
    """What is special about it, in a few letters."""


@dataclass(frozen=True, slots=True)
class TabRow:
    """The row and where each tab stands on it."""

    line: Line
    places: tuple[tuple[int, int, str], ...]
    """First cell, cell after the last, path."""

    def at(self, cell: int) -> str | None:
        """Return the path of the tab under a cell."""
        return next((path for first, stop, path in self.places if first <= cell < stop), None)


def tab_names(paths: Sequence[str]) -> list[str]:
    """Name tabs by the last part of their path, with the folder where two would be the same."""
    tails = [path.rpartition("/")[2] for path in paths]
    return [
        "/".join(path.split("/")[-2:]) if tails.count(tail) > 1 else tail
        for path, tail in zip(paths, tails, strict=True)
    ]


def tab_row(tabs: Sequence[Tab], width: int, active_style: str) -> TabRow:
    """Draw the tabs that fit, beginning so that the active one is among them."""
    labels = [
        f" {cut(inert(name), LONGEST)}{'*' if tab.is_dirty else ''}{tab.mark and f' [{tab.mark}]'} "
        for name, tab in zip(tab_names([tab.path for tab in tabs]), tabs, strict=True)
    ]
    active = next((place for place, tab in enumerate(tabs) if tab.is_active), 0)
    first = 0
    while first < active and sum(cell_len(label) for label in labels[first : active + 1]) > width - 2 * _MORE:
        first += 1
    before = f"<{first}" if first else " "
    parts: list[Part] = [("muted", before)]
    places: list[tuple[int, int, str]] = []
    cell = len(before)
    for tab, label in zip(tabs[first:], labels[first:], strict=True):
        size = cell_len(label)
        if cell + size > width - _MORE and places:
            parts.append(("muted", f"{len(tabs) - first - len(places)}>"))
            break
        style = active_style if tab.is_active else "near" if tab.is_dirty else "muted"
        parts.append((style, label))
        places.append((cell, cell + size, tab.path))
        cell += size
    return TabRow(Line(tuple(parts)), tuple(places))
