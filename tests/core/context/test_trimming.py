"""A conversation that gets full: what goes first, what never goes, and that everything can come back."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.context import block, bring_back, trim
from spark_tui.core.wire import (
    AssistantMessage,
    DeveloperMessage,
    Item,
    ItemKind,
    ToolCall,
    ToolOutput,
    UserMessage,
)


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
