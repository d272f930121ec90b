"""The promises of the review: each has a test that names it as E1.n, and most of them are tested here."""

import ast
import asyncio
import os
import re
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.checks import Badge
from spark_tui.core.edits import FileOpened, PatchParser, RowKind
from spark_tui.core.review import HunkState, HunkView, Review
from spark_tui.core.text import Text
from spark_tui.engine import TurnState
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.widgets.review_body import BodyLook, HunkBody, View
from spark_tui.ui.widgets.review_rows import Extra, ReviewLook, sheet
from tests.core.review.review_session import base_lines, edited, patch_for, true_edits
from tests.e2e.places import COMMAND, SHOP, environment, fingerprint, repository
from tests.e2e.terminal import Terminal
from tests.engine.bench import Bench, patch_reply
from tests.fakes.engine import FakeReview, hunk, turn
from tests.fakes.model_socket import Frame, Step, called, completed, created, text_reply
from tests.ui.stage import SMALL, Stage, stage

TESTS = Path(__file__).parent.parent
A = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
PATCH = (
    "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+TWO\n three\n@@\n eight\n-nine\n+NINE\n ten\n"
    "*** End Patch\n"
)
BOTH = A.replace(b"two", b"TWO").replace(b"nine", b"NINE")
F3, F4, F7 = "\x1b[13~", "\x1bOS", "\x1b[18~"


def test_every_promise_has_a_test_that_names_it() -> None:
    found: set[int] = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = ast.get_docstring(node) or ""
                found |= {int(number) for number in re.findall(r"\bE1\.(\d+)\b", said)}
    assert found == set(range(1, 13))


# In a real terminal


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def start(repo: Path, home: Path, rate: str, columns: int = 120, rows: int = 40, **extra: str) -> Terminal:
    command = [*COMMAND, "--rate", rate, str(repo / "shop.py")]
    return Terminal(command, environment(home, **extra), repo, columns, rows)


def ask(terminal: Terminal, prompt: str, keys_after: str = "") -> None:
    terminal.wait_for("shop.py", "rehearsal (offline)")
    terminal.send(F7)
    terminal.wait_for("Enter send")
    terminal.send(prompt)
    terminal.wait_for(prompt)
    terminal.send(f"\r{keys_after}")


def rest(terminal: Terminal, seconds: float = 0.4) -> None:
    """Look at the screen for a while, as a person does."""
    terminal.rest(seconds)


def killed(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.wait_end()


def test_nothing_is_written_before_an_accept_whenever_it_is_killed(repo: Path, tmp_path: Path) -> None:
    """E1.1: killed in mid-stream and with hunks waiting, the workspace is as it was, byte for byte."""
    before = fingerprint(repo)
    with start(repo, tmp_path, "60") as terminal:
        ask(terminal, "rename price to cost")
        terminal.wait_for("arriving")
        killed(terminal)
    assert fingerprint(repo) == before
    with start(repo, tmp_path / "two", "20000") as terminal:
        ask(terminal, "rename price to cost")
        terminal.wait_for("2 open of 2")
        killed(terminal)
    assert fingerprint(repo) == before
    with start(repo, tmp_path / "three", "20000") as terminal:
        ask(terminal, "rename price to cost")
        terminal.wait_for("2 open of 2")
        terminal.send(F4)
        terminal.wait_for("a accept")
        rest(terminal)
        terminal.send("a")
        terminal.wait_for("1 open of 2", "1 checkpoint")
        accepted = (repo / "shop.py").read_bytes()
        killed(terminal)
    assert (repo / "shop.py").read_bytes() == accepted != SHOP.encode()


def test_bursts_pastes_and_keys_typed_ahead_decide_nothing(repo: Path, tmp_path: Path) -> None:
    """E1.3: keys decide with the focus on a hunk that was drawn for a while, one by one, and never from a heap."""
    with start(repo, tmp_path, "20000") as terminal:
        ask(terminal, "rename price to cost", f"{F4}aaA")
        terminal.wait_for("2 open of 2")
        rest(terminal)
        terminal.send("a")
        rest(terminal)
        terminal.send("aaaaaaaa")
        rest(terminal)
        terminal.send("\x1b[200~aAgr\r\x1b[201~")
        rest(terminal)
        terminal.send("AAA\r\r")
        rest(terminal)
    # The one key that was pressed by itself, on a hunk that had been there, is the one that counted.
    once = SHOP.replace(
        '        price = item["price"]\n        result += price',
        '        cost = item["price"]\n        result += cost',
    )
    assert (repo / "shop.py").read_text() == once


def test_a_key_right_after_the_focus_comes_decides_nothing(repo: Path, tmp_path: Path) -> None:
    """E1.3: what is pressed together with F4 comes too early to have been seen."""
    with start(repo, tmp_path, "20000") as terminal:
        ask(terminal, "rename price to cost")
        terminal.wait_for("2 open of 2")
        terminal.send(f"{F4}a")
        rest(terminal, 0.6)
        assert (repo / "shop.py").read_text() == SHOP
        terminal.send("a")
        terminal.wait_for("1 open of 2", "1 checkpoint")


def test_all_of_it_works_with_the_keys_of_a_vt100_at_80_by_24_without_colour(
    repo: Path, tmp_path: Path
) -> None:
    """E1.9: a whole review, from the prompt to undo, with nothing but plain keys, in words."""
    with start(repo, tmp_path, "20000", 80, 24, TERM="vt100", NO_COLOR="1", COLORTERM="") as terminal:
        ask(terminal, "rename price to cost")
        terminal.wait_for("F4 review 2", "of 2")
        terminal.send(F4)
        terminal.wait_for("F4 review 2", "- ", "+ ", "proposed")
        for key, seen in (
            ("v", ">"), ("\x1b", "proposed"), ("=", "{+cost+}"), ("=", "- "), ("x", "put off"), ("k", "put off"),
            ("x", "Not put off"), ("?", "stand there exactly"),
        ):  # fmt: skip
            rest(terminal)
            terminal.send(key)
            terminal.wait_for(seen)
        rest(terminal)
        terminal.send("a")
        terminal.wait_for("accepted", "F4 review 1")
        rest(terminal)
        terminal.send("r")
        terminal.wait_for("rejected", gone="F4 review 1")
        rest(terminal)
        terminal.send("u")
        terminal.wait_for("F4 review 1")
        assert not re.search(rb"\x1b\[[0-9;]*(3[0-7]|38;|4[0-7]|48;)[0-9;]*m", bytes(terminal.raw))


# On the whole screen, with time in the test's hands


ONE = hunk("1.1.1", " def f():", "-    return 1", "+    return 2", line=3)
TWO = hunk("1.1.2", "-x = 1", "+x = 2", line=9)
LIVE = hunk("1.2.1", "+new", path="b.py", state=HunkState.STREAMING)


def selected(it: Stage) -> HunkView | None:
    return it.workspace.query_one(ReviewPane).selected


async def test_what_arrives_changes_a_counter_and_moves_nothing() -> None:
    """E1.2: with hunks and turns coming in, focus, selection and scrolling stay where the person left them."""
    for places in ("f7", "f4"):
        async with stage(SMALL) as it:
            it.engine.propose(ONE, TWO)
            await it.press(places)
            if places == "f4":
                await it.press("j")
            here, chosen = it.here, selected(it)
            top = it.workspace.query_one(ReviewPane).hunks.scroll_offset
            for number in range(3, 30):
                it.engine.propose(hunk(f"1.{number}.1", "+x", path=f"f{number}.py", turn="t1"))
                it.engine.conversation.set(turn(prose="word " * number))
            await it.settle()
            assert it.here == here and it.workspace.query_one(ReviewPane).hunks.scroll_offset == top
            found = selected(it)
            assert chosen is None or (found is not None and found.id == chosen.id)
            assert "F4 review 29" in it.all_text()


async def test_a_hunk_that_has_just_changed_is_not_decided_on() -> None:
    """E1.3: after a change the hunk has to be drawn for a while again."""
    async with stage() as it:
        it.engine.propose(ONE)
        await it.press("f4")
        it.pass_time(1)
        it.engine.propose(replace(ONE, rows=TWO.rows))
        await it.settle()
        await it.press("a", gap=0.1)
        assert it.engine.decisions.told == []
        await it.press("a")
        assert it.engine.decisions.told == [("accept", "1.1.1")]


@pytest.mark.parametrize("before", [(), ("v",), ("n",), ("c", "x"), ("S", "x"), ("g",), ("slash", "x"), ("e",),
                                    ("exclamation_mark",), ("question_mark",), ("f",), ("space",)])  # fmt: skip
async def test_escape_never_accepts_rejects_or_sends(before: tuple[str, ...]) -> None:
    """E1.7: whatever is open, Esc leaves it or stops the stream; it decides and sends nothing."""
    async with stage() as it:
        it.engine.conversation.set(turn(state=TurnState.STREAMING))
        it.engine.conversation.is_busy = True
        it.engine.propose(ONE, LIVE)
        await it.press("f4")
        it.pass_time(1)
        await it.press(*before)
        await it.press("escape", "escape", "escape")
        decided = [told for told in it.engine.decisions.told if told[0] not in ("amend",)]
        assert decided == [] and it.engine.conversation.prompts == []
        assert it.engine.handing.told == [] and it.engine.steering.told == []


async def test_the_talk_has_no_diff_and_the_review_no_prose() -> None:
    """E1.8: a patch that the model says in its prose is only counted; the review shows edits and nothing it said."""
    patch = "*** Begin Patch\n*** Add File: x\n+gone\n*** End Patch"
    said = f"I will do it.\n```diff\n-old line\n+new line\n```\n{patch}\nDone."
    async with stage((160, 50)) as it:
        it.engine.conversation.set(turn(prose=said, state=TurnState.REVIEW))
        it.engine.propose(ONE)
        await it.settle()
        talk = it.text("#talk-view")
        assert "I will do it." in talk and "patch: edits stand in the review" in talk
        assert "+new line" not in talk and "-old line" not in talk and "+gone" not in talk
        await it.press("f4")
        assert "return 2" in it.text("#review-list") and "I will do it" not in it.text("#review-list")


@pytest.mark.parametrize("width", [40, 60, 120])
@pytest.mark.parametrize("short", ["ok", "fail", "..."])
def test_how_the_checks_stand_is_said_in_words(short: str, width: int) -> None:
    """E1.10: however narrow it is, the line of a hunk has its check state as text, not only as a colour."""
    review = FakeReview()
    review.put(ONE)
    look = ReviewLook(BodyLook(width=width), selected=ONE.id)
    drawn = sheet(review.files(), look, {ONE.id: Extra(badge=Badge(short, f"ruff {short}"))})
    line = drawn.lines[drawn.spans[ONE.id][0]]
    assert short in "".join(text for _, text in (*line.parts, *line.right)).split()


# In the engine


async def test_every_decision_can_be_undone_a_batch_too_and_after_a_restart() -> None:
    """E1.4: accept all, restart, undo: the bytes are back, and the decision can be made again."""
    async with Bench({"a.txt": A}, [patch_reply(PATCH), text_reply("r2", "ok")]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        await bench.engine.decisions.reject([bench.hunks[0].id])
        await bench.engine.decisions.undo()
        await bench.engine.decisions.accept_all()
        assert bench.files.data["a.txt"] == BOTH
        records, data = list(bench.log.records), dict(bench.files.data)
    async with Bench(data, past=records) as bench:
        await bench.engine.decisions.undo()
        assert bench.files.data["a.txt"] == A and len(bench.hunks) == 2
        await bench.engine.decisions.redo()
        assert bench.files.data["a.txt"] == BOTH


async def test_what_was_made_for_other_bytes_is_not_applied() -> None:
    """E1.5: with other bytes on disk than those it was made for, a hunk turns stale and nothing is written."""
    async with Bench({"a.txt": A}, [patch_reply(PATCH)]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        other = A.replace(b"two", b"2")
        bench.files.data["a.txt"] = other
        await bench.engine.decisions.accept([bench.hunks[0].id])
        assert bench.files.data["a.txt"] == other and bench.hunks[0].state is HunkState.STALE


async def test_an_accept_is_on_the_screen_and_the_prompt_free_before_the_disk_is_done() -> None:
    """E1.11: while a checkpoint is being written, the buffer has the text, keys work, and a prompt goes out."""
    gate = asyncio.Event()
    async with Bench({"a.txt": A}, [patch_reply(PATCH), text_reply("r2", "ok")]) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        intend = bench.checkpoints.intend

        async def slowly(*arguments: object, **named: object) -> object:
            await gate.wait()
            return await intend(*arguments, **named)  # type: ignore[arg-type]

        bench.checkpoints.intend = slowly  # type: ignore[assignment,method-assign]
        bench.engine.start(bench.engine.decisions.accept([bench.hunks[0].id]), "accept")
        await bench.until(lambda: bench.hunks[0].state is HunkState.APPLIED)
        buffer = bench.engine.workspace.buffer("a.txt")
        assert buffer is not None and buffer.text.encode() == A.replace(b"two", b"TWO")
        assert bench.files.data["a.txt"] == A, "the disk is not done"
        bench.engine.start(bench.engine.conversation.submit("go on"), "ask")
        await bench.until(lambda: len(bench.model.requests) == 2)
        gate.set()
        await bench.until(lambda: b"TWO" in bench.files.data["a.txt"])


def _renamed(frame: Frame) -> Frame:
    """A frame of a call of another tool than ours."""
    item = frame.get("item")
    return {**frame, "item": {**item, "name": "undo"}} if isinstance(item, dict) else frame


async def test_the_model_has_no_way_to_take_anything_back() -> None:
    """E1.12: it is offered the patch tool alone; other calls do nothing and are told so."""
    first, delta, done = (_renamed(frame) for frame in called("c2", "{}"))
    other: list[Step] = [created("r2"), first, delta, done, completed("r2")]
    replies: list[Sequence[Step]] = [patch_reply(PATCH), other, text_reply("r3", "ok")]
    async with Bench({"a.txt": A}, replies) as bench:
        bench.ask("shout")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert [tool["name"] for tool in bench.model.requests[0]["tools"]] == ["apply_patch"]
        await bench.engine.decisions.accept_all()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        assert bench.files.data["a.txt"] == BOTH and "There is no tool named undo" in bench.sent(2)
        assert [each.state for each in bench.hunks] == [HunkState.APPLIED] * 2


# Of all edits


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma(x)", "return", "==", "1", "2"]), min_size=1, max_size=6
)
LINES = st.lists(WORDS.map(" ".join), min_size=1, max_size=14)


def reviewed(lines: list[str], patch: str) -> Review:
    review = Review()
    base = Text.of("".join(f"{line}\n" for line in lines))
    review.begin("t", "c")
    parser = PatchParser()
    for event in (*parser.push(patch), *parser.finish()):
        if isinstance(event, FileOpened):
            review.open_file(event, base)
        else:
            review.feed(event)
    review.close(cut=False)
    return review


def drawn_new_side(view: HunkView, look: BodyLook) -> list[str]:
    """Read the new side off the screen."""
    drawn = [line for line in HunkBody().lines(view, look, 400, {}) if line.rows]
    texts = ["".join(text for _, text in line.line.parts) for line in drawn]
    if look.drawn_as is View.SPLIT:
        halves = [text.split(" │ ", 1)[1] for text in texts]
        return [half[len(_gutter(half)) :].rstrip() for half in halves if half.strip()]
    kept = [text for text in texts if not re.match(r" *\d* - ", text)]
    if look.drawn_as is View.INLINE:
        joined = [re.sub(r"\[-.*?-\]", "", text).replace("{+", "").replace("+}", "") for text in kept]
        return [text[len(_gutter(text)) :].rstrip() for text in joined]
    return [text[len(_gutter(text)) :].rstrip() for text in kept]


def _gutter(text: str) -> str:
    found = re.match(r"  *\d* [-+~ ] ", text)
    assert found is not None, text
    return found[0]


@given(LINES, LINES, st.sampled_from(list(View)))
def test_accepting_makes_of_the_file_exactly_what_was_drawn(
    old: list[str], new: list[str], view: View
) -> None:
    """E1.5: in every view, the lines read off the screen are the lines that an accept writes."""
    rows = "".join(f"-{line}\n" for line in old) + "".join(f"+{line}\n" for line in new)
    review = reviewed(old, f"*** Begin Patch\n*** Update File: a\n@@\n{rows}*** End Patch\n")
    (file,) = review.files()
    (item,) = file.hunks
    plan = review.plan_accept([item.id])
    wanted = new if plan.empty else plan.files[0].after.lines(0, len(new)) if plan.files[0].after else []
    assert drawn_new_side(item, BodyLook(width=200, view=view)) == wanted == new


@given(st.data())
def test_rejecting_one_changes_nothing_else(data: st.DataObject) -> None:
    """E1.6: after one hunk is rejected, the others, what was accepted, and the person's text are as they were."""
    lines = data.draw(base_lines())
    edits = data.draw(true_edits(lines, "x"))
    review = reviewed(lines, patch_for("a", lines, edits, 1))
    hunks = [each for file in review.files() for each in file.hunks]
    ready = [each for each in hunks if each.state is HunkState.PROPOSED]
    if len(ready) < 2:
        return
    out = data.draw(st.sampled_from(ready))
    rest = [each for each in ready if each.id != out.id]
    accepted = data.draw(st.lists(st.sampled_from(rest), max_size=2, unique_by=lambda each: each.id))
    for each in accepted:
        review.commit(review.plan_accept([each.id]))
    before = {each.id: review.hunk(each.id) for each in rest}
    review.reject([out.id])
    after = {each.id: review.hunk(each.id) for each in rest}
    assert [(each.state, each.rows, each.line) for each in after.values() if each] == [
        (each.state, each.rows, each.line) for each in before.values() if each
    ]
    ids = [each.id for each in rest if each not in accepted]
    plan = review.plan_accept(ids)
    if len(ready) == len(hunks) == len(edits) and plan.files and plan.files[0].after is not None:
        kept = [edit for edit, each in zip(edits, hunks, strict=True) if each.id != out.id]
        assert plan.files[0].after.lines(0, plan.files[0].after.row_count) == edited(lines, kept)
    assert all(row.kind in RowKind for each in rest for row in each.rows)
