"""`config` says where settings are, what they are and what is wrong with them, and never shows a key."""

import json
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_tui.adapters.places import cache_dir, config_dir, state_dir
from spark_tui.cli import main
from spark_tui.cli.settings_shown import WITHHELD, Sources, as_json, as_toml, shown
from spark_tui.core.settings import Settings, defaults, read_settings

KEY = "canary-7h3-k3y-0f-4-p3rs0n"
FILE = """
theme = "spark-light"
mouse = []
[keys]
"file.find" = "ctrl+e"
"file.save" = ["ctrl+s", "f12"]
[history]
keep_days = 7
[providers."my.own"]
base_url = "https://models.example.com/v1"
env_key = "MINE_KEY"
wire = "chat"
[models.quick]
provider = "my.own"
slug = "quick-\\u202e1"
[lanes]
fast = "quick"
[checks.commands]
python = ["ruff", "mylint --strict {file}"]
"""


@pytest.fixture
def config() -> Path:
    config_dir().mkdir(parents=True)
    return config_dir()


def plain() -> Settings:
    return defaults(lambda name: False)


def test_it_says_where_everything_is(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config / "config.toml").write_text("")
    assert main(["config", "path"]) == 0
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert rows["settings"] == f"{config}/config.toml" and rows["keys"] == f"{config}/keys  (not there)"
    assert rows["themes"] == f"{config}/themes  (not there)"
    assert rows["state"].startswith(str(state_dir())) and rows["cache"].startswith(str(cache_dir()))
    assert rows["log"].startswith(f"{state_dir()}/spark-tui.log")
    assert main(["config", "path", "themes"]) == 0
    assert capsys.readouterr().out == f"{config}/themes\n"


def test_what_is_shown_could_be_the_file(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("", FILE):
        (config / "config.toml").write_text(text)
        settings = read_settings(tomllib.loads(text), plain(), "file")
        assert main(["config", "show"]) == 0
        told = capsys.readouterr().out
        assert "\u202e" not in told
        assert read_settings(tomllib.loads(told), plain(), "shown") == settings


def test_every_setting_there_is_shows_with_its_source(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (config / "config.toml").write_text(FILE)
    assert main(["config", "show", "--theme", "spark-mono", "--linear", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    sources = {row["key"]: row["source"] for row in told["settings"]}
    for field in fields(Settings):
        inner = getattr(plain(), field.name)
        names = [f"{field.name}.{one.name}" for one in fields(inner)] if is_dataclass(inner) else [field.name]
        assert all(any(key.startswith(name) for key in sources) for name in names), names
    assert sources["linear"] == "flag --linear" and sources["motion"] == "default"
    assert sources["theme"] == "flag --theme" and sources["history.keep_days"] == "file"
    assert sources['keys."file.find"'] == "file" and sources["mouse"] == "file"
    assert sources["history.keep_mib"] == "default" and sources['providers."my.own".wire'] == "file"
    assert sources["lanes.fast"] == "file" and sources["lanes.deep"].startswith("environment")
    assert told["keys_found"] == {"OPENAI_API_KEY": "the environment"}


def test_no_secret_is_shown_wherever_it_was_put(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (config / "keys").write_text(f"MINE_KEY={KEY}2\n")
    (config / "keys").chmod(0o600)
    (config / "config.toml").write_text(f"""
[providers.mine]
base_url = "https://me:{KEY}@models.example.com/v1?key={KEY}"
env_key = "MINE_KEY"
[providers.mine.headers]
X-Odd = "{KEY}"
[providers.wrong]
base_url = "https://example.com"
env_key = "{KEY}"
[checks.commands]
python = ["lint --token {KEY} {{file}}"]
""")
    for arguments in (["show"], ["show", "--json"], ["path"], ["check"]):
        main(["config", *arguments])
    told = capsys.readouterr()
    assert "canary" not in told.out + told.err
    assert f'base_url = "https://{WITHHELD}models.example.com/v1?{WITHHELD}"' in told.out
    assert f"key found in {config}/keys" in told.out and "key found in the environment" in told.out
    assert "providers.wrong.env_key: must be the name of a variable" in told.out


texts = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=50)
@given(name=texts, values=st.lists(texts, max_size=3), language=texts)
def test_any_text_comes_back_from_what_is_written(name: str, values: list[str], language: str) -> None:
    table = {
        "providers": {name: {"base_url": f"http://h/{language}"}},
        "models": {language: {"provider": name, "slug": name}},
        "checks": {"commands": {language: values}},
        "keys": {name: values},
    }
    settings = read_settings(table, plain(), "file")
    values_shown = shown(settings, Sources(plain(), plain(), table, {}), ())
    lines = list(as_toml(values_shown, lambda value: ""))
    assert all(line.isprintable() for line in lines)
    again = read_settings(tomllib.loads("\n".join(lines)), plain(), "shown")
    if WITHHELD not in "".join(lines):
        assert again == settings
    assert len(as_json(values_shown)) == len(values_shown)


def test_what_is_wrong_is_told_a_sentence_each(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check"]) == 0
    assert "holds no settings" in capsys.readouterr().out
    file, themes = config / "config.toml", config / "themes"
    themes.mkdir()
    (themes / "mine.toml").write_text(
        'name = "mine"\n[colors]\nprimary = "#112233"\nforegruond = "#ffffff"\n'
    )
    (config / "keys").write_text("A=b\n")
    (config / "keys").chmod(0o644)
    file.write_text("themee = 'x'\n[history]\nkeep_day = 3\n")
    assert main(["config", "check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert f"{file}: themee: unknown key, did you mean theme?" in told
    assert f"{file}: history.keep_day: unknown key, did you mean keep_days?" in told
    assert any(
        "mine.toml: `colors.foregruond` is not known" in line and "foreground" in line for line in told
    )
    assert any("keys is not used: it must be yours alone" in line for line in told)
    assert len(told) == 4
    file.write_text("theme = 'spark-ligth'\nkeymap = 'vmi'\n[keys]\n'file.svae' = 'ctrl+s'\n")
    assert main(["config", "check", "--json"]) == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert f"{file}: theme: spark-ligth is not there, did you mean spark-light?" in faults
    assert any("did you mean vim" in fault for fault in faults)
    assert any("did you mean file.save?" in fault for fault in faults)
    assert main(["config", "show"]) == 1
    assert "spark-ligth is not there" in capsys.readouterr().err


def test_one_file_is_checked_wherever_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theme, settings = tmp_path / "a.toml", tmp_path / "b.toml"
    theme.write_text('name = "a"\n[colors]\nprimary = "red"\n')
    settings.write_text("debt_limit = 'much'\n")
    (tmp_path / "c.toml").write_text("[[[\n")
    for path, said in (
        (theme, "`colors.primary` must be"),
        (settings, "debt_limit: must be a whole number"),
        (tmp_path / "c.toml", "not valid TOML"),
        (tmp_path / "d.toml", "is not there"),
    ):
        assert main(["config", "check", str(path)]) == 1
        told = capsys.readouterr().out
        assert told.startswith(str(path)) and said in told
    theme.write_text('name = "a"\nbase = "spark-dark"\n[variables]\nmuted = "#aabbcc"\n')
    assert main(["config", "check", str(theme)]) == 0
    assert capsys.readouterr().out == f"{theme}: fine\n"
    settings.write_text("debt_limit = 5\n")
    assert main(["config", "check", str(settings)]) == 0
    assert capsys.readouterr().out == f"{settings}: fine\n"


def test_the_file_is_edited_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "theme = \'spark-light\'" >> "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.delenv("VISUAL", raising=False)
    assert main(["config", "edit"]) == 0
    file = config_dir() / "config.toml"
    assert tomllib.loads(file.read_text()) == {"theme": "spark-light"} and file.read_text().startswith("# ")
    assert main(["config", "edit"]) == 1
    assert "not valid TOML" in capsys.readouterr().out
    monkeypatch.setenv("EDITOR", str(tmp_path / "nothing"))
    assert main(["config", "edit"]) == 1
    assert "there is no editor" in capsys.readouterr().err
