"""The page of figures: how every lane's connection is, and how quick each of the last turns was, and why."""

import time
from collections.abc import Iterable

from spark_tui.core.display import inert
from spark_tui.core.wire.refusals import span
from spark_tui.engine import Engine, LinkState, TurnState, TurnView
from spark_tui.ui.screens.page import PageScreen
from spark_tui.ui.widgets.cells import cut
from spark_tui.ui.widgets.lines import BLANK, Line, Part, plain
from spark_tui.ui.widgets.status_rows import NEAR, how_long, quick, tokens

LATENCY = "latency-page"
"""Id of the page."""

MOST_TURNS = 50
"""Turns that are shown."""

_AGAIN = 0.5
"""Seconds after which the page is drawn again."""


def latency_page(engine: Engine) -> PageScreen:
    """Make the page; it follows what happens."""
    return PageScreen("latency", lambda width: latency_lines(engine, width), id=LATENCY, again=_AGAIN)


def latency_lines(engine: Engine, width: int) -> list[Line]:
    """Write the lanes, then the turns, the newest first."""
    lines = [BLANK, plain("  lanes", "heading")]
    for lane, state in engine.links.items():
        lines += _lane(lane, state, width)
    lines += [BLANK, plain("  turns", "heading")]
    turns = engine.conversation.turns
    if not turns:
        lines.append(plain("  Nothing was asked yet.", "muted"))
    for turn in reversed(turns[-MOST_TURNS:]):
        lines += _turn(turn, width)
    return lines


def _lane(lane: str, state: LinkState, width: int) -> list[Line]:
    names = " ".join(inert(name) for name in (state.provider, state.model, state.transport) if name)
    style = lane if lane in ("fast", "deep") else "strong"
    room = max(width - len(lane) - len(state.phase) - 9, 8)
    lines = [Line(((style, f"  {lane}  "), ("", cut(names, room)), ("muted", f"  {state.phase}")))]
    if state.sentence:
        words = inert(state.sentence) + how_long(state.retry_at, state.queued_at, time.time())
        lines.append(plain(f"      {cut(words, width - 7)}", "stale"))
    opened = _opened(state.figures.connect, state.figures.warm_up)
    lines.append(_figures((("", opened),) if opened else (("muted", "not connected yet"),), width))
    for limit in state.limits:
        back = "" if limit.resets_at is None else f", back in {span(max(limit.resets_at - time.time(), 0.0))}"
        window = "" if limit.window_minutes is None else f" of {span(limit.window_minutes * 60.0)}"
        style = "near" if limit.used_percent >= NEAR * 100 else ""
        words = f"{limit.used_percent:.0f}% of the {inert(limit.name)} quota{window} used{back}"
        lines.append(_figures(((style, words),), width))
    return lines


def _opened(connect: float | None, warm_up: float | None) -> str:
    said = [
        f"{word} {quick(seconds)}"
        for word, seconds in (("connect", connect), ("warm-up", warm_up))
        if seconds is not None
    ]
    return ", ".join(said)


def _turn(turn: TurnView, width: int) -> list[Line]:
    timing, way, usage = turn.timing, turn.way, turn.usage
    end = str(turn.state) if timing.total is None else f"{turn.state} {timing.total:.1f}s"
    style = "error" if turn.state is TurnState.FAILED else "muted"
    prompt = cut(inert(" ".join(turn.prompt.split())), max(width - len(turn.id) - len(end) - 7, 8))
    lines = [Line((("muted", f"  {inert(turn.id)}  "), ("person", prompt)), ((style, f"{end} "),))]
    opened = _opened(way.connect, way.warm_up)
    how = [f"{turn.lane} {inert(way.transport)}".strip()]
    if opened:
        how.append(f"{'warm already' if way.was_warm else 'opened for it'} ({opened})")
    speeds = [
        f"{word} {quick(seconds)}"
        for word, seconds in (("first word", timing.first_token), ("first edit", timing.first_hunk))
        if seconds is not None
    ]
    if timing.tokens_per_second >= 1:
        speeds.append(f"{timing.tokens_per_second:.0f} tok/s")
    counts = [f"{tokens(timing.output_tokens)} out"] if timing.output_tokens else []
    if usage is not None:
        counts += [f"{tokens(usage.input_tokens)} in", f"{tokens(usage.cached_tokens)} of it cached"]
    trouble = [f"asked again {way.retries} time{'s' * (way.retries != 1)}"] if way.retries else []
    if way.waited >= 0.05:
        trouble.append(f"waited {span(way.waited)} for the server")
    for style, words in (("muted", how), ("", speeds), ("muted", counts), ("stale", trouble)):
        if words:
            lines.append(_figures(((style, ", ".join(words)),), width))
    return lines


def _figures(parts: Iterable[Part], width: int) -> Line:
    return Line((("", "      "), *((style, cut(text, max(width - 7, 8))) for style, text in parts)))
