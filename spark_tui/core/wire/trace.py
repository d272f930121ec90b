"""Recorded frames as lines of text: who sent, on which lane, what; written without secrets, read back leniently."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from spark_tui.core.values import dataclass
from spark_tui.core.wire.items import DeveloperMessage, Item, ItemKind, ToolOutput, UserMessage
from spark_tui.core.wire.lenient import decode, listing, mapping, text

_LINE = re.compile(r"([CS])(?:@(\S+))? (\{.*\})\s*")
_SECRET = re.compile(r"\b(?:sk|csk|gsk|xai|key|pk)-[A-Za-z0-9_-]{16,}|\bBearer\s+[^\s\"']{8,}", re.IGNORECASE)
_SECRET_NAMES = re.compile(
    r"authorization|api[-_]?key|cookie|secret|password|(access|refresh|id)[-_]token", re.IGNORECASE
)
_GONE = "…"
_DEEPEST = 100
"""Lists in lists that are written down."""
_OUTPUTS = {
    "custom_tool_call_output": ItemKind.CUSTOM,
    "function_call_output": ItemKind.FUNCTION,
    "apply_patch_call_output": ItemKind.APPLY_PATCH,
}


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One frame of a trace."""

    from_client: bool
    lane: str
    frame: Mapping[str, object]


def trace_line(entry: TraceEntry, secrets: Collection[str] = ()) -> str:
    """Write one frame as a line, without what looks like a secret and without `secrets` themselves."""
    sender = "C" if entry.from_client else "S"
    tag = f"@{entry.lane}" if entry.lane else ""
    known = [secret for secret in secrets if secret]
    return f"{sender}{tag} {json.dumps(_clean(entry.frame, known), ensure_ascii=False)}"


def read_trace(lines: Iterable[str]) -> Iterator[TraceEntry]:
    """Read a trace; lines that are no frames are skipped."""
    for line in lines:
        found = _LINE.fullmatch(line)
        frame = decode(found[3]) if found is not None else None
        if found is not None and isinstance(frame, dict):
            yield TraceEntry(found[1] == "C", found[2] or "", frame)


def asked_items(request: Mapping[str, object]) -> list[Item]:
    """What a recorded request asks: messages and outputs; what the model itself had said is left out."""
    items: list[Item] = []
    raw = request.get("input")
    for entry in [{"role": "user", "content": raw}] if isinstance(raw, str) else listing(raw):
        item = mapping(entry)
        said = item.get("content", item.get("output"))
        words = text(said) or "".join(text(mapping(part).get("text")) for part in listing(said))
        kind = _OUTPUTS.get(text(item.get("type")))
        if kind is not None:
            ok = item.get("status") != "failed"
            items.append(ToolOutput(kind, text(item.get("call_id")), words, ok))
        elif item.get("role") == "user":
            items.append(UserMessage(words))
        elif item.get("role") in ("developer", "system"):
            items.append(DeveloperMessage(words))
    return items


def _clean(value: object, secrets: list[str], depth: int = 0) -> object:
    match value:
        case str():
            return _clean_text(value, secrets)
        case Mapping() | list() | tuple() if depth > _DEEPEST:
            return _GONE
        case Mapping():
            return {
                _clean_text(str(name), secrets): _GONE
                if _SECRET_NAMES.search(str(name))
                else _clean(content, secrets, depth + 1)
                for name, content in value.items()
            }
        case list() | tuple():
            return [_clean(content, secrets, depth + 1) for content in value]
        case _:
            return value


def _clean_text(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, _GONE)
    return _SECRET.sub(_GONE, text)
