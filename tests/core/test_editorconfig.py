"""EditorConfig: what is read, which patterns fit which paths, what holds in the end, what saving tidies."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.core.editorconfig import ConfigFile, Rules, Section, matches, parse, rules_for, tidied
from spark_tui.core.text import Text


def test_a_file_is_read() -> None:
    source = "\ufeff; note\r\nroot = True\n[*]\nIndent_Style = TAB # why\nnonsense\n[a;b]\nx=1;2\n  [c]\n"
    assert parse(source, "sub/") == ConfigFile(
        "sub",
        True,
        (Section("*", (("indent_style", "TAB"),)), Section("a;b", (("x", "1;2"),)), Section("c", ())),
    )


@pytest.mark.parametrize(
    ("pattern", "fits", "misses"),
    [
        ("*", ["a", "a/b.c", ".x"], []),
        ("*.py", ["a.py", "x/y/a.py", ".py"], ["a.pyc", "py", "a.py/b"]),
        ("/*.py", ["a.py"], ["x/a.py"]),
        ("a/*.py", ["a/b.py"], ["a/b/c.py", "x/a/b.py"]),
        ("a/**.py", ["a/b.py", "a/b/c.py"], ["b.py"]),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["az", "a/bz"]),
        ("**/z", ["z", "a/z"], ["az"]),
        ("?", ["a", "x/b"], ["ab"]),
        ("[ab].c", ["a.c", "b.c"], ["c.c", "ab.c"]),
        ("[!ab].c", ["c.c"], ["a.c", "/.c"]),
        ("[a-c]1", ["b1"], ["d1", "-1"]),
        ("[a", ["[a"], ["a"]),
        ("{a,b}.c", ["a.c", "b.c", "x/a.c"], ["c.c", "{a,b}.c"]),
        ("{a,b{1,2}}", ["a", "b1", "b2"], ["b"]),
        ("{a,}x", ["ax", "x"], ["bx"]),
        ("{single}.c", ["{single}.c"], ["single.c"]),
        ("{a,b", ["{a,b"], ["a"]),
        ("f{1..12}", ["f1", "f9", "f12"], ["f0", "f13", "f", "f1x"]),
        ("f{-3..3}.c", ["f-3.c", "f0.c", "f+2.c"], ["f-4.c", "f4.c"]),
        (r"\*.c", ["*.c"], ["a.c"]),
        (r"a\{b", ["a{b"], [r"a\{b"]),
        ("Makefile", ["Makefile", "x/Makefile"], ["makefile", "Makefile.am"]),
        ("{*.{js,ts},package.json}", ["a.js", "x/a.ts", "package.json"], ["a.json"]),
        ("größe/*", ["größe/x"], ["grosse/x"]),
    ],
)
def test_patterns(pattern: str, fits: list[str], misses: list[str]) -> None:
    assert [path for path in fits if not matches(pattern, path)] == []
    assert [path for path in misses if matches(pattern, path)] == []


@given(st.text("ab/*?.", min_size=1, max_size=8), st.text("ab/.", min_size=1, max_size=8))
def test_stars_are_those_of_an_expression(pattern: str, path: str) -> None:
    whole = pattern if "/" in pattern else "**/" + pattern
    whole = whole.removeprefix("/")
    out = ""
    at = 0
    while at < len(whole):
        if whole.startswith("**", at):
            at += 2
            if whole.startswith("/", at) and (at == 2 or whole[at - 3] == "/"):
                out += "(?:.*/)?"
                at += 1
            else:
                out += ".*"
        else:
            char = whole[at]
            out += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
            at += 1
    assert matches(pattern, path) == bool(re.fullmatch(out, path))


@pytest.mark.parametrize(
    "pattern", ["*a" * 200, "**/" * 200 + "x", "{a,{b," * 80 + "c" + "}" * 160, "{" * 900, "[" * 900]
)
def test_hostile_patterns_take_no_time(pattern: str) -> None:
    assert not matches(pattern, "a" * 300 + "!")


@given(st.text("[]{}*?,\\!.-/a1", max_size=30), st.text("a1/.", max_size=12))
def test_any_pattern_has_an_answer(pattern: str, path: str) -> None:
    assert matches(pattern, path) in (True, False)


@given(st.text(max_size=80), st.text("ab/.", min_size=1, max_size=8))
def test_any_file_has_rules(source: str, path: str) -> None:
    assert isinstance(rules_for(path, [parse(source)]), Rules)


def test_near_files_and_late_sections_win() -> None:
    top = parse("root=true\n[*]\nindent_style=tab\nindent_size=8\nend_of_line=crlf\n[*.md]\nindent_size=2")
    inner = parse("[*.py]\nindent_style=space\nindent_size=unset\n", "src")
    files = [inner, top]
    assert rules_for("a.c", files) == Rules("tab", 8, 8, "\r\n")
    assert rules_for("a.md", files).indent_size == 2
    assert rules_for("src/x/a.py", files) == Rules("space", None, None, "\r\n")
    assert rules_for("srcx/a.py", files).indent_style == "tab"
    outer = parse("[*]\nend_of_line=lf")
    assert rules_for("src/a.py", [outer, parse("root=true\n[*]\ncharset=utf-8", "src")]) == Rules(
        charset="utf-8"
    )


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ("indent_style=tab", Rules("tab")),
        ("indent_style=tab\ntab_width=3", Rules("tab", 3, 3)),
        ("indent_style=space\nindent_size=tab\ntab_width=6", Rules("space", 6, 6)),
        ("indent_style=odd\nindent_size=-2\ntab_width=99999", Rules()),
        ("insert_final_newline=TRUE\ntrim_trailing_whitespace=false", Rules(insert_final_newline=True,
         trim_trailing_whitespace=False)),
        ("max_line_length=off", Rules()),
        ("max_line_length=88\nend_of_line=cr", Rules(end_of_line="\r", max_line_length=88)),
    ],
)  # fmt: skip
def test_values(lines: str, rules: Rules) -> None:
    assert rules_for("a", [parse(f"[*]\n{lines}")]) == rules


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a  \nb\t\r\n\n c", "a\nb\r\n\n c\n"),
        ("a\r\nb  ", "a\r\nb\r\n"),
        ("a\n  ", "a\n"),
        ("a\n", "a\n"),
        ("", ""),
        ("a\x0c \n", "a\x0c\n"),
    ],
)
def test_saving_tidies(source: str, expected: str) -> None:
    text = Text.of(source)
    changes = tidied(text, Rules(insert_final_newline=True, trim_trailing_whitespace=True))
    assert (text if changes is None else text.apply(changes)).encode() == expected.encode()


def test_nothing_to_tidy() -> None:
    assert tidied(Text.of("a \nb"), Rules()) is None
    assert tidied(Text.of("a\n"), Rules(insert_final_newline=True, trim_trailing_whitespace=True)) is None


def test_very_many_patterns_are_not_all_tried() -> None:
    section = f"[{'*?' * 400}]\nindent_size = 2\n"
    path = "a" * 250 + ".py"
    few, many = parse(f"[*]\nindent_size = 4\n{section}"), parse(f"[*]\nindent_size = 4\n{section * 900}")
    assert rules_for(path, [few]).indent_size == rules_for(path, [many]).indent_size == 4

    def cost(config: ConfigFile) -> float:
        began = time.process_time()
        rules_for(path, [config])
        return time.process_time() - began

    assert cost(many) < 200 * max(cost(few), 0.005)
