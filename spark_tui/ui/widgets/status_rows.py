"""Draws the rows at the bottom: status line, context meter, key hints. Each gives way gracefully when narrow."""

from collections.abc import Sequence

from rich.cells import cell_len

from spark_tui.core.display import inert
from spark_tui.engine import Status, TurnState
from spark_tui.ui.widgets.cells import cut
from spark_tui.ui.widgets.lines import Line, Part, trimmed

NEAR = 0.8
"""Share of the budget from which the meter warns."""

_CALM = ("ready", "streaming", "closed", "warming")


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
    full = max(round(share * cells), 1 if used else 0)
    word = " too full" if style == "over" else ""
    return [
        ("muted", "ctx "),
        (style, "=" * full),
        ("rest", "-" * (cells - full)),
        ("" if style == "success" else style, f" {tokens(used)}/{tokens(limit)}{word}"),
    ]


def status_line(status: Status, width: int, said: str = "", remark: Sequence[Part] = ()) -> Line:
    """Draw the status line; `said` takes the place of the numbers while it is fresh, `remark` stands before them."""
    lane = [(status.lane if status.lane in ("fast", "deep") else "strong", f" {status.lane}")]
    if status.refusal and said != status.refusal:
        lane.append(("stale", "  read-only"))
    room = width - _width(lane)
    if said:
        return Line((*lane, ("", "  "), ("stale", cut(inert(said), room - 3))))
    link = _link(status)
    right = _right(status)
    if status.refusal:
        # Who writes here instead is worth more than any number.
        link, right = [("", f"  {cut(inert(status.refusal), room - 3)}")], []
    right_width = _width(right)
    optional = [[(style, f"  {inert(text)}")] for style, text in remark if text] + _numbers(status)
    while right and _width(link) + right_width > room:
        right.pop(0)
        right_width = _width(right)
    left: list[Part] = [*lane, *trimmed(link, room - right_width)]
    for parts in optional:
        if _width(left) + _width(parts) + right_width <= width:
            left.extend(parts)
    return Line(tuple(left), tuple(right))


def _link(status: Status) -> list[Part]:
    name = inert(status.provider or status.model or "no model")
    parts: list[Part] = [("", f"  {name}")]
    model = inert(status.model)
    if model and model != name:
        parts.append(("muted", f" {model}"))
    if status.transport:
        parts.append(("muted", f" {inert(status.transport)}"))
    if status.link and status.link not in _CALM:
        parts.append(("stale", f"  {inert(status.link_sentence or status.link)}"))
    return parts


def _numbers(status: Status) -> list[list[Part]]:
    """List groups of parts in the order in which they deserve room."""
    groups: list[list[Part]] = []
    timing = status.timing
    if status.turn_state in (TurnState.GATHERING, TurnState.WAITING):
        groups.append([("accent", f"  {status.turn_state}...")])
    if timing.first_token is not None:
        groups.append([("muted", "  first "), ("", f"{timing.first_token:.2f}s")])
    if timing.tokens_per_second >= 1:
        groups.append([("", f"  {timing.tokens_per_second:.0f}"), ("muted", " tok/s")])
    if status.context_budget:
        style = fullness(status.context_tokens, status.context_budget)
        used = f"{tokens(status.context_tokens)}/{tokens(status.context_budget)}"
        groups.append([("muted", "  ctx "), ("" if style == "success" else style, used)])
    return groups


def _right(status: Status) -> list[Part]:
    parts: list[Part] = []
    if status.branch:
        parts.append(("muted", f"  {cut(inert(status.branch), 24)}"))
    word = "checkpoint" if status.checkpoints == 1 else "checkpoints"
    parts.append(("muted", f"  {status.checkpoints} {word} "))
    return parts


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
