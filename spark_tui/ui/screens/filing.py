"""Asks what making, moving, copying and deleting files needs to know, and has the engine do it."""

from bisect import bisect_left
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from textual.app import App

from spark_tui.core.paths import check_path, normalise
from spark_tui.engine import Engine
from spark_tui.ui.commands import COMMANDS, Where, key_label
from spark_tui.ui.screens.confirm import ConfirmScreen
from spark_tui.ui.screens.naming import Advice, NameScreen
from spark_tui.ui.screens.picker import Choice, PickerScreen
from spark_tui.ui.screens.unsaved import Answer, UnsavedScreen

Step = Coroutine[Any, Any, str]
"""What the engine does, and then says."""
_DONE = {"new": "Makes", "move": "Moves it to", "copy": "Copies it to"}


class FilingCommands:
    """One step at a time: question, then the engine, then a sentence."""

    def __init__(
        self, app: App[None], engine: Engine, say: Callable[[str], None], show: Callable[[str], None]
    ) -> None:
        """`show` brings a path into sight in the tree."""
        self._app = app
        self._engine = engine
        self._say = say
        self._show = show
        self._known = [entry.path for entry in engine.listing.entries if entry.mark != "D"]

    def do(self, what: str, path: str, is_dir: bool) -> None:
        """Do `new`, `move`, `copy`, `delete`, `undo`, `redo`, or offer them in a `menu`."""
        filing = self._engine.navigation.filing
        match what:
            case "new":
                self._ask_for_new(f"{path}/" if is_dir and path else path[: path.rfind("/") + 1])
            case "move" | "copy":
                self._ask_where(what, path, is_dir)
            case "delete":
                self._engine.start(self._delete(path), f"delete {path}")
            case "undo" | "redo":
                step = filing.undo() if what == "undo" else filing.redo()
                self._engine.start(self._tell(step), what)
            case _:
                self._menu(path, is_dir)

    # Where to

    def _ask_for_new(self, folder: str) -> None:
        def named(target: str | None) -> None:
            if target is not None:
                self._start("new", self._engine.navigation.filing.create(target), target)

        title = "new file, or folder/"
        self._app.push_screen(NameScreen(title, folder, lambda text: self._judge("new", "", text)), named)

    def _ask_where(self, what: str, path: str, is_dir: bool) -> None:
        def named(text: str | None) -> None:
            if text is None:
                return
            target = self._resolved(path, text)
            filing = self._engine.navigation.filing
            if what == "move":
                self._start(what, filing.move(path, target), target)
            else:
                self._engine.start(self._copy(path, target), f"copy {path}")

        name = path.rpartition("/")[2]
        stem = name if is_dir or name.rfind(".") <= 0 else name[: name.rfind(".")]
        caret = len(path) - len(name) + len(stem)
        draft = path
        if what == "copy":
            draft = f"{path[:caret]}_copy{path[caret:]}"
            caret += len("_copy")
        title = f"{'move or rename' if what == 'move' else 'copy'} {path}"
        screen = NameScreen(title, draft, lambda text: self._judge(what, path, text), caret)
        self._app.push_screen(screen, named)

    def _resolved(self, source: str, text: str) -> str:
        """A folder that is there, or a slash at the end, means: into it, by the same name."""
        target = normalise(text)
        if target != source and (text.endswith("/") or self._is_folder(target)):
            return f"{target}/{source.rpartition('/')[2]}" if target else source.rpartition("/")[2]
        return target

    def _judge(self, what: str, source: str, text: str) -> Advice:
        target = normalise(text) if what == "new" else self._resolved(source, text)
        if not target or (what == "new" and text.endswith("/") and not target):
            return Advice("Type a path, relative to the workspace.", False)
        fault = check_path(target)
        if fault:
            return Advice(fault, False)
        if what != "new" and target == source:
            return Advice("That is where it is.", False)
        if what != "new" and target.startswith(f"{source}/"):
            return Advice("A folder can't go into itself.", False)
        if self._is_file(target) or self._is_folder(target):
            return Advice(f"{target} is there already.", False)
        kind = " the folder" if what == "new" and text.endswith("/") else " the file" if what == "new" else ""
        return Advice(f"{_DONE[what]}{kind} {target}")

    def _is_file(self, path: str) -> bool:
        at = bisect_left(self._known, path)
        return at < len(self._known) and self._known[at] == path

    def _is_folder(self, path: str) -> bool:
        at = bisect_left(self._known, f"{path}/")
        return at < len(self._known) and self._known[at].startswith(f"{path}/")

    # Doing it

    def _start(self, what: str, step: Step, target: str) -> None:
        self._engine.start(self._tell(step, normalise(target)), f"{what} {target}")

    async def _tell(self, step: Step, target: str = "") -> None:
        sentence = await step
        if target:
            self._show(target)
        self._say(sentence)

    async def _copy(self, path: str, target: str) -> None:
        filing = self._engine.navigation.filing
        held = await filing.look(path)

        def go_on() -> None:
            self._start("copy", filing.duplicate(path, target), target)

        self._ask_about_unsaved("Unsaved text is not copied unless it is saved.", held.unsaved, go_on)

    async def _delete(self, path: str) -> None:
        filing = self._engine.navigation.filing
        held = await filing.look(path)
        title = f"Delete the folder {path}?" if held.is_folder else f"Delete {path}?"
        more = "A checkpoint keeps all bytes; u in the files brings them back."
        if held.pending:
            more = f"{held.pending} proposed edits go with it. {more}"

        def answered(yes: bool | None) -> None:
            if yes:
                self._start("delete", filing.delete(path), path)

        def ask() -> None:
            count = len(held.files)
            names = held.files if held.is_folder else ()
            yes = f"delete {count:,} file{'s' * (count != 1)}" if held.is_folder else "delete it"
            self._app.push_screen(ConfirmScreen(title, yes, names, more), answered)

        self._ask_about_unsaved("Unsaved text would be lost with the file.", held.unsaved, ask)

    def _ask_about_unsaved(self, title: str, paths: Sequence[str], then: Callable[[], None]) -> None:
        if not paths:
            then()
            return

        async def save() -> None:
            for path in paths:
                await self._engine.workspace.save(path)
            then()

        def answered(answer: Answer | None) -> None:
            if answer is Answer.SAVE:
                self._engine.start(save(), "save")
            elif answer is Answer.DISCARD:
                then()

        self._app.push_screen(UnsavedScreen(title, paths), answered)

    def _menu(self, path: str, is_dir: bool) -> None:
        commands = {
            command.title: command.action.partition("'")[2].partition("'")[0]
            for command in COMMANDS
            if command.where is Where.TREE and command.action.startswith("ask(")
        }
        keys = {command.title: command.keys for command in COMMANDS if command.where is Where.TREE}
        choices = [Choice(title, right=key_label(keys[title][0])) for title in commands]

        def picked(title: str | None) -> None:
            if title is not None:
                self.do(commands[title], path, is_dir)

        self._app.push_screen(PickerScreen(path, choices), picked)
