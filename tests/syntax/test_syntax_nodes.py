"""The node API: texts and positions in code points, whatever the characters."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.syntax import Node, Source, parse_source


def parsed(language: str, lines: list[str]) -> Source:
    """Parse what can be parsed."""
    source = parse_source(language, lines)
    assert source is not None
    return source


def there(node: Node | None) -> Node:
    """A node that has to be there."""
    assert node is not None
    return node


def test_nodes_tell_texts_and_places() -> None:
    source = parsed("python", ['é = "😀"', "def f(x):", "    return x"])
    string = next(source.walk(lambda kind: kind == "string"))
    assert (string.text, string.start, string.end) == ('"😀"', (0, 4), (0, 7))
    function = next(source.walk(lambda kind: kind == "function_definition"))
    assert there(function.field("name")).text == "f"
    assert function.text == "def f(x):\n    return x"
    assert [node.kind for node in there(function.field("parameters")).ancestors()] == [
        "function_definition",
        "module",
    ]
    assert [child.kind for child in function.children] == ["def", "identifier", "parameters", ":", "block"]
    assert there(function.previous).kind == "expression_statement"
    assert function.following is None
    assert not source.root.is_broken


def test_walks_agree() -> None:
    source = parsed("javascript", ["function f(a) { return `x${a}`; }"])
    assert [node.start for node in source.walk()] == [node.start for node in source.root.walk()]
    assert len(list(source.walk(lambda kind: kind == "identifier"))) == 3


def test_no_grammar_no_source() -> None:
    assert parse_source("cobol", ["x"]) is None
    assert parse_source(None, ["x"]) is None


@given(st.lists(st.text(max_size=20).map(lambda text: text.replace("\n", "")), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_the_root_of_any_source_can_be_walked(lines: Any) -> None:
    source = parsed("python", lines)
    for node in source.walk():
        assert node.start <= node.end
        assert isinstance(node.text, str)
