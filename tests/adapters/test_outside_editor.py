"""The person's own editor gets a file of the right name, and what it leaves is read back."""

from pathlib import Path

import pytest

from spark_tui.adapters.outside_editor import EditorFailed, edit_outside


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """An editor that notes the file it was given, and does what the rest of its words say."""
    program = tmp_path / "my editor"
    program.write_text(f'#!/bin/sh\nfor file; do :; done\nbasename "$file" > "{tmp_path}/name"\neval "$1"\n')
    program.chmod(0o755)
    return program


def env(script: Path, does: str) -> dict[str, str]:
    return {"VISUAL": f"'{script}' '{does}'", "EDITOR": "false", "PATH": "/usr/bin:/bin"}


def test_what_the_editor_writes_comes_back(script: Path, tmp_path: Path) -> None:
    edited = edit_outside("one\n", "src/pay/a b.py", env(script, 'printf "two\\r\\nü" >> "$file"'))
    assert edited == "one\ntwo\nü"
    assert (tmp_path / "name").read_text() == "a b.py\n"


def test_a_text_left_as_it_is_is_no_change(script: Path) -> None:
    assert edit_outside("one\n", "a.py", env(script, "true")) is None


@pytest.mark.parametrize("does", ["exit 3", 'rm "$file"', 'printf "\\377" > "$file"'])
def test_an_editor_that_fails_changes_nothing(script: Path, does: str) -> None:
    with pytest.raises(EditorFailed):
        edit_outside("one\n", "a.py", env(script, does))


def test_an_editor_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(EditorFailed, match="there is no editor nowhere-to-be-found"):
        edit_outside("one\n", "a.py", {"EDITOR": "nowhere-to-be-found", "PATH": "/usr/bin"})


@pytest.mark.parametrize("named", ["vim '", "\0", "'' x", "/dev/null", "/"])
def test_what_is_no_editor_is_a_sentence(named: str) -> None:
    with pytest.raises(EditorFailed):
        edit_outside("one\n", "a.py", {"EDITOR": named, "PATH": "/nowhere"})


def test_a_name_that_no_disk_takes_is_a_sentence() -> None:
    with pytest.raises(EditorFailed, match="can't be handed over"):
        edit_outside("one\n", "a" * 300, {"EDITOR": "true"})
