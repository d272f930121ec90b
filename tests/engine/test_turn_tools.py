"""Edits come out the same whichever kind of tool the provider lets the model call."""

import json
from typing import Any

import pytest

from spark_tui.core.review import HunkState
from spark_tui.engine import TurnState
from tests.engine.bench import Bench
from tests.fakes.model_socket import Frame, Step, completed, created, text_reply

SECTION = "@@\n one\n-two\n+TWO\n three\n"
PATCH = f"*** Begin Patch\n*** Update File: a.txt\n{SECTION}*** Delete File: b.txt\n*** End Patch\n"


def _call(kind: str, field: str, event: str, item: Frame, content: str, index: int = 0) -> list[Frame]:
    place = {"item_id": f"i{index}", "output_index": index}
    item = {"id": f"i{index}", "type": kind, "call_id": f"c{index}", **item}
    filled: Any = {field: content} if field else {}
    return [
        {
            "type": "response.output_item.added",
            "output_index": index,
            "item": {**item, **({field: ""} if field else {})},
        },
        *({"type": event, **place, "delta": content[at : at + 5]} for at in range(0, len(content), 5)),
        {"type": "response.output_item.done", "output_index": index, "item": {**item, **filled}},
    ]


def _operation(op: dict[str, str], index: int) -> list[Frame]:
    frames = _call(
        "apply_patch_call",
        "",
        "response.apply_patch_call_operation_diff.delta",
        {"operation": op},
        op.get("diff", ""),
        index,
    )
    frames[0]["item"] = {**frames[0]["item"], "operation": {**op, "diff": ""}}
    return frames


CALLS: dict[str, list[Frame]] = {
    "custom": _call(
        "custom_tool_call", "input", "response.custom_tool_call_input.delta", {"name": "apply_patch"}, PATCH
    ),
    "function": _call(
        "function_call",
        "arguments",
        "response.function_call_arguments.delta",
        {"name": "apply_patch"},
        json.dumps({"patch": PATCH}),
    ),
    "builtin": [
        *_operation({"type": "update_file", "path": "a.txt", "diff": SECTION}, 0),
        *_operation({"type": "delete_file", "path": "b.txt"}, 1),
    ],
}


@pytest.mark.parametrize("kind", CALLS)
async def test_every_kind_of_patch_call_becomes_hunks_and_is_answered(kind: str) -> None:
    first: list[Step] = [created("r1"), *CALLS[kind], completed("r1")]
    files = {"a.txt": b"one\ntwo\nthree\n", "b.txt": b"old\n"}
    async with Bench(files, [first, text_reply("r2", "Done.")]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert [(hunk.path, hunk.state) for hunk in bench.hunks] == [
            ("a.txt", HunkState.PROPOSED),
            ("b.txt", HunkState.PROPOSED),
        ]
        await bench.engine.decisions.accept([hunk.id for hunk in bench.hunks])
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        assert bench.files.data == {"a.txt": b"one\nTWO\nthree\n"}
        outputs = [item for item in bench.model.requests[1]["input"] if item["type"].endswith("_output")]
        calls = [frame["item"] for frame in CALLS[kind] if frame["type"].endswith("item.done")]
        assert [(item["type"], item["call_id"]) for item in outputs] == [
            (f"{call['type']}_output", call["call_id"]) for call in calls
        ]
        assert all("accepted" in item["output"] for item in outputs)


async def test_a_function_that_nobody_has_is_answered_so() -> None:
    call = _call(
        "function_call", "arguments", "response.function_call_arguments.delta", {"name": "shell"}, "{}"
    )
    replies: list[list[Step]] = [[created("r1"), *call, completed("r1")], text_reply("r2", "Well.")]
    async with Bench({}, replies) as bench:
        bench.ask("run")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        assert bench.model.requests[1]["input"][-1]["output"] == "There is no tool named shell here."
