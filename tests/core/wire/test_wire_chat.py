"""Chat completions: requests as that dialect wants them, chunks as the events of everything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.wire import (
    AssistantMessage,
    CustomTool,
    DeveloperMessage,
    Ended,
    EndStatus,
    Item,
    ItemDone,
    ItemDropped,
    ItemKind,
    ModelEvent,
    PatchOperation,
    Prefix,
    Reasoning,
    ReasoningDelta,
    Reducer,
    TextDelta,
    ToolCall,
    ToolDelta,
    ToolOutput,
    Usage,
    UserMessage,
    WireFault,
    build_request,
    patch_tool,
)
from spark_tui.core.wire.chat import ChatReader, chat_request

PATCH = "*** Begin Patch\n*** Delete File: a\n*** End Patch\n"
ARGUMENTS = json.dumps({"patch": PATCH})


def chunk(*, finish: str | None = None, usage: Any = None, **delta: Any) -> dict[str, Any]:
    return {
        "id": "cc_1",
        "object": "chat.completion.chunk",
        "model": "gpt-oss-120b",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        "usage": usage,
    }


def call(
    arguments: Any = "", *, index: int | None = 0, id: str | None = None, name: str = ""
) -> dict[str, Any]:
    fragment: dict[str, Any] = {"function": {"arguments": arguments}}
    if index is not None:
        fragment["index"] = index
    if id is not None:
        fragment |= {"id": id, "type": "function"}
        fragment["function"]["name"] = name
    return fragment


def read(*chunks: dict[str, Any], told: bool = True) -> list[ModelEvent]:
    chat, reducer = ChatReader(), Reducer()
    frames = [frame for part in chunks for frame in chat.feed(part)] + chat.finish(told=told)
    return [event for frame in frames for event in reducer.feed(frame)]


def items(events: list[ModelEvent]) -> list[Item]:
    return [event.item for event in events if isinstance(event, ItemDone)]


def test_text_becomes_a_message_and_usage_is_counted() -> None:
    usage = {
        "prompt_tokens": 40,
        "completion_tokens": 12,
        "total_tokens": 52,
        "prompt_tokens_details": {"cached_tokens": 30},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    events = read(
        chunk(role="assistant", content=""),
        chunk(content="It "),
        chunk(content="works."),
        chunk(finish="stop"),
        {"id": "cc_1", "choices": [], "usage": usage, "time_info": {"queue_time": 0.0004}},
    )
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["It ", "works."]
    assert items(events) == [AssistantMessage("It works.")]
    assert events[-1] == Ended(EndStatus.COMPLETED, "", "cc_1", Usage(40, 30, 12, 5, 52))


def test_thoughts_of_either_name_come_before_the_words() -> None:
    for name in ("reasoning", "reasoning_content"):
        events = read(
            chunk(**{name: "Hm"}), chunk(**{name: "m."}), chunk(content="Yes."), chunk(finish="stop")
        )
        assert [event.text for event in events if isinstance(event, ReasoningDelta)] == ["Hm", "m."]
        assert items(events) == [Reasoning("rs_0", content=("Hmm.",)), AssistantMessage("Yes.")]


@pytest.mark.parametrize(
    "fragments",
    [
        [[call("", id="c1", name="apply_patch")], [call(ARGUMENTS[:9])], [call(ARGUMENTS[9:])]],
        [[call(ARGUMENTS[:9], id="c1", name="apply_patch", index=None)], [call(ARGUMENTS[9:], index=None)]],
        [[call(ARGUMENTS[:9], id="c1", name="apply_patch")], [call(ARGUMENTS[9:], id="c1", name="")]],
        [[call(ARGUMENTS, id="c1", name="apply_patch", index=None)]],
        [[call({"patch": PATCH}, id="c1", name="apply_patch")]],
    ],
    ids=["three", "no index", "id repeated", "whole", "object"],
)
def test_a_call_comes_in_fragments(fragments: list[list[dict[str, Any]]]) -> None:
    events = read(*(chunk(tool_calls=list(part)) for part in fragments), chunk(finish="tool_calls"))
    assert items(events) == [ToolCall(ItemKind.FUNCTION, "c1", "apply_patch", ARGUMENTS)]
    assert "".join(event.text for event in events if isinstance(event, ToolDelta)) == ARGUMENTS


@pytest.mark.parametrize("index", [0, None])
def test_a_new_id_is_a_new_call_even_at_the_same_place(index: int | None) -> None:
    events = read(
        chunk(tool_calls=[call("{}", id="c1", name="f", index=index)]),
        chunk(tool_calls=[call("[1", id="c2", name="g", index=index)]),
        chunk(tool_calls=[call("]", index=index)]),
        chunk(finish="tool_calls"),
    )
    assert items(events) == [
        ToolCall(ItemKind.FUNCTION, "c1", "f", "{}"),
        ToolCall(ItemKind.FUNCTION, "c2", "g", "[1]"),
    ]


def test_parallel_calls_are_told_apart() -> None:
    both = [call("{", id="c1", name="f", index=0), call("[", id="c2", name="g", index=1)]
    events = read(
        chunk(tool_calls=both),
        chunk(tool_calls=[call("]", index=1), call("}", index=0)]),
        chunk(finish="stop"),
    )
    assert [item.input for item in items(events) if isinstance(item, ToolCall)] == ["{}", "[]"]


def test_what_a_limit_cuts_is_kept_as_words_and_not_as_a_call() -> None:
    words = read(chunk(content="It wor"), chunk(finish="length"))
    assert words[-1] == Ended(EndStatus.INCOMPLETE, "max_output_tokens", "cc_1")
    assert items(words) == [AssistantMessage("It wor")]
    half = read(
        chunk(content="So:"), chunk(tool_calls=[call('{"pa', id="c1", name="f")]), chunk(finish="length")
    )
    assert items(half) == [AssistantMessage("So:")]
    assert any(isinstance(event, ItemDropped) and event.call_id == "c1" for event in half)
    filtered = read(chunk(content="It"), chunk(finish="content_filter"))
    assert filtered[-1] == Ended(EndStatus.INCOMPLETE, "content_filter", "cc_1")


def test_a_stream_that_breaks_off_has_no_end() -> None:
    cut = read(chunk(content="It wor"), told=False)
    assert not any(isinstance(event, Ended | ItemDone) for event in cut)
    assert isinstance(read(chunk(content="It"), chunk(finish="stop"), told=False)[-1], Ended)
    assert isinstance(read(chunk(content="It"))[-1], Ended)
    assert read() == []


def test_an_error_in_mid_stream_is_an_error() -> None:
    events = read(
        chunk(content="It"),
        {"error": {"message": "busy", "code": "slow_down"}, "status_code": 503},
        chunk(content="!"),
    )
    assert [event for event in events if isinstance(event, WireFault)] == [
        WireFault("slow_down", "busy", 503)
    ]
    assert not any(isinstance(event, Ended) for event in events)


KEYS = (
    "choices delta content tool_calls function arguments id index finish_reason usage error reasoning".split()
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(ANYTHING)
def test_nothing_that_a_server_sends_raises(content: Any) -> None:
    read({"choices": [{"delta": content, "finish_reason": content}]}, {"choices": content, "usage": content})
    if isinstance(content, dict):
        read(content)


HISTORY: list[Item] = [
    DeveloperMessage("Open: a.py"),
    UserMessage("rename"),
    Reasoning("rs_1", "opaque"),
    AssistantMessage("Renaming."),
    ToolCall(ItemKind.CUSTOM, "c1", "apply_patch", PATCH),
    ToolCall(ItemKind.FUNCTION, "c2", "apply_patch", ARGUMENTS),
    ToolCall(ItemKind.APPLY_PATCH, "c3", "apply_patch", "", PatchOperation("delete_file", "a")),
    ToolOutput(ItemKind.CUSTOM, "c1", "accepted"),
    ToolOutput(ItemKind.FUNCTION, "c2", "rejected", ok=False),
    ToolOutput(ItemKind.APPLY_PATCH, "c3", "gone"),
    AssistantMessage("Done."),
    AssistantMessage("Really."),
    DeveloperMessage("later"),
]


def test_a_conversation_becomes_messages() -> None:
    body = chat_request(build_request(Prefix("m", "Pair up.", effort="low", service_tier="flex"), HISTORY))
    messages: Any = body["messages"]
    assert [message["role"] for message in messages] == [
        "system", "user", "user", "assistant", "tool", "tool", "tool", "assistant", "user",
    ]  # fmt: skip
    calls = messages[3]["tool_calls"]
    assert messages[3]["content"] == "Renaming."
    assert [entry["id"] for entry in calls] == ["c1", "c2", "c3"]
    assert json.loads(calls[0]["function"]["arguments"]) == {"patch": PATCH}
    assert calls[1]["function"] == {"name": "apply_patch", "arguments": ARGUMENTS}
    assert [message["tool_call_id"] for message in messages[4:7]] == ["c1", "c2", "c3"]
    assert messages[7]["content"] == "Done.\n\nReally."
    assert body["stream"] is True and body["stream_options"] == {"include_usage": True}
    assert (body["model"], body["reasoning_effort"], body["service_tier"]) == ("m", "low", "flex")
    assert not body.keys() & {"store", "include", "previous_response_id", "input", "instructions", "type"}


@pytest.mark.parametrize("style", ["freeform", "function", "builtin"])
def test_the_patch_tool_is_a_function_with_one_text(style: str) -> None:
    tool = patch_tool(style, "apply_patch", "Edits.", "start: /.+/")
    tools: Any = chat_request(build_request(Prefix("m", "", (tool,)), []))["tools"]
    (declared,) = tools
    assert declared["type"] == "function"
    assert declared["function"]["name"] == "apply_patch"
    assert declared["function"]["parameters"]["required"] == ["patch"]
    assert "tools" not in chat_request(build_request(Prefix("m", ""), []))


def test_the_prefix_stays_the_same_while_the_conversation_grows() -> None:
    prefix = Prefix("m", "Pair up.", (CustomTool("apply_patch", "Edits."),))
    short, long = (
        json.dumps(chat_request(build_request(prefix, HISTORY[:upto]))["messages"]) for upto in (4, 13)
    )
    assert long.startswith(short[:-2])
