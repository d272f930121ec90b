"""Commands about open files: save, reload, close, tabs. The screen keys call them; the engine does the work."""

from collections.abc import Callable, Sequence

from textual.app import App

from spark_tui.engine import Engine


class FileCommands:
    """Does what keys and palette ask for the files that are open."""

    def __init__(self, engine: Engine, say: Callable[[str], None]) -> None:
        self._engine = engine
        self._say = say

    def do(self, what: str) -> None:
        """Do `save`, `save_all`, `overwrite` or `reload`."""
        space = self._engine.workspace
        active = [space.active] if space.active else []
        paths: Sequence[str] = space.unsaved() if what == "save_all" else active
        for path in paths:
            if what == "reload":
                self._engine.start(space.reload(path), f"reload {path}")
            else:
                self._engine.start(space.save(path, overwrite=what == "overwrite"), f"save {path}")
        if not paths:
            self._say("There is nothing to save." if what == "save_all" else "No file is open.")

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
