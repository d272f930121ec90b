"""Real tools on a real folder: nothing of it runs before trust, nothing reaches out of the copy after it.

Canaries are files that what the folder holds would make if it ran; the positive control shows that they are made
where nothing shuts programs in.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from spark_tui.adapters.checks import DiskCheckRoom, TrustBook, runner
from spark_tui.adapters.checks.shelter import Kind, Shelter
from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.core.checks import CheckResult, CheckSettings, Outcome, Repair
from spark_tui.engine import Engine
from tests.engine.bench import PROFILE, Bench, patch_reply

TOOLS = os.path.join(sys.prefix, "bin")
pytestmark = pytest.mark.skipif(
    not all(os.path.exists(os.path.join(TOOLS, name)) for name in ("ruff", "mypy", "pytest")),
    reason="the tools are not beside this Python",
)

PATCH = """*** Begin Patch
*** Update File: shop.py
@@
 def total(prices: list[int]) -> int:
-    return sum(prices)
+    return {new}
*** End Patch
"""
SOURCE = "import os\n\n\ndef total(prices: list[int]) -> int:\n    return sum(prices)\n"
TEST = "from shop import total\n\n\ndef test_total() -> None:\n    assert total([1, 2]) == 3\n"


class Shop:
    """A folder whose every file of configuration runs something."""

    def __init__(self, place: Path) -> None:
        self.root = place / "shop"
        self.state = place / "state"
        self.nest = place / "nest"
        """Where canaries appear."""
        self.root.mkdir()
        self.nest.mkdir()
        self.write("shop.py", SOURCE)
        self.write("test_shop.py", TEST)
        self.write("pyproject.toml", '[tool.ruff]\n[tool.pytest.ini_options]\naddopts = "-p pytest_canary"\n')
        self.write("mypy.ini", "[mypy]\nstrict = true\nplugins = ./mypy_canary.py\n")
        for name in ("conftest", "pytest_canary", "sitecustomize", "usercustomize"):
            self.write(f"{name}.py", self.canary(name))
        self.write(
            "mypy_canary.py",
            self.canary("mypy")
            + "from mypy.plugin import Plugin\ndef plugin(version: str) -> type[Plugin]:\n    return Plugin\n",
        )
        (self.root / ".venv" / "bin").mkdir(parents=True)
        self.root.joinpath("ruff").write_text("#!/bin/sh\ntouch " + str(self.nest / "ruff") + "\n")
        self.root.joinpath("ruff").chmod(0o755)

    def canary(self, name: str) -> str:
        """A module that leaves a mark when it is run."""
        mark = f"pathlib.Path({str(self.nest / name)!r}).write_text('x')"
        return f"try:\n    import pathlib\n    {mark}\nexcept OSError:\n    pass\n"

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)

    def without_mypy(self) -> None:
        """Leave out what takes long."""
        (self.root / "mypy.ini").unlink()

    @property
    def canaries(self) -> list[str]:
        return sorted(path.name for path in self.nest.iterdir())


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


class Sitting(Bench):
    """An engine on the real folder with the real room."""

    def __init__(self, shop: Shop, new: str, seconds: int = 60) -> None:
        # The folder itself stands in PATH, as it does for people who are careless.
        search_path = os.pathsep.join([str(shop.root), ".", "", TOOLS, "/usr/bin", "/bin"])
        self.shop = shop
        self.disk = DiskFiles(str(shop.root))
        self.checks = DiskCheckRoom(str(shop.root), shop.state / "checks", TrustBook(shop.state), search_path)
        super().__init__({}, [patch_reply(PATCH.format(new=new))])
        ports = replace(
            self.engine._ports,
            files=self.disk,
            room=self.checks,
            clock=SystemClock(),
            checks=CheckSettings(repair=Repair.OFF, seconds=seconds),
        )
        self.engine = Engine(ports, dict.fromkeys(ports.links, PROFILE))
        self.engine.subscribe(self.events.append)
        self.engine.governor.is_attended = True

    def result(self, tool: str) -> CheckResult | None:
        """What a tool says of the edit."""
        hunk = self.hunks[0] if self.hunks else None
        said = self.engine.checking.verdicts(hunk) if hunk is not None else ()
        return next((one for one in said if one.tool == tool), None)

    async def until_so(self, is_so: Callable[[], bool]) -> None:
        for _ in range(6000):
            if is_so():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"never so: {[self.engine.checking.badge(hunk) for hunk in self.hunks]}")

    async def until_all_is_known(self, *also: str) -> None:
        await self.until_so(lambda: all(self.result(name) for name in ("parse", "ruff", "tests", *also)))
        await self.until_so(lambda: not self.engine.checking.running)


@asynccontextmanager
async def sitting(shop: Shop, new: str, **options: int) -> AsyncIterator[Sitting]:
    it = Sitting(shop, new, **options)
    try:
        async with it:
            it.ask("change it")
            await it.until_so(lambda: it.result("parse") is not None)
            yield it
    finally:
        await it.checks.close()
        it.disk.close()


async def test_nothing_of_a_folder_runs_before_it_is_trusted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    real = runner.run_job

    async def told(*arguments: object) -> object:
        started.append(arguments)
        return await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(runner, "run_job", told)
    async with sitting(shop, "oops(prices)") as it:
        await it.engine.workspace.open("shop.py")
        await it.until_so(lambda: it.engine.checking.diagnostics("shop.py") is not None)
        assert [one.tool for one in it.engine.checking.verdicts(it.hunks[0])] == ["parse"]
        assert started == [] and shop.canaries == []
        assert set(it.engine.checking.survey.names("shop.py")) == {"ruff format", "ruff", "mypy", "tests"}


async def test_tools_say_what_an_edit_makes_worse_and_nothing_reaches_out_of_the_copy(shop: Shop) -> None:
    before = {path.name: path.read_bytes() for path in shop.root.iterdir() if path.is_file()}
    async with sitting(shop, "oops(prices)") as it:
        is_sealed, sentence = await it.checks.shelter()
        if not is_sealed:
            pytest.skip(sentence)
        await it.engine.checking.give_trust()
        await it.until_all_is_known("mypy")
        words = it.engine.checking.badge(it.hunks[0]).words
        assert words.startswith("ruff: 1 new, mypy: 2 new, tests: 1 failed, parses")
        ruff, tests = it.result("ruff"), it.result("tests")
        assert ruff is not None and [one.code for one in ruff.fresh] == ["F821"], (
            "the unused import is an old one"
        )
        assert tests is not None and tests.fresh[0].code == "test_shop.py::test_total"
        assert shop.canaries == [], "it ran, and reached nothing"
    assert {path.name: path.read_bytes() for path in shop.root.iterdir() if path.is_file()} == before
    assert list((shop.state / "checks").iterdir()) == []


async def test_an_edit_that_is_right_is_clean(shop: Shop) -> None:
    shop.without_mypy()
    async with sitting(shop, "sum(prices, 0)") as it:
        if not (await it.checks.shelter())[0]:
            pytest.skip("nothing shuts programs in here")
        await it.engine.checking.give_trust()
        await it.until_all_is_known()
        assert it.engine.checking.badge(it.hunks[0]).short == "ok"


async def test_the_canaries_sing_where_nothing_shuts_programs_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: the same folder, trusted, with a shelter that only claims to be one."""

    class Sham(Shelter):
        @property
        def is_sealed(self) -> bool:
            return True

    async def sham(self: DiskCheckRoom) -> Shelter:
        return Sham(Kind.LIMITS, "a sham")

    monkeypatch.setattr(DiskCheckRoom, "_found_shelter", sham)
    async with sitting(shop, "oops(prices)") as it:
        await it.engine.checking.give_trust()
        await it.until_all_is_known("mypy")
    assert {"conftest", "pytest_canary", "mypy"} <= set(shop.canaries)
    assert "ruff" not in shop.canaries, "a program of the folder in PATH is never taken for the tool"


async def test_where_nothing_shuts_programs_in_only_what_reads_is_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(self: DiskCheckRoom) -> Shelter:
        return Shelter(Kind.LIMITS, "only limits")

    monkeypatch.setattr(DiskCheckRoom, "_found_shelter", none)
    shop.without_mypy()
    async with sitting(shop, "oops(prices)") as it:
        await it.engine.checking.give_trust()
        await it.until_so(lambda: it.result("ruff") is not None)
        await it.until_so(lambda: not it.engine.checking.running)
        assert it.result("tests") is None and shop.canaries == []


async def test_trust_ends_when_a_file_changes_that_tools_obey(shop: Shop) -> None:
    shop.without_mypy()
    async with sitting(shop, "sum(prices)  # as before") as it:
        await it.engine.checking.give_trust()
        await it.until_so(lambda: it.result("ruff") is not None)
        (shop.root / "conftest.py").write_text("raise SystemExit('planted')\n")
        it.engine.checking.again(it.hunks[0])
        await it.until_so(lambda: str(it.engine.checking.survey.trust) == "changed")
        await it.until_so(lambda: not it.engine.checking.running)
        assert it.result("ruff") is None and it.result("tests") is None


async def test_a_test_without_end_is_ended_and_quitting_waits_for_none(shop: Shop) -> None:
    shop.write("test_shop.py", TEST.replace("assert", "while total([1]): pass\n    assert"))
    shop.without_mypy()
    async with sitting(shop, "sum(prices) or 1", seconds=2) as it:
        if not (await it.checks.shelter())[0]:
            pytest.skip("nothing shuts programs in here")
        await it.engine.checking.give_trust()
        await it.until_so(lambda: it.result("tests") is not None)
        tests = it.result("tests")
        assert tests is not None and tests.outcome is Outcome.UNKNOWN and "took longer" in tests.sentence
        it.engine.checking.again(it.hunks[0])
        await it.until_so(lambda: it.engine.checking.running == "tests")
    assert list((shop.state / "checks").iterdir()) == []


async def test_accepting_does_not_wait_for_a_check(shop: Shop) -> None:
    shop.write("test_shop.py", TEST.replace("assert", "while total([1]): pass\n    assert"))
    shop.without_mypy()
    async with sitting(shop, "sum(prices) or 1") as it:
        if not (await it.checks.shelter())[0]:
            pytest.skip("nothing shuts programs in here")
        await it.engine.checking.give_trust()
        await it.until_so(lambda: it.engine.checking.running == "tests")
        await it.engine.decisions.accept([it.hunks[0].id])
        assert "sum(prices) or 1" in (shop.root / "shop.py").read_text()
        await it.until_so(lambda: it.engine.checking.running != "tests")
