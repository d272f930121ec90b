"""Composes the request of a turn: plans what goes along, withholds secrets, trims a conversation that gets full."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from spark_tui.core.context import (
    INSTRUCTIONS,
    Chosen,
    ContextPlan,
    Form,
    Gone,
    Piece,
    PieceKind,
    Rank,
    Trimmed,
    Wishes,
    bring_back,
    fit,
    trim,
)
from spark_tui.core.context.secrets import redact, restore
from spark_tui.core.context.trimming import TO, TO_CRAMPED
from spark_tui.core.paths import shown
from spark_tui.core.settings import LaneProfile
from spark_tui.core.values import dataclass
from spark_tui.core.wire import DeveloperMessage, Item, ToolOutput, UserMessage
from spark_tui.core.wire import fit as answered
from spark_tui.engine.describing import ALREADY_SENT
from spark_tui.engine.gather import Gathered, Gatherer, Wanted
from spark_tui.engine.link import Link
from spark_tui.engine.measuring import Measure, on_the_wire
from spark_tui.engine.summarising import WHAT, as_message, summary_of

PROMPT = "the prompt"
"""Name under which the prompt stands in the list."""


MOST_TOLD = 3
"""Sentences about single pieces that a plan brings at most; the list has them all."""
_FORMS = {
    Form.WHOLE: "a whole",
    Form.SKELETON: "a skeleton",
    Form.OUTLINE: "a short skeleton",
    Form.MAP: "one line",
    Form.OUT: "nothing",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """What a turn begins with."""

    plan: ContextPlan
    items: tuple[Item, ...]
    """Empty where the plan refuses."""
    raw: int
    """Tokens of the whole request by our own count."""


class Composer:
    """Plans for one conversation per lane; the person's wishes hold for all of them."""

    def __init__(self, gatherer: Gatherer, measure: Measure) -> None:
        self.gatherer = gatherer
        self.wishes = Wishes()
        self._measure = measure
        self._gone: dict[str, list[Gone]] = {}
        self._spared: set[str] = set()
        """What the person brought back: it does not go again."""
        self._withheld: dict[str, dict[str, str]] = {}
        self._shelved: dict[str, tuple[Item, ...]] = {}
        """Conversations that were summed up, by the message that took their place."""
        self._series = 0
        self._raw = 0
        self._asked: LaneProfile | None = None
        """Whom the request composed last goes to."""
        self._planning = asyncio.Lock()

    # Planning

    async def estimate(self, link: Link, prompt: str, limit: int | None = None) -> Composed:
        """What would be sent for a prompt right now; nothing is changed by asking."""
        return (await self._planned(link, prompt, prompt, (), limit, is_final=False))[0]

    async def open_turn(
        self, link: Link, text: str, about: str, before: Sequence[Item], limit: int | None = None
    ) -> Composed:
        """Make room if there is need, and compose what a turn begins with; `before` is told first.

        `limit` is how many tokens it may be, where that is less than the model is said to take.
        """
        composed, shorter = await self._planned(link, text, about, before, limit, is_final=True)
        self._take_out(link, shorter)
        if composed.items:
            self._series += 1
            self._raw, self._asked = composed.raw, link.profile
            self.wishes = self.wishes.after_turn()
        return composed

    async def _planned(
        self, link: Link, text: str, about: str, before: Sequence[Item], limit: int | None, *, is_final: bool
    ) -> tuple[Composed, Trimmed]:
        """Compose beside a conversation that is shortened first, where it fills too much; and tell what goes of it."""
        # What is open would be sent again at once.
        shorter = await self._shortened(link, limit, self.gatherer.open_files)
        composed = await self._compose(link, shorter.items, text, about, before, limit, is_final=is_final)
        # In a thread: what is counted may be a file of megabytes.
        if await asyncio.to_thread(_is_cramped, composed.plan, self._measure.count):
            held = {
                left.piece.label
                for left in composed.plan.left_out
                if left.reason == ALREADY_SENT and left.piece.rank < Rank.FOUND
            }
            more = await self._shortened(link, limit, held, is_cramped=True, is_over=True)
            if len(more.gone) > len(shorter.gone):
                shorter = more
                composed = await self._compose(
                    link, shorter.items, text, about, before, limit, is_final=is_final
                )
        notes = (*composed.plan.notes, *_told(shorter, is_final=is_final))
        return replace(composed, plan=replace(composed.plan, notes=notes)), shorter

    async def _compose(
        self,
        link: Link,
        said: tuple[Item, ...],
        text: str,
        about: str,
        before: Sequence[Item],
        limit: int | None,
        *,
        is_final: bool,
    ) -> Composed:
        async with self._planning:
            self._measure.use(link.profile)
            budget = link.profile.budget if limit is None else limit
            if PROMPT in self.wishes.allowed:
                text = _encodable(text)
            else:
                text = await asyncio.to_thread(self.cleaned, text)
            before = tuple(await asyncio.to_thread(self.clean, before))
            bare = (*said, *answered(said, (*before, UserMessage(text))))
            spent = await asyncio.to_thread(self._measure.weigh, link.request(bare))
            wanted = Wanted(_encodable(about), max(budget - spent, 0), said, self.wishes, is_final)
            # Beside a prompt that is too long already there is no need to look for anything.
            gathered = await self.gatherer.gather(wanted) if spent <= budget else Gathered((), {})
            for path, markers in gathered.withheld.items():
                self._withheld.setdefault(path, {}).update(markers)
            return await asyncio.to_thread(self._fit, link, gathered, text, before, said, budget)

    def _fit(
        self,
        link: Link,
        gathered: Gathered,
        text: str,
        before: Sequence[Item],
        said: Sequence[Item],
        budget: int,
    ) -> Composed:
        measure, raw = self._measure, 0

        def new(message: str) -> tuple[Item, ...]:
            files = (UserMessage(message),) if message else ()
            return (*before, *files, UserMessage(text))

        def weigh(message: str) -> int:
            nonlocal raw
            raw = measure.raw(link.request((*said, *answered(said, new(message)))))
            return measure.scale.of(raw)

        history = measure.weigh_items((*said, *before))
        plan, message = fit(
            gathered.pieces, budget, weigh, measure.count, history=history, exact=measure.exact
        )
        always = self._always(link, text, history, plan)
        plan = replace(plan, always=always, notes=(*gathered.notes, *self._notes(text), *_shrunk(plan)))
        return Composed(plan, () if plan.refusal else new(message), raw)

    def _always(self, link: Link, text: str, history: int, plan: ContextPlan) -> tuple[Chosen, ...]:
        """What every request holds, as rows of the list; together with the pieces they are all of it."""
        if plan.refusal:
            return ()
        measure = self._measure
        tools = measure.count_written(on_the_wire({"tools": link.request(()).get("tools", [])}))
        rows = [
            (PieceKind.INSTRUCTIONS, "instructions", measure.count(INSTRUCTIONS)),
            (PieceKind.TOOLS, "tools", tools),
            (PieceKind.PROMPT, PROMPT, measure.count(text)),
        ]
        if history:
            rows.append((PieceKind.HISTORY, "conversation so far", history))
        rest = plan.tokens - sum(tokens for *_, tokens in rows) - sum(entry.tokens for entry in plan.chosen)
        rows.append((PieceKind.ENVELOPE, "request around them", max(rest, 0)))
        return tuple(
            Chosen(Piece(kind, label, {Form.WHOLE: ""}, reason="always"), tokens)
            for kind, label, tokens in rows
        )

    def _notes(self, text: str) -> tuple[str, ...]:
        marks = text.count("[withheld ")
        return (f"{marks} secret{'s' * (marks != 1)} in the prompt withheld",) if marks else ()

    # Secrets

    def clean(self, items: Sequence[Item]) -> list[Item]:
        """Items that are about to be said, without secrets."""
        return [self._cleaned(item) for item in items]

    def _cleaned(self, item: Item) -> Item:
        match item:
            case ToolOutput(output=output):
                return replace(item, output=self._clean(_encodable(output), ""))
            case UserMessage(text=text):
                return UserMessage(self._clean(_encodable(text), ""))
            case DeveloperMessage(text=text):
                return DeveloperMessage(self._clean(_encodable(text), ""))
            case _:
                return item

    def _clean(self, text: str, path: str) -> str:
        clean = redact(text, f"{self._series + 1}.")
        if clean.withheld:
            self._withheld.setdefault(path, {}).update(clean.withheld)
        return clean.text

    def cleaned(self, text: str, *, is_said: bool = False) -> str:
        """A text of the person, without secrets; `is_said`: it goes out now, and no later marker may equal its own."""
        clean = self._clean(_encodable(text), "")
        self._series += is_said
        return clean

    def restored(self, path: str, text: str) -> str:
        """What the model wrote, with what was withheld from it put back."""
        if "[withheld " not in text:
            return text
        own: Mapping[str, str] = self._withheld.get(path, {})
        return restore(restore(text, own), self._withheld.get("", {}))

    # What the conversation holds

    async def trim(self, link: Link, limit: int | None = None, *, is_cramped: bool = False) -> bool:
        """Take out of the conversation what is needed least, if it fills too much of the budget or of `limit`.

        `is_cramped`: it leaves no room for what the person works on. Returns whether something went.
        """
        return self._take_out(link, await self._shortened(link, limit, is_cramped=is_cramped))

    async def _shortened(
        self,
        link: Link,
        limit: int | None,
        needed: Collection[str] = (),
        *,
        is_cramped: bool = False,
        is_over: bool = False,
    ) -> Trimmed:
        """The conversation as it would be without what is needed least; copies of the files in `needed` stay."""
        self._measure.use(link.profile)
        ledger = self._gone.get(link.profile.lane, ())
        return await asyncio.to_thread(
            trim,
            link.items,
            link.profile.budget if limit is None else limit,
            self._measure.weigh_items,
            self.wishes.pins.union(needed),
            max((entry.id for entry in ledger), default=0) + 1,
            is_cramped=is_cramped,
            is_over=is_over,
            spared=self._spared,
        )

    def _take_out(self, link: Link, shorter: Trimmed) -> bool:
        """Go on with a shortened conversation; it is written down what went."""
        if not shorter.gone:
            return False
        link.rebase(shorter.items)
        self._gone.setdefault(link.profile.lane, []).extend(shorter.gone)
        return True

    async def too_full(self, link: Link, items: Sequence[Item]) -> str:
        """Say why a turn can't go on with `items`, if the conversation would be too long; shorten it before that."""
        budget = link.profile.budget
        for is_last in (False, True):
            self._measure.use(link.profile)
            request = link.request((*link.items, *answered(link.items, items)))
            tokens = await asyncio.to_thread(self._measure.weigh, request)
            if tokens <= budget:
                return ""
            if is_last or not await self.trim(link, is_cramped=True):
                break
        return (
            f"The conversation takes {tokens:,} tokens by now and {budget:,} fit: "
            'start a new one, or "Sum up conversation", and prompt again.'
        )

    def ledger(self, link: Link) -> tuple[Gone, ...]:
        """What was taken out of the conversation, oldest first."""
        return tuple(self._gone.get(link.profile.lane, ()))

    def bring_back(self, link: Link, entry: Gone) -> bool:
        """Put one thing back into the conversation; False while a response is under way or if it is there."""
        ledger = self._gone.get(link.profile.lane, [])
        if link.is_busy or entry not in ledger:
            return False
        if entry.what == WHAT:
            link.rebase((*self._shelved.pop(entry.stub, ()), *link.items[1:]))
        else:
            link.rebase(bring_back(link.items, entry))
            self._spared.add(entry.original)
        ledger.remove(entry)
        return True

    async def summarise(self, link: Link) -> str:
        """Go on from a summary by the model instead of the conversation; tell what came of it in a sentence."""
        said = link.items
        if link.is_busy or not said:
            return "The model still writes." if link.is_busy else "There is no conversation to sum up yet."
        summary = await summary_of(link)
        if not summary:
            return "No summary came; the conversation is as it was."
        if link.is_busy or link.items != said:
            return "The conversation went on meanwhile; it was not summed up."
        message = as_message(self._clean(summary, ""))
        before, after = self._measure.weigh_items(said), self._measure.weigh_items([message])
        ledger = self._gone.setdefault(link.profile.lane, [])
        label = f"{len(said)} earlier messages"
        first = max((entry.id for entry in ledger), default=0) + 1
        # What had gone from the conversation before has no place in the summary to come back to.
        ledger[:] = [Gone(first, WHAT, label, "summed up", before - after, 0, message.text, "")]
        self._shelved = {message.text: said}
        link.rebase([message])
        return (
            f"{label} were summed up: {before:,} tokens became {after:,}; the context page brings them back."
        )

    def forget(self, link: Link) -> None:
        """The conversation begins anew."""
        self._gone.pop(link.profile.lane, None)
        self._spared.clear()

    def learn(self, theirs: int) -> None:
        """The server counted so many tokens for the request composed last."""
        if self._raw and self._asked is not None:
            self._measure.use(self._asked)
            self._measure.learn(self._raw, theirs)
            self._raw = 0


def _shrunk(plan: ContextPlan) -> list[str]:
    """Sentences on what the person works on and the model does not see whole."""
    notes = [
        f"{shown(entry.piece.label)} goes along as {_FORMS[entry.form]} only: {entry.note}."
        for entry in plan.chosen
        if entry.note and entry.piece.rank < Rank.FOUND
    ]
    notes += [
        f"{shown(entry.piece.label)} does not go along: {entry.reason}."
        for entry in plan.left_out
        if entry.tokens and entry.piece.rank < Rank.FOUND and not plan.refusal
    ]
    if notes and plan.budget.history > plan.budget.limit * TO:
        notes.insert(
            MOST_TOLD - 1,
            f"The conversation takes {plan.budget.history:,} of {plan.budget.limit:,} tokens: "
            '"Sum up conversation" makes room.',
        )
    return notes[:MOST_TOLD]


def _told(shorter: Trimmed, *, is_final: bool) -> list[str]:
    """A sentence on what leaves the conversation, or will."""
    count, tokens = len(shorter.gone), sum(entry.tokens for entry in shorter.gone)
    if not count:
        return []
    things = f"{count} old part{'s' * (count != 1)} of the conversation"
    if not is_final:
        return [f"{things} ({tokens:,} tokens) will make room with the next prompt."]
    return [f"{things} ({tokens:,} tokens) made room; the context page lists what went and brings it back."]


def _is_cramped(plan: ContextPlan, count: Callable[[str], int]) -> bool:
    """Whether something that the person has open or named could not go along, and would in a shorter conversation."""
    room = (plan.budget.limit - plan.budget.fixed) * (1 - TO_CRAMPED)
    shrunk = [entry.piece for entry in plan.chosen if entry.note and entry.piece.rank < Rank.FOUND]
    return (
        bool(plan.refusal)
        or any(count(piece.bodies[piece.forms[0]]) <= room for piece in shrunk)
        or any(0 < entry.tokens <= room for entry in plan.left_out if entry.piece.rank < Rank.FOUND)
    )


def _encodable(text: str) -> str:
    """A text that can be written as UTF-8: half characters become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
