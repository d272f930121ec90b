"""Writes items as they stand in a request."""

from collections.abc import Iterable, Sequence

from spark_tui.core.wire.items import (
    AssistantMessage,
    DeveloperMessage,
    Item,
    ItemKind,
    Reasoning,
    ToolCall,
    ToolOutput,
    UserMessage,
)

Wire = dict[str, object]
_CALLS = {ItemKind.FUNCTION: "function_call", ItemKind.APPLY_PATCH: "apply_patch_call"}


def encode_items(items: Sequence[Item]) -> list[Wire]:
    """Write items in order, without those that a server would refuse to see again."""
    return [encode_item(item) for item in _replayable(items)]


def encode_item(item: Item) -> Wire:
    """Write one item."""
    match item:
        case UserMessage():
            return _message("user", "input_text", item.text)
        case DeveloperMessage():
            return _message("developer", "input_text", item.text)
        case AssistantMessage():
            phase: Wire = {"phase": item.phase} if item.phase else {}
            return _message("assistant", "output_text", item.text) | phase
        case Reasoning():
            return _reasoning(item)
        case ToolCall():
            return _call(item)
        case ToolOutput():
            return _output(item)


def _replayable(items: Sequence[Item]) -> Iterable[Item]:
    """Empty messages say nothing; thoughts are refused without their content or what followed them."""
    following: Item | None = None
    kept: list[Item] = []
    for item in reversed(items):
        match item:
            case AssistantMessage(text=""):
                continue
            case Reasoning() if not (item.encrypted or item.content):
                continue
            case Reasoning() if not isinstance(following, AssistantMessage | ToolCall | Reasoning):
                continue
            case _:
                following = item
                kept.append(item)
    return reversed(kept)


def _message(role: str, part: str, content: str) -> Wire:
    return {"type": "message", "role": role, "content": [{"type": part, "text": content}]}


def _reasoning(item: Reasoning) -> Wire:
    wire: Wire = {"type": "reasoning"}
    if item.id.startswith("rs_"):
        wire["id"] = item.id
    wire["summary"] = [{"type": "summary_text", "text": part} for part in item.summary]
    if item.content:
        wire["content"] = [{"type": "reasoning_text", "text": part} for part in item.content]
    if item.encrypted:
        wire["encrypted_content"] = item.encrypted
    return wire


def _call(item: ToolCall) -> Wire:
    if item.kind is ItemKind.APPLY_PATCH and item.operation is not None:
        operation: Wire = {"type": item.operation.type, "path": item.operation.path}
        if item.operation.op != "delete":
            operation["diff"] = item.operation.diff
        status = "completed" if item.complete else "in_progress"
        return {"type": "apply_patch_call", "call_id": item.call_id, "status": status, "operation": operation}
    if item.kind is ItemKind.FUNCTION:
        return {"type": "function_call", "call_id": item.call_id, "name": item.name, "arguments": item.input}
    return {"type": "custom_tool_call", "call_id": item.call_id, "name": item.name, "input": item.input}


def _output(item: ToolOutput) -> Wire:
    wire: Wire = {"type": f"{_CALLS.get(item.kind, 'custom_tool_call')}_output", "call_id": item.call_id}
    if item.kind is ItemKind.APPLY_PATCH:
        wire["status"] = "completed" if item.ok else "failed"
    wire["output"] = item.output
    return wire
