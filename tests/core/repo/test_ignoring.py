"""Ignore rules: the same verdicts as git's own."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.core.repo.ignoring import Ignoring


@pytest.mark.parametrize(
    ("rules", "path", "hidden"),
    [
        ("*.log", "a.log", True),
        ("*.log", "deep/er/a.log", True),
        ("/a.log", "deep/a.log", False),
        ("build/", "build/x/y.py", True),
        ("build/", "src/build/y.py", True),
        ("build/", "build", False),
        ("docs/*.md", "docs/a.md", True),
        ("docs/*.md", "docs/x/a.md", False),
        ("docs/**/a.md", "docs/x/y/a.md", True),
        ("docs/**", "docs/x/y/a.md", True),
        ("**/tmp", "a/b/tmp/c", True),
        ("*.log\n!keep.log", "keep.log", False),
        ("build/\n!build/keep.py", "build/keep.py", True),
        ("a?c", "abc", True),
        ("a[bx]c", "axc", True),
        ("a[!bx]c", "axc", False),
        ("\\#a", "#a", True),
        ("# a", "a", False),
        ("a\\ ", "a ", True),
        ("[", "[", False),
        ("\r\n*.pyc\r\n", "a.pyc", True),
    ],
)
def test_rules(rules: str, path: str, hidden: bool) -> None:
    assert Ignoring({"": rules}).hides(path) is hidden


def test_a_deeper_file_overrules() -> None:
    rules = Ignoring({"": "*.log\n", "keep": "!*.log\n", "keep/not": "secret.log"})
    assert rules.hides("a.log")
    assert not rules.hides("keep/a.log")
    assert rules.hides("keep/not/secret.log")
    assert rules.visible(["a.log", "a.py", "keep/a.log"]) == ["a.py", "keep/a.log"]
    assert Ignoring({}).visible(["a"]) == ["a"]


_name = st.sampled_from(["a", "b", "ab", "a.log", "b.log", "[x]", "#a"])
_paths = st.lists(_name, min_size=1, max_size=3).map("/".join)
_part = st.sampled_from(["*", "a", "b", "?b", "*.log", "**", "[ab]", "a*", "[!a]", "\\#a"])
_rule = st.builds(
    lambda negated, rooted, parts, folder: f"{'!' * negated}{'/' * rooted}{'/'.join(parts)}{'/' * folder}",
    st.booleans(),
    st.booleans(),
    st.lists(_part, min_size=1, max_size=3),
    st.booleans(),
)


@settings(max_examples=40)
@given(st.lists(_rule, min_size=1, max_size=5), st.lists(_paths, min_size=1, max_size=8, unique=True))
def test_verdicts_are_gits(
    tmp_path_factory: pytest.TempPathFactory, rules: list[str], paths: list[str]
) -> None:
    place = tmp_path_factory.mktemp("ignoring")
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    there = _make(place, paths)
    (place / ".gitignore").write_text("\n".join(rules))
    asked = subprocess.run(
        ["git", "-C", str(place), "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(there).encode(), capture_output=True, check=False,
    )  # fmt: skip
    hidden = set(asked.stdout.decode().split("\0")) - {""}
    rules_ = Ignoring({"": "\n".join(rules)})
    assert {path for path in there if rules_.hides(path)} == hidden


def _make(place: Path, paths: list[str]) -> list[str]:
    made = []
    for path in paths:
        whole = place / path
        if any((place / part).is_file() for part in Path(path).parents if str(part) != "."):
            continue
        if whole.exists():
            continue
        os.makedirs(whole.parent, exist_ok=True)
        whole.write_text("")
        made.append(path)
    return made


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("*a" * 30 + "*b", "a" * 250),
        ("**/a/" * 30 + "b", "a/" * 1000 + "c"),
        ("*a/*a/" * 10 + "*b", "aaaaaaaaaaaaaaaaaaaa/" * 50 + "c"),
        ("?*" * 60 + "b", "a" * 250),
        ("[a-z]*" * 60 + "[!a-z]", "a" * 250),
        ("a/" * 200 + "**", "a/" * 2000 + "c"),
    ],
)
def test_no_rule_takes_longer_than_a_path_is_worth(rule: str, path: str) -> None:
    """Of ordinary expressions these would not be done with before the universe is."""
    assert Ignoring({"": rule}).visible([path]) == ([] if rule.endswith("**") else [path])


def test_folders_may_be_as_deep_as_they_like() -> None:
    deep = "/".join(["d"] * 2000)
    rules = Ignoring({"": "*.log", "d/d": "!keep.log", deep: "x.py"})
    assert rules.visible([f"{deep}/{name}" for name in ("a.log", "keep.log", "x.py")]) == [f"{deep}/keep.log"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("rule", "path", "hidden"),
    [
        ("[a--z]", "a", False), ("[a&&b]", "&", True), ("[||x]", "|", True), ("[[x]", "[", True), ("[+--]", ",", True),
        ("[~~]", "~", True), ("[z-a]", "z", False), ("[]-a]", "]", True), ("[a-]", "-", True), ("[\\]", "\\", True),
    ],
)  # fmt: skip
def test_any_signs_may_stand_in_brackets(rule: str, path: str, hidden: bool) -> None:
    assert Ignoring({"": rule}).hides(path) is hidden
