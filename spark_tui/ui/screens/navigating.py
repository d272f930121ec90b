"""Ways through the project that open above the workspace. Loaded when first asked for, so that the start is quick."""

from collections.abc import Callable

from textual.app import App

from spark_tui.engine import Engine
from spark_tui.ui.screens.confirm import ConfirmScreen
from spark_tui.ui.screens.finder import FinderScreen, Place
from spark_tui.ui.screens.search import SearchScreen

SEVERAL = 50
"""Definitions with the letters of a name that are looked through for it."""
GoTo = Callable[[str, int | None, int], None]
"""Opens a path, at a line and column if told."""


def navigate(
    app: App[None],
    engine: Engine,
    what: str,
    go_to: GoTo,
    proposed: Callable[[str], None],
    selected: str = "",
) -> None:
    """Do `file`, `definition`, `definition here`, `search` or `replace`; `selected` is looked for at once."""
    if what in ("search", "replace"):

        def taken(place: Place | None) -> None:
            if place is not None:
                go_to(place.path, place.line, place.column)

        screen = SearchScreen(engine, replaces=what == "replace", start=selected, proposed=proposed)
        app.push_screen(screen, taken)
    elif what == "definition here":
        define(app, engine, selected, go_to)
    else:
        find(app, engine, "@" if what == "definition" else "", go_to)


def define(app: App[None], engine: Engine, name: str, go_to: GoTo) -> None:
    """Go to the definition of a name; where there are several or none known, show what is like it."""
    found = engine.navigation.symbols.find(name, SEVERAL)[0] if name else []
    hits = [hit for hit in found if hit.name.rpartition(".")[2] == name]
    if len(hits) == 1:
        go_to(hits[0].path, hits[0].line, hits[0].column)
    else:
        find(app, engine, f"@{name}", go_to)


def find(app: App[None], engine: Engine, start: str, go_to: GoTo) -> None:
    """Have a file, a definition (`start` is `@`) or a line found; a file that does not exist is asked about."""

    def go(place: Place) -> None:
        go_to(place.path, place.line, place.column)

    def found(place: Place | None) -> None:
        if place is None:
            return
        if not place.is_new:
            go(place)
            return
        question = ConfirmScreen(
            "There is no such file. Begin a new one?",
            "begin it; saving writes it",
            [place.path],
            is_safe=True,
        )
        app.push_screen(question, lambda yes: go(place) if yes else None)

    app.push_screen(FinderScreen(engine, start), found)
