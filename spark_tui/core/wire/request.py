"""Builds requests whose beginning never changes during a conversation, so that servers can reuse it."""

from collections.abc import Sequence

from spark_tui.core.values import dataclass
from spark_tui.core.wire.encode import encode_items
from spark_tui.core.wire.items import DeveloperMessage, Item, ToolCall, ToolOutput
from spark_tui.core.wire.tools import Tool, encode_tool

NO_OUTCOME = "Nothing is known about the outcome of this call."


@dataclass(frozen=True, slots=True)
class Prefix:
    """What every request of one conversation repeats, byte for byte."""

    model: str
    """The provider's name for the model."""
    instructions: str
    tools: tuple[Tool, ...] = ()
    effort: str = ""
    """Reasoning effort; empty: not sent, and no encrypted reasoning asked for."""
    verbosity: str = ""
    service_tier: str = ""
    cache_key: str = ""


def build_request(
    prefix: Prefix,
    items: Sequence[Item],
    *,
    previous_response_id: str = "",
    generate: bool = True,
    may_call: bool = True,
) -> dict[str, object]:
    """Build one `response.create`; what changes from request to request stands last."""
    request: dict[str, object] = {
        "type": "response.create",
        "model": prefix.model,
        "instructions": prefix.instructions,
        "tools": [encode_tool(tool) for tool in prefix.tools],
        "tool_choice": "auto" if may_call else "none",
        "parallel_tool_calls": True,
        "store": False,
        "stream_options": {"include_obfuscation": False},
    }
    if prefix.effort:
        request["reasoning"] = {"effort": prefix.effort}
        request["include"] = ["reasoning.encrypted_content"]
    if prefix.verbosity:
        request["text"] = {"verbosity": prefix.verbosity}
    if prefix.service_tier:
        request["service_tier"] = prefix.service_tier
    if prefix.cache_key:
        request["prompt_cache_key"] = prefix.cache_key
    if not generate:
        request["generate"] = False
    if previous_response_id:
        request["previous_response_id"] = previous_response_id
    request["input"] = encode_items(items)
    return request


def unanswered(items: Sequence[Item]) -> tuple[ToolCall, ...]:
    """The calls among `items` that have no output yet, in order."""
    answered = {item.call_id for item in items if isinstance(item, ToolOutput)}
    return tuple(item for item in items if isinstance(item, ToolCall) and item.call_id not in answered)


def fit(history: Sequence[Item], new: Sequence[Item]) -> tuple[Item, ...]:
    """Return `new` such that after `history` every call has exactly one output, as servers demand.

    An output for a call that the history does not hold becomes a developer message, a second output for the
    same call is left out, and a call that `new` does not answer is answered with ignorance.
    """
    waiting = {call.call_id: call for call in unanswered(history)}
    known = {item.call_id for item in history if isinstance(item, ToolCall)}
    fitted: list[Item] = []
    for item in new:
        if not isinstance(item, ToolOutput):
            fitted.append(item)
        elif item.call_id in waiting:
            fitted.append(ToolOutput(waiting.pop(item.call_id).kind, item.call_id, item.output, item.ok))
        elif item.call_id not in known:
            fitted.append(DeveloperMessage(item.output))
    orphans = [ToolOutput(call.kind, call.call_id, NO_OUTCOME, ok=False) for call in waiting.values()]
    return (*orphans, *fitted)
