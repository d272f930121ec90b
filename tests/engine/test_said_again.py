"""The connection breaks in mid-edit after something was accepted: the answer said again does not ask for it twice."""

import asyncio

from spark_tui.core.review import HunkState
from spark_tui.core.review.hunk import BEFORE
from spark_tui.engine import TurnState
from spark_tui.engine.link import LinkPhase
from spark_tui.ports import LinkDown
from tests.engine.bench import Bench, patch_reply
from tests.fakes.model_socket import Step, called, created, text_reply

FILES = {"a.py": b"one\ntwo\nthree\nfour\nfive\nsix\n"}
FIRST = "*** Begin Patch\n*** Update File: a.py\n@@\n one\n-two\n+TWO\n"
SECOND = "@@\n-four\n"
REST = "+FOUR\n@@\n five\n+and more\n*** End Patch\n"


async def test_an_accepted_hunk_is_already_there_and_the_others_are_open() -> None:
    breaks = asyncio.Event()
    cut: list[Step] = [
        created("r1"),
        *called("c1", FIRST, SECOND, done=False),
        breaks,
        LinkDown("the wire was cut", 1006),
    ]
    whole = patch_reply(FIRST + SECOND + REST, "c2", "r2")
    async with Bench(FILES, [cut, whole, text_reply("r3", "Done.")]) as bench:
        decisions = bench.engine.decisions
        bench.ask("shout @a.py")
        await bench.until(lambda: len(bench.hunks) == 2 and bench.hunks[0].state is HunkState.PROPOSED)
        await decisions.accept([bench.hunks[0].id])
        breaks.set()
        await bench.until(lambda: bench.engine.conversation.link.state.phase is LinkPhase.WAITING)
        await bench.clock.advance(5.0)
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert [(hunk.id, hunk.state, hunk.note) for hunk in bench.hunks] == [
            ("1.1.1", HunkState.APPLIED, ""),
            ("2.1.1", HunkState.SATISFIED, BEFORE),
            ("2.1.2", HunkState.PROPOSED, ""),
            ("2.1.3", HunkState.PROPOSED, ""),
        ]
        await decisions.accept_all()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        assert bench.files.data["a.py"] == b"one\nTWO\nthree\nFOUR\nfive\nand more\nsix\n"
        told = bench.sent(2)
        assert "Hunk 1: not needed: the file reads like this already." in told
        assert told.count("accepted, now") == 2
        past = list(bench.log.records)
        async with Bench(bench.files.data, past=past) as again:
            assert [hunk.state for hunk in again.hunks] == [hunk.state for hunk in bench.hunks]
