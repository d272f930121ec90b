"""Frames become regular events, from recorded streams, from lean ones and from nonsense."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.wire import (
    AssistantMessage,
    Created,
    Ended,
    EndStatus,
    ItemDone,
    ItemDropped,
    ItemKind,
    ItemOpened,
    LimitsSeen,
    ModelEvent,
    PatchOperation,
    Reasoning,
    ReasoningDelta,
    Reducer,
    TextDelta,
    ToolCall,
    ToolDelta,
    Usage,
    WireFault,
)

DATA = Path(__file__).parents[2] / "data" / "wire"
PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-n = 0\n+total = 0\n*** End Patch\n"
DIFF = "@@\n-n = 0\n+total = 0\n"
Frame = dict[str, Any]


def responses(name: str) -> list[list[Frame]]:
    """The server's frames of a recorded stream, one list per request."""
    found: list[list[Frame]] = [[]]
    for line in (DATA / f"{name}.jsonl").read_text().split("\n"):
        if line.startswith("C") and found[-1]:
            found.append([])
        elif line.startswith("S"):
            found[-1].append(json.loads(line[2:]))
    return found


RECORDED = [frames for path in sorted(DATA.glob("*.jsonl")) for frames in responses(path.stem)]


def reduce(frames: Iterable[Frame]) -> list[ModelEvent]:
    reducer = Reducer()
    return [event for frame in frames for event in reducer.feed(frame)]


def done(events: Sequence[ModelEvent]) -> list[object]:
    return [event.item for event in events if isinstance(event, ItemDone)]


def spoken(events: Sequence[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def typed(events: Sequence[ModelEvent], call_id: str) -> str:
    return "".join(e.text for e in events if isinstance(e, ToolDelta) and e.call_id == call_id)


def check_regular(events: Sequence[ModelEvent]) -> None:
    """Whatever came in, what comes out keeps the order that consumers count on."""
    open_items: dict[str, str] = {}
    closed: set[str] = set()
    streamed: dict[str, str] = {}
    call_ids: list[str] = []
    for event in events:
        match event:
            case ItemOpened():
                assert event.item_id not in open_items
                assert event.item_id not in closed
                open_items[event.item_id] = event.call_id
                if event.kind.is_call:
                    assert event.call_id
                    call_ids.append(event.call_id)
            case TextDelta(item_id=item_id, text=text):
                assert item_id in open_items
                assert text
                streamed[item_id] = streamed.get(item_id, "") + text
            case ReasoningDelta(item_id=item_id):
                assert item_id in open_items
            case ToolDelta(call_id=call_id, text=text):
                owners = [item_id for item_id, call in open_items.items() if call == call_id]
                assert len(owners) == 1
                streamed[owners[0]] = streamed.get(owners[0], "") + text
            case ItemDone(item_id=item_id, item=item, agrees=agrees):
                del open_items[item_id]
                closed.add(item_id)
                if isinstance(item, ToolCall | AssistantMessage):
                    content = item.input if isinstance(item, ToolCall) else item.text
                    assert agrees == (streamed.get(item_id, "") == content)
                json.dumps(repr(item)).encode()
            case ItemDropped(item_id=item_id):
                del open_items[item_id]
                closed.add(item_id)
            case _:
                pass
    ends = [index for index, event in enumerate(events) if isinstance(event, Ended)]
    assert ends in ([], [len(events) - 1])
    assert len(call_ids) == len(set(call_ids))
    if ends:
        assert not open_items


def test_a_text_turn_after_warming_up() -> None:
    warm, turn = responses("warm_up_and_text")
    assert reduce(warm) == [
        Created("resp_w", "quick-1"),
        Ended(EndStatus.COMPLETED, "", "resp_w", Usage(18, 0, 0, 0, 18)),
    ]
    events = reduce(turn)
    check_regular(events)
    assert events[0] == Created("resp_a", "quick-1")
    assert done(events) == [
        Reasoning("rs_a", "QUJDREVG"),
        AssistantMessage("It keeps the first line.", "final_answer"),
    ]
    assert [event.text for event in events if isinstance(event, TextDelta)] == [
        "It keeps",
        " the first",
        " line.",
    ]
    assert events[-1] == Ended(EndStatus.COMPLETED, "", "resp_a", Usage(31, 18, 22, 14, 53))


def test_a_freeform_patch_streams_and_a_lean_reply_follows() -> None:
    patch, reply = (reduce(frames) for frames in responses("freeform_patch"))
    assert ItemOpened(0, "ctc_a", ItemKind.CUSTOM, "call_a", "apply_patch") in patch
    assert typed(patch, "call_a") == PATCH
    assert done(patch) == [ToolCall(ItemKind.CUSTOM, "call_a", "apply_patch", PATCH)]
    assert done(reply) == [AssistantMessage("Renamed.", "final_answer")]
    assert isinstance(reply[-1], Ended) and reply[-1].usage == Usage(149, 137, 3, 0, 152)


def test_the_builtin_patch_tool_names_operation_and_file_at_once() -> None:
    events = reduce(responses("builtin_patch")[0])
    opened = [event for event in events if isinstance(event, ItemOpened)]
    assert [event.operation for event in opened] == [
        PatchOperation("update_file", "a.py"),
        PatchOperation("delete_file", "b.py"),
    ]
    assert [event.operation.op for event in opened if event.operation] == ["update", "delete"]
    assert typed(events, "call_b") == DIFF
    assert done(events) == [
        ToolCall(
            ItemKind.APPLY_PATCH, "call_b", "apply_patch", DIFF, PatchOperation("update_file", "a.py", DIFF)
        ),
        ToolCall(ItemKind.APPLY_PATCH, "call_c", "apply_patch", "", PatchOperation("delete_file", "b.py")),
    ]


def test_interleaved_function_calls_are_told_apart() -> None:
    events = reduce(responses("function_patches")[0])
    check_regular(events)
    arguments = json.dumps({"patch": PATCH})
    assert typed(events, "call_f") == typed(events, "call_g") == arguments
    assert [item.call_id for item in done(events) if isinstance(item, ToolCall)] == ["call_g", "call_f"]


def test_reasoning_summaries_and_refusals_are_text() -> None:
    events = reduce(responses("reasoning_summary")[0])
    assert "".join(e.text for e in events if isinstance(e, ReasoningDelta)) == "Look.\n\nThink."
    assert done(events) == [Reasoning("rs_s", "Wlla", ("Look.", "Think.")), AssistantMessage("No, sorry.")]
    assert spoken(events) == "No, sorry."


def test_an_item_that_only_ends_is_told_from_its_beginning() -> None:
    events = reduce(responses("terse")[0])
    assert [type(event).__name__ for event in events] == [
        "Created",
        "ItemOpened",
        "TextDelta",
        "ItemDone",
        "Ended",
    ]
    assert spoken(events) == "b.py is as it was."


def test_items_that_stand_only_in_the_last_frame_are_told_once() -> None:
    frames = responses("function_patches")[0]
    lean = [frame for frame in frames if "output_item" not in frame["type"] and "delta" not in frame["type"]]
    full, short = reduce(frames), reduce(lean)
    check_regular(short)
    assert sorted(map(repr, done(full))) == sorted(map(repr, done(short)))


def test_a_lost_chain_and_an_age_limit_are_faults() -> None:
    lost, limit = (reduce(frames) for frames in responses("lost_chain"))
    assert lost == [WireFault("previous_response_not_found", "Nothing is known of resp_gone.", 400)]
    assert limit[-1] == WireFault(
        "websocket_connection_limit_reached", "This connection is an hour old.", 400
    )
    assert spoken(limit) == "b.py is"


def test_an_error_and_the_failure_it_announces_are_one_fault() -> None:
    events = reduce(responses("failed_midway")[0])
    check_regular(events)
    assert [event for event in events if isinstance(event, WireFault)] == [
        WireFault("server_error", "It broke.")
    ]
    assert events[-2:] == [ItemDropped("msg_x"), Ended(EndStatus.FAILED, "It broke.", "resp_x")]


def test_an_incomplete_response_keeps_what_was_said() -> None:
    events = reduce(responses("too_long")[0])
    assert done(events) == [AssistantMessage("One, two", "final_answer")]
    assert events[-1] == Ended(EndStatus.INCOMPLETE, "max_output_tokens", "resp_l", Usage(9, 0, 2, 0, 11))


def test_a_call_that_the_server_cut_says_so() -> None:
    call = {
        "type": "custom_tool_call",
        "call_id": "c",
        "name": "apply_patch",
        "input": "*** B",
        "status": "incomplete",
    }
    events = reduce([{"type": "response.output_item.done", "output_index": 0, "item": call}])
    assert done(events) == [ToolCall(ItemKind.CUSTOM, "c", "apply_patch", "*** B", None, complete=False)]


def test_a_final_form_that_differs_from_its_deltas_says_so() -> None:
    frames = responses("freeform_patch")[0]
    for frame in frames:
        if frame["type"] == "response.custom_tool_call_input.delta":
            frame["delta"] = frame["delta"].upper()
    last = [event for event in reduce(frames) if isinstance(event, ItemDone)][-1]
    assert not last.agrees
    assert last.item == ToolCall(ItemKind.CUSTOM, "call_a", "apply_patch", PATCH)


def test_deltas_may_name_the_call_instead_of_the_item() -> None:
    frames = responses("freeform_patch")[0]
    for frame in frames:
        if "item_id" in frame:
            frame["call_id"] = "call_a"
            del frame["item_id"], frame["output_index"]
    assert typed(reduce(frames), "call_a") == PATCH


def test_deltas_that_come_before_their_item_are_told_after_its_opening() -> None:
    frames = responses("freeform_patch")[0]
    frames[2], frames[3] = frames[3], frames[2]
    events = reduce(frames)
    check_regular(events)
    assert typed(events, "call_a") == PATCH


def test_two_calls_under_one_id_are_one_call() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    frames = [
        {"type": "response.output_item.done", "output_index": index, "item": {**call, "id": f"fc_{index}"}}
        for index in range(2)
    ]
    assert len(done(reduce(frames))) == 1


def test_quota_windows_are_told() -> None:
    frame = {
        "type": "codex.rate_limits",
        "plan_type": "pro",
        "rate_limits": {
            "primary": {"used_percent": 12.5, "window_minutes": 300, "reset_at": 17},
            "secondary": None,
        },
    }
    (event,) = reduce([frame])
    assert isinstance(event, LimitsSeen)
    assert event.plan == "pro"
    assert [
        (limit.name, limit.used_percent, limit.window_minutes, limit.resets_at) for limit in event.limits
    ] == [("primary", 12.5, 300, 17.0)]


def test_the_end_of_a_former_response_is_not_taken_for_this_one() -> None:
    first, second = responses("freeform_patch")
    reducer = Reducer("resp_p")
    assert reducer.feed(first[-1]) == []
    events = [event for frame in second for event in reducer.feed(frame)]
    assert events == reduce(second)


@pytest.mark.parametrize(
    "kind", ["codex.keepalive", "ping", "response.future.thing", "response.web_search_call.searching"]
)
def test_unknown_frames_are_skipped(kind: str) -> None:
    frames = responses("warm_up_and_text")[1]
    salted = [entry for frame in frames for entry in ({"type": kind, "item_id": "msg_a"}, frame)]
    assert reduce(salted) == reduce(frames)


def test_a_broken_stream_names_what_will_not_be_finished() -> None:
    reducer = Reducer()
    for frame in responses("lost_chain")[1][:3]:
        reducer.feed(frame)
    assert reducer.abandon() == [ItemDropped("msg_r")]
    assert reducer.feed({"type": "response.completed", "response": {}}) == []


def test_a_stream_that_the_person_stopped_keeps_what_was_said_and_no_half_call() -> None:
    speaking, calling = Reducer(), Reducer()
    for frame in responses("lost_chain")[1][:3]:
        speaking.feed(frame)
    for frame in responses("freeform_patch")[0][:5]:
        calling.feed(frame)
    assert speaking.cut() == [ItemDone("msg_r", AssistantMessage("b.py is", "final_answer"))]
    assert calling.cut() == []
    assert calling.feed(responses("freeform_patch")[0][-1]) == []


@settings(deadline=None)
@given(text=st.text(min_size=1, max_size=40), data=st.data())
def test_any_split_and_any_missing_setup_gives_the_same_message(text: str, data: st.DataObject) -> None:
    wire = text.encode("utf-16-le", "surrogatepass")
    units = [wire[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(wire), 2)]
    borders = sorted(data.draw(st.sets(st.integers(1, len(units) - 1))) if len(units) > 1 else [])
    starts, stops = [0, *borders], [*borders, len(units)]
    pieces = ["".join(units[a:b]) for a, b in zip(starts, stops, strict=True)]
    message: Frame = {"type": "message", "id": "m", "role": "assistant", "content": []}
    final = {**message, "content": [{"type": "output_text", "text": text}]}
    place: Frame = {"item_id": "m", "output_index": 0}
    optional: list[tuple[str, Frame]] = [
        ("response.created", {"response": {"id": "r"}}),
        ("response.output_item.added", {"output_index": 0, "item": message}),
        ("response.content_part.added", place),
    ]
    frames: list[Frame] = [{"type": kind, **rest} for kind, rest in optional if data.draw(st.booleans())]
    frames += [{"type": "response.output_text.delta", "delta": piece, **place} for piece in pieces]
    if data.draw(st.booleans()):
        frames.append({"type": "response.output_text.done", "text": text, **place})
    item_done = data.draw(st.booleans())
    if item_done:
        frames.append({"type": "response.output_item.done", "output_index": 0, "item": final})
    output = data.draw(st.sampled_from([[final], [], None]))
    frames.append({"type": "response.completed", "response": {"id": "r", "output": output}})
    events = reduce(frames)
    check_regular(events)
    assert done(events) == [AssistantMessage(text)]
    assert spoken(events) == text
    assert all(event.agrees for event in events if isinstance(event, ItemDone))


KINDS = sorted(Reducer._HANDLERS)
ITEM_KINDS = ["message", "reasoning", "custom_tool_call", "function_call", "apply_patch_call", "alien"]
KEYS = sorted(
    {key for frames in RECORDED for frame in frames for key in frame}
    | {
        "call_id",
        "item",
        "error",
        "detail",
        "response",
        "status_code",
        "headers",
        "delta",
        "input",
        "arguments",
        "diff",
    }
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.just(1 << 80),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["m", "c", "completed", "incomplete", "\ud83d", "\ude00", "-1", "nan", "12"]),
)
ITEM_KEYS = [
    "type",
    "id",
    "call_id",
    "name",
    "input",
    "arguments",
    "content",
    "operation",
    "status",
    "summary",
    "phase",
]
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS + ITEM_KEYS), inner, max_size=4)
    ),
    max_leaves=6,
)
ITEMS = st.fixed_dictionaries(
    {"type": st.sampled_from(ITEM_KINDS)}, optional={key: JUNK for key in ITEM_KEYS if key != "type"}
)
RESPONSES = st.fixed_dictionaries(
    {},
    optional={
        "id": JUNK,
        "status": JUNK,
        "output": st.lists(ITEMS, max_size=3),
        "usage": JUNK,
        "error": JUNK,
        "incomplete_details": JUNK,
        "model": JUNK,
    },
)
FRAMES = st.fixed_dictionaries(
    {"type": st.one_of(st.sampled_from(KINDS), JUNK)},
    optional={
        **{key: JUNK for key in KEYS if key not in ("type", "item", "response")},
        "item": st.one_of(ITEMS, JUNK),
        "response": st.one_of(RESPONSES, JUNK),
        "item_id": st.sampled_from(["m", "c", "x"]),
        "output_index": st.one_of(st.integers(0, 2), JUNK),
        "delta": st.one_of(st.text(max_size=3), JUNK),
    },
)


@settings(max_examples=100, deadline=None)
@given(st.lists(FRAMES, max_size=12))
def test_nonsense_never_raises_and_stays_regular(frames: list[Frame]) -> None:
    reducer = Reducer()
    events = [event for frame in frames for event in reducer.feed(frame)]
    check_regular(events)
    check_regular(events if reducer.ended else events + reducer.abandon())


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(RECORDED), st.data())
def test_recorded_streams_survive_loss_repetition_and_damage(
    frames: list[Frame], data: st.DataObject
) -> None:
    damaged: list[Frame] = []
    for frame in frames:
        fate = data.draw(st.sampled_from(["keep"] * 6 + ["drop", "double", "damage", "swap"]))
        if fate == "damage":
            damaged.append({**frame, data.draw(st.sampled_from(sorted(frame))): data.draw(JUNK)})
        elif fate == "swap" and damaged:
            damaged.insert(-1, frame)
        elif fate != "drop":
            damaged += [frame] * (2 if fate == "double" else 1)
    check_regular(reduce(damaged))


def test_a_huge_delta_passes_whole() -> None:
    big = "x" * 3_000_000
    events = reduce([{"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "delta": big}])
    assert spoken(events) == big
