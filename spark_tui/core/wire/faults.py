"""Understands every shape in which servers report an error."""

import re
from collections.abc import Mapping

from spark_tui.core.wire.events import Limit, LimitsSeen, WireFault
from spark_tui.core.wire.lenient import count, mapping, number, text

_LONGEST_MESSAGE = 2000
_TRY_AGAIN = re.compile(
    r"try again in\s{0,4}(\d{1,9}(?:\.\d{1,9})?)\s{0,4}(ms|milliseconds|s|seconds?)\b", re.IGNORECASE
)
_OTHER_NAMES = {"exceed_context_size_error": "context_length_exceeded"}
"""What some servers call what others call otherwise."""


def read_fault(frame: Mapping[str, object]) -> WireFault:
    """Read an `error` frame, an HTTP error body, or the `error` of a failed response."""
    raw = frame.get("error")
    inner: Mapping[str, object] = {"message": raw} if isinstance(raw, str) else mapping(raw)
    code = text(inner.get("code")) or text(frame.get("code")) or text(inner.get("type"))
    code = _OTHER_NAMES.get(code, code)
    message = (
        text(inner.get("message"))
        or text(frame.get("message"))
        or _detail(inner.get("detail"))
        or _detail(frame.get("detail"))
    )
    status = count(frame.get("status")) or count(frame.get("status_code")) or None
    headers = _headers(frame.get("headers")) | _headers(inner.get("headers"))
    return WireFault(
        code=code or (f"http_{status}" if status else "unknown_error"),
        message=message[:_LONGEST_MESSAGE],
        status=status,
        retry_after=_retry_after(code, message, headers),
        resets_at=number(inner.get("resets_at")),
    )


def read_limits(frame: Mapping[str, object]) -> LimitsSeen:
    """Read a `codex.rate_limits` frame."""
    windows = mapping(frame.get("rate_limits"))
    limits = []
    for name in ("primary", "secondary"):
        window = mapping(windows.get(name))
        used = number(window.get("used_percent"))
        if used is not None:
            minutes = count(window.get("window_minutes")) or None
            limits.append(Limit(name, used, minutes, number(window.get("reset_at"))))
    return LimitsSeen(text(frame.get("plan_type")), tuple(limits))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read how long to wait from lower-cased headers; a date is not understood."""
    millis = number(headers.get("retry-after-ms"))
    return millis / 1000 if millis is not None else number(headers.get("retry-after"))


def _retry_after(code: str, message: str, headers: Mapping[str, str]) -> float | None:
    advised = retry_after(headers)
    if advised is None and code == "rate_limit_exceeded" and (found := _TRY_AGAIN.search(message)):
        advised = float(found[1]) / (1000 if found[2].lower().startswith("m") else 1)
    return advised


def _headers(value: object) -> dict[str, str]:
    found = {}
    for name, content in mapping(value).items():
        if isinstance(content, str):
            found[text(name).lower()] = text(content)
        elif (figure := number(content)) is not None:
            found[text(name).lower()] = str(figure)
    return found


def _detail(value: object) -> str:
    """FastAPI servers put a list of complaints where others put a sentence."""
    if isinstance(value, list):
        return "; ".join(filter(None, (text(mapping(entry).get("msg")) for entry in value[:5])))
    return text(value) or text(mapping(value).get("message"))
