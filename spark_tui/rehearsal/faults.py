"""What goes wrong on purpose: a script of faults, each meant for one of the requests to come."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

METADATA = "rehearsal_fault"
"""Key of a request's metadata under which it may bring a fault of its own, as JSON text."""


class Moment(StrEnum):
    """What a fault waits for."""

    UPGRADE = "upgrade"
    """A WebSocket is being opened."""
    MODELS = "models"
    WARM_UP = "warm-up"
    REQUEST = "request"
    """Something is to be generated, by whatever transport."""


class Deed(StrEnum):
    """What a fault does."""

    STATUS = "status"
    """Answer with an HTTP status; on a socket with an error frame of that status."""
    DELAY = "delay"
    """Wait `seconds` before anything."""
    ERROR = "error"
    """Send an error and nothing more."""
    FAIL = "fail"
    """End as failed."""
    ERROR_AND_FAIL = "error-and-fail"
    INCOMPLETE = "incomplete"
    """End as incomplete, for the reason `code`."""
    DROP = "drop"
    """Cut the TCP connection."""
    CLOSE = "close"
    """Close the socket with code `status`; a stream of events just ends."""
    SILENCE = "silence"
    """Send nothing for `seconds`, then go on."""
    AGE = "age"
    """Say that the connection has reached its age limit, and close it."""
    GARBAGE = "garbage"
    """Send what is not JSON."""
    BINARY = "binary"
    """Send a binary frame."""
    FORGET = "forget"
    """Forget what the request goes on from."""
    DEAF = "deaf"
    """Read nothing any more, not even pings."""
    QUEUE = "queue"
    """Let it wait in a queue for `seconds`, and tell the place."""
    THINK = "think"
    """Begin with reasoning, whose words are `message`."""
    REFUSE = "refuse"
    """Refuse in the words of `message`, as a model does."""
    SPLIT = "split"
    """Give every file of a patch a call of its own."""
    LEAN = "lean"
    NOISE = "noise"
    TERMINAL = "terminal"
    """Send the last frame only."""


class BadScript(Exception):
    """A script that can't be used; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    do: Deed
    on: Moment = Moment.REQUEST
    after: int | None = None
    """Pieces that come before it; None: it comes before everything, even before the response is created."""
    skip: int = 0
    """Moments that pass before it comes."""
    times: int = 1
    """How often it comes; 0: always."""
    status: int = 0
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    resets_at: float | None = None
    seconds: float = 0.0
    shape: str = ""
    """How an error is written: `flat`, `detail`, `status_code`, or as usual."""


_DEFAULTS: Mapping[Deed, Mapping[str, Any]] = {
    Deed.STATUS: {"status": 503, "code": "server_is_overloaded", "message": "Come back later."},
    Deed.ERROR: {"status": 500, "code": "server_error", "message": "Something went wrong."},
    Deed.FAIL: {"code": "server_error", "message": "Something went wrong."},
    Deed.ERROR_AND_FAIL: {"status": 500, "code": "server_error", "message": "Something went wrong."},
    Deed.INCOMPLETE: {"code": "max_output_tokens", "after": 0},
    Deed.CLOSE: {"status": 1011},
}


def read_fault(raw: object) -> Fault:
    """Read one fault. Raises BadScript."""
    if not isinstance(raw, Mapping):
        raise BadScript("a fault is an object")
    known = {field.name: field for field in fields(Fault)}
    unknown = sorted(str(name) for name in raw if name not in known)
    if unknown:
        raise BadScript(f"a fault has no {unknown[0]!r}: known are {', '.join(known)}")
    try:
        deed = Deed(raw.get("do", ""))
        values = {**_DEFAULTS.get(deed, {}), **raw, "do": deed, "on": Moment(raw.get("on", "request"))}
    except ValueError as error:
        raise BadScript(f"{error}: deeds are {', '.join(Deed)}; moments are {', '.join(Moment)}") from error
    for name, value in values.items():
        if not _fits(name, value):
            raise BadScript(f"{name!r} of a fault can't be {value!r}")
    return Fault(**values)


def _fits(name: str, value: object) -> bool:
    if value is None:
        return name in ("after", "retry_after", "resets_at")
    if isinstance(value, bool):
        return False
    if name in ("after", "skip", "times", "status"):
        return isinstance(value, int) and value >= 0
    return isinstance(value, str if name in ("do", "on", "code", "message", "shape") else int | float)


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    skip: int
    times: int


class Script:
    """Faults that wait for their moment; the first that fits comes."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._waiting = [_Waiting(fault, fault.skip, fault.times) for fault in faults]

    @classmethod
    def read(cls, text: str) -> "Script":
        """Read a JSON list of faults. Raises BadScript."""
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise BadScript(f"the script is not JSON: {error}") from error
        if not isinstance(raw, list):
            raise BadScript("the script is not a list of faults")
        return cls([read_fault(entry) for entry in raw])

    def add(self, fault: Fault) -> None:
        """Append a fault."""
        self._waiting.append(_Waiting(fault, fault.skip, fault.times))

    def take(self, moment: Moment, metadata: object = None) -> Fault | None:
        """The fault for what happens now, if there is one; a request's own comes first. Raises BadScript."""
        own = metadata.get(METADATA) if isinstance(metadata, Mapping) else None
        if isinstance(own, str):
            try:
                return read_fault(json.loads(own))
            except ValueError as error:
                raise BadScript(f"{METADATA} is not JSON: {error}") from error
        for entry in self._waiting:
            if entry.fault.on is not moment:
                continue
            if entry.skip:
                entry.skip -= 1
                continue
            entry.times -= 1
            if entry.times == 0:
                self._waiting.remove(entry)
            return entry.fault
        return None
