"""What the checks found in a hunk, on a page of its own, and the question whether programs may check edits here."""

from collections.abc import Callable, Iterator, Sequence

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.core.checks import Trust, report_lines
from spark_tui.core.display import inert
from spark_tui.core.review import HunkView
from spark_tui.engine import Engine
from spark_tui.ui.commands import Where, bindings, hints
from spark_tui.ui.keymaps import keymap_of
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.cells import cut_path, wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain
from spark_tui.ui.widgets.steady import Steady

EVERY = 0.2
"""Seconds after which the page is written anew."""
UNREAD = 0.5
"""Seconds in which nobody can have read a question."""
SHOWN = 8
"""Files that are named; the rest is counted."""
NONE_SELECTED = "No edit is selected."

Say = Callable[[str], None]


def do(app: App[None], engine: Engine, review: ReviewPane, say: Say, rhythm: KeyRhythm, what: str) -> None:
    """Do one of the commands on checks."""
    hunk = review.selected
    match what:
        case "show" | "mend" if hunk is None:
            say(NONE_SELECTED)
        case "show" if hunk is not None:
            app.push_screen(ChecksScreen(engine, hunk, say, rhythm))
        case "mend" if hunk is not None:
            mend(engine, hunk, say)
        case "risk":
            say(
                "The riskiest edits come first now."
                if review.shown.order_by_risk()
                else "In the model's order again."
            )
            review.redraw(None)
        case "stop":
            engine.checking.stop()
            say("Checks are stopped: t in the review, then r, runs them again.")
        case "trust":
            app.push_screen(TrustScreen(engine, say, rhythm))
        case "distrust":
            engine.start(engine.checking.take_trust(), "trust")
            say("No program checks edits here any more; whether they parse is still said.")


def mend(engine: Engine, hunk: HunkView, say: Say) -> None:
    """Ask for a version of a hunk without what the checks found."""
    why = engine.repairing.why_not(hunk)
    if why:
        say(why)
    else:
        engine.start(engine.repairing.repair(hunk), f"mend {hunk.path}")


class ChecksScreen(PageScreen):
    """What the checks say about one hunk, as it becomes known."""

    BINDINGS = bindings(Where.CHECKS)
    inherit_bindings = False

    def __init__(self, engine: Engine, hunk: HunkView, say: Say, rhythm: KeyRhythm) -> None:
        self._engine = engine
        self._rhythm = rhythm
        self._hunk_id = hunk.id
        self._say = say
        self._drawn: object = None
        place = f", line {hunk.line + 1}" if hunk.line is not None else ""
        super().__init__(f"checks of {cut_path(inert(hunk.path), 50)}{place}", self._lines, again=EVERY)

    def _draw(self) -> None:
        # Drawing the same again would cost nothing that is seen, and the time of who looks at it.
        state = (self._engine.checking.revision, self._engine.checking.running, self._view.size.width)
        if state != self._drawn:
            self._drawn = state
            super()._draw()

    def _lines(self, width: int) -> Sequence[Line]:
        hunk = self._hunk()
        keys = "  ".join(
            f"{key} {word}"
            for key, word in hints(Where.CHECKS, lambda command: keymap_of(self).keys(command.id))[:5]
        )
        lines = [plain(f" {keys}", "muted"), BLANK]
        if hunk is None:
            return [*lines, plain(" The edit is gone.", "muted")]
        lines += [plain(f" {text}", style) for style, text in _state(self._engine, hunk, width)]
        lines.append(BLANK)
        for style, text in report_lines(self._engine.checking.verdicts(hunk)):
            indent = len(text) - len(text.lstrip())
            wrapped = wrap_words(text.strip(), max(width - indent - 3, 10)) if text else [""]
            lines += [plain(f" {' ' * indent}{part}", style) for part in wrapped]
        return lines

    def _hunk(self) -> HunkView | None:
        return self._engine.decisions.review.hunk(self._hunk_id)

    def action_again(self) -> None:
        """Run all checks of the hunk anew."""
        hunk = self._hunk()
        if hunk is not None:
            self._engine.checking.again(hunk)

    def action_stop(self) -> None:
        """End the checks that run."""
        self._engine.checking.stop()

    def action_ask_trust(self) -> None:
        """Ask about trust."""
        self.app.push_screen(TrustScreen(self._engine, self._say, self._rhythm))

    def action_mend(self) -> None:
        """Ask for a version without what was found, and show the review again."""
        hunk = self._hunk()
        if hunk is not None:
            mend(self._engine, hunk, self._say)
            self.dismiss()


def _state(engine: Engine, hunk: HunkView, width: int) -> Iterator[tuple[str, str]]:
    """Say in a few sentences what runs and what does not."""
    checking = engine.checking
    badge = checking.badge(hunk)
    score, reasons = checking.risk(hunk)
    said = [("strong", badge.words or "nothing is known yet")]
    if checking.running:
        said.append(("accent", f"running: {checking.running}"))
    names = ", ".join(checking.survey.names(hunk.path))
    match checking.survey.trust:
        case Trust.GIVEN:
            said.append(("muted", f"sandbox: {checking.survey.shelter}"))
        case Trust.CHANGED:
            said.append(
                ("near", f"Not run: a file changed that decides what {names or 'programs'} do. T asks again.")
            )
        case Trust.NONE if names:
            said.append(("near", f"Not run, as this folder is not trusted: {names}. T asks about it."))
        case _:
            said.append(("muted", "No other tools were found for this file (see `spark-tui doctor`)."))
    if reasons:
        said.append(("muted", f"risk {score}: {', '.join(reasons)}"))
    for style, words in said:
        for text in wrap_words(inert(words), max(width - 2, 10)):
            yield style, text


class TrustScreen(Steady, ModalScreen[None]):
    """Asks whether programs may check edits in this folder; only one key says yes, and nothing is chosen before."""

    AUTO_FOCUS = "#trust-view"
    BINDINGS = bindings(Where.TRUST)

    def __init__(self, engine: Engine, say: Say, rhythm: KeyRhythm) -> None:
        super().__init__()
        self._rhythm = rhythm
        self._since = rhythm.clock()
        self._engine = engine
        self._say = say
        self._shelter = "being tried out"
        self._view = LineView(id="trust-view")

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical(id="trust", classes="dialog"):
            yield self._view

    def on_mount(self) -> None:
        """Try the sandbox meanwhile: the person should know what they agree to."""
        self._view.when_sized = self._draw
        self._draw()
        self._engine.start(self._try_shelter(), "try the sandbox")

    async def _try_shelter(self) -> None:
        self._shelter = await self._engine.checking.survey.try_shelter()
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        width = max(self._view.size.width - 2, 20)
        survey = self._engine.checking.survey
        files = [inert(path) for path in survey.configuration]
        named = ", ".join(files[:SHOWN]) + (f" and {len(files) - SHOWN} more" if len(files) > SHOWN else "")
        said = [
            ("heading", "May programs check edits in this folder?"),
            ("near", inert(cut_path(self._engine.root, width))),
            ("", ""),
            ("", "Linters, type checkers and tests obey files of the folder and can run what these say. "
                 "They run on a private copy, with edits that nobody has accepted yet."),
            ("", ""),
            ("", f"Sandbox: {inert(self._shelter)}."),
            ("", f"Found: {', '.join(survey.tools) or 'nothing for the files looked at so far'}."),
            ("", f"Decided by: {named or 'no file'}. If one of these changes you are asked again."),
            ("", ""),
        ]  # fmt: skip
        lines = [plain(part, style) for style, words in said for part in (wrap_words(words, width) or [""])]
        lines.append(Line((("accent", "T   "), ("", "trust this folder"))))
        lines.append(Line((("accent", "Esc "), ("", "no, only say whether edits parse"))))
        self._view.set_lines(lines)
        self._view.styles.height = len(lines)

    def action_give(self) -> None:
        """The person trusts the folder; a key that was pressed before the question was there is not for it."""
        if self._rhythm.last - self._since < UNREAD or self._rhythm.came_in_a_heap():
            return
        self._engine.start(self._engine.checking.give_trust(), "trust this folder")
        self._say("This folder is trusted: edits are checked by its tools now.")
        self.dismiss()
