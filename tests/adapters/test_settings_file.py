"""The settings file on a real disk, and where it is looked for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from spark_tui.adapters.places import config_dir, state_dir
from spark_tui.adapters.settings_file import load_settings
from spark_tui.ports import SettingsWrong


def test_places_follow_xdg_and_the_own_variable(tmp_path: Path) -> None:
    assert config_dir({"XDG_CONFIG_HOME": "/c"}) == Path("/c/spark-tui")
    assert state_dir({"XDG_STATE_HOME": "/s"}) == Path("/s/spark-tui")
    assert config_dir({"XDG_CONFIG_HOME": "relative", "HOME": "/h"}) == Path("/h/.config/spark-tui")
    assert config_dir({"SPARK_TUI_HOME": str(tmp_path)}) == tmp_path / "config"
    assert state_dir({"SPARK_TUI_HOME": str(tmp_path)}) == tmp_path / "state"


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).lane("fast").provider.name == "rehearsal"
    assert load_settings(tmp_path, {"OPENAI_API_KEY": "k"}).lane("fast").provider.name == "openai"


def test_a_real_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'theme = "spark-light"\n[providers.mine]\nbase_url = "http://127.0.0.1:1/v1"\nenv_key = "MINE"\n'
        '[models.quick]\nprovider = "mine"\nslug = "q"\n[lanes]\nfast = "quick"\n'
    )
    settings = load_settings(tmp_path, {})
    assert (settings.theme, settings.lane("fast").provider.env_key) == ("spark-light", "MINE")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"theme = ", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
        (b"them = 'x'", "them: unknown key, did you mean theme?"),
        (b"a = " + b"[" * 5000, "not valid TOML"),
        (b"a = " + b"{b=" * 5000, "not valid TOML"),
        (b"theme = 'x\0y'", "not valid TOML"),
        (b"debt_limit = " + b"9" * 5000, "not valid TOML"),
        (b"#" * (2 << 20), "can't be read: larger than"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "config.toml").write_bytes(content)
    with pytest.raises(SettingsWrong) as caught:
        load_settings(tmp_path, {})
    assert str(tmp_path / "config.toml") in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda place: os.symlink("/dev/zero", place)])
def test_what_is_no_file_in_place_of_the_file_is_named(tmp_path: Path, make: Callable[[str], None]) -> None:
    make(str(tmp_path / "config.toml"))
    with pytest.raises(SettingsWrong, match="can't be read"):
        load_settings(tmp_path, {})


def test_keys_of_other_places_count_too(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).lanes["fast"] == "rehearsal"
    assert load_settings(tmp_path, {}, has_key=lambda name: name == "OPENAI_API_KEY").lanes["fast"] == "spark"
    assert (
        load_settings(tmp_path, {}, has_key=lambda name: name == "CEREBRAS_API_KEY").lanes["deep"]
        == "gpt-oss"
    )
