"""Random sittings against a plain model: every byte that was ever there is on disk, in memory or in the journal."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from spark_tui.core.review import HunkState
from tests.engine.test_recording import seen
from tests.whole.sitting import Sitting

FILES = ("a", "b", "d/c")
ORIGINAL = b"".join(b"line %d\n" % number for number in range(8))
steps = 0
kills = 0


class Anything(RuleBasedStateMachine):
    """Everything that a person, a model, other programs and a bad day can do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.it = Sitting(self.base)
        for path in FILES[:2]:
            self.it.write(path, ORIGINAL)
        self.known = self.it.disk()
        self.read_to = 0
        self.marks = 0
        self.unsaved: dict[str, set[str]] = {path: set() for path in FILES}

    def teardown(self) -> None:
        self.it.end()
        shutil.rmtree(self.base)

    # -- the model: a dictionary of files, and marks that were typed and not saved

    def is_kept(self, path: str, mark: str) -> bool:
        """Whether a typed line is in the journal: it went to disk, or stood in a file that was deleted."""
        for point in self.it.run(self.it.journal.history(50)):
            for write in self.it.run(self.it.journal.recall(point.id)).writes:
                if write.path == path and any(
                    mark.encode() in (image or b"") for image in (write.base, write.after)
                ):
                    return True
        return False

    def check(self) -> None:
        """What changed on disk was changed by landings that kept exactly the bytes that were there before (I5, I8)."""
        for point in self.it.run(self.it.journal.after(self.read_to)):
            for write in self.it.run(self.it.journal.recall(point.id)).writes:
                assert write.before == self.known.get(write.path), (point, write)
                if write.after is None:
                    self.known.pop(write.path, None)
                else:
                    self.known[write.path] = write.after
            self.read_to = point.id
        assert self.it.disk() == self.known
        for path, marks in self.unsaved.items():
            buffer = self.it.engine.workspace.buffer(path)
            if buffer is not None and not buffer.is_dirty:
                marks.clear()
            text = self.it.text(path) or ""
            assert all(mark in text or self.is_kept(path, mark) for mark in marks), (path, marks, text)

    @invariant()
    def nothing_is_lost(self) -> None:
        global steps
        steps += 1
        self.check()

    def mark(self) -> str:
        self.marks += 1
        return f"mark{self.marks}."

    # -- the model of a language

    @rule(
        path=st.sampled_from(FILES),
        at=st.integers(0, 9),
        kind=st.sampled_from(["change", "insert", "remove", "delete"]),
    )
    def propose(self, path: str, at: int, kind: str) -> None:
        self.it.run(self.it.engine.outside.look())
        text = self.it.text(path)
        if text is None and path in self.known:
            text = self.known[path].decode()
        if text is None:
            self.it.propose(
                f"*** Begin Patch\n*** Add File: {path}\n+new {self.mark()}\n+line 2\n*** End Patch\n"
            )
            return
        if kind == "delete":
            self.it.propose(f"*** Begin Patch\n*** Delete File: {path}\n*** End Patch\n")
            return
        lines = text.split("\n")[:-1]
        if not lines:
            return
        line = lines[at % len(lines)]
        body = {
            "change": f"-{line}\n+new {self.mark()}",
            "insert": f" {line}\n+new {self.mark()}",
            "remove": f"-{line}",
        }
        self.it.propose(f"*** Begin Patch\n*** Update File: {path}\n@@\n{body[kind]}\n*** End Patch\n")

    # -- the person

    def pending(self) -> list[str]:
        return [hunk.id for hunk in self.it.hunks if hunk.state in (HunkState.PROPOSED, HunkState.AMBIGUOUS)]

    @precondition(lambda self: bool(self.pending()))
    @rule(pick=st.integers(0, 9), count=st.integers(1, 3))
    def accept(self, pick: int, count: int) -> None:
        ids = self.pending()
        at = pick % len(ids)
        self.it.run(self.it.engine.decisions.accept(ids[at : at + count]))

    @precondition(lambda self: bool(self.pending()))
    @rule(pick=st.integers(0, 9))
    def reject(self, pick: int) -> None:
        ids = self.pending()
        self.it.run(self.it.engine.decisions.reject([ids[pick % len(ids)]]))

    @rule(path=st.sampled_from(FILES), line=st.integers(0, 9))
    def type(self, path: str, line: int) -> None:
        if self.it.engine.workspace.buffer(path) is None:
            self.it.run(self.it.engine.workspace.open(path))
        mark = self.mark()
        if self.it.type(path, line, mark):
            self.unsaved[path].add(mark)

    @rule(path=st.sampled_from(FILES))
    def save(self, path: str) -> None:
        self.it.run(self.guarded(self.it.engine.workspace.save(path)))

    async def guarded(self, work: object) -> None:
        await self.it.engine.guard.start(work, "save")  # type: ignore[arg-type]

    @rule()
    def undo_decision(self) -> None:
        self.it.run(self.it.engine.decisions.undo())

    @rule()
    def redo_decision(self) -> None:
        self.it.run(self.it.engine.decisions.redo())

    # -- steps through the checkpoints

    @rule(turn=st.booleans(), all_of_it=st.booleans())
    def undo(self, turn: bool, all_of_it: bool) -> None:
        history = self.it.engine.history
        proposal = self.it.run(history.plan_undo_turn() if turn else history.plan_undo())
        if proposal is not None:
            self.it.run(
                history.carry_out(proposal, {file.path for file in proposal.files} if all_of_it else None)
            )

    @rule(pick=st.integers(0, 5))
    def redo(self, pick: int) -> None:
        history = self.it.engine.history
        choices = self.it.run(history.redo_choices())
        if choices:
            proposal = self.it.run(history.plan_redo(choices[pick % len(choices)].id))
            self.it.run(history.carry_out(proposal))

    @rule(back=st.integers(0, 6), ticked=st.one_of(st.none(), st.sets(st.sampled_from(FILES))))
    def restore(self, back: int, ticked: set[str] | None) -> None:
        history = self.it.engine.history
        points = self.it.run(history.points(10))
        landing = points[min(back, len(points) - 1)].id if points else 0
        proposal = self.it.run(history.plan_restore(landing))
        self.it.run(history.carry_out(proposal, ticked))

    # -- others

    @rule(path=st.sampled_from(FILES), kind=st.sampled_from(["add", "delete", "other"]))
    def another_program(self, path: str, kind: str) -> None:
        data = self.known.get(path)
        mark = self.mark().encode() + b"\n"
        new = {"add": (data or b"") + mark, "delete": None, "other": mark}[kind]
        self.it.write(path, new)
        if new is None:
            self.known.pop(path, None)
        else:
            self.known[path] = new

    @rule()
    def look(self) -> None:
        self.it.run(self.it.engine.outside.look())

    @precondition(lambda self: bool(self.it.engine.outside.changes))
    @rule(choice=st.sampled_from(["keep", "take", "join"]))
    def choose(self, choice: str) -> None:
        path = self.it.engine.outside.changes[0].path
        if choice == "take":
            self.unsaved[path].clear()
        getattr(self.it.engine.outside, choice)(path)

    # -- a bad day

    @rule()
    def kill(self) -> None:
        global kills
        kills += 1
        outside = self.it.engine.outside
        self.it.run(outside.look())
        waiting = bool(outside.changes)
        before = seen(self.it.engine.decisions.review)
        tabs = self.it.engine.workspace.tabs
        self.it.kill()
        self.it.begin()
        after = seen(self.it.engine.decisions.review)
        assert [row[4:6] for row in after[:-2]] == [row[4:6] for row in before[:-2]] or waiting, (
            before,
            after,
        )
        assert set(self.it.engine.workspace.tabs) >= {path for path in tabs if path in self.known} or waiting

    @precondition(lambda self: bool(self.pending()))
    @rule(calls=st.integers(1, 60))
    def killed_while_accepting(self, calls: int) -> None:
        """I6: after a death in the middle of a landing it is there wholly or not at all."""
        global kills
        kills += 1
        self.it.die_after(calls)
        self.it.attempt(self.it.engine.decisions.accept(self.pending()))
        self.it.kill()
        self.it.begin()


def play(examples: int, count: int, *, anew: bool = False) -> None:
    """Play so many sittings, the same in every run unless they are to be drawn `anew`."""
    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=examples,
            stateful_step_count=count,
            deadline=None,
            derandomize=not anew,
            print_blob=anew,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_random_sitting_loses_nothing(counted: Callable[[str], None]) -> None:
    global steps, kills
    steps = kills = 0
    play(25, 30)
    counted(f"random sittings: {steps:,} steps, {kills:,} kills, no byte lost")
    assert steps >= 500


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_many_random_sittings_lose_nothing(counted: Callable[[str], None]) -> None:
    global steps, kills
    steps = kills = 0
    play(400, 50, anew=True)
    counted(f"random sittings: {steps:,} steps, {kills:,} kills, no byte lost")
    assert steps >= 10_000
