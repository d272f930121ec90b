"""`spark-tui replay`: plays a recorded session through the client and tells what it makes of it."""

import argparse
import asyncio
import dataclasses
import json
from pathlib import Path

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_trace import ReplayLink
from spark_tui.cli.saying import fail
from spark_tui.core.display import inert
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import Ended, EndStatus, ItemOpened, ModelEvent, TextDelta, ToolDelta
from spark_tui.core.wire.lenient import text
from spark_tui.core.wire.trace import asked_items
from spark_tui.engine.link import Link, LinkPrompt
from spark_tui.ports import SettingsWrong

_LONGEST_WAIT = 0.02
"""Seconds; what waited in the session need not wait in its replay."""


class HastyClock(SystemClock):
    """Real time in which nobody waits long."""

    async def sleep(self, seconds: float) -> None:
        """Wait a moment."""
        await asyncio.sleep(min(seconds, _LONGEST_WAIT))


def run_replay(options: argparse.Namespace) -> int:
    """Play a trace; the exit code is 0 if every response in it came to its end."""
    try:
        lanes = ReplayLink.of_file(Path(options.trace))
    except SettingsWrong as error:
        return fail(error)
    if not lanes:
        return fail(f"{options.trace} holds no recorded frames")
    return asyncio.run(_play_all(lanes, as_json=options.json))


async def _play_all(lanes: dict[str, ReplayLink], *, as_json: bool) -> int:
    good = True
    for lane, replay in lanes.items():
        good = await _play(lane, replay, as_json=as_json) and good
    return 0 if good else 1


async def _play(lane: str, replay: ReplayLink, *, as_json: bool) -> bool:
    first = replay.next_request or {}
    model = Model("recorded", "recorded", text(first.get("model")), warm_up=False)
    profile = LaneProfile(lane, model, Provider("recorded", "http://recorded/v1"))
    link = Link(
        replay, profile, LinkPrompt(text(first.get("instructions"))), HastyClock(), lambda state: None
    )
    good = True
    try:
        while (request := replay.next_request) is not None:
            if not request.get("previous_response_id"):
                link.rebase()
            async for event in link.respond(asked_items(request)):
                good = good and not (isinstance(event, Ended) and event.status is EndStatus.FAILED)
                _tell(lane, event, as_json=as_json)
    finally:
        await link.close()
    return good


def _tell(lane: str, event: ModelEvent, *, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps({"type": type(event).__name__, "lane": lane, **dataclasses.asdict(event)}), flush=True
        )
        return
    match event:
        case ItemOpened(name=name) if name:
            print(f"\n[{inert(name)}]")
        case TextDelta(text=words) | ToolDelta(text=words):
            print("\n".join(inert(line, keep_tabs=True) for line in words.split("\n")), end="", flush=True)
        case Ended(status=status, reason=reason, usage=usage):
            tokens = f", {usage.output_tokens} tokens" if usage else ""
            print(f"\n--- {status}{tokens}{': ' + inert(reason) if reason else ''}")
        case _:
            pass
