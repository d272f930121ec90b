"""Puts a server's refusal into one sentence for the person, and reads how long it asks to wait."""

import re
from collections.abc import Mapping

from spark_tui.core.wire.faults import read_fault, retry_after

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TROUBLES = ("error", "response.failed", "response.incomplete", "response.steer.failed")
_SHORTEST_KEY = 8
"""Characters; what is shorter would be found in places where it is no key."""
_DEEPEST = 50
"""Lists in lists; what lies deeper in an error says nothing to anybody."""
_DATE = re.compile(r"\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT")


def is_local(host: str) -> bool:
    """Whether `host` is this machine, by its name alone."""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def wait_of(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that lower-cased headers ask to wait, as a number or as a date; `now` is in seconds since 1970."""
    seconds = retry_after(headers)
    found = _DATE.fullmatch(headers.get("retry-after", "").strip())
    if seconds is None and found is not None and found[2].lower() in _MONTHS:
        month = _MONTHS.index(found[2].lower()) + 1
        days = _days(int(found[3]), month, int(found[1]))
        clock = int(found[4]) * 3600 + int(found[5]) * 60 + int(found[6])
        return max(days * 86400 + clock - now, 0.0)
    return seconds


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a Gregorian date."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def span(seconds: float) -> str:
    """Write a time to wait: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`."""
    if 0.05 <= seconds < 0.95:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{round(hours / 24)} days"


def detail_of(raw: object, key: str) -> str:
    """What the server says about its refusal, without the key that some servers repeat."""
    message = read_fault(raw).message if isinstance(raw, Mapping) else ""
    if key:
        message = message.replace(key, "…")
    return f": {' '.join(message.split())[:200]}" if message else ""


def without_key(frame: dict[str, object], key: str) -> dict[str, object]:
    """Take the key out of an error, where some servers repeat it; other frames are left as they are."""
    kind = frame.get("type")
    is_trouble = kind in _TROUBLES or (kind is None and ("error" in frame or "detail" in frame))
    if len(key) < _SHORTEST_KEY or not is_trouble:
        return frame
    return {name.replace(key, "…"): _replaced(content, key) for name, content in frame.items()}


def _replaced(value: object, key: str, depth: int = 0) -> object:
    match value:
        case str():
            return value.replace(key, "…")
        case dict() | list() if depth > _DEEPEST:
            return "…"
        case dict():
            return {
                name.replace(key, "…"): _replaced(content, key, depth + 1) for name, content in value.items()
            }
        case list():
            return [_replaced(content, key, depth + 1) for content in value]
        case _:
            return value


def refusal(host: str, status: int, *, wait: float | None, detail: str, key_name: str, has_key: bool) -> str:
    """One sentence on why `host` answered with `status`, as far as this says the same for every transport."""
    later = f": try again in {span(wait)}" if wait is not None else ""
    match status:
        case 401 if not has_key:
            return f"{host} wants a key" + (f": set {key_name}" if key_name else "")
        case 401:
            return "key refused" + (f": check {key_name}" if key_name else f" by {host}")
        case 403:
            return f"{host} does not allow this{detail}"
        case 429:
            return f"{host} asks for fewer requests{later or detail}"
        case 503:
            return f"{host} is overloaded{later or detail}"
        case _ if 300 <= status < 400:
            return f"{host} redirects to another address: set base_url to where it really is"
        case _:
            return f"{host} answered {status}{detail}"


def unreachable(host: str, error: BaseException) -> str:
    """One sentence on why there is no connection to `host`; errors of libraries are known by their names."""
    names = {kind.__name__ for kind in type(error).__mro__}
    said = str(getattr(error, "verify_message", "") or getattr(error, "reason", "") or "")
    match error:
        case _ if "SSLCertVerificationError" in names:
            return f"the certificate of {host} is not trusted: {said}"
        case _ if "SSLError" in names:
            return f"no secure connection to {host}: {said or 'TLS failed'}"
        case _ if "gaierror" in names:
            return f"{host} is unknown here: is the network up?"
        case ConnectionRefusedError():
            return f"nothing answers at {host}"
        case OSError():
            return f"{host} can't be reached: {error.strerror or 'the connection failed'}"
        case _:
            return f"{host} can't be reached"
