"""The choice about unsaved text whose file another program changed: keep, take, merge; waiting does nothing."""

from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.core.diff import unified
from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.engine import Engine, OutsideChange
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.cells import cut_path
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain, title_bar
from spark_tui.ui.widgets.steady import Steady

DIFF_ROWS = 2_000
_STYLES = {"-": "removed", "+": "added", "@": "accent"}


@dataclass(frozen=True, slots=True)
class _Answer:
    name: str
    key: str
    words: str


_LATER = _Answer("later", "Esc", "decide later: nothing changes")
_ANSWERS = (
    _LATER,
    _Answer("keep", "k", "keep mine: saving it replaces what the other program wrote"),
    _Answer("take", "t", "take the disk's: undo in the editor brings mine back"),
    _Answer("join", "m", "merge both, unsaved"),
)
CLASH = "both changed the same lines: merging is not possible"


class OutsideScreen(Steady, ModalScreen[str]):
    """Shows what the other program wrote against the text here, and asks."""

    AUTO_FOCUS = "#outside-answers"
    BINDINGS = bindings(Where.OUTSIDE)

    def __init__(self, change: OutsideChange, mine: bytes) -> None:
        super().__init__()
        self._change = change
        self._mine = mine
        self._answers = LineView(is_marked=True, id="outside-answers")
        self._diff = LineView(can_focus=False, id="outside-diff")

    def compose(self) -> ComposeResult:
        """The answers, and below them the difference."""
        with Vertical(id="outside", classes="dialog"):
            yield title_bar(f"{cut_path(self._change.path, 44)} changed on disk")
            yield self._answers
            yield self._diff

    def on_mount(self) -> None:
        """Mark the answer that does nothing."""
        can_join = self._change.joined is not None
        rows = []
        for answer in _ANSWERS:
            possible = answer.name != "join" or can_join
            words = answer.words if possible else CLASH
            rows.append(Line((("accent", f"  {answer.key:<4} "), ("" if possible else "muted", words))))
        self._answers.set_lines(rows)
        self._answers.set_cursor(0)
        self._answers.styles.height = len(rows)
        self._diff.set_lines(self._difference())

    def _difference(self) -> list[Line]:
        gone = " The other program deleted the file." if self._change.disk is None else ""
        lines = [plain(gone or " From your text to the disk's:", "muted"), BLANK]
        for mark, text in unified(self._mine, self._change.disk):
            shown = f"{mark} {inert(text)}" if mark in " -+" else inert(text)
            lines.append(plain(f" {shown}", _STYLES.get(mark, "")))
            if len(lines) > DIFF_ROWS:
                return [*lines, plain(" more is not shown", "stale")]
        return lines

    def action_move(self, by: int) -> None:
        """Mark another answer."""
        self._answers.set_cursor(((self._answers.cursor or 0) + by) % len(_ANSWERS))

    def action_scroll(self, by: int) -> None:
        """Scroll the difference."""
        self._diff.scroll_page(by)

    def action_take_marked(self) -> None:
        """Give the marked answer."""
        self.action_answer(_ANSWERS[self._answers.cursor or 0].name)

    def action_answer(self, name: str) -> None:
        """Give an answer; merging only where it is possible."""
        if name != "join" or self._change.joined is not None:
            self.dismiss(name)

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click on an answer gives it."""
        event.stop()
        if event.view is self._answers:
            self.action_answer(_ANSWERS[event.row].name)


def ask(app: App[None], engine: Engine, change: OutsideChange, say: Callable[[str], None]) -> None:
    """Ask about one file and do what is answered."""
    buffer = engine.workspace.buffer(change.path)
    if buffer is None:
        return
    path = inert(change.path)

    def answered(answer: str | None) -> None:
        match answer:
            case "keep":
                engine.outside.keep(change.path)
                say(f"{path}: your text stays; save it to replace the disk's.")
            case "take":
                engine.outside.take(change.path)
                say(f"{path} is as on disk; undo in the editor brings your text back.")
            case "join":
                joined = engine.outside.join(change.path)
                say(
                    f"{path} holds both changes, unsaved."
                    if joined
                    else f"{path} changed again: look once more."
                )
            case _:
                pass

    app.push_screen(OutsideScreen(change, buffer.text.encode()), answered)
