"""What the model's stream means, as values; frames of any transport are reduced to these."""

from enum import StrEnum

from spark_tui.core.values import dataclass
from spark_tui.core.wire.items import Item, ItemKind, PatchOperation


class EndStatus(StrEnum):
    """How a response can end."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    """The server stopped early, or the connection was lost after a finished call: what is there counts."""
    FAILED = "failed"
    CUT = "cut"
    """The person stopped it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one response, counted by the server."""

    input_tokens: int = 0
    """The whole prompt, including what the server took from the chain."""
    cached_tokens: int = 0
    output_tokens: int = 0
    """Includes reasoning."""
    reasoning_tokens: int = 0
    total_tokens: int = 0
    """Context used after the response."""


@dataclass(frozen=True, slots=True)
class Queued:
    """The server has put the request into its queue."""

    position: int | None = None
    """Place in it, where the server tells one."""


@dataclass(frozen=True, slots=True)
class Created:
    """The server began a response."""

    response_id: str
    model: str
    """The model that really answers, where the server says so."""


@dataclass(frozen=True, slots=True)
class ItemOpened:
    """An item began; comes before anything else about it, also from servers that leave it out."""

    index: int
    item_id: str
    kind: ItemKind
    call_id: str = ""
    """Only for calls."""
    name: str = ""
    """Tool name; only for calls."""
    phase: str = ""
    """Only for messages."""
    operation: PatchOperation | None = None
    """Only for APPLY_PATCH: what will happen to which file, with an empty diff."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of a message."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of the readable part of the reasoning."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolDelta:
    """More of a tool call's input."""

    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemDone:
    """An item is finished; its content is authoritative."""

    item_id: str
    item: Item
    agrees: bool = True
    """Whether the deltas of the item together are its content. If not, what was built from them is void."""


@dataclass(frozen=True, slots=True)
class ItemDropped:
    """An item that was open will never be finished: what was built from its deltas is void."""

    item_id: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class WireFault:
    """The server reported an error; the sentence is the server's and hostile."""

    code: str
    message: str
    status: int | None = None
    retry_after: float | None = None
    """Seconds the server asks to wait."""
    resets_at: float | None = None
    """Seconds since the epoch at which a used-up quota comes back."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One quota window."""

    name: str
    used_percent: float
    window_minutes: int | None = None
    resets_at: float | None = None
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class LimitsSeen:
    """The server told how much of the quota is used."""

    plan: str
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """A response is over; exactly one per response, and last."""

    status: EndStatus
    reason: str = ""
    """Why it is not complete: the server's reason, or one sentence of ours."""
    response_id: str = ""
    usage: Usage | None = None


ModelEvent = (
    Queued
    | Created
    | ItemOpened
    | TextDelta
    | ReasoningDelta
    | ToolDelta
    | ItemDone
    | ItemDropped
    | WireFault
    | LimitsSeen
    | Ended
)
