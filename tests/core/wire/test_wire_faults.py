"""Every shape in which servers report an error is understood."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.wire import Reducer, WireFault
from spark_tui.core.wire.faults import read_fault
from spark_tui.core.wire.refusals import without_key
from spark_tui.core.wire.trace import TraceEntry, trace_line

SHAPES: list[tuple[dict[str, Any], WireFault]] = [
    (
        {
            "type": "error",
            "status": 400,
            "error": {"type": "invalid_request_error", "code": "x", "message": "m"},
        },
        WireFault("x", "m", 400),
    ),
    (
        {"type": "error", "error": {"type": "server_error", "code": None, "message": "m"}},
        WireFault("server_error", "m"),
    ),
    ({"type": "error", "code": "flat", "message": "m", "param": None}, WireFault("flat", "m")),
    ({"type": "error", "status_code": 503, "error": {"code": "slow_down"}}, WireFault("slow_down", "", 503)),
    ({"error": {"detail": "not here"}, "status": 400}, WireFault("http_400", "not here", 400)),
    ({"detail": "not for you"}, WireFault("unknown_error", "not for you")),
    ({"detail": [{"msg": "a"}, {"msg": "b"}]}, WireFault("unknown_error", "a; b")),
    ({"type": "error", "error": "just words"}, WireFault("unknown_error", "just words")),
    (
        {
            "type": "error",
            "status": 429,
            "error": {"code": "c", "message": "m", "headers": {"Retry-After": "7"}},
        },
        WireFault("c", "m", 429, 7.0),
    ),
    (
        {"type": "error", "headers": {"retry-after-ms": 1500, "retry-after": "9"}, "error": {"code": "c"}},
        WireFault("c", "", None, 1.5),
    ),
    (
        {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Please try again in 250ms."}},
        WireFault("rate_limit_exceeded", "Please try again in 250ms.", None, 0.25),
    ),
    (
        {"type": "error", "error": {"code": "other", "message": "try again in 2s"}},
        WireFault("other", "try again in 2s"),
    ),
    (
        {"type": "error", "status": 429, "error": {"type": "usage_limit_reached", "resets_at": 1790000000}},
        WireFault("usage_limit_reached", "", 429, None, 1790000000.0),
    ),
    ({"type": "error"}, WireFault("unknown_error", "")),
    ({"type": "error", "status": "400", "error": [], "headers": 3}, WireFault("unknown_error", "")),
]


@pytest.mark.parametrize(("frame", "fault"), SHAPES)
def test_shapes(frame: dict[str, Any], fault: WireFault) -> None:
    assert Reducer().feed(frame) == [fault]


@pytest.mark.parametrize(
    ("words", "seconds"), [("1.5 seconds", 1.5), ("20s", 20.0), ("6 ms", 0.006), ("1 hour", None)]
)
def test_the_advised_wait_is_read_from_words(words: str, seconds: float | None) -> None:
    frame = {"type": "error", "error": {"code": "rate_limit_exceeded", "message": f"Try again in {words}"}}
    (fault,) = Reducer().feed(frame)
    assert isinstance(fault, WireFault)
    assert fault.retry_after == seconds


@settings(deadline=None)
@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_an_advised_wait_is_a_finite_number_or_nothing(value: object) -> None:
    (fault,) = Reducer().feed({"type": "error", "headers": {"retry-after": value}})
    assert isinstance(fault, WireFault)
    assert fault.retry_after is None or 0 <= fault.retry_after < float("inf")


def test_an_endless_message_is_shortened() -> None:
    (fault,) = Reducer().feed({"type": "error", "error": {"message": "x" * 100_000}})
    assert isinstance(fault, WireFault)
    assert len(fault.message) == 2000


@pytest.mark.parametrize("depth", [3, 60, 500, 900, 990])
@pytest.mark.parametrize("is_list", [True, False])
def test_no_depth_of_an_error_hides_a_key_or_stops_anybody(depth: int, is_list: bool) -> None:
    key = "opaque-0123456789"
    inner: Any = f"what is {key}?"
    for _ in range(depth):
        inner = [inner] if is_list else {key: inner}
    frame: dict[str, object] = {"type": "error", "error": {"message": f"not with {key}", "param": inner}}
    cleaned = without_key(frame, key)
    assert read_fault(cleaned).message == "not with …"
    assert key not in repr(cleaned)
    assert key not in trace_line(TraceEntry(False, "", frame), [key])
