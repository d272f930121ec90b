"""How the workspace was left: open files and places in them, the second half, open folders, hidden panes.

It is kept as plain data that anybody may have touched; what can't be used is passed over.
"""

from collections.abc import Mapping
from dataclasses import field

from spark_tui.core.values import dataclass

MOST_TABS = 200
MOST_SPOTS = 1_000
MOST_FOLDERS = 5_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a file the person was; all counted from 0."""

    line: int = 0
    column: int = 0
    top: int = 0
    """The first line that was seen."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How everything was left."""

    tabs: tuple[str, ...] = ()
    active: str = ""
    other: str = ""
    """The file of the editor's second half; empty: there was one half."""
    spots: Mapping[str, Spot] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    """Folders that were open in the tree."""
    hidden: tuple[str, ...] = ()
    """Panes that were hidden."""
    recent: tuple[str, ...] = ()
    """Files used lately, newest first."""


def written(layout: Layout) -> dict[str, object]:
    """Return a layout as plain data."""
    return {
        "v": 1,
        "tabs": list(layout.tabs[:MOST_TABS]),
        "active": layout.active,
        "other": layout.other,
        "spots": {
            path: [spot.line, spot.column, spot.top]
            for path, spot in list(layout.spots.items())[-MOST_SPOTS:]
        },
        "folders": list(layout.folders[:MOST_FOLDERS]),
        "hidden": list(layout.hidden),
        "recent": list(layout.recent),
    }


def read(data: object) -> Layout:
    """Return the layout in plain data, as far as it can be used."""
    if not isinstance(data, Mapping) or data.get("v") != 1:
        return Layout()
    spots = data.get("spots")
    return Layout(
        _words(data.get("tabs"), MOST_TABS),
        _word(data.get("active")),
        _word(data.get("other")),
        {
            path: Spot(*place)
            for path, place in (spots.items() if isinstance(spots, Mapping) else ())
            if isinstance(path, str) and _is_place(place)
        },
        _words(data.get("folders"), MOST_FOLDERS),
        _words(data.get("hidden"), 10),
        _words(data.get("recent"), MOST_TABS),
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _words(value: object, most: int) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(word for word in value[:most] if isinstance(word, str) and word))


def _is_place(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(
            isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 40
            for number in value
        )
    )
