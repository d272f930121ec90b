"""The language table, and that every grammar in it loads with a query that says something."""

import importlib
from typing import Any

import pytest
import tree_sitter

from spark_tui.syntax import LANGUAGES, SyntaxTree, grammars, language_for
from spark_tui.syntax.querying import LineView, captured_in
from spark_tui.syntax.spans import capture_named

SNIPPETS = {
    "python": ("def f(): pass", "keyword"),
    "javascript": ("const a = 'b';", "string"),
    "typescript": ("interface A { b: string }", "type.builtin"),
    "tsx": ("const a = <B c='d'/>;", "tag"),
    "rust": ("fn main() {}", "function"),
    "go": ("func main() {}", "function"),
    "c": ("int main(void) { return 0; }", "function"),
    "cpp": ("class A { public: int b(); };", "type"),
    "java": ("class A { void b() {} }", "function.method"),
    "c_sharp": ("class A { void B() {} }", "function.method"),
    "ruby": ("def a; 1; end", "function.method"),
    "php": ("<?php function a() {}", "function"),
    "bash": ('echo "$x"', "function.builtin"),
    "html": ("<p a='b'>c</p>", "tag"),
    "css": ("a { color: red }", "property"),
    "json": ('{"a": 1}', "property"),
    "toml": ("a = 1", "property"),
    "yaml": ("a: 1", "property"),
    "markdown": ("# a\n", "markup.heading"),
    "sql": ("CREATE TABLE a (b int);", "keyword"),
}
IGNORED = {"spell"}
"""Captures that are meant for something else than colour."""


@pytest.mark.parametrize(
    ("path", "first_line", "language"),
    [
        ("pkg/a.py", "", "python"),
        ("PKG/A.PY", "", "python"),
        ("types.d.ts", "", "typescript"),
        ("view.tsx", "", "tsx"),
        ("Gemfile", "", "ruby"),
        ("uv.lock", "", "toml"),
        (".bashrc", "", "bash"),
        ("win\\dir\\main.go", "", "go"),
        ("tool", "#!/usr/bin/env python3", "python"),
        ("tool", "#!/usr/bin/env -S python3.12 -u", "python"),
        ("tool", "#!/bin/sh", "bash"),
        ("tool", "\ufeff#! /usr/bin/node", "javascript"),
        ("tool", "#!/usr/bin/env", None),
        ("tool", "#!", None),
        ("tool", "python", None),
        ("", "", None),
        (".py", "", "python"),
        ("py", "", None),
        ("Makefile", "", None),
        ("a.", "", None),
    ],
)
def test_language_for(path: Any, first_line: Any, language: Any) -> None:
    assert language_for(path, first_line) == language


def test_no_name_is_claimed_twice() -> None:
    for column in ("extensions", "filenames", "interpreters"):
        names = [name for row in LANGUAGES.values() for name in getattr(row, column)]
        assert len(names) == len(set(names))
        assert names == [name.lower() for name in names]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_query_compiles_and_names_known_captures(language: Any) -> None:
    loaded = grammars.grammar(language)
    assert loaded is not None
    for name in LANGUAGES[language].queries:
        text = grammars._query_text(name)
        assert text
        tree_sitter.Query(loaded, text)
    compiled = grammars.highlight_query(language)
    assert compiled is not None
    query: Any = compiled.query
    names = [query.capture_name(number) for number in range(query.capture_count)]
    assert {name for name in names if capture_named(name) is None} <= IGNORED


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_highlights(language: Any) -> None:
    text, capture = SNIPPETS[language]
    rows = text.split("\n")
    tree = SyntaxTree(language, lambda start, stop: rows[start:stop])
    assert tree.parse()
    assert capture in {span[2] for span in tree.highlights(0, 0)[0]}


def test_inner_queries_compile() -> None:
    assert {name for name in LANGUAGES if grammars.inner_query(name) is not None} == {"html", "markdown"}
    assert grammars.paragraph_query() is not None


def test_a_missing_wheel_is_no_exception(monkeypatch: Any) -> None:
    def refuse(name: Any) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    assert grammars._load("tree_sitter_python", "language") is None
    assert grammars._query_text.__wrapped__("tree_sitter_python") == ""


def test_an_addition_that_does_not_fit_leaves_the_wheels_query() -> None:
    loaded = grammars.grammar("json")
    assert loaded is not None
    compiled = grammars._compile(loaded, ("(string) @string", "(no_such_node) @string"))
    assert compiled is not None
    query: Any = compiled.query
    assert query.pattern_count == 1
    assert grammars._compile(loaded, ("(no_such_node) @string",)) is None


@pytest.mark.parametrize(
    ("predicate", "found"),
    [
        ('(#eq? @a "x")', ["x"]),
        ('(#not-eq? @a "x")', ["y", "z"]),
        ('(#match? @a "^[xy]$")', ["x", "y"]),
        ('(#not-match? @a "[xy]")', ["z"]),
        ('(#any-of? @a "x" "z")', ["x", "z"]),
        ('(#not-any-of? @a "x" "z")', ["y"]),
        ('(#match? @a "\\\\w")', ["x", "y", "z"]),
        ('(#match? @a "(")', []),
        ('(#eq? @a "x") (#is-not? local)', ["x"]),
    ],
)
def test_predicates(predicate: Any, found: Any) -> None:
    loaded = grammars.grammar("python")
    assert loaded is not None
    text = predicate.replace("@a", "@variable")
    compiled = grammars._compile(loaded, (f"((identifier) @variable {text})",))
    assert compiled is not None
    rows = ["x", "y", "z"]
    tree = tree_sitter.Parser(loaded).parse("\n".join(rows).encode())
    view = LineView(lambda start, stop: rows[start:stop], 0, 2)
    assert [rows[one.start[0]] for one in captured_in(tree.root_node, compiled, view, 100)] == found
