"""The main screen: what the person can ask for from anywhere in the workspace, each handed to the part that does it."""

from collections.abc import Sequence

from spark_tui.engine import Engine
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.panes.review_writing import OutsideEditor
from spark_tui.ui.panes.tree import TreePane
from spark_tui.ui.screens.board import Board
from spark_tui.ui.screens.files import FileCommands
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.editor import EditorView


class WorkspaceScreen(Board):
    """Tree, editor, review, talk, prompt, status."""

    BINDINGS = bindings(Where.WORKSPACE)

    def __init__(
        self,
        engine: Engine,
        rhythm: KeyRhythm,
        faults: Sequence[str] = (),
        outside: OutsideEditor | None = None,
    ) -> None:
        super().__init__(engine, rhythm, faults, outside)
        self._rhythm = rhythm
        self._files = FileCommands(engine, self.bottom.say)

    def action_show_context(self) -> None:
        """Show what goes to the model and what stays out."""
        from spark_tui.ui.screens import dialogs

        dialogs.show_context(self.app, self.engine, self.prompt.input.draft, self.bottom.say)

    def action_show_latency(self) -> None:
        """Show how quick the last turns were."""
        from spark_tui.ui.screens import latency

        self.app.push_screen(latency.latency_page(self.engine))

    def action_take_queued(self) -> None:
        """Bring the prompt queued last back into the box."""
        self.prompt.take_back()

    def action_navigate(self, what: str) -> None:
        """Find a `file`, a `definition`, ..., and go there."""
        from spark_tui.ui.screens import navigating

        pane = self.editor
        selected = (
            (pane.word if what == "definition here" else pane.selected) if self.here == "editor" else ""
        )
        navigating.navigate(self.app, self.engine, what, self._go_to, self._proposed, selected)

    def _proposed(self, sentence: str) -> None:
        self.bottom.say(sentence)
        if self.here != "review":
            self.action_go("review")

    def _go_to(self, path: str, line: int | None, column: int) -> None:
        self.engine.start(self.engine.workspace.open(path, line, column), f"open {path}")
        if self.here != "editor":
            self.action_go("editor")

    def on_editor_view_caret_moved(self, event: EditorView.CaretMoved) -> None:
        """Say where the caret is, in a moment."""
        event.stop()
        self.bottom.draw_soon()

    async def action_split(self) -> None:
        """Split the editor, or join its halves."""
        if self.engine.workspace.active is None:
            self.bottom.say("No file is open: there is nothing to split.")
        elif self.editor.other_path:
            await self.editor.join()
        else:
            await self.editor.split()

    def action_across(self) -> None:
        """Go to the other half of the editor."""
        if self.here != "editor":
            self.action_go("editor")
        self.editor.go_across()

    def action_filing(self, what: str) -> None:
        """Have the open file moved, copied, deleted, or a new one made beside it."""
        path = self.engine.workspace.active
        if path is None and what != "new":
            self.bottom.say("No file is open.")
        else:
            self._do_filing(what, path or "", False)

    def on_tree_pane_asked(self, event: TreePane.Asked) -> None:
        """The tree wants something done with a file."""
        event.stop()
        self._do_filing(event.what, event.path, event.is_dir)

    def _do_filing(self, what: str, path: str, is_dir: bool) -> None:
        from spark_tui.ui.screens import filing

        filing.FilingCommands(self.app, self.engine, self.bottom.say, self.files.show).do(what, path, is_dir)

    def action_pick_keymap(self) -> None:
        """Pick what keys do."""
        from spark_tui.ui.screens import dialogs

        dialogs.pick_keymap(self.app, self.bottom.say)

    def action_history(self, what: str) -> None:
        """Show the checkpoints (`timeline`), or preview taking back the last turn (`undo turn`)."""
        from spark_tui.ui.screens import timeline

        if what == "timeline":
            self.app.push_screen(timeline.TimelineScreen(self.engine, self.bottom.say))
        else:
            self.engine.start(timeline.preview_turn(self.app, self.engine, self.bottom.say), what)

    def action_checks(self, what: str) -> None:
        """Do `show`, `mend`, `risk`, `stop`, `trust` or `distrust`."""
        from spark_tui.ui.screens import checks

        checks.do(self.app, self.engine, self.review, self.bottom.say, self._rhythm, what)

    def action_file(self, what: str) -> None:
        """Do `save`, `save_all`, `overwrite`, `reload` or `outside`."""
        self._files.do(self.app, what)

    def action_close_tab(self) -> None:
        """Close the open file."""
        self._files.close(self.app)

    def action_tabs(self, what: str) -> None:
        """Do `left`, `right`, `close others`, `reopen` or `list`."""
        self._files.tabs(self.app, what)

    def action_tab(self, by: int) -> None:
        """Show another open file."""
        self._files.step(by)

    async def _sum_up(self) -> None:
        talk = self.engine.conversation
        self.bottom.say(await talk.composer.summarise(talk.link))

    def action_engine(self, what: str) -> None:
        """Do `undo`, `list files`, `switch lane`, `new conversation` or `sum up`."""
        talk = self.engine.conversation
        match what:
            case "undo":
                self.engine.start(self.engine.decisions.undo(), what)
            case "list files":
                self.engine.start(self.engine.refresh_tree(), what)
            case "switch lane" if talk.is_busy:
                self.bottom.say("The model still writes: Esc stops it, then the lane can be switched.")
            case "switch lane":
                talk.switch(next(lane for lane in talk.lanes if lane != talk.lane))
                self.engine.start(talk.link.open(), "connect")
                self.bottom.say(f"The next prompt goes to the {talk.lane} lane.")
            case "retry the link" if talk.is_busy:
                self.bottom.say("The model still writes: Esc stops it, then the link can be tried again.")
            case "retry the link":
                self.engine.start(talk.link.retry_first_way(), what)
            case "sum up":
                self.bottom.say("The model sums up the conversation.")
                self.engine.start(self._sum_up(), what)
            case "new conversation":
                self.engine.start(talk.begin_anew(), what)
                self.bottom.say("The next prompt starts a new conversation; edits and decisions stay.")
