"""What is started, and what it is told: keys of models stay with us."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from spark_tui.adapters.programs import find_program, own_environment
from spark_tui.adapters.rehearsal_process import RehearsalProcess
from spark_tui.adapters.repo_index import RepoIndex
from spark_tui.adapters.text_search import ProcessSearch
from spark_tui.core.search import FileHits, Sought

CANARY = "canary-of-a-key-0123456789"


def make(program: Path, mode: int = 0o755) -> str:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(mode)
    return str(program)


def test_a_program_is_found_where_the_person_has_it_and_never_in_the_workspace(tmp_path: Path) -> None:
    work, theirs = tmp_path / "work", make(tmp_path / "bin" / "tool")
    make(work / "bin" / "tool")
    make(tmp_path / "data" / "tool", 0o644)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "tool").symlink_to(work / "bin" / "tool")
    places = [
        ".",
        "bin",
        "",
        str(work / "bin"),
        str(tmp_path / "linked"),
        str(tmp_path / "data"),
        str(tmp_path / "bin"),
    ]
    assert find_program("tool", os.pathsep.join(places), str(work)) == theirs
    assert find_program("tool", os.pathsep.join(places[:-1]), str(work)) is None


def test_a_process_of_ours_is_told_no_key_and_no_relative_place(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "HOUSE_KEY", "SSH_AUTH_SOCK", "LD_PRELOAD"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "relative", "/absolute"]))
    told = own_environment()
    assert CANARY not in told.values()
    places = told["PYTHONPATH"].split(os.pathsep)
    assert "/absolute" in places and all(map(os.path.isabs, places))


def surroundings_of_children() -> list[bytes]:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [Path(f"/proc/{child}/environ").read_bytes() for child in children]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
async def test_no_child_has_a_key_in_its_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    (tmp_path / "a.py").write_text("needle\n")
    index, server = RepoIndex(str(tmp_path), None), RehearsalProcess()
    search = ProcessSearch(str(tmp_path)).search(Sought("needle"), ["a.py"], {})
    await index.start(lambda progress: None)
    await index.list_files(["a.py"], ())
    await server.start()
    try:
        assert isinstance(await anext(search), FileHits)
        told = surroundings_of_children()
        assert len(told) >= 3 and not any(CANARY.encode() in one for one in told)
        assert all(b"PYTHONPATH=" in one for one in told)
    finally:
        await search.aclose()  # type: ignore[attr-defined]
        await asyncio.gather(index.close(), server.stop())
