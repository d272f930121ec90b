"""What the person wants of the context, whatever the planner thinks: pins, what stays out, fuller forms."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from spark_tui.core.context.pieces import Form, Piece, PieceKind, Rank
from spark_tui.core.values import dataclass

DROPPED = "left out by you"
_FIXED = (PieceKind.RULES,)
_FULLER = {
    Form.OUT: Form.MAP,
    Form.MAP: Form.SKELETON,
    Form.OUTLINE: Form.SKELETON,
    Form.SKELETON: Form.WHOLE,
    Form.WHOLE: Form.WHOLE,
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """Remembered for the session, by path or name of a piece."""

    pins: frozenset[str] = frozenset()
    """Always sent, at least as a skeleton."""
    dropped: frozenset[str] = frozenset()
    wanted: Mapping[str, Form] = field(default_factory=dict)
    """The least form that will do."""
    allowed: frozenset[str] = frozenset()
    """Sent with their secrets, in the next turn only."""

    def pin(self, label: str) -> "Wishes":
        """Pin a piece, or no longer."""
        return replace(
            self, pins=self.pins ^ {label}, dropped=self.dropped - {label}, wanted=self._without(label)
        )

    def drop(self, label: str) -> "Wishes":
        """Leave a piece out, or no longer."""
        return replace(
            self, dropped=self.dropped ^ {label}, pins=self.pins - {label}, wanted=self._without(label)
        )

    def widen(self, label: str, form: Form) -> "Wishes":
        """Ask for the next fuller form than `form`."""
        fuller = _FULLER[form]
        return replace(self, wanted={**self.wanted, label: fuller}, dropped=self.dropped - {label})

    def allow(self, label: str) -> "Wishes":
        """Let a piece go out with its secrets in the next turn, or not after all."""
        return replace(self, allowed=self.allowed ^ {label})

    def written(self) -> dict[str, Any]:
        """What is kept over restarts, as plain values; what was allowed is not, it was for one turn."""
        wanted = {label: str(form) for label, form in sorted(self.wanted.items())}
        return {"pins": sorted(self.pins), "dropped": sorted(self.dropped), "wanted": wanted}

    def after_turn(self) -> "Wishes":
        """What was allowed for one turn is over."""
        return replace(self, allowed=frozenset()) if self.allowed else self

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything that has to be looked at because the person wants it, in order."""
        return tuple(sorted(self.pins | self.wanted.keys()))

    def _without(self, label: str) -> Mapping[str, Form]:
        return {name: form for name, form in self.wanted.items() if name != label}

    def applied(self, piece: Piece) -> Piece:
        """A candidate as the person wants it."""
        label = piece.label
        if piece.fault:
            return piece
        if label in self.dropped and piece.kind not in _FIXED:
            return replace(piece, fault=DROPPED)
        if label in self.pins:
            piece = replace(
                piece,
                kind=PieceKind.PIN if piece.kind in (PieceKind.FOUND, PieceKind.TAB) else piece.kind,
                rank=min(piece.rank, Rank.PIN),
                floor=Form.SKELETON,
                cap=0,
                reason=_told(piece.reason, "pinned"),
            )
        wanted = self.wanted.get(label)
        if wanted is not None:
            piece = replace(
                piece,
                rank=min(piece.rank, Rank.PIN),
                floor=wanted,
                cap=0,
                reason=_told(piece.reason, "widened"),
            )
        return piece


def read_wishes(values: Mapping[str, Any]) -> Wishes:
    """Read what `Wishes.written` wrote. Raises KeyError, TypeError, ValueError, AttributeError for anything else."""
    wanted = {str(label): Form(form) for label, form in values["wanted"].items()}
    return Wishes(frozenset(map(str, values["pins"])), frozenset(map(str, values["dropped"])), wanted)


def _told(reason: str, more: str) -> str:
    return f"{more}; {reason}" if reason and reason != more else more
