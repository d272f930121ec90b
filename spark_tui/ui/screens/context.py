"""The page of what goes to the model and what stays out, and why; pieces are pinned, dropped and widened on it."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from spark_tui.core.context import Chosen, ContextPlan, Form, Gone, LeftOut, PieceKind, Wishes
from spark_tui.core.display import inert
from spark_tui.core.values import dataclass
from spark_tui.engine import Engine
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.cells import cut, cut_path, wrap_words
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain, title_bar
from spark_tui.ui.widgets.status_rows import meter, tokens
from spark_tui.ui.widgets.steady import Steady

MOST_OUT = 500
"""Pieces that stay out and are named."""
LOOK_AGAIN = 0.3
"""Seconds between two looks at whether the model still writes."""
_BELOW = 3
"""Rows that tell the whole of the marked piece."""
_TOLD_BY_REASON = (PieceKind.FOUND, PieceKind.PIN)
Target = Chosen | LeftOut | Gone


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page, and what it is about."""

    line: Line
    target: Target | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same when the plan changes."""
        match self.target:
            case Chosen(piece=piece) | LeftOut(piece=piece):
                return "piece", piece.label
            case Gone(id=number):
                return "gone", str(number)
            case _:
                return "", ""


def context_rows(plan: ContextPlan | None, wishes: Wishes, gone: tuple[Gone, ...], width: int) -> list[Row]:
    """Write a plan as rows."""
    if plan is None:
        return [Row(BLANK), Row(plain("  Nothing is planned yet: type a prompt.", "muted"))]
    rows = [Row(Line((("", "  "), *meter(plan.tokens, plan.budget.limit, 20), ("muted", _counted(plan)))))]
    rows += [Row(plain(f"  {inert(note)}", "stale")) for note in plan.notes]
    if plan.refusal:
        rows += [Row(plain(f"  {text}", "error")) for text in wrap_words(inert(plan.refusal), width - 4)]
    if plan.chosen or plan.always:
        rows += [Row(plain("  goes along", "heading"))]
    rows += [Row(_chosen_line(entry, wishes, width), entry) for entry in (*plan.always, *plan.chosen)]
    if plan.left_out:
        rows += [Row(BLANK), Row(plain("  stays out", "heading"))]
        rows += [Row(_out_line(entry, width), entry) for entry in plan.left_out[:MOST_OUT]]
        more = len(plan.left_out) - MOST_OUT
        rows += [Row(plain(f"  and {more:,} more", "muted"))] if more > 0 else []
    if gone:
        rows += [Row(BLANK), Row(plain("  left the conversation to save room", "heading"))]
        rows += [Row(_line(entry.tokens, "out", entry.label, entry.reason, width), entry) for entry in gone]
    return rows


def _counted(plan: ContextPlan) -> str:
    return "  exact" if plan.exact else "  estimated: the model's own vocabulary is not known"


def _chosen_line(entry: Chosen, wishes: Wishes, width: int) -> Line:
    label = entry.piece.label
    reason = entry.reason or str(entry.piece.kind)
    if entry.reason and entry.piece.kind not in _TOLD_BY_REASON and entry.reason != "always":
        reason = f"{entry.piece.kind}; {entry.reason}"
    if label in wishes.allowed:
        reason = f"secrets go out this turn; {reason}"
    return _line(entry.tokens, entry.form.word, label, reason, width, is_pinned=label in wishes.pins)


def _out_line(entry: LeftOut, width: int) -> Line:
    return _line(entry.tokens, "out", entry.piece.label, entry.reason, width)


def _line(count: int, form: str, label: str, reason: str, width: int, *, is_pinned: bool = False) -> Line:
    room = max(min(width * 2 // 5, width - 42), 18)
    number = tokens(count) if count else "-"
    style = "muted" if form == "out" else "stale" if form in ("skeleton", "map") else ""
    return Line(
        (
            ("accent", " * " if is_pinned else "   "),
            ("", f"{number:>6}  "),
            (style, f"{form:<9}"),
            ("", f"{cut_path(inert(label), room):<{room}}  "),
            ("muted", cut(inert(reason), max(width - room - 22, 8))),
        )
    )


class ContextScreen(Steady, ModalScreen[None]):
    """Every piece with its tokens, form and reason; what is asked for here holds for the session."""

    AUTO_FOCUS = "#context-list"
    BINDINGS = bindings(Where.CONTEXT)

    def __init__(self, engine: Engine, prompt: str, say: Callable[[str], None]) -> None:
        """Show the context of `prompt`."""
        super().__init__(id="context-screen")
        self._engine = engine
        self._prompt = prompt
        self._say = say
        self._rows: list[Row] = []
        self._list = LineView(is_marked=True, id="context-list")
        self._below = LineView(can_focus=False, id="context-below")

    def compose(self) -> ComposeResult:
        """A title, the list, and what the marked row says in full."""
        with Vertical(id="context-page", classes="dialog"):
            yield title_bar("context", "P pin  D drop  W widen  A allow  R bring back  Esc ")
            yield self._list
            yield self._below

    def on_mount(self) -> None:
        """Draw what is planned, and plan again for the prompt as it is now."""
        self._list.when_sized = self._draw
        self._draw()
        self._look_again = self.set_interval(LOOK_AGAIN, self._plan_when_done)
        self._plan_when_done()

    def _plan_when_done(self) -> None:
        """Plan once the model is silent: until then the page shows what it was sent."""
        if not self._engine.conversation.is_busy:
            self._look_again.stop()
            self._engine.start(self._plan(), "plan the context")

    async def _plan(self) -> None:
        await self._engine.conversation.estimate(self._prompt)
        if self.is_attached:
            self._draw()

    def _draw(self) -> None:
        talk = self._engine.conversation
        marked = self._target_key()
        width = max(self._list.scrollable_content_region.width - 2, 40)
        self._rows = context_rows(talk.plan, talk.wishes, talk.ledger, width)
        self._list.set_lines([row.line for row in self._rows])
        places = [place for place, row in enumerate(self._rows) if row.target is not None]
        at = self._list.cursor
        same = [place for place in places if self._rows[place].key == marked]
        same += [place for place in places if place >= (at or 0)] + places[-1:]
        self._list.set_cursor(same[0] if same else None)
        self._tell()

    def _target_key(self) -> tuple[str, str]:
        place = self._list.cursor
        return self._rows[place].key if place is not None and place < len(self._rows) else ("", "")

    @property
    def _target(self) -> Target | None:
        place = self._list.cursor
        return self._rows[place].target if place is not None and place < len(self._rows) else None

    def _tell(self) -> None:
        match self._target:
            case Chosen() as entry:
                words = f"{entry.piece.label} ({entry.piece.kind}): {entry.reason or 'goes along'}"
            case LeftOut() as left:
                words = f"{left.piece.label} ({left.piece.kind}): {left.reason}"
            case Gone() as gone:
                words = f"{gone.label}: {gone.what}, {gone.reason}; R brings it back"
            case _:
                words = ""
        width = max(self._below.size.width - 2, 30)
        self._below.set_lines(
            [plain(f" {text}", "muted") for text in wrap_words(inert(words), width)[:_BELOW]]
        )

    def action_move(self, by: int) -> None:
        """Mark another row."""
        places = [place for place, row in enumerate(self._rows) if row.target is not None]
        if not places:
            return
        at = places.index(self._list.cursor) if self._list.cursor in places else 0
        at = max(0, min(at + by, len(places) - 1))
        self._list.set_cursor(places[at])
        if at == 0:
            self._list.scroll_to_row(0)
        self._tell()

    def on_line_view_row_clicked(self, event: LineView.RowClicked) -> None:
        """A click marks a row."""
        event.stop()
        if (
            event.view is self._list
            and event.row < len(self._rows)
            and self._rows[event.row].target is not None
        ):
            self._list.set_cursor(event.row)
            self._tell()

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss(None)

    def action_wish(self, what: str) -> None:
        """Do `pin`, `drop`, `widen` or `allow` with the marked piece, or `bring back` what left the conversation."""
        target = self._target
        talk = self._engine.conversation
        if target is None:
            return
        if self._engine.conversation.is_busy:
            self._say("The model still writes: this can be changed when it is done.")
            return
        if isinstance(target, Gone):
            if what == "bring back":
                self._engine.start(self._bring_back(target), "bring back")
            return
        wishes = _wished(talk.wishes, target, what)
        if wishes is None:
            self._say(f"{inert(target.piece.label)}: {_WHY_NOT.get(what, 'there is nothing to bring back')}.")
        else:
            self._engine.start(self._wish(wishes), what)

    async def _wish(self, wishes: Wishes) -> None:
        refusal = await self._engine.conversation.wish(wishes, self._prompt)
        if refusal:
            self._say(refusal)
        if self.is_attached:
            self._draw()

    async def _bring_back(self, gone: Gone) -> None:
        self._engine.conversation.bring_back(gone)
        await self._plan()


_ALWAYS = (
    PieceKind.INSTRUCTIONS,
    PieceKind.TOOLS,
    PieceKind.PROMPT,
    PieceKind.HISTORY,
    PieceKind.ENVELOPE,
    PieceKind.RULES,
)
_WHY_NOT = {
    "pin": "only files can be pinned",
    "drop": "it always goes along",
    "widen": "there is no fuller form",
    "allow": "nothing is withheld from it",
}


def _wished(wishes: Wishes, target: Chosen | LeftOut, what: str) -> Wishes | None:
    """The wishes after a key; None if it makes no sense for the piece."""
    piece, label = target.piece, target.piece.label
    form = target.form if isinstance(target, Chosen) else Form.OUT
    always = piece.kind in _ALWAYS
    match what:
        case "pin" if piece.path == label and not always:
            return wishes.pin(label)
        case "drop" if not always:
            return wishes.drop(label)
        case "widen" if form is not Form.WHOLE and not always:
            return wishes.widen(label, form)
        case "allow" if label in wishes.allowed or piece.kind is PieceKind.PROMPT or _is_withheld(target):
            return wishes.allow(label)
    return None


def _is_withheld(target: Chosen | LeftOut) -> bool:
    return "withheld" in target.reason or "secrets stay here" in target.reason
