"""Chooses what goes into a request: exact counts, fixed order, never over the budget, a reason for what is left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spark_tui.core.context.pieces import Piece, PieceKind, Rank

NO_ROOM = "no room left"
"""Reason for a piece that was not even counted."""
PIECE_OVERHEAD = 4
"""Tokens a separator between pieces may cost beyond the pieces' own counts."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Room for one request, in tokens."""

    limit: int
    """What the request may hold at most."""
    fixed: int
    """What is spent before any piece: instructions, tools, prompt."""
    history: int = 0
    """What the conversation so far takes."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A piece that is sent."""

    piece: Piece
    tokens: int


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

    @property
    def tokens(self) -> int:
        """Everything the request holds, in tokens."""
        return self.budget.fixed + self.budget.history + sum(entry.tokens for entry in self.chosen)

    @property
    def fits(self) -> bool:
        """Whether the request is within its limit."""
        return self.tokens <= self.budget.limit


def plan(
    pieces: Sequence[Piece], budget: Budget, count: Callable[[str], int], *, exact: bool = True
) -> ContextPlan:
    """Give room to pieces by rank, then score, then label; what does not fit is left out whole."""
    room = budget.limit - budget.fixed - budget.history
    chosen: list[Chosen] = []
    left_out: list[LeftOut] = []
    for piece in sorted(pieces, key=lambda piece: (piece.rank, -piece.score, piece.label)):
        if piece.fault:
            left_out.append(LeftOut(piece, 0, piece.fault))
            continue
        if piece.rank >= Rank.FOUND and room < PIECE_OVERHEAD + len(piece.body) // 16:
            left_out.append(LeftOut(piece, 0, NO_ROOM))
            continue
        tokens = count(piece.body) + PIECE_OVERHEAD
        if tokens > room:
            left_out.append(LeftOut(piece, tokens, f"needs {tokens} tokens, {max(room, 0)} are left"))
            continue
        room -= tokens
        chosen.append(Chosen(piece, tokens))
    return ContextPlan(tuple(chosen), tuple(left_out), budget, exact)


def sending_order(chosen: Sequence[Chosen]) -> list[Piece]:
    """Stable things first, the person's own place last, so that a cached prefix stays long."""
    return [
        entry.piece
        for entry in sorted(
            chosen,
            key=lambda entry: (entry.piece.kind is PieceKind.CURSOR, entry.piece.rank, entry.piece.label),
        )
    ]
