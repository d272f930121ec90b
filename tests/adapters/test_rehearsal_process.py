"""The child process of the rehearsal server: it starts, it guards its door, and it never stays behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_tui.adapters.model_socket import ModelSocket
from spark_tui.adapters.rehearsal_process import TOKEN_VARIABLE, RehearsalProcess
from spark_tui.ports import LinkDown, LinkRefused

ROOT = str(Path(__file__).parents[2])
SERVER = f"""
import asyncio, os
from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.server import serve
asyncio.run(serve(
    token=os.environ["{TOKEN_VARIABLE}"], watch_stdin=True, perform=lambda messages: Answer("ok"),
    on_ready=lambda port: print('{{"port": %d}}' % port, flush=True),
))
"""


def child(source: str) -> RehearsalProcess:
    return RehearsalProcess(command=[sys.executable, "-P", "-c", source])


@pytest.fixture
async def rehearsal() -> AsyncIterator[RehearsalProcess]:
    process = child(SERVER)
    yield process
    await process.stop()


async def test_it_starts_once_and_wants_its_token(rehearsal: RehearsalProcess) -> None:
    first, second = await asyncio.gather(rehearsal.start(), rehearsal.start())
    assert first == second
    assert first.token not in repr(first)
    socket = ModelSocket(*first)
    await socket.connect()
    await socket.close()
    with pytest.raises(LinkRefused) as refused:
        await ModelSocket(first.base_url, "another").connect()
    assert refused.value.status == 401


async def test_it_starts_again_after_it_died(rehearsal: RehearsalProcess) -> None:
    first = await rehearsal.start()
    process = rehearsal._process
    assert process is not None
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert not rehearsal.running
    second = await rehearsal.start()
    assert second.token != first.token
    socket = ModelSocket(*second)
    await socket.connect()
    await socket.close()


async def test_stopping_ends_it_and_may_be_repeated(rehearsal: RehearsalProcess) -> None:
    await rehearsal.start()
    process = rehearsal._process
    assert process is not None
    await rehearsal.stop()
    await rehearsal.stop()
    assert process.returncode == 0


async def test_it_ends_when_its_parent_is_killed() -> None:
    parent_source = f"""
import asyncio, json, sys
from spark_tui.adapters.rehearsal_process import RehearsalProcess
async def main():
    process = RehearsalProcess(command=[sys.executable, "-P", "-c", {SERVER!r}])
    print(json.dumps(list(await process.start())), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        parent_source,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    assert parent.stdout is not None
    base_url, token = json.loads(await parent.stdout.readline())
    socket = ModelSocket(base_url, token)
    await socket.connect()
    assert socket._connection is not None
    parent.kill()
    await parent.wait()
    await asyncio.wait_for(socket._connection.wait_closed(), 10)
    with pytest.raises(LinkDown, match="nothing answers"):
        await socket.connect()


async def test_modules_in_the_workspace_are_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("spark_tui", "websockets", "msgspec", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('ran code of the workspace')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((".", "")))
    process = RehearsalProcess()
    try:
        socket = ModelSocket(*await process.start())
        await socket.connect()
        await socket.close()
    finally:
        await process.stop()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import sys; sys.exit('no room here')", ": no room here"),
        ("print('hello')", ""),
        ('print(\'{"port": "x"}\')', ""),
    ],
)
async def test_a_child_that_does_not_start_is_one_sentence(source: str, reason: str) -> None:
    process = child(source)
    with pytest.raises(LinkDown) as down:
        await process.start()
    assert str(down.value) == f"the rehearsal server did not start{reason}"
    assert not process.running


async def test_a_command_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(LinkDown) as down:
        await RehearsalProcess(command=["/nowhere/python"]).start()
    assert str(down.value) == "the rehearsal server could not be started"
