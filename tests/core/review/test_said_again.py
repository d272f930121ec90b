"""An answer that broke off and is said again: what was decided of it counts, whatever the answer looks like then."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import EditEvent
from spark_tui.core.review import HunkState, HunkView, Verdict
from spark_tui.core.review.hunk import AGAIN, BEFORE, OPEN
from spark_tui.core.text import Text
from tests.core.review.review_session import Session, TrueEdit, base_lines, edited, patch_for, true_edits

DONE = {Verdict.ACCEPT: HunkState.SATISFIED, Verdict.REJECT: HunkState.REJECTED}


@dataclass
class Broken:
    """A session in which the connection breaks."""

    session: Session
    lost: list[str] = field(default_factory=list)

    def say(self, events: list[EditEvent], cut: bool = True) -> list[HunkView]:
        """Let the model say its answer, or the beginning of it; what it said before is withdrawn."""
        review = self.session.review
        for call in self.lost:
            review.withdraw(call)
        name = f"call {len(self.session.review.files())}/{len(self.lost)}"
        review.begin("turn", name)
        for event in events:
            self.session.take(event)
        if cut:
            review.close(True)
            self.lost.append(name)
        else:
            review.close(False)
        return self.session.hunks(name)

    def decide(self, hunk: HunkView, verdict: Verdict | None) -> None:
        """Decide on a hunk; one that fits in several places goes to the first of them."""
        if verdict is not None and hunk.state is HunkState.AMBIGUOUS and hunk.line is not None:
            self.session.review.choose(hunk.id, hunk.line)
        if verdict is Verdict.ACCEPT:
            self.session.accept([hunk.id])
        elif verdict is Verdict.REJECT:
            self.session.review.reject([hunk.id])

    def decide_rest(self) -> None:
        """Accept one by one what is open."""
        for hunk in self.session.hunks():
            now = self.session.review.hunk(hunk.id)
            assert now is not None
            if now.state in (HunkState.PROPOSED, HunkState.AMBIGUOUS):
                self.decide(now, Verdict.ACCEPT)


def open_session(lines: list[str]) -> Broken:
    return Broken(Session({"f": Text.of("".join(line + "\n" for line in lines))}))


def events(patch: str) -> list[EditEvent]:
    return Session({}).events([patch])


@given(st.data(), base_lines(), st.integers(0, 3), st.lists(st.integers(0, 60), min_size=1, max_size=3))
def test_it_ends_as_if_the_connection_had_held(
    data: st.DataObject, lines: list[str], context: int, cuts: list[int]
) -> None:
    edits = data.draw(true_edits(lines, "e"))
    said = events(patch_for("f", lines, edits, context))
    whole, broken = open_session(lines), open_session(lines)
    heard = 0
    calls = whole.session
    calls.review.begin("turn", "call")
    verdicts: dict[int, Verdict | None] = {}
    for cut in sorted(cuts):
        for event in said[heard : min(cut, len(said) - 3)]:
            calls.take(event)
            heard += 1
        here = calls.hunks()
        parts = broken.say(said[:heard])
        for number, (one, two) in enumerate(zip(here, parts, strict=True)):
            if one.state is not HunkState.STREAMING and number not in verdicts:
                verdict = verdicts[number] = data.draw(st.sampled_from([*Verdict, None]))
                if verdict is not None:
                    assert (one.state, one.line, one.note) == (two.state, two.line, two.note)
                    whole.decide(one, verdict)
                    broken.decide(two, verdict)
                    assert whole.session.text("f").encode() == broken.session.text("f").encode()
        verdicts = {number: verdict for number, verdict in verdicts.items() if verdict is not None}
    for event in said[heard:]:
        calls.take(event)
    calls.review.close(False)
    here, again = calls.hunks(), broken.say(said, cut=False)
    broken.session.check()
    for number, (one, two) in enumerate(zip(here, again, strict=True)):
        verdict = verdicts.get(number)
        if verdict is not None and one.state in (HunkState.APPLIED, HunkState.REJECTED):
            assert two.state is DONE[verdict] and two.note == BEFORE
        else:
            assert (two.state, two.line) == (one.state, one.line)
    whole.decide_rest()
    broken.decide_rest()
    assert whole.session.text("f").encode() == broken.session.text("f").encode()


@given(st.data(), base_lines(), st.integers(1, 3), st.integers(1, 3))
def test_the_model_may_cut_its_hunks_in_another_way(
    data: st.DataObject, lines: list[str], context: int, other: int
) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    edits = data.draw(true_edits(lines, "e"))
    broken = open_session(lines)
    hunks = broken.say(events(patch_for("f", lines, edits, context))[:-1])
    taken = [hunk for hunk in hunks if data.draw(st.booleans())]
    taken = [hunk for hunk in taken if hunk.state is HunkState.PROPOSED]
    for hunk in taken:
        broken.decide(hunk, Verdict.ACCEPT)
    numbers = {hunks.index(hunk) for hunk in taken}
    again = broken.say(events(patch_for("f", lines, edits, other)), cut=False)
    for number, hunk in enumerate(again):
        assert (hunk.state is HunkState.SATISFIED) == (number in numbers), (number, hunk)
    broken.session.check()
    broken.decide_rest()
    assert broken.session.text("f").encode() == "".join(f"{line}\n" for line in edited(lines, edits)).encode()


LINES = ["one", "two", "three", "four"]
CHANGE = [TrueEdit(1, 2, ("TWO",)), TrueEdit(3, 4, ("FOUR",))]


def test_hunks_joined_into_one_bring_only_the_rest() -> None:
    broken = open_session(LINES)
    first, _ = broken.say(events(patch_for("f", LINES, CHANGE, 0))[:-1])
    broken.decide(first, Verdict.ACCEPT)
    joined = (
        "*** Begin Patch\n*** Update File: f\n@@\n one\n-two\n+TWO\n three\n-four\n+FOUR\n*** End Patch\n"
    )
    (hunk,) = broken.say(events(joined), cut=False)
    assert hunk.state is HunkState.PROPOSED and (hunk.added, hunk.removed) == (1, 1)
    broken.decide(hunk, Verdict.ACCEPT)
    assert broken.session.text("f").encode() == b"one\nTWO\nthree\nFOUR\n"


def test_what_the_person_made_of_a_hunk_is_not_asked_for_again() -> None:
    broken = open_session(LINES)
    first, second = broken.say(events(patch_for("f", LINES, CHANGE, 1))[:-1])
    assert broken.session.review.amend(first.id, ["one", "2", "three"])
    broken.decide(first, Verdict.ACCEPT)
    broken.session.accept([second.id], {second.id: frozenset([1])})
    again = broken.say(events(patch_for("f", LINES, CHANGE, 1)), cut=False)
    assert [(hunk.state, hunk.note) for hunk in again][0] == (HunkState.SATISFIED, BEFORE)
    rest = broken.session.review.hunk(second.id)
    assert rest is not None and (rest.state, rest.added, rest.removed) == (HunkState.PROPOSED, 0, 1)
    assert (again[1].state, again[1].note) == (HunkState.STALE, OPEN)
    assert broken.session.text("f").encode() == b"one\n2\nthree\nfour\nFOUR\n"


def test_undo_opens_the_earlier_one_and_redo_closes_it() -> None:
    broken = open_session(LINES)
    first, second = broken.say(events(patch_for("f", LINES, CHANGE, 1))[:-1])
    broken.decide(first, Verdict.ACCEPT)
    broken.decide(second, Verdict.REJECT)
    echoes = broken.say(events(patch_for("f", LINES, CHANGE, 1)), cut=False)
    review = broken.session.review

    def states(*hunks: HunkView) -> list[tuple[HunkState, str]]:
        views = [review.hunk(hunk.id) for hunk in hunks]
        return [(view.state, view.note) for view in views if view is not None]

    assert broken.session.undo() and broken.session.undo()
    assert states(first, second) == [(HunkState.PROPOSED, "")] * 2
    assert states(*echoes) == [(HunkState.STALE, OPEN)] * 2
    assert broken.session.redo() and broken.session.redo()
    assert states(*echoes) == [(HunkState.SATISFIED, BEFORE), (HunkState.REJECTED, BEFORE)]
    assert broken.session.text("f").encode() == b"one\nTWO\nthree\nfour\n"
    assert review.report(echoes[0].call).count("\n") == 2


def test_undoing_what_came_again_in_another_shape_leaves_only_the_later_one_open() -> None:
    broken = open_session(LINES)
    first, _ = broken.say(events(patch_for("f", LINES, CHANGE, 0))[:-1])
    broken.decide(first, Verdict.ACCEPT)
    again = broken.say(events(patch_for("f", LINES, CHANGE, 1)), cut=False)
    assert again[0].state is HunkState.SATISFIED
    assert broken.session.undo()
    early, late = broken.session.review.hunk(first.id), broken.session.review.hunk(again[0].id)
    assert early is not None and (early.state, early.note) == (HunkState.STALE, AGAIN)
    assert late is not None and late.state is HunkState.PROPOSED


WHOLE = {
    "made": ("*** Add File: new\n+a\n+b\n", "new", None),
    "gone": ("*** Delete File: f\n", "f", "one\ntwo\nthree\nfour\n"),
    "moved": ("*** Update File: f\n*** Move to: g\n@@\n-two\n+TWO\n", "f", "one\ntwo\nthree\nfour\n"),
    "anew": ("*** Add File: f\n+one\n+TWO\n+three\n", "f", "one\ntwo\nthree\nfour\n"),
}


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("kind", WHOLE)
def test_whole_files_are_not_made_moved_or_deleted_twice(kind: str, verdict: Verdict) -> None:
    section, _, _ = WHOLE[kind]
    said = events(f"*** Begin Patch\n{section}*** Update File: h\n@@\n-x\n+y\n*** End Patch\n")
    broken = open_session(LINES)
    broken.session.buffers["h"] = Text.of("x\n")
    hunks = broken.say(said[:-1])
    for hunk in hunks:
        if hunk.path != "h":
            broken.decide(hunk, verdict)
    before = {path: text and text.encode() for path, text in broken.session.buffers.items()}
    again = broken.say(said, cut=False)
    states = {hunk.state for hunk in again if hunk.path != "h"}
    assert states == {DONE[verdict]}, again
    assert [hunk.state for hunk in again if hunk.path == "h"] == [HunkState.PROPOSED]
    assert not [file.note for file in broken.session.review.files() if file.note]
    broken.decide_rest()
    after = {path: text and text.encode() for path, text in broken.session.buffers.items()}
    assert after == {**before, "h": b"y\n"}


def test_a_file_that_the_person_went_on_with_is_not_set_back() -> None:
    said = events("*** Begin Patch\n*** Add File: new\n+a\n+b\n*** End Patch\n")
    broken = open_session(LINES)
    (hunk,) = broken.say(said[:-1])
    broken.decide(hunk, Verdict.ACCEPT)
    text = broken.session.text("new")
    broken.session.type("new", text.splice_lines(2, 2, [("mine", "\n")]))
    (again,) = broken.say(said, cut=False)
    assert (again.state, again.note) == (HunkState.SATISFIED, BEFORE)
