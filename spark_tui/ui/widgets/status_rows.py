"""Draws the rows at the bottom: status line, context meter, key hints. Each gives way gracefully when narrow."""

from collections.abc import Sequence

from rich.cells import cell_len

from spark_tui.core.display import inert
from spark_tui.core.wire.refusals import span
from spark_tui.engine import Status, TurnState
from spark_tui.ui.widgets.cells import cut
from spark_tui.ui.widgets.lines import Line, Part, trimmed

NEAR = 0.8
"""Share of the budget from which the meter warns."""

MAX_QUEUED = 4
"""Prompts that wait and are shown."""

_CALM = ("ready", "streaming", "closed")
_WIDE = 110
"""Cells from which provider and model are both named."""


def tokens(count: int) -> str:
    """Write a number of tokens shortly: `870`, `4.2k`, `46k`."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 9950 else f"{count / 1000:.0f}k"


def fullness(used: int, limit: int) -> str:
    """Name the style for a share of the budget."""
    if limit <= 0 or used <= limit * NEAR:
        return "success"
    return "near" if used <= limit else "over"


def meter(used: int, limit: int, cells: int = 10) -> list[Part]:
    """Draw the context meter: words and a bar that can be read without colour."""
    if limit <= 0:
        return [("muted", "ctx -")]
    style = fullness(used, limit)
    share = min(used / limit, 1.0)
    full = max(round(share * cells), 1 if used and cells else 0)
    word = " too full" if style == "over" else ""
    return [
        ("muted", "ctx "),
        (style, "=" * full),
        ("rest", "-" * (cells - full)),
        ("" if style == "success" else style, f" {tokens(used)}/{tokens(limit)}{word}"),
    ]


def status_line(
    status: Status, width: int, said: str = "", remark: Sequence[Part] = (), now: float = 0.0
) -> Line:
    """Draw the status line; `said` takes the place of the numbers while it is fresh, `remark` stands before them.

    `now` is in seconds since the epoch, for what counts down.
    """
    lane = [(status.lane if status.lane in ("fast", "deep") else "strong", f" {status.lane}")]
    if status.refusal and said != status.refusal:
        lane.append(("stale", "  read-only"))
    room = width - _width(lane)
    if said and (status.retry_at is not None or status.queued_at is not None):
        # What is waited for is shown as long as it is waited for.
        lane.append(("stale", f"  {cut(_trouble(status, now), room - 3)}"))
        room = width - _width(lane)
    if said:
        return Line((*lane, ("", "  "), ("stale", cut(inert(said), room - 3) if room > 8 else "")))
    if status.refusal:
        # Who writes here instead is worth more than any number.
        return Line((*lane, ("", f"  {cut(inert(status.refusal), room - 3)}")))
    trouble = _trouble(status, now)
    link = [("stale", f"  {trouble}")] if trouble else _names(status, short=width < _WIDE)
    left: list[Part] = [*lane, *trimmed(link, room)]
    right: list[Part] = []
    for is_left, parts in _by_worth(status, remark):
        if _width(left) + _width(right) + _width(parts) <= width:
            if is_left:
                left += parts
            else:
                right = [*parts, *right]
    return Line(tuple(left), tuple(right))


def _by_worth(status: Status, remark: Sequence[Part]) -> list[tuple[bool, list[Part]]]:
    """List what else there is to say, the most important first, and whether it stands on the left."""
    groups = [(True, [(style, f"  {inert(text)}")]) for style, text in remark if text]
    now, later = _numbers(status)
    groups += [(True, parts) for parts in now]
    word = "checkpoint" if status.checkpoints == 1 else "checkpoints"
    groups.append((False, [("muted", f"  {status.checkpoints} {word} ")]))
    if status.branch:
        groups.append((False, [("muted", f"  {cut(inert(status.branch), 24)}")]))
    return groups + [(True, parts) for parts in later]


def _trouble(status: Status, now: float) -> str:
    """What is to be known about the connection right now, and how long it will be so."""
    if not status.link_sentence and status.link in _CALM:
        return ""
    return f"{inert(status.link_sentence or status.link)}{how_long(status.retry_at, status.queued_at, now)}"


def quick(seconds: float) -> str:
    """Write a time that should be short: `4ms`, `0.31s`."""
    return f"{seconds * 1000:.0f}ms" if seconds < 0.1 else f"{seconds:.2f}s"


def how_long(retry_at: float | None, queued_at: float | None, now: float) -> str:
    """Say how long it is to be waited, or has been; nothing if nobody knows."""
    if retry_at is not None:
        return f" in {span(max(retry_at - now, 0.0))}"
    return "" if queued_at is None else f", for {span(max(now - queued_at, 0.0))} so far"


def _names(status: Status, *, short: bool) -> list[Part]:
    name = inert(status.provider or status.model or "no model")
    model = inert(status.model)
    both = model and model != name
    parts: list[Part] = [("", f"  {model if both and short else name}")]
    if both and not short:
        parts.append(("muted", f" {model}"))
    if status.transport:
        parts.append(("muted", f" {inert(status.transport)}"))
    return parts


def _numbers(status: Status) -> tuple[list[list[Part]], list[list[Part]]]:
    """List the figures of the moment, and those that can wait for room."""
    now: list[list[Part]] = []
    timing = status.timing
    if status.turn_state in (TurnState.GATHERING, TurnState.WAITING):
        now.append([("accent", f"  {status.turn_state}...")])
    for limit in status.limits:
        if limit.used_percent >= NEAR * 100:
            now.append([("near", f"  {limit.used_percent:.0f}% of quota")])
            break
    if timing.tokens_per_second >= 1:
        now.append([("", f"  {timing.tokens_per_second:.0f}"), ("muted", " tok/s")])
    if timing.first_token is not None:
        now.append([("muted", "  first "), ("", quick(timing.first_token))])
    if status.queued:
        now.append([("accent", f"  {status.queued} queued")])
    later: list[list[Part]] = []
    if status.context_budget:
        style = fullness(status.context_tokens, status.context_budget)
        used = f"{tokens(status.context_tokens)}/{tokens(status.context_budget)}"
        later.append([("muted", "  ctx "), ("" if style == "success" else style, used)])
    if timing.first_hunk is not None:
        later.append([("muted", "  edit "), ("", quick(timing.first_hunk))])
    if status.cached_tokens:
        later.append([("muted", "  cached "), ("", tokens(status.cached_tokens))])
    if status.retries:
        later.append([("muted", "  asked again "), ("stale", str(status.retries))])
    return now, later


def _width(parts: Sequence[Part]) -> int:
    return sum(cell_len(text) for _, text in parts)


def hints_line(pairs: Sequence[tuple[str, str]], width: int) -> Line:
    """Draw key hints, as many as fit, the first ones first."""
    parts: list[Part] = [("", " ")]
    used = 1
    for key, word in pairs:
        need = cell_len(key) + cell_len(word) + 3
        if used + need > width:
            break
        parts += [("accent", key), ("muted", f" {word}  ")]
        used += need
    return Line(tuple(parts))


def queue_lines(prompts: Sequence[str], width: int) -> list[Line]:
    """Draw the prompts that wait for the turn to end, the next one first."""
    shown = [
        Line((("muted", f" {number}. then  "), ("person", cut(inert(" ".join(prompt.split())), width - 11))))
        for number, prompt in enumerate(prompts[:MAX_QUEUED], 1)
    ]
    if len(prompts) > MAX_QUEUED:
        shown.append(Line((("muted", f"    and {len(prompts) - MAX_QUEUED} more"),)))
    return shown
