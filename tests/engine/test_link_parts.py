"""The queue between reader and consumer, and the decisions about setbacks."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.wire import (
    Created,
    Ended,
    EndStatus,
    ItemDropped,
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    ToolDelta,
    WireFault,
)
from spark_tui.engine import link_queue
from spark_tui.engine.link_policy import (
    BUDGET,
    LONGEST_WAIT,
    Ladder,
    Setback,
    Step,
    after_error,
    after_fault,
    backoff,
)
from spark_tui.engine.link_queue import EventQueue
from spark_tui.engine.link_sentences import fault_sentence, stopped_early
from spark_tui.ports import FileGone, LinkDown, LinkRefused, PortError

END = Ended(EndStatus.COMPLETED)
EVENTS: st.SearchStrategy[ModelEvent] = st.one_of(
    st.builds(TextDelta, st.sampled_from("ab"), st.text(min_size=1, max_size=3)),
    st.builds(ReasoningDelta, st.sampled_from("ab"), st.text(min_size=1, max_size=3)),
    st.builds(ToolDelta, st.sampled_from("ab"), st.text(min_size=1, max_size=3)),
    st.builds(ItemDropped, st.sampled_from("ab")),
)


def merged(events: list[ModelEvent]) -> list[ModelEvent]:
    """The same with neighbouring deltas of one item joined."""
    result: list[ModelEvent] = []
    for event in events:
        last = result[-1] if result else None
        match last, event:
            case (TextDelta(item_id=a), TextDelta(item_id=b)) if a == b:
                result[-1] = TextDelta(a, last.text + event.text)
            case (ReasoningDelta(item_id=a), ReasoningDelta(item_id=b)) if a == b:
                result[-1] = ReasoningDelta(a, last.text + event.text)
            case (ToolDelta(call_id=a), ToolDelta(call_id=b)) if a == b:
                result[-1] = ToolDelta(a, last.text + event.text)
            case _:
                result.append(event)
    return result


@settings(deadline=None)
@given(st.lists(st.one_of(EVENTS, st.none()), max_size=20))
def test_nothing_is_lost_or_reordered_however_slow_the_consumer_is(script: list[ModelEvent | None]) -> None:
    """None lets the consumer take what is there."""

    async def run() -> list[ModelEvent]:
        queue = EventQueue()
        taken: list[ModelEvent] = []

        async def consume() -> None:
            async for event in queue:
                taken.append(event)

        consumer = asyncio.ensure_future(consume())
        for event in script:
            if event is None:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            else:
                queue.put(event)
        queue.put(END)
        await consumer
        return taken

    events = [event for event in script if event is not None]
    assert merged(asyncio.run(run())) == merged([*events, END])


async def test_waiting_deltas_cost_one_event() -> None:
    queue = EventQueue()
    for _ in range(10_000):
        queue.put(TextDelta("a", "x"))
    queue.put(END)
    assert [event async for event in queue] == [TextDelta("a", "x" * 10_000), END]


async def test_a_consumer_that_does_not_come_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_queue, "LARGEST_QUEUE", 1000)
    queue = EventQueue()
    fullness = []
    for size in (700, 200):
        queue.put(TextDelta("a", "x" * size))
        fullness.append(queue.is_full)
    async for _ in queue:
        fullness.append(queue.is_full)
        break
    assert fullness == [False, True, False]


async def test_a_closed_queue_ends_after_what_is_in_it() -> None:
    queue = EventQueue()
    queue.put(Created("r", "m"))
    queue.close()
    assert [event async for event in queue] == [Created("r", "m")]


@pytest.mark.parametrize(
    ("fault", "step", "rejected"),
    [
        (WireFault("previous_response_not_found", "", 400), Step.FORGET, False),
        (WireFault("websocket_connection_limit_reached", "", 400), Step.REPLACE, False),
        (WireFault("response_in_progress", "", 400), Step.RECONNECT, False),
        (WireFault("rate_limit_exceeded", "", 429), Step.RETRY, False),
        (WireFault("server_is_overloaded", ""), Step.RETRY, False),
        (WireFault("strange", "", 502), Step.RETRY, False),
        (WireFault("insufficient_quota", "", 429), Step.GIVE_UP, False),
        (WireFault("model_not_found", "", 404), Step.OTHER_MODEL, False),
        (WireFault("invalid_prompt", "", 400), Step.GIVE_UP, True),
        (WireFault("context_length_exceeded", ""), Step.GIVE_UP, True),
        (WireFault("invalid_api_key", "", 401), Step.GIVE_UP, False),
        (WireFault("unknown_error", ""), Step.GIVE_UP, False),
    ],
)
def test_faults(fault: WireFault, step: Step, rejected: bool) -> None:
    setback = after_fault(fault, "here")
    assert (setback.step, setback.rejected, setback.fault) == (step, rejected, fault)
    assert setback.sentence


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (LinkDown("d"), Step.RECONNECT),
        (LinkDown("d", 1006), Step.RECONNECT),
        (LinkDown("d", 1012), Step.RECONNECT),
        (LinkDown("d", 1007), Step.GIVE_UP),
        (LinkDown("d", 1008), Step.GIVE_UP),
        (LinkDown("d", 4000), Step.GIVE_UP),
        (LinkRefused("r", 401), Step.GIVE_UP),
        (LinkDown("d", offline=True), Step.OFFLINE),
        (LinkDown("d", 1009), Step.DETOUR),
        (LinkRefused("r", 413), Step.DETOUR),
        (LinkRefused("r", 403), Step.GIVE_UP),
        (LinkRefused("r", 404), Step.FALL_BACK),
        (LinkRefused("r", 426), Step.FALL_BACK),
        (LinkRefused("r", 429), Step.RETRY),
        (LinkRefused("r", 501), Step.FALL_BACK),
        (LinkRefused("r", 502), Step.RETRY),
        (FileGone("p", "f"), Step.GIVE_UP),
    ],
)
def test_errors(error: PortError, step: Step) -> None:
    assert after_error(error).step is step


def test_what_is_too_large_is_not_kept() -> None:
    assert after_error(LinkDown("d", 1009)).rejected
    assert after_error(LinkRefused("r", 413)).rejected
    assert not after_error(LinkRefused("r", 401)).rejected


STEPS = st.lists(st.tuples(st.sampled_from(Step), st.booleans(), st.none() | st.floats(0, 300)), max_size=60)


@settings(deadline=None)
@given(STEPS, st.integers(0, 3))
def test_every_ladder_has_an_end(script: list[tuple[Step, bool, float | None]], others: int) -> None:
    """There are `others` further ways and stand-ins; whatever happens, the tries are few."""
    ladder = Ladder()
    ways = stand_ins = others
    offline, climbed = 0.0, 0
    for step, heard, wait in script:
        can = ({Step.DETOUR, Step.FALL_BACK} if ways else set()) | (
            {Step.OTHER_MODEL} if stand_ins else set()
        )
        rung = ladder.climb(Setback(step, "s", wait), heard=heard, can=can)
        if rung is None:
            continue
        assert step is not Step.GIVE_UP
        assert 0 <= rung.wait <= LONGEST_WAIT
        assert rung.told or rung.wait == 0
        assert rung.step in can | {Step.FORGET, Step.REPLACE, Step.RECONNECT, Step.RETRY, Step.OFFLINE}
        ways -= rung.step is Step.FALL_BACK
        stand_ins -= rung.step is Step.OTHER_MODEL
        offline += rung.wait if rung.step is Step.OFFLINE else 0
        climbed += rung.step is not Step.OFFLINE
    assert climbed <= (BUDGET + 1) * (others + 1) + 4 + others
    assert offline < 400
    assert ladder.retries >= climbed


def test_what_is_lost_on_the_way_is_tried_another_way_after_five_tries() -> None:
    ladder = Ladder()
    lost = Setback(Step.RECONNECT, "s")
    steps = [rung.step for _ in range(8) if (rung := ladder.climb(lost, heard=True, can={Step.FALL_BACK}))]
    assert steps == [*[Step.RECONNECT] * 5, Step.FALL_BACK, *[Step.RECONNECT] * 2]


@settings(deadline=None)
@given(st.integers(1, 10_000))
def test_waits_grow_and_stay_bounded(times: int) -> None:
    assert 0.18 <= backoff(times) <= 66.0
    assert backoff(times) < backoff(times + 1) * 1.3


CODES = (
    "rate_limit_exceeded", "insufficient_quota", "usage_limit_reached", "usage_not_included", "context_length_exceeded",
    "invalid_prompt", "bio_policy", "cyber_policy", "misalignment_policy_violation", "slow_down",
    "server_is_overloaded",
    "server_error", "flex_unavailable", "model_not_found", "unknown_error", "invalid_api_key",
    "subscription_sharing_user_not_eligible", "subscription_sharing_usage_limit_exceeded",
    "subscription_sharing_usage_unavailable", "subscription_sharing_unsupported_capability",
    "subscription_sharing_route_not_supported", "subscription_sharing_invalid_user", "chatpass_v2_scope_not_authorized",
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_error_is_a_sentence_of_ours_with_the_words_of_the_server_behind(code: str) -> None:
    sentence = fault_sentence(WireFault(code, "The\nserver's  words."), "here", 0.0)
    assert sentence.endswith(" (The server's words.)")
    assert code not in sentence and "{" not in sentence and len(sentence) < 200
    assert fault_sentence(WireFault(code, ""), "here", 0.0) == sentence.removesuffix(" (The server's words.)")


def test_an_unknown_error_is_told_in_the_words_of_the_server() -> None:
    assert fault_sentence(WireFault("new_code", "Do this."), "here", 0.0) == "here: Do this."
    assert fault_sentence(WireFault("new_code", ""), "here", 0.0) == "here: new_code"
    assert "check it" in fault_sentence(WireFault("new_code", "", 401), "here", 0.0)
    assert len(fault_sentence(WireFault("new_code", "x" * 9999), "here", 0.0)) < 400


def test_times_are_told() -> None:
    back = fault_sentence(WireFault("usage_limit_reached", "", 429, None, 8500.0), "here", 1000.0)
    assert back.endswith("it is back in 2 h 5 min")
    rest = fault_sentence(WireFault("rate_limit_exceeded", "", 429, 4000.0), "here", 0.0)
    assert rest.endswith("it wants 67 min of rest")


@pytest.mark.parametrize(
    "reason", ["max_output_tokens", "content_filter", "max_messages", "interrupted", "new", ""]
)
def test_an_early_end_is_a_sentence(reason: str) -> None:
    sentence = stopped_early(reason)
    assert sentence.startswith(("the ", "The ")) and "_" not in sentence
