"""Help has examples that hold, and shells complete what the parsers take."""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spark_tui.cli import main
from spark_tui.cli.arguments import _COMMANDS, _root, _subcommands, parse
from spark_tui.cli.completing import SHELLS, Grammar, grammar_of
from spark_tui.cli.helping import EXAMPLES

PATHS = ["", *_COMMANDS, "config path", "config show", "config check", "config edit"]


def grammar() -> Grammar:
    return grammar_of(_root(), _subcommands(), {"theme": ("spark-dark", "spark-light"), "topic": _COMMANDS})


def helped(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("path", PATHS)
def test_the_help_of_a_command_has_examples_that_the_parser_takes(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = helped([*path.split(), "--help"], capsys)
    assert helped(["help", *path.split()], capsys) == told
    assert EXAMPLES[path]
    for line, words in EXAMPLES[path]:
        assert f"  {line}" in told and f"# {words}" in told
        program, *arguments = shlex.split(line)
        assert program == "spark-tui"
        ends = [arguments.index(sign) for sign in ("<", ">") if sign in arguments]
        options = parse(arguments[: min(ends)] if ends else arguments)
        assert callable(options.command)


def test_there_are_no_examples_of_what_is_not_there() -> None:
    assert sorted(EXAMPLES) == sorted(PATHS)
    assert sorted(" ".join(verb.path) for verb in grammar().all()) == sorted(PATHS)


def test_the_help_of_the_program_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split()[0] for line in helped(["-h"], capsys).split("\n") if line.startswith("  ")]
    assert set(_COMMANDS) <= set(rows)


def test_a_command_that_is_not_there_is_told_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    assert main(["histroy"]) == 2
    assert main(["help", "doktor"]) == 2
    told = capsys.readouterr().err
    assert "did you mean the command history? './histroy' would make a file" in told
    assert "there is no command doktor; did you mean the command doctor?" in told


def test_a_start_imports_nothing_of_help_and_completion() -> None:
    program = (
        "import sys; from spark_tui.cli.arguments import parse; parse(['--lane', 'deep', '.']);"
        "print(*[name for name in sys.modules if 'spark_tui.' in name or name == 'difflib'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "spark_tui.cli.arguments" in loaded
    late = ("completing", "helping", "config", "settings_shown", "settings_checked", "log_keeping")
    assert not loaded & {"difflib", *(f"spark_tui.cli.{name}" for name in late)}


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_a_script_knows_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "\x1b" not in script and "spark-contrast" in script
    for verb in grammar().all():
        assert all(word in script for word in verb.path)
        for option in verb.options:
            for flag in option.flags:
                assert (f"-l {flag[2:]} " if shell == "fish" and flag[:2] == "--" else flag[1:]) in script


def test_what_the_parsers_hold_is_what_the_grammar_says() -> None:
    parser = argparse.ArgumentParser(prog="p")
    parser.add_argument("--theme", metavar="NAME", help="it's 50%% [odd]: a; b (default: c)")
    parser.add_argument("-C", metavar="DIR", action="append")
    parser.add_argument("--secret", help=argparse.SUPPRESS)
    commands = argparse.ArgumentParser(prog="p")
    inner = commands.add_subparsers().add_parser("do", help="it does").add_subparsers()
    inner.add_parser("more", help="").add_argument("paths", nargs="*", metavar="PATH")
    found = grammar_of(parser, commands, {"theme": ("a", "b")})
    assert [verb.path for verb in found.all()] == [(), ("do",), ("do", "more")]
    flags = [option.flags for option in found.root.options]
    assert flags == [("-h", "--help"), ("--theme",), ("-C",)]
    theme, folder = found.root.options[1:]
    assert (
        theme.value is not None and theme.value.choices == ("a", "b") and theme.words == "it's 50% [odd]: a"
    )
    assert folder.value is not None and folder.value.kind == "folder" and folder.repeats
    (paths,) = found.all()[2].arguments
    assert paths.kind == "file" and paths.repeats
    for write in SHELLS.values():
        assert "more" in write(found) and "--secret" not in write(found) and "-l secret" not in write(found)


TYPED = {
    "spark-tui he": {"help"},
    "spark-tui conf": {"config"},
    "spark-tui --la": {"--lane"},
    "spark-tui --lane ": {"fast", "deep"},
    "spark-tui --theme=spark-c": {"spark-contrast"},
    "spark-tui config ": {"path", "show", "check", "edit"},
    "spark-tui config show --th": {"--theme"},
    "spark-tui config path st": {"state"},
    "spark-tui completion z": {"zsh"},
    "spark-tui ask prompt config ": set(),
    "spark-tui ask --accept ": {"all", "none"},
    "spark-tui apply no": {"notes of a day.md"},
    "spark-tui trust ": {"nested"},
    "spark-tui help doc": {"doctor"},
}
"""What is typed, and all that is offered then, in a folder with a file and a folder."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes of a day.md").write_text("")
    (tmp_path / "nested").mkdir()
    return tmp_path


def run(shell: str, program: str, folder: Path) -> str:
    done = subprocess.run(
        [shell, *(["--norc"] if shell == "bash" else ["--no-config"]), "-c", program],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_options_values_and_files(folder: Path) -> None:
    lines = [SHELLS["bash"](grammar_of(_root(), _subcommands(), {"theme": THEMES, "topic": _COMMANDS}))]
    for typed in TYPED:
        words = typed.replace("=", " = ").split() + ([""] if typed.endswith(" ") else [])
        lines.append(f"COMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD={len(words) - 1}")
        lines.append('_spark_tui; printf "%s\\n" "$COMP_CWORD" "${COMPREPLY[@]}" ==')
    lines.append("complete -p spark-tui")
    *answers, last = run("bash", "\n".join(lines), folder).split("==\n")
    offered = [{line for line in answer.split("\n")[1:] if line} for answer in answers]
    assert dict(zip(TYPED, offered, strict=True)) == TYPED
    assert last == "complete -F _spark_tui spark-tui\n"


THEMES = ("spark-dark", "spark-contrast")


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_completes_commands_options_values_and_files(folder: Path) -> None:
    lines = [SHELLS["fish"](grammar_of(_root(), _subcommands(), {"theme": THEMES, "topic": _COMMANDS}))]
    lines += [f"complete -C {shlex.quote(typed)}; echo ==" for typed in TYPED]
    *answers, _ = run("fish", "\n".join(lines), folder).split("==\n")
    for (typed, wanted), answer in zip(TYPED.items(), answers, strict=True):
        offered = {line.split("\t")[0].rpartition("=")[2].rstrip("/") for line in answer.split("\n") if line}
        assert wanted <= offered, typed


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh")
def test_zsh_takes_the_script(folder: Path) -> None:
    (folder / "_spark-tui").write_text(SHELLS["zsh"](grammar()))
    program = "autoload -Uz compinit && compinit -u -D && source ./_spark-tui && print $_comps[spark-tui]"
    done = subprocess.run(
        ["zsh", "-f", "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("_spark-tui\n", "")
