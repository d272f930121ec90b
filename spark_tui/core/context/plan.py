"""Chooses what goes into a request: exact counts, fixed order, never over the budget, a reason for what is left out.

Needed pieces come first, each at least in the form that will do. The files found for the prompt share what is left:
most of it goes into breadth (skeletons, small files whole), the rest into depth (whole files, the best first), then
into more skeletons, and in the end into lines of the map.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from spark_tui.core.context.blocks import block
from spark_tui.core.context.pieces import FORMS, Form, Piece, PieceKind, Rank
from spark_tui.core.values import dataclass

NO_ROOM = "no room left"
"""Reason for a piece that was not even counted."""
PIECE_OVERHEAD = 4
"""Tokens a separator between pieces may cost beyond the pieces' own counts."""
BREADTH = 0.6
"""Share of the room for found files that goes into as many of them as possible."""
LARGEST_SHARE = 0.4
"""Share of the room for found files that one of them may take."""
MAP_SHARE, MAP_MOST = 0.06, 3000
"""Share of the room, and tokens, that are kept for lines of the map while there are files for it."""
ONE_TURN, FOUND_SHARE = 32_000, 0.6
"""Budget up to which all room is for the present turn, and the share of a large one that found files may take."""
SMALL = 1.3
"""A file that is at most so many times as large as its skeleton is sent whole."""
_CHARACTERS = 16
"""A token of code is hardly ever longer: what is longer than the room by this measure is not counted."""

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Budget:
    """Room for one request, in tokens."""

    limit: int
    """What the request may hold at most."""
    fixed: int
    """What is spent before any piece: instructions, tools, prompt."""
    history: int = 0
    """What the conversation so far takes."""
    found_share: float = 1.0
    """Share of the room left by everything else that files may take which were only found; the rest is for the
    turns to come."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A piece that is sent."""

    piece: Piece
    tokens: int
    form: Form = Form.WHOLE
    note: str = ""
    """Why it is not sent in a fuller form."""

    @property
    def body(self) -> str:
        """What is sent."""
        return self.piece.bodies[self.form]

    @property
    def reason(self) -> str:
        """Why it is sent, and why not more of it, in one line."""
        return "; ".join(part for part in (self.piece.reason, self.piece.remark, self.note) if part)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece that is not sent, and why."""

    piece: Piece
    tokens: int
    """0 when it was not counted."""
    reason: str


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """What is sent, what is not, and how full the request is."""

    chosen: tuple[Chosen, ...]
    left_out: tuple[LeftOut, ...]
    budget: Budget
    exact: bool
    """Whether the counts are the model's own."""
    used: int | None = None
    """Tokens of the request as it stands on the wire, once it was weighed."""
    refusal: str = ""
    """One sentence on why nothing can be sent; empty if the request fits."""
    always: tuple[Chosen, ...] = ()
    """What every request holds: instructions, tools, prompt, the conversation, the envelope."""
    notes: tuple[str, ...] = ()
    """Sentences about the plan as a whole."""

    @property
    def tokens(self) -> int:
        """Everything the request holds, in tokens."""
        if self.used is not None:
            return self.used
        return self.budget.fixed + self.budget.history + sum(entry.tokens for entry in self.chosen)

    @property
    def fits(self) -> bool:
        """Whether the request is within its limit."""
        return not self.refusal and self.tokens <= self.budget.limit


def plan(pieces: Iterable[Piece], budget: Budget, count: Count, *, exact: bool = True) -> ContextPlan:
    """Give room to pieces by rank, then score, then label; what does not fit shrinks, and goes out in the end."""
    ordered = _ordered(pieces)
    sharing = _Sharing(budget.limit - budget.fixed - budget.history, count)
    there = [piece for piece in ordered if not piece.fault]
    needed = [piece for piece in there if piece.floor is not Form.OUT]
    refusal = sharing.take_needed(needed)
    if not refusal:
        for piece in there:
            if piece.floor is Form.OUT and piece.rank < Rank.FOUND:
                sharing.take_fullest(piece)
        sharing.room = int(sharing.room * budget.found_share)
        sharing.take_found([piece for piece in there if piece.floor is Form.OUT and piece.rank >= Rank.FOUND])
    chosen = [] if refusal else [sharing.chosen(piece) for piece in there if id(piece) in sharing.forms]
    left = [
        LeftOut(piece, 0, piece.fault) if piece.fault else sharing.left_out(piece)
        for piece in ordered
        if refusal or id(piece) not in sharing.forms
    ]
    return ContextPlan(tuple(chosen), tuple(left), budget, exact, refusal=refusal)


def _ordered(pieces: Iterable[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: (piece.rank, -piece.score, piece.label, piece.kind))


class _Sharing:
    """Room while it is given away."""

    def __init__(self, room: int, count: Count) -> None:
        self.room = room
        self.forms: dict[int, Form] = {}
        """By identity of the piece."""
        self._count = count
        self._has_map = False

    def cost(self, piece: Piece, form: Form) -> int:
        """Tokens of a piece in one of its forms."""
        return self._count(piece.bodies[form]) + PIECE_OVERHEAD

    def chosen(self, piece: Piece) -> Chosen:
        """Tell what was given."""
        form = self.forms[id(piece)]
        fuller = [other for other in piece.forms if FORMS.index(other) < FORMS.index(form)]
        note = ""
        if fuller:
            tokens = self._measure(piece, fuller[0])
            note = f"{fuller[0]} needs {tokens:,} tokens" if tokens else f"{fuller[0]} is too large"
            note = f"shortened; {note}" if form is Form.OUTLINE else note
        return Chosen(piece, self._count(piece.bodies[form]), form, note)

    def left_out(self, piece: Piece) -> LeftOut:
        """Tell why nothing was given."""
        forms = piece.forms
        tokens = self._measure(piece, forms[-1]) if forms else 0
        if not tokens:
            size = len(piece.bodies[forms[-1]]) if forms else 0
            return LeftOut(piece, 0, f"too large: {size:,} characters" if size else NO_ROOM)
        return LeftOut(piece, tokens, f"needs {tokens:,} tokens, {max(self.room, 0):,} are left")

    def _measure(self, piece: Piece, form: Form) -> int:
        """Tokens of a form, 0 if it is so large that nobody counted."""
        return self.cost(piece, form) if len(piece.bodies[form]) <= 400_000 else 0

    def _is_hopeless(self, piece: Piece, form: Form, room: float) -> bool:
        return len(piece.bodies[form]) > max(room, 0) * _CHARACTERS

    def take_needed(self, needed: Sequence[Piece]) -> str:
        """Give all needed pieces what will do, then more in order; or say why that is not possible."""
        least = {id(piece): _least(piece) for piece in needed}
        costs = {id(piece): self.cost(piece, least[id(piece)]) for piece in needed}
        if needed and sum(costs.values()) > self.room:
            return _refusal(needed, costs, self.room)
        self.room -= sum(costs.values())
        self.forms.update(least)
        for piece in needed:
            for form in piece.forms[: piece.forms.index(least[id(piece)])]:
                if self._is_hopeless(piece, form, self.room + costs[id(piece)]):
                    continue
                cost = self.cost(piece, form)
                if cost - costs[id(piece)] <= self.room and not 0 < piece.cap < cost:
                    self.room -= cost - costs[id(piece)]
                    self.forms[id(piece)] = form
                    break
        return ""

    def take_fullest(self, piece: Piece) -> None:
        """Give a piece the fullest form there is room for, in the end a line of the map."""
        forms = [form for form in piece.forms if form is not Form.MAP]
        for form in forms:
            if self._is_hopeless(piece, form, self.room):
                continue
            cost = self.cost(piece, form)
            if cost <= self.room and (not 0 < piece.cap < cost or form is forms[-1]):
                self.room -= cost
                self.forms[id(piece)] = form
                return
        self._take_line(piece)

    def take_found(self, found: Sequence[Piece]) -> None:
        """Share the room among the files that were found."""
        whole = max(self.room, 0)
        largest = whole * LARGEST_SHARE
        kept = (
            min(int(whole * MAP_SHARE), MAP_MOST) if any(Form.MAP in piece.bodies for piece in found) else 0
        )
        self.room -= kept
        left = self.room * (1 - BREADTH)
        for piece in found:
            self._take_slim(piece, min(self.room - left, largest))
        if all(id(piece) in self.forms for piece in found):
            self.room, kept = self.room + kept, 0
        for piece in found:
            self._deepen(piece, largest)
        for piece in found:
            if id(piece) not in self.forms and self.room > 0:
                self._take_slim(piece, min(self.room, largest))
        self.room += kept
        for piece in found:
            if id(piece) not in self.forms:
                self._take_line(piece)

    def _take_slim(self, piece: Piece, most: float) -> None:
        """Give a file its slimmest form but for a line, or a fuller one where that is hardly more."""
        forms = [form for form in piece.forms if form is not Form.MAP]
        if not forms or self._is_hopeless(piece, forms[-1], most):
            return
        slim, cost = forms[-1], self.cost(piece, forms[-1])
        if cost > most:
            return
        for form in forms[:-1]:
            if not self._is_hopeless(piece, form, min(most, cost * SMALL)):
                fuller = self.cost(piece, form)
                if fuller <= min(cost * SMALL, most):
                    slim, cost = form, fuller
                    break
        self.room -= cost
        self.forms[id(piece)] = slim

    def _deepen(self, piece: Piece, largest: float) -> None:
        """Give a file of which only a part is sent as much of it as there is room for."""
        present = self.forms.get(id(piece))
        if present is None:
            return
        slim = self.cost(piece, present)
        for form in piece.forms[: piece.forms.index(present)]:
            if self._is_hopeless(piece, form, min(self.room + slim, largest)):
                continue
            cost = self.cost(piece, form)
            if cost <= largest and cost - slim <= self.room:
                self.room -= cost - slim
                self.forms[id(piece)] = form
                return

    def _take_line(self, piece: Piece) -> None:
        """Give a file a line of the map."""
        if Form.MAP not in piece.bodies:
            return
        cost = self.cost(piece, Form.MAP)
        if not self._has_map:
            cost += self._count(block("map", [])) + PIECE_OVERHEAD
        if cost <= self.room:
            self._has_map = True
            self.room -= cost
            self.forms[id(piece)] = Form.MAP


def _least(piece: Piece) -> Form:
    """The smallest form of a needed piece that will do."""
    enough = [form for form in piece.forms if FORMS.index(form) <= FORMS.index(piece.floor)]
    return enough[-1] if enough else piece.forms[0]


def _refusal(needed: Sequence[Piece], costs: dict[int, int], room: int) -> str:
    largest = max(needed, key=lambda piece: costs[id(piece)])
    return (
        f"What has to go along needs {sum(costs.values()):,} tokens and {max(room, 0):,} are left; most of it is "
        f"{largest.kind} {largest.label} ({costs[id(largest)]:,}). Nothing was sent."
    )


_ORDER = {
    PieceKind.RULES: 0, PieceKind.PIN: 1, PieceKind.TAB: 1, PieceKind.ACTIVE: 1, PieceKind.MENTION: 2,
    PieceKind.FOUND: 4, PieceKind.CHANGES: 5, PieceKind.TERMINAL: 5, PieceKind.DIAGNOSTICS: 5,
    PieceKind.DECISIONS: 6, PieceKind.CURSOR: 7,
}  # fmt: skip
_MAP_PLACE = 3


def compose(plan: ContextPlan) -> str:
    """Write the message: stable things first, the person's own place last, so that a cached prefix stays long."""
    placed = [
        (_ORDER.get(entry.piece.kind, 5), FORMS.index(entry.form) == 0, entry.piece.label, entry.body)
        for entry in plan.chosen
        if entry.form is not Form.MAP
    ]
    rows = sorted(entry.body for entry in plan.chosen if entry.form is Form.MAP)
    if rows:
        placed.append((_MAP_PLACE, False, "", block("map", rows)))
    return "\n\n".join(body for *_, body in sorted(placed))


def found_share(limit: int) -> float:
    """How much of the room is for found files: all of a small one, less and less of one that is for many turns."""
    return 1.0 - (1.0 - FOUND_SHARE) * min(max(limit - ONE_TURN, 0) / ONE_TURN, 1.0)


def fit(
    pieces: Sequence[Piece],
    limit: int,
    weigh: Callable[[str], int],
    count: Count,
    *,
    history: int = 0,
    exact: bool = True,
) -> tuple[ContextPlan, str]:
    """Plan so that the whole request is within `limit`; return the plan and the message that carries the pieces.

    `weigh` counts the tokens of the request with a given message, exactly; an empty one is no message at all.
    """
    bare = weigh("")
    fixed = weigh("\n") if bare <= limit else bare
    slack = 0
    while bare <= limit:
        budget = Budget(limit - slack, fixed - history, history, found_share(limit))
        chosen = plan(pieces, budget, count, exact=exact)
        message = compose(chosen)
        used = weigh(message) if message else bare
        if used <= limit or not chosen.chosen:
            budget = replace(chosen.budget, limit=limit)
            return replace(chosen, budget=budget, used=0 if chosen.refusal else used), message
        # Where pieces meet, tokens may be cut otherwise than in each alone.
        slack += used - limit
    words = f"The prompt needs {bare:,} tokens with what every request holds, and {limit:,} fit"
    if history > limit // 2:
        words = f"The conversation and the prompt need {bare:,} tokens, and {limit:,} fit"
    left = tuple(LeftOut(piece, 0, piece.fault or "nothing is sent") for piece in _ordered(pieces))
    refusal = f"{words}: shorten the prompt or start a new conversation."
    return ContextPlan((), left, Budget(limit, bare - history, history), exact, 0, refusal), ""
