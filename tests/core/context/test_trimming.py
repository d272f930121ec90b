"""A conversation that gets full: what goes first, what never goes, and that everything can come back."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.context import block, bring_back, trim
from spark_tui.core.wire import (
    AssistantMessage,
    DeveloperMessage,
    Item,
    ItemKind,
    PatchOperation,
    ToolCall,
    ToolOutput,
    UserMessage,
)
from spark_tui.core.wire.encode import encode_item


def _weigh(items: Sequence[Item]) -> int:
    return sum(len(str(item)) for item in items)


def _file(path: str, word: str, rows: int = 40) -> str:
    return block("file", [word] * rows, path)


def _turn(number: int, path: str, word: str) -> list[Item]:
    return [
        UserMessage(f"{block('rules', ['be good'], 'AGENTS.md')}\n\n{_file(path, word)}"),
        UserMessage(f"prompt {number}"),
        ToolCall(ItemKind.CUSTOM, f"c{number}", "apply_patch", "patch"),
        ToolOutput(ItemKind.CUSTOM, f"c{number}", f"output {number} " * 30),
        AssistantMessage(f"answer {number}"),
    ]


TALK = [*_turn(1, "a.py", "first"), *_turn(2, "a.py", "second"), *_turn(3, "b.py", "third")]


def test_nothing_goes_while_there_is_room() -> None:
    assert trim(TALK, 100_000, _weigh).items == tuple(TALK)


def test_old_outputs_go_first_then_copies_with_a_newer_one_then_old_copies() -> None:
    reasons = [entry.reason for entry in trim(TALK, 100, _weigh).gone]
    assert reasons == [
        "old tool output",
        "old tool output",
        "a newer copy follows",
        "sent in an earlier turn",
    ]


def test_the_newest_turn_the_rules_and_what_was_said_stay() -> None:
    kept = "\n".join(str(item) for item in trim(TALK, 100, _weigh).items)
    assert kept.count("be good") == 3 and kept.count("third") == 40 and "output 3 output 3" in kept
    assert all(f"prompt {number}" in kept and f"answer {number}" in kept for number in (1, 2, 3))


def test_copies_of_files_that_are_pinned_stay() -> None:
    kept = "\n".join(str(item) for item in trim(TALK, 100, _weigh, {"a.py"}).items)
    assert "second" in kept and "first" not in kept


PATCH = (
    "*** Begin Patch\n*** Update File: a.py\n" + "+line\n" * 90 + "*** Add File: n.py\n+x\n*** End Patch\n"
)


def _written(number: int, kind: ItemKind) -> list[Item]:
    operation = PatchOperation("update_file", "own.py", PATCH) if kind is ItemKind.APPLY_PATCH else None
    written = json.dumps({"patch": PATCH}) if kind is ItemKind.FUNCTION else PATCH
    return [
        UserMessage(f"write {number}"),
        ToolCall(kind, f"w{number}", "apply_patch", written, operation),
        ToolOutput(kind, f"w{number}", "accepted"),
    ]


def test_old_patches_go_after_copies_with_a_newer_one_and_before_others() -> None:
    talk = [*_written(1, ItemKind.CUSTOM), *TALK]
    gone = trim(talk, 100, _weigh).gone
    assert [entry.what for entry in gone[2:]] == ["file copy", "patch", "file copy"]
    assert gone[3].label == "the patch of a.py, n.py" and gone[3].reason == "written in an earlier turn"


def test_the_last_turn_gives_only_where_it_is_over_and_leaves_no_room() -> None:
    talk = [*TALK, *_written(4, ItemKind.CUSTOM)]
    for is_cramped, is_over in ((False, True), (True, False)):
        gone = trim(talk, 100, _weigh, is_cramped=is_cramped, is_over=is_over).gone
        assert all(entry.place < len(TALK) for entry in gone)
    last = trim(talk, 100, _weigh, is_cramped=True, is_over=True).gone[-1]
    assert (last.what, last.reason, last.place) == ("patch", "written in the last turn", len(TALK) + 1)


def test_a_single_long_turn_gives_too() -> None:
    talk = [*_written(1, ItemKind.CUSTOM)]
    assert not trim(talk, 100, _weigh, is_over=True).gone
    assert [entry.what for entry in trim(talk, 100, _weigh, is_cramped=True, is_over=True).gone] == ["patch"]


@pytest.mark.parametrize("kind", [ItemKind.CUSTOM, ItemKind.FUNCTION, ItemKind.APPLY_PATCH])
def test_what_stands_for_a_patch_can_be_written_on_the_wire_and_is_undone(kind: ItemKind) -> None:
    talk = [*_written(1, kind), UserMessage("next")]
    (entry,) = trimmed = trim(talk, 100, _weigh).gone
    call = encode_item(trim(talk, 100, _weigh).items[1])
    if kind is ItemKind.FUNCTION:
        assert "left out" in json.loads(str(call["arguments"]))["left_out"]
    assert PATCH not in json.dumps(call) and "save room" in json.dumps(call)
    assert bring_back(trim(talk, 100, _weigh).items, entry) == tuple(talk) and len(trimmed) == 1


def test_what_was_brought_back_stays() -> None:
    gone = trim(TALK, 100, _weigh).gone
    again = trim(TALK, 100, _weigh, spared={gone[0].original}).gone
    assert [entry.original for entry in again] == [entry.original for entry in gone[1:]]


WRITTEN = [
    *_written(1, ItemKind.CUSTOM),
    *TALK,
    *_written(5, ItemKind.FUNCTION),
    *_written(6, ItemKind.APPLY_PATCH),
]


@given(st.integers(1, 40_000), st.booleans(), st.booleans())
def test_patches_keep_their_outputs_and_come_back(limit: int, is_cramped: bool, is_over: bool) -> None:
    trimmed = trim(WRITTEN, limit, _weigh, is_cramped=is_cramped, is_over=is_over)
    items = trimmed.items
    for entry in trimmed.gone:
        assert entry.tokens > 0
        items = bring_back(items, entry)
    assert items == tuple(WRITTEN) and len({entry.stub for entry in trimmed.gone}) == len(trimmed.gone)


@given(st.integers(1, 20_000), st.booleans())
def test_calls_keep_their_outputs_and_everything_comes_back(limit: int, is_cramped: bool) -> None:
    trimmed = trim(TALK, limit, _weigh, is_cramped=is_cramped)
    assert [type(item) for item in trimmed.items] == [type(item) for item in TALK]
    assert len({entry.stub for entry in trimmed.gone}) == len(trimmed.gone)
    items = trimmed.items
    for entry in trimmed.gone:
        assert entry.tokens > 0
        items = bring_back(items, entry)
    assert items == tuple(TALK)


def test_other_items_are_left_alone() -> None:
    talk: list[Item] = [DeveloperMessage("x" * 900), *TALK]
    assert trim(talk, 100, _weigh).items[0] == talk[0]
