"""The chat-completions dialect: a conversation in messages in, chunks out, on the same responses as everything else."""

from collections.abc import Mapping

from spark_tui.rehearsal.protocol import Create, Json, Rejected, read_create

_REASONS = {"max_output_tokens": "length", "content_filter": "content_filter"}


def read_chat(raw: Mapping[str, object]) -> Create:
    """Read a request as one for a response. Raises Rejected."""
    messages, tools = raw.get("messages"), raw.get("tools")
    if not isinstance(messages, list) or not messages:
        raise Rejected("missing_required_parameter", "Missing required parameter: 'messages'.", "messages")
    items: list[Json] = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            raise Rejected("invalid_type", f"Invalid type for 'messages[{index}]'.", "messages")
        items += _items(message, index)
    converted: dict[str, object] = {
        "model": raw.get("model"),
        "input": items,
        "store": False,
        "tools": [_tool(tool) for tool in tools] if isinstance(tools, list) else [],
        "tool_choice": "none" if raw.get("tool_choice") == "none" else "auto",
        "metadata": raw.get("metadata"),
        "stream_options": {"include_obfuscation": False},
    }
    return read_create(converted, on_socket=False)


def _items(message: Mapping[str, object], index: int) -> list[Json]:
    role, content = message.get("role"), message.get("content")
    if role == "tool":
        call_id = message.get("tool_call_id")
        return [{"type": "function_call_output", "call_id": call_id, "output": _text(content)}]
    items: list[Json] = []
    if content or role != "assistant":
        items.append({"type": "message", "role": role, "content": _text(content)})
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict):
            raise Rejected("invalid_type", f"Invalid type for 'messages[{index}].tool_calls'.", "messages")
        named = {"name": function.get("name"), "arguments": function.get("arguments")}
        items.append({"type": "function_call", "call_id": call.get("id"), **named})
    return items


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _tool(tool: object) -> object:
    function = tool.get("function") if isinstance(tool, dict) else None
    return {"type": "function", **function} if isinstance(function, dict) else tool


class ChatWriter:
    """Writes the frames of one response as chunks."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        options = raw.get("stream_options")
        self._tells_usage = isinstance(options, dict) and options.get("include_usage") is True
        self._base: Json = {
            "id": "",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": raw.get("model"),
        }
        self._calls: dict[object, int] = {}

    def write(self, frame: Json) -> list[Json]:
        """The chunks for one frame."""
        match frame["type"]:
            case "response.created":
                response = frame["response"]
                assert isinstance(response, dict)
                self._base |= {"id": f"chatcmpl-{response['id'][5:]}", "created": response["created_at"]}
                return [self._chunk({"role": "assistant", "content": ""})]
            case "response.output_text.delta":
                return [self._chunk({"content": frame["delta"]})]
            case "response.refusal.delta":
                return [self._chunk({"refusal": frame["delta"]})]
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                return [self._chunk({"reasoning": frame["delta"]})]
            case "response.output_item.added":
                return self._opened(frame)
            case "response.function_call_arguments.delta":
                index = self._calls[frame["output_index"]]
                fragment = {"index": index, "function": {"arguments": frame["delta"]}}
                return [self._chunk({"tool_calls": [fragment]})]
            case "response.completed" | "response.incomplete":
                return self._end(frame)
            case "response.failed":
                response = frame["response"]
                assert isinstance(response, dict)
                return [{"error": response["error"]}]
            case "error":
                return [{"error": frame["error"], "status_code": frame.get("status")}]
            case _:
                return []

    def _opened(self, frame: Json) -> list[Json]:
        item = frame["item"]
        if not isinstance(item, dict) or item["type"] != "function_call":
            return []
        index = self._calls[frame["output_index"]] = len(self._calls)
        function = {"name": item["name"], "arguments": ""}
        call = {"index": index, "id": item["call_id"], "type": "function", "function": function}
        return [self._chunk({"tool_calls": [call]})]

    def _end(self, frame: Json) -> list[Json]:
        response = frame["response"]
        assert isinstance(response, dict)
        details = response.get("incomplete_details") or {}
        usual = "tool_calls" if self._calls else "stop"
        chunks = [self._chunk({}, _REASONS.get(details.get("reason", ""), "length") if details else usual)]
        if self._tells_usage:
            chunks.append({**self._base, "choices": [], "usage": chat_usage(response["usage"])})
        return chunks

    def _chunk(self, delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**self._base, "choices": [choice], **({"usage": None} if self._tells_usage else {})}


def chat_usage(usage: Mapping[str, int]) -> Json:
    """Usage in the words of this dialect."""
    details: Mapping[str, int] = usage["input_tokens_details"]  # type: ignore[assignment]
    return {
        "prompt_tokens": usage["input_tokens"],
        "completion_tokens": usage["output_tokens"],
        "total_tokens": usage["total_tokens"],
        "prompt_tokens_details": {"cached_tokens": details["cached_tokens"]},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def completion(response: Mapping[str, object]) -> Json:
    """A whole answer, for those who do not want a stream."""
    output = response["output"]
    assert isinstance(output, list)
    said = "".join(part["text"] for item in output if item["type"] == "message" for part in item["content"])
    calls = [
        {
            "id": item["call_id"],
            "type": "function",
            "function": {"name": item["name"], "arguments": item["arguments"]},
        }
        for item in output
        if item["type"] == "function_call"
    ]
    message: Json = {"role": "assistant", "content": said or None, **({"tool_calls": calls} if calls else {})}
    usual = "tool_calls" if calls else "stop"
    finish = usual if response["status"] == "completed" else "length"
    return {
        "id": f"chatcmpl-{str(response['id'])[5:]}",
        "object": "chat.completion",
        "created": response["created_at"],
        "model": response["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": chat_usage(response["usage"]),  # type: ignore[arg-type]
    }
