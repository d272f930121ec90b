"""The prompt: where the person asks, with the list of files after `@` and the meter of what goes along."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import TextArea

from spark_tui.core.context import ContextPlan
from spark_tui.core.display import inert
from spark_tui.engine import Engine, IndexMoved, ReviewMoved, TabsMoved, TreeMoved, TurnMoved, TurnState
from spark_tui.ui.bridge import Notice
from spark_tui.ui.easing import is_linear
from spark_tui.ui.widgets.cells import cut_path
from spark_tui.ui.widgets.lines import Line, LineView
from spark_tui.ui.widgets.matching import ranked
from spark_tui.ui.widgets.pasted import LONG
from spark_tui.ui.widgets.prompt_input import ASKS, WHILE_WRITING, PromptInput
from spark_tui.ui.widgets.status_rows import meter, queue_lines
from spark_tui.ui.widgets.steady import Steady

OFFERED = 6
"""Files in the completion list."""

STEERS = "What shall be different? The lines so far stay"
"""Stands in the empty box while the stream is frozen."""

_OVER = (TurnState.DONE, TurnState.CUT, TurnState.FAILED)

PAUSE = 0.25
"""Seconds without a key before the context is planned again."""


class PromptPane(Steady, Vertical):
    """Takes the prompt and sends it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(id="prompt")
        self._engine = engine
        self._sign = LineView(can_focus=False, id="prompt-sign")
        self._meter = LineView(can_focus=False, id="meter")
        self._offer = LineView(can_focus=False, is_marked=True, id="mentions")
        self._queue = LineView(can_focus=False, id="queue")
        self._pause: Timer | None = None
        self._is_indexed = False
        self.input = PromptInput(id="prompt-input")
        """The box itself."""

    def compose(self) -> ComposeResult:
        """Offer files above the box; the meter stands beside it."""
        yield self._queue
        yield self._offer
        with Horizontal(id="prompt-row"):
            yield self._sign
            yield self.input
            yield self._meter

    def on_mount(self) -> None:
        """Nothing is offered yet."""
        self._offer.display = self._queue.display = False
        session = self._engine.session
        for prompt in session.prompts:
            self.input.past.add(prompt)
        if session.draft:
            self.input.show(session.draft)
        self.set_here(True)
        self._meter.when_sized = self.show_meter

    def set_here(self, is_here: bool) -> None:
        """Say whether the person is in the prompt."""
        self._sign.set_lines([Line((("here" if is_here else "muted", " >"),))])

    def look(self, notice: Notice | None = None) -> None:
        """Follow what changes the context."""
        if notice is None or notice.has(TurnMoved, TabsMoved, TreeMoved):
            self.show_meter()
        if notice is None or notice.has(TabsMoved) or self._has_index(notice):
            self._plan_soon()
        if notice is None or notice.has(ReviewMoved, TurnMoved):
            self._look_at_turn()

    def _has_index(self, notice: Notice) -> bool:
        """Whether the index has become complete just now: files are ranked better with it."""
        was, self._is_indexed = self._is_indexed, self._engine.indexing.progress.is_ready
        return notice.has(IndexMoved) and self._is_indexed and not was

    def _look_at_turn(self) -> None:
        """Say what Enter and Tab mean now, and which prompts wait."""
        talk, box = self._engine.conversation, self.input
        waiting = talk.waiting.prompts
        box.may_queue = talk.newest is not None and talk.newest.state not in _OVER
        box.has_queued = bool(waiting)
        frozen, writing = self._engine.gate.is_frozen, talk.is_busy
        box.placeholder = STEERS if frozen else WHILE_WRITING if writing else ASKS
        self._queue.display = bool(waiting)
        if waiting:
            lines = queue_lines(waiting, max(self.size.width, 20))
            self._queue.set_lines(lines)
            self._queue.styles.height = len(lines)

    def take_back(self) -> None:
        """Bring the prompt queued last back into the box, behind what is there; nothing if none waits."""
        prompt = self._engine.conversation.waiting.take()
        if prompt:
            text = self.input.draft
            self.input.show(f"{text}\n{prompt}" if text.strip() else prompt)
            self.input.focus(scroll_visible=False)

    def on_prompt_input_taken_back(self, event: PromptInput.TakenBack) -> None:
        """Edit what waits, or leave it out."""
        event.stop()
        self.take_back()

    @property
    def plan(self) -> ContextPlan | None:
        """What would go to the model, as last planned."""
        return self._engine.conversation.plan

    def show_meter(self) -> None:
        """Draw the meter."""
        plan = self.plan
        used, limit = (plan.tokens, plan.budget.limit) if plan else (0, 0)
        cells = 0 if is_linear(self) else 8 if self._meter.size.width < 30 else 12
        self._meter.set_lines([Line((), (*meter(used, limit, cells), ("", " ")))])

    def _plan_soon(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._plan_now)

    def _plan_now(self) -> None:
        self._keep_draft()
        if not self._engine.conversation.is_busy:
            self._engine.start(self._estimate(self.input.draft), "plan the context")

    async def _estimate(self, prompt: str) -> None:
        await self._engine.conversation.estimate(prompt)
        if self.is_attached:
            self.show_meter()

    def on_prompt_input_sent(self, event: PromptInput.Sent) -> None:
        """Ask the model."""
        event.stop()
        if event.later:
            self._engine.start(self._engine.conversation.queue(event.text), "ask")
        elif self._engine.gate.is_frozen:
            self._engine.start(self._engine.steering.steer(event.text), "steer")
        else:
            self._engine.start(self._engine.conversation.submit(event.text), "ask")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Keep the draft, a long one not at every key; plan again when the typing pauses."""
        event.stop()
        if len(self.input.draft) < LONG:
            self._keep_draft()
        self._plan_soon()

    def on_unmount(self) -> None:
        """Keep what was typed last."""
        self._keep_draft()

    def _keep_draft(self) -> None:
        self._engine.session.draft = self.input.draft

    def on_prompt_input_mentioning(self, event: PromptInput.Mentioning) -> None:
        """Offer files for the word after `@`."""
        event.stop()
        box = self.input
        if event.word != box.word:
            # Typed faster than told: what is told next is the word as it is now.
            return
        special = dict(self._engine.conversation.special())
        if event.word is not None:
            entries = self._engine.listing.entries
            files = ranked(event.word, (entry.path for entry in entries if entry.mark != "D"), OFFERED)
            named = [name for name in special if name.startswith(event.word.lower())]
            # Without a letter files are what is meant mostly; what is written out leads.
            box.choices = [*named, *files] if event.word else [*files, *named]
        self._offer.display = bool(box.choices)
        if not box.choices:
            return
        width = max(self.size.width - 4, 10)
        self._offer.set_lines([_offered(name, special.get(name, ""), width) for name in box.choices])
        self._offer.styles.height = len(box.choices)
        self._offer.set_cursor(min(box.choice, len(box.choices) - 1), scroll=False)


def _offered(name: str, about: str, width: int) -> Line:
    """A path, or another thing that can be mentioned with what it stands for."""
    shown = cut_path(inert(name), width)
    return Line((("", f"  {shown}"), ("muted", f"  {inert(about)}"[: max(width - len(shown), 0)])))
