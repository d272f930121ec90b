"""Reads items and usage numbers as servers write them, whatever else they may have put there."""

import json
from collections.abc import Mapping

from spark_tui.core.wire.events import Usage
from spark_tui.core.wire.items import AssistantMessage, Item, ItemKind, PatchOperation, Reasoning, ToolCall
from spark_tui.core.wire.lenient import count, listing, mapping, text

_KINDS = {
    "message": ItemKind.MESSAGE,
    "reasoning": ItemKind.REASONING,
    "custom_tool_call": ItemKind.CUSTOM,
    "function_call": ItemKind.FUNCTION,
    "apply_patch_call": ItemKind.APPLY_PATCH,
}


def kind_of(item: Mapping[str, object]) -> ItemKind | None:
    """Say which kind of item this is; None for kinds that we do not know."""
    return _KINDS.get(text(item.get("type")))


def read_operation(item: Mapping[str, object]) -> PatchOperation:
    """Read what a call of the provider's own patch tool is about."""
    raw = mapping(item.get("operation"))
    return PatchOperation(text(raw.get("type")), text(raw.get("path")), text(raw.get("diff")))


def read_name(item: Mapping[str, object], kind: ItemKind) -> str:
    """Read the name of the tool that is called."""
    return "apply_patch" if kind is ItemKind.APPLY_PATCH else text(item.get("name"))


def read_item(item: Mapping[str, object], kind: ItemKind, call_id: str) -> Item:
    """Read a finished item."""
    match kind:
        case ItemKind.MESSAGE:
            return AssistantMessage(_parts(item.get("content")), text(item.get("phase")))
        case ItemKind.REASONING:
            return Reasoning(
                text(item.get("id")),
                text(item.get("encrypted_content")),
                _texts(item.get("summary")),
                _texts(item.get("content")),
            )
        case ItemKind.CUSTOM | ItemKind.FUNCTION | ItemKind.APPLY_PATCH:
            operation = read_operation(item) if kind is ItemKind.APPLY_PATCH else None
            content = operation.diff if operation else _input(item, kind)
            complete = text(item.get("status")) not in ("incomplete", "in_progress")
            return ToolCall(kind, call_id, read_name(item, kind), content, operation, complete)


def read_usage(value: object) -> Usage | None:
    """Read the usage numbers of a response; None where there are none."""
    raw = mapping(value)
    if not raw:
        return None
    before, after = count(raw.get("input_tokens")), count(raw.get("output_tokens"))
    return Usage(
        input_tokens=before,
        cached_tokens=count(mapping(raw.get("input_tokens_details")).get("cached_tokens")),
        output_tokens=after,
        reasoning_tokens=count(mapping(raw.get("output_tokens_details")).get("reasoning_tokens")),
        total_tokens=count(raw.get("total_tokens")) or before + after,
    )


def _input(item: Mapping[str, object], kind: ItemKind) -> str:
    """Some local servers send the arguments as an object where text is due."""
    raw = item.get("arguments" if kind is ItemKind.FUNCTION else "input")
    if not isinstance(raw, Mapping | list):
        return text(raw)
    try:
        return text(json.dumps(raw))
    except (TypeError, ValueError, RecursionError):
        return ""


def _parts(content: object) -> str:
    if isinstance(content, str):
        return text(content)
    parts = (mapping(part) for part in listing(content))
    return "".join(text(part.get("text")) or text(part.get("refusal")) for part in parts)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, (text(mapping(part).get("text")) for part in listing(value))))
