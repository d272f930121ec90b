"""The history as the index gets it: commits, files and words, and that nothing of the repository's choosing runs."""

import subprocess
from pathlib import Path

from spark_tui.adapters.git import Git, GitRepository, find_git


def _git(where: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(where), *arguments], check=True, capture_output=True)


def _commit(where: Path, message: str, **files: str) -> None:
    for name, text in files.items():
        path = where / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _git(where, "add", "-A")
    _git(where, "commit", "-q", "--allow-empty", "-m", message)


def _reader(root: Path) -> GitRepository:
    program = find_git("/usr/bin:/usr/local/bin:/bin", str(root))
    assert program is not None
    return GitRepository(str(root), Git(program))


async def test_commits_are_told_newest_first(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    _commit(tmp_path, "One\n\nwith a body", a="1", sub__b="1")
    _commit(tmp_path, "Two: größer", a="2")
    past = await _reader(tmp_path).past(10)
    assert [(one.message, one.paths) for one in past] == [
        ("Two: größer", ("a",)),
        ("One\n\nwith a body", ("a", "sub/b")),
    ]
    assert past[0].time >= past[1].time > 0
    assert len(await _reader(tmp_path).past(1)) == 1


async def test_names_with_odd_characters_and_merges(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q", "-b", "main")
    _commit(tmp_path, "One", a="1")
    (tmp_path / 'tab\t"quote\nbreak é').write_text("x")
    _commit(tmp_path, "Odd")
    _git(tmp_path, "checkout", "-q", "-b", "side")
    _commit(tmp_path, "Side", side="1")
    _git(tmp_path, "checkout", "-q", "main")
    _commit(tmp_path, "Main", main="1")
    _git(tmp_path, "merge", "-q", "--no-edit", "side")
    past = await _reader(tmp_path).past(10)
    assert {one.message for one in past} == {"One", "Odd", "Side", "Main"}
    assert ('tab\t"quote\nbreak é',) in [one.paths for one in past]


async def test_a_folder_of_the_repository_has_its_own_paths(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    _commit(tmp_path, "Both", a="1", sub__b="1")
    _commit(tmp_path, "Outside", a="2")
    assert [one.paths for one in await _reader(tmp_path / "sub").past(10)] == [("b",)]


async def test_no_history_is_an_empty_one(tmp_path: Path) -> None:
    assert await _reader(tmp_path).past(10) == ()
    _git(tmp_path, "init", "-q")
    assert await _reader(tmp_path).past(10) == ()
    assert await GitRepository(str(tmp_path), None).past(10) == ()


async def test_settings_of_the_repository_run_nothing(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    _commit(tmp_path, "One", a="1")
    trap = tmp_path / "trap"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch '{trap}'\n")
    script.chmod(0o755)
    for name in ("diff.external", "core.pager", "core.fsmonitor", "gpg.program", "diff.evil.textconv"):
        _git(tmp_path, "config", name, str(script))
    _git(tmp_path, "config", "log.showSignature", "true")
    (tmp_path / ".gitattributes").write_text("* diff=evil\n")
    assert len(await _reader(tmp_path).past(10)) == 1
    assert not trap.exists()
