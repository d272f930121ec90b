"""The bar below the text in which a person types what to find, and what to put in its place."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.ui.commands.editor import BAR_COMMANDS
from spark_tui.ui.widgets.editor_bar import Bar, Box
from spark_tui.ui.widgets.editor_finder import Tally
from spark_tui.ui.widgets.editor_search import Query
from spark_tui.ui.widgets.editor_seeking import EditorSeeker
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.switch import Switch


class FindBar(Bar):
    """Finds while one types; Enter goes to the next match, Esc back to the text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            command.keys, f"bar('{command.name}')", command.title, show=False, priority=True, id=command.id
        )
        for command in BAR_COMMANDS
    ]
    DEFAULT_CSS = """
    FindBar { height: auto; display: none; }
    FindBar Horizontal { height: 1; }
    FindBar Input { width: 1fr; }
    FindBar LineView { height: 1; }
    """

    def __init__(self, view: EditorSeeker) -> None:
        super().__init__(id="find-bar")
        self._view = view
        self._pattern = Box(view, id="find-pattern")
        self._replacement = Box(view, id="find-replacement")
        self._switches = {
            "case": Switch("Aa", "Capital letters count", id="find-case"),
            "word": Switch("word", "Whole words only", id="find-word"),
            "regex": Switch(".*", "A regular expression", id="find-regex"),
            "scope": Switch("sel", "Only in what was selected", id="find-scope"),
        }
        self._count = LineView(can_focus=False, id="find-count")
        self._second = Horizontal(id="find-second")
        self._notice = ""
        """What a replacement did, until the next search."""

    def compose(self) -> ComposeResult:
        """One row to find, one to replace."""
        with Horizontal():
            yield _label(" find ")
            yield self._pattern
            yield from self._switches.values()
            yield self._count
        with self._second:
            yield _label(" with ")
            yield self._replacement
            yield Switch("one", "Replace this match", id="find-one", stays=False)
            yield Switch("all", "Replace every match, as one step", id="find-all", stays=False)

    def open(self, what: str) -> None:
        """Begin to find, or to replace."""
        if not self.display:
            seed = self._view.begin_search()
            self.display = True
            if seed and not self._query().is_regex:
                self._pattern.value = seed
            has_lines = self._view.selection is not None and not seed
            self._switches["scope"].flip(has_lines)
            self._view.limit_search(has_lines)
        self._second.display = what == "replace" or bool(self._second.display and self._replacement.value)
        self._view.when_found = self.draw
        self._pattern.focus()
        self._pattern.selection = self._pattern.selection.__class__(0, len(self._pattern.value))
        self._view.look_for(self._query())

    def leave(self) -> None:
        """Back to the text; the matches are shown no more."""
        self.display = False
        self._view.when_found = lambda: None
        self._view.end_search()
        self._view.focus(scroll_visible=False)

    def _query(self) -> Query:
        on = {name: switch.is_on for name, switch in self._switches.items()}
        return Query(self._pattern.value, on["regex"], on["word"], on["case"])

    def draw(self) -> None:
        """Say how many matches there are."""
        words = said(self._view.tally()) if self._pattern.value else ("muted", "")
        if self._notice:
            words = ("success", self._notice)
        text = inert(words[1])
        self._count.styles.width = min(len(text) + 1, max(12, self.size.width // 2))
        self._count.set_lines([Line(((words[0], text),))])

    def action_bar(self, name: str) -> None:
        """Do one of the commands of the bar."""
        self._notice = ""
        switch = name.removeprefix("find_")
        if switch in self._switches:
            self._switches[switch].action_press()
        elif name in ("find_down", "find_up"):
            self._view.find_next(forward=name == "find_down")
        elif name == "find_all":
            self._replace_all()
        elif name == "find_undo":
            self._view.action_editor("undo")
        elif name == "find_leave":
            self.leave()
        else:
            self.open(name.removeprefix("bar_"))

    def _replace_all(self) -> None:
        count = self._view.replace_all(self._replacement.value)
        if count:
            self._notice = f" {count} replaced; Ctrl+Z takes it back"
            self.draw()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Find what stands in the box now."""
        event.stop()
        self._notice = ""
        if event.input is self._pattern and self.display:
            self._view.look_for(self._query())

    @on(Input.Submitted)
    def entered(self, event: Input.Submitted) -> None:
        """Go to the next match, or replace this one."""
        event.stop()
        if event.input is self._pattern:
            self._view.find_next()
        else:
            self._view.replace_one(self._replacement.value)

    @on(Switch.Pressed)
    def pressed(self, event: Switch.Pressed) -> None:
        """Find in another way, or replace."""
        event.stop()
        if event.switch.id == "find-one":
            self._view.replace_one(self._replacement.value)
        elif event.switch.id == "find-all":
            self._replace_all()
        elif event.switch is self._switches["scope"]:
            self._view.limit_search(event.switch.is_on)
        else:
            self._view.look_for(self._query())


def _label(text: str) -> LineView:
    label = LineView(can_focus=False, classes="label")
    label.styles.width = len(text)
    label.set_lines([plain(text, "heading")])
    return label


def said(tally: Tally) -> tuple[str, str]:
    """Say in words what was found, with the style of the words."""
    if tally.sentence:
        return "error", f" {tally.sentence}"
    if not tally.count:
        return "muted", " no match" if tally.is_complete else " looking ..."
    more = "" if tally.is_complete else "+"
    place = f"{tally.number} of " if tally.number else ""
    return "muted", f" {place}{tally.count}{more}"
