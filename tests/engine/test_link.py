"""A link connects, warms up, sends deltas, and survives whatever a server does to it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.settings import LaneProfile, Model, Provider
from spark_tui.core.wire import (
    AssistantMessage,
    CustomTool,
    DeveloperMessage,
    Ended,
    EndStatus,
    Item,
    ItemDropped,
    ItemKind,
    ModelEvent,
    TextDelta,
    ToolCall,
    ToolOutput,
    UserMessage,
    WireFault,
)
from spark_tui.engine.link import Link, LinkPhase, LinkPrompt, LinkState
from spark_tui.ports import LinkDown, LinkInfo, LinkRefused, PortError
from tests.fakes.clock import FakeClock, settle
from tests.fakes.model_socket import (
    FakeModelSocket,
    Step,
    call_reply,
    called,
    completed,
    created,
    error,
    failed,
    said,
    text_reply,
    warm_reply,
)

HI = UserMessage("hi")
MORE = UserMessage("more")
CALL = ToolCall(ItemKind.CUSTOM, "c1", "apply_patch", "*** patch")
DONE = ToolOutput(ItemKind.CUSTOM, "c1", "accepted")
TOOL = CustomTool("apply_patch", "Edits.", "start: /.+/")
DOWN = LinkDown("the wire was cut", 1006)


class Bench:
    """A link on a scripted transport, under held time."""

    def __init__(
        self,
        replies: Iterable[Sequence[Step]] = (),
        connects: Iterable[LinkInfo | PortError | asyncio.Event] = (),
        *,
        warm_up: bool = False,
        lane: str = "fast",
        fallback: FakeModelSocket | None = None,
        stand_ins: Sequence[str] = (),
    ) -> None:
        provider = Provider("openai", "https://api.openai.com/v1", "OPENAI_API_KEY")
        profile = LaneProfile(
            lane,
            Model("quick", "openai", "quick-1", effort="low", warm_up=warm_up),
            provider,
            tuple(Model(slug, "openai", slug) for slug in stand_ins),
        )
        self.clock = FakeClock()
        self.socket = FakeModelSocket(replies, connects, fallback)
        self.states: list[LinkState] = []
        self.link = Link(
            self.socket, profile, LinkPrompt("Pair up.", (TOOL,)), self.clock, self.states.append
        )

    async def ask(self, *items: Item) -> list[ModelEvent]:
        return [event async for event in self.link.respond(items)]

    def asking(self, *items: Item) -> "asyncio.Task[list[ModelEvent]]":
        return asyncio.ensure_future(self.ask(*items))

    async def ask_patiently(self, *items: Item, seconds: float = 120.0) -> list[ModelEvent]:
        """Ask while time passes."""
        asking = self.asking(*items)
        await self.clock.advance(seconds)
        assert asking.done()
        return asking.result()

    @property
    def phases(self) -> list[LinkPhase]:
        """Phases in order, repeated ones once."""
        names = [state.phase for state in self.states]
        return [name for index, name in enumerate(names) if index == 0 or names[index - 1] is not name]

    @property
    def inputs(self) -> list[list[str]]:
        """What each request brought, in short."""
        return [[_short(item) for item in request["input"]] for request in self.socket.requests]

    @property
    def chains(self) -> list[str]:
        """What each request went on from."""
        return [request.get("previous_response_id", "") for request in self.socket.requests]


def _short(item: dict[str, Any]) -> str:
    match item["type"]:
        case "message":
            return f"{item['role']}:{item['content'][0]['text']}"
        case kind:
            return f"{kind}:{item.get('call_id', '')}"


def ended(events: Sequence[ModelEvent]) -> Ended:
    assert isinstance(events[-1], Ended)
    assert sum(isinstance(event, Ended) for event in events) == 1
    return events[-1]


def shown(events: Sequence[ModelEvent]) -> str:
    """The prose that stays on the screen."""
    texts: dict[str, str] = {}
    for number, event in enumerate(events):
        if isinstance(event, TextDelta):
            texts[event.item_id] = texts.get(event.item_id, "") + event.text
        elif isinstance(event, ItemDropped):
            texts.pop(event.item_id, None)
        elif getattr(event, "item_id", None) in texts and type(event).__name__ == "ItemDone":
            texts[f"done {number}"] = texts.pop(event.item_id)  # type: ignore[union-attr]
    return "".join(texts.values())


@pytest.fixture(autouse=True)
async def nothing_stays_behind() -> AsyncIterator[None]:
    yield
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


# --- opening


async def test_it_connects_and_warms_up_when_opened() -> None:
    bench = Bench([warm_reply()], warm_up=True)
    await bench.link.open()
    assert [(state.phase, state.sentence) for state in bench.states] == [
        (LinkPhase.CONNECTING, "connecting to api.openai.com"),
        (LinkPhase.WARMING, "warming up api.openai.com"),
        (LinkPhase.READY, ""),
    ]
    assert (bench.link.state.transport, bench.link.state.model) == ("ws", "quick-1")
    (request,) = bench.socket.requests
    assert request["generate"] is False
    assert request["input"] == []


async def test_turns_go_on_from_each_other_with_what_is_new() -> None:
    bench = Bench(
        [
            warm_reply(),
            call_reply("r1", "c1", "*** ", "patch"),
            text_reply("r2", "Done."),
            text_reply("r3", "Yes."),
        ],
        warm_up=True,
    )
    await bench.link.open()
    first = await bench.ask(DeveloperMessage("rules"), HI)
    second = await bench.ask(DONE)
    third = await bench.ask(MORE)
    assert [ended(events).status for events in (first, second, third)] == [EndStatus.COMPLETED] * 3
    assert ended(first).usage is not None
    assert bench.chains == ["", "warm", "r1", "r2"]
    assert bench.inputs == [[], ["developer:rules", "user:hi"], ["custom_tool_call_output:c1"], ["user:more"]]
    assert bench.link.items == (
        DeveloperMessage("rules"), HI, CALL, DONE, AssistantMessage("Done.", "final_answer"), MORE,
        AssistantMessage("Yes.", "final_answer"),
    )  # fmt: skip
    assert bench.socket.connections == 1
    assert {str(sorted(r)) for r in bench.socket.requests[1:]} == {str(sorted(bench.socket.requests[1]))}


async def test_it_connects_by_itself_when_it_was_not_opened() -> None:
    bench = Bench([text_reply("r1", "Hi.")])
    events = await bench.ask(HI)
    assert shown(events) == "Hi."
    assert bench.phases == [LinkPhase.CONNECTING, LinkPhase.STREAMING, LinkPhase.READY]


async def test_a_prompt_waits_for_the_warm_up() -> None:
    warm = asyncio.Event()
    bench = Bench([[warm, *warm_reply()], text_reply("r1", "Hi.")], warm_up=True)
    opening = asyncio.ensure_future(bench.link.open())
    await settle()
    asking = bench.asking(HI)
    await settle()
    assert len(bench.socket.requests) == 1
    warm.set()
    assert shown(await asking) == "Hi."
    await opening
    assert bench.chains == ["", "warm"]


@pytest.mark.parametrize(
    ("reply", "connections"),
    [
        ([error("unknown_parameter")], 1),
        ([created("w"), *said("m", "I generate.")], 2),
        ([created("w"), error("unknown_parameter")], 2),
        ([created("w"), failed("w", "server_error")], 1),
    ],
)
async def test_a_server_that_can_not_warm_up_is_used_without(reply: list[Step], connections: int) -> None:
    bench = Bench([reply, text_reply("r1", "Hi."), text_reply("r2", "Ho.")], warm_up=True)
    await bench.link.open()
    assert bench.link.state.phase is LinkPhase.READY
    assert shown(await bench.ask(HI)) == "Hi."
    bench.socket.break_down()
    assert shown(await bench.ask(MORE)) == "Ho."
    assert bench.socket.connections == connections + 1
    assert bench.inputs[1] == ["user:hi"]
    assert bench.chains[1] == ""


async def test_a_warm_up_that_never_ends_is_given_up() -> None:
    bench = Bench([[created("w")], text_reply("r1", "Hi."), text_reply("r2", "Ho.")], warm_up=True)
    opening = asyncio.ensure_future(bench.link.open())
    await bench.clock.advance(9.0)
    assert not opening.done()
    await bench.clock.advance(2.0)
    await opening
    assert bench.link.state.phase is LinkPhase.READY
    assert bench.socket.connections == 2
    assert shown(await bench.ask(HI)) == "Hi."
    bench.socket.break_down()
    assert shown(await bench.ask(MORE)) == "Ho."


async def test_a_connection_that_breaks_while_warming_up_twice_is_not_warmed_again() -> None:
    bench = Bench([[DOWN], [DOWN], text_reply("r1", "Hi.")], warm_up=True)
    await bench.link.open()
    bench.socket.break_down()
    await bench.clock.advance(6.0)
    assert bench.link.state.phase is LinkPhase.READY
    assert shown(await bench.ask(HI)) == "Hi."
    assert [request.get("generate") for request in bench.socket.requests] == [False, False, None]


# --- trouble while nothing is asked


async def test_a_key_that_is_refused_is_said_and_not_tried_over_and_over() -> None:
    bench = Bench(connects=[LinkRefused("key refused: check OPENAI_API_KEY", 401)] * 9)
    await bench.link.open()
    assert (bench.link.state.phase, bench.link.state.sentence) == (
        LinkPhase.FAILED, "key refused: check OPENAI_API_KEY",
    )  # fmt: skip
    await bench.clock.advance(600.0)
    assert bench.socket.connections == 1
    events = await bench.ask(HI)
    assert ended(events) == Ended(EndStatus.FAILED, "key refused: check OPENAI_API_KEY")
    assert bench.socket.connections == 2


async def test_a_server_that_is_away_is_tried_again_ever_more_rarely_until_it_is_back() -> None:
    bench = Bench(connects=[LinkDown("nothing answers at api.openai.com")] * 3)
    await bench.link.open()
    state = bench.link.state
    words = "nothing answers at api.openai.com; trying again"
    assert (state.phase, state.sentence) == (LinkPhase.WAITING, words)
    assert state.retry_at is not None
    assert 4 < state.retry_at - bench.clock.now() < 6
    await bench.clock.advance(30.0)
    assert bench.socket.connections == 3
    await bench.clock.advance(25.0)
    assert bench.socket.connections == 4
    assert bench.link.state.phase is LinkPhase.READY


async def test_a_connection_that_broke_between_turns_is_replaced_before_the_next() -> None:
    bench = Bench([text_reply("r1", "Hi."), text_reply("r2", "Ho.")])
    await bench.ask(HI)
    bench.socket.break_down()
    await bench.clock.advance(6.0)
    assert bench.socket.connections == 2
    await bench.ask(MORE)
    assert bench.socket.connections == 2
    assert bench.inputs[1] == ["user:hi", "assistant:Hi.", "user:more"]
    assert bench.chains == ["", ""]


async def test_an_old_connection_is_left_for_one_that_is_warm_already() -> None:
    warm, hold = asyncio.Event(), asyncio.Event()
    bench = Bench(
        [
            text_reply("r1", "Hi."),
            [created("r2"), hold, *text_reply("r2", "Ho.")[1:]],
            [warm, *warm_reply("w2")],
            text_reply("r3", "Hm."),
        ],
        warm_up=True,
    )
    bench.socket.replies.appendleft(warm_reply())
    await bench.link.open()
    await bench.ask(HI)
    await bench.clock.advance(54 * 60.0)
    asking = bench.asking(MORE)
    await bench.clock.advance(3 * 60.0)
    assert bench.socket.connected and not bench.socket.twins, "never in the middle of a response"
    hold.set()
    assert shown(await asking) == "Ho."
    await bench.clock.advance(6.0)
    (twin,) = bench.socket.twins
    assert twin.connected and bench.socket.connected, "the old one stays while the new one warms up"
    assert bench.link.state.phase is LinkPhase.READY
    warm.set()
    await settle()
    assert twin.connected and bench.socket.closed
    assert shown(await bench.ask(MORE)) == "Hm."
    assert bench.chains[-1] == "w2"
    assert bench.inputs[-1] == ["user:hi", "assistant:Hi.", "user:more", "assistant:Ho.", "user:more"]


async def test_a_turn_that_begins_during_a_rotation_has_the_old_connection() -> None:
    warm = asyncio.Event()
    bench = Bench(
        [
            warm_reply(),
            text_reply("r1", "Hi."),
            [warm, *warm_reply("w2")],
            text_reply("r2", "Ho."),
            text_reply("r3", "Hm."),
        ],
        warm_up=True,
    )
    await bench.link.open()
    await bench.ask(HI)
    await bench.clock.advance(55 * 60.0 + 1)
    assert shown(await bench.ask(MORE)) == "Ho."
    assert bench.chains[-1] == "r1"
    assert bench.socket.connected
    warm.set()
    await settle()
    assert shown(await bench.ask(MORE)) == "Hm."
    assert bench.socket.closed and bench.chains[-1] == "w2"


async def test_a_connection_that_can_not_be_replaced_yet_goes_on() -> None:
    bench = Bench([warm_reply(), text_reply("r1", "Hi."), text_reply("r2", "Ho.")], warm_up=True)
    await bench.link.open()
    await bench.ask(HI)
    bench.socket.connects.append(LinkDown("nothing answers"))
    await bench.clock.advance(55 * 60.0)
    assert bench.socket.connected and bench.link.state.phase is LinkPhase.READY
    assert shown(await bench.ask(MORE)) == "Ho."
    assert bench.chains[-1] == "r1"


@pytest.mark.parametrize("idle", [True, False])
async def test_an_old_connection_is_replaced_between_turns(idle: bool) -> None:
    hold = asyncio.Event()
    bench = Bench(
        [
            warm_reply(),
            [created("r1"), hold, *text_reply("r1", "Hi.")[1:]],
            warm_reply("w2"),
            text_reply("r2", "Ho."),
        ],
        warm_up=True,
    )
    await bench.link.open()
    asking = bench.asking(HI)
    await bench.clock.advance(14 * 60.0)
    hold.set()
    await asking
    if idle:
        await bench.clock.advance(40 * 60.0)
        assert not bench.socket.twins
        await bench.clock.advance(70.0)
        assert [twin.connections for twin in bench.socket.twins] == [1]
    else:
        bench.clock._now += 55 * 60.0
    await bench.ask(MORE)
    assert bench.socket.connections + len(bench.socket.twins) == 2
    # A prompt that waits is not kept waiting for a warm-up.
    assert bench.chains[-1] == ("w2" if idle else "")
    assert bench.inputs[-1] == ["user:hi", "assistant:Hi.", "user:more"]


# --- trouble with a request


async def test_a_lost_chain_is_replaced_by_the_whole_conversation_once() -> None:
    lost = [error("previous_response_not_found")]
    bench = Bench([text_reply("r1", "Hi."), lost, text_reply("r2", "Ho."), lost, lost])
    await bench.ask(HI)
    events = await bench.ask(MORE)
    assert shown(events) == "Ho."
    assert not any(isinstance(event, WireFault) for event in events)
    assert bench.chains == ["", "r1", ""]
    assert bench.inputs[2] == ["user:hi", "assistant:Hi.", "user:more"]
    assert bench.socket.connections == 1
    assert ended(await bench.ask(HI)).status is EndStatus.FAILED
    assert len(bench.socket.requests) == 5


async def test_a_connection_that_is_too_old_for_the_server_is_replaced_without_a_word() -> None:
    bench = Bench([[error("websocket_connection_limit_reached"), DOWN], text_reply("r1", "Hi.")])
    events = await bench.ask(HI)
    assert shown(events) == "Hi."
    assert bench.socket.connections == 2
    assert LinkPhase.WAITING not in bench.phases


async def test_a_response_that_the_age_limit_cut_is_asked_for_again() -> None:
    cut: list[Step] = [
        created("r1"),
        *said("m1", "b.py", done=False),
        error("websocket_connection_limit_reached"),
        DOWN,
    ]
    bench = Bench([cut, text_reply("r2", "b.py is fine.")])
    events = await bench.ask_patiently(HI)
    assert shown(events) == "b.py is fine."
    assert ItemDropped("m1") in events
    assert bench.inputs == [["user:hi"], ["user:hi"]]
    assert bench.link.items == (HI, AssistantMessage("b.py is fine.", "final_answer"))


async def test_a_loss_before_the_first_event_is_mended_in_silence_once() -> None:
    bench = Bench([[DOWN], text_reply("r1", "Hi."), [DOWN], [DOWN], text_reply("r2", "Ho.")])
    assert shown(await bench.ask(HI)) == "Hi."
    assert not any(state.sentence.endswith("asking again") for state in bench.states)
    assert shown(await bench.ask_patiently(MORE)) == "Ho."
    waiting = [state for state in bench.states if state.phase is LinkPhase.WAITING]
    assert [state.sentence for state in waiting] == ["the wire was cut; asking again"]
    assert bench.socket.connections == 4


async def test_after_five_tries_it_is_enough() -> None:
    bench = Bench([[DOWN]] * 20)
    events = await bench.ask_patiently(HI)
    assert ended(events) == Ended(EndStatus.FAILED, "the wire was cut; tried 7 times")
    assert len(bench.socket.requests) == 7
    waits = [seconds for seconds in bench.clock.slept if seconds < 4]
    assert [round(wait / 0.2) for wait in waits[:5]] == pytest.approx([1, 2, 4, 8, 16], abs=2)
    assert bench.link.state.phase in (LinkPhase.FAILED, LinkPhase.READY)


async def test_a_loss_in_mid_answer_keeps_what_was_finished_and_says_so() -> None:
    finished = said("m1", "Look", "ing.")
    finished[-1]["item"]["phase"] = "commentary"
    bench = Bench(
        [
            [created("r1"), *finished, *called("c1", "*** ", index=1, done=False), DOWN],
            call_reply("r2", "c2", "*** patch"),
        ]
    )
    events = await bench.ask_patiently(HI)
    assert shown(events) == "Looking."
    assert ItemDropped("ctc_c1", "c1") in events
    assert bench.inputs[1] == ["user:hi", "assistant:Looking."]
    assert [type(item).__name__ for item in bench.link.items] == [
        "UserMessage",
        "AssistantMessage",
        "ToolCall",
    ]
    assert any(state.phase is LinkPhase.WAITING for state in bench.states)
    assert bench.link.state.sentence == ""


async def test_a_finished_edit_is_never_asked_for_twice() -> None:
    bench = Bench([[created("r1"), *called("c1", "*** patch"), DOWN], text_reply("r2", "Good.")])
    events = await bench.ask(HI)
    assert ended(events) == Ended(EndStatus.INCOMPLETE, "the wire was cut; the finished edit is kept")
    assert bench.link.items == (HI, CALL)
    assert len(bench.socket.requests) == 1
    await bench.ask(DONE)
    assert bench.inputs[1] == ["user:hi", "custom_tool_call:c1", "custom_tool_call_output:c1"]


async def test_a_finished_answer_is_never_asked_for_twice() -> None:
    bench = Bench([[created("r1"), *said("m1", "Hi."), DOWN]])
    events = await bench.ask(HI)
    assert ended(events).status is EndStatus.COMPLETED
    assert bench.link.items == (HI, AssistantMessage("Hi.", "final_answer"))


async def test_a_busy_server_is_asked_again_when_it_says() -> None:
    busy = error("rate_limit_exceeded", 429, "slow", headers={"retry-after": "7"})
    bench = Bench([[busy], text_reply("r1", "Hi.")])
    asking = bench.asking(HI)
    await bench.clock.advance(6.5)
    state = bench.link.state
    assert (state.phase, state.sentence) == (
        LinkPhase.WAITING,
        "api.openai.com asks for fewer requests; asking again",
    )
    assert state.retry_at == pytest.approx(bench.clock.now() + 0.5)
    await bench.clock.advance(1.0)
    assert shown(await asking) == "Hi."
    assert bench.socket.connections == 2


async def test_a_server_that_is_busy_for_long_is_not_waited_for() -> None:
    bench = Bench(connects=[LinkRefused("api.openai.com is overloaded: try again in 900 s", 503, 900.0)] * 3)
    assert ended(await bench.ask(HI)).reason == "api.openai.com is overloaded: try again in 900 s"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (error("insufficient_quota", 429), "the quota is used up: check the billing of your account (no)"),
        (
            error("model_not_found", 404, "no such model"),
            "api.openai.com does not have this model: pick another one ('spark-tui models' lists what answers) "
            "(no such model)",
        ),
        (
            error("invalid_prompt", 400, "not this"),
            "api.openai.com refuses this by its policy: ask in other words (not this)",
        ),
        (
            LinkDown("the request is too large for api.openai.com", 1009),
            "the request is too large for api.openai.com",
        ),
        (LinkDown("api.openai.com sent nonsense", 1007), "api.openai.com sent nonsense"),
        (LinkRefused("the request is 17.0 MiB", 413), "the request is 17.0 MiB"),
    ],
)
async def test_what_will_not_get_better_is_said_at_once(step: Step, reason: str) -> None:
    bench = Bench([[step], text_reply("r1", "Hi.")])
    assert ended(await bench.ask(HI)) == Ended(EndStatus.FAILED, reason)
    assert bench.link.state.sentence == reason
    assert len(bench.socket.requests) == 1
    assert shown(await bench.ask(HI)) == "Hi."
    assert bench.inputs[-1] == ["user:hi"]


async def test_what_a_server_will_not_take_does_not_stay_in_the_conversation() -> None:
    bench = Bench(
        [call_reply("r1", "c1", "*** patch"), [error("context_length_exceeded")], text_reply("r2", "Hi.")]
    )
    await bench.ask(HI)
    await bench.ask(DONE, DeveloperMessage("a very long file"), MORE)
    assert bench.link.items == (HI, CALL, DONE)
    await bench.ask(UserMessage("shorter"))
    assert bench.inputs[-1] == [
        "user:hi",
        "custom_tool_call:c1",
        "custom_tool_call_output:c1",
        "user:shorter",
    ]


async def test_an_error_and_the_failure_after_it_are_one_setback_on_a_good_connection() -> None:
    pair: list[Step] = [
        created("r1"),
        error("server_error", None, "oops"),
        failed("r1", "server_error", "oops"),
    ]
    bench = Bench([pair, text_reply("r2", "Hi.")])
    events = await bench.ask_patiently(HI)
    assert shown(events) == "Hi."
    assert bench.socket.connections == 1


async def test_an_error_without_an_ending_costs_the_connection_after_a_moment() -> None:
    bench = Bench([[created("r1"), error("invalid_prompt", 400, "not this")]])
    asking = bench.asking(HI)
    await bench.clock.advance(0.2)
    assert not asking.done()
    await bench.clock.advance(0.1)
    assert ended(await asking) == Ended(
        EndStatus.FAILED, "api.openai.com refuses this by its policy: ask in other words (not this)"
    )
    assert not bench.socket.connected


async def test_an_error_that_the_response_survives_is_forgotten() -> None:
    bench = Bench([[created("r1"), error("hiccup", None), *said("m1", "Hi."), completed("r1")]])
    events = await bench.ask(HI)
    assert ended(events).status is EndStatus.COMPLETED


async def test_an_end_that_is_sent_twice_does_not_end_the_next_turn() -> None:
    bench = Bench([text_reply("r1", "Hi."), [completed("r1"), *text_reply("r2", "Ho.")]])
    await bench.ask(HI)
    assert shown(await bench.ask(MORE)) == "Ho."


async def test_a_prompt_that_failed_is_not_doubled_when_it_is_asked_again() -> None:
    bench = Bench([[DOWN]] * 7 + [text_reply("r1", "Hi.")])
    context = UserMessage("a file")
    assert ended(await bench.ask_patiently(context, HI)).status is EndStatus.FAILED
    assert bench.link.items == (context, HI)
    await bench.ask(HI)
    assert bench.inputs[-1] == ["user:a file", "user:hi"]


# --- the person


async def test_esc_ends_the_turn_at_once_and_the_next_goes_on_from_what_was_said() -> None:
    partial: list[Step] = [created("r1"), *said("m1", "It is", " a")[:-1]]
    bench = Bench([warm_reply(), partial, warm_reply("w2"), text_reply("r2", "Ho.")], warm_up=True)
    await bench.link.open()
    asking = bench.asking(HI)
    await settle()
    await bench.link.cut()
    events = await asking
    assert ended(events) == Ended(EndStatus.CUT, "stopped")
    assert bench.link.items == (HI, AssistantMessage("It is a", "final_answer"))
    await settle()
    assert bench.socket.connections == 2
    assert bench.link.state.phase is LinkPhase.READY
    await bench.ask(MORE)
    assert bench.chains[-1] == "w2"
    assert bench.inputs[-1] == ["user:hi", "assistant:It is a", "user:more"]


async def test_half_a_call_that_was_cut_is_not_part_of_the_conversation() -> None:
    bench = Bench(
        [
            [created("r1"), *called("c0", "*** patch"), *called("c1", "*** ", index=1, done=False)],
            text_reply("r2", "Ho."),
        ]
    )
    asking = bench.asking(HI)
    await settle()
    await bench.link.cut()
    events = await asking
    assert not any(isinstance(event, ItemDropped) for event in events)
    assert [item.call_id for item in bench.link.items if isinstance(item, ToolCall)] == ["c0"]
    await bench.ask(
        ToolOutput(ItemKind.CUSTOM, "c0", "accepted"), ToolOutput(ItemKind.CUSTOM, "c1", "one hunk"), MORE
    )
    assert bench.inputs[-1] == [
        "user:hi", "custom_tool_call:c0", "custom_tool_call_output:c0", "developer:one hunk", "user:more",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["connecting", "waiting", "asked"])
async def test_esc_works_wherever_the_turn_is(where: str) -> None:
    hold = asyncio.Event()
    scripts: dict[str, Bench] = {
        "connecting": Bench([text_reply("r1", "Hi.")], [hold]),
        "waiting": Bench([[error("slow_down", 503)], text_reply("r1", "Hi.")]),
        "asked": Bench([[], text_reply("r1", "Hi.")]),
    }
    bench = scripts[where]
    asking = bench.asking(HI)
    await settle()
    await bench.link.cut()
    assert ended(await asking).status is EndStatus.CUT
    assert bench.link.items == (HI,)
    assert shown(await bench.ask(MORE)) == "Hi."
    assert bench.inputs[-1] == ["user:hi", "user:more"]


async def test_esc_without_a_turn_does_nothing() -> None:
    bench = Bench([text_reply("r1", "Hi.")])
    await bench.link.cut()
    await bench.ask(HI)
    await bench.link.cut()
    assert bench.socket.connected


async def test_a_reader_that_leaves_cuts_the_response() -> None:
    bench = Bench([[created("r1"), *said("m1", "It is")[:-1]], text_reply("r2", "Ho.")])
    stream = bench.link.respond([HI])
    async for event in stream:
        if isinstance(event, TextDelta):
            break
    await stream.aclose()
    assert not bench.link.is_busy
    assert shown(await bench.ask(MORE)) == "Ho."
    assert bench.inputs[-1] == ["user:hi", "assistant:It is", "user:more"]
    assert bench.socket.connection_of == [1, 2]


async def test_one_response_at_a_time() -> None:
    bench = Bench([[created("r1")]])
    asking = bench.asking(HI)
    await settle()
    with pytest.raises(RuntimeError):
        await bench.ask(MORE)
    await bench.link.cut()
    await asking


async def test_closing_ends_everything() -> None:
    bench = Bench([[created("r1")]])
    asking = bench.asking(HI)
    await settle()
    await bench.link.close()
    assert ended(await asking).status is EndStatus.CUT
    assert bench.socket.closed
    assert bench.link.state.phase is LinkPhase.CLOSED
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_error_of_our_own_reaches_whoever_asked() -> None:
    bench = Bench([[created("r1"), *said("m1", "It")[:-1]]])
    bench.link._hearing._over = None  # type: ignore[assignment, method-assign]
    bench.socket.replies[0] = [*bench.socket.replies[0], completed("r1")]
    with pytest.raises(TypeError):
        await bench.ask(HI)
    assert not bench.link.is_busy


async def test_every_call_is_answered_even_if_nobody_knows_how() -> None:
    bench = Bench([call_reply("r1", "c1", "*** patch"), text_reply("r2", "Ho.")])
    await bench.ask(HI)
    await bench.ask(MORE)
    assert bench.inputs[-1] == ["custom_tool_call_output:c1", "user:more"]


async def test_another_conversation_is_sent_whole() -> None:
    bench = Bench([text_reply("r1", "Hi."), text_reply("r2", "Ho.")])
    await bench.ask(HI)
    bench.link.rebase([DeveloperMessage("in short")])
    await bench.ask(MORE)
    assert bench.inputs[-1] == ["developer:in short", "user:more"]
    assert bench.chains[-1] == ""


# --- silence


@pytest.mark.parametrize(("lane", "patience"), [("fast", 10), ("deep", 60)])
async def test_a_silent_server_is_noticed_and_not_cut(lane: str, patience: int) -> None:
    hold = asyncio.Event()
    bench = Bench([[created("r1"), hold, *text_reply("r1", "Hi.")[1:]]], lane=lane)
    asking = bench.asking(HI)
    await bench.clock.advance(patience - 1.0)
    assert bench.link.state.sentence == ""
    await bench.clock.advance(7.0)
    assert bench.link.state.sentence.startswith("no word from api.openai.com for ")
    assert bench.link.state.phase is LinkPhase.STREAMING
    hold.set()
    assert shown(await asking) == "Hi."
    assert bench.link.state.sentence == ""


async def test_a_server_that_is_silent_for_very_long_is_given_up() -> None:
    bench = Bench([[created("r1")]])
    asking = bench.asking(HI)
    await bench.clock.advance(16 * 60.0)
    assert ended(await asking) == Ended(EndStatus.FAILED, "no word from api.openai.com for 15 minutes")


# --- everything at once

ANSWER = ["It", " is", " a", " test."]
TROUBLE: st.SearchStrategy[list[Step]] = st.sampled_from(
    [
        [DOWN],
        [LinkDown("gone", 1012)],
        [error("websocket_connection_limit_reached"), DOWN],
        [error("server_error", 500), failed("r", "server_error")],
        [error("rate_limit_exceeded", 429, "try again in 1s")],
        [failed("r", "server_is_overloaded")],
        [error("previous_response_not_found")],
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(ANSWER) + 3), TROUBLE), max_size=4), st.booleans())
def test_whatever_happens_on_the_way_the_conversation_is_whole_or_the_failure_is_said(
    mishaps: list[tuple[int, list[Step]]], chained: bool
) -> None:
    async def run() -> None:
        good = text_reply("r", *ANSWER)
        cuts = [[*good[:at], *trouble] for at, trouble in mishaps]
        bench = Bench([*([text_reply("r0", "Hello.")] if chained else []), *cuts, good])
        before: list[Item] = []
        if chained:
            await bench.ask(HI)
            before = [HI, AssistantMessage("Hello.", "final_answer")]
        events = await bench.ask_patiently(MORE, seconds=300.0)
        if ended(events).status is EndStatus.COMPLETED:
            assert list(bench.link.items) == [
                *before,
                MORE,
                AssistantMessage("It is a test.", "final_answer"),
            ]
            assert shown(events) == "It is a test."
        else:
            assert ended(events).status is EndStatus.FAILED
            assert ended(events).reason
            assert list(bench.link.items) in ([*before, MORE], before)
        await bench.link.close()

    asyncio.run(run())


# --- other ways and other models

HTTP = LinkInfo("http", {}, remembers=False)


def other_way(replies: Iterable[Sequence[Step]] = (), **options: Any) -> FakeModelSocket:
    return FakeModelSocket(replies, info=HTTP, **options)


@pytest.mark.parametrize("status", [404, 426])
async def test_a_way_that_is_not_offered_is_left_at_once_and_for_good(status: int) -> None:
    http = other_way([text_reply("r1", "Hi."), text_reply("r2", "Ho.")])
    refused = LinkRefused("api.openai.com offers no WebSocket at /v1/responses", status)
    bench = Bench(connects=[refused], warm_up=True, fallback=http)
    await bench.link.open()
    assert (bench.link.state.transport, bench.link.state.phase) == ("http", LinkPhase.READY)
    assert (
        bench.link.state.sentence
        == "api.openai.com offers no WebSocket at /v1/responses: going on over plain requests"
    )
    assert shown(await bench.ask(HI)) == "Hi."
    assert shown(await bench.ask(MORE)) == "Ho."
    assert bench.clock.slept == [5.0]
    assert bench.socket.connections == 1 and bench.socket.closed
    assert [len(request["input"]) for request in http.requests] == [1, 3]
    assert not any("previous_response_id" in request or "generate" in request for request in http.requests)
    assert bench.link.state.retries == 0


async def test_after_five_tries_the_other_way_is_taken_and_said() -> None:
    http = other_way([text_reply("r1", "Hi.")])
    bench = Bench(connects=[LinkDown("the wire is cut") for _ in range(20)], fallback=http)
    events = await bench.ask_patiently(HI)
    assert shown(events) == "Hi."
    assert bench.socket.connections == 7
    assert any(state.sentence == "the wire is cut: going on over plain requests" for state in bench.states)
    assert (bench.link.state.transport, bench.link.state.retries) == ("http", 7)


@pytest.mark.parametrize("trouble", [LinkDown("too large", 1009), LinkRefused("too large", 413)])
async def test_what_is_too_large_goes_the_other_way_this_once(trouble: PortError) -> None:
    http = other_way([text_reply("r2", "Large.")])
    bench = Bench([text_reply("r1", "Hi."), [trouble], text_reply("r3", "Ho.")], fallback=http)
    await bench.ask(HI)
    assert shown(await bench.ask(MORE)) == "Large."
    assert shown(await bench.ask(HI)) == "Ho."
    assert [len(request["input"]) for request in http.requests] == [3]
    assert [len(request["input"]) for request in bench.socket.requests] == [1, 1, 5]
    assert bench.chains == ["", "r1", ""]
    assert bench.link.state.transport == "ws"


async def test_what_is_too_large_for_every_way_is_said_and_not_kept() -> None:
    http = other_way([[LinkRefused("still too large", 413)]])
    bench = Bench([[LinkDown("too large", 1009)]], fallback=http)
    assert ended(await bench.ask_patiently(HI)) == Ended(EndStatus.FAILED, "still too large")
    assert bench.link.items == ()


async def test_a_dialect_that_is_not_offered_is_left_too() -> None:
    chat = FakeModelSocket([text_reply("r1", "Hi.")], info=LinkInfo("chat", {}, remembers=False))
    http = other_way([[LinkRefused("here offers nothing at /v1/responses", 404)]], fallback=chat)
    bench = Bench(connects=[LinkRefused("no", 405)], fallback=http)
    assert shown(await bench.ask(HI)) == "Hi."
    assert bench.link.state.transport == "chat"
    assert bench.clock.slept == [5.0]


async def test_the_first_way_can_be_tried_again() -> None:
    http = other_way([text_reply("r1", "Hi.")])
    bench = Bench([text_reply("r2", "Ho.")], [LinkRefused("no", 426)], fallback=http)
    await bench.ask(HI)
    await bench.link.retry_first_way()
    assert (bench.link.state.transport, bench.link.state.sentence) == ("ws", "")
    assert shown(await bench.ask(MORE)) == "Ho."
    assert bench.inputs[-1] == ["user:hi", "assistant:Hi.", "user:more"]


async def test_a_model_that_is_not_there_is_stood_in_for() -> None:
    gone = error("model_not_found", 404, "no such model")
    bench = Bench([[gone], text_reply("r1", "Hi."), text_reply("r2", "Ho.")], stand_ins=("slow-1",))
    assert shown(await bench.ask(HI)) == "Hi."
    assert [request["model"] for request in bench.socket.requests] == ["quick-1", "slow-1"]
    assert bench.link.state.sentence == "quick-1 is not there: slow-1 answers"
    assert bench.link.profile.model.slug == "slow-1"
    await bench.ask(MORE)
    assert bench.chains == ["", "", "r1"]


async def test_without_a_stand_in_a_missing_model_is_said() -> None:
    bench = Bench([[error("model_not_found", 404, "no such model")]])
    assert ended(await bench.ask(HI)).status is EndStatus.FAILED


async def test_a_missing_network_is_waited_for_without_counting() -> None:
    offline = LinkDown("api.openai.com is unknown here: is the network up?", offline=True)
    bench = Bench([text_reply("r1", "Hi.")], [offline] * 7)
    assert shown(await bench.ask_patiently(HI, seconds=300.0)) == "Hi."
    assert any("is the network up?; asking again" in state.sentence for state in bench.states)
    forever = Bench([], [offline] * 99)
    assert ended(await forever.ask_patiently(HI, seconds=600.0)).status is EndStatus.FAILED
    assert forever.link.items == (HI,)


async def test_how_long_the_connection_took_is_told() -> None:
    hold = asyncio.Event()
    bench = Bench([warm_reply()], [hold], warm_up=True)
    opening = asyncio.ensure_future(bench.link.open())
    await bench.clock.advance(0.25)
    hold.set()
    await opening
    assert (bench.link.state.figures.connect, bench.link.state.figures.warm_up) == (0.25, 0.0)


# --- input for a response that is under way

ACCEPTED: Step = {"type": "response.steer.accepted", "steer": {"id": "s1"}}
PENDING: Step = {
    "type": "response.steer.pending",
    "reason": "waiting_for_required_input",
    "required_input": [{"type": "custom_tool_call_output", "call_id": "c1"}],
    "steer": {"previous_response_id": "r1"},
}


class SteeringBench(Bench):
    """A model that takes input while it answers."""

    def __init__(self, replies: Iterable[Sequence[Step]]) -> None:
        super().__init__(replies)
        self.link.profile = replace(self.link.profile, model=replace(self.link.profile.model, steers=True))

    async def steered(self, hold: asyncio.Event, words: str) -> list[ModelEvent]:
        """Ask, put words into the response, then let the server go on."""
        asking = self.asking(HI)
        await settle()
        telling = asyncio.ensure_future(self.link.steer(words))
        await settle()
        hold.set()
        assert await telling
        await settle()
        await self.clock.advance(10.0)
        return await asking


async def test_input_behind_a_call_goes_in_with_the_outcome_of_the_call() -> None:
    hold = asyncio.Event()
    first: list[Step] = [created("r1"), hold, ACCEPTED, *called("c1", "*** patch"), completed("r1"), PENDING]
    bench = SteeringBench([first, text_reply("r2", "Ho."), text_reply("r3", "Hm.")])
    assert ended(await bench.steered(hold, "sooner")).status is EndStatus.COMPLETED
    await bench.ask(DONE)
    assert bench.inputs[-1] == ["custom_tool_call_output:c1"], "the server has the words already"
    assert bench.chains[-1] == "r1"
    bench.socket.break_down()
    await bench.ask(MORE)
    assert bench.inputs[-1] == [
        "user:hi",
        "custom_tool_call:c1",
        "custom_tool_call_output:c1",
        "user:sooner",
        "assistant:Ho.",
        "user:more",
    ]


async def test_input_behind_a_call_is_sent_if_the_server_has_lost_it() -> None:
    hold = asyncio.Event()
    first: list[Step] = [created("r1"), hold, ACCEPTED, *called("c1", "*** patch"), completed("r1"), PENDING]
    lost = [error("previous_response_not_found")]
    bench = SteeringBench([first, lost, text_reply("r2", "Ho.")])
    await bench.steered(hold, "sooner")
    await bench.ask(DONE)
    assert bench.inputs[-1] == ["user:hi", "custom_tool_call:c1", "custom_tool_call_output:c1", "user:sooner"]


@pytest.mark.parametrize("reason", ["steered", ""])
async def test_a_response_that_follows_by_itself_belongs_to_the_turn(reason: str) -> None:
    hold = asyncio.Event()
    details = {"status": "incomplete", "incomplete_details": {"reason": reason}}
    end: Step = (
        {"type": "response.incomplete", "response": {"id": "r1", **details}} if reason else completed("r1")
    )
    first: list[Step] = [created("r1"), hold, ACCEPTED, *said("m1", "One"), end, *text_reply("r2", "Two.")]
    bench = SteeringBench([first, text_reply("r3", "Hm.")])
    events = await bench.steered(hold, "sooner")
    assert shown(events) == "OneTwo." and ended(events).response_id == "r2"
    await bench.ask(MORE)
    assert (bench.inputs[-1], bench.chains[-1]) == (["user:more"], "r2")
    assert [_said(item) for item in bench.link.items] == ["hi", "One", "sooner", "Two.", "more", "Hm."]


async def test_input_that_was_taken_and_left_out_is_not_lost() -> None:
    hold = asyncio.Event()
    first: list[Step] = [created("r1"), hold, ACCEPTED, *said("m1", "One."), completed("r1")]
    bench = SteeringBench([first, text_reply("r2", "Ho.")])
    assert ended(await bench.steered(hold, "sooner")).status is EndStatus.COMPLETED
    assert bench.link.unheard() == ["sooner"] and bench.link.unheard() == []
    assert shown(await bench.ask(MORE)) == "Ho."


async def test_input_goes_along_when_a_broken_response_is_asked_again() -> None:
    hold = asyncio.Event()
    first: list[Step] = [created("r1"), hold, ACCEPTED, *said("m1", "On", done=False), DOWN]
    bench = SteeringBench([first, text_reply("r2", "Ho.")])
    events = await bench.steered(hold, "sooner")
    assert ended(events).status is EndStatus.COMPLETED
    assert bench.inputs[-1] == ["user:hi", "user:sooner"]


def _said(item: Item) -> str:
    return item.text if isinstance(item, UserMessage | AssistantMessage) else ""


# --- the server's own queue


async def test_a_queue_is_told_with_place_and_time_until_something_comes() -> None:
    more, go_on = asyncio.Event(), asyncio.Event()
    queued: list[Step] = [{"type": "response.queued", "queue_position": place} for place in (2, 1)]
    reply: list[Step] = [
        created("r1"),
        queued[0],
        more,
        queued[1],
        go_on,
        *said("m1", "Hi."),
        completed("r1"),
    ]
    bench = Bench([reply])
    asking = bench.asking(HI)
    await settle()
    first = bench.link.state
    assert (first.position, first.queued_at) == (2, bench.clock.now())
    assert first.sentence == "api.openai.com has put the request into its queue at place 2"
    await bench.clock.advance(4.0)
    more.set()
    await settle()
    assert (bench.link.state.position, bench.link.state.queued_at) == (1, first.queued_at)
    await bench.clock.advance(3.0)
    go_on.set()
    await asking
    state = bench.link.state
    assert (state.position, state.queued_at, state.sentence, state.waited) == (None, None, "", 7.0)
