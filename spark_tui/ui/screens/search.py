"""Search over the whole project, and replacement through the review: results come while one reads."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from spark_tui.core.display import inert
from spark_tui.core.search import FileHits, Sought, below
from spark_tui.engine import Engine, SearchFailed
from spark_tui.ui.commands import Where, bindings, key_label
from spark_tui.ui.commands.table import commands_in
from spark_tui.ui.screens.finder import Place
from spark_tui.ui.widgets.lines import Line, LineView, plain
from spark_tui.ui.widgets.long_view import LazyLines, LongView
from spark_tui.ui.widgets.search_rows import FileRow, HitRow, Results, result_line
from spark_tui.ui.widgets.steady import Steady

MOST = 10_000
"""Matching lines that are shown; a search with more stops there."""
PAUSE = 0.12
"""Seconds without a key after which the search begins."""
_FOR_REPLACING = ("search.leave_out", "search.propose")
DRAWN = 0.05
"""Seconds between two drawings while results come."""


class SearchScreen(Steady, ModalScreen[Place | None]):
    """Returns the place to go to, or None; a replacement goes to the review without leaving a result."""

    BINDINGS = bindings(Where.SEARCH)
    AUTO_FOCUS = "#search-text"

    def __init__(
        self,
        engine: Engine,
        *,
        replaces: bool,
        start: str = "",
        folder: str = "",
        proposed: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """`replaces` shows the second box; `start` is looked for at once; `proposed` hears what went to the review."""
        super().__init__()
        self._engine = engine
        last, put_in = engine.navigation.searching.last
        self._search = replace(last, text=start or last.text, globs=below(folder) if folder else last.globs)
        self._put_in = put_in
        self._replaces = replaces
        self._proposed = proposed
        self._results = Results()
        self._said = ""
        self._is_done = True
        self._hunt: asyncio.Task[None] | None = None
        self._state = LineView(can_focus=False, classes="bar", id="search-state")
        self._modes = LineView(can_focus=False, classes="bar", id="search-modes")
        self._view = LongView(can_focus=False, is_marked=True, id="search-view")

    def compose(self) -> ComposeResult:
        """The boxes, the modes, the results."""
        with Vertical(id="search", classes="dialog"):
            yield self._state
            with Horizontal(classes="search-line"):
                yield LineView(can_focus=False, classes="search-label", id="label-text")
                yield Input(self._search.text, id="search-text", compact=True)
            with Horizontal(classes="search-line", id="search-second"):
                yield LineView(can_focus=False, classes="search-label", id="label-new")
                yield Input(self._put_in, id="search-new", compact=True)
            with Horizontal(classes="search-line"):
                yield LineView(can_focus=False, classes="search-label", id="label-globs")
                yield Input(
                    self._search.globs, placeholder="*.py, src/**, !tests/**", id="search-globs", compact=True
                )
            yield self._modes
            yield self._view

    def on_mount(self) -> None:
        """Show what was found last time, or begin."""
        for name, words in (("text", " find "), ("new", " replace "), ("globs", " in files ")):
            self.query_one(f"#label-{name}", LineView).set_lines([plain(words, "heading")])
        self.query_one("#search-second").display = self._replaces
        self._view.when_sized = self._draw
        self._state.when_sized = self._draw_state
        self._begin(0.0)

    def on_unmount(self) -> None:
        """Search no further."""
        if self._hunt is not None:
            self._hunt.cancel()

    # -- searching

    def _begin(self, pause: float = PAUSE) -> None:
        if self._hunt is not None:
            self._hunt.cancel()
        self._hunt = asyncio.create_task(self._run(pause))

    async def _run(self, pause: float) -> None:
        searching = self._engine.navigation.searching
        self._results, self._said, self._is_done = Results(), "", False
        self._draw_state()
        await asyncio.sleep(pause)
        searching.last = (self._search, self._put_in)
        if not self._search.text:
            self._said, self._is_done = "Type what to look for.", True
            self._draw()
            return
        drawn = 0.0
        loop = asyncio.get_running_loop()
        found = searching.find(self._search, self._put_in if self._replaces else None)
        try:
            async for one in found:
                if isinstance(one, FileHits):
                    self._results.add(one)
                if loop.time() - drawn > DRAWN:
                    self._draw()
                    drawn = loop.time()
                if self._results.lines >= MOST:
                    self._said = f"Only the first {MOST:,} lines are shown: narrow the search."
                    break
        except SearchFailed as error:
            self._said = str(error)
        finally:
            await found.aclose()  # type: ignore[attr-defined]
        self._is_done = True
        self._draw()

    # -- drawing

    def _draw(self) -> None:
        width = max(self._view.size.width, 20)
        results = self._results
        rows = results.rows
        if rows:
            self._view.set_source(LazyLines(len(rows), lambda row: result_line(results, rows[row], width)))
            self._view.set_cursor(min(self._view.cursor or 0, len(rows) - 1), scroll=False)
        else:
            nothing = (
                "Nothing found." if self._engine.listing.entries else "The files are still being listed."
            )
            words = self._said or (nothing if self._is_done else "")
            self._view.set_source([plain(f"  {inert(words)}", "muted")])
            self._view.set_cursor(None)
        self._draw_state()

    def _draw_state(self) -> None:
        results = self._results
        files = len(results.files)
        words = f" {results.count:,} in {files:,} file{'s' * (files != 1)}"
        if self._replaces and results.left_out:
            words += f", {results.left_out:,} lines left out"
        if not self._is_done:
            words += " …"
        hint = "Enter opens, Esc leaves "
        title = " replace in files" if self._replaces else " search in files"
        said = f" {self._said}" if self._said and results.rows else ""
        self._state.set_lines(
            [
                Line(
                    (("heading", title), ("", f"  {words}"), ("near", inert(said))),
                    (("muted", "" if said else hint),),
                )
            ]
        )
        search = self._search
        on = {"word": search.is_word, "case": search.is_exact, "regex": search.is_regex}
        parts: list[tuple[str, str]] = [("muted", " ")]
        for command in commands_in(Where.SEARCH):
            if command.hint and (self._replaces or command.id not in _FOR_REPLACING):
                is_on = on.get(command.hint, False)
                parts.append(
                    ("here" if is_on else "muted", f"{'[x]' if is_on else ''}{key_label(command.keys[0])} ")
                )
                parts.append(("strong" if is_on else "muted", f"{command.hint} "))
        self._modes.set_lines([Line(tuple(parts))])

    # -- keys and mouse

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Look for something else."""
        event.stop()
        value = event.value
        before = (self._search, self._put_in)
        if event.input.id == "search-text":
            self._search = replace(self._search, text=value)
        elif event.input.id == "search-globs":
            self._search = replace(self._search, globs=value)
        else:
            self._put_in = value
        if (self._search, self._put_in) != before:
            self._begin()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Enter in a box takes the marked row."""
        event.stop()
        self.action_take()

    def action_mode(self, what: str) -> None:
        """Switch `word`, `case` or `regex`."""
        search = self._search
        match what:
            case "word":
                self._search = replace(search, is_word=not search.is_word)
            case "case":
                self._search = replace(search, is_exact=not search.is_exact)
            case _:
                self._search = replace(search, is_regex=not search.is_regex)
        self._begin(0.0)

    def action_replaces(self) -> None:
        """Show the second box, or hide it."""
        self._replaces = not self._replaces
        self.query_one("#search-second").display = self._replaces
        self.query_one("#search-new" if self._replaces else "#search-text").focus()
        self._begin(0.0)

    def action_move(self, by: int) -> None:
        """Mark another row."""
        rows = self._results.rows
        if rows:
            self._view.set_cursor(max(0, min((self._view.cursor or 0) + by, len(rows) - 1)))

    def action_fold(self) -> None:
        """Hide the lines of the marked file, or show them."""
        row = self._row
        if row is not None:
            self._view.set_cursor(self._results.fold(row), scroll=True)
            self._draw()

    def action_leave_out(self) -> None:
        """Let the marked line, or all of its file, not be replaced; or again."""
        row = self._row
        if row is not None and self._replaces:
            self._results.leave_out(row)
            self._draw()
            self.action_move(1)

    @property
    def _row(self) -> FileRow | HitRow | None:
        at, rows = self._view.cursor, self._results.rows
        return rows[at] if at is not None and at < len(rows) else None

    def action_take(self) -> None:
        """Go to the marked line."""
        row = self._row
        if row is not None:
            hit = self._results.hit_of(row)
            self.dismiss(Place(self._results.path_of(row), hit.line, hit.column))

    def action_propose(self) -> None:
        """Propose the replacement for what is shown and not left out."""
        chosen = self._results.chosen()
        if not self._replaces:
            self.action_replaces()
        elif not self._is_done:
            self._say("The search still runs: wait for its end, or stop it with other words.")
        elif not chosen:
            self._say("There is nothing to replace.")
        else:
            self._engine.start(self._propose(self._search, self._put_in, chosen), "replace in files")

    async def _propose(self, search: Sought, put_in: str, chosen: dict[str, Sequence[int]]) -> None:
        sentence = await self._engine.navigation.searching.propose(search, put_in, chosen)
        self._proposed(sentence)
        if self.is_current:
            self.dismiss(None)

    def _say(self, sentence: str) -> None:
        self._said = sentence
        self._draw_state()

    def action_leave_list(self) -> None:
        """Leave; nothing happens."""
        self.dismiss(None)

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click marks a file or goes to a line."""
        event.stop()
        if event.view is self._view and event.row < len(self._results.rows):
            self._view.set_cursor(event.row)
            if isinstance(self._results.rows[event.row], FileRow):
                self.action_fold()
            else:
                self.action_take()
