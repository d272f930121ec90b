"""Runs inside a virtual environment with `aider-chat` and `splintr-rs`: which files its repository map shows.

Reads tasks as JSON lines from standard input and answers each with one line: for every budget the files shown with
content, those named only, and the seconds it took. The map is called as aider's coder does without files in the chat.
"""

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any


class _Silent:
    """Stands in for aider's terminal."""

    def read_text(self, path: str, **_: Any) -> str:
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def tool_output(self, *_: Any, **__: Any) -> None: ...

    def tool_warning(self, *_: Any, **__: Any) -> None: ...

    def tool_error(self, *_: Any, **__: Any) -> None: ...


class _Model:
    """Stands in for aider's model: exact counts."""

    def __init__(self) -> None:
        import splintr

        self._tokenizer = splintr.Tokenizer.from_pretrained("o200k_base")

    def token_count(self, text: str) -> int:
        return len(self._tokenizer.encode_ordinary(text))


def mentions(message: str, paths: list[str]) -> tuple[set[str], set[str]]:
    """The files and names that a message mentions, by the rules of aider's coder."""
    names = set(re.split(r"\W+", message))
    words = {word.rstrip(",.!;:?").strip("\"'`*_") for word in message.split()}
    by_base: dict[str, list[str]] = {}
    files = set()
    stems: dict[str, set[str]] = {}
    for path in paths:
        if path in words:
            files.add(path)
        base = os.path.basename(path)
        if any(sign in base for sign in "._-"):
            by_base.setdefault(base, []).append(path)
        stem = Path(path).stem.lower()
        if len(stem) >= 5:
            stems.setdefault(stem, set()).add(path)
    files |= {found[0] for base, found in by_base.items() if len(found) == 1 and base in words}
    for name in names:
        if len(name) >= 5:
            files |= stems.get(name.lower(), set())
    return files, names


def shown(text: str, paths: set[str]) -> tuple[list[str], list[str]]:
    """Files with content, and files of which the map only has the name."""
    whole, bare = [], []
    for line in text.split("\n"):
        if line.endswith(":") and line[:-1] in paths:
            whole.append(line[:-1])
        elif line in paths:
            bare.append(line)
    return whole, bare


def answer(task: dict[str, Any], maps: dict[str, Any]) -> dict[str, Any]:
    """Make the maps of one task."""
    import tree_sitter
    from aider.repomap import RepoMap

    root, paths = task["root"], task["paths"]
    if root not in maps:
        maps[root] = RepoMap(map_tokens=8192, root=root, main_model=_Model(), io=_Silent(), refresh="always")
    made = maps[root]
    tags_of = RepoMap.get_tags

    def get_tags(name: str, short: str) -> list[Any]:
        try:
            return list(tags_of(made, name, short))
        except (tree_sitter.QueryError, ValueError):
            # One of its own queries does not fit its grammar; without the file it goes on.
            return []

    made.get_tags = get_tags
    files, names = mentions(task["message"], paths)
    absolute = [os.path.join(root, path) for path in paths]
    started, clock = time.process_time(), time.monotonic()
    tags = RepoMap.get_ranked_tags(made, [], absolute, files, names)
    ranking = time.process_time() - started
    made.get_ranked_tags = lambda *_, **__: list(tags)
    found: dict[str, Any] = {"id": task["id"], "ranking": ranking, "budgets": {}}
    for budget in task["budgets"]:
        started = time.process_time()
        text = made.get_ranked_tags_map_uncached([], absolute, budget, files, names) or ""
        whole, bare = shown(text, set(paths))
        found["budgets"][str(budget)] = {
            "whole": whole,
            "bare": bare,
            "tokens": _Model().token_count(text) if task.get("count") else 0,
            "seconds": time.process_time() - started,
        }
    found["wall"] = time.monotonic() - clock
    return found


def main() -> None:
    """Answer until the input ends."""
    maps: dict[str, Any] = {}
    out = os.dup(1)
    os.dup2(2, 1)
    for line in sys.stdin:
        reply = answer(json.loads(line), maps)
        os.write(out, json.dumps(reply).encode() + b"\n")


if __name__ == "__main__":
    main()
