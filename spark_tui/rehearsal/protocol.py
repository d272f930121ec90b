"""What a client may ask for: checks `response.create` as the real service does and says what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Json = dict[str, object]

_PARAMETERS: dict[str, tuple[type, ...]] = {
    "model": (str,),
    "input": (str, list),
    "instructions": (str,),
    "tools": (list,),
    "tool_choice": (str, dict),
    "parallel_tool_calls": (bool,),
    "max_tool_calls": (int,),
    "previous_response_id": (str,),
    "store": (bool,),
    "generate": (bool,),
    "include": (list,),
    "reasoning": (dict,),
    "text": (dict,),
    "max_output_tokens": (int,),
    "truncation": (str,),
    "context_management": (list,),
    "service_tier": (str,),
    "prompt_cache_key": (str,),
    "prompt_cache_options": (dict,),
    "prompt_cache_retention": (str,),
    "stream_options": (dict,),
    "stream": (bool,),
    "background": (bool,),
    "temperature": (int, float),
    "top_p": (int, float),
    "top_logprobs": (int,),
    "metadata": (dict,),
    "safety_identifier": (str,),
    "user": (str,),
    "client_metadata": (dict,),
}
_ONLY_ON_SOCKETS = ("type", "stream_id")
_CALLS = {"function_call", "custom_tool_call", "apply_patch_call", "shell_call", "local_shell_call"}
_OUTPUTS = {f"{name}_output" for name in _CALLS}
_ITEMS = (
    {"message", "reasoning", "compaction", "configuration_update", "additional_tools"} | _CALLS | _OUTPUTS
)
_ROLES = {"user", "assistant", "system", "developer"}


class PatchForm(StrEnum):
    """How the client wants to be given patches."""

    CUSTOM = "custom"
    FUNCTION = "function"
    BUILTIN = "apply_patch"
    NONE = "none"


class Rejected(Exception):
    """A request that is refused before anything is generated."""

    def __init__(self, code: str, message: str, param: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.param = param
        self.status = status

    def frame(self) -> Json:
        """The error as it is sent."""
        return error_frame(self.code, str(self), self.param, self.status)


def error_frame(code: str, message: str, param: str | None = None, status: int = 400) -> Json:
    """Write an error as the service does on a socket."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return {
        "type": "error",
        "status": status,
        "error": {"type": kind, "code": code, "message": message, "param": param},
    }


@dataclass(frozen=True, slots=True)
class Create:
    """A request that makes sense on its own."""

    raw: Mapping[str, object]
    """As it came, for what is repeated in answers."""
    model: str
    items: tuple[Json, ...]
    """New input items."""
    previous: str
    generate: bool
    patch_form: PatchForm
    obfuscate: bool
    store: bool


def read_create(raw: Mapping[str, object], *, on_socket: bool = True) -> Create:
    """Check a `response.create`, or the body of a plain request. Raises Rejected."""
    for name, value in raw.items():
        if (on_socket and name in _ONLY_ON_SOCKETS) or (name in _PARAMETERS and value is None):
            continue
        if name not in _PARAMETERS or (name == "generate" and not on_socket):
            raise Rejected("unknown_parameter", f"Unknown parameter: '{name[:64]}'.", name[:64])
        if not isinstance(value, _PARAMETERS[name]) or (
            isinstance(value, bool) != (_PARAMETERS[name] == (bool,))
        ):
            wanted = " or ".join(kind.__name__ for kind in _PARAMETERS[name])
            raise Rejected("invalid_type", f"Invalid type for '{name}': expected {wanted}.", name)
    if not raw.get("model"):
        raise Rejected("missing_required_parameter", "Missing required parameter: 'model'.", "model")
    if raw.get("background"):
        raise Rejected("invalid_value", "'background' is not available here.", "background")
    _check_model(raw)
    options = raw.get("stream_options")
    return Create(
        raw=raw,
        model=str(raw["model"]),
        items=tuple(read_items(raw.get("input"))),
        previous=str(raw.get("previous_response_id") or ""),
        generate=raw.get("generate") is not False,
        patch_form=_patch_form(raw),
        obfuscate=not (isinstance(options, dict) and options.get("include_obfuscation") is False),
        store=raw.get("store") is not False,
    )


def _check_model(raw: Mapping[str, object]) -> None:
    """Some models refuse what others take."""
    if not str(raw["model"]).endswith("-codex-spark"):
        return
    reasoning, tools = raw.get("reasoning"), raw.get("tools")
    if isinstance(reasoning, dict):
        for name, wrong in (
            ("summary", reasoning.get("summary")),
            ("context", reasoning.get("context") == "all_turns"),
        ):
            if wrong:
                param = f"reasoning.{name}"
                raise Rejected(
                    "unsupported_parameter", f"Unsupported parameter: '{param}' with this model.", param
                )
    for tool in tools if isinstance(tools, list) else []:
        if isinstance(tool, dict) and tool.get("type") in ("namespace", "image_generation"):
            raise Rejected("invalid_value", "This kind of tool is not supported with this model.", "tools")


def check_calls(conversation: Sequence[Mapping[str, object]]) -> None:
    """Demand that every call has exactly one output after it. Raises Rejected."""
    waiting: dict[object, None] = {}
    for item in conversation:
        kind, call_id = item["type"], item.get("call_id")
        if kind in _CALLS:
            waiting[call_id] = None
        elif kind in _OUTPUTS:
            if call_id not in waiting:
                raise Rejected("invalid_value", f"No tool call found for call_id {call_id}.", "input")
            del waiting[call_id]
    if waiting:
        raise Rejected(
            "missing_tool_output", f"No tool output found for call {next(iter(waiting))}.", "input"
        )


def read_items(value: object) -> list[Json]:
    """Check input items. Raises Rejected."""
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": value}]}]
    items: list[Json] = []
    for index, raw in enumerate(value if isinstance(value, list) else []):
        where = f"input[{index}]"
        if not isinstance(raw, dict):
            raise Rejected("invalid_type", f"Invalid type for '{where}': expected an object.", where)
        item: Json = {"type": "message", **raw} if "role" in raw else dict(raw)
        kind = item.get("type")
        if not isinstance(kind, str) or kind not in _ITEMS:
            raise Rejected("invalid_value", f"Invalid value for '{where}.type'.", f"{where}.type")
        if kind == "message" and item.get("role") not in _ROLES:
            raise Rejected("invalid_value", f"Invalid value for '{where}.role'.", f"{where}.role")
        if kind == "message" and not isinstance(item.get("content"), str | list):
            raise Rejected("invalid_type", f"Invalid type for '{where}.content'.", f"{where}.content")
        if (kind in _CALLS or kind in _OUTPUTS) and not isinstance(item.get("call_id"), str):
            raise Rejected("missing_required_parameter", f"Missing '{where}.call_id'.", f"{where}.call_id")
        items.append(item)
    return items


def _patch_form(raw: Mapping[str, object]) -> PatchForm:
    tools = raw.get("tools")
    if raw.get("tool_choice") == "none" or not isinstance(tools, list):
        return PatchForm.NONE
    for tool in tools:
        if not isinstance(tool, dict) or not isinstance(tool.get("type"), str):
            raise Rejected("invalid_type", "Each of 'tools' is an object with a 'type'.", "tools")
    for tool in tools:
        if tool["type"] == PatchForm.BUILTIN:
            return PatchForm.BUILTIN
        if tool["type"] in (PatchForm.CUSTOM, PatchForm.FUNCTION) and tool.get("name") == "apply_patch":
            return PatchForm(tool["type"])
    return PatchForm.NONE
