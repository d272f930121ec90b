"""What to do when a request goes wrong: pure decisions, no clock and no connection."""

import random
from dataclasses import dataclass
from enum import Enum, auto

from spark_tui.core.wire import WireFault
from spark_tui.ports import LinkDown, LinkRefused, PortError

BUDGET = 5
"""Times that one turn is tried again before the person is asked."""
LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more gets no further request in this turn."""
_FIRST_DELAY = 0.2
_RECOVERABLE_CLOSES = {None, 1000, 1001, 1005, 1006, 1011, 1012, 1013, 1015}
_BUSY_STATUS = {408, 409, 429, 503}
_LATER = {"rate_limit_exceeded", "server_is_overloaded", "slow_down", "server_error"}
_SENTENCES = {
    "context_length_exceeded": "the conversation no longer fits into the model: begin a new one or send less",
    "insufficient_quota": "the quota is used up: check the billing of your account",
    "usage_limit_reached": "the usage limit of your plan is reached",
    "usage_not_included": "your plan does not include this model",
}


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
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class Setback:
    """A request that did not lead to a response, or a response that did not come to its end."""

    step: Step
    sentence: str
    wait: float | None = None
    """Seconds that the server asks to wait."""
    fault: WireFault | None = None
    rejected: bool = False
    """Whether the server would not take what was sent, so that sending it again is pointless."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One more try."""

    wait: float
    told: bool
    """Whether the person should hear of it."""


def after_fault(fault: WireFault, place: str) -> Setback:
    """Judge an error that the server reported."""
    said = fault.message or fault.code
    sentence = _SENTENCES.get(fault.code, f"{place}: {said}")
    if fault.code == "previous_response_not_found":
        return Setback(Step.FORGET, sentence, fault=fault)
    if fault.code == "websocket_connection_limit_reached":
        return Setback(Step.REPLACE, sentence, fault=fault)
    if fault.code == "response_in_progress":
        return Setback(Step.RECONNECT, sentence, fault=fault)
    if fault.code in _SENTENCES or fault.code == "model_not_found":
        rejected = fault.code == "context_length_exceeded"
        return Setback(Step.GIVE_UP, sentence, fault=fault, rejected=rejected)
    status = fault.status or 0
    if fault.code in _LATER or status in _BUSY_STATUS or status >= 500:
        return Setback(Step.RETRY, sentence, fault.retry_after, fault)
    return Setback(
        Step.GIVE_UP, sentence, fault=fault, rejected=400 <= status < 500 and status not in (401, 403)
    )


def after_error(error: PortError) -> Setback:
    """Judge a connection that broke or was refused."""
    sentence = str(error)
    match error:
        case LinkDown(code=code) if code in _RECOVERABLE_CLOSES:
            return Setback(Step.RECONNECT, sentence)
        case LinkDown(code=code):
            return Setback(Step.GIVE_UP, sentence, rejected=code == 1009)
        case LinkRefused(status=status, retry_after=wait) if status in _BUSY_STATUS:
            return Setback(Step.RETRY, sentence, wait)
        case LinkRefused(status=status) if status >= 500 and status != 501:
            return Setback(Step.RETRY, sentence)
        case LinkRefused(status=status):
            return Setback(Step.GIVE_UP, sentence, rejected=status == 413)
        case _:
            return Setback(Step.GIVE_UP, sentence)


def backoff(times: int, first: float = _FIRST_DELAY, most: float = 60.0) -> float:
    """Seconds to wait before the try after `times` failed ones; not the same for everybody."""
    return float(min(first * 2.0 ** min(times - 1, 20), most) * random.uniform(0.9, 1.1))


class Ladder:
    """The tries of one turn."""

    def __init__(self) -> None:
        self._counted = 0
        self._free = {Step.FORGET, Step.REPLACE, Step.RECONNECT}

    def climb(self, setback: Setback, *, heard: bool) -> Rung | None:
        """Decide about one more try; None: it is enough. `heard`: part of the answer had come already."""
        step = setback.step
        if step is Step.GIVE_UP or (setback.wait or 0) > LONGEST_WAIT:
            return None
        if step in self._free and not (heard and step is Step.RECONNECT):
            self._free.discard(step)
            return Rung(0.0, told=False)
        if step is Step.FORGET or self._counted >= BUDGET:
            return None
        self._counted += 1
        wait = setback.wait if setback.wait is not None else backoff(self._counted)
        return Rung(wait, told=True)
