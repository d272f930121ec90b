"""What must hold for every text, every cutting, every order of decisions, and whatever the person types."""

from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.review import HunkState, Verdict
from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from tests.core.review.review_session import (
    Session,
    TrueEdit,
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


@given(st.data(), base_lines(), CUTS)
def test_typing_never_gets_lost_and_hunks_stay_true(
    data: st.DataObject, lines: list[str], cuts: list[int]
) -> None:
    edits = data.draw(true_edits(lines, "e"))
    session = Session({"f": Text.decode(joined(lines, "\n"))})
    call = session.begin()
    marks: list[str] = []
    for event in session.events(pieces(patch_for("f", lines, edits, 1), cuts)):
        session.take(event)
        if data.draw(st.integers(0, 5)) == 0 and session.review.files():
            marks.append(f"mark{len(marks)}.")
            session.type("f", data.draw(typing(session.text("f"), marks[-1])))
            session.check()
    session.review.close(False)
    done: list[str] = []
    for _ in range(data.draw(st.integers(0, 8))):
        hunks = session.hunks(call)
        act = data.draw(st.sampled_from(["accept", "reject", "undo", "redo", "type"]))
        if act == "type":
            marks.append(f"mark{len(marks)}.")
            session.type("f", data.draw(typing(session.text("f"), marks[-1])))
        elif act == "undo":
            session.undo()
        elif act == "redo":
            session.redo()
        elif hunks:
            some = data.draw(st.lists(st.sampled_from(hunks), max_size=3))
            ids = [hunk.id for hunk in some]
            if act == "accept":
                done += session.accept(ids).hunks
            else:
                session.review.reject(ids)
        session.check()
    assert session.review.report(call)


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


def test_change_types_are_used() -> None:
    assert Change(Span(Position(0, 0), Position(0, 0)), "") and TrueEdit(0, 0, ())
