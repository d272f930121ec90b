"""Answers as a whole: what is said, what is edited, and that nothing in a prompt can break it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.rehearsal.performer import perform
from tests.rehearsal.performances import ask, block, user

SOURCE = "import os\n\n\ndef load(path):\n    return open(path)\n\n\nload('a')\n"


def test_anything_else_is_told_what_it_can_do() -> None:
    prose, changed = ask("make it faster", {"a.py": SOURCE})
    assert not changed
    for part in ("rehearsal", "no model", "`rename X to Y`", "OPENAI_API_KEY", "`providers`", "`a.py`"):
        assert part in prose


def test_an_empty_conversation_is_answered() -> None:
    assert "rehearsal" in perform([]).prose


def test_without_files_there_is_nothing_to_edit() -> None:
    prose, changed = ask("rename a to b", {})
    assert "no whole file" in prose and not changed


def test_nothing_to_do_names_the_files_looked_at() -> None:
    for prompt in (
        "rename nope to other",
        'replace "nope" with "x"',
        "wrap nope in logging",
        'extract "nope" into N',
    ):
        prose, changed = ask(prompt, {"a.py": SOURCE, "b.py": SOURCE})
        assert "`a.py` and `b.py`" in prose and not changed


def test_scope_is_kept() -> None:
    files = {"a.py": SOURCE, "pkg/b.py": SOURCE, "pkg/c.py": SOURCE}
    assert set(ask("rename load to fetch", files)[1]) == set(files)
    assert set(ask("rename load to fetch in pkg/", files)[1]) == {"pkg/b.py", "pkg/c.py"}
    assert set(ask("rename load to fetch in b.py and a.py", files)[1]) == {"a.py", "pkg/b.py"}
    prose, changed = ask("rename load to fetch in d.py", files)
    assert "not shown the whole of `d.py`" in prose and not changed


def test_the_selection_is_kept() -> None:
    mark = '<selection path="a.py" from="4" to="5"/>'
    prose, changed = ask("rename path to name here", {"a.py": SOURCE, "b.py": SOURCE}, mark)
    assert changed == {"a.py": SOURCE.replace("path", "name")}
    assert "2 places" in prose
    prose, changed = ask('replace "load" with "x" in the selection', {"a.py": SOURCE}, mark)
    assert changed["a.py"].endswith("load('a')\n")
    assert "Nothing is selected" in ask("rename path to name here", {"a.py": SOURCE})[0]


def test_this_file_is_the_one_in_view() -> None:
    files = {"a.py": SOURCE, "b.py": SOURCE}
    assert set(ask("rename load to fetch in this file", files, '<cursor path="b.py" line="1"/>')[1]) == {
        "b.py"
    }
    assert "which file" in ask("rename load to fetch in this file", files)[0]


def test_excerpts_are_never_edited() -> None:
    excerpt = '<excerpt path="b.py" from="1" to="1" of="9">\nload()\n</excerpt>'
    prose, changed = ask("rename load to fetch", {"a.py": SOURCE}, excerpt)
    assert set(changed) == {"a.py"}
    assert "`b.py` only a part" in prose


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "update accepted.py\n  Hunk 1: accepted, now lines 3-4.\n  Hunk 2: rejected by the person; do not.\n"
            "  Hunk 3: accepted.",
            "2 accepted, 1 rejected",
        ),
        ("update a\n  Hunk 1: could not be placed. Read the file again.", "1 without a place"),
        ("update a\n  Hunk 1: accepted in part (1 of 2 changed lines).", "1 accepted in part"),
        ("update a\n  Hunk 1: not applied. The file changed.\n  Hunk 2: waits.", "1 not applied, 1 not yet"),
        ("", "Done."),
    ],
)
def test_a_tool_output_gets_a_closing_sentence(output: Any, said: Any) -> None:
    answer = perform(
        [user("rename a to b"), {"type": "custom_tool_call_output", "call_id": "1", "output": output}]
    )
    assert said in answer.prose and not answer.patch


def test_replacing_reaches_over_lines_and_keeps_what_it_does_not_touch() -> None:
    text = "a\tb\x0c\u2028\nc\n\nend"
    prose, changed = ask('replace "b\x0c\u2028\nc" with "é"', {"x.txt": text})
    assert changed == {"x.txt": "a\té\n\nend"}
    assert "1 place in 1 file" in prose


def test_replacing_minds_letter_case_and_says_so() -> None:
    prose, changed = ask('replace "LOAD" with "x"', {"a.py": SOURCE})
    assert not changed and "other letter case it stands in `a.py`" in prose


PROMPTS = [
    "rename a to b",
    "add docstrings",
    'replace "a" with ""',
    "remove unused imports",
    "wrap f in logging",
    'extract "a" into A',
    "extract 1 into ONE",
]
PIECES = st.sampled_from(
    [
        "def f(a):\n    return a\n",
        "def f(a): return 1\n",
        "class A: pass\n",
        "class A:\n",
        "    ",
        "\t",
        "import a, b\n",
        "from a import (b,\n  c)\n",
        "from a import b, \\\n  c\n",
        "if 1: import a\n",
        "import a; import b; x = 1\n",
        '"a"',
        "'''",
        "x = 1\n",
        "a = 'a'\n",
        "@a\n",
        "async ",
        "\n",
        "(",
        "# a\n",
        "é = f'{a}'\n",
        "function f(a) { return 'a'; }\n",
        "export const f = (a) => 1;\n",
        "}",
    ]
)


@given(
    st.sampled_from(PROMPTS),
    st.lists(PIECES, max_size=10).map("".join),
    st.sampled_from(
        ["a.py", "a.ts", "a.js", "a.rs", "a.go", "a.c", "a.txt", "a.rb", "a.sh", "a.php", "a.json"]
    ),
)
@settings(max_examples=500, deadline=None)
def test_any_source_is_edited_in_one_place_per_hunk_or_left_alone(
    prompt: Any, source: Any, path: Any
) -> None:
    prose, _ = ask(prompt, {path: source})
    assert prose


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered(prompt: Any, content: Any) -> None:
    assert perform([user(block("a.py", content)), user(prompt)]).prose
