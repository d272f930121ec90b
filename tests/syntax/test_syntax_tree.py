"""SyntaxTree: an edited tree must answer as a fresh one does, whatever the text."""

import gc
import random
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.text import Change, ChangeSet, Position, Span, Text
from spark_tui.syntax import CAPTURES, LANGUAGES, SyntaxTree, parse_source
from spark_tui.syntax import tree as tree_module

SAMPLES = {
    "python": """import os


@wraps
def gärten(a, *b: "😀"):
    '''doc
    ü'''
    return f"{a!r} {len(b)}"
""",
    "javascript": """// ä
const f = (x) => `a ${x} 😀
 b`;
class A extends B { m() { return <p k='1'>t</p>; } }
""",
    "typescript": "enum E { A, B }\nexport function f<T>(x: T, y?: number): string { return `${x}`; }\n",
    "rust": 'use a::b;\n/// doc\nfn main() { let x: Vec<u8> = vec![1, 2]; println!("{}", "é"); }\n',
    "go": 'package main\n\nfunc (t *T) M(x int) error { return fmt.Errorf("ü %d", x) }\n',
    "bash": '#!/bin/sh\nfor x in a b; do\n  echo "$x ${y:-ü}" | cat <<EOF\nhi $x\nEOF\ndone\n',
    "json": '{"a": [1, true, null, "ü\\n"]}\n',
    "yaml": "a: &x 1\nb:\n  - *x\n  - 'ü'\n",
    "html": "<p a='ü'>x</p><script>let a = `😀`;</script>\n<style>a { b: c }</style>\n",
    "markdown": "# Títle\n\n- a `code` **b**\n\n```python\ndef f(): pass\n```\n",
}


class Document:
    """Lines that can be edited; what the editor gives a tree."""

    def __init__(self, text: str) -> None:
        self.rows = text.split("\n")

    def lines(self, start: int, stop: int) -> list[str]:
        return self.rows[start:stop]

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> tuple[int, int]:
        new = text.split("\n")
        head, tail = self.rows[start[0]][: start[1]], self.rows[end[0]][end[1] :]
        last = (start[0] + len(new) - 1, len(new[-1]) + (len(head) if len(new) == 1 else 0))
        new[0] = head + new[0]
        new[-1] += tail
        self.rows[start[0] : end[0] + 1] = new
        return last


def highlighted(language: str, document: Document) -> dict[int, list[tuple[int, int, str]]]:
    tree = SyntaxTree(language, document.lines)
    assert tree.parse()
    return dict(tree.highlights(0, len(document.rows) - 1))


def edit(
    tree: SyntaxTree, document: Document, start: tuple[int, int], end: tuple[int, int], text: str
) -> None:
    tree.edit(*start, *end, *document.replace(start, end, text))


PIECES = st.one_of(
    st.text(max_size=6).map(lambda text: text.replace("\n", "")),
    st.sampled_from(
        [
            '"',
            "'''",
            '"""',
            "(",
            ")",
            "{",
            "}",
            "\n",
            "\n    ",
            "def f(x):\n",
            "#",
            "/*",
            "*/",
            "`",
            "😀",
            "ü",
            "\t",
            "\0",
        ]
    ),
)


EDITS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 30), PIECES), min_size=1, max_size=6)


def is_broken(language: str, lines: list[str]) -> bool:
    """Whether a fresh parse finds errors."""
    source = parse_source(language, lines)
    assert source is not None
    return source.root.is_broken


def places(document: Any, edits: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int], str, str]]:
    """Start, end, new text and old text of edits, each in what the last one left."""
    for where, length, piece in edits:
        flat = "\n".join(document.rows)
        first = where % (len(flat) + 1)
        last = min(first + length, len(flat))
        yield position(flat, first), position(flat, last), piece, flat[first:last]


@given(st.sampled_from(sorted(SAMPLES)), EDITS, st.booleans())
@settings(max_examples=250, deadline=None)
def test_edited_tree_answers_like_a_fresh_one(language: Any, edits: Any, parse_between: Any) -> None:
    document = Document(SAMPLES[language])
    tree = SyntaxTree(language, document.lines)
    tree.parse()
    for start, end, piece, _ in places(document, edits):
        edit(tree, document, start, end, piece)
        check_spans(tree.highlights(0, len(document.rows)), document.rows)
        if parse_between:
            assert tree.parse()
    assert tree.parse()
    # Where code is broken, tree-sitter's guess may depend on what it was before; spans are sound all the same.
    check_spans(tree.highlights(0, len(document.rows)), document.rows)
    if not is_broken(language, document.rows):
        assert dict(tree.highlights(0, len(document.rows))) == highlighted(language, document)


@given(st.sampled_from(sorted(SAMPLES)), EDITS, st.booleans())
@settings(max_examples=250, deadline=None)
def test_edits_taken_back_leave_no_trace(language: Any, edits: Any, parse_between: Any) -> None:
    document = Document(SAMPLES[language])
    tree = SyntaxTree(language, document.lines)
    tree.parse()
    before = dict(tree.highlights(0, len(document.rows)))
    done = []
    for start, end, piece, gone in places(document, edits):
        new_end = document.replace(start, end, piece)
        tree.edit(*start, *end, *new_end)
        done.append((start, new_end, gone))
        if parse_between:
            assert tree.parse()
    for start, end, gone in reversed(done):
        edit(tree, document, start, end, gone)
        if parse_between:
            assert tree.parse()
    assert tree.parse()
    assert dict(tree.highlights(0, len(document.rows))) == before


def position(flat: str, offset: int) -> tuple[int, int]:
    before = flat[:offset]
    return before.count("\n"), offset - (before.rfind("\n") + 1)


def check_spans(spans: Any, rows: Any) -> None:
    for row, found in spans.items():
        end = 0
        for start, stop, capture in found:
            assert end <= start < stop <= len(rows[row])
            assert capture in CAPTURES
            end = stop


@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_content_gives_disjoint_spans(language: Any, text: Any) -> None:
    document = Document(text)
    check_spans(highlighted(language, document), document.rows)


def test_lone_surrogates_do_no_harm() -> None:
    document = Document('x = "\ud800"  # é\n')
    assert highlighted("python", document)[0][-1] == (9, 12, "comment")


def test_columns_are_code_points() -> None:
    document = Document('ü = "😀😀" + é.len  # 你好')
    found = {(start, stop): capture for start, stop, capture in highlighted("python", document)[0]}
    assert found[(4, 8)] == "string"
    assert found[(13, 16)] == "property"
    assert found[(18, 22)] == "comment"


def test_slices_end_and_agree_with_one_piece() -> None:
    document = Document(SAMPLES["python"] * 3000)
    tree = SyntaxTree("python", document.lines)
    slices = 1
    while not tree.parse(0.001):
        slices += 1
    assert slices > 1
    whole = SyntaxTree("python", document.lines)
    assert whole.parse()
    for first in (0, 9000, len(document.rows) - 60):
        assert tree.highlights(first, first + 50) == whole.highlights(first, first + 50)


def test_an_edit_between_slices_starts_the_parse_again() -> None:
    document = Document(SAMPLES["python"] * 3000)
    tree = SyntaxTree("python", document.lines)
    assert not tree.parse(0.000_001)
    edit(tree, document, (5, 0), (5, 0), "x = '''\n")
    while not tree.parse(0.001):
        pass
    whole = highlighted("python", document)
    assert tree.highlights(0, 40) == {row: spans for row, spans in whole.items() if row <= 40}


def test_predicates_hold_between_an_edit_and_its_parse() -> None:
    document = Document("a = b\nword = other\n")
    tree = SyntaxTree("python", document.lines)
    tree.parse()
    edit(tree, document, (0, 0), (0, 0), "x")
    assert not tree.is_current
    assert tree.highlights(1, 1)[1] == [(0, 4, "variable"), (5, 6, "operator"), (7, 12, "variable")]


def test_unseen_change_of_the_line_structure_starts_afresh() -> None:
    document = Document("a = 1\nb = 2\nc = 3")
    tree = SyntaxTree("python", document.lines)
    tree.parse()
    document.rows = ["a = 1\rb = 2\rc = 3", "d = 4"]
    tree.edit(2, 5, 2, 5, 3, 5)
    assert tree.highlights(0, 3) == {}
    assert tree.parse()
    assert tree.highlights(1, 1)[1][-1] == (4, 5, "number")


def test_too_large_is_left_plain_until_reset(monkeypatch: Any) -> None:
    monkeypatch.setattr(tree_module, "MAX_BYTES", 1000)
    document = Document("x = 1\n" * 5000)
    tree = SyntaxTree("python", document.lines)
    assert tree.parse()
    assert tree.too_large
    assert tree.highlights(0, 10) == {}
    document.rows = ["x = 1"]
    tree.edit(0, 0, 0, 0, 0, 0)
    assert tree.highlights(0, 10) == {}
    tree.reset()
    assert tree.parse()
    assert tree.highlights(0, 0)[0][-1] == (4, 5, "number")


def test_line_without_end_is_looked_at_up_to_a_column() -> None:
    document = Document("x = 1; " * 100_000 + "\ny = 2")
    tree = SyntaxTree("python", document.lines)
    assert tree.parse()
    found = tree.highlights(0, 1, columns=100)
    assert found[0][-1][1] <= 107
    assert found[1][0] == (0, 1, "variable")


@pytest.mark.parametrize("language", [None, "cobol"])
def test_unknown_language_is_plain(language: Any) -> None:
    tree = SyntaxTree(language, Document("x").lines)
    assert tree.parse(0.01)
    tree.edit(0, 0, 0, 0, 0, 1)
    assert tree.is_current
    assert tree.highlights(0, 5) == {}


def test_a_dropped_document_is_freed() -> None:
    document = Document("x = 1")
    tree = SyntaxTree("python", document.lines)
    tree.parse()
    gone = weakref.ref(tree)
    del tree
    gc.collect()
    assert gone() is None


def test_typing_and_deleting_at_length() -> None:
    chance = random.Random(7)
    document = Document(SAMPLES["python"] * 200)
    tree = SyntaxTree("python", document.lines)
    tree.parse()
    before = dict(tree.highlights(0, len(document.rows)))
    done = []
    for _ in range(60):
        row = chance.randrange(len(document.rows) - 4)
        start = (row, chance.randint(0, len(document.rows[row])))
        end = (row + 3, chance.randint(0, len(document.rows[row + 3])))
        rows = document.rows[row : row + 4]
        gone = "\n".join([rows[0][start[1] :], *rows[1:3], rows[3][: end[1]]])
        new_end = document.replace(start, end, chance.choice(["", "x", "\n\n", "é\n  y = 1\n", "😀", '"""']))
        tree.edit(*start, *end, *new_end)
        done.append((start, new_end, gone))
        assert tree.parse()
    for start, end, gone in reversed(done):
        edit(tree, document, start, end, gone)
    assert tree.parse()
    assert dict(tree.highlights(0, len(document.rows))) == before


@given(
    text=st.text(alphabet="ab é😀\n\r#=", max_size=60),
    changes=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4), PIECES), max_size=5),
)
@settings(max_examples=250, deadline=None)
def test_a_change_set_is_followed(text: Any, changes: Any) -> None:
    before = Text.of(text)
    size = sum(len(line) + 1 for line in before.lines()) - 1
    cuts: list[Change] = []
    reached = 0
    for where, length, piece in sorted(changes, key=lambda change: change[0]):
        first = max(reached, min(where, size))
        reached = min(first + length, size)
        flat = "\n".join(before.lines())
        cuts.append(Change(Span(Position(*position(flat, first)), Position(*position(flat, reached))), piece))
    change_set = ChangeSet(before.revision, tuple(cuts), before.lone_cr)
    current = before
    tree = SyntaxTree("python", lambda start, stop: current.lines(start, stop))
    tree.parse()
    current = before.apply(change_set)
    tree.follow(change_set)
    assert tree.parse()
    check_spans(tree.highlights(0, current.line_count), current.lines())
    if not is_broken("python", current.lines()):
        fresh = SyntaxTree("python", current.lines)
        fresh.parse()
        assert tree.highlights(0, current.line_count) == fresh.highlights(0, current.line_count)


def test_several_edits_told_one_by_one_after_the_last() -> None:
    document = Document("a = 1\nb = 2\nc = 3\nd = 4\n" * 50)
    tree = SyntaxTree("python", document.lines)
    tree.parse()
    document.replace((2, 0), (2, 1), "ccc")
    document.replace((0, 4), (0, 5), "(\n1)\n")
    tree.edit(0, 4, 0, 5, 2, 0)
    tree.edit(4, 0, 4, 1, 4, 3)
    assert tree.highlights(4, 4)[4][0] == (0, 3, "variable")
    assert tree.parse()
    assert dict(tree.highlights(0, 300)) == highlighted("python", document)


def captures_of(language: str, text: str, row: int) -> dict[str, str]:
    document = Document(text)
    return {
        document.rows[row][start:end]: capture for start, end, capture in highlighted(language, document)[row]
    }


def test_languages_inside_languages() -> None:
    markdown = "> a **b**\n> `c`\n\n```python\ndef f(): pass\n```\n\n```nope\ndef\n```\n\n<p x='y'>z</p>\n"
    assert captures_of("markdown", markdown, 0)["b"] == "markup.strong"
    assert captures_of("markdown", markdown, 1)["c"] == "markup.raw"
    assert captures_of("markdown", markdown, 4)["def"] == "keyword"
    assert captures_of("markdown", markdown, 8) == {"def": "markup.raw"}
    assert captures_of("markdown", markdown, 11)["p"] == "tag"
    html = "<é><script>\nlet ü = 'x';</script> <style>p { color: red }</style>\n"
    assert captures_of("html", html, 1)["let"] == "keyword"
    assert captures_of("html", html, 1)["color"] == "property"
    assert captures_of("markdown", "---\na: 1\n---\n\ntext\n", 1)["a"] == "property"


def test_very_long_inner_texts_are_left_to_the_outer_language() -> None:
    text = "<script>" + "let a;" * 10_000 + "</script>"
    assert captures_of("html", text, 0).get("let") is None


@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_samples_are_sound(language: Any) -> None:
    assert not is_broken(language, SAMPLES[language].split("\n"))
