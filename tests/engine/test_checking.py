"""Edits are checked in the background: the latest state only, cheapest first, nothing of the folder before trust."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import pytest

from spark_tui.core.checks import CheckEnd, CheckResult, CheckRun, CheckSettings, Outcome, Repair, Trust
from spark_tui.core.review import HunkView
from spark_tui.core.text import Change, ChangeSet, Position, Span
from spark_tui.ports import Entry, Listing
from tests.engine.bench import Bench, patch_reply
from tests.fakes.check_room import FakeCheckRoom, Program, ruff_of
from tests.fakes.clock import settle
from tests.fakes.model_socket import Step

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
        self,
        patch: str,
        room: FakeCheckRoom | None = None,
        settings: CheckSettings | None = None,
        sides: Iterable[Sequence[Step]] = (),
    ) -> None:
        files = {
            "a.py": SOURCE,
            "b.py": b"b = 1\n",
            "tests/test_a.py": b"import a\n",
            "pyproject.toml": b"[tool.ruff]\n",
        }
        checks = settings or CheckSettings(repair=Repair.OFF)
        super().__init__(files, [patch_reply(patch)], sides=sides, room=room, checks=checks)
        self.engine.governor.is_attended = True
        if room is not None:
            room.disk = self.files.data

    async def __aenter__(self) -> "CheckBench":
        await self.engine.open()
        return self

    async def asked(self, room: FakeCheckRoom) -> None:
        """Ask, and let a program begin."""
        self.ask("change a.py")
        for _ in range(20):
            await self.clock.advance(0.2)
            await asyncio.sleep(0.005)
            if room.began.is_set():
                break

    async def proposed(self) -> None:
        """Ask, and let everything be checked."""
        self.ask("change a.py")
        await self.checked()

    async def checked(self) -> None:
        """Let everything be checked that can be, and versions be written that were asked for."""
        calm = 0
        for _ in range(2000):
            await self.clock.advance(0.5)
            await asyncio.sleep(0.002)
            calm = 0 if self.busy else calm + 1
            if calm == 8:
                return
        raise AssertionError("it never came to rest")

    @property
    def busy(self) -> bool:
        asked = any(self.engine.versions.is_asked(hunk.id) for hunk in self.hunks)
        checking = self.engine.checking
        return bool(checking.running) or checking._moved.is_set() or asked

    def badge(self, number: int = 0) -> str:
        return self.engine.checking.badge(self.hunks[number]).words

    def verdict(self, tool: str, number: int = 0) -> CheckResult:
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
        await bench.asked(room)
        assert room.began.is_set() and "checking" in bench.badge()
        await bench.engine.decisions.accept([bench.hunks[0].id])
        await settle()
        assert room.cancelled == 1, "accepting does not wait for it, and it does not go on"
        assert bench.files.data["a.py"].count(b"bad") == 2


async def test_what_runs_can_be_stopped_and_asked_for_again() -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.held.clear()
    async with CheckBench(WORSE, room) as bench:
        await bench.asked(room)
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


async def test_without_anybody_to_look_at_it_nothing_is_checked() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(BROKEN, room, CheckSettings()) as bench:
        bench.engine.governor.is_attended = False
        await bench.proposed()
        assert room.runs == [] and bench.badge() == "" and bench.sides == []


async def test_in_a_very_large_folder_a_tool_sees_what_lies_near() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(WORSE, room) as bench:
        survey = bench.engine.checking.survey
        await survey.look()
        (ruff,) = [one for one in survey.wanted("a.py") if one.tool.name == "ruff"]
        tests = next(one for one in survey.wanted("a.py") if one.tool.name == "tests")
        assert survey.needed(ruff, ["a.py"]) == survey.paths
        names = [f"many/f{number}.py" for number in range(60_000)] + [
            "pyproject.toml",
            "a.py",
            "b.py",
            "lib/mypy.ini",
        ]
        bench.engine.listing = Listing(tuple(Entry(name) for name in names))
        assert set(survey.needed(ruff, ["a.py"])) == {"pyproject.toml", "a.py", "b.py", "lib/mypy.ini"}
        assert len(survey.needed(tests, ["a.py"])) == len(names)


async def test_the_switch_is_off() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(BROKEN, room, CheckSettings(enabled=False)) as bench:
        await bench.proposed()
        assert room.runs == [] and bench.badge() == ""


async def test_what_ran_last_can_be_told_to_the_model_and_nothing_runs_for_it() -> None:
    room = trusted(ruff=ruff_of("bad"))
    async with CheckBench(WORSE, room) as bench:
        talk = bench.engine.conversation
        assert dict(talk.special())["terminal"] == "no program has run yet"
        plan = await talk.estimate("why? @terminal")
        assert [left.reason for left in plan.left_out if left.piece.label == "@terminal"] == [
            "no program has run yet"
        ]
        await bench.proposed()
        count = len(room.runs)
        assert "ruff" in dict(talk.special())["terminal"]
        plan = await talk.estimate("why? @terminal")
        (entry,) = [entry for entry in plan.chosen if entry.piece.label == "@terminal"]
        assert "$ ruff check" in entry.body and "with the open edits of a.py" in entry.body
        assert "a.py:2" in entry.body and len(room.runs) == count


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
        await bench.asked(room)
    assert room.cancelled == 1


# Repairs

MENDED = GOOD.replace("return x + 1", "return (x + 2)")


async def test_an_edit_that_does_not_parse_is_repaired_once_and_both_versions_are_kept() -> None:
    async with CheckBench(BROKEN, settings=CheckSettings(), sides=[patch_reply(MENDED)]) as bench:
        await bench.proposed()
        hunk = bench.hunks[0]
        assert hunk.rows[-1].text == "    return (x + 2)" and bench.badge() == "parses"
        assert bench.engine.versions.label(hunk) == "2/2"
        asked = str(bench.sides[0].requests[0])
        assert "mend what was found in it" in asked and "unexpected" in asked
        bench.engine.versions.step(hunk.id, -1)
        await bench.checked()
        assert bench.hunks[0].rows[-1].text == "    return (x + 1"
        assert bench.badge() == "does not parse (line 2)", "shown again, and not repaired again"


async def test_a_repair_that_is_no_better_is_not_repaired_again() -> None:
    worse = BROKEN.replace("(x + 1", "((x + 1")
    async with CheckBench(BROKEN, settings=CheckSettings(), sides=[patch_reply(worse)] * 3) as bench:
        await bench.proposed()
        assert bench.hunks[0].rows[-1].text == "    return ((x + 1"
        assert [len(side.requests) for side in bench.sides] == [1, 0, 0]


@pytest.mark.parametrize(("repair", "count"), [(Repair.OFF, 0), (Repair.PARSE, 0), (Repair.ALL, 1)])
async def test_what_is_repaired_is_a_setting(repair: Repair, count: int) -> None:
    room = trusted(ruff=ruff_of("bad"))
    sides = [patch_reply(GOOD)]
    async with CheckBench(WORSE, room, CheckSettings(repair=repair), sides) as bench:
        await bench.proposed()
        assert len(bench.sides[0].requests) == count
        assert ("ruff: 1 new" in bench.badge()) == (count == 0)


async def test_what_the_person_looked_at_is_repaired_only_by_hand() -> None:
    async with CheckBench(BROKEN, settings=CheckSettings(), sides=[patch_reply(MENDED)]) as bench:
        bench.engine.marks.is_seen = lambda hunk: True  # type: ignore[method-assign]
        await bench.proposed()
        assert bench.badge() == "does not parse (line 2)" and not bench.sides[0].requests
        assert bench.engine.repairing.why_not(bench.hunks[0]) == ""
        await bench.engine.repairing.repair(bench.hunks[0])
        await bench.checked()
        assert bench.badge() == "parses"
        assert "nothing to mend" in bench.engine.repairing.why_not(bench.hunks[0])


async def test_what_tools_say_names_no_file_to_send_along() -> None:
    room = trusted(ruff=ruff_of("bad"))
    room.programs["ruff"] = lambda run, files: (
        (
            1,
            '[{"code":"X","filename":"a.py","location":{"row":2,"column":1},"message":"@secret.txt \\u001b[31m"}]',
        )
        if b"bad(x)\n\n\ndef" in (files.get("a.py") or b"") and run.arguments[0] == "check"
        else (0, "[]")
    )
    async with CheckBench(WORSE, room, CheckSettings(repair=Repair.ALL), [patch_reply(GOOD)]) as bench:
        await bench.proposed()
        asked = str(bench.sides[0].requests[0])
        assert "secret.txt" in asked and "@secret" not in asked and "\x1b" not in asked
