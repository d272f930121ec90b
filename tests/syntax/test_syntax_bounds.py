"""Hostile sources: what ended the process of the grammars, and what made it think for minutes, does neither."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_tui.syntax import FaultFinder, SyntaxTree, bounds, outline, parse_source, skeleton, source_facts
from spark_tui.syntax.bounds import is_beyond

DEEP_YAML = [
    "- " * 300,
    "? " * 300,
    "\n".join(" " * depth + "a:" for depth in range(300)),
    "--- " + "- " * 300,
]
DEEP_PYTHON = [
    "\n".join(" " * depth + "if 1:" for depth in range(600)) + "\n" + " " * 600 + "'a'",
    "\n".join("\t" * depth + "if 1:" for depth in range(600)) + "\n" + "\t" * 600 + "'a'",
    "if 1:\n" + "  \\\n" * 300 + "  'a'",
    "x\n\f" + " " * 600 + "'a'",
    "if 1:\n" + " " * 101 + "\\\n" + " " * 400 + "'a'",
]
HOSTILE = [("yaml", source) for source in DEEP_YAML] + [("python", source) for source in DEEP_PYTHON]


def tree_of(language: str, source: str) -> SyntaxTree:
    rows = source.split("\n")
    return SyntaxTree(language, lambda start, stop: rows[start:stop])


@pytest.mark.parametrize(("language", "source"), HOSTILE)
def test_what_a_grammar_can_not_take_is_not_parsed_by_any_way(language: str, source: str) -> None:
    """Were it parsed, the process would end here."""
    assert is_beyond(language, source.encode())
    tree, rows = tree_of(language, source), source.split("\n")
    assert tree.parse() and tree.too_large and tree.highlights(0, 600) == {} and tree.outline() is None
    assert FaultFinder(language).faults(source.encode(), 5.0) is None
    assert outline(language, rows) == () and source_facts(language, rows).definitions == ()
    skeleton(language, rows)
    parse_source(language, rows)
    fence = tree_of("markdown", f"```{language}\n{source}\n```\n")
    assert fence.parse()
    fence.highlights(0, 900)


def test_it_is_noticed_too_when_it_is_typed() -> None:
    rows = ["a: 1", *["b: 2"] * 200]
    tree = SyntaxTree("yaml", lambda start, stop: rows[start:stop])
    said = [(tree.parse(), tree.too_large, bool(tree.highlights(0, 1)))]
    rows[150] = "- " * 300
    tree.edit(150, 0, 150, 4, 150, 600)
    said.append((tree.parse(), tree.too_large, bool(tree.highlights(0, 1))))
    rows[150] = "c: 3"
    tree.reset()
    said.append((tree.parse(), tree.too_large, bool(tree.highlights(0, 1))))
    assert said == [(True, False, True), (True, True, False), (True, False, True)]


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("yaml", "\n".join("  " * depth + "a:" for depth in range(50))),
        ("yaml", "a: >\n  " + "some - words: and ? others - " * 100),
        ("yaml", "-" * 500 + "\n" + ":" * 500),
        ("python", "\n".join("    " * depth + "if 1:" for depth in range(50)) + "\n" + " " * 390 + "pass"),
        ("python", "x = 1 + \\\n    2 + \\\n    3"),
        ("python", '"""' + "\n".join(" " * 120 + "art" for _ in range(100)) + '"""'),
    ],
)
def test_what_people_write_is_parsed(language: str, source: str) -> None:
    assert not is_beyond(language, source.encode())


_QUESTIONS = """
import sys
from spark_tui.syntax import SyntaxTree, outline
language, source = sys.argv[1], sys.argv[2] * 400_000
tree = SyntaxTree(language, lambda start, stop: [source][start:stop])
while not tree.parse(0.05):
    pass
for _ in range(40):  # Where others take the processor, a question or two are not enough to tell.
    tree.highlights(0, 40)
tree.outline()
print(tree.too_large)
"""


@pytest.mark.parametrize(("language", "unit"), [("json", "["), ("javascript", "{")])
def test_brackets_that_are_never_closed_cost_a_moment(language: str, unit: str) -> None:
    """Without a limit they cost minutes each time."""
    done = subprocess.run(
        [sys.executable, "-c", _QUESTIONS, language, unit],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert done.stdout == "True\n"


_BITS = st.sampled_from(
    [b" ", b" " * 30, b"\t", b"\t" * 49, b"\\", b"\n", b"\r", b"\f", b"x", b"\\\n", b"\\\r\n"]
)


@given(st.lists(_BITS, max_size=30).map(b"".join))
def test_what_is_told_quickly_is_what_a_closer_look_tells(source: bytes) -> None:
    deep = [found[1] for found in bounds._INDENT.finditer(source)]
    continued = [found[1] for found in bounds._CONTINUED.finditer(source)]
    closer = (
        bounds._CONTINUED_TWICE.search(source) is not None
        or any(bounds._width(blanks) > bounds._DEEPEST_INDENT for blanks in deep)
        or any(bounds._width(blanks) > bounds._DEEPEST_CONTINUED for blanks in continued)
    )
    assert is_beyond("python", source) == closer
