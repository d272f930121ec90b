"""What must hold for every text, every cutting, every order of decisions, and whatever the person types."""

import json

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.edits import ReplaceJsonParser, WholeFileParser
from spark_tui.core.review import HunkState, Verdict
from spark_tui.core.text import ChangeSet, Position, Span, Text
from tests.core.review.review_session import (
    Session,
    base_lines,
    edited,
    hunk_rows,
    patch_for,
    pieces,
    true_edits,
)

CUTS = st.lists(st.integers(0, 10_000), max_size=30)
ENDINGS = st.sampled_from(["\n", "\r\n"])


def joined(lines: list[str], newline: str, final: bool = True) -> bytes:
    source = newline.join(lines) + (newline if final and lines else "")
    return source.encode()


@given(st.data(), base_lines(), st.integers(0, 3), CUTS, ENDINGS)
def test_what_is_proposed_is_in_the_true_place(
    data: st.DataObject, lines: list[str], context: int, cuts: list[int], newline: str
) -> None:
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.decode(joined(lines, newline))})
    hunks = session.feed(pieces(patch_for("f", lines, edits, context), cuts))
    assert len(hunks) == len(edits)
    placed = 0
    for hunk, (edit, rows) in zip(hunks, hunk_rows(lines, edits, context), strict=True):
        first = edit.start - next((i for i, row in enumerate(rows) if row[0] != " "), len(rows))
        bare = all(row[0] == "+" for row in rows)
        if hunk.state is HunkState.PROPOSED:
            placed += 1
            assert hunk.line == (len(lines) if bare else first)
        else:
            assert hunk.state is HunkState.AMBIGUOUS
            assert first in hunk.alternatives
    session.check()
    plan = session.accept([hunk.id for hunk in hunks])
    if placed == len(hunks) and not any(
        hunk.line == len(lines) != e.start for hunk, e in zip(hunks, edits, strict=True)
    ):
        assert session.text("f").encode() == joined(edited(lines, edits), newline)
    assert len(plan.hunks) == placed


@given(st.data(), base_lines(), CUTS, ENDINGS, st.booleans())
def test_decisions_in_any_order_and_their_undo(
    data: st.DataObject, lines: list[str], cuts: list[int], newline: str, final: bool
) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    edits = data.draw(true_edits(lines, "e"))
    newline = newline if len(lines) > 1 or final else "\n"
    base = joined(lines, newline, final)
    session = Session({"f": Text.decode(base)})
    hunks = session.feed(pieces(patch_for("f", lines, edits, 1), cuts))
    assert all(hunk.state is HunkState.PROPOSED for hunk in hunks)
    verdicts: dict[int, Verdict] = {}
    history: list[bytes] = [session.text("f").encode()]
    for number in data.draw(st.permutations(range(len(hunks)))):
        verdict = data.draw(st.sampled_from(list(Verdict)))
        if verdict is Verdict.ACCEPT:
            assert session.accept([hunks[number].id]).hunks == (hunks[number].id,)
        else:
            assert session.review.reject([hunks[number].id])
        verdicts[number] = verdict
        session.check()
        history.append(session.text("f").encode())
        taken = [edits[each] for each, verdict in verdicts.items() if verdict is Verdict.ACCEPT]
        last = any(edit.stop == len(lines) and (not edit.new or not edit.new[-1]) for edit in taken)
        kept_final = final or not last
        if kept_final:
            assert session.text("f").encode() == joined(edited(lines, taken), newline, final)
        else:
            assert session.text("f").lines(0, session.text("f").row_count) == edited(lines, taken)
    assert session.review.pending() == 0
    for before in reversed(history[:-1]):
        assert session.undo()
        assert session.text("f").encode() == before
        session.check()
    assert session.text("f").encode() == base
    for after in history[1:]:
        assert session.redo()
        assert session.text("f").encode() == after
        session.check()
    assert not session.redo()


@given(st.data(), base_lines(), ENDINGS)
def test_lines_are_decided_one_by_one(data: st.DataObject, lines: list[str], newline: str) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    edits = data.draw(true_edits(lines, "e"))
    base = joined(lines, newline)
    session = Session({"f": Text.decode(base)})
    hunks = session.feed([patch_for("f", lines, edits, 1)])
    wanted: dict[int, list[tuple[str, str, bool]]] = {
        number: [(row[0], row[1:], data.draw(st.booleans())) for row in rows]
        for number, (_, rows) in enumerate(hunk_rows(lines, edits, 1))
    }
    steps = 0
    for number, hunk in enumerate(hunks):
        todo = [(kind, text, take) for kind, text, take in wanted[number] if kind != " "]
        while todo:
            view = session.review.hunk(hunk.id)
            assert view is not None and view.state is HunkState.PROPOSED
            open_rows = [at for at, row in enumerate(view.rows) if row.kind != "context"]
            assert len(open_rows) == len(todo)
            at = data.draw(st.integers(0, len(todo) - 1))
            picked = {hunk.id: frozenset({open_rows[at]})}
            if todo.pop(at)[2]:
                session.accept([hunk.id], picked)
            else:
                session.review.reject([hunk.id], picked)
            steps += 1
            session.check()
    out: list[str] = []
    floor = 0
    for number, (edit, rows) in enumerate(hunk_rows(lines, edits, 1)):
        first = edit.start - next(i for i, row in enumerate(rows) if row[0] != " ")
        out += lines[floor:first]
        for kind, text, take in wanted[number]:
            if kind == " " or (kind == "+") == take:
                out.append(text)
        floor = first + sum(row[0] != "+" for row in rows)
    assert session.text("f").encode() == joined(out + lines[floor:], newline)
    for _ in range(steps):
        assert session.undo()
        session.check()
    assert session.text("f").encode() == base
    assert not session.undo()


@st.composite
def typing(draw: st.DrawFn, text: Text, mark: str) -> ChangeSet:
    """The person replaces a few lines, or writes inside one, and leaves a mark."""
    line = draw(st.integers(0, text.line_count - 1))
    last = draw(st.integers(line, min(text.line_count - 1, line + 2)))
    start = Position(line, draw(st.integers(0, len(text.line(line)))))
    end = draw(st.sampled_from([start, Position(last, len(text.line(last)))]))
    new = draw(st.sampled_from([mark, mark + "\n", "\n" + mark, f"\n{mark}\n"]))
    return text.replace(Span(start, max(start, end)), new)


class Person:
    """Types marks into `f` and makes decisions; no decision may ever take a mark away."""

    def __init__(self, data: st.DataObject, session: Session) -> None:
        self.data = data
        self.session = session
        self.marks = 0

    def type(self) -> None:
        self.marks += 1
        text = self.session.text("f")
        self.session.type("f", self.data.draw(typing(text, f"mark{self.marks}.")))
        self.session.check()

    def reload(self) -> None:
        """Another program wrote the file: some lines went, some came twice."""
        text = self.session.text("f")
        lines = text.lines(0, text.row_count)
        at = self.data.draw(st.integers(0, len(lines)))
        stop = self.data.draw(st.integers(at, min(len(lines), at + 3)))
        other = self.data.draw(st.sampled_from([[], lines[at:stop] * 2, ["other"]]))
        fresh = Text.decode(joined(lines[:at] + other + lines[stop:], "\n"))
        self.session.buffers["f"] = fresh
        self.session.review.buffer_replaced("f", fresh)
        self.session.check()

    def present(self) -> set[str]:
        source = self.session.text("f").encode().decode()
        return {f"mark{number}." for number in range(1, self.marks + 1) if f"mark{number}." in source}

    def act(self) -> None:
        draw, review = self.data.draw, self.session.review
        hunks = self.session.hunks()
        kinds = ["accept", "reject", "undo", "redo", "type", "choose", "amend", "rows", "reload"]
        act = draw(st.sampled_from(kinds if hunks else ["type"]))
        if act == "type":
            self.type()
            return
        if act == "reload":
            self.reload()
            return
        before = self.present()
        some = draw(st.lists(st.sampled_from(hunks), min_size=1, max_size=3))
        ids = [hunk.id for hunk in some]
        match act:
            case "undo":
                self.session.undo()
            case "redo":
                self.session.redo()
            case "accept":
                self.session.accept(ids)
            case "reject":
                review.reject(ids)
            case "choose":
                line = draw(st.sampled_from([*some[0].alternatives, 0, 1]))
                if review.choose(ids[0], line):
                    view = review.hunk(ids[0])
                    assert view is not None and view.state is HunkState.PROPOSED
            case "amend":
                kept = [row.text for row in some[0].rows if row.kind != "remove"]
                review.amend(ids[0], [*kept, draw(st.sampled_from(["amended", "", "}"]))])
            case _:
                rows = draw(st.frozensets(st.integers(0, 4)))
                if draw(st.booleans()):
                    self.session.accept(ids[:1], {ids[0]: rows})
                else:
                    review.reject(ids[:1], {ids[0]: rows})
        assert self.present() >= before
        self.session.check()


@given(st.data(), base_lines(), CUTS)
def test_typing_never_gets_lost_and_hunks_stay_true(
    data: st.DataObject, lines: list[str], cuts: list[int]
) -> None:
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.decode(joined(lines, "\n"))})
    person = Person(data, session)
    call = session.begin()
    for event in session.events(pieces(patch_for("f", lines, edits, 1), cuts)):
        session.take(event)
        if data.draw(st.integers(0, 5)) == 0 and session.review.files():
            person.type()
    session.review.close(False)
    for _ in range(data.draw(st.integers(0, 8))):
        person.act()
    assert session.review.report(call)


@given(st.data(), base_lines())
def test_a_whole_session(data: st.DataObject, lines: list[str]) -> None:
    session = Session({"f": Text.decode(joined(lines, "\n"))})
    person = Person(data, session)
    for turn in range(data.draw(st.integers(1, 3))):
        text = session.text("f")
        seen = text.lines(0, text.row_count)
        edits = [
            edit
            for edit in data.draw(true_edits(seen, f"t{turn}."))
            if not any("mark" in line for line in seen[edit.start : edit.stop])
        ]
        session.feed([patch_for("f", seen, edits, data.draw(st.integers(0, 2)))])
        session.check()
        for _ in range(data.draw(st.integers(0, 4))):
            person.act()
    for file in session.review.files():
        assert session.review.report(file.call)


@given(st.data(), base_lines(), CUTS)
def test_marks_of_the_person_survive_accepting(
    data: st.DataObject, lines: list[str], cuts: list[int]
) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.decode(joined(lines, "\n"))})
    hunks = session.feed(pieces(patch_for("f", lines, edits, 1), cuts))
    marks: list[str] = []
    for number in range(data.draw(st.integers(1, 4))):
        text = session.text("f")
        at = Position(data.draw(st.integers(0, text.line_count - 1)), 0)
        marks.append(f"mark{number}")
        session.type("f", text.replace(Span(at, at), marks[-1] + "\n"))
        session.check()
    session.accept([hunk.id for hunk in hunks])
    session.check()
    assert all(mark in session.text("f").lines() for mark in marks)
    while session.undo():
        session.check()
    after = session.text("f").lines()
    assert [line for line in after if line not in marks] == [*lines, ""]


@given(st.data(), base_lines(), CUTS)
def test_the_preview_only_moves_forward(data: st.DataObject, lines: list[str], cuts: list[int]) -> None:
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.decode(joined(lines, "\n"))})
    call = session.begin()
    seen: dict[str, tuple[int, int]] = {}
    for event in session.events(pieces(patch_for("f", lines, edits, 2), cuts)):
        session.take(event)
        for hunk in session.hunks(call):
            if hunk.line is not None:
                now = (hunk.level, hunk.line)
                assert now >= seen.get(hunk.id, now)
                seen[hunk.id] = now
    assert session.text("f").encode() == joined(lines, "\n")


@given(st.data(), base_lines(), CUTS, st.integers(0, 400))
def test_a_cut_stream_changes_nothing_by_itself(
    data: st.DataObject, lines: list[str], cuts: list[int], at: int
) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    edits = data.draw(true_edits(lines, "e"))
    base = Text.decode(joined(lines, "\n"))
    session = Session({"f": base})
    patch = patch_for("f", lines, edits, 1)
    hunks = session.feed(pieces(patch[:at], cuts), cut=True)
    assert session.text("f") is base
    whole = [hunk for hunk in hunks if hunk.state is HunkState.PROPOSED]
    assert all(hunk.state is HunkState.STALE for hunk in hunks[len(whole) :])
    assert len(hunks) - len(whole) <= 1
    session.accept([hunk.id for hunk in hunks])
    assert session.text("f").encode() == joined(edited(lines, edits[: len(whole)]), "\n")


@given(st.data(), base_lines())
def test_planning_changes_nothing(data: st.DataObject, lines: list[str]) -> None:
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.decode(joined(lines, "\n"))})
    hunks = session.feed([patch_for("f", lines, edits, 1)])
    before = session.hunks(), session.text("f").encode()
    plan = session.review.plan_accept([hunk.id for hunk in hunks])
    # What changes no byte needs no landing and is accepted at once.
    assert (plan.empty and plan.hunks) or (session.hunks(), session.text("f").encode()) == before


@given(st.data(), base_lines())
def test_a_second_patch_builds_on_what_is_proposed(data: st.DataObject, lines: list[str]) -> None:
    lines = [f"{number} {line}" for number, line in enumerate(lines)]
    first = data.draw(true_edits(lines, "e"))
    middle = edited(lines, first)
    second = data.draw(true_edits(middle, "s"))
    base = joined(lines, "\n")
    session = Session({"f": Text.decode(base)})
    one = session.feed([patch_for("f", lines, first, 1)])
    two = session.feed([patch_for("f", middle, second, 1)])
    session.check()
    if any(hunk.state is not HunkState.PROPOSED for hunk in [*one, *two]):
        return
    bare = any(all(row.kind == "add" for row in hunk.rows) for hunk in [*one, *two])
    together = data.draw(st.booleans())
    if together:
        plan = session.accept([hunk.id for hunk in [*one, *two]])
        assert not plan.left_out
    else:
        session.accept([hunk.id for hunk in one])
        session.check()
        session.accept([hunk.id for hunk in two])
    if not bare:
        assert session.text("f").encode() == joined(edited(middle, second), "\n")
    session.check()
    while session.undo():
        session.check()
    assert session.text("f").encode() == base


TEXTS = st.text("ab\n", max_size=12)


@given(st.text("ab\n", min_size=1, max_size=40), TEXTS, TEXTS, CUTS)
def test_replacing_text_is_what_strings_do(source: str, old: str, new: str, cuts: list[int]) -> None:
    source = source if source.endswith("\n") else source + "\n"
    wanted = json.dumps({"path": "f", "old_text": old, "new_text": new})
    session = Session({"f": Text.of(source)})
    hunks = session.feed(pieces(wanted, cuts), parser=ReplaceJsonParser())
    session.accept([hunk.id for hunk in hunks])
    after = session.text("f").encode().decode()

    def places(text: str) -> int:
        return sum(source.startswith(text, at) and at + len(text) < len(source) for at in range(len(source)))

    rows = old.removesuffix("\n")
    if after != source:
        # An empty line at the end of the old text is no line if the file has none there.
        assert old.strip("\n") and 1 in (places(rows), places(rows.removesuffix("\n")))
    if places(rows) == 1 and rows.strip() and new and not (old.endswith("\n") or new.endswith("\n")):
        assert after == source.replace(old, new)


@given(base_lines(), base_lines(), CUTS, ENDINGS, st.data())
def test_a_whole_new_version(
    old: list[str], new: list[str], cuts: list[int], newline: str, data: st.DataObject
) -> None:
    session = Session({"f": Text.decode(joined(old, newline))})
    hunks = session.feed(pieces("\n".join(new) + "\n", cuts), parser=WholeFileParser("f"))
    session.check()
    base = session.text("f").encode()
    for hunk in data.draw(st.permutations(hunks)):
        session.accept([hunk.id])
        session.check()
    assert session.text("f").encode() == joined(new, newline)
    while session.undo():
        session.check()
    assert session.text("f").encode() == base


@given(base_lines(), base_lines(), st.integers(0, 200))
def test_a_whole_new_version_that_is_cut_off(old: list[str], new: list[str], at: int) -> None:
    session = Session({"f": Text.decode(joined(old, "\n"))})
    hunks = session.feed(["\n".join(new)[:at]], cut=True, parser=WholeFileParser("f"))
    session.check()
    assert sum(hunk.state is HunkState.STALE for hunk in hunks) <= 1
    session.accept([hunk.id for hunk in hunks])
    after = session.text("f").lines()
    kept = [line for line in old if line.startswith("line ")]
    assert after[-2:-1] == old[-1:] or not kept or at > 0
