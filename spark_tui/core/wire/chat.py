"""The chat-completions dialect: requests are rewritten into it, its chunks into the frames of Responses."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field

from spark_tui.core.values import dataclass
from spark_tui.core.wire.lenient import count, listing, mapping, text
from spark_tui.core.wire.tools import PATCH_ARGUMENT

Frame = dict[str, object]

_CALLS = ("function_call", "custom_tool_call", "apply_patch_call")
_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


def chat_request(request: Mapping[str, object]) -> Frame:
    """Rewrite a `response.create` into the body of a chat completion; nothing can be chained there."""
    body: Frame = {"model": request.get("model"), "stream": True, "stream_options": {"include_usage": True}}
    tools = [tool for raw in listing(request.get("tools")) if (tool := _tool(mapping(raw)))]
    body["messages"] = _messages(text(request.get("instructions")), listing(request.get("input")))
    if tools:
        body["tools"] = tools
    if effort := text(mapping(request.get("reasoning")).get("effort")):
        body["reasoning_effort"] = effort
    if limit := count(request.get("max_output_tokens")):
        body["max_completion_tokens"] = limit
    if tier := text(request.get("service_tier")):
        body["service_tier"] = tier
    return body


def _tool(tool: Mapping[str, object]) -> Frame | None:
    """Every tool becomes a function; one that takes free text gets a single argument for it."""
    if tool.get("type") == "function":
        names = ("name", "description", "parameters")
        return {"type": "function", "function": {name: tool.get(name) for name in names}}
    if tool.get("type") not in ("custom", "apply_patch"):
        return None
    schema = {
        "type": "object",
        "properties": {PATCH_ARGUMENT: {"type": "string"}},
        "required": [PATCH_ARGUMENT],
        "additionalProperties": False,
    }
    name, said = text(tool.get("name")) or "apply_patch", text(tool.get("description")) or "Edits files."
    return {"type": "function", "function": {"name": name, "description": said, "parameters": schema}}


def _messages(instructions: str, items: Sequence[object]) -> list[Frame]:
    messages: list[Frame] = [{"role": "system", "content": instructions}] if instructions else []
    for raw in items:
        item = mapping(raw)
        kind = item.get("type")
        if kind == "message":
            _add_message(messages, text(item.get("role")), _content(item.get("content")))
        elif kind in _CALLS:
            _add_call(messages, item)
        elif isinstance(kind, str) and kind.removesuffix("_output") in _CALLS:
            said = _content(item.get("output"))
            messages.append({"role": "tool", "tool_call_id": text(item.get("call_id")), "content": said})
    return messages


def _add_message(messages: list[Frame], role: str, content: str) -> None:
    last = messages[-1] if messages else {}
    if role == "assistant" and last.get("role") == "assistant" and "tool_calls" not in last:
        last["content"] = f"{last['content']}\n\n{content}"
    elif role == "assistant":
        messages.append({"role": "assistant", "content": content})
    else:
        # Templates of local servers take a system message only at the very beginning.
        messages.append({"role": "user", "content": content})


def _add_call(messages: list[Frame], item: Mapping[str, object]) -> None:
    match item.get("type"):
        case "function_call":
            name, arguments = text(item.get("name")), text(item.get("arguments"))
        case "custom_tool_call":
            name, arguments = text(item.get("name")), json.dumps({PATCH_ARGUMENT: text(item.get("input"))})
        case _:
            name, arguments = "apply_patch", json.dumps(mapping(item.get("operation")))
    call = {
        "id": text(item.get("call_id")),
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }
    last = messages[-1] if messages else {}
    if last.get("role") != "assistant":
        last = {"role": "assistant", "content": ""}
        messages.append(last)
    calls = last.setdefault("tool_calls", [])
    assert isinstance(calls, list)
    calls.append(call)


def _content(value: object) -> str:
    if isinstance(value, str):
        return text(value)
    return "".join(text(mapping(part).get("text")) for part in listing(value))


@dataclass(slots=True)
class _Part:
    """One item of the answer while it streams."""

    index: int
    item: Frame
    place: str
    """Where the item holds what streams; nothing for a message."""
    pieces: list[str] = field(default_factory=list)


class ChatReader:
    """Reads the chunks of one completion as the frames of one response."""

    def __init__(self) -> None:
        self._id = ""
        self._model = ""
        self._begun = False
        self._over = False
        self._parts: list[_Part] = []
        self._message: _Part | None = None
        self._thoughts: _Part | None = None
        self._calls: dict[object, _Part] = {}
        self._reason = ""
        self._usage: Frame | None = None

    def feed(self, chunk: Mapping[str, object]) -> list[Frame]:
        """Take one decoded chunk; never raises because of its content."""
        if self._over:
            return []
        if chunk.get("error") or ("detail" in chunk and "choices" not in chunk):
            self._over = True
            return [{**chunk, "type": "error"}]
        frames = self._begin(chunk)
        if usage := mapping(chunk.get("usage")):
            self._usage = _usage(usage)
        for raw in listing(chunk.get("choices"))[:1]:
            choice = mapping(raw)
            frames += self._delta(mapping(choice.get("delta")) or mapping(choice.get("message")))
            self._reason = text(choice.get("finish_reason")) or self._reason
        return frames

    def finish(self, *, told: bool) -> list[Frame]:
        """The stream is over; `told`: the server said so. Without a word of it there is no ending."""
        if self._over or not self._begun or not (told or self._reason):
            return []
        self._over = True
        reason = _REASONS.get(self._reason, "")
        # What the limit cut is the last item; a call that is cut must not be taken for a whole one.
        cut = self._parts[-1] if reason and self._parts and self._parts[-1].place else None
        frames = [_done(part) for part in self._parts if part is not cut]
        details = {"incomplete_details": {"reason": reason}} if reason else {}
        name = "incomplete" if reason else "completed"
        response = {"id": self._id, "status": name, "model": self._model, "usage": self._usage, **details}
        return [*frames, {"type": f"response.{name}", "response": response}]

    def _begin(self, chunk: Mapping[str, object]) -> list[Frame]:
        if self._begun or not ("choices" in chunk or "id" in chunk):
            return []
        self._begun = True
        self._id, self._model = text(chunk.get("id")) or "chat", text(chunk.get("model"))
        response = {"id": self._id, "model": self._model, "status": "in_progress", "output": []}
        return [{"type": "response.created", "response": response}]

    def _delta(self, delta: Mapping[str, object]) -> list[Frame]:
        frames: list[Frame] = []
        thought = text(delta.get("reasoning")) or text(delta.get("reasoning_content"))
        if thought:
            if self._thoughts is None:
                self._thoughts = self._open({"type": "reasoning", "summary": []}, "rs", frames, "content")
            frames.append(self._more(self._thoughts, "reasoning_text", thought))
        said = _content(delta.get("content")) or text(delta.get("refusal"))
        if said:
            if self._message is None:
                item: Frame = {"type": "message", "role": "assistant", "content": []}
                self._message = self._open(item, "msg", frames, "")
            frames.append(self._more(self._message, "output_text", said))
        for position, raw in enumerate(listing(delta.get("tool_calls"))):
            self._call(position, mapping(raw), frames)
        return frames

    def _call(self, position: int, fragment: Mapping[str, object], frames: list[Frame]) -> None:
        index = fragment.get("index")
        key: object = index if isinstance(index, int) else ("at", position)
        function, call_id = mapping(fragment.get("function")), text(fragment.get("id"))
        part = self._calls.get(key)
        if part is None or (call_id and call_id != part.item["call_id"]):
            item: Frame = {
                "type": "function_call",
                "call_id": call_id or f"call_{len(self._parts)}",
                "name": text(function.get("name")),
                "arguments": "",
            }
            part = self._calls[key] = self._open(item, "fc", frames, "arguments")
        raw = function.get("arguments")
        piece = json.dumps(raw) if isinstance(raw, Mapping) else text(raw)
        if piece:
            frames.append(self._more(part, "function_call_arguments", piece))

    def _open(self, item: Frame, prefix: str, frames: list[Frame], name: str) -> _Part:
        # Chunks may come from several completions in a row; ids of one are enough for one reader.
        item["id"] = f"{prefix}_{len(self._parts)}"
        part = _Part(len(self._parts), item, name)
        self._parts.append(part)
        frames.append({"type": "response.output_item.added", "output_index": part.index, "item": dict(item)})
        return part

    def _more(self, part: _Part, kind: str, piece: str) -> Frame:
        part.pieces.append(piece)
        place = {"item_id": part.item["id"], "output_index": part.index}
        return {"type": f"response.{kind}.delta", **place, "delta": piece}


def _done(part: _Part) -> Frame:
    item, whole = dict(part.item), "".join(part.pieces)
    match part.place:
        case "":
            item["content"] = [{"type": "output_text", "text": whole}]
        case "content":
            item["content"] = [{"type": "reasoning_text", "text": whole}]
        case name:
            item[name] = whole
    return {"type": "response.output_item.done", "output_index": part.index, "item": item}


def _usage(usage: Mapping[str, object]) -> Frame:
    cached = mapping(usage.get("prompt_tokens_details")).get("cached_tokens")
    thought = mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")
    return {
        "input_tokens": usage.get("prompt_tokens"),
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": usage.get("completion_tokens"),
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": usage.get("total_tokens"),
    }
