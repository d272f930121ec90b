"""The talk with the model: prompts in, turns out; reports every decision back as the tool's output."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence

from spark_tui.core.context import ContextPlan, Gone, Wishes
from spark_tui.core.review import Review
from spark_tui.core.wire import Ended, EndStatus, Item
from spark_tui.engine.asking import Asked
from spark_tui.engine.composing import Composer
from spark_tui.engine.decisions import Decisions
from spark_tui.engine.events import EngineEvent, LinkMoved, Trouble, TurnMoved
from spark_tui.engine.gate import Gate
from spark_tui.engine.link import Link
from spark_tui.engine.marks import Keep, keep_nothing
from spark_tui.engine.reporting import Reports
from spark_tui.engine.turn import Turn, TurnStream
from spark_tui.engine.views import TurnState, TurnView
from spark_tui.engine.waiting import Waiting
from spark_tui.ports import Clock

TOO_LONG = "context_length_exceeded"
"""What servers call a conversation that does not fit into the model."""
SHORTENED = "the conversation was too long for the server: it is asked again with less of it"
_LESS = 0.6
"""Share of what did not fit that is tried next."""

MAX_STEPS = 24
"""Responses one prompt may take before the person is asked again."""

CUT_WITHIN = 2.0
"""Seconds in which a turn has to take note of being cut; then it is ended from outside."""

_OVER = (TurnState.DONE, TurnState.CUT, TurnState.FAILED)


class Conversation:
    """Turns on one lane at a time; a new prompt ends the one before it."""

    def __init__(
        self,
        links: Mapping[str, Link],
        composer: Composer,
        decisions: Decisions,
        stream: Callable[[Turn], TurnStream],
        gate: Gate,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._links = links
        self.composer = composer
        """What goes along, and what the person wants of it."""
        self.special = composer.gatherer.special
        """Tells what can be mentioned and is no file: the word after `@`, and what it stands for now."""
        self._decisions = decisions
        self._stream_of = stream
        self._gate = gate
        self._clock = clock
        self._emit = emit
        self.lanes = tuple(links)
        """Names of the lanes there are."""
        self.lane = self.lanes[0]
        self.plan: ContextPlan | None = None
        """What the newest request held, or the newest estimate."""
        self._turns: list[Turn] = []
        self._running: asyncio.Task[None] | None = None
        self.waiting = Waiting(lambda: emit(TurnMoved(self._turns[-1].id if self._turns else "")))
        """Prompts for when the turn under way is over."""
        self._decided = asyncio.Event()
        self._going_on = False
        self._reports = Reports(self._turns)
        self.keep: Keep = keep_nothing
        """Writes down what the person wants of the context; whoever has a log sets it."""
        self._noted: tuple[str, ...] = ()
        """What was said about the context of the turn before; once is enough."""

    @property
    def _review(self) -> Review:
        return self._decisions.review

    @property
    def link(self) -> Link:
        """The link of the present lane."""
        return self._links[self.lane]

    @property
    def turns(self) -> tuple[TurnView, ...]:
        """Every turn of this sitting, oldest first."""
        return tuple(turn.view() for turn in self._turns)

    @property
    def newest(self) -> TurnView | None:
        """The turn under way, or the last one."""
        return self._turns[-1].view() if self._turns else None

    @property
    def is_busy(self) -> bool:
        """Whether the model writes or is about to."""
        return bool(self._turns) and self._turns[-1].state not in (*_OVER, TurnState.REVIEW)

    def recall(self, turns: Sequence[Turn]) -> None:
        """Show the turns of an earlier sitting again; the model knows nothing of them."""
        self._turns[:0] = turns
        self._emit(TurnMoved(""))

    async def begin_anew(self) -> None:
        """Forget the conversation, not the edits: the next prompt starts with an empty history."""
        await self.cut()
        self.link.rebase()
        self.composer.forget(self.link)
        self.plan = None
        self._emit(TurnMoved(""))

    def switch(self, lane: str) -> None:
        """Use another lane from the next prompt on. Raises KeyError for a lane that does not exist."""
        self.lane = self._links[lane].profile.lane
        self.plan = None
        self._emit(LinkMoved())

    def go_on(self) -> None:
        """Tell the model how things stand now, although some hunks are undecided."""
        self._going_on = True
        self._decided.set()

    def decided(self) -> None:
        """A decision was taken: a turn that waits for decisions looks again."""
        self._decided.set()

    async def submit(self, prompt: str, asked: Asked | None = None) -> None:
        """Start a turn; one that still streams is cut first, one that waits for decisions is closed.

        A model that takes input while it answers is not cut but told. Prompts that were queued follow, as long
        as each turn comes to its good end.
        """
        if (
            asked is None
            and self.is_busy
            and await self.link.steer(self.composer.cleaned(prompt, is_said=True))
        ):
            self._turns[-1].prompt += f"\n\n{prompt}"
            self._emit(TurnMoved(self._turns[-1].id))
            return
        await self.cut()
        turn = await self._take(prompt, asked)
        while turn is self._turns[-1] and turn.state is TurnState.DONE and self.waiting.prompts:
            turn = await self._take(self.waiting.take(0))

    async def queue(self, prompt: str) -> None:
        """Ask once the turn under way has come to its end; at once if there is none."""
        if self._turns and self._turns[-1].state not in _OVER:
            self.waiting.put(prompt)
        else:
            await self.submit(prompt)

    async def _take(self, prompt: str, asked: Asked | None = None) -> Turn:
        turn = Turn(f"t{len(self._turns) + 1}", self.lane, prompt, self._clock.tick(), asked=asked)
        self._turns.append(turn)
        self._emit(TurnMoved(turn.id))
        self._running = asyncio.ensure_future(self._run(turn))
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(self._running)
        return turn

    async def cut(self) -> None:
        """Stop the turn under way; complete hunks stay, nothing is decided."""
        task, self._running = self._running, None
        if task is None or task.done():
            return
        turn = self._turns[-1]
        if self.is_busy and turn.state is not TurnState.GATHERING:
            self._gate.shut()
            await self.link.cut()
            await asyncio.wait([task], timeout=CUT_WITHIN)
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if turn.state not in _OVER:
            turn.state = TurnState.DONE if turn.state is TurnState.REVIEW else TurnState.CUT
        self._emit(TurnMoved(turn.id))

    async def estimate(self, prompt: str) -> ContextPlan:
        """What would be sent for `prompt` right now."""
        self.plan = (await self.composer.estimate(self.link, prompt)).plan
        self._emit(LinkMoved())
        return self.plan

    @property
    def wishes(self) -> Wishes:
        """What the person wants of the context, in this session."""
        return self.composer.wishes

    async def wish(self, wishes: Wishes, prompt: str) -> str:
        """Plan as the person wants it from now on; if nothing could be sent then, tell why and leave it as it was."""
        before = self.composer.wishes
        was_fine = self.plan is None or not self.plan.refusal
        self.composer.wishes = wishes
        plan = await self.estimate(prompt)
        if plan.refusal and was_fine:
            self.composer.wishes = before
            await self.estimate(prompt)
            return plan.refusal
        self.keep("wishes", **wishes.written())
        return ""

    @property
    def ledger(self) -> tuple[Gone, ...]:
        """What was taken out of the conversation to save room."""
        return self.composer.ledger(self.link)

    def bring_back(self, gone: Gone) -> bool:
        """Put it back; False if that is not possible now."""
        return self.composer.bring_back(self.link, gone)

    async def _run(self, turn: Turn) -> None:
        stream = self._stream_of(turn)
        self._gate.begin()
        try:
            items = await self._opening(turn)
            if items:
                await self._steps(turn, stream, items)
        except asyncio.CancelledError:
            turn.state = TurnState.CUT if turn.state is not TurnState.REVIEW else TurnState.DONE
            raise
        except BaseException as error:
            turn.state, turn.sentence = TurnState.FAILED, str(error) or type(error).__name__
            raise
        finally:
            stream.cut()
            self._gate.end()
            turn.finished = turn.finished or self._clock.tick()
            self._emit(TurnMoved(turn.id))

    async def _opening(self, turn: Turn, limit: int | None = None) -> list[Item]:
        asked = turn.asked or Asked(turn.prompt)
        said, review = self.link.items, self._review
        before = [*self._reports.outputs(said, review), *self._reports.corrections(said, review)]
        composed = await self.composer.open_turn(
            self.link, asked.text, asked.about or turn.prompt, before, limit
        )
        self.plan = composed.plan
        turn.restored = self.composer.restored
        for note in composed.plan.notes:
            if note not in self._noted:
                self._emit(Trouble("context", note))
        self._noted = composed.plan.notes
        if not composed.items:
            turn.sentence = composed.plan.refusal
            turn.state = TurnState.FAILED
        return list(composed.items)

    async def _steps(self, turn: Turn, stream: TurnStream, items: list[Item]) -> None:
        for _ in range(MAX_STEPS):
            first = len(turn.calls)
            ended = await self._respond(turn, stream, items)
            sentence = turn.sentence
            if limit := _less(turn, self.plan, self.link.profile.budget):
                self._emit(Trouble("context", SHORTENED))
                await self.composer.trim(self.link, limit)
                items = items if turn.calls else await self._opening(turn, limit)
                if items:
                    continue
                turn.sentence = sentence
            if ended is None or ended.status is not EndStatus.COMPLETED:
                cut = ended is not None and ended.status is EndStatus.CUT
                turn.state = TurnState.CUT if cut else TurnState.FAILED
                return
            calls = turn.calls[first:]
            if not calls:
                turn.state = TurnState.DONE
                return
            turn.state = TurnState.REVIEW
            self._emit(TurnMoved(turn.id))
            asked = self._clock.tick()
            await self._until_decided({call.key for call in calls})
            turn.waited += self._clock.tick() - asked
            items = self.composer.clean(self._reports.outputs(self.link.items, self._review))
            if sentence := await self.composer.too_full(self.link, items):
                turn.state, turn.sentence = TurnState.FAILED, sentence
                return
        turn.state = TurnState.FAILED
        turn.sentence = f"stopped after {MAX_STEPS} steps: prompt again to go on"

    async def _respond(self, turn: Turn, stream: TurnStream, items: list[Item]) -> Ended | None:
        if turn.sent_at is None:
            turn.sent_at = self._clock.tick()
        turn.state = TurnState.WAITING
        stream.begin()
        self._emit(TurnMoved(turn.id))
        link, asked_before = self.link, turn.way
        async for event in link.respond(items):
            ended = await stream.take(event)
            if ended is not None:
                turn.finished = self._clock.tick()
                turn.way = link.state.way(turn.sent_at, asked_before)
                self.waiting.put_first(link.unheard())
                if ended.usage is not None:
                    self.composer.learn(ended.usage.input_tokens)
                return ended
        return None

    async def _until_decided(self, keys: set[str]) -> None:
        self._going_on = False
        while True:
            await self._decisions.settled()
            if self._going_on or not keys & set(self._review.undecided_calls()):
                return
            self._decided.clear()
            await self._decided.wait()


def _less(turn: Turn, plan: ContextPlan | None, budget: int) -> int:
    """How many tokens to try after the server would not take so many; 0: that is not what happened, or not again."""
    if turn.fault != TOO_LONG or turn.is_shortened:
        return 0
    turn.is_shortened, turn.fault, turn.sentence = True, "", ""
    return int(min(plan.tokens if plan is not None else budget, budget) * _LESS)
