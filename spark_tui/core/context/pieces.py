"""The pieces a request can be made of: what each is, the forms it can take, and how little of it will do."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import IntEnum, StrEnum

from spark_tui.core.values import dataclass


class PieceKind(StrEnum):
    """What a piece is, in the words of the context list."""

    INSTRUCTIONS = "instructions"
    TOOLS = "tools"
    PROMPT = "prompt"
    HISTORY = "conversation"
    ENVELOPE = "envelope"
    """The request around everything else."""
    CURSOR = "cursor"
    RULES = "rules"
    """The repository's own instructions (AGENTS.md)."""
    PIN = "pinned"
    ACTIVE = "open file"
    MENTION = "mentioned"
    DIAGNOSTICS = "diagnostics"
    CHANGES = "changes"
    """What the person asked for with `@diff`."""
    TERMINAL = "terminal"
    DECISIONS = "decisions"
    """What the person decided lately, for a conversation that knows nothing of it."""
    TAB = "open tab"
    FOUND = "found"
    """Ranked for the prompt."""
    MAP = "map"
    """The repository in lines."""


class Rank(IntEnum):
    """Order in which pieces get room; lower first."""

    CURSOR = 0
    RULES = 1
    PIN = 2
    ACTIVE = 3
    MENTION = 4
    ASKED = 5
    """Diagnostics, changes, the terminal."""
    TAB = 6
    DECISIONS = 7
    FOUND = 8


class Form(StrEnum):
    """How much of a piece is sent, the most first."""

    WHOLE = "whole"
    SKELETON = "skeleton"
    """Declarations without their bodies."""
    OUTLINE = "outline"
    """The few declarations that the prompt is about; to people it is a skeleton too, only a short one."""
    MAP = "map"
    """One line."""
    OUT = "out"

    @property
    def word(self) -> str:
        """What it is called in lists: there are only whole, skeleton, map and out."""
        return str(Form.SKELETON if self is Form.OUTLINE else self)


FORMS = tuple(Form)


@dataclass(frozen=True, slots=True)
class Piece:
    """One candidate for the request."""

    kind: PieceKind
    label: str
    """Path or name, for the list on the screen."""
    bodies: Mapping[Form, str] = field(default_factory=dict)
    """Exactly what would be sent, for every form it can take; in the form of a map line without its line break."""
    rank: int = Rank.FOUND
    score: float = 0.0
    """Higher first within a rank."""
    reason: str = ""
    """Why it is a candidate."""
    floor: Form = Form.OUT
    """The least that will do; anything but `OUT` makes it needed: without it nothing is sent."""
    cap: int = 0
    """Tokens it may take at most, where a smaller form is there; 0: as many as there are."""
    fault: str = ""
    """Why there is nothing to send, when there is nothing."""
    remark: str = ""
    """What the person should know about what is sent: secrets that were withheld, lines that were cut."""

    path: str = ""
    """The file it is of, if it is of one."""

    @property
    def forms(self) -> Sequence[Form]:
        """The forms it can take, the fullest first."""
        return [form for form in FORMS if form in self.bodies]
