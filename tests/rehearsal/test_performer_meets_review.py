"""The rehearsal's patches as the workspace sees them: every hunk finds its one place, and lands as written."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from spark_tui.core.context import file_block, place_block
from spark_tui.core.edits import FileOpened, PatchParser
from spark_tui.core.review import HunkState, Review
from spark_tui.core.text import Position, Span, Text
from spark_tui.rehearsal.performer import perform
from spark_tui.rehearsal.performer_prompt import read_prompt
from tests.rehearsal.naive_patch import apply_patch
from tests.rehearsal.performances import user

PROMPTS = (
    "rename add_argument to declare",
    "add docstrings",
    "wrap parse_args in logging",
    'extract "store" into S',
)


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_hunk_is_proposed_and_lands(prompt: Any, newline: Any) -> None:
    spec = importlib.util.find_spec("argparse")
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8").replace("\n", newline)
    text = Text.of(source)
    answer = perform([user(file_block("argparse.py", text)), user(prompt)])
    review = Review()
    review.begin("turn", "call")
    parser = PatchParser()
    for event in [*parser.push(answer.patch), *parser.finish()]:
        if isinstance(event, FileOpened):
            review.open_file(event, text)
        else:
            review.feed(event)
    review.close(cut=False)
    hunks = [hunk for file in review.files() for hunk in file.hunks]
    assert len(hunks) > 1
    assert {hunk.state for hunk in hunks} == {HunkState.PROPOSED}
    plan = review.plan_accept([hunk.id for hunk in hunks])
    assert not plan.left_out
    rows = list(text.lines(0, text.row_count))
    expected = apply_patch({"argparse.py": rows}, answer.patch)["argparse.py"]
    after = plan.files[0].after
    assert after is not None
    assert list(after.lines(0, after.row_count)) == expected
    assert after.encode().decode() == newline.join([*expected, ""])


def test_the_prompts_own_blocks_are_read_back() -> None:
    text = Text.of("a\r\n<b>\n</file>")
    selection = Span(Position(0, 0), Position(2, 0))
    brief = read_prompt(
        [user(file_block('a & "b".py', text) + "\n\n" + place_block('a & "b".py', 2, selection))]
    )
    file = brief.files['a & "b".py']
    assert (file.lines, file.final_newline) == (("a", "<b>", "</file>"), False)
    assert brief.selection is not None
    assert (brief.selection.first, brief.selection.last) == (0, 1)
    empty = read_prompt([user(file_block("e", Text.of("")))]).files["e"]
    assert (empty.lines, empty.final_newline) == ((), True)
