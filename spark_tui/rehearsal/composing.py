"""Writes a response as the frames of the protocol, in the order of the real service."""

import json
from collections.abc import Callable, Iterator, Sequence

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

    def answer(self, answer: Answer) -> Frames:
        """Everything between the beginning and the end."""
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
        match form:
            case PatchForm.CUSTOM:
                yield from self._call("custom_tool_call", "ctc", "input", answer.patch)
            case PatchForm.FUNCTION:
                arguments = json.dumps({"patch": answer.patch}, ensure_ascii=False)
                yield from self._call("function_call", "fc", "arguments", arguments)
            case PatchForm.BUILTIN:
                yield from self._operations(answer.patch)
            case PatchForm.NONE:
                pass

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
