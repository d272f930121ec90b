"""One turn without a screen: the real program, the real loopback server, real files and git."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.places import COMMAND, SHOP, environment, fingerprint, git, repository

DEAD = "test_a_dead_server_is_one_sentence"


def _ask(repo: Path, home: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "ask", "-C", str(repo), *arguments],
        capture_output=True, text=True, timeout=100, env=environment(home, **extra), stdin=subprocess.DEVNULL,
    )  # fmt: skip


def _lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


@pytest.fixture(scope="module", autouse=True)
def asks_the_dead(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[subprocess.Popen[str] | None]:
    """A program that asks a server which is not there: it tries again for long, while other tests run."""
    if not any(item.name == DEAD for item in request.session.items):
        yield None
        return
    folder = tmp_path_factory.mktemp("dead")
    (folder / "work").mkdir()
    config = folder / "spark" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        '[providers.dead]\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[models.dead]\nprovider = "dead"\nslug = "x"\n[lanes]\nfast = "dead"\n'
    )
    with subprocess.Popen(
        [*COMMAND, "ask", "-C", str(folder / "work"), "hello", "--json"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(folder),
    ) as asking:  # fmt: skip
        yield asking
        asking.kill()


def test_accept_all_writes_what_was_shown_and_keeps_the_rest(repo: Path, tmp_path: Path) -> None:
    before_git, before = fingerprint(repo / ".git"), fingerprint(repo)
    done = _ask(repo, tmp_path, "rename price to cost", "--file", "shop.py", "--accept", "all", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    expected = SHOP.replace("price =", "cost =").replace("price *", "cost *")
    assert (repo / "shop.py").read_text() == expected
    assert fingerprint(repo / ".git") == before_git
    after = fingerprint(repo)
    assert {path for path in after if after[path] != before.get(path)} <= {"shop.py", "."}
    told = _lines(done)
    kinds = [line["type"] for line in told]
    assert kinds[0] == "turn.started" and kinds[-1] == "turn.completed"
    assert {"context", "text.delta", "hunk", "decision", "checkpoint"} <= set(kinds)
    assert "shop.py" in [
        entry["name"] for line in told if line["type"] == "context" for entry in line["included"]
    ]
    hunks = [line for line in told if line["type"] == "hunk"]
    decided = {line["id"] for line in told if line["type"] == "decision" and line["verdict"] == "accept"}
    assert decided == {hunk["id"] for hunk in hunks}
    end = told[-1]
    assert end["hunks"] == {"proposed": len(hunks), "applied": len(hunks), "left_out": 0}
    assert end["usage"]["output_tokens"] > 0 and end["timing"]["first_token"] > 0


def test_accept_none_shows_and_writes_nothing(repo: Path, tmp_path: Path) -> None:
    before = fingerprint(repo)
    done = _ask(repo, tmp_path, "rename price to cost", "--file", "shop.py", "--json")
    assert done.returncode == 3, done.stdout + done.stderr
    assert fingerprint(repo) == before
    end = _lines(done)[-1]
    assert end["hunks"]["applied"] == 0 and end["hunks"]["left_out"] == end["hunks"]["proposed"] > 0


def test_plain_text_is_for_people(repo: Path, tmp_path: Path) -> None:
    done = _ask(repo, tmp_path, "rename price to cost", "--file", "shop.py", "--accept", "all")
    assert done.returncode == 0, done.stderr
    assert '-        price = item["price"]' in done.stdout
    assert '+        cost = item["price"]' in done.stdout


def test_a_question_gets_an_honest_answer(repo: Path, tmp_path: Path) -> None:
    done = _ask(repo, tmp_path, "what is the meaning of life?")
    assert done.returncode == 0, done.stderr
    assert "rename" in done.stdout and "OPENAI_API_KEY" in done.stdout


@pytest.mark.parametrize("state", ["no repository", "unborn", "empty"])
def test_works_without_commits_and_without_git(tmp_path: Path, state: str) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    if state != "no repository":
        git(folder, "init", "--quiet")
    if state != "empty":
        (folder / "shop.py").write_bytes(SHOP.replace("\n", "\r\n").encode())
        done = _ask(folder, tmp_path, "rename price to cost", "--file", "shop.py", "--accept", "all")
        assert done.returncode == 0, done.stderr
        data = (folder / "shop.py").read_bytes()
        assert data.count(b"\r\n") == data.count(b"\n") == SHOP.count("\n")
        assert b"cost = item" in data
    else:
        done = _ask(folder, tmp_path, "rename price to cost", "--accept", "all")
        assert done.returncode == 0, done.stderr


def test_a_wrong_setting_names_file_key_and_neighbour(repo: Path, tmp_path: Path) -> None:
    config = tmp_path / "spark" / "config"
    config.mkdir(parents=True)
    (config / "config.toml").write_text('[lanes]\nfast = "sparkk"\n')
    done = _ask(repo, tmp_path, "hello")
    assert done.returncode == 1
    assert "config.toml: lanes.fast: sparkk is not there, did you mean spark?" in done.stderr


def test_usage_errors_are_exit_code_two(repo: Path, tmp_path: Path) -> None:
    assert _ask(repo, tmp_path, "").returncode == 2
    assert _ask(repo, tmp_path, "x", "--lane", "slow").returncode == 2
    assert _ask(tmp_path / "nowhere", tmp_path, "x").returncode == 2


def test_version() -> None:
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and done.stdout.startswith("spark-tui 0.")


def test_no_terminal_is_one_sentence(repo: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, str(repo)], capture_output=True, text=True, timeout=20, env=environment(tmp_path),
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "spark-tui ask" in done.stderr


def test_a_dead_server_is_one_sentence(asks_the_dead: subprocess.Popen[str]) -> None:
    out, told = asks_the_dead.communicate(timeout=100)
    assert asks_the_dead.returncode == 1
    lines = [json.loads(line) for line in out.splitlines()]
    errors = [line for line in lines if line["type"] == "error"]
    assert len(errors) == 1 and "127.0.0.1:9" in errors[0]["message"]
    assert "Traceback" not in told
