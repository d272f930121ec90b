"""What the main screen does for an editor with modes: it names the mode, and grants what was typed behind `:`."""

from collections.abc import Awaitable, Callable

from textual.screen import Screen
from textual.widget import Widget

from spark_tui.engine import Engine
from spark_tui.ui.panes.editor import EditorPane
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.editor_marks import Severity
from spark_tui.ui.widgets.lines import Part

_ACTIONS = {
    "save": "file('save')", "overwrite": "file('overwrite')", "save_all": "file('save_all')",
    "reload": "file('reload')", "close": "close_tab", "next_tab": "tab(1)", "previous_tab": "tab(-1)",
    "definition": "navigate('definition here')",
    "across": "across",
    "quit": "app.leave", "quit_now": "app.leave", "help": "app.show_keys", "theme": "app.pick_theme",
}  # fmt: skip
_LOUD = {Severity.ERROR: "error", Severity.WARNING: "near"}
_HALVES = {"split": False, "join": True}
"""Whether there have to be two halves for it."""
_NAMELESS = ("save", "overwrite")


def mode_words(focused: Widget | None) -> list[Part]:
    """Name the mode of the editor that has the focus, if it has modes, where its caret is, and how it indents."""
    if not isinstance(focused, EditorView):
        return []
    here = focused.caret
    place: list[Part] = [
        *((_LOUD.get(one.severity, "muted"), one.sentence) for one in focused.diagnostics_here[:1]),
        ("muted", f"{here.line + 1}:{here.column + 1}"),
        ("muted", focused.indent_words),
    ]
    if focused.machine is None:
        return place
    said = focused.mode_said
    return [("here", focused.mode.upper()), ("muted", said if not _is_line(said) else ""), *place]


def typed_in(focused: Widget | None) -> str:
    """Return the command or the search that is being typed."""
    said = focused.mode_said if isinstance(focused, EditorView) else ""
    return said if _is_line(said) else ""


def _is_line(said: str) -> bool:
    return said[:1] in (":", "/", "?") and said != ""


def grant(screen: "Screen[None]", engine: Engine, event: EditorView.Wished) -> None:
    """Have the screen do what was wished."""
    wish, argument = event.wish, event.argument.strip()
    view = event.view
    assert isinstance(view, EditorView)
    if wish in _NAMELESS and argument:
        view.post_message(
            EditorView.Refused("Files are saved under their own names here; the tree renames them.")
        )
    elif wish in _ACTIONS:
        screen.run_worker(_run(screen.app.run_action, _ACTIONS[wish], screen), exit_on_error=False)
    elif wish in _HALVES:
        if bool(screen.query_one(EditorPane).other_path) is _HALVES[wish]:
            screen.run_worker(_run(screen.app.run_action, "split", screen), exit_on_error=False)
    elif wish in ("save_and_close", "save_and_quit", "discard", "open"):
        screen.run_worker(_leave(screen, engine, wish, argument), exit_on_error=False)
    else:
        view.set_way(wish, argument)


async def _run(run: Callable[..., Awaitable[bool]], action: str, screen: "Screen[None]") -> None:
    await run(action, screen)


async def _leave(screen: "Screen[None]", engine: Engine, wish: str, argument: str) -> None:
    space = engine.workspace
    path = space.active
    if wish == "open" and argument:
        await space.open(argument)
    elif wish == "save_and_quit":
        for unsaved in space.unsaved():
            await space.save(unsaved)
        await screen.app.run_action("app.leave", screen)
    elif path is not None and wish == "discard":
        space.close(path, discard=True)
    elif path is not None and wish == "save_and_close":
        await space.save(path)
        space.close(path)
