"""Leaving: at once if every text is saved, or after a question."""

from textual.app import App

from spark_tui.engine import Engine


def leave(app: App[None], engine: Engine) -> None:
    """End the sitting: the next start begins a new one."""
    engine.session.is_cut_off = False
    app.exit()


def ask_to_leave(app: App[None], engine: Engine, title: str) -> None:
    """Ask what shall become of unsaved text, and leave."""
    from spark_tui.ui.screens import dialogs

    def save() -> None:
        engine.start(_save_and_leave(app, engine), "save")

    dialogs.ask_about_unsaved(app, title, engine.workspace.unsaved(), save, lambda: leave(app, engine))


async def _save_and_leave(app: App[None], engine: Engine) -> None:
    for path in engine.workspace.unsaved():
        await engine.workspace.save(path)
    if not engine.workspace.unsaved():
        leave(app, engine)
