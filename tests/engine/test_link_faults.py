"""Everything that a server can do wrong, done for real: conversation and files end as if nothing had happened,
or one sentence says why not and what had come is kept."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.model_http import ModelHttp
from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import Item, Reasoning, ToolCall, ToolOutput
from spark_tui.engine import Engine, EnginePorts, Trouble, TurnState
from spark_tui.ports import ModelLink
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.faults import Script
from spark_tui.rehearsal.house import Manners
from tests.fakes.disk_files import MemoryFiles
from tests.fakes.journal import MemoryCheckpoints
from tests.fakes.repository import FakeRepository
from tests.fakes.session_log import MemoryLog
from tests.fakes.token_count import CharacterCounter
from tests.fakes.word_search import MemorySearch
from tests.rehearsal.serving import serving

KEY = "opaque-0123456789"
FILES = {"a.txt": "one\ntwo é\u0301 three\nfour\n".encode(), "b.txt": b"crlf\r\nends\r\n"}
PATCH = """\
*** Begin Patch
*** Update File: a.txt
@@
 one
-two é\u0301 three
+TWO é\u0301 THREE
 four
*** Add File: c.txt
+new
*** End Patch
"""


def perform(messages: Sequence[Mapping[str, Any]]) -> Answer:
    last = messages[-1]
    if str(last.get("type", "")).endswith("_output"):
        return Answer("That is done.")
    asked = [message for message in messages if message.get("role") == "user"]
    if "edit" in str(asked[-1]):
        return Answer("I change one line and add a file.", PATCH)
    return Answer(f"You have asked {len(asked)} things.")


class ShortNaps(SystemClock):
    """Real time, without the waits between two tries."""

    async def sleep(self, seconds: float) -> None:
        """Wait a moment in place of seconds."""
        await asyncio.sleep(0.02 if seconds < 4.9 else seconds)


@dataclass(frozen=True)
class Outcome:
    """How a sitting of two prompts ended."""

    items: tuple[Item, ...]
    files: Mapping[str, bytes]
    states: tuple[TurnState, ...]
    sentences: tuple[str, ...]
    transport: str
    waited: tuple[float, ...]
    """Seconds that the turns spent waiting for the server."""
    told: str
    """Every sentence of the link."""


def links(url: str) -> dict[str, ModelLink]:
    chat = ModelHttp(url, KEY, chat=True)
    http = ModelHttp(url, KEY)
    socket = ModelSocket(url, KEY, fallback=http, streams=True)
    socket.ping_every = 0.2
    return {"ws": socket, "http": http, "chat": chat}


@asynccontextmanager
async def engine(url: str, transport: str) -> AsyncIterator[tuple[Engine, MemoryFiles]]:
    files = MemoryFiles(FILES)
    style = "function" if transport == "chat" else "freeform"
    model = Model("m", "p", "quick-1", window=20_000, max_output=1_000, patch_tool=style)
    ports = EnginePorts(
        files=files,
        checkpoints=MemoryCheckpoints(),
        repository=FakeRepository(),
        search=MemorySearch(files),
        counter=CharacterCounter(),
        clock=ShortNaps(),
        log=MemoryLog(),
        links={"fast": links(url)[transport]},
    )
    made = Engine(ports, {"fast": LaneProfile("fast", model, Provider("p", url))})
    await made.open()
    try:
        yield made, files
    finally:
        await made.close()


async def sitting(faults: list[dict[str, Any]], transport: str, **manners: Any) -> Outcome:
    """Prompt for an edit, accept all of it, prompt again."""
    script = Script.read(json.dumps(faults))
    options = {
        "manners": Manners(**{"rate": 0.0, "ping_every": 0.1, **manners}),
        "script": script,
        "token": KEY,
    }
    async with serving(perform, **options) as socket_url:
        url = socket_url.replace("ws://", "http://").removesuffix("/responses")
        async with engine(url, transport) as (made, files):
            told: list[str] = []
            made.subscribe(
                lambda event: told.append(
                    event.sentence if isinstance(event, Trouble) else made.status.link_sentence
                )
            )
            for prompt in ("edit it", "and now?"):
                asking = asyncio.ensure_future(made.conversation.submit(prompt))
                while not asking.done():
                    await asyncio.sleep(0.005)
                    if made.status.turn_state is TurnState.REVIEW:
                        newest = made.conversation.newest
                        assert newest is not None
                        await made.decisions.accept_all(newest.id)
                        made.conversation.go_on()
                await asking
            turns = made.conversation.turns
            return Outcome(
                tuple(map(_plain, made.conversation.link.items)),
                dict(files.data),
                tuple(turn.state for turn in turns),
                tuple(turn.sentence for turn in turns),
                made.status.transport,
                tuple(turn.way.waited for turn in turns),
                "\n".join(told),
            )


def _plain(item: Item) -> Item:
    """Without the names that each run makes anew."""
    if isinstance(item, ToolCall | ToolOutput):
        return replace(item, call_id="c")
    return Reasoning() if isinstance(item, Reasoning) else item


@pytest.fixture(scope="module")
def faultless() -> dict[str, Outcome]:
    return {name: asyncio.run(sitting([], name)) for name in ("ws", "http", "chat")}


def fault(do: str, **fields: Any) -> dict[str, Any]:
    return {"do": do, **fields}


PLACES = (
    {"after": 0},
    {"after": 4},
    {"after": 25},
    {"skip": 1},
    {"skip": 1, "after": 2},
    {"skip": 2, "after": 1},
)
HARMLESS: dict[str, list[dict[str, Any]]] = {
    **{f"drop {place}": [fault("drop", **place)] for place in ({}, *PLACES)},
    **{
        f"close {code}": [fault("close", status=code, after=4)] for code in (1000, 1001, 1006 + 5, 1012, 1013)
    },
    **{f"too old {place}": [fault("age", **place)] for place in ({}, *PLACES)},
    **{f"fail {place}": [fault("fail", code="server_error", **place)] for place in PLACES},
    **{f"error and fail {place}": [fault("error-and-fail", **place)] for place in PLACES},
    "error alone": [fault("error")],
    "error in mid-stream": [fault("error", after=4)],
    "429 with a time": [fault("status", status=429, code="rate_limit_exceeded", retry_after=1)],
    "503 with a time": [fault("status", status=503, retry_after=1)],
    "502 three times": [fault("status", status=502, times=3)],
    "rate limit as text": [
        fault("fail", code="rate_limit_exceeded", message="Please try again in 150ms.", after=0)
    ],
    "overloaded": [
        fault("fail", code="server_is_overloaded", after=0),
        fault("fail", code="slow_down", after=4),
    ],
    "chain forgotten": [fault("forget", skip=1), fault("forget", skip=1)],
    "chain unknown": [fault("error", code="previous_response_not_found", status=400)],
    "lean": [fault("lean", times=0)],
    "noise": [fault("noise", times=0)],
    "silence": [fault("silence", seconds=0.1, after=4, times=0)],
    "queue": [fault("queue", seconds=0.06, times=0)],
    **{f"error as {shape}": [fault("error", shape=shape)] for shape in ("flat", "detail", "status_code")},
    "slow": [fault("delay", seconds=0.1, times=0)],
    "five drops": [fault("drop", after=2, times=4)],
    "upgrade 404": [fault("status", on="upgrade", status=404, times=0)],
    "upgrade 426": [fault("status", on="upgrade", status=426, times=0)],
    "upgrade 429": [fault("status", on="upgrade", status=429, retry_after=1)],
    "upgrade 503": [fault("status", on="upgrade", status=503, retry_after=1, times=2)],
    "upgrade never": [fault("status", on="upgrade", status=500, times=0)],
    "upgrade slow": [fault("delay", on="upgrade", seconds=0.1)],
    "no list of models": [fault("status", on="models", status=404, times=0)],
    "warm-up refused": [fault("error", on="warm-up", code="unknown_parameter", status=400, times=0)],
    "warm-up cut": [fault("drop", on="warm-up", times=0)],
    "warm-up fails": [fault("fail", on="warm-up", after=0, times=0)],
    "warm-up is terse": [fault("terminal", on="warm-up", times=0)],
    "everything at once": [
        fault("status", on="upgrade", status=503),
        fault("drop", on="warm-up"),
        fault("fail", after=0),
        fault("drop", after=9),
        fault("age", after=3),
        fault("noise"),
        fault("error-and-fail", after=1),
    ],
}
ONLY_SOCKETS = ("upgrade", "warm-up")
CASES = [
    (name, transport)
    for name, faults in HARMLESS.items()
    for transport in ("ws", "http", "chat")
    if transport == "ws" or not any(entry.get("on") in ONLY_SOCKETS for entry in faults)
]


@pytest.mark.parametrize(("name", "transport"), CASES, ids=[" ".join(case) for case in CASES])
async def test_the_end_is_the_same_as_without_the_fault(
    name: str, transport: str, faultless: dict[str, Outcome]
) -> None:
    outcome, ideal = await sitting(HARMLESS[name], transport), faultless[transport]
    assert outcome.states == ideal.states == (TurnState.DONE, TurnState.DONE), outcome
    assert outcome.files == ideal.files
    assert outcome.items == ideal.items
    assert KEY not in repr(outcome)


@pytest.mark.parametrize("transport", ["ws", "http", "chat"])
async def test_a_faultless_sitting_does_what_was_asked(transport: str, faultless: dict[str, Outcome]) -> None:
    ideal = faultless[transport]
    assert ideal.files == {
        **FILES,
        "a.txt": FILES["a.txt"].replace("two é\u0301 three".encode(), "TWO é\u0301 THREE".encode()),
        "c.txt": b"new\n",
    }
    assert ideal.transport == transport
    assert ideal.sentences == ("", "")


@pytest.mark.parametrize(
    "manners",
    [
        {"piece": 1},
        {"piece": 3},
        {"lanes": False},
        {"lean": True},
        {"noise": True},
        {"lean": True, "noise": True, "piece": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("transport", ["ws", "http", "chat"])
async def test_manners_of_servers_make_no_difference(
    manners: dict[str, Any], transport: str, faultless: dict[str, Outcome]
) -> None:
    outcome, ideal = await sitting([], transport, **manners), faultless[transport]
    assert (outcome.files, outcome.items, outcome.states) == (ideal.files, ideal.items, ideal.states)


@pytest.mark.parametrize("transport", ["ws", "http", "chat"])
@pytest.mark.parametrize("shape", ["think", "split"])
async def test_thoughts_and_several_calls_lead_to_the_same_files(
    shape: str, transport: str, faultless: dict[str, Outcome]
) -> None:
    outcome, ideal = await sitting([fault(shape, times=0)], transport), faultless[transport]
    assert outcome.states == (TurnState.DONE, TurnState.DONE), outcome
    assert outcome.files == ideal.files
    calls = [item for item in outcome.items if isinstance(item, ToolCall)]
    assert len(calls) == (2 if shape == "split" else 1)


async def test_a_queue_is_told_and_measured() -> None:
    outcome = await sitting([fault("queue", seconds=0.3, times=0)], "ws")
    assert "has put the request into its queue at place 3" in outcome.told
    assert outcome.waited[0] > 0.2, "of which the server held it for 0.3 s"


async def test_what_is_too_large_for_a_socket_goes_over_http(faultless: dict[str, Outcome]) -> None:
    outcome = await sitting([fault("close", status=1009)], "ws")
    assert (outcome.files, outcome.items) == (faultless["ws"].files, faultless["ws"].items)


async def test_a_server_that_hears_nothing_any_more_is_left(faultless: dict[str, Outcome]) -> None:
    outcome = await sitting([fault("deaf", after=4)], "ws")
    assert (outcome.files, outcome.items) == (faultless["ws"].files, faultless["ws"].items)


@pytest.mark.parametrize("name", ["upgrade 404", "upgrade 426", "upgrade never"])
async def test_a_change_of_transport_is_said(name: str) -> None:
    outcome = await sitting(HARMLESS[name], "ws")
    assert outcome.transport == "http"
    assert "offers no WebSocket" in outcome.told or "going on over plain requests" in outcome.told


FATAL: dict[str, tuple[dict[str, Any], str]] = {
    "quota": (fault("fail", code="insufficient_quota", after=0), "quota is used up"),
    "usage limit": (
        fault("error", code="usage_limit_reached", status=429, resets_at=1_900_000_000), "usage limit of your plan"
    ),
    "plan": (fault("error", code="usage_not_included", status=403), "does not include this model"),
    "too long": (fault("error", code="context_length_exceeded", status=400), "no longer fits"),
    "policy": (fault("error", code="invalid_prompt", status=400, message="Not this."), "Not this."),
    "no model": (fault("error", code="model_not_found", status=404, message="No such model."), "No such model."),
    "wait too long": (fault("status", status=429, code="rate_limit_exceeded", retry_after=4000), "Come back later"),
    "garbage": (fault("garbage", after=4), "not a JSON object"),
    "policy close": (fault("close", status=1008, after=4), "1008|too early"),
    "limit": (fault("incomplete", code="max_output_tokens", after=20), "largest size"),
}  # fmt: skip


@pytest.mark.parametrize("transport", ["ws", "http", "chat"])
@pytest.mark.parametrize("name", FATAL)
async def test_what_can_not_be_healed_is_one_sentence_and_the_next_turn_works(
    name: str, transport: str, faultless: dict[str, Outcome]
) -> None:
    trouble, words = FATAL[name]
    if name == "policy close" and transport != "ws":
        pytest.skip("there are no close codes on plain requests")
    outcome = await sitting([trouble], transport)
    assert outcome.states[0] in (TurnState.FAILED, TurnState.CUT), outcome
    assert re.search(words, outcome.sentences[0]), outcome.sentences
    assert "\n" not in outcome.sentences[0]
    assert outcome.states[1] is TurnState.DONE, outcome
    assert outcome.files == FILES
    assert KEY not in repr(outcome)


async def test_a_wrong_key_is_one_sentence() -> None:
    async with serving(perform, token="another") as socket_url:
        url = socket_url.replace("ws://", "http://").removesuffix("/responses")
        for transport in ("ws", "http", "chat"):
            async with engine(url, transport) as (made, _):
                await made.conversation.submit("edit it")
                assert made.conversation.turns[0].sentence.startswith("key refused")
