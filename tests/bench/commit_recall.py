"""Which edited files a context holds: real commits, the message as the prompt, the parent's tree, no file open.

    python -m tests.bench.commit_recall [--aider PYTHON] [--cache FILE] REPOSITORY.git ...

Says by repository which share of the edited files that were there before is in the context, whole or as a skeleton,
at 8k, 32k and 121k tokens; lines of the map do not count. With `--aider` (the Python of a virtual environment that has
`aider-chat` and `splintr-rs`) aider's repository map gets the same messages, trees and budgets; a file counts when
the map shows anything of its content. What it answers is kept in `--cache`, for it takes long.

Last measured on 221 commits of 13 repositories (17 each; tuned on others: click, flask, gin, httpx, ripgrep, scrapy,
sphinx), shares at 8k, 32k and 121k tokens, ours and the map's:

    caddy        92  99 100    47 63 63        pytest       100 100 100    31 43 43
    express     100 100 100    19 26 26        redis         86  98  98    20 33 48
    fastapi      91  96  96     0  1  4        requests     100 100 100    22 22 22
    fd          100 100 100    28 30 30        sinatra      100 100 100    41 59 59
    gson         97 100 100    11 16 28        sqlalchemy    65  80  99    14 42 65
    helix        96 100 100     3 10 10        vue           95 100 100    26 31 38
    pydantic     95  96 100    14 18 25        all           94  98  99    21 30 36

Of lock files and large generated ones a few lines go along; where the prompt names none of theirs, the first ones.
"""

import argparse
import json
import os
import stat
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spark_tui.adapters.repo_index.reading import Examined, examine
from spark_tui.adapters.token_count import O200kCounter
from spark_tui.core.context import Form, plan_ranked
from spark_tui.core.repo import FileFacts, PastCommit, Query, Ranker, RepoFacts
from spark_tui.core.text import Text

BUDGETS = (8_192, 32_768, 121_000)
OVERHEAD = 1_150
"""Tokens of a request around the files: instructions, tools, envelope. They are within our budget, not aider's."""
COMMITS = 17
"""Commits of one repository."""
_LOOKED_AT = 900
_MOST_EDITED = 10
_MOST_TOUCHED = 20


@dataclass(frozen=True, slots=True)
class Task:
    """One commit to guess."""

    repository: str
    parent: str
    commit: str
    message: str
    edited: tuple[str, ...]


@dataclass(slots=True)
class Scores:
    """What came of one repository: per budget the share of each commit."""

    ours: list[tuple[float, ...]] = field(default_factory=list)
    aiders: list[tuple[float, ...]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Past:
    """A repository whose trees are looked at one after the other; nothing is checked out."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.facts: dict[str, FileFacts] = {}
        self.ranker = Ranker(RepoFacts())
        self._tree: dict[str, str] = {}
        self._examined: dict[tuple[str, str], Examined] = {}
        self._count = O200kCounter().count
        self._texts: dict[str, Text] = {}
        self._sizes: dict[str, int] = {}
        self._blobs = subprocess.Popen(
            ["git", "--git-dir", place, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def close(self) -> None:
        """End the helper process."""
        self._blobs.kill()
        self._blobs.communicate()

    def git(self, *arguments: str) -> str:
        """Ask git."""
        done = subprocess.run(["git", "--git-dir", self.place, *arguments], capture_output=True, check=True)
        return done.stdout.decode("utf-8", "replace")

    def blob(self, name: str) -> bytes | None:
        """Bytes of a file; None if the copy of the repository lacks them."""
        assert self._blobs.stdin is not None and self._blobs.stdout is not None
        self._blobs.stdin.write(name.encode() + b"\n")
        self._blobs.stdin.flush()
        head = self._blobs.stdout.readline().split()
        if len(head) < 3:
            return None
        data = self._blobs.stdout.read(int(head[2]))
        self._blobs.stdout.read(1)
        return data

    def read(self, path: str) -> Text | None:
        """The text of a file in the present tree."""
        name = self._tree[path]
        if name not in self._texts:
            if len(self._texts) > 4000:
                self._texts.clear()
            self._texts[name] = Text.decode(self.blob(name) or b"")
        return self._texts[name]

    def go(self, commit: str) -> None:
        """Bring facts and ranking to the tree and the history of a commit."""
        tree = {}
        for entry in filter(None, self.git("ls-tree", "-r", "-z", commit).split("\0")):
            head, path = entry.split("\t", 1)
            mode, kind, name = head.split()
            if kind == "blob" and mode != "120000":
                tree[path] = name
        gone = [path for path in self._tree if path not in tree]
        self.ranker.remove(gone)
        for path in gone:
            self.facts.pop(path, None)
        for path, name in tree.items():
            if self._tree.get(path) != name:
                self._look_at(path, name)
        self._tree = tree
        self.ranker.set_history(list(self._history(commit)))

    def _look_at(self, path: str, name: str) -> None:
        key = (path.rpartition("/")[2], name)
        if key not in self._examined:
            data = self.blob(name)
            if data is None:
                return
            status = os.stat_result((stat.S_IFREG | 0o644, 0, 0, 1, 0, 0, len(data), 0, 0, 0))
            self._examined[key] = examine(path, data, status)
        found = self._examined[key]
        facts = FileFacts(
            path, *(getattr(found.facts, name) for name in list(FileFacts.__dataclass_fields__)[1:])
        )
        self.facts[path] = facts
        self.ranker.put(path, [one.name for one in facts.definitions], found.terms)

    def _history(self, commit: str) -> Iterator[PastCommit]:
        form = "--format=%x01%ct%x02%B%x03"
        log = self.git("log", "--no-merges", "-n", "3000", "--name-only", "--no-renames", form, commit)
        for block in log.split("\x01")[1:]:
            head, paths = block.split("\x03", 1)
            when, message = head.split("\x02", 1)
            yield PastCommit(int(when), tuple(filter(None, paths.strip().split("\n"))), message[:600])

    def shares(self, task: Task) -> tuple[tuple[float, ...], float]:
        """Share of the edited files that the context holds, by budget, and the seconds of a ranking."""
        self.go(task.parent)
        started = time.process_time()
        ranked = self.ranker.rank(Query(task.message))
        seconds = time.process_time() - started
        found = []
        for budget in BUDGETS:
            plan = plan_ranked(ranked, self.facts, self.read, budget - OVERHEAD, self._count)
            held = {entry.piece.label for entry in plan.chosen if entry.form is not Form.MAP}
            found.append(_share(task, held))
        return tuple(found), seconds

    def tokens(self) -> int:
        """Tokens of all files of the present tree that could be sent."""
        return sum(self._tokens(path) for path, facts in self.facts.items() if not facts.note)

    def _tokens(self, path: str) -> int:
        name = self._tree[path]
        if name not in self._sizes:
            self._sizes[name] = self._count((self.blob(name) or b"").decode("utf-8", "replace"))
        return self._sizes[name]


def _share(task: Task, held: set[str]) -> float:
    return sum(path in held for path in task.edited) / len(task.edited)


def tasks(place: str, most: int) -> list[Task]:
    """Choose commits evenly from the latest ones: a few edited files, a message of some words; oldest first."""
    form = "--format=%x01%H%x02%P%x02%B%x03"
    arguments = ["log", "--no-merges", "-n", str(_LOOKED_AT), "--name-status", "--no-renames", form]
    log = subprocess.run(["git", "--git-dir", place, *arguments], capture_output=True, check=True).stdout
    found = []
    for block in log.decode("utf-8", "replace").split("\x01")[1:]:
        head, body = block.split("\x03", 1)
        commit, parent, message = head.split("\x02", 2)
        touched = [line.split("\t") for line in body.strip().split("\n") if "\t" in line]
        edited = tuple(path for mark, path in touched if mark == "M")
        is_fit = 1 <= len(edited) <= _MOST_EDITED and len(touched) <= _MOST_TOUCHED
        if is_fit and parent and " " not in parent and len(message.split()) >= 3:
            found.append(Task(place, parent, commit, message.strip(), edited))
    return found[:: max(1, len(found) // most)][:most][::-1]


class Aider:
    """aider's repository map in its own process, with work trees in a temporary folder."""

    def __init__(self, python: str, cache: Path | None) -> None:
        self._cache = cache
        self._known: dict[str, Any] = {}
        if cache is not None and cache.exists():
            for line in cache.read_text().splitlines():
                answer = json.loads(line)
                self._known[answer["id"]] = answer
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [python, str(Path(__file__).parent / "aider_map.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def shares(self, task: Task) -> tuple[float, ...]:
        """Share of the edited files of which the map shows content, by budget."""
        answer = self._known.get(task.commit) or self._ask(task)
        return tuple(_share(task, set(answer["budgets"][str(budget)]["whole"])) for budget in BUDGETS)

    def _ask(self, task: Task) -> Mapping[str, Any]:
        tree = Path(self._folder.name) / task.repository.strip("/").replace("/", "+")
        git = ["git", "-C", str(tree), "-c", "core.hooksPath=/dev/null", "-c", "filter.lfs.smudge="]
        if not tree.exists():
            clone = ["git", "clone", "-q", "--shared", "--no-checkout", task.repository, str(tree)]
            subprocess.run(clone, check=True)
        switch = [*git, "switch", "-q", "--detach", "--discard-changes", task.parent]
        if subprocess.run(switch, capture_output=True).returncode:
            # The copy of the repository lacks the bytes of some file: all others are written.
            subprocess.run([*git, "read-tree", task.parent], check=True)
            subprocess.run([*git, "checkout-index", "--all", "--force", "--quiet"], capture_output=True)
        listed = subprocess.run([*git, "ls-files", "-z"], capture_output=True, check=True).stdout
        paths = [path for path in listed.decode("utf-8", "replace").split("\0") if path]
        asked = {"id": task.commit, "root": str(tree), "paths": paths, "message": task.message}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({**asked, "budgets": BUDGETS}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if self._cache is not None:
            with self._cache.open("a") as file:
                file.write(line)
        found: Mapping[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


def measure(place: str, aider: Aider | None, most: int) -> Scores:
    """Work off one repository."""
    past, scores = Past(place), Scores()
    for task in tasks(place, most):
        share, seconds = past.shares(task)
        scores.ours.append(share)
        scores.seconds.append(seconds)
        scores.sizes.append(past.tokens())
        if aider is not None:
            scores.aiders.append(aider.shares(task))
    past.close()
    return scores


def _means(shares: list[tuple[float, ...]]) -> list[float]:
    return [statistics.fmean(column) for column in zip(*shares, strict=True)]


def _row(name: str, scores: Scores) -> str:
    ours = "  ".join(f"{mean:6.1%}" for mean in _means(scores.ours))
    size = f"{statistics.median(scores.sizes) / 1000:6.0f}k"
    row = f"{name:28} {len(scores.ours):3}  {size}  {ours}"
    if scores.aiders:
        theirs = _means(scores.aiders)
        row += "   aider " + "  ".join(f"{mean:6.1%}" for mean in theirs)
        ratios = (
            mean / other if other else float("inf")
            for mean, other in zip(_means(scores.ours), theirs, strict=True)
        )
        row += "   ratio " + "  ".join(f"{ratio:5.1f}" for ratio in ratios)
    return row


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--aider")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--commits", type=int, default=COMMITS)
    options = parser.parse_args()
    aider = Aider(options.aider, options.cache) if options.aider else None
    everything, larger = Scores(), Scores()
    print(f"{'repository':28} {'n':>3}  tokens   " + "  ".join(f"{budget:6,}" for budget in BUDGETS))
    for place in options.repositories:
        scores = measure(place, aider, options.commits)
        print(_row("/".join(place.strip("/").split("/")[-2:])[-28:], scores), flush=True)
        for total in [everything, larger] if statistics.median(scores.sizes) > BUDGETS[-1] else [everything]:
            total.ours += scores.ours
            total.aiders += scores.aiders
            total.sizes += scores.sizes
            total.seconds += scores.seconds
    print(_row("all", everything))
    if larger.ours:
        print(_row("larger than the window", larger))
    print(f"one ranking: median {statistics.median(everything.seconds) * 1000:.0f} ms of processor time")
    if aider is not None:
        aider.close()


if __name__ == "__main__":
    main()
