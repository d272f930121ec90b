"""Accepting very much at once: planned in pieces between which keys are heard, landed as one, always right."""

import asyncio

import pytest

from spark_tui.core.review import HunkState
from spark_tui.core.text import Position, Span
from spark_tui.engine import EngineEvent, TurnState, decisions
from tests.engine.bench import Bench, patch_reply

FILES = {f"f{number}.txt": b"one\ntwo\nthree\nfour\n" for number in range(12)}
PATCH = "".join(
    f"*** Update File: {name}\n@@\n-one\n+ONE\n@@\n-three\n+THREE\n+more\n" for name in FILES
).join(["*** Begin Patch\n", "*** End Patch\n"])
AFTER = b"ONE\ntwo\nTHREE\nmore\nfour\n"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(decisions, "MANY", 2)
    monkeypatch.setattr(decisions, "PIECE", 0.0)
    return Bench(FILES, [patch_reply(PATCH)])


async def proposed(bench: Bench) -> None:
    await bench.engine.open()
    bench.ask("shout")
    await bench.until(lambda: any(turn.state is TurnState.REVIEW for turn in bench.engine.conversation.turns))
    assert len(bench.hunks) == 24


def type_at(bench: Bench, path: str, row: int, text: str) -> None:
    buffer = bench.engine.workspace.buffer(path)
    assert buffer is not None
    at = Position(row, 0)
    assert bench.engine.workspace.edit(path, buffer.text.replace(Span(at, at), text))


async def test_the_loop_goes_on_between_files_and_all_lands_as_one(bench: Bench) -> None:
    await proposed(bench)
    said: list[str] = []
    turns = 0

    def hear(event: EngineEvent) -> None:
        told = bench.engine.decisions.applying
        if told and told not in said[-1:]:
            said.append(told)
            assert bench.files.data == FILES, "nothing lands before all is worked out"
            asyncio.get_running_loop().call_soon(turn)

    def turn() -> None:
        nonlocal turns
        turns += 1

    bench.engine.subscribe(hear)
    await bench.engine.decisions.accept_all()
    assert turns == len(said), "the loop went round after each piece"
    assert said[0] == "working out 2 of 24 edits ..." and said[-1] == "working out 24 of 24 edits ..."
    assert len(said) == 12 and bench.engine.decisions.applying == ""
    assert set(bench.files.data.values()) == {AFTER}
    assert len(await bench.checkpoints.history()) == 1
    await bench.engine.decisions.undo()
    assert bench.files.data == FILES
    await bench.engine.close()


async def test_what_the_person_types_between_two_pieces_is_not_lost(bench: Bench) -> None:
    await proposed(bench)
    await bench.engine.workspace.open("f0.txt")
    await bench.engine.workspace.open("f11.txt")

    def person() -> None:
        type_at(bench, "f0.txt", 0, "mine\n")
        type_at(bench, "f11.txt", 2, "THREE? ")

    def hear(event: EngineEvent) -> None:
        if bench.engine.decisions.applying == "working out 6 of 24 edits ...":
            stop()
            asyncio.get_running_loop().call_soon(person)

    stop = bench.engine.subscribe(hear)
    await bench.engine.decisions.accept_all()
    data = bench.files.data
    assert data["f0.txt"] == b"mine\n" + AFTER
    assert data["f11.txt"] == b"ONE\ntwo\nTHREE? three\nfour\n", "what the person changed is not overwritten"
    assert {data[name] for name in FILES if name not in ("f0.txt", "f11.txt")} == {AFTER}
    states = {hunk.path: hunk.state for hunk in bench.hunks}
    assert states.pop("f11.txt") is HunkState.CONFLICTED and set(states.values()) == {HunkState.APPLIED}
    await bench.engine.close()
