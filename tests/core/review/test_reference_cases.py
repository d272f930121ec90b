"""The codex profile does to every reference case what the reference tool did, byte for byte."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from spark_tui.core.edits.cutting import cut
from spark_tui.core.review.batch import DEVIATIONS, apply_patch

CASES = json.loads((Path(__file__).parents[2] / "data" / "apply_patch_cases.json").read_text())["cases"]


def run(case: dict[str, Any], cuts: str) -> tuple[bool, dict[str, bytes]]:
    tree = {path: base64.b64decode(data) for path, data in case["input"].items()}

    def refuse(path: str) -> str:
        return "It is a directory." if any(each.startswith(path + "/") for each in tree) else ""

    result = apply_patch(cut(case["patch"], cuts), tree.get, refuse, "codex")
    after: dict[str, bytes | None] = {**tree, **result.writes}
    return result.is_complete, {path: data for path, data in after.items() if data is not None}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_reference_case(case: dict[str, Any]) -> None:
    expected = {path: base64.b64decode(data) for path, data in case["output"].items()}
    for cuts in ("whole", "chars", "random:1", "random:2"):
        ok, after = run(case, cuts)
        if case["name"] in DEVIATIONS:
            assert after != expected
            continue
        assert after == expected
        assert ok == (case["rc"] == 0)


def test_a_move_onto_itself_keeps_the_file() -> None:
    case = next(case for case in CASES if case["name"] == "move to self")
    assert run(case, "whole") == (True, {"f": b"A\n"})
