"""What is told about a link: its phase and one sentence for the person."""

from enum import StrEnum

from spark_tui.core.values import dataclass
from spark_tui.core.wire import Limit, Tool
from spark_tui.engine.views import Way


class LinkPhase(StrEnum):
    """Where a link stands."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    WARMING = "warming"
    """Connected; the server loads instructions and tools ahead of the first prompt."""
    READY = "ready"
    STREAMING = "streaming"
    """A request was sent and its response is not over."""
    WAITING = "waiting"
    """Something went wrong and will be tried again at `retry_at`."""
    FAILED = "failed"
    """Something went wrong and needs the person; the next prompt tries once more."""


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """How long the present connection took to make, in seconds; None: has not happened."""

    connect: float | None = None
    warm_up: float | None = None
    opened_at: float | None = None
    """When it was open, on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """A link as of now."""

    phase: LinkPhase
    provider: str
    transport: str = ""
    """`ws`, `http`, `chat`, or nothing before the first connection."""
    model: str = ""
    """The model that really answers, once the server has said so."""
    sentence: str = ""
    """For the person; may quote the server, so it is hostile. Empty: nothing to say."""
    retry_at: float | None = None
    """Seconds since the epoch; only while WAITING."""
    figures: LinkFigures = LinkFigures()
    remark: str = ""
    """What is not as the settings say, for as long as it is so: another transport, another model."""
    retries: int = 0
    """Times that the turn under way, or the last one, was asked again."""
    position: int | None = None
    """Place in the server's queue, where it tells one."""
    queued_at: float | None = None
    """When the server put the request into its queue, in seconds since the epoch; None: it is in none."""
    waited: float = 0.0
    """Seconds that the turn spent in the server's queue or until it was asked again."""
    limits: tuple[Limit, ...] = ()
    """How much of each quota is used, where the server tells it."""

    def way(self, since: float, before: Way) -> Way:
        """How a turn went over the wire that began at `since` and had gone some way `before` this response."""
        figures = self.figures
        return Way(
            self.transport,
            self.model,
            figures.connect,
            figures.warm_up,
            figures.opened_at is not None and figures.opened_at < since,
            before.retries + self.retries,
            before.waited + self.waited,
        )


@dataclass(frozen=True, slots=True)
class LinkPrompt:
    """What every request of a link begins with."""

    instructions: str
    tools: tuple[Tool, ...] = ()
    cache_key: str = ""
    """Stable per conversation; helps servers to find what they have cached. Empty: not sent."""
    may_call: bool = True
    """Whether tools may be called; they are declared all the same, because what is cached begins with them."""
