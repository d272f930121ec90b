"""Which folder and which file a path on the command line opens."""

import os
from pathlib import Path

import pytest

from spark_tui.cli.commands import _place


def test_a_tilde_that_no_shell_has_expanded_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    for folder in (home, here):
        folder.mkdir()
    (home / "x.py").write_text("")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(here)
    real = os.path.realpath(home)
    assert _place("~/x.py") == (real, "x.py", "")
    assert _place("~") == (real, "", "")
    assert "does not exist" in _place("~/no.py")[2]
    assert os.listdir(here) == []
