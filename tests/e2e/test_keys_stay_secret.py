"""A key is in no place but the header of a request, whatever a server that repeats it does: looked for everywhere."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.places import COMMAND, environment, git, repository
from tests.e2e.terminal import Terminal

KEY = "canary-7h3-k3y-0f-4-p3rs0n"
CTRL_Q, F4, ALT_L, ESC = "\x11", "\x1bOS", "\x1bl", "\x1b"
CONFIG = """
[providers.house]
base_url = "http://127.0.0.1:%s/v1"
env_key = "HOUSE_KEY"
wire = "auto"
streams = true
[models.house]
provider = "house"
slug = "rehearsal"
[lanes]
fast = "house"
deep = "house"
"""
FAULTS = [
    {
        "do": "error",
        "on": "warm-up",
        "status": 400,
        "code": "unknown_parameter",
        "message": f"What is {KEY}?",
    },
    {"do": "status", "status": 503, "message": f"Busy, {KEY}.", "retry_after": 0.3},
    {"do": "drop", "after": 4},
    {
        "do": "fail",
        "skip": 1,
        "after": 2,
        "code": "invalid_prompt",
        "message": f"Not with {KEY}, nor Bearer {KEY}.",
    },
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[str]:
    """A server that wants the key and repeats it in every error."""
    (tmp_path / "faults.json").write_text(json.dumps(FAULTS))
    command = [*COMMAND, "serve", "--port", "0", "--watch-stdin", "--faults", str(tmp_path / "faults.json")]
    server = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(tmp_path, SPARK_TUI_REHEARSAL_TOKEN=KEY),
    )
    assert server.stdin is not None and server.stdout is not None
    yield str(json.loads(server.stdout.readline())["port"])
    server.stdin.close()
    server.wait(20)
    server.stdout.close()


def arguments_of_everyone() -> str:
    """The command lines of all processes that can be looked at."""
    said = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said.append((folder / "cmdline").read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(said)


def test_a_whole_sitting_tells_the_key_to_nobody(house: str, tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    home = tmp_path / "home"
    config = home / "spark" / "config"
    environ = environment(home, SPARK_TUI_HOME=str(home / "spark"))
    asked = subprocess.run(
        [*COMMAND, "doctor"], cwd=repo, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    config = next(
        (Path(line.split()[-1]) for line in asked.stdout.split("\n") if line.endswith("config")), config
    )
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(CONFIG % house)
    (config / "keys").write_text(f"HOUSE_KEY={KEY}\n")
    (config / "keys").chmod(0o600)
    trace = tmp_path / "trace.jsonl"
    with Terminal([*COMMAND, "--trace", str(trace), str(repo / "shop.py")], environ, repo) as terminal:
        terminal.wait_for("shop.py", "rehearsal")
        terminal.send("rename price to cost\r")
        terminal.wait_for("waiting for your decisions")
        assert KEY not in arguments_of_everyone()
        terminal.send(F4)
        # A decision counts once its hunk has stood there for a moment.
        terminal.rest(0.6)
        terminal.send("A")
        terminal.wait_for("2 accepted", "refuses this by its")
        terminal.send(ALT_L)
        terminal.wait_for("latency", "turns")
        terminal.send(ESC)
        terminal.send(CTRL_Q)
        terminal.wait_end()
        assert KEY.encode() not in bytes(terminal.raw)
    told = subprocess.run(
        [*COMMAND, "models"], cwd=repo, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert "house" in told.stdout and KEY not in told.stdout + told.stderr
    for file in (
        path for root in (home, repo, trace) for path in (root.rglob("*") if root.is_dir() else [root])
    ):
        if file.is_file() and file != config / "keys":
            assert KEY.encode() not in file.read_bytes(), file
    assert git(repo, "status", "--porcelain").strip()
    assert "Not with …" in trace.read_text() and os.stat(trace).st_mode & 0o077 == 0


def test_a_refused_key_is_not_repeated_either(house: str, tmp_path: Path) -> None:
    config = tmp_path / "spark" / "config"
    for folder in (config, tmp_path / "spark"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(CONFIG % house)
    environ = environment(tmp_path, HOUSE_KEY=f"wrong-{KEY}")
    asked = subprocess.run(
        [*COMMAND, "ask", "--json", "hello"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert asked.returncode == 1 and "key refused: check HOUSE_KEY" in asked.stderr
    assert KEY not in asked.stdout + asked.stderr
