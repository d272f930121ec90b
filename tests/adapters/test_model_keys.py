"""Keys are found in three places, and written down in none."""

import os
import sys
import types
from pathlib import Path

import pytest

from spark_tui.adapters.model_keys import Keys


def keys_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "keys"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_the_environment_comes_first(tmp_path: Path) -> None:
    keys_file(tmp_path, "# mine\nA_KEY = from-file\nB_KEY=b\n\n")
    keys = Keys(tmp_path, {"A_KEY": " from-environment\n"})
    assert [keys.find(name) for name in ("A_KEY", "B_KEY", "C_KEY", "")] == ["from-environment", "b", "", ""]
    assert sorted(keys.known()) == ["b", "from-environment"]
    assert "from" not in repr(keys) and keys.note == ""


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_may_read_is_not_used(mode: int, tmp_path: Path) -> None:
    file = keys_file(tmp_path, "A_KEY=secret", mode)
    keys = Keys(tmp_path, {})
    assert keys.find("A_KEY") == ""
    assert keys.note == f"{file} is not used: it must be yours alone (chmod 600)"
    file.chmod(0o600)
    assert keys.find("A_KEY") == "secret"
    assert keys.note == ""


def test_neither_links_nor_pipes_are_followed(tmp_path: Path) -> None:
    keys_file(tmp_path, "A_KEY=secret")
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "keys").symlink_to(tmp_path / "keys")
    linked = Keys(beside, {})
    assert linked.find("A_KEY") == "" and linked.note.endswith("it must be a small file, and no link")
    piped = tmp_path / "piped"
    piped.mkdir()
    os.mkfifo(piped / "keys", 0o600)
    assert Keys(piped, {}).find("A_KEY") == ""
    assert Keys(tmp_path / "missing", {}).find("A_KEY") == ""


def test_a_keyring_is_asked_if_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class KeyringError(Exception):
        pass

    def get_password(service: str, name: str) -> str | None:
        if name == "LOCKED":
            raise KeyringError
        return f"{service}/{name}" if name == "A_KEY" else None

    keyring, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    keyring.get_password = get_password  # type: ignore[attr-defined]
    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    keys = Keys(tmp_path, {})
    assert [keys.find(name) for name in ("A_KEY", "B_KEY", "LOCKED")] == ["spark-tui/A_KEY", "", ""]
