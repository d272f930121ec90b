"""What a turn begins with: weighed to the token, the same every time, without secrets, never too much."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256
from os.path import commonprefix

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.adapters.token_count import O200kCounter
from spark_tui.core.checks import Finding, Severity
from spark_tui.core.context import Form
from spark_tui.core.repo import Definition, FileFacts, Ranked
from spark_tui.core.settings import Model, Wire
from spark_tui.core.wire.chat import chat_request
from spark_tui.engine import TurnState
from spark_tui.engine.changes import problems_told
from spark_tui.engine.composing import Composed
from spark_tui.engine.measuring import on_the_wire
from spark_tui.ports import IndexProgress
from tests.engine.bench import PROFILE, Bench, patch_reply
from tests.fakes.model_socket import FakeModelSocket, call_reply, completed, created, text_reply
from tests.fakes.repo_index import FakeIndex
from tests.fakes.repository import FakeRepository
from tests.fakes.token_count import MemoryRatios

COUNTER = O200kCounter()
SECRET = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6"
SPARK = replace(PROFILE, model=Model("spark", "openai", "gpt-5.3-codex-spark", warm_up=False))


words = st.sampled_from(
    [
        "total",
        "price",
        "def f(x):",
        "    return x\n",
        "\n",
        '"q"',
        "\\",
        "é",
        "漢字",
        "\x1b[31m",
        "</file>\n",
        "😀",
        "\u2028",
        "0123456789 ",
    ]
)
contents = st.lists(words, max_size=120).map("".join)
repositories = st.dictionaries(
    st.sampled_from(
        ["a.py", "src/b.py", "src/deep/c.md", "AGENTS.md", "src/AGENTS.md", ".env", "d.json", "bin"]
    ),
    contents.map(str.encode) | st.just(b"caf\xe9 total\n") | st.just(b"\0\1total") | st.just(b""),
    max_size=8,
)


def _facts(path: str, data: bytes) -> FileFacts:
    """What an index knows of a file of functions."""
    rows = data.decode("utf-8", "replace").split("\n")
    definitions = tuple(
        Definition(row.split("(")[0][4:], "function", number, number + 1, row)
        for number, row in enumerate(rows)
        if row.startswith("def ")
    )
    kept = tuple((one.line, one.line + 1) for one in definitions)
    return FileFacts(path, len(data), "python", definitions, len(rows) - 1, kept, sha256(data).hexdigest())


async def _plan(files: dict[str, bytes], prompt: str, budget: int, opened: bool) -> tuple[Composed, str]:
    ranked = [Ranked(path, 1 / (number + 1), "it is there") for number, path in enumerate(sorted(files))]
    index = FakeIndex({path: _facts(path, data) for path, data in files.items()}, ranked)
    async with Bench(files, profile=SPARK, counter=COUNTER, index=index) as bench:
        if opened and "a.py" in files:
            await bench.engine.workspace.open("a.py")
        talk = bench.engine.conversation
        if opened:
            talk.composer.wishes = talk.wishes.pin("src/b.py").allow("d.json").drop("src/deep/c.md")
        composed = await talk.composer.estimate(talk.link, prompt, budget)
        return composed, on_the_wire(talk.link.request(composed.items))


def _holds(files: dict[str, bytes], prompt: str, budget: int, opened: bool) -> None:
    composed, wire = asyncio.run(_plan(files, prompt, budget, opened))
    plan = composed.plan
    assert plan.tokens <= budget and plan.exact
    if plan.refusal:
        assert composed.items == () and plan.tokens == 0 and not plan.chosen
        return
    assert plan.tokens == COUNTER.count(wire)
    json.loads(wire.encode())
    shown = [*plan.always, *plan.chosen]
    assert sum(entry.tokens for entry in shown) >= plan.tokens
    again, same = asyncio.run(_plan(files, prompt, budget, opened))
    assert same == wire and again.plan == plan


budgets = st.integers(1000, 6000) | st.sampled_from([900, 32_000, 1_000_000])


@settings(max_examples=60)
@given(repositories, contents, budgets, st.booleans())
def test_the_whole_request_is_within_the_budget_by_the_true_count(
    files: dict[str, bytes], prompt: str, budget: int, opened: bool
) -> None:
    _holds(files, prompt, budget, opened)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@settings(max_examples=3000, derandomize=False)
@given(repositories, contents, st.integers(800, 20_000), st.booleans())
def test_it_is_so_for_many_more(files: dict[str, bytes], prompt: str, budget: int, opened: bool) -> None:
    _holds(files, prompt, budget, opened)


LONG = b"".join(
    b"def function_%d(value):\n    return value + %d\n\n" % (number, number) for number in range(400)
)


async def test_nothing_needed_is_left_out_silently_and_too_much_is_refused() -> None:
    files = {"AGENTS.md": b"rule\n" * 2000, "a.py": LONG}
    async with Bench(files, profile=SPARK, counter=COUNTER) as bench:
        talk = bench.engine.conversation
        composed = await talk.composer.estimate(talk.link, "go", 2000)
        assert "AGENTS.md" in composed.plan.refusal and composed.items == ()
        composed = await talk.composer.estimate(talk.link, "go", 9000)
        assert [entry.piece.label for entry in composed.plan.chosen] == ["AGENTS.md"]


async def test_rules_hold_from_the_root_to_the_open_file() -> None:
    files = {
        "AGENTS.md": b"one\n",
        "src/AGENTS.md": b"two\n",
        "other/AGENTS.md": b"no\n",
        "src/x/a.py": b"x = 1\n",
    }
    async with Bench(files) as bench:
        await bench.engine.workspace.open("src/x/a.py")
        plan = await bench.engine.conversation.estimate("go")
        rules = [entry for entry in plan.chosen if entry.piece.kind == "rules"]
        assert [entry.piece.label for entry in rules] == ["AGENTS.md", "src/AGENTS.md"]
        assert rules[0].body.startswith('<rules path="AGENTS.md" lines="1">')


async def test_unsaved_text_is_what_goes_along() -> None:
    async with Bench({"a.py": b"x = 1\n"}) as bench:
        await bench.engine.workspace.open("a.py")
        buffer = bench.engine.workspace.buffer("a.py")
        assert buffer is not None
        bench.engine.workspace.edit("a.py", buffer.text.splice_lines(0, 1, [("typed = 2", "\n")]))
        plan = await bench.engine.conversation.estimate("go")
        (entry,) = [entry for entry in plan.chosen if entry.piece.label == "a.py"]
        assert "typed = 2" in entry.body


async def test_two_turns_share_their_prefix_and_unchanged_files_are_not_sent_again() -> None:
    replies = [text_reply("r1", "well"), text_reply("r2", "then")]
    files = {f"f{number}.py": LONG for number in range(4)} | {"AGENTS.md": b"be good\n"}
    async with Bench(files, replies, profile=SPARK, counter=COUNTER) as bench:
        await bench.engine.workspace.open("f1.py")
        talk = bench.engine.conversation
        await talk.submit("change function_7")
        first = on_the_wire(talk.link.request(talk.link.items[:2]))
        await talk.submit("now function_9, and where is the caret?")
        second = on_the_wire(talk.link.request(talk.link.items[:-1]))
        assert len(commonprefix([first, second])) >= 0.95 * len(first)
        assert second.count("def function_7(value)") == first.count("def function_7(value)")
        assert second.rstrip('}]"').endswith("where is the caret?")


async def test_what_was_sent_in_part_is_sent_again_only_where_it_matters() -> None:
    facts = {f"f{number}.py": _facts(f"f{number}.py", LONG) for number in range(9)}
    ranked = [Ranked(path, 1 - number / 10, "it is there") for number, path in enumerate(facts)]
    index = FakeIndex(facts, ranked)
    replies = [text_reply("r1", "a"), text_reply("r2", "b")]
    files = dict.fromkeys(facts, LONG)
    profile = replace(SPARK, model=replace(SPARK.model, window=20_000, max_output=0))
    async with Bench(files, replies, profile=profile, counter=COUNTER, index=index) as bench:
        talk = bench.engine.conversation
        await talk.submit("one")
        assert talk.plan is not None
        forms = {entry.piece.label: entry.form.word for entry in talk.plan.chosen}
        assert forms["f0.py"] == "whole" and forms["f8.py"] == "skeleton"
        index.ranked = tuple(replace(each, names=("function_9",)) for each in ranked)
        await talk.submit("two")
        reasons = {entry.piece.label: entry.reason for entry in talk.plan.left_out}
        assert reasons["f0.py"] == "already sent, unchanged" and reasons["f8.py"] == "already sent in part"


async def test_a_request_in_another_dialect_is_weighed_as_it_will_be_written() -> None:
    provider = replace(SPARK.provider, wire=Wire.CHAT)
    async with Bench({"a.py": LONG}, profile=replace(SPARK, provider=provider), counter=COUNTER) as bench:
        await bench.engine.workspace.open("a.py")
        talk = bench.engine.conversation
        composed = await talk.composer.estimate(talk.link, "go", 9000)
        written = on_the_wire(chat_request(talk.link.request(composed.items)))
        assert composed.plan.tokens == COUNTER.count(written) <= 9000 and composed.plan.chosen


async def test_for_nothing_nothing_is_looked_for() -> None:
    index = FakeIndex({"a.py": FileFacts("a.py", 2)}, [Ranked("a.py", 1.0, "it is there")])
    async with Bench({"a.py": b"x\n"}, index=index) as bench:
        plan = await bench.engine.conversation.estimate(" ")
        assert not plan.chosen and not index.queries
        assert (await bench.engine.conversation.estimate("go")).chosen


# Secrets


async def test_secrets_stay_home_whatever_way_they_take() -> None:
    files = {
        "a.py": f'token = "{SECRET}"\nuse(token)\n'.encode(),
        ".env": SECRET.encode(),
        "id_rsa": b"key total\n",
    }
    async with Bench(files, [text_reply("r1", "ok")]) as bench:
        await bench.engine.workspace.open("a.py")
        await bench.engine.workspace.open(".env")
        await bench.engine.conversation.submit(f"use total and {SECRET} in @a.py and @id_rsa")
        sent = json.dumps(bench.model.requests)
        assert SECRET not in sent and "key total" not in sent and "[withheld GitHub token #1" in sent
        assert any("secret" in sentence for sentence in bench.troubles)
        assert bench.files.data["a.py"].count(SECRET.encode()) == 1


async def test_an_edit_that_quotes_a_marker_finds_its_line_and_keeps_the_secret() -> None:
    source = f'# settings\ntoken = "{SECRET}"\nport = 80\n'
    async with Bench({"a.py": source.encode()}) as bench:
        await bench.engine.workspace.open("a.py")
        talk = bench.engine.conversation
        plan = await talk.estimate("go")
        (body,) = [entry.body for entry in plan.chosen if entry.piece.label == "a.py"]
        line = body.split("\n")[2]
        assert SECRET not in line and "withheld" in line
        patch = f"*** Begin Patch\n*** Update File: a.py\n@@\n {line}\n-port = 80\n+port = 81\n+{line}\n*** End Patch\n"
        bench.model.replies += [patch_reply(patch), text_reply("r2", "done")]
        bench.ask("port 81")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        await bench.engine.decisions.accept_all()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.DONE)
        assert (
            bench.files.data["a.py"].decode()
            == f'# settings\ntoken = "{SECRET}"\nport = 81\ntoken = "{SECRET}"\n'
        )
        assert SECRET not in json.dumps(bench.model.requests)


async def test_what_is_allowed_goes_out_once() -> None:
    replies = [text_reply("r1", "a"), text_reply("r2", "b")]
    async with Bench({".env": b"LEVEL=1\n", "a.py": b"x\n"}, replies) as bench:
        talk = bench.engine.conversation
        await talk.wish(talk.wishes.allow(".env"), "look at @.env")
        await talk.submit("look at @.env")
        assert "LEVEL=1" in bench.sent(0)
        await talk.submit("again @.env")
        plan = talk.plan
        assert plan is not None and "LEVEL=1" not in bench.sent(1).split("again")[-1]
        assert "secrets stay here" in {entry.piece.label: entry.reason for entry in plan.left_out}[".env"]


async def test_what_the_person_works_on_and_is_not_seen_whole_is_told_of() -> None:
    async with Bench({"a.py": LONG * 3, "b.py": b"x\n"}, [text_reply("r1", "ok")]) as bench:
        await bench.engine.workspace.open("a.py")
        await bench.engine.workspace.open("b.py")
        await bench.engine.conversation.submit("go")
        assert any('"a.py"' in sentence and "tokens" in sentence for sentence in bench.troubles)
        assert not any('"b.py"' in sentence for sentence in bench.troubles)


# Wishes


async def test_a_pin_goes_along_with_every_prompt_and_a_drop_with_none() -> None:
    async with Bench({"far.py": LONG, "near.py": b"total = 1\n"}) as bench:
        talk = bench.engine.conversation
        assert not await talk.wish(talk.wishes.pin("far.py"), "total")
        assert talk.plan is not None
        assert {entry.piece.label for entry in talk.plan.chosen} == {"far.py", "near.py"}
        assert not await talk.wish(talk.wishes.drop("near.py"), "total")
        assert {entry.piece.label for entry in talk.plan.chosen} == {"far.py"}
        assert {entry.piece.label: entry.reason for entry in talk.plan.left_out} == {
            "near.py": "left out by you"
        }


async def test_a_wish_for_which_there_is_no_room_is_taken_back_with_a_sentence() -> None:
    async with Bench({"far.py": LONG * 20}) as bench:
        talk = bench.engine.conversation
        before = talk.wishes
        assert "far.py" in await talk.wish(before.widen("far.py", Form.SKELETON), "go")
        assert talk.wishes == before and talk.plan is not None and not talk.plan.refusal


# What the prompt asks for


async def test_the_diff_the_terminal_and_definitions_can_be_asked_for() -> None:
    repository = FakeRepository()
    repository.commit = {"a.py": b"old = 1\n"}
    async with Bench({"a.py": b"new = 1\n", "b.py": LONG}, repository=repository) as bench:
        await bench.engine.workspace.open("a.py")
        buffer = bench.engine.workspace.buffer("a.py")
        assert buffer is not None
        bench.engine.workspace.edit("a.py", buffer.text.splice_lines(0, 1, [("newer = 1", "\n")]))
        talk = bench.engine.conversation
        talk.composer.gatherer.sources.terminal = lambda: "Traceback: boom"
        plan = await talk.estimate("why? @diff @terminal @missing_name")
        bodies = {entry.piece.label: entry.body for entry in plan.chosen}
        assert "-old = 1\n+newer = 1" in bodies["@diff"] and "boom" in bodies["@terminal"]
        assert {entry.piece.label: entry.reason for entry in plan.left_out}["missing_name"] == "no such file"


async def test_problems_of_the_open_file_go_along_while_they_are_of_its_text() -> None:
    async with Bench({"a.py": b"x = 1\n"}) as bench:
        await bench.engine.workspace.open("a.py")
        buffer = bench.engine.workspace.buffer("a.py")
        assert buffer is not None
        finding = Finding("a.py", 0, 0, 0, 1, Severity.ERROR, "E1", "something\nis wrong", "ruff")
        looked_at = buffer.text
        sources = bench.engine.conversation.composer.gatherer.sources
        sources.diagnostics = problems_told(bench.engine.workspace, lambda path: (looked_at, [finding]))
        plan = await bench.engine.conversation.estimate("go")
        (entry,) = [entry for entry in plan.chosen if entry.piece.kind == "diagnostics"]
        assert "a.py:1: error E1 something is wrong (ruff)" in entry.body
        bench.engine.workspace.edit("a.py", buffer.text.splice_lines(0, 1, [("y = 2", "\n")]))
        plan = await bench.engine.conversation.estimate("go")
        assert not [entry for entry in plan.chosen if entry.piece.kind == "diagnostics"]


# A conversation that gets full


async def test_old_copies_go_before_the_conversation_is_full_and_come_back_on_request() -> None:
    replies = [text_reply(f"r{number}", "ok") for number in range(8)]
    async with Bench({"a.py": LONG, "AGENTS.md": b"keep me\n"}, replies) as bench:
        await bench.engine.workspace.open("a.py")
        talk = bench.engine.conversation
        for number in range(6):
            buffer = bench.engine.workspace.buffer("a.py")
            assert buffer is not None
            bench.engine.workspace.edit(
                "a.py", buffer.text.splice_lines(0, 1, [(f"# version {number}", "\n")])
            )
            await talk.submit(f"step {number}")
            newest = talk.newest
            assert newest is not None and newest.state is TurnState.DONE, newest
        assert talk.ledger and all(entry.label == "a.py (file)" for entry in talk.ledger)
        held = on_the_wire(talk.link.request(talk.link.items))
        assert "keep me" in held and "# version 5" in held and "#1]" in held
        assert all(f"step {number}" in held for number in range(6))
        gone = talk.ledger[0]
        assert talk.bring_back(gone) and gone not in talk.ledger
        assert len(on_the_wire(talk.link.request(talk.link.items))) > len(held)


async def test_an_index_that_is_more_than_half_done_ranks_and_says_what_is_missing() -> None:
    files = {"a.py": b"total = 1\n", "b.py": b"x = 1\n"}
    index = FakeIndex({"b.py": FileFacts("b.py", 2)}, [Ranked("b.py", 1.0, "it is there")])
    async with Bench(files, index=index) as bench:
        for done, best, note in (
            (20, "a.py", "ranked by words alone"),
            (80, "b.py", "the rest is not ranked yet"),
        ):
            index.now = IndexProgress(done, 100)
            plan = await bench.engine.conversation.estimate("rename total")
            assert plan.chosen[0].piece.label == best and note in plan.notes[0]
        index.now, index.ranked, index.files = IndexProgress(80, 100, note="It ended."), (), {}
        plan = await bench.engine.conversation.estimate("rename the total")
        assert plan.chosen[0].piece.label == "a.py" and plan.notes[0] == "It ended."


async def test_what_is_open_and_unchanged_is_not_taken_out_to_be_sent_again() -> None:
    files = {f"f{number}.py": LONG for number in range(9)} | {"open.py": LONG}
    async with Bench(files, [text_reply(f"r{number}", "ok") for number in range(9)]) as bench:
        await bench.engine.workspace.open("open.py")
        talk = bench.engine.conversation
        for number in range(9):
            await talk.submit(f"look at @f{number}.py")
        gone = [entry.label for entry in talk.ledger]
        assert len(gone) > 3 and "open.py (file)" not in gone
        assert str(talk.link.items).count('path="open.py" lines') == 1


async def test_a_big_answer_makes_room_for_the_open_file_and_comes_back() -> None:
    rows = "".join(f"+line {number} of a long answer\n" for number in range(9000))
    patch = f"*** Begin Patch\n*** Add File: new.txt\n{rows}*** End Patch\n"
    replies = [call_reply("r1", "c1", patch), text_reply("r2", "ok"), text_reply("r3", "ok")]
    large = b"".join(
        b"def function_%d(x):\n    return x * %d\n\n\n" % (number, number) for number in range(2000)
    )
    async with Bench({"big.py": large}, replies, profile=SPARK, counter=COUNTER) as bench:
        talk = bench.engine.conversation
        bench.ask("write a lot")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        assert talk.link.profile.budget // 2 < talk.composer._measure.weigh_items(talk.link.items)
        await bench.engine.workspace.open("big.py")
        estimated = await talk.estimate("go on")
        assert not talk.ledger, "asking changes nothing"
        await talk.submit("go on")
        assert talk.plan is not None
        for plan in (estimated, talk.plan):
            (entry,) = [entry for entry in plan.chosen if entry.piece.label == "big.py"]
            assert entry.form is Form.WHOLE, "it goes along whole, the old answer does not"
            assert any("1 old part of the conversation" in note for note in plan.notes)
        assert "will make room" in estimated.notes[-1] and "brings it back" in talk.plan.notes[-1]
        (gone,) = talk.ledger
        assert (gone.what, gone.label) == ("patch", "the patch of new.txt")
        assert "of a long answer" not in bench.sent(1) and "the patch of new.txt was left out" in bench.sent(
            1
        )
        assert talk.bring_back(gone)
        assert "line 8999 of a long answer" in on_the_wire(talk.link.request(talk.link.items))
        await talk.submit("and now")
        assert all(entry.what != "patch" for entry in talk.ledger), "what was brought back stays"
        assert "of a long answer" in bench.sent(2)


async def test_a_lock_file_goes_along_in_the_lines_that_the_prompt_names() -> None:
    lock = b"".join(b'[[package]]\nname = "crate%d"\nversion = "1.%d"\n\n' % (row, row) for row in range(900))
    lock += f'[[package]]\nname = "hidden"\ntoken = "{SECRET}"\n'.encode()
    facts = FileFacts(
        "Cargo.lock", len(lock), lines=3602, digest=sha256(lock).hexdigest(), brief="A lock file: brief."
    )
    for names, there, remark in (
        (("crate7",), 'version = "1.7"', "lock file"),
        (("hidden",), "[withheld", ""),
    ):
        index = FakeIndex({"Cargo.lock": facts}, [Ranked("Cargo.lock", 1.0, "named", names)])
        async with Bench({"Cargo.lock": lock}, index=index, profile=SPARK, counter=COUNTER) as bench:
            plan = await bench.engine.conversation.estimate("bump it")
            (entry,) = plan.chosen
            assert entry.form is Form.OUTLINE and there in entry.body and "crate100" not in entry.body
            assert SECRET not in entry.body and remark in entry.reason and entry.tokens < 400
            await bench.engine.workspace.open("Cargo.lock")
            (entry,) = [
                one for one in (await bench.engine.conversation.estimate("go")).chosen if one.piece.path
            ]
            assert entry.form is Form.WHOLE, "what the person opens is another matter"


async def test_where_only_words_fill_the_window_a_summary_is_offered() -> None:
    replies = [text_reply("r1", "a long answer in words " * 3000), text_reply("r2", "ok")]
    large = b"".join(
        b"def function_%d(x):\n    return x * %d\n\n\n" % (number, number) for number in range(2000)
    )
    profile = replace(SPARK, model=replace(SPARK.model, window=48_000))
    async with Bench({"big.py": large}, replies, profile=profile, counter=COUNTER) as bench:
        talk = bench.engine.conversation
        await talk.submit("explain")
        await bench.engine.workspace.open("big.py")
        plan = await talk.estimate("go on")
        assert '"big.py" goes along as one line only' in plan.notes[0]
        assert "Sum up conversation" in plan.notes[1]


async def test_a_file_that_never_fits_does_not_cost_the_conversation() -> None:
    replies = [text_reply(f"r{number}", "ok") for number in range(4)]
    async with Bench({"huge.py": LONG * 9, "b.py": LONG}, replies) as bench:
        await bench.engine.workspace.open("b.py")
        await bench.engine.workspace.open("huge.py")
        for number in range(3):
            await bench.engine.conversation.submit(f"step {number}")
        assert not bench.engine.conversation.ledger


async def test_a_turn_that_outgrows_the_window_stops_with_a_sentence() -> None:
    rows = "".join(f"+line {number} of many\n" for number in range(4000))
    patch = f"*** Begin Patch\n*** Add File: new.txt\n{rows}*** End Patch\n"
    async with Bench({"a.py": b"x\n"}, [call_reply("r1", "c1", patch)]) as bench:
        bench.ask("write a lot")
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.REVIEW)
        await bench.engine.decisions.accept_all()
        await bench.until(lambda: bench.engine.status.turn_state is TurnState.FAILED)
        newest = bench.engine.conversation.newest
        assert newest is not None and "tokens by now" in newest.sentence and len(bench.model.requests) == 1


async def test_a_conversation_is_summed_up_only_on_request_and_comes_back() -> None:
    replies = [text_reply("r1", "long answer " * 200), text_reply("r2", "b")]
    async with Bench({"AGENTS.md": b"keep me\n"}, replies) as bench:
        talk = bench.engine.conversation
        assert "no conversation" in await talk.composer.summarise(talk.link)
        await talk.submit("first")
        whole = talk.link.items
        bench.model.sides.append(FakeModelSocket([text_reply("s", "the person wants \nmore")]))
        assert "summed up" in await talk.composer.summarise(talk.link)
        assert len(talk.link.items) == 1 and "the person wants" in str(talk.link.items)
        await talk.submit("second")
        assert "long answer" not in bench.sent(1) and "keep me" in bench.sent(1)
        (gone,) = talk.ledger
        assert talk.bring_back(gone) and talk.link.items[: len(whole)] == whole and not talk.ledger
        assert "second" in str(talk.link.items)


async def test_no_summary_changes_nothing() -> None:
    async with Bench({}, [text_reply("r1", "a")]) as bench:
        bench.model.sides.append(FakeModelSocket([[created("s"), completed("s")]]))
        talk = bench.engine.conversation
        await talk.submit("first")
        before = talk.link.items
        assert "as it was" in await talk.composer.summarise(talk.link)
        assert talk.link.items == before and not talk.ledger


async def test_a_server_that_counts_otherwise_teaches_us() -> None:
    ratios = MemoryRatios()
    reply = [
        created("r1"),
        completed("r1", usage={"input_tokens": 9000, "output_tokens": 2, "total_tokens": 9002}),
    ]
    profile = replace(PROFILE, model=replace(PROFILE.model, slug="llama-9"))
    async with Bench({}, [reply], profile=profile, counter=COUNTER, ratios=ratios) as bench:
        talk = bench.engine.conversation
        before = await talk.estimate("go")
        assert not before.exact
        await talk.submit("go")
        assert ratios.known["p/llama-9"] > 2
        assert (await talk.estimate("go")).tokens > before.tokens


async def test_what_the_person_wants_of_the_context_outlives_a_restart() -> None:
    files = {"a.py": b"x = 1\n", "b.py": b"y = 1\n", "c.py": b"z = 1\n", "d.env": b"k=1\n"}
    async with Bench(files) as bench:
        talk = bench.engine.conversation
        await talk.wish(talk.wishes.pin("a.py").drop("b.py"), "go")
        await talk.wish(talk.wishes.widen("c.py", Form.SKELETON).allow("d.env"), "go")
        wishes = talk.wishes
    async with Bench(files, past=bench.log.records) as again:
        assert again.engine.conversation.wishes == replace(wishes, allowed=frozenset())
        plan = await again.engine.conversation.estimate("go")
        assert {entry.piece.label for entry in plan.chosen} >= {"a.py", "c.py"}
    wrong: list[dict[str, object]] = [
        {"kind": "wishes", "pins": 5},
        {"kind": "wishes", "wanted": {"a": "huge"}},
    ]
    async with Bench(files, past=[*bench.log.records, *wrong]) as broken:
        assert broken.engine.conversation.wishes.pins == {"a.py"}
