"""Reads values out of frames of which nothing is certain: every reader has an answer for every input."""

import json
import math
from collections.abc import Mapping

_EMPTY: Mapping[str, object] = {}


def decode(message: str | bytes) -> object:
    """Python's own parser also takes broken surrogates, infinities and raw control characters; None: no JSON."""
    try:
        return json.loads(message, strict=False)
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> Mapping[str, object]:
    """Return `value` if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, Mapping) else _EMPTY


def listing(value: object) -> list[object]:
    """Return `value` if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return `value` if it is text, with broken surrogates replaced, otherwise nothing."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else join_halves("", value, final=True)[0]


def count(value: object) -> int:
    """Return `value` if it is a whole number that could count something, otherwise 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else 0


def number(value: object) -> float | None:
    """Return `value` as a finite number that is not negative, also from text; otherwise None."""
    if isinstance(value, bool):
        return None
    try:
        result = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) and result >= 0 else None


def join_halves(carry: str, piece: str, *, final: bool = False) -> tuple[str, str]:
    """Join `carry` and `piece` where a server split a character between its UTF-16 halves.

    Returns sound text and the half that still waits for its other one; with `final` nothing waits.
    """
    joined = carry + piece
    try:
        joined.encode()
    except UnicodeEncodeError:
        pass
    else:
        return joined, ""
    rest = ""
    if not final and "\ud800" <= joined[-1] <= "\udbff":
        joined, rest = joined[:-1], joined[-1]
    sound = joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return sound, rest
