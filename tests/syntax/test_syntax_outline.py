"""The outline: which definitions a source has, where they stand and how deep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.syntax import LANGUAGES, SyntaxTree, outline

SOURCES = {
    "python": "class A:\n    def f(self): pass\n\n@x\nasync def g(): pass\n",
    "javascript": "class A { m() {} }\nfunction f() {}\nconst g = () => 1;\n",
    "typescript": "interface I { x: number }\nenum E { A }\ntype T = string;\nexport class A { m(): void {} }\n",
    "tsx": "export const App = () => <p/>;\nfunction f() {}\n",
    "rust": "struct S { x: u8 }\nimpl S { fn m(&self) {} }\nfn f() {}\nconst C: u8 = 1;\n",
    "go": "package p\ntype T struct{}\nfunc (t T) M() {}\nfunc F() {}\n",
    "c": "struct s { int x; };\nint f(void) { return 1; }\nchar *g(void) { return 0; }\n",
    "cpp": "namespace n { class A { void m() {} }; }\nint f() { return 1; }\n",
    "java": "class A { A() {} void m() {} }\n",
    "c_sharp": "namespace N { class A { void M() {} int P { get; } } }\n",
    "ruby": "module M\n  class A\n    def m; end\n  end\nend\n",
    "php": "<?php\nclass A { function m() {} }\nfunction f() {}\n",
    "bash": "f() { echo; }\n",
    "css": ".a { color: red; }\n",
    "toml": "[a]\nx = 1\n[[b.c]]\n",
    "markdown": "# One\n\ntext\n\n## Two\n\nThree\n=====\n",
}
EXPECTED = {
    "python": "class A 0, function f 1, function g 0",
    "javascript": "class A 0, method m 1, function f 0, function g 0",
    "typescript": "interface I 0, enum E 0, type T 0, class A 0, method m 1",
    "tsx": "function App 0, function f 0",
    "rust": "struct S 0, impl S 0, function m 1, function f 0, constant C 0",
    "go": "type T 0, method M 0, function F 0",
    "c": "struct s 0, function f 0, function g 0",
    "cpp": "namespace n 0, class A 1, function m 2, function f 0",
    "java": "class A 0, constructor A 1, method m 1",
    "c_sharp": "namespace N 0, class A 1, method M 2, property P 2",
    "ruby": "module M 0, class A 1, method m 2",
    "php": "class A 0, method m 1, function f 0",
    "bash": "function f 0",
    "css": "rule .a 0",
    "toml": "table a 0, table b.c 0",
    "markdown": "heading One 0, heading Two 1, heading Three 2",
}


@pytest.mark.parametrize("language", SOURCES)
def test_definitions_by_language(language: str) -> None:
    found = outline(language, SOURCES[language].split("\n"))
    assert ", ".join(f"{one.kind} {one.name} {one.depth}" for one in found) == EXPECTED[language]
    for one in found:
        line = SOURCES[language].split("\n")[one.line]
        assert line[one.column :].startswith(one.name)
        assert one.line <= one.end_line


def test_columns_are_code_points() -> None:
    (found,) = outline("javascript", ["/* größe 漢字 */ function f() {}"])
    assert (found.column, found.name) == (24, "f")


def test_languages_without_definitions_have_none() -> None:
    for language in (None, "cobol", "json"):
        assert outline(language, ["{}"]) == ()


@given(st.text(max_size=60), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_has_some_outline(source: str, language: str) -> None:
    lines = source.split("\n")
    for one in outline(language, lines):
        assert lines[one.line][one.column :].startswith(one.name)


def test_a_tree_tells_its_outline_once_it_is_parsed() -> None:
    lines = SOURCES["python"].split("\n")
    tree = SyntaxTree("python", lambda start, stop: lines[start:stop])
    assert tree.outline() is None
    tree.parse()
    assert tree.outline() == outline("python", lines)
    lines[0] = "class B:"
    tree.edit(0, 6, 0, 7, 0, 7)
    assert tree.outline() is None
    tree.parse()
    assert [one.name for one in tree.outline() or ()] == ["B", "f", "g"]
