"""What the screen reads: frozen pictures of turns, of the link and of the context, made on demand."""

from dataclasses import field
from enum import StrEnum

from spark_tui.core.values import dataclass
from spark_tui.core.wire import Limit, Usage


class TurnState(StrEnum):
    """Where a turn is."""

    GATHERING = "gathering"
    WAITING = "waiting"
    """Sent; nothing came back yet."""
    STREAMING = "streaming"
    REVIEW = "review"
    """The model waits for decisions."""
    DONE = "done"
    CUT = "cut"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Timing:
    """One turn's clock; seconds, None where it has not happened yet."""

    first_token: float | None = None
    first_hunk: float | None = None
    total: float | None = None
    output_tokens: int = 0
    tokens_per_second: float = 0.0
    """A live estimate while streaming, from the server's own count afterwards; 0: too short to be measured."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the requests of a turn went over the wire; seconds, None where it did not happen."""

    transport: str = ""
    model: str = ""
    """The model that really answered, once the server has said so."""
    connect: float | None = None
    """How long the connection of the newest request took to open."""
    warm_up: float | None = None
    was_warm: bool = False
    """Whether that was before the turn began, so that nobody waited for it."""
    retries: int = 0
    waited: float = 0.0
    """Seconds for which the server had a request in its queue, or asked to come back later."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """One prompt and what came of it."""

    id: str
    lane: str
    prompt: str
    prose: str
    """What the model said, without its edits."""
    state: TurnState
    sentence: str
    """Why it ended as it did, where that needs saying."""
    timing: Timing
    usage: Usage | None = None
    """Tokens of the newest response as the server counted them."""
    way: Way = Way()


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that the status line shows."""

    lane: str = "fast"
    provider: str = ""
    model: str = ""
    transport: str = ""
    link: str = ""
    """State of the connection in a word: `ready`, `connecting`, …"""
    link_sentence: str = ""
    timing: Timing = field(default_factory=Timing)
    context_tokens: int = 0
    context_budget: int = 0
    branch: str = ""
    checkpoints: int = 0
    turn_state: TurnState | None = None
    pending: int = 0
    """Hunks that wait for a decision."""
    connect: float | None = None
    """Seconds that the present connection took to open."""
    warm_up: float | None = None
    """Seconds that it then took to warm up; None: it was not."""
    retries: int = 0
    """Times that the newest request was asked again."""
    cached_tokens: int = 0
    """Tokens of the newest request that the server had ready."""
    retry_at: float | None = None
    """When it will be tried again, in seconds since the epoch; None: nothing waits."""
    queued_at: float | None = None
    """When the server put the request into its queue, in seconds since the epoch; None: it is in none."""
    queued: int = 0
    """Prompts that wait for the turn under way to end."""
    limits: tuple[Limit, ...] = ()
    """How much of each quota is used, where the server tells it."""
    refusal: str = ""
    """Why nothing is written in this sitting; empty: everything is."""
