"""`spark-tui models` asks whoever may be asked, and shows no key."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_tui.cli import main
from tests.adapters.test_model_http import Seen, refusal, server

KEY = "opaque-0123456789"
LOCAL = ("ollama", "llama.cpp", "vllm", "lm-studio")


@pytest.fixture
def asked() -> Iterator[tuple[str, Seen]]:
    """A server with one model, in a thread of its own."""
    begun, over = threading.Event(), threading.Event()
    told: list[tuple[str, Seen]] = []

    async def run() -> None:
        async with server(models=refusal(200, '{"data":[{"id":"tiny","context_length":2048}]}')) as made:
            told.append(made)
            begun.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    begun.wait(10)
    yield told[0]
    over.set()
    thread.join()


def configure(home: Path, url: str) -> None:
    """Point every provider somewhere harmless."""
    rows = "".join(f'[providers."{name}"]\nbase_url = "http://127.0.0.1:9/v1"\n' for name in LOCAL)
    rows += f'[providers.mine]\nbase_url = "{url}"\nenv_key = "MINE_KEY"\n'
    place = home / ".config" / "spark-tui"
    place.mkdir(parents=True)
    (place / "config.toml").write_text(rows)


def test_what_answers_is_listed(
    asked: tuple[str, Seen],
    own_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, seen = asked
    configure(own_home, url)
    monkeypatch.setenv("MINE_KEY", KEY)
    assert main(["models"]) == 0
    shown = capsys.readouterr().out
    assert "mine: 1 model\n  tiny, 2048 tokens\n" in shown
    assert "openai: no key: set OPENAI_API_KEY" in shown
    assert "ollama" not in shown and "rehearsal: always there" in shown
    assert '[models.mine]\nprovider = "mine"\nslug = "tiny"\nwindow = 2048' in shown
    assert main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in told["providers"]}
    assert rows["mine"]["models"] == [{"slug": "tiny", "window": 2048}]
    assert rows["mine"]["answers"] and not rows["ollama"]["answers"] and not rows["openai"]["answers"]
    assert told["lanes"] == {"fast": "rehearsal", "deep": "rehearsal"}
    assert KEY not in shown + json.dumps(told)
    assert [headers.get("authorization") for headers in seen.headers] == [f"Bearer {KEY}"] * 2


def test_wrong_settings_are_a_sentence(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = own_home / ".config" / "spark-tui"
    place.mkdir(parents=True)
    (place / "config.toml").write_text("colour = 3")
    assert main(["models"]) == 1
    assert "colour" in capsys.readouterr().err
