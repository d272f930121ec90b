"""A landing on a modelled disk that loses whatever was not synced: wholly there or not at all after every power cut."""

import contextlib
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import TypeVar

import pytest

from spark_tui.adapters.disk_files.back import clear, roll_back
from spark_tui.adapters.disk_files.forward import stage, survey, swap
from spark_tui.adapters.disk_files.tree import Tree
from spark_tui.adapters.disk_files.walk import below
from spark_tui.core.checkpoint import FileWrite, Foreign, Ground, Intent, LandingKind
from spark_tui.core.paths import Below
from spark_tui.engine.landing import Landing
from spark_tui.ports import FileRead, Listing, PortError, Stamp
from tests.fakes.clock import FakeClock
from tests.fakes.faulty_posix import Crash
from tests.fakes.journal import MemoryCheckpoints
from tests.fakes.model_posix import ModelPosix

_R = TypeVar("_R")
FOREIGN = b"saved by somebody else"
WAYS = {"exchange": (), "link": ("exchange", "rename_new"), "rename": ("exchange", "rename_new", "link")}


class ModelFiles:
    """The real steps on a modelled disk, without threads."""

    def __init__(self, calls: ModelPosix) -> None:
        self.root = "/"
        self._tree = Tree("/", calls)

    async def read(self, path: str) -> FileRead:
        data, status = self._tree.read(path)
        return FileRead(data, status.st_mode)

    async def check_target(self, path: str) -> None:
        self._tree.check_target(path)

    async def astray(self) -> str:
        return ""

    async def stamps(self, paths: Sequence[str]) -> dict[str, Stamp]:
        return {}

    async def walk(self) -> Listing:
        return Listing(())

    async def below(self, path: str, limit: int) -> Below | None:
        return below(self._tree, path, limit)

    async def survey(self, writes: Sequence[FileWrite]) -> tuple[Ground, ...]:
        return tuple(survey(self._tree, write) for write in writes)

    async def stage(self, intent: Intent) -> None:
        stage(self._tree, intent)

    async def swap(self, intent: Intent) -> None:
        swap(self._tree, intent)

    async def roll_back(self, intent: Intent) -> tuple[Foreign, ...]:
        return roll_back(self._tree, intent)

    async def clear(self, intent: Intent, *, anyway: bool = False) -> tuple[Foreign, ...]:
        return clear(self._tree, intent, anyway)


def run(steps: Coroutine[object, None, _R]) -> _R:
    """Run something that never really waits."""
    try:
        steps.send(None)
    except StopIteration as done:
        result: _R = done.value
        return result
    raise AssertionError("it waited")


def land(calls: ModelPosix, journal: MemoryCheckpoints, writes: tuple[FileWrite, ...]) -> None:
    landing = Landing(ModelFiles(calls), journal, FakeClock())
    run(landing._land(writes, LandingKind.ACCEPT, "", "", None))


def recover(calls: ModelPosix, journal: MemoryCheckpoints) -> None:
    run(Landing(ModelFiles(calls), journal, FakeClock()).recover())


class Scenario:
    """A random change set on a random workspace, drawn again and again with the same seed."""

    def __init__(self, seed: int, way: str) -> None:
        chance = random.Random(seed)
        self._way = way
        self.old: dict[str, bytes] = {}
        self.new: dict[str, bytes] = {}
        writes = []
        names = [f"{folder}{letter}" for folder in ("", "s/", "n/m/") for letter in "abc"]
        for path in chance.sample(names, chance.randint(1, 4)):
            before = None if path.startswith("n/") else chance.choice((None, b"", b"x", b"old" * 5))
            after = chance.choice(
                [image for image in (None, b"", b"x", b"old" * 6, b"new") if image != before]
            )
            writes.append(FileWrite(path, before, after))
            if before is not None:
                self.old[path] = before
            if after is not None:
                self.new[path] = after
        self.writes = tuple(writes)

    def disk(self, cut_at: int | None = None) -> ModelPosix:
        calls = ModelPosix(cut_at=cut_at, lacking=WAYS[self._way])
        calls.put("s/keep", b"k")
        for path, data in self.old.items():
            calls.put(path, data)
        return calls

    def verdict(self, calls: ModelPosix, journal: MemoryCheckpoints) -> str:
        """Why what is found is wrong, or an empty string."""
        tree = calls.tree()
        want: dict[str, bytes | None] = {"s/keep": b"k", **(self.new if run(journal.history()) else self.old)}
        return "" if tree == want else f"found {tree}, wanted {want}"


def states(scenario: Scenario, chance: random.Random, nested: bool) -> int:
    """Cut the power at every call of one landing and look at some of the states; return how many."""
    whole = scenario.disk()
    land(whole, MemoryCheckpoints(), scenario.writes)
    looked = 0
    for moment in range(1, whole.count + 1):
        for is_ordered in (True, False):
            calls, journal = scenario.disk(moment), MemoryCheckpoints()
            with pytest.raises(Crash):
                land(calls, journal, scenario.writes)
            found = calls.after_power_cut(chance, is_ordered)
            while nested and chance.random() < 0.8:
                found.cut_at = chance.randint(1, 12)
                try:
                    recover(found, journal)
                except Crash:
                    looked += 1
                found = found.after_power_cut(chance, is_ordered)
            recover(found, journal)
            looked += 1
            wrong = scenario.verdict(found, journal)
            assert not wrong, (wrong, scenario.writes, moment, is_ordered)
            assert not run(journal.unfinished())
    return looked


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("nested", [False, True], ids=["once", "again inside recovery"])
def test_a_power_cut_at_every_call_leaves_all_or_nothing(
    way: str, nested: bool, counted: Callable[[str], None]
) -> None:
    """I6: after a crash and recovery all files are old or all are new."""
    chance = random.Random(5)
    total = sum(states(Scenario(seed, way), chance, nested) for seed in range(25))
    kind = "cut again inside recovery" if nested else "cut once"
    counted(f"modelled disk by {way}, {kind}: {total:,} states after a power cut, all or nothing")


@pytest.mark.nightly
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.timeout(3600)
def test_many_power_cuts(way: str, counted: Callable[[str], None]) -> None:
    chance = random.Random(6)
    total = sum(states(Scenario(seed, way), chance, nested=seed % 2 == 0) for seed in range(6000))
    counted(f"modelled disk by {way}: {total:,} states after a power cut, all or nothing")


def test_another_program_saves_and_then_the_power_goes(counted: Callable[[str], None]) -> None:
    chance = random.Random(7)
    looked = 0
    for seed in range(40):
        scenario = Scenario(seed, "exchange")
        whole = scenario.disk()
        land(whole, MemoryCheckpoints(), scenario.writes)
        for _ in range(12):
            calls, journal = scenario.disk(chance.randint(2, whole.count)), MemoryCheckpoints()
            target = chance.choice(scenario.writes).path
            saved = _save_at(calls, target, chance.randint(1, calls.cut_at or 1))
            with contextlib.suppress(Crash, PortError):
                land(calls, journal, scenario.writes)
            if not saved:
                continue
            found = calls.after_power_cut(chance, is_ordered=True)
            recover(found, journal)
            looked += 1
            tree = found.tree()
            kept = [item.data for _, item in journal.kept_bytes]
            assert tree.get(target) == FOREIGN or FOREIGN in kept, (scenario.writes, target, tree)
            rest = {path: data for path, data in tree.items() if path != target}
            images = [
                {path: data for path, data in image.items() if path != target} | {"s/keep": b"k"}
                for image in (scenario.old, scenario.new)
            ]
            assert rest in images, (scenario.writes, target, tree)
    assert looked > 100
    counted(f"modelled disk with another program saving: {looked:,} states after a power cut, no byte lost")


def _save_at(calls: ModelPosix, target: str, moment: int) -> list[bool]:
    saved: list[bool] = []
    step = calls._step

    def stepped(name: str = "") -> None:
        if calls.count + 1 == moment and not saved:
            saved.append(True)
            calls.put(target, FOREIGN)
        step(name)

    calls._step = stepped  # type: ignore[method-assign]
    return saved
