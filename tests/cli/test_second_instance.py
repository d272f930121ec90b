"""I20: of two programs on the same files the first writes; the second looks, says so, and leaves no trace."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from spark_tui.adapters.places import state_dir
from spark_tui.adapters.state_folder import StateFolder
from spark_tui.cli.arguments import parse
from spark_tui.cli.compose import build
from spark_tui.ports import PortError
from tests.e2e.places import fingerprint


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPARK_TUI_HOME", str(tmp_path / "home"))
    (tmp_path / "w" / "sub").mkdir(parents=True)
    for name in ("a", "sub/b"):
        (tmp_path / "w" / name).write_bytes(b"1\n")
    if shutil.which("git"):
        subprocess.run(["git", "init", "-q"], cwd=tmp_path / "w", check=True)
    return tmp_path / "w"


@pytest.mark.parametrize(("first", "second"), [("", ""), ("", "sub"), ("sub", "")])
async def test_the_second_one_only_looks(root: Path, first: str, second: str) -> None:
    holder = StateFolder.open(state_dir(), str(root / first))
    holder.claim()
    here = StateFolder.open(state_dir(), str(root / second)).path
    before = fingerprint(here)
    built = await build(str(root / second), parse([]))
    engine = built.engine
    sentences: list[str] = []
    engine.subscribe(lambda event: sentences.append(getattr(event, "sentence", "")))
    await engine.open()
    assert f"process {os.getpid()}" in engine.status.refusal
    assert engine.status.refusal in sentences
    path = "a" if second == "" else "b"
    await engine.workspace.open(path)
    buffer = engine.workspace.buffer(path)
    assert buffer is not None and buffer.read_only and buffer.note == engine.status.refusal
    with pytest.raises(PortError):
        await engine.workspace.open("new")
    await engine.close()
    await built.close()
    after = fingerprint(here)
    after.pop("lock", None)
    before.pop("lock", None)
    assert after == before, "no journal, no mirror, no log"
    assert not (here / "mirror.git").exists()
    holder.release()
    built = await build(str(root / second), parse([]))
    assert built.engine.status.refusal == ""
    await built.close()
