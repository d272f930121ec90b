"""Which folder and which file a path on the command line opens."""

import os
import pwd
from pathlib import Path

import pytest

from spark_tui.adapters.places import cache_dir, config_dir, state_dir
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


@pytest.mark.parametrize("home", [{}, {"HOME": ""}, {"HOME": "not/absolute"}])
def test_without_a_home_in_the_environment_it_is_the_user_s(
    home: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert state_dir(home) == known / ".local/state/spark-tui"
    assert config_dir(home) == known / ".config/spark-tui"
    assert cache_dir({**home, "XDG_CACHE_HOME": "/c"}) == Path("/c/spark-tui")

    def nobody(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert state_dir(home) == Path("/.local/state/spark-tui"), "where hardly anybody may write"
