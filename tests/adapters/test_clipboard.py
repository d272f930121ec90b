"""Which program copies, that it gets the text and little else, and that nothing it does is felt."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_tui.adapters import clipboard
from spark_tui.adapters.clipboard import SystemClipboard, find_clipboard


def program(folder: Path, name: str, does: str = "cat >/dev/null") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o755)
    return file


def wait() -> None:
    for thread in threading.enumerate():
        if thread.name == "clipboard":
            thread.join()


@pytest.fixture(autouse=True)
def over() -> Iterator[None]:
    yield
    wait()


@pytest.mark.parametrize(
    ("env", "system", "name"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", "wl-copy"),
        ({"DISPLAY": ":0"}, "linux", "xclip"),
        ({}, "darwin", "pbcopy"),
        ({}, "linux", None),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "a 1 b 2"}, "linux", None),
        ({"SSH_CONNECTION": "a 1 b 2"}, "darwin", None),
    ],
)
def test_the_screen_decides_which_program_it_is(
    env: dict[str, str], system: str, name: str | None, tmp_path: Path
) -> None:
    for one in ("wl-copy", "xclip", "xsel", "pbcopy"):
        program(tmp_path / "bin", one)
    found = find_clipboard({**env, "PATH": str(tmp_path / "bin")}, str(tmp_path / "work"), system)
    assert (found and found[0]) == (name and str(tmp_path / "bin" / name))


def test_the_next_program_is_taken_where_one_is_missing(tmp_path: Path) -> None:
    program(tmp_path / "bin", "xsel")
    env = {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0", "PATH": f"{tmp_path}/none:{tmp_path}/bin"}
    assert find_clipboard(env, str(tmp_path / "work"), "linux") == (
        str(tmp_path / "bin" / "xsel"), "--clipboard", "--input",
    )  # fmt: skip


def test_a_program_of_the_workspace_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    inside = program(work, "xclip")
    monkeypatch.chdir(work)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "xclip").symlink_to(inside)
    for path in (str(work), "", ".", str(tmp_path / "bin")):
        assert find_clipboard({"DISPLAY": ":0", "PATH": path}, str(work), "linux") is None


def test_the_program_gets_the_text_and_little_of_the_environment(tmp_path: Path) -> None:
    file = program(tmp_path / "bin", "xclip", f'cat > "{tmp_path}/text"; env > "{tmp_path}/env"')
    keeper = SystemClipboard((str(file),), {"DISPLAY": ":7", "OPENAI_API_KEY": "canary", "PATH": "/x"})
    keeper.copy("é\n$(touch x)\ud800")
    wait()
    assert (tmp_path / "text").read_bytes() == "é\n$(touch x)?".encode()
    told = (tmp_path / "env").read_text()
    assert "DISPLAY=:7" in told and "canary" not in told and "PATH=/x" not in told


def test_copying_never_waits_and_the_newest_text_is_there_at_last(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    file = program(tmp_path / "bin", "xclip", f'cat >> "{tmp_path}/texts"; read line < "{tmp_path}/gate"')
    keeper = SystemClipboard((str(file),), {})
    gate = os.open(tmp_path / "gate", os.O_RDWR)
    try:
        for number in range(50):
            keeper.copy(f"{number};")
        # The program ends only now: were it waited for, it would be killed before.
        os.write(gate, b"go\n" * 50)
        wait()
    finally:
        os.close(gate)
    texts = (tmp_path / "texts").read_text()
    assert texts.endswith("49;") and texts.count(";") <= 2


def test_what_fails_stays_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "SECONDS", 0.05)
    for command in (
        (str(tmp_path / "gone"),),
        (str(program(tmp_path / "bin", "a", "exit 3")),),
        (str(program(tmp_path / "bin", "b", "exec sleep 60")),),
        (str(program(tmp_path / "bin", "c", "exec <&-; exit 0")),),
    ):
        keeper = SystemClipboard(command, {})
        keeper.copy("x" * 1_000_000)
        wait()
        assert not keeper._is_busy
