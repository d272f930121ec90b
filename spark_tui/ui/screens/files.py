"""Commands about open files: save, reload, close, tabs. The screen keys call them; the engine does the work."""

from collections.abc import Callable, Sequence

from textual.app import App
from textual.screen import ModalScreen

from spark_tui.engine import Engine, OutsideChange


class FileCommands:
    """Does what keys and palette ask for the files that are open."""

    def __init__(self, engine: Engine, say: Callable[[str], None]) -> None:
        self._engine = engine
        self._say = say

    def do(self, app: App[None], what: str) -> None:
        """Do `save`, `save_all`, `overwrite`, `reload` or `outside`."""
        space = self._engine.workspace
        active = [space.active] if space.active else []
        if what == "outside":
            self._settle(app)
            return
        paths: Sequence[str] = space.unsaved() if what == "save_all" else active
        for path in paths:
            if what == "reload":
                self._engine.start(space.reload(path), f"reload {path}")
            elif what == "overwrite":
                self._engine.start(space.save(path, overwrite=True), f"save {path}")
            else:
                self._engine.start(self._save(app, path), f"save {path}")
        if not paths:
            self._say("There is nothing to save." if what == "save_all" else "No file is open.")

    async def _save(self, app: App[None], path: str) -> None:
        try:
            await self._engine.workspace.save(path)
        finally:
            self._ask(app, self._engine.outside.change_of(path))

    def _settle(self, app: App[None]) -> None:
        """Ask about the file in front, or about another one that waits for a choice."""
        outside = self._engine.outside
        change = outside.change_of(self._engine.workspace.active) or next(iter(outside.changes), None)
        if change is None:
            self._say("No file with unsaved text was changed by another program.")
        self._ask(app, change)

    def _ask(self, app: App[None], change: OutsideChange | None) -> None:
        from spark_tui.ui.screens import outside as page

        if change is not None and not isinstance(app.screen, ModalScreen):
            self._engine.workspace.activate(change.path)
            page.ask(app, self._engine, change, self._say)

    def close(self, app: App[None]) -> None:
        """Close the open file; ask first if its text is not saved."""
        from spark_tui.ui.screens import dialogs

        space = self._engine.workspace
        path = space.active
        if path is None or space.close(path):
            return

        def save() -> None:
            self._engine.start(self._save_and_close(path), f"save {path}")

        def discard() -> None:
            space.close(path, discard=True)

        dialogs.ask_about_unsaved(app, "This file is not saved.", [path], save, discard)

    async def _save_and_close(self, path: str) -> None:
        await self._engine.workspace.save(path)
        self._engine.workspace.close(path)

    def step(self, by: int) -> None:
        """Show another open file."""
        space = self._engine.workspace
        if space.active in space.tabs and len(space.tabs) > 1:
            space.activate(space.tabs[(space.tabs.index(space.active) + by) % len(space.tabs)])

    def tabs(self, app: App[None], what: str) -> None:
        """Do `left`, `right`, `close others`, `reopen` or `list`."""
        space = self._engine.workspace
        if what == "reopen":
            self._reopen()
        elif space.active is None:
            self._say("No file is open.")
        elif what == "list":
            self._pick_tab(app)
        elif what == "close others":
            front = space.active
            kept = [path for path in space.tabs if path != front and not space.close(path)]
            space.activate(front)
            if kept:
                self._say(f"{len(kept)} file{'s' * (len(kept) != 1)} with unsaved text stayed open.")
        else:
            space.shift_tab(-1 if what == "left" else 1)

    def _reopen(self) -> None:
        space = self._engine.workspace
        path = next((one for one in self._engine.navigation.finding.recent if one not in space.tabs), None)
        if path is None:
            self._say("No file was closed.")
        else:
            self._engine.start(space.open(path), f"open {path}")

    def _pick_tab(self, app: App[None]) -> None:
        from spark_tui.ui.screens.picker import Choice, PickerScreen

        space, recent = self._engine.workspace, self._engine.navigation.finding.recent
        order = sorted(space.tabs, key=lambda path: recent.index(path) if path in recent else len(recent))
        # The one in front is where the person is already.
        order = [*order[1:], *order[:1]] if order[:1] == [space.active] else order
        unsaved = space.unsaved()
        choices = [Choice(path, right="unsaved" if path in unsaved else "") for path in order]

        def picked(path: str | None) -> None:
            if path is not None:
                space.activate(path)

        app.push_screen(PickerScreen("open files", choices), picked)
