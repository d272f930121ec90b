"""What to do when a request goes wrong: pure decisions, no clock and no connection."""

import random
from collections.abc import Collection
from enum import Enum, auto

from spark_tui.core.values import dataclass
from spark_tui.core.wire import WireFault
from spark_tui.engine.link_sentences import brief, fault_sentence
from spark_tui.ports import LinkDown, LinkRefused, PortError

BUDGET = 5
"""Times that one turn is tried again before the person is asked."""
LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more gets no further request in this turn."""
_FIRST_DELAY = 0.2
_RECOVERABLE_CLOSES = {None, 1000, 1001, 1005, 1006, 1011, 1012, 1013, 1015}
_BUSY_STATUS = {408, 409, 429, 503}
_LATER = {"rate_limit_exceeded", "server_is_overloaded", "slow_down", "server_error"}
NOT_OFFERED = {400, 404, 405, 426, 501}
"""Status with which servers refuse a way to ask that they do not have."""
_OFFLINE_FIRST = 5.0
_OFFLINE_PATIENCE = 300.0
"""Seconds that a turn waits for the network, without counting its tries."""
_FINAL = {
    "context_length_exceeded",
    "insufficient_quota",
    "usage_limit_reached",
    "usage_not_included",
    "subscription_sharing_usage_limit_exceeded",
}
"""Codes after which asking again is of no use, whatever their status says."""


class Step(Enum):
    """How to go on."""

    FORGET = auto()
    """Send the whole conversation on the same connection: the server has lost its part."""
    REPLACE = auto()
    """Send the whole conversation on a new connection, because the old one was due to end."""
    RECONNECT = auto()
    """Send the whole conversation on a new connection, because the old one broke."""
    RETRY = auto()
    """Send the whole conversation again after a while."""
    OFFLINE = auto()
    """As RECONNECT, once the network is back; such tries do not count."""
    DETOUR = auto()
    """Send the whole conversation another way this once, because it is too large for this one."""
    FALL_BACK = auto()
    """Go another way from now on, because this one is closed."""
    OTHER_MODEL = auto()
    """Ask the model that stands in for this one, which the server does not have."""
    GIVE_UP = auto()


_STEPS = {
    "previous_response_not_found": Step.FORGET,
    "websocket_connection_limit_reached": Step.REPLACE,
    "websocket_stream_limit_reached": Step.RECONNECT,
    "response_in_progress": Step.RECONNECT,
    "model_not_found": Step.OTHER_MODEL,
}
"""What to do by the code of an error that is not about waiting."""
_OTHER_WAYS = {Step.DETOUR, Step.FALL_BACK, Step.OTHER_MODEL}


@dataclass(frozen=True, slots=True)
class Setback:
    """A request that did not lead to a response, or a response that did not come to its end."""

    step: Step
    sentence: str
    wait: float | None = None
    """Seconds that the server asks to wait."""
    fault: WireFault | None = None
    brief: str = ""
    """What to say while it is tried again, if that is not the sentence."""
    rejected: bool = False
    """Whether the server would not take what was sent, so that sending it again is pointless."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One more try."""

    step: Step
    """What to do before it."""
    wait: float
    told: bool
    """Whether the person should hear of it."""


def after_fault(fault: WireFault, place: str, now: float = 0.0) -> Setback:
    """Judge an error that the server reported; `now` is in seconds since the epoch."""
    sentence = fault_sentence(fault, place, now)
    step = _STEPS.get(fault.code)
    if step is not None:
        return Setback(step, sentence, fault=fault)
    if fault.code in _FINAL:
        return Setback(Step.GIVE_UP, sentence, fault=fault, rejected=fault.code == "context_length_exceeded")
    status = fault.status or 0
    if fault.code in _LATER or status in _BUSY_STATUS or status >= 500:
        return Setback(Step.RETRY, sentence, fault.retry_after, fault, brief(fault, place))
    return Setback(
        Step.GIVE_UP, sentence, fault=fault, rejected=400 <= status < 500 and status not in (401, 403)
    )


def after_error(error: PortError) -> Setback:
    """Judge a connection that broke or was refused."""
    sentence = str(error)
    match error:
        case LinkDown(offline=True):
            return Setback(Step.OFFLINE, sentence)
        case LinkDown(code=1009):
            return Setback(Step.DETOUR, sentence, rejected=True)
        case LinkDown(code=code) if code in _RECOVERABLE_CLOSES:
            return Setback(Step.RECONNECT, sentence)
        case LinkDown():
            return Setback(Step.GIVE_UP, sentence)
        case LinkRefused(status=status, retry_after=wait) if status in _BUSY_STATUS:
            return Setback(Step.RETRY, sentence, wait)
        case LinkRefused(status=413):
            return Setback(Step.DETOUR, sentence, rejected=True)
        case LinkRefused(status=status) if status in NOT_OFFERED:
            return Setback(Step.FALL_BACK, sentence)
        case LinkRefused(status=status) if status >= 500:
            return Setback(Step.RETRY, sentence)
        case LinkRefused():
            return Setback(Step.GIVE_UP, sentence)
        case _:
            return Setback(Step.GIVE_UP, sentence)


def backoff(times: int, first: float = _FIRST_DELAY, most: float = 60.0) -> float:
    """Seconds to wait before the try after `times` failed ones; not the same for everybody."""
    return float(min(first * 2.0 ** min(times - 1, 20), most) * random.uniform(0.9, 1.1))


class Ladder:
    """The tries of one turn."""

    def __init__(self) -> None:
        self.retries = 0
        """Tries after the first one, of every kind."""
        self._counted = 0
        self._offline = 0
        self._waited_offline = 0.0
        self._free = {Step.FORGET, Step.REPLACE, Step.RECONNECT, Step.DETOUR}

    def climb(self, setback: Setback, *, heard: bool, can: Collection[Step] = ()) -> Rung | None:
        """Decide about one more try; None: it is enough.

        `heard`: part of the answer had come already. `can`: which of DETOUR, FALL_BACK, OTHER_MODEL are there.
        """
        rung = self._climb(setback, heard=heard, can=can)
        self.retries += rung is not None
        return rung

    def _climb(self, setback: Setback, *, heard: bool, can: Collection[Step]) -> Rung | None:
        step = setback.step
        if step is Step.GIVE_UP or (setback.wait or 0) > LONGEST_WAIT:
            return None
        if step in _OTHER_WAYS and step not in can:
            return None
        if step in (Step.FALL_BACK, Step.OTHER_MODEL):
            return Rung(step, 0.0, told=False)
        if step is Step.OFFLINE:
            return self._wait_for_network()
        if step in self._free and not (heard and step is Step.RECONNECT):
            self._free.discard(step)
            return Rung(step, 0.0, told=False)
        if step in (Step.FORGET, Step.DETOUR):
            return None
        if self._counted >= BUDGET:
            if Step.FALL_BACK not in can:
                return None
            self._counted = 0
            return Rung(Step.FALL_BACK, 0.0, told=True)
        self._counted += 1
        wait = setback.wait if setback.wait is not None else backoff(self._counted)
        return Rung(step, wait, told=True)

    def _wait_for_network(self) -> Rung | None:
        if self._waited_offline >= _OFFLINE_PATIENCE:
            return None
        self._offline += 1
        wait = backoff(self._offline, _OFFLINE_FIRST)
        self._waited_offline += wait
        return Rung(Step.OFFLINE, wait, told=True)
