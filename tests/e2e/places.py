"""Real repositories and environments for end-to-end tests."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

SHOP = """\
\"\"\"A small shop.\"\"\"

import json


def total(items):
    result = 0
    for item in items:
        price = item["price"]
        result += price * item["count"]
    return result


def describe(item):
    name = item["name"]
    return f"{name}: {item['price']}"


class Basket:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)

    def discount(self, percent):
        saved = 0
        for item in self.items:
            price = item["price"]
            saved += price * percent / 100
        return saved


def report(basket):
    return json.dumps({"total": total(basket.items)})
"""

COMMAND = [sys.executable, "-m", "spark_tui"]


def git(folder: Path, *arguments: str) -> str:
    """Run git in a repository of the test's own."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def repository(folder: Path) -> Path:
    """Make a repository with one commit, an ignored file and a changed one."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=trunk")
    (folder / "shop.py").write_text(SHOP)
    (folder / "notes.md").write_text("# Notes\n\nThe price is right.\n")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "debug.log").write_text("ignored\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    (folder / "notes.md").write_text("# Notes\n\nThe price is wrong.\n")
    return folder


def fingerprint(folder: Path) -> dict[str, str]:
    """Hash every file below `folder`, with its mode and time of change."""
    prints = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        prints[str(path.relative_to(folder))] = f"{status.st_mode:o} {status.st_mtime_ns} {content}"
    return prints


def environment(home: Path, **extra: str) -> dict[str, str]:
    """The environment of a person with an empty home and a good terminal."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    package = str(Path(__file__).parent.parent.parent)
    return {
        **kept,
        "HOME": str(home),
        "SPARK_TUI_HOME": str(home / "spark"),
        "PYTHONPATH": package,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **extra,
    }
