"""`spark-tui context`: what it tells is what is sent, byte for byte, seen by a server in between."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_socket
from websockets.exceptions import ConnectionClosed

from spark_tui.adapters.token_count import O200kCounter
from tests.e2e.places import COMMAND, environment, fingerprint, repository
from tests.rehearsal.serving import serving

PROMPT = 'rename price to cost in "shop.py" — naïve £\t\x07'
SECRET = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = repository(tmp_path / "repo")
    (folder / "AGENTS.md").write_text("Prefer small functions.\n")
    (folder / ".env").write_text(f"TOKEN={SECRET}\n")
    (folder / "settings.py").write_text(f'price_token = "{SECRET}"\nprice = 1\n')
    return folder


def _run(repo: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments, "-C", str(repo)],
        capture_output=True, timeout=100, env=environment(home), stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _told(repo: Path, home: Path, prompt: str, *more: str) -> dict[str, Any]:
    done = _run(repo, home, "context", prompt, "--json", *more)
    assert b"Traceback" not in done.stderr, done.stderr
    plan: dict[str, Any] = json.loads(done.stdout)
    assert list(plan) == ["budget", "used", "counts_exact", "pieces", "dropped"]
    for entry in (*plan["pieces"], *plan["dropped"]):
        assert list(entry) == ["kind", "path", "form", "tokens", "reason"]
    return plan


@asynccontextmanager
async def _between(seen: list[str]) -> AsyncIterator[int]:
    """A server that notes what clients send, and passes everything on to the rehearsal."""
    async with serving() as url:

        async def relay(client: ServerConnection) -> None:
            async with connect(url, max_size=None, proxy=None) as server:

                async def back() -> None:
                    async for frame in server:
                        await client.send(frame)

                task = asyncio.create_task(back())
                try:
                    async for frame in client:
                        assert isinstance(frame, str)
                        seen.append(frame)
                        await server.send(frame)
                except ConnectionClosed:
                    pass
                finally:
                    task.cancel()

        async with serve_socket(relay, "127.0.0.1", 0, max_size=None) as server:
            yield server.sockets[0].getsockname()[1]


def _settle(home: Path, port: int, *, warm_up: bool) -> None:
    folder = home / "spark" / "config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(
        f'[providers.between]\nbase_url = "http://127.0.0.1:{port}/v1"\n'
        f'[models.m]\nprovider = "between"\nslug = "gpt-5.3-codex-spark"\nwarm_up = {str(warm_up).lower()}\n'
        '[lanes]\nfast = "m"\ndeep = "m"\n'
    )


@pytest.mark.parametrize("warm_up", [False, True])
async def test_print_is_what_the_server_receives(repo: Path, tmp_path: Path, warm_up: bool) -> None:
    seen: list[str] = []
    async with _between(seen) as port:
        _settle(tmp_path, port, warm_up=warm_up)
        arguments = (PROMPT, "--file", "shop.py")
        printed = await asyncio.to_thread(_run, repo, tmp_path, "context", *arguments, "--print")
        assert printed.returncode == 0, printed.stderr
        asked = await asyncio.to_thread(_run, repo, tmp_path, "ask", *arguments)
        assert asked.returncode in (0, 3), asked.stderr
    received = [frame for frame in seen if '"generate":false' not in frame][0]
    if warm_up:
        received, chained = re.subn(r'"previous_response_id":"[^"]*",', "", received)
        assert chained == 1
    assert printed.stdout == received.encode()
    assert SECRET not in received and "[withheld GitHub token" in received
    plan = _told(repo, tmp_path, *arguments)
    assert plan["used"] == O200kCounter().count(printed.stdout.decode()) <= plan["budget"]
    assert plan["counts_exact"] is True
    assert sum(entry["tokens"] for entry in plan["pieces"]) == plan["used"]


@pytest.mark.parametrize("budget", ["1500", "2000", "8000"])
def test_the_budget_holds_and_everything_has_a_reason(repo: Path, tmp_path: Path, budget: str) -> None:
    plan = _told(repo, tmp_path, "rename price to cost", "--budget", budget)
    printed = _run(repo, tmp_path, "context", "rename price to cost", "--budget", budget, "--print")
    assert plan["used"] == O200kCounter().count(printed.stdout.decode()) <= plan["budget"] == int(budget)
    kinds = {entry["path"]: entry["kind"] for entry in plan["pieces"] if entry["path"]}
    assert kinds["AGENTS.md"] == "rules"
    assert all(entry["reason"] for entry in plan["dropped"])


def test_looking_leaves_no_trace_and_secrets_stay_out(repo: Path, tmp_path: Path) -> None:
    before = fingerprint(repo)
    plan = _told(repo, tmp_path, "what is in @.env and @settings.py ?")
    assert fingerprint(repo) == before
    dropped = {entry["path"]: entry["reason"] for entry in plan["dropped"]}
    assert "secrets stay here" in dropped[".env"]
    reasons = {entry["path"]: entry["reason"] for entry in plan["pieces"]}
    assert "1 secret withheld" in reasons["settings.py"]


def test_a_prompt_that_is_too_long_is_refused_in_a_sentence(repo: Path, tmp_path: Path) -> None:
    done = _run(repo, tmp_path, "context", "word " * 4000, "--budget", "2000", "--json")
    plan = json.loads(done.stdout)
    assert done.returncode == 1 and plan["used"] == 0 and plan["pieces"] == []
    assert b"2,000 fit" in done.stderr and b"Traceback" not in done.stderr
    assert _run(repo, tmp_path, "context", "word " * 4000, "--budget", "2000", "--print").stdout == b""


def test_the_table_is_for_people(repo: Path, tmp_path: Path) -> None:
    done = _run(repo, tmp_path, "context", "rename price to cost")
    lines = done.stdout.decode().splitlines()
    assert re.fullmatch(r"[\d,]+ of 105,600 tokens", lines[0])
    assert any("AGENTS.md" in line and "rules" in line for line in lines)


def test_an_odd_folder_is_no_trouble(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    (folder / "loop" / "in").mkdir(parents=True)
    (folder / "loop" / "in" / "up").symlink_to("..")
    (folder / "out").symlink_to("/etc")
    (folder / "dangling").symlink_to("gone")
    (folder / "a.py").write_text("def total(x):\n    return x\n")
    (folder / "latin.py").write_bytes("total = 'café'\n".encode("latin-1"))
    (folder / "bin.dat").write_bytes(bytes(range(256)) * 40)
    (folder / "min.js").write_text("function total(){return 1};" * 20_000)
    (folder / "one.txt").write_text("total" * 200_000)
    (folder / "big.log").write_text("a line of total\n" * 400_000)
    (folder / "n.ipynb").write_text(
        json.dumps({"cells": [{"source": ["total"], "outputs": ["iVBOR" * 9000]}]})
    )
    (folder / "package-lock.json").write_text('{"total": "1.0"}\n' * 9000)
    (folder / "br\noken.py").write_text("total\n")
    mentions = "@latin.py @bin.dat @min.js @one.txt @big.log @out @dangling @loop @n.ipynb @package-lock.json"
    plan = _told(folder, tmp_path, f"what is total? {mentions}", "--budget", "9000")
    printed = _run(folder, tmp_path, "context", f"what is total? {mentions}", "--budget", "9000", "--print")
    assert plan["used"] == O200kCounter().count(printed.stdout.decode()) <= 9000
    dropped = {entry["path"]: entry["reason"] for entry in plan["dropped"]}
    assert dropped["latin.py"] == "not UTF-8" and dropped["bin.dat"] == "binary"
    assert "leads out" in dropped["out"] and dropped["dangling"] == "no such file"
    assert "too large" in dropped["big.log"] and "a.py" in {entry["path"] for entry in plan["pieces"]}
    forms = {entry["path"]: entry["form"] for entry in plan["pieces"]}
    assert all(forms.get(name) == "map" for name in ("n.ipynb", "package-lock.json", "min.js"))
