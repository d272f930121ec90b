"""I1: one module starts git, nothing else starts anything by that name, and no word that destroys work is ever said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "spark_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))
GIT = "adapters/git/"
DESTROYERS = {
    "reset",
    "clean",
    "checkout",
    "restore",
    "stash",
    "checkout-index",
    "worktree",
    "rebase",
    "switch",
}
"""Commands of git that overwrite or remove files in bulk."""
STARTERS = {
    "adapters/git/command.py": "git",
    "adapters/outside_editor.py": "the person's editor",
    "adapters/rehearsal_process.py": "our own server",
}
"""Modules that start processes, and what."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """String constants of a module that are not docstrings."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def starts_processes(source: str) -> bool:
    """Whether a module can start a process at all."""
    ways = r"subprocess|create_subprocess_\w+|os\.(system|popen|fork\w*|exec\w+|spawn\w+|posix_spawn\w*)|pty\.\w+"
    return bool(
        re.search(
            rf"\b({ways})\b",
            "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("#")),
        )
    )


def test_the_word_search_finds_what_it_should() -> None:
    assert starts_processes("import subprocess") and starts_processes("os.execvp(a, b)")
    assert not starts_processes("process.wait()")


def test_one_module_starts_git_and_few_start_anything() -> None:
    found = {name_of(path) for path in MODULES if starts_processes(path.read_text())}
    known = set(STARTERS)
    # Checks are programs that the person asked for by name; they are started in one module too.
    others = {name for name in found - known if "git" in name or '"git"' in (PACKAGE / name).read_text()}
    assert known <= found and others == set()


def test_gitpython_sees_the_mirror_only() -> None:
    importing = [
        name_of(path)
        for path in MODULES
        if re.search(r"^\s*import git\b|\bgitpython\b", path.read_text(), re.M)
    ]
    assert importing == ["adapters/git/timeline.py"]


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path).startswith(GIT)], ids=name_of)
def test_no_word_that_destroys_work_is_said_to_git(path: Path) -> None:
    said = {(line, word) for line, text in strings(path) for word in text.split() if word in DESTROYERS}
    # `rebase` names a state of the person's repository in a sentence to them.
    assert {word for _, word in said} <= {"rebase"}
    assert not any(text in DESTROYERS or text.startswith("--hard") for _, text in strings(path))


def test_only_the_git_room_speaks_to_git() -> None:
    """Others hold the program and hand it on; they never call it with words."""
    calls = []
    for path in MODULES:
        if name_of(path).startswith(GIT):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = ast.unparse(node.func)
                if re.search(r"\b(git|personal)\.(run|check|spawn|talk|personal)$", target):
                    calls.append((name_of(path), target))
    assert calls == []
