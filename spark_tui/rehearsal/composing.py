"""Writes a response as the frames of the protocol, in the order of the real service."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.operations import operations
from spark_tui.rehearsal.pieces import pieces
from spark_tui.rehearsal.protocol import Create, Json, PatchForm

Frames = Iterator[tuple[Json, bool]]
"""Frames, each with whether it carries a piece and so has to wait its turn."""
_REPEATED: tuple[tuple[str, object], ...] = (
    ("instructions", None),
    ("max_output_tokens", None),
    ("metadata", {}),
    ("parallel_tool_calls", True),
    ("previous_response_id", None),
    ("prompt_cache_key", None),
    ("reasoning", {"effort": None, "summary": None}),
    ("store", True),
    ("temperature", 1.0),
    ("text", {"format": {"type": "text"}}),
    ("tool_choice", "auto"),
    ("tools", []),
    ("top_p", 1.0),
    ("truncation", "disabled"),
)


class Shape(Enum):
    """What an answer consists of."""

    USUAL = auto()
    THOUGHTFUL = auto()
    """It begins with reasoning."""
    REFUSAL = auto()
    SEVERAL_CALLS = auto()
    """One call for each file."""


class Composer:
    """One response from its creation to its end."""

    def __init__(self, create: Create, now: float, new_id: Callable[[str], str]) -> None:
        self._new_id = new_id
        self.id = new_id("resp")
        self.output: list[Json] = []
        """Finished items."""
        self.tokens = 0
        """Pieces generated so far."""
        self._create = create
        self._created_at = int(now)

    def response(self, status: str, **fields: object) -> Json:
        """The response object as of now."""
        repeated = {name: self._create.raw.get(name, default) for name, default in _REPEATED}
        return {
            "id": self.id,
            "object": "response",
            "created_at": self._created_at,
            "status": status,
            "model": self._create.model,
            "output": list(self.output) if status != "in_progress" else [],
            "service_tier": "default",
            "error": None,
            "incomplete_details": None,
            "usage": None,
            **repeated,
            **fields,
        }

    def event(self, kind: str, status: str, **fields: object) -> Json:
        """A frame about the whole response."""
        return {"type": f"response.{kind}", "response": self.response(status, **fields)}

    def answer(self, answer: Answer, shape: Shape = Shape.USUAL, thought: str = "") -> Frames:
        """Everything between the beginning and the end."""
        if shape is Shape.THOUGHTFUL:
            yield from self._thought(thought or "Where does this belong?")
        if shape is Shape.REFUSAL:
            yield from self._refusal(thought or "I can't help with that.")
            return
        patches = _by_file(answer.patch) if shape is Shape.SEVERAL_CALLS else [answer.patch]
        yield from self._say(answer, patches)

    def _say(self, answer: Answer, patches: Sequence[str]) -> Frames:
        form = self._create.patch_form
        prose = answer.prose
        if answer.patch and form is PatchForm.NONE:
            prose = (
                f"{prose}\n\nNo apply_patch tool was offered, so here is the patch as text:\n\n{answer.patch}"
            )
        if prose or not answer.patch:
            called = bool(answer.patch) and form is not PatchForm.NONE
            yield from self._message(prose, "commentary" if called else "final_answer")
        if not answer.patch:
            return
        for patch in patches:
            match form:
                case PatchForm.CUSTOM:
                    yield from self._call("custom_tool_call", "ctc", "input", patch)
                case PatchForm.FUNCTION:
                    arguments = json.dumps({"patch": patch}, ensure_ascii=False)
                    yield from self._call("function_call", "fc", "arguments", arguments)
                case PatchForm.BUILTIN:
                    yield from self._operations(patch)
                case PatchForm.NONE:
                    pass

    def _thought(self, words: str) -> Frames:
        """A reasoning item: sealed, with a summary where one is asked for, else readable as local models give it."""
        place = {"item_id": self._new_id("rs"), "output_index": len(self.output)}
        wanted = self._create.raw.get("reasoning")
        with_summary = isinstance(wanted, dict) and bool(wanted.get("summary"))
        sealed = "reasoning.encrypted_content" in (self._create.raw.get("include") or ())  # type: ignore[operator]
        item: Json = {"id": place["item_id"], "type": "reasoning", "summary": []}
        if sealed:
            item["encrypted_content"] = "AAA="
        yield self._added(dict(item))
        if with_summary:
            part = {**place, "summary_index": 0}
            whole = {"type": "summary_text", "text": words}
            yield (
                {"type": "response.reasoning_summary_part.added", **part, "part": {**whole, "text": ""}},
                False,
            )
            yield from self._deltas("response.reasoning_summary_text.delta", pieces(words), part)
            yield {"type": "response.reasoning_summary_text.done", **part, "text": words}, False
            yield {"type": "response.reasoning_summary_part.done", **part, "part": whole}, False
            item["summary"] = [whole]
        elif not sealed:
            part = {**place, "content_index": 0}
            yield from self._deltas("response.reasoning_text.delta", pieces(words), part)
            yield {"type": "response.reasoning_text.done", **part, "text": words}, False
            item["content"] = [{"type": "reasoning_text", "text": words}]
        if sealed:
            # What was announced with the item was not the last word.
            item["encrypted_content"] = "AAABBBCCC="
        yield self._done(item)

    def _refusal(self, words: str) -> Frames:
        place = {"item_id": self._new_id("msg"), "output_index": len(self.output), "content_index": 0}
        item = {"id": place["item_id"], "type": "message", "role": "assistant", "phase": "final_answer"}
        full = {"type": "refusal", "refusal": words}
        yield self._added({**item, "status": "in_progress", "content": []})
        yield {"type": "response.content_part.added", **place, "part": {**full, "refusal": ""}}, False
        yield from self._deltas("response.refusal.delta", pieces(words), place)
        yield {"type": "response.refusal.done", **place, "refusal": words}, False
        yield {"type": "response.content_part.done", **place, "part": full}, False
        yield self._done({**item, "status": "completed", "content": [full]})

    def _message(self, prose: str, phase: str) -> Frames:
        place = {"item_id": self._new_id("msg"), "output_index": len(self.output), "content_index": 0}
        item = {"id": place["item_id"], "type": "message", "role": "assistant", "phase": phase}
        empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        full = {**empty, "text": prose}
        yield self._added({**item, "status": "in_progress", "content": []})
        yield {"type": "response.content_part.added", **place, "part": empty}, False
        yield from self._deltas("response.output_text.delta", pieces(prose), {**place, "logprobs": []})
        yield {"type": "response.output_text.done", **place, "text": prose, "logprobs": []}, False
        yield {"type": "response.content_part.done", **place, "part": full}, False
        yield self._done({**item, "status": "completed", "content": [full]})

    def _call(self, kind: str, prefix: str, field: str, content: str) -> Frames:
        place = {"item_id": self._new_id(prefix), "output_index": len(self.output)}
        item = {"id": place["item_id"], "type": kind, "call_id": self._new_id("call"), "name": "apply_patch"}
        event = f"response.{kind}_{field}"
        yield self._added({**item, "status": "in_progress", field: ""})
        yield from self._deltas(f"{event}.delta", pieces(content), place)
        yield {"type": f"{event}.done", **place, field: content}, False
        yield self._done({**item, "status": "completed", field: content})

    def _operations(self, patch: str) -> Frames:
        event = "response.apply_patch_call_operation_diff"
        for operation in operations(patch):
            place = {"item_id": self._new_id("apc"), "output_index": len(self.output)}
            item = {"id": place["item_id"], "type": "apply_patch_call", "call_id": self._new_id("call")}
            yield self._added({**item, "status": "in_progress", "operation": operation.wire("")})
            if operation.type != "delete_file":
                yield from self._deltas(f"{event}.delta", pieces(operation.diff), place)
                yield {"type": f"{event}.done", **place, "diff": operation.diff}, False
            yield self._done({**item, "status": "completed", "operation": operation.wire()})

    def _deltas(self, kind: str, parts: Sequence[str], fields: Json) -> Frames:
        for part in parts:
            self.tokens += 1
            frame = {"type": kind, **fields, "delta": part}
            if self._create.obfuscate:
                frame["obfuscation"] = self._new_id("")[1 : 1 + max(16 - len(part), 0)]
            yield frame, True

    def _added(self, item: Json) -> tuple[Json, bool]:
        return {"type": "response.output_item.added", "output_index": len(self.output), "item": item}, False

    def _done(self, item: Json) -> tuple[Json, bool]:
        index = len(self.output)
        self.output.append(item)
        return {"type": "response.output_item.done", "output_index": index, "item": item}, False


def _by_file(patch: str) -> list[str]:
    """Take a patch apart into patches of one file each."""
    begin, end = "*** Begin Patch\n", "*** End Patch\n"
    body = patch.removeprefix(begin).removesuffix(end)
    parts = re.split(r"(?m)^(?=\*\*\* (?:Add|Update|Delete) File: )", body)
    return [f"{begin}{part}{end}" for part in parts if part.strip()]
