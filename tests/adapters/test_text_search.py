"""Searching many files: whoever narrows them down, the same is found; what never ends can be stopped."""

import asyncio
import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from spark_tui.adapters.git import Git, GitRepository, find_git
from spark_tui.adapters.text_search import ProcessSearch, Ripgrep, find_ripgrep
from spark_tui.core.search import FileHits, Hit, SearchProgress, Sought
from spark_tui.ports import SearchFailed

PATH = os.environ.get("PATH", "")
FILES = {
    "a.py": b"one Two\r\ntwo three\r\n",
    "lib/b.py": "größe = 2\nTWO\n".encode(),
    "lib/latin.txt": "gr\xf6\xdfe two\n".encode("latin-1"),
    "utf16.txt": "two in sixteen\n".encode("utf-16"),
    "-e.py": b"two --pre=x\n",
    "binary": b"two\0two\n",
    "long": b"x" * 5000 + b"two\n",
}


@pytest.fixture(params=["ripgrep", "git", "plain"])
def search(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProcessSearch:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    root = str(tmp_path)
    if request.param == "ripgrep":
        program = find_ripgrep(PATH, root)
        if program is None:
            pytest.skip("ripgrep is not installed")
        return ProcessSearch(root, Ripgrep(program, root))
    if request.param == "plain":
        return ProcessSearch(root)
    git = find_git(PATH, root)
    if git is None:
        pytest.skip("git is not installed")
    subprocess.run([git, "init", "-q", root], check=True)
    subprocess.run([git, "-C", root, "add", "a.py", "lib/b.py", "long", "utf16.txt"], check=True)
    # Also few files are narrowed down here.
    monkeypatch.setattr("spark_tui.adapters.text_search.search.FIRST", 1)
    return ProcessSearch(root, None, GitRepository(root, Git(git)).holding)


PATHS = [*FILES, "link", "pipe", "lib", "gone", "nul\0"]


async def found(
    search: ProcessSearch,
    sought: Sought,
    texts: Mapping[str, Sequence[str]] | None = None,
    put_in: str | None = None,
) -> dict[str, list[Hit]]:
    result: dict[str, list[Hit]] = {}
    async for one in search.search(sought, PATHS, texts or {}, put_in):
        if isinstance(one, FileHits):
            result[one.path] = list(one.hits)
    return result


def lines(result: dict[str, list[Hit]]) -> dict[str, list[int]]:
    return {path: [hit.line for hit in hits] for path, hits in sorted(result.items())}


async def test_the_same_is_found_whoever_narrows_down(search: ProcessSearch) -> None:
    everywhere = {"-e.py": [0], "a.py": [0, 1], "lib/b.py": [1], "lib/latin.txt": [0], "long": [0]}
    assert lines(await found(search, Sought("two"))) in (everywhere, {**everywhere, "utf16.txt": [0]})
    assert lines(await found(search, Sought("größe"))) == {"lib/b.py": [0], "lib/latin.txt": [0]}
    assert lines(await found(search, Sought("--pre=x"))) == {"-e.py": [0]}
    assert lines(await found(search, Sought("Two", is_exact=True))) == {"a.py": [0]}
    assert lines(await found(search, Sought("three$", is_regex=True))) == {"a.py": [1]}
    assert lines(await found(search, Sought(r"(?<=o)ne\b", is_regex=True))) == {"a.py": [0]}
    assert await found(search, Sought("root:x:")) == {}


async def test_unsaved_text_is_searched_as_it_is_in_memory(search: ProcessSearch) -> None:
    texts = {"a.py": ["nothing", "a two"]}
    result = {}
    async for one in search.search(Sought("two"), ["lib/b.py"], texts):
        if isinstance(one, FileHits):
            result[one.path] = [hit.line for hit in one.hits]
    assert result == {"a.py": [1], "lib/b.py": [1]}


async def test_what_a_line_would_become_is_told_whole(search: ProcessSearch) -> None:
    result = await found(search, Sought("two", is_exact=True), put_in="2")
    assert [(hit.text, hit.new) for hit in result["a.py"]] == [("two three", "2 three")]
    assert result["long"][0].new == "x" * 5000 + "2"


async def test_a_line_that_would_become_endless_is_one_sentence(search: ProcessSearch) -> None:
    with pytest.raises(SearchFailed, match="A line would become too long"):
        await found(search, Sought("x"), put_in="y" * 5_000)


async def test_a_fault_is_one_sentence(search: ProcessSearch) -> None:
    with pytest.raises(SearchFailed, match="no regular expression"):
        await found(search, Sought("(", is_regex=True))


async def test_an_expression_that_never_ends_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a" * 60 + "!\n")
    search = ProcessSearch(str(tmp_path))
    asked: AsyncIterator[FileHits | SearchProgress] = search.search(
        Sought("(a+)+$", is_regex=True), ["a"], {}
    )
    waiting = asyncio.ensure_future(anext(asked))
    done, _ = await asyncio.wait([waiting], timeout=1.0)
    assert not done
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asked.aclose()  # type: ignore[attr-defined]


async def test_settings_of_ripgrep_are_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = find_ripgrep(PATH, str(tmp_path))
    if program is None:
        pytest.skip("ripgrep is not installed")
    (tmp_path / "a.py").write_text("two\n")
    (tmp_path / "rc").write_text("--invert-match\n--pre=/bin/false\n")
    (tmp_path / ".ignore").write_text("*\n")
    monkeypatch.setenv("RIPGREP_CONFIG_PATH", str(tmp_path / "rc"))
    assert await Ripgrep(program, str(tmp_path)).narrow(Sought("two"), ["a.py", ".ignore"]) == ["a.py"]


def test_a_program_inside_the_workspace_is_not_run(tmp_path: Path) -> None:
    inside, outside = tmp_path / "ws" / "bin", tmp_path / "bin"
    for folder in (inside, outside):
        folder.mkdir(parents=True)
        (folder / "rg").write_text("#!/bin/sh\n")
        (folder / "rg").chmod(0o755)
    path = os.pathsep.join(["bin", ".", str(inside), str(outside)])
    assert find_ripgrep(path, str(tmp_path / "ws")) == str(outside / "rg")
    assert find_ripgrep(str(inside), str(tmp_path / "ws")) is None


_PARENT = """
import os, subprocess, sys
search = b'{"text": "(a+)+$c", "is_regex": true}'
work = b'{"root": "/", "search": ' + search + b', "replacement": null, "texts": [["x", ["%s"]]]}\\n'
command = [sys.executable, "-m", "spark_tui.adapters.text_search_worker", str(os.getpid())]
child = subprocess.Popen(command, stdin=-1)
child.stdin.write(work % (b"a" * 60 + b"b"))
child.stdin.flush()
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process of another one")
def test_an_expression_without_end_ends_with_the_program() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None and parent.stdin is not None
    child = int(parent.stdout.readline())
    try:
        with os.fdopen(os.pidfd_open(child), "rb") as ended:
            parent.kill()
            parent.wait()
            assert select.select([ended], [], [], 60)[0], "the child is still there"
    finally:
        parent.stdin.close()
        parent.stdout.close()
