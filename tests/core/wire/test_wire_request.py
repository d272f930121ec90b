"""Requests repeat their beginning byte for byte, and hold what a server accepts."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.wire import (
    AssistantMessage,
    BuiltinPatchTool,
    CustomTool,
    DeveloperMessage,
    FunctionTool,
    Item,
    ItemKind,
    PatchOperation,
    Prefix,
    Reasoning,
    ToolCall,
    ToolOutput,
    UserMessage,
    build_request,
    fit,
    patch_tool,
    unanswered,
)

TOOL = CustomTool("apply_patch", "Edits files.", "start: /.+/")
PREFIX = Prefix(
    "quick-1", "Pair up.", (TOOL,), effort="low", verbosity="low", service_tier="fast", cache_key="k"
)
CALL = ToolCall(ItemKind.CUSTOM, "c1", "apply_patch", "*** Begin Patch\n")


def wire(items: list[Item]) -> Any:
    return build_request(PREFIX, items)["input"]


def test_a_whole_request() -> None:
    request = build_request(PREFIX, [UserMessage("Hi")], previous_response_id="r1", generate=False)
    assert request == {
        "type": "response.create",
        "model": "quick-1",
        "instructions": "Pair up.",
        "tools": [
            {
                "type": "custom",
                "name": "apply_patch",
                "description": "Edits files.",
                "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"},
            }
        ],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "store": False,
        "stream_options": {"include_obfuscation": False},
        "reasoning": {"effort": "low"},
        "include": ["reasoning.encrypted_content"],
        "text": {"verbosity": "low"},
        "service_tier": "fast",
        "prompt_cache_key": "k",
        "generate": False,
        "previous_response_id": "r1",
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
    }


def test_what_a_profile_leaves_out_is_not_sent() -> None:
    request = build_request(Prefix("m", ""), [])
    assert {
        "reasoning",
        "include",
        "text",
        "service_tier",
        "prompt_cache_key",
        "generate",
        "previous_response_id",
    }.isdisjoint(request)


TEXTS = st.text(max_size=5)
ITEMS: st.SearchStrategy[Item] = st.one_of(
    st.builds(UserMessage, TEXTS),
    st.builds(DeveloperMessage, TEXTS),
    st.builds(AssistantMessage, TEXTS, st.sampled_from(["", "commentary"])),
    st.builds(Reasoning, TEXTS, TEXTS, st.just(()), st.just(())),
    st.builds(ToolCall, st.just(ItemKind.CUSTOM), st.sampled_from("abc"), TEXTS, TEXTS),
    st.builds(ToolOutput, st.just(ItemKind.CUSTOM), st.sampled_from("abcd"), TEXTS, st.booleans()),
)


@settings(deadline=None)
@given(st.lists(ITEMS, max_size=5), st.lists(ITEMS, max_size=5), st.booleans())
def test_the_beginning_is_the_same_bytes_whatever_follows(
    a: list[Item], b: list[Item], chained: bool
) -> None:
    first = json.dumps(build_request(PREFIX, a))
    second = json.dumps(build_request(PREFIX, b, previous_response_id="r" if chained else ""))
    constant = first[: first.index('"prompt_cache_key"')]
    assert second.startswith(constant)


@settings(deadline=None)
@given(st.lists(ITEMS, max_size=5), st.lists(ITEMS, max_size=5))
def test_what_is_appended_never_changes_what_went_before(a: list[Item], b: list[Item]) -> None:
    head, whole = wire([*a, UserMessage("x")]), wire([*a, UserMessage("x"), *b])
    assert whole[: len(head)] == head


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            DeveloperMessage("d"),
            {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "d"}]},
        ),
        (
            AssistantMessage("a", "commentary"),
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "a"}],
                "phase": "commentary",
            },
        ),
        (
            CALL,
            {
                "type": "custom_tool_call",
                "call_id": "c1",
                "name": "apply_patch",
                "input": "*** Begin Patch\n",
            },
        ),
        (
            ToolCall(ItemKind.FUNCTION, "c2", "f", "{}"),
            {"type": "function_call", "call_id": "c2", "name": "f", "arguments": "{}"},
        ),
        (
            ToolCall(ItemKind.APPLY_PATCH, "c3", "apply_patch", "", PatchOperation("delete_file", "a")),
            {
                "type": "apply_patch_call",
                "call_id": "c3",
                "status": "completed",
                "operation": {"type": "delete_file", "path": "a"},
            },
        ),
        (
            ToolOutput(ItemKind.CUSTOM, "c1", "o"),
            {"type": "custom_tool_call_output", "call_id": "c1", "output": "o"},
        ),
        (
            ToolOutput(ItemKind.APPLY_PATCH, "c3", "o", ok=False),
            {"type": "apply_patch_call_output", "call_id": "c3", "status": "failed", "output": "o"},
        ),
        (
            ToolOutput(ItemKind.FUNCTION, "c2", "o"),
            {"type": "function_call_output", "call_id": "c2", "output": "o"},
        ),
    ],
)
def test_items_on_the_wire(item: Item, expected: dict[str, object]) -> None:
    assert wire([item]) == [expected]


def test_thoughts_are_sent_only_with_their_content_and_what_followed() -> None:
    kept = Reasoning("rs_1", "QQ==", ("s",))
    items: list[Item] = [
        kept,
        AssistantMessage("a"),
        Reasoning("rs_2"),
        CALL,
        Reasoning("rs_3", "QQ=="),
        UserMessage("u"),
        Reasoning("rs_4", "QQ=="),
        AssistantMessage(""),
        Reasoning("other", "QQ=="),
    ]
    types = [entry["type"] for entry in wire(items)]
    assert types == ["reasoning", "message", "custom_tool_call", "message"]
    assert wire(items)[0] == {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "s"}],
        "encrypted_content": "QQ==",
    }


def test_the_patch_tool_has_three_forms() -> None:
    assert patch_tool("freeform", "p", "d", "g") == CustomTool("p", "d", "g")
    assert patch_tool("builtin", "p", "d", "g") == BuiltinPatchTool()
    function = patch_tool("function", "p", "d", "g")
    assert isinstance(function, FunctionTool)
    assert json.loads(function.parameters)["required"] == ["patch"]


def test_outputs_are_fitted_to_the_calls() -> None:
    second = ToolCall(ItemKind.FUNCTION, "c2", "f", "{}")
    history: list[Item] = [UserMessage("u"), CALL, second]
    new: list[Item] = [
        ToolOutput(ItemKind.FUNCTION, "c1", "one"),
        ToolOutput(ItemKind.CUSTOM, "c1", "again"),
        ToolOutput(ItemKind.CUSTOM, "gone", "cut"),
        UserMessage("next"),
    ]
    assert [type(item).__name__ for item in fit(history, new)] == [
        "ToolOutput",
        "ToolOutput",
        "DeveloperMessage",
        "UserMessage",
    ]
    orphan, answer, *_ = fit(history, new)
    assert isinstance(orphan, ToolOutput) and orphan.call_id == "c2" and not orphan.ok
    assert answer == ToolOutput(ItemKind.CUSTOM, "c1", "one")


@settings(deadline=None)
@given(st.lists(ITEMS, max_size=6), st.lists(ITEMS, max_size=6))
def test_after_fitting_every_call_has_one_output(history: list[Item], new: list[Item]) -> None:
    calls = [item for item in new if not isinstance(item, ToolCall)]
    past: list[Item] = []
    for item in history:
        if isinstance(item, ToolOutput) or (isinstance(item, ToolCall) and item in past):
            continue
        past.append(item)
    whole = [*past, *fit(past, calls)]
    assert unanswered(whole) == ()
    outputs = [item.call_id for item in whole if isinstance(item, ToolOutput)]
    assert len(outputs) == len(set(outputs))
    assert set(outputs) <= {item.call_id for item in past if isinstance(item, ToolCall)}
    assert fit(whole, []) == ()
