"""What a link knows of itself, told whenever it changes."""

from collections.abc import Callable
from urllib.parse import urlsplit

from spark_tui.core.settings import LaneProfile, Provider
from spark_tui.core.wire import Limit
from spark_tui.engine.link_state import LinkFigures, LinkPhase, LinkState
from spark_tui.ports import Clock

_DOING = {LinkPhase.CONNECTING: "connecting to", LinkPhase.WARMING: "warming up"}


class Telling:
    """Gathers the state of a link from its parts, and passes it on."""

    def __init__(self, profile: LaneProfile, clock: Clock, on_state: Callable[[LinkState], None]) -> None:
        self.place = _place(profile.provider)
        """Where the model is, for sentences."""
        self.state = LinkState(LinkPhase.CLOSED, profile.provider.name)
        self.transport = ""
        """Short name of the way, once a connection was open."""
        self.model = ""
        """The model that really answers, once the server has said so."""
        self.remark = ""
        """What is not as the settings say, in a few words, for as long as it is so."""
        self.notice = ""
        """What the person should know about the response under way."""
        self.figures = LinkFigures()
        self.retries = 0
        self.position: int | None = None
        self.limits: tuple[Limit, ...] = ()
        self._clock = clock
        self._on_state = on_state
        self.is_queued = False
        """Whether the server has the request in its queue."""
        self._waited = 0.0
        self._waits_since: float | None = None
        self._queued_at: float | None = None

    def __call__(self, phase: LinkPhase, sentence: str = "", retry_at: float | None = None) -> None:
        """Tell the phase; where no sentence is given, the one that fits."""
        if not sentence and phase in _DOING:
            sentence = f"{_DOING[phase]} {self.place}"
        elif not sentence and phase in (LinkPhase.READY, LinkPhase.STREAMING):
            sentence = self.remark
        self._measure(is_waiting=phase is LinkPhase.WAITING or self.is_queued)
        state = LinkState(
            phase,
            self.state.provider,
            self.transport,
            self.model,
            sentence,
            retry_at,
            self.figures,
            self.remark,
            self.retries,
            self.position,
            self._queued_at,
            self._waited,
            self.limits,
        )
        if state != self.state:
            self.state = state
            self._on_state(state)

    def begin(self) -> None:
        """Something new is asked."""
        self.retries, self._waited = 0, 0.0

    def _measure(self, *, is_waiting: bool) -> None:
        now = self._clock.tick()
        if self._waits_since is not None:
            self._waited += now - self._waits_since
        self._waits_since = now if is_waiting else None
        if not self.is_queued:
            self._queued_at = None
        elif self._queued_at is None:
            self._queued_at = self._clock.now()

    def settle(self) -> None:
        """What was to be known about the response under way is over."""
        self.notice, self.position, self.is_queued = "", None, False


def _place(provider: Provider) -> str:
    host = urlsplit(provider.base_url).hostname or ""
    return provider.name if host in ("", "localhost", "::1") or host.startswith("127.") else host
