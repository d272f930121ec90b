"""The commands on checkpoints, run as a person would in a folder of their own; their git is left as it was."""

import argparse
import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from spark_tui.adapters.clock import SystemClock
from spark_tui.adapters.disk_files import DiskFiles
from spark_tui.adapters.journal import Journal
from spark_tui.adapters.places import state_dir
from spark_tui.adapters.state_folder import StateFolder
from spark_tui.cli.cleaning import Caps, enforce, to_go
from spark_tui.cli.looking_back import add_commands
from spark_tui.core.checkpoint import FileWrite, LandingKind
from spark_tui.core.settings import Keeping
from spark_tui.engine.landing import Landing
from tests.e2e.places import fingerprint, git


class Place:
    """A folder with checkpoints, and the commands on it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return its code and what it said."""
        parser = argparse.ArgumentParser()
        add_commands(parser.add_subparsers(required=True))
        options = parser.parse_args([words[0], "-C", str(self.root), *words[1:]])
        code: int = options.command(options)
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def land(self, turn: str, session: str = "s1", /, **files: str | None) -> int:
        """Land contents as an accept (or as a save, for no turn); `__` in a name is a dot."""

        async def work() -> int:
            state = StateFolder.open(state_dir(), str(self.root))
            journal = await Journal.open(state.path, session)
            disk = DiskFiles(str(self.root))
            writes = []
            for name, content in files.items():
                path = name.replace("__", ".")
                before = (self.root / path).read_bytes() if (self.root / path).exists() else None
                writes.append(FileWrite(path, before, None if content is None else content.encode()))
            kind = LandingKind.ACCEPT if turn else LandingKind.SAVE
            point = await Landing(disk, journal, SystemClock()).land(writes, kind, turn, f"note {turn}")
            await journal.close()
            disk.close()
            return point.id

        return asyncio.run(work())

    def read(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text() if path.exists() else None


def facts_of(place: Place) -> list[dict[str, Any]]:
    """What the history says, newest first."""
    return [json.loads(line) for line in place.run("history", "--json")[1].splitlines()]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    monkeypatch.setenv("SPARK_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "w").mkdir()
    return Place(tmp_path / "w", capsys)


def repository(place: Place, **files: str) -> None:
    git(place.root, "init", "--quiet", "--initial-branch=trunk")
    git(place.root, "config", "user.name", "P")
    git(place.root, "config", "user.email", "p@localhost")
    for name, content in files.items():
        (place.root / name.replace("__", ".")).write_text(content)
    git(place.root, "add", ".")
    git(place.root, "commit", "--quiet", "-m", "first")


# -- looking


def test_history_lists_checkpoints_and_says_where_the_files_are(place: Place) -> None:
    assert place.run("history")[1:] == ("", "No checkpoints in this folder yet.\n")
    first, second = place.land("t1", a="1\n"), place.land("t2", a="2\n", b="x\n")
    place.run("undo")
    code, out, _ = place.run("history")
    marks = [line[:6] for line in out.splitlines()]
    assert code == 0
    assert marks == ["     3", f"-{second:>5}", f"*{first:>5}"]
    facts = [json.loads(line) for line in place.run("history", "--json")[1].splitlines()]
    assert [(fact["kind"], fact["is_here"], fact["is_undone"]) for fact in facts] == [
        ("undo", False, False),
        ("accept", False, True),
        ("accept", True, False),
    ]
    assert facts[1]["paths"] == ["a", "b"]
    assert len(place.run("history", "--limit", "1")[1].splitlines()) == 1


def test_the_git_mirror_is_where_history_says(place: Place) -> None:
    place.land("t1", a="1\n")
    place.run("undo")
    folder = place.run("history", "--git-dir")[1].strip()
    assert "undo" in git(place.root, f"--git-dir={folder}", "log", "--format=%s", "checkpoints")


def test_sessions_are_listed_by_what_was_asked_first(place: Place) -> None:
    assert "No sessions" in place.run("history", "--sessions")[2]
    folder = StateFolder.open(state_dir(), str(place.root)).path / "sessions"
    for age, (name, kinds) in enumerate({"new": ["turn", "turn"], "old": ["turn", "closed"]}.items()):
        rows = [{"v": 1, "kind": kind, "prompt": f"{name} {number}\x1b"} for number, kind in enumerate(kinds)]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        os.utime(folder / f"{name}.jsonl", (1_000_000 - age, 1_000_000 - age))
    lines = place.run("history", "--sessions")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["new", "old"]
    assert "cut off  new 0" in lines[0] and "ended    old 0" in lines[1] and "\x1b" not in "".join(lines)
    facts = [json.loads(line) for line in place.run("history", "--sessions", "--json")[1].splitlines()]
    assert [fact["is_ended"] for fact in facts] == [False, True]


def test_checkpoints_are_shown_with_their_commits_and_as_git_shows_them(place: Place) -> None:
    point = place.land("t1", a="1\n")
    assert place.run("show", str(point), "--git")[0] == 1
    place.run("undo")
    (undone, made) = [
        json.loads(line) for line in place.run("history", "--json", "--commits")[1].splitlines()
    ]
    folder = place.run("history", "--git-dir")[1].strip()
    assert undone["commit"] == git(place.root, f"--git-dir={folder}", "rev-parse", "checkpoints").strip()
    assert made["commit"][:12] in place.run("history", "--commits")[1]
    code, out, _ = place.run("show", str(point), "--git")
    assert code == 0 and f"commit {made['commit']}" in out and "+1" in out.splitlines()


def test_show_tells_the_change_and_nothing_harmful(place: Place) -> None:
    place.land("t1", a="".join(f"{n}\n" for n in range(30)))
    changed = "".join(f"{n}\n" if n not in (3, 20) else f"\x1b]0;evil\x07{n}\n" for n in range(30))
    point = place.land("t1", a=changed, b="new\n")
    code, out, _ = place.run("show", str(point))
    assert code == 0
    assert "@@ -1,7 +1,7 @@" in out and "@@ -18,7 +18,7 @@" in out
    assert "--- /dev/null\n+++ b\n" in out
    assert "\x1b" not in out and "\x07" not in out
    facts = json.loads(place.run("show", f"#{point}", "--json")[1])
    assert [(file["path"], file["before"]) for file in facts["files"]] == [("a", 80), ("b", None)]
    assert place.run("show", "99")[0] == 1


def test_a_name_that_no_text_can_hold_is_shown_and_counted(place: Place) -> None:
    name = os.fsdecode(b"\xff\x1b")
    (place.root / name).write_bytes(b"1")
    point = place.land("t1", **{name: "2"})
    assert place.run("show", str(point))[0] == 0
    assert json.loads(place.run("history", "--json")[1])["paths"] == [name]


# -- stepping


def test_undo_redo_and_undo_of_a_turn(place: Place) -> None:
    place.land("t1", a="1\n")
    place.land("t2", a="2\n")
    place.land("t2", a="3\n", b="b\n")
    assert place.run("undo")[0] == 0
    assert (place.read("a"), place.read("b")) == ("2\n", None)
    assert place.run("redo")[0] == 0
    assert (place.read("a"), place.read("b")) == ("3\n", "b\n")
    code, out, err = place.run("undo", "--turn")
    assert (place.read("a"), place.read("b")) == ("1\n", None)
    assert code == 0 and "undo turn: 2 checkpoints" in err and "(deleted)" in out
    place.run("undo")
    assert place.read("a") is None
    assert place.run("undo") == (1, "", "spark-tui: there is nothing to undo here\n")


def test_redo_asks_where_the_tree_forks(place: Place) -> None:
    first = place.land("t1", a="1\n")
    place.run("undo")
    second = place.land("t2", a="2\n")
    place.run("undo")
    code, _, err = place.run("redo")
    assert code == 2 and f"{first}" in err and f"{second}" in err and "name one" in err
    assert place.read("a") is None
    assert place.run("redo", str(first))[0] == 0
    assert place.read("a") == "1\n"
    assert place.run("redo")[0] == 1


def test_a_dry_run_writes_nothing(place: Place) -> None:
    place.land("t1", a="1\n")
    before = fingerprint(place.root)
    code, out, err = place.run("restore", "0", "--dry-run")
    assert code == 0 and "dry run" in err and "(deleted)" in out
    assert fingerprint(place.root) == before
    assert len(place.run("history", "--json")[1].splitlines()) == 1


def test_restore_leaves_changed_files_alone_unless_they_are_named(place: Place) -> None:
    (place.root / "b").write_text("1\n2\n")
    (place.root / "c").write_text("1\n")
    first = place.land("t1", a="1\n", b="1\nx\n", c="x\n")
    place.land("t2", a="2\n", b="1\ny\n", c="y\n")
    (place.root / "b").write_text("mine\ny\n")
    (place.root / "c").write_text("mine\n")
    code, out, _ = place.run("restore", str(first))
    assert code == 3
    assert (place.read("a"), place.read("b"), place.read("c")) == ("1\n", "mine\ny\n", "mine\n")
    assert "left alone           b: changed since; those changes stay" in out
    code, out, _ = place.run("restore", str(first), "b", "c")
    assert code == 0
    assert (place.read("b"), place.read("c")) == ("mine\nx\n", "x\n")
    place.run("undo")
    assert (place.read("b"), place.read("c")) == ("mine\ny\n", "mine\n")
    assert place.run("restore", str(first), "never")[0] == 1


def test_a_second_instance_looks_but_does_not_write(place: Place) -> None:
    """I20: only one instance writes; the other says so."""
    place.land("t1", a="1\n")
    state = StateFolder.open(state_dir(), str(place.root))
    state.claim()
    try:
        assert place.run("history")[0] == 0
        for words in (["undo"], ["restore", "0"], ["gc", "--yes"]):
            code, _, err = place.run(*words)
            assert code == 1 and "Another spark-tui" in err
        assert place.read("a") == "1\n"
    finally:
        state.release()


def test_a_folder_that_is_not_there_and_a_number_that_is_none(place: Place) -> None:
    with pytest.raises(SystemExit) as caught:
        place.run("show", "x")
    assert caught.value.code == 2
    place.root = place.root / "missing"
    assert place.run("history")[0] == 2


# -- cleaning


def test_gc_says_what_would_go_and_drops_only_old_sessions(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I21: the oldest go first; the state that the files are in never does."""
    old = "old" * 10_000
    place.land("t1", "s1", a=old)
    place.land("t1", "s2", a="2\n")
    last = place.land("t1", "s3", a="3\n")
    place.run("undo")
    place.run("redo")
    code, out, err = place.run("gc", "--keep-mib", "0")
    assert code == 0 and "2 sessions" in err and "would go" in err
    # The steps back and forth are a session each if a second passed between them.
    fates = [line.split()[0] for line in out.splitlines()]
    assert fates[:3] == ["goes", "goes", "needed"] and fates[-1] == "needed"
    assert len(place.run("history", "--json")[1].splitlines()) == 5
    assert place.run("gc", "--keep-mib", "0", "--yes")[0] == 0
    facts = [json.loads(line) for line in place.run("history", "--json")[1].splitlines()]
    assert facts[-1]["id"] == last and len(facts) == 3
    assert place.run("undo")[0] == 0
    assert place.read("a") == "2\n"
    assert place.run("gc")[2].startswith("0 sessions")


def test_what_is_needed_shields_what_is_newer() -> None:
    from spark_tui.adapters.journal.pruning import SessionUse

    uses = [
        SessionUse("a", 1, 10, 0.0, False),
        SessionUse("b", 1, 10, 0.0, True),
        SessionUse("c", 1, 10, 0.0, False),
    ]
    caps = Caps.of(Keeping())
    assert [use.session for use in to_go(uses, time.time(), caps)] == ["a"]
    assert to_go(uses[1:], time.time(), caps) == []


def test_the_caps_are_settings_and_hold_when_leaving(place: Place, tmp_path: Path) -> None:
    """I21: above the size that the settings name, or past their days, the oldest sessions go by themselves."""
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    place.land("t1", "s1", a="1" * 3_000_000)
    place.land("t1", "s1", a="1\n")
    place.land("t1", "s2", a="2\n")
    state = StateFolder.open(state_dir(), str(place.root)).path
    assert enforce(state, Caps.of(Keeping())) == ""
    assert "0 sessions" in place.run("gc")[2]
    (config / "config.toml").write_text("[history]\nkeep_mib = 1\n")
    assert "1 sessions" in place.run("gc")[2]
    assert "0 sessions" in place.run("gc", "--keep-mib", "9")[2]
    assert "1 old session went (2.9 MiB)" in enforce(state, Caps.of(Keeping(keep_mib=1)))
    assert [fact["session"] for fact in facts_of(place)] == ["s2"]
    assert enforce(state, Caps.of(Keeping(keep_mib=1))) == ""
    place.land("t1", "s3", a="3\n")
    assert "1 old session went" in enforce(state, Caps(-1.0, 1 << 30))
    assert [fact["session"] for fact in facts_of(place)] == ["s3"], "what the files stand on stays"
    assert place.run("show", "4")[0] == 0


# -- committing


def test_commit_takes_the_accepted_edits_and_leaves_all_other_work(place: Place) -> None:
    repository(place, shop="1\n2\n3\n4\n5\n", other="o\n", staged="s\n", both="1\n2\n3\n4\n5\n")
    (place.root / "shop").write_text("1 mine\n2\n3\n4\n5\n")
    (place.root / "other").write_text("o mine\n")
    (place.root / "staged").write_text("s staged\n")
    (place.root / "both").write_text("1\n2\n3\n4\n5 staged\n")
    git(place.root, "add", "staged", "both")
    place.land("t1", shop="1 mine\n2\n3\n4\n5 new\n", both="1 new\n2\n3\n4\n5 staged\n", fresh="f\n")
    place.land("", shop="1 mine\n2\n3 saved\n4\n5 new\n")
    index_of_staged = git(place.root, "ls-files", "--stage", "staged")
    assert place.run("commit", "--dry-run")[0] == 0
    code, out, err = place.run("commit", "-m", "edits")
    assert (code, out.splitlines()) == (0, ["+1 -1 both", "+1 -0 fresh", "+1 -1 shop"]), err
    assert git(place.root, "show", "HEAD:shop") == "1\n2\n3\n4\n5 new\n"
    assert git(place.root, "show", "HEAD:both") == "1 new\n2\n3\n4\n5\n"
    assert git(place.root, "show", "HEAD:fresh") == "f\n"
    assert git(place.root, "log", "--format=%s") == "edits\nfirst\n"
    assert git(place.root, "ls-files", "--stage", "staged") == index_of_staged
    assert git(place.root, "show", ":both") == "1 new\n2\n3\n4\n5 staged\n"
    assert git(place.root, "status", "--porcelain").splitlines() == [
        "M  both",
        " M other",
        " M shop",
        "M  staged",
    ]
    assert git(place.root, "diff", "shop").count("\n+") == 3
    assert place.run("commit", "-m", "again")[0] == 1


def test_commit_runs_the_persons_hooks_and_obeys_them(place: Place) -> None:
    repository(place, a="1\n")
    hook = place.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ngit diff --cached --name-only > hook-saw\nexit 1\n")
    hook.chmod(0o755)
    place.land("t1", a="2\n")
    before = fingerprint(place.root / ".git")
    code, _, err = place.run("commit", "-m", "x")
    assert code == 1 and "did not commit" in err
    assert (place.root / "hook-saw").read_text() == "a\n"
    after = fingerprint(place.root / ".git")
    assert {
        name for name in before | after if before.get(name) != after.get(name) and "objects" not in name
    } == set()
    hook.write_text("#!/bin/sh\nexit 0\n")
    assert place.run("commit", "-m", "x")[0] == 0
    assert git(place.root, "status", "--porcelain") == "?? hook-saw\n"


def test_commit_says_what_it_leaves_out(place: Place) -> None:
    repository(place, a="1\n", __gitignore="*.log\n")
    (place.root / "loose").write_text("l\n")
    (place.root / "a").write_text("mine\n")
    (place.root / "sub").mkdir()
    git(place.root / "sub", "init", "--quiet")
    place.land("t1", a="mine too\n", loose="l2\n", x__log="log\n", ok="k\n")
    place.land("t1", **{"sub/in": "n\n"})
    code, out, _ = place.run("commit", "-m", "x")
    assert code == 3
    assert out.splitlines() == [
        "+1 -0 ok",
        "left out a: has other changes in the same lines, which are not committed yet",
        "left out loose: is not in the last commit: add it first",
        "left out sub/in: is in a repository of its own",
        "left out x.log: is ignored by git",
    ]
    assert git(place.root, "show", "--format=", "--name-only", "HEAD") == "ok\n"


def test_what_was_undone_is_not_committed(place: Place) -> None:
    repository(place, a="1\n", b="1\n")
    place.land("t1", a="2\n")
    place.land("t1", b="2\n")
    place.run("undo")
    assert place.run("commit", "-m", "x")[0] == 0
    assert git(place.root, "show", "--format=", "--name-only", "HEAD") == "a\n"
    place.run("undo")
    assert place.run("commit", "-m", "x")[0] == 1


def test_commit_works_before_the_first_commit_and_deletes_files(place: Place) -> None:
    git(place.root, "init", "--quiet", "--initial-branch=trunk")
    git(place.root, "config", "user.name", "P")
    git(place.root, "config", "user.email", "p@localhost")
    place.land("t1", a="1\n", b="1\n")
    assert place.run("commit", "-m", "x")[0] == 0
    place.land("t2", "s2", a=None)
    assert place.run("commit", "-m", "y")[0] == 0
    assert git(place.root, "ls-tree", "--name-only", "HEAD") == "b\n"
    assert git(place.root, "status", "--porcelain") == ""


@pytest.mark.parametrize("trouble", ["merge", "lock", "none"])
def test_commit_refuses_in_a_state_where_it_would_do_harm(place: Place, trouble: str) -> None:
    if trouble != "none":
        repository(place, a="1\n")
    place.land("t1", a="2\n")
    if trouble == "merge":
        (place.root / ".git" / "MERGE_HEAD").write_text(git(place.root, "rev-parse", "HEAD"))
    elif trouble == "lock":
        (place.root / ".git" / "index.lock").touch()
    words = {"merge": "merge is in progress", "lock": "Another git", "none": "no git repository"}[trouble]
    code, _, err = place.run("commit", "-m", "x")
    assert code == 1 and words in err.replace("A merge", "merge")


def test_commit_puts_line_ends_and_modes_as_git_would(place: Place) -> None:
    repository(place, a="1\n2\n", __gitattributes="*.crlf text eol=crlf\n", x__crlf="1\n2\n")
    (place.root / "a").chmod(0o755)
    git(place.root, "commit", "--quiet", "-am", "mode")
    (place.root / "x.crlf").write_bytes(b"1\r\n2\r\n")
    place.land("t1", a="1\n3\n", x__crlf="1\r\n3\r\n")
    assert place.run("commit", "-m", "x")[0] == 0
    assert git(place.root, "cat-file", "blob", "HEAD:x.crlf") == "1\n3\n"
    assert git(place.root, "ls-tree", "HEAD", "a").startswith("100755")
    assert git(place.root, "status", "--porcelain") == ""
