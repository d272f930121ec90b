"""Facts and skeletons of sources: what each language tells, and that nothing in a file can make them fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.repo import Kept, skeleton_text
from spark_tui.syntax import LANGUAGES, SourceFacts, skeleton, source_facts

SOURCES = {
    "python": (
        '"""Doc."""\nimport os\nfrom a.b import c\n\nLIMIT = 3\n\n\nclass Box(Base):\n    """A box."""\n\n'
        "    size = 1\n\n    @property\n    def area(self, unit=None):\n        x = helper(self.size)\n"
        "        return x\n\n\ndef main():\n    box = Box()\n    return box.area\n"
    ),
    "javascript": (
        "const a = require('./a');\nclass Box extends Base {\n  area(unit) {\n    return helper(unit);\n  }\n}\n"
        "res.send = function send(body) {\n  body.x();\n  return 1;\n};\nexport function main() {\n  new Box();\n}\n"
    ),
    "typescript": (
        "import { a } from './a';\nexport interface Shape {\n  size: number;\n  area(): number;\n}\n"
        "export class Box implements Shape {\n  size = 1;\n  area(): number {\n    return helper(this.size);\n  }\n}\n"
        "type Pair = [Box, Box];\nenum Kind { A }\n"
    ),
    "tsx": "export const App = () => {\n  const x = helper();\n  return <Box size={x}/>;\n};\n",
    "rust": (
        "use crate::shape::Shape;\npub struct Box {\n    pub size: u32,\n}\nimpl Shape for Box {\n"
        "    fn area(&self) -> u32 {\n        helper(self.size);\n        self.size\n    }\n}\nconst LIMIT: u32 = 3;\n"
    ),
    "go": (
        'package p\n\nimport "fmt"\n\ntype Box struct {\n\tSize int\n}\n\nfunc (b *Box) Area() int {\n'
        "\tfmt.Println(b)\n\treturn helper(b.Size)\n}\n\nconst Limit = 3\n"
    ),
    "c": (
        '#include "box.h"\n#define LIMIT 3\ntypedef struct box { int size; } box_t;\nint helper(int);\n'
        "static int area(box_t *b) {\n  int x = helper(b->size);\n  return x;\n}\n"
    ),
    "cpp": (
        '#include "box.h"\nnamespace shapes {\nclass Box : public Shape {\n public:\n  int area() const;\n'
        "  int size() {\n    return helper(1);\n  }\n};\n}\nint shapes::Box::area() const {\n  return 1;\n}\n"
    ),
    "java": (
        "import a.Shape;\npublic class Box extends Shape {\n  private int size = 1;\n  public int area() {\n"
        "    int x = helper(size);\n    return x;\n  }\n}\n"
    ),
    "c_sharp": (
        "using A.B;\nnamespace N {\n  public class Box : Shape {\n    public int Size { get; set; }\n"
        "    public int Area() {\n      var x = Helper(Size);\n      return x;\n    }\n  }\n}\n"
    ),
    "ruby": (
        "require 'shape'\nclass Box < Shape\n  LIMIT = 3\n  def area(unit)\n    x = helper(unit)\n    x\n  end\nend\n"
    ),
    "php": (
        "<?php\nuse A\\Shape;\nclass Box extends Shape {\n  const LIMIT = 3;\n  function area() {\n"
        "    $x = helper($this->size);\n    return $x;\n  }\n}\n"
    ),
    "bash": 'LIMIT=3\narea() {\n  helper "$1"\n  echo done\n  echo more\n}\narea 1\necho end\necho end\n',
    "html": '<html>\n<body>\n<div id="box">\n<p>one</p>\n<p>two</p>\n</div>\n</body>\n</html>\n',
    "css": ".box {\n  color: red;\n  margin: 0;\n}\n#main {\n  top: 0;\n  left: 0;\n}\n",
    "json": '{\n  "box": {\n    "size": [\n      1,\n      2,\n      3\n    ]\n  }\n}\n',
    "toml": "title = 1\n# a comment\n[box]\n# more\n# more\nsize = 1\n",
    "yaml": "box:\n  size:\n    - 1\n    - 2\n    - 3\n    - 4\n",
    "markdown": "# Box\n\ntext\ntext\n\n## Area\n\nmore\nmore\n",
    "sql": (
        "CREATE TABLE box (\n  id int PRIMARY KEY,\n  size int\n);\nCREATE VIEW areas AS\n  SELECT size\n  FROM box;\n"
    ),
}
NAMED = {
    "python": {"LIMIT", "Box", "size", "area", "main"},
    "javascript": {"Box", "area", "send", "main"},
    "typescript": {"Shape", "area", "Box", "Pair", "Kind"},
    "tsx": {"App"},
    "rust": {"Box", "area", "LIMIT"},
    "go": {"Box", "Area", "Limit"},
    "c": {"LIMIT", "box", "box_t", "helper", "area"},
    "cpp": {"shapes", "Box", "area", "size"},
    "java": {"Box", "size", "area"},
    "c_sharp": {"N", "Box", "Size", "Area"},
    "ruby": {"Box", "LIMIT", "area"},
    "php": {"Box", "LIMIT", "area"},
    "bash": {"LIMIT", "area"},
    "html": {"box"},
    "css": {".box", "#main"},
    "json": {"box", "size"},
    "toml": {"title", "box", "size"},
    "yaml": {"box", "size"},
    "markdown": {"Box", "Area"},
    "sql": {"box", "areas"},
}
USED = {
    "python": "helper", "javascript": "helper", "typescript": "helper", "tsx": "Box", "rust": "helper",
    "go": "helper", "c": "helper", "cpp": "helper", "java": "helper", "c_sharp": "Helper", "ruby": "helper",
    "php": "helper", "bash": "helper", "sql": "box",
}  # fmt: skip
IMPORTED = {
    "python": ("os", "a.b"), "javascript": ("./a",), "typescript": ("./a",), "rust": ("crate::shape::Shape",),
    "go": ("fmt",), "c": ("box.h",), "cpp": ("box.h",), "java": ("a.Shape",), "c_sharp": ("A.B",),
    "ruby": ("shape",), "php": ("A\\Shape",),
}  # fmt: skip


def _lines(source: str) -> list[str]:
    return source.split("\n")


def test_every_language_is_looked_at() -> None:
    assert SOURCES.keys() == LANGUAGES.keys() == NAMED.keys()


@pytest.mark.parametrize("language", SOURCES)
def test_definitions_references_and_imports(language: str) -> None:
    found = source_facts(language, _lines(SOURCES[language]))
    assert {one.name for one in found.definitions} >= NAMED[language]
    for one in found.definitions:
        assert one.name in _lines(SOURCES[language])[one.line]
        assert one.signature == _lines(SOURCES[language])[one.line].strip()
        assert one.line <= one.end_line < len(_lines(SOURCES[language]))
    if language in USED:
        assert (found.references or {})[USED[language]] >= 1
    assert found.imports == IMPORTED.get(language, ())


@pytest.mark.parametrize("language", sorted(SOURCES.keys() - {"css", "toml"}))
def test_a_skeleton_keeps_what_is_declared_and_drops_what_is_done(language: str) -> None:
    lines = _lines(SOURCES[language])
    text = skeleton_text(lines, skeleton(language, lines))
    for name in NAMED[language] - {"size", "box_t"}:
        assert name in text
    for body in ("return", "echo", "Println", "helper(self", "more", "SELECT"):
        assert body not in text
    assert "…" in text


def test_a_skeleton_in_python() -> None:
    lines = _lines(SOURCES["python"])
    assert skeleton_text(lines, skeleton("python", lines)) == (
        "…\nLIMIT = 3\nclass Box(Base):\n"
        '    """A box."""\n'
        "    size = 1\n    @property\n    def area(self, unit=None):\n…\ndef main():\n…\n"
    )


def test_parents_and_kinds() -> None:
    found = source_facts("python", _lines(SOURCES["python"]))
    (area,) = [one for one in found.definitions if one.name == "area"]
    assert (area.kind, area.parent) == ("function", "Box")


def test_text_without_a_grammar_has_headings_and_first_lines() -> None:
    lines = ["Title", "=====", "", *["words"] * 30, "", "Part", "----", *["more"] * 30, ""]
    found = source_facts(None, lines)
    assert [(one.name, one.line, one.end_line) for one in found.definitions] == [
        ("Title", 0, 33),
        ("Part", 34, 66),
    ]
    assert found.references is None
    assert "Part\n" in skeleton_text(lines, found.skeleton)


def test_a_short_text_has_no_skeleton() -> None:
    assert source_facts(None, ["one", ""]) == SourceFacts()
    assert skeleton("python", ["x = 1", ""]) == ()


@st.composite
def _sources(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A source of some language that is cut, shuffled and sprinkled with foreign bytes."""
    language = draw(st.sampled_from(sorted(SOURCES)))
    text = SOURCES[draw(st.sampled_from(sorted(SOURCES)))] if draw(st.booleans()) else SOURCES[language]
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        junk = draw(
            st.text(max_size=6) | st.sampled_from(["{", "}", '"""', "/*", "<", "\0", "\udcff", "é𝄞", "(("])
        )
        text = text[:at] + junk + text[at + draw(st.integers(0, 30)) :]
    return language, text.replace("\r", "").split("\n")


def _holds(kept: Kept, lines: list[str]) -> None:
    end = -1
    for first, after in kept:
        assert end < first < after <= len(lines)
        end = after
    rows = [row for row in skeleton_text(lines, kept).split("\n")[:-1] if row != "…"] if kept else []
    whole = iter(lines)
    assert all(any(line == row for line in whole) for row in rows), "not whole lines in order"


@given(_sources())
def test_skeletons_are_whole_lines_in_order_whatever_is_broken(made: tuple[str, list[str]]) -> None:
    language, lines = made
    found = source_facts(language, lines)
    _holds(found.skeleton, lines)
    assert found.skeleton == skeleton(language, lines)
    assert sum(after - first for first, after in found.skeleton) <= len(lines)
    for one in found.definitions:
        assert 0 <= one.line < len(lines) and one.line <= one.end_line and one.name


@given(st.sampled_from([*sorted(LANGUAGES), "cobol", None]), st.binary(max_size=300))
def test_random_bytes_never_fail(language: str | None, data: bytes) -> None:
    lines = data.decode("latin-1").replace("\r", "").split("\n")
    found = source_facts(language, lines)
    _holds(found.skeleton, lines)


@pytest.mark.nightly
@settings(max_examples=3000)
@given(_sources())
def test_many_broken_sources(made: tuple[str, list[str]]) -> None:
    language, lines = made
    _holds(source_facts(language, lines).skeleton, lines)


def test_facts_are_the_same_every_time() -> None:
    for language, source in SOURCES.items():
        first = source_facts(language, _lines(source))
        again = source_facts(language, _lines(source))
        assert first == again
        assert list(first.references or {}) == list(again.references or {})


def test_very_deep_nesting_is_no_trouble() -> None:
    lines = [" " * depth + f"class C{depth}:" for depth in range(400)]
    assert len(source_facts("python", lines).definitions) == 400
    assert source_facts("json", ["[" * 5000]).definitions == ()
