"""The README stays true: its key table is the command table, its test line is what CI runs."""

import re
from pathlib import Path

from spark_tui.ui.commands import COMMANDS, Where, key_label
from spark_tui.ui.keymaps import resolve

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def _keys() -> str:
    rows = ["| where | key | does |", "| --- | --- | --- |"]
    for where in Where:
        for command in COMMANDS:
            if command.where is where and command.keys:
                keys = " ".join(f"`{key_label(key)}`" for key in command.keys)
                rows.append(f"| {where} | {keys} | {command.help} |")
    return "\n".join(rows).replace("`|`", "`\\|`")


def test_the_key_table_is_the_command_table() -> None:
    shown = re.search(r"<!-- keys -->\n(.*?)<!-- /keys -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == _keys(), "put this between the marks:\n" + _keys()


def _emacs() -> str:
    keymap = resolve("emacs", {})[0]
    rows = ["| id | emacs |", "| --- | --- |"]
    for id, keys in sorted(keymap.changed.items()):
        if keys:
            rows.append(f"| {id} | {' '.join(f'`{key_label(key)}`' for key in keys)} |")
    return "\n".join(rows)


def test_the_table_of_the_other_keymap_is_the_preset() -> None:
    shown = re.search(r"<!-- emacs -->\n(.*?)<!-- /emacs -->", README, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == _emacs(), "put this between the marks:\n" + _emacs()


def test_ci_runs_the_test_line_of_the_readme() -> None:
    blocks = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    line = next(block for block in blocks if block.endswith("pytest"))
    assert line in (ROOT / ".ci" / "run").read_text().splitlines()


def test_every_picture_and_theme_that_is_named_exists() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path
    for theme in ("spark-dark", "spark-light", "spark-mono"):
        assert theme in README and (ROOT / "themes" / f"{theme}.toml").is_file()
