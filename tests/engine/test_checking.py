"""Edits are checked in the background: the latest state only, cheapest first, nothing of the folder before trust."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from spark_tui.core.checks import CheckEnd, CheckRun, CheckSettings, Outcome, Trust, Verdict
from spark_tui.core.review import HunkView
from spark_tui.core.text import Change, ChangeSet, Position, Span
from spark_tui.engine import Engine
from tests.engine.bench import PROFILE, Bench, patch_reply
from tests.fakes.check_room import FakeCheckRoom, Program, ruff_of
from tests.fakes.clock import settle

SOURCE = b"def f(x):\n    return x\n\n\ndef g(x):\n    return bad(x)\n"
GOOD = """*** Begin Patch
*** Update File: a.py
@@
 def f(x):
-    return x
+    return x + 1
*** End Patch
"""
BROKEN = GOOD.replace("return x + 1", "return (x + 1")
WORSE = GOOD.replace("return x + 1", "return bad(x)")
TWO = """*** Begin Patch
*** Update File: a.py
@@
 def f(x):
-    return x
+    return bad(x)
@@
 def g(x):
-    return bad(x)
+    return good(x)
*** End Patch
"""
"""The first edit alone has one more `bad` than there was; both together have as many."""
TWO_FILES = """*** Begin Patch
*** Update File: a.py
@@
 def f(x):
-    return x
+    return helper(x)
*** Update File: b.py
@@
-b = 1
+b = 2
*** End Patch
"""


class CheckBench(Bench):
    """An engine with a room."""

    def __init__(
        self, patch: str, room: FakeCheckRoom | None = None, settings: CheckSettings | None = None
    ) -> None:
        super().__init__(
            {
                "a.py": SOURCE,
                "b.py": b"b = 1\n",
                "tests/test_a.py": b"import a\n",
                "pyproject.toml": b"[tool.ruff]\n",
            },
            [patch_reply(patch)],
        )
        self.room = room
        if room is not None:
            room.disk = self.files.data
        ports = self.engine._ports
        self.engine = Engine(replace(ports, room=room, checks=settings or CheckSettings()), {"fast": PROFILE})
        self.engine.subscribe(self.events.append)

    async def __aenter__(self) -> "CheckBench":
        await self.engine.open()
        return self

    async def proposed(self) -> None:
        """Ask, and let everything be checked."""
        self.ask("change a.py")
        await self.checked()

    async def checked(self) -> None:
        """Let everything be checked that can be."""
        for _ in range(12):
            await self.clock.advance(0.5)
            for _ in range(100):
                await asyncio.sleep(0.001)
                if not self.busy:
                    break
            await settle()

    @property
    def busy(self) -> bool:
        return bool(self.engine.checking.running)

    def badge(self, number: int = 0) -> str:
        return self.engine.checking.badge(self.hunks[number]).words

    def verdict(self, tool: str, number: int = 0) -> Verdict:
        return next(one for one in self.engine.checking.verdicts(self.hunks[number]) if one.tool == tool)


def trusted(**programs: Program) -> FakeCheckRoom:
    return FakeCheckRoom(dict(programs), Trust.GIVEN)


@pytest.mark.parametrize(("patch", "words"), [(GOOD, "parses"), (BROKEN, "does not parse (line 2)")])
async def test_whether_an_edit_parses_is_known_without_room_and_trust(patch: str, words: str) -> None:
    async with CheckBench(patch) as bench:
        await bench.proposed()
        assert bench.badge() == words


async def test_nothing_runs_before_the_folder_is_trusted_and_everything_after() -> None:
    room = FakeCheckRoom({"ruff": ruff_of("bad")})
    async with CheckBench(WORSE, room) as bench:
        await bench.proposed()
        assert room.runs == [] and bench.badge() == "parses"
        await bench.engine.checking.give_trust()
        await bench.checked()
        assert bench.badge() == "ruff: 1 new, parses, ruff format ok"
        count = len(room.runs)
        assert count > 0
        await bench.engine.checking.take_trust()
        bench.engine.checking.again(bench.hunks[0])
        await bench.checked()
        assert len(room.runs) == count and bench.badge() == "parses"


async def test_trust_that_is_gone_by_the_time_of_a_run_stops_it() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(WORSE, room) as bench:
        await bench.engine.checking.survey.look()
        room.given = Trust.CHANGED
        await bench.proposed()
        assert room.runs == [] and bench.badge() == "parses"


async def test_only_what_was_not_there_before_counts() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(GOOD, room) as bench:
        await bench.proposed()
        assert bench.badge() == "parses, ruff format ok, ruff ok", "the bad line of the file is an old one"
        assert bench.verdict("ruff").fresh == ()


async def test_what_is_right_only_with_the_other_edits_says_so() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(TWO, room) as bench:
        await bench.proposed()
        assert "ruff ok with the other edits" in bench.badge(0)
        assert bench.badge(1) == "parses, ruff format ok, ruff ok"


async def test_unsaved_text_is_what_an_edit_is_checked_on() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(GOOD, room) as bench:
        await bench.engine.workspace.open("a.py")
        buffer = bench.engine.workspace.buffer("a.py")
        assert buffer is not None
        end = buffer.text.end
        bench.engine.workspace.edit("a.py", ChangeSet(0, (Change(Span(end, end), "typed = 1\n"),)))
        await bench.proposed()
        laid = [changed["a.py"] for name, _, changed in room.runs if name == "ruff"]
        assert laid and all(data is not None and b"typed = 1" in data for data in laid)


async def test_a_check_that_nobody_needs_any_more_is_ended() -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.held.clear()
    async with CheckBench(WORSE, room) as bench:
        bench.ask("change a.py")
        for _ in range(20):
            await bench.clock.advance(0.2)
            await asyncio.sleep(0.005)
            if room.began.is_set():
                break
        assert room.began.is_set() and "checking" in bench.badge()
        await bench.engine.decisions.accept([bench.hunks[0].id])
        await settle()
        assert room.cancelled == 1, "accepting does not wait for it, and it does not go on"
        assert bench.files.data["a.py"].count(b"bad") == 2


async def test_what_runs_can_be_stopped_and_asked_for_again() -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.held.clear()
    async with CheckBench(WORSE, room) as bench:
        bench.ask("change a.py")
        for _ in range(20):
            await bench.clock.advance(0.2)
            await asyncio.sleep(0.005)
            if room.began.is_set():
                break
        bench.engine.checking.stop()
        await bench.checked()
        assert room.cancelled == 1 and bench.verdict("ruff").outcome is Outcome.UNKNOWN
        room.held.set()
        bench.engine.checking.again(bench.hunks[0])
        await bench.checked()
        assert bench.verdict("ruff").outcome is Outcome.WORSE


@pytest.mark.parametrize(
    ("end", "words"),
    [(CheckEnd.TIME, "took longer"), (CheckEnd.MEMORY, "more memory"), (CheckEnd.FLOOD, "without end")],
)
async def test_a_tool_that_was_ended_says_why_and_nothing_about_the_edit(end: CheckEnd, words: str) -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.end = end
    async with CheckBench(WORSE, room) as bench:
        await bench.proposed()
        assert bench.verdict("ruff").outcome is Outcome.UNKNOWN and words in bench.verdict("ruff").sentence


async def test_trouble_with_the_copy_is_a_sentence_on_the_edit() -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.trouble = "The folder is too large for a private copy."
    async with CheckBench(WORSE, room) as bench:
        await bench.proposed()
        assert bench.verdict("ruff").sentence == room.trouble


def failing_tests(word: bytes) -> Program:
    def run(asked: CheckRun, files: Mapping[str, bytes | None]) -> tuple[int, str]:
        if any(word in (data or b"") for data in files.values()):
            return 1, "FAILED tests/test_a.py::test_x - AssertionError\n1 failed\n"
        return 0, "1 passed\n"

    return run


async def test_tests_that_a_change_reaches_are_run_on_the_whole_call_and_then_alone_to_find_whose_fault_it_is() -> (
    None
):
    room = trusted(pytest=failing_tests(b"helper"))
    async with CheckBench(TWO_FILES, room) as bench:
        await bench.proposed()
        assert bench.badge(0) == "tests: 1 failed, parses"
        assert bench.badge(1) == "parses", "no test reaches the other file"
        assert room.runs[0][1][-1] == "tests/test_a.py"
        together = room.runs[0][2]
        assert together["a.py"] and together["b.py"] == b"b = 2\n"


async def test_edits_that_fail_only_together_are_both_told_so() -> None:
    def run(asked: CheckRun, files: Mapping[str, bytes | None]) -> tuple[int, str]:
        both = b"helper" in (files.get("a.py") or b"") and files.get("b.py") == b"b = 2\n"
        return (1, "FAILED tests/test_a.py::test_x - no\n") if both else (0, "")

    room = trusted(pytest=run)
    async with CheckBench(TWO_FILES.replace("b = 2", "b = 2"), room) as bench:
        bench.files.data["tests/test_a.py"] = b"import a, b\n"
        await bench.proposed()
        for number in (0, 1):
            assert "tests: 1 failed" in bench.badge(number)
            assert bench.verdict("tests", number).sentence == "Only with the other edits of its call."


async def test_what_runs_code_is_not_run_where_nothing_shuts_it_in() -> None:
    room = trusted(pytest=failing_tests(b"helper"), ruff=ruff_of("bad"))
    room.sealed = False
    async with CheckBench(WORSE, room) as bench:
        await bench.proposed()
        assert {name for name, _, _ in room.runs} == {"ruff"}
        assert "tests" not in bench.badge()


async def test_the_switch_is_off() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(BROKEN, room, CheckSettings(enabled=False)) as bench:
        await bench.proposed()
        assert room.runs == [] and bench.badge() == ""


async def test_the_same_contents_are_not_checked_twice() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(WORSE, room) as bench:
        await bench.proposed()
        count = len(room.runs)
        await bench.engine.workspace.open("b.py")
        await bench.checked()
        assert len([run for run in room.runs[count:] if run[1][-1] == "a.py"]) == 0


async def test_the_open_file_has_its_faults_listed_beside_all_proposals() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(GOOD, room) as bench:
        await bench.engine.workspace.open("a.py")
        await bench.checked()
        known = bench.engine.checking.diagnostics("a.py")
        assert known is not None and [finding.line for finding in known[1]] == [5], "old ones, too"
        buffer = bench.engine.workspace.buffer("a.py")
        assert buffer is not None
        start = Position(0, 0)
        bench.engine.workspace.edit("a.py", ChangeSet(0, (Change(Span(start, start), "x = (\n"),)))
        await bench.checked()
        known = bench.engine.checking.diagnostics("a.py")
        assert known is not None and known[0] is buffer.text and known[1][0].source == "parse"


async def test_risk_puts_what_fails_first() -> None:
    room = trusted(pytest=failing_tests(b"helper"))
    async with CheckBench(TWO_FILES, room) as bench:
        await bench.proposed()
        first, second = bench.hunks
        assert bench.engine.checking.risk(first)[0] > bench.engine.checking.risk(second)[0]
        assert "tests fail" in bench.engine.checking.risk(first)[1]


async def test_an_edit_that_is_worse_is_told_once_all_is_known_about_it() -> None:
    room = trusted(ruff=ruff_of("bad"))
    told: list[tuple[str, list[str]]] = []
    async with CheckBench(WORSE, room) as bench:

        def red(hunk: HunkView, verdicts: object) -> None:
            told.append((hunk.id, [one.tool for one in bench.engine.checking.verdicts(hunk)]))

        bench.engine.checking.on_red = red
        await bench.proposed()
        assert told == [(bench.hunks[0].id, ["parse", "ruff format", "ruff"])]


async def test_nothing_runs_on_after_closing() -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.held.clear()
    async with CheckBench(WORSE, room) as bench:
        bench.ask("change a.py")
        for _ in range(20):
            await bench.clock.advance(0.2)
            await asyncio.sleep(0.005)
            if room.began.is_set():
                break
    assert room.cancelled == 1
