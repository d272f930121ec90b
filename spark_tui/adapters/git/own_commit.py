"""Commits given file contents to the person's repository, on their explicit word, and nothing else of theirs.

The commit is made through an index of its own, so that what is staged and what is not stays as it was; hooks,
signing and identity are the person's. Afterwards their index learns the committed contents of these paths.
"""

import os
from collections.abc import Callable, Sequence

from spark_tui.adapters.git.command import GitFailed, PersonalGit
from spark_tui.adapters.git.place import Place, find
from spark_tui.core.values import dataclass

_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "",
}
_REGULAR = ("100644", "100755")

Make = Callable[[bytes | None], bytes | None]
"""Turns the committed content of a file into the one to commit. Raises ValueError with the reason if it can't."""


class CommitRefused(Exception):
    """Nothing was committed; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One path that shall be committed."""

    path: str
    """Relative to the workspace."""
    make: Make
    executable: bool = False
    """For a file that the last commit does not have."""


@dataclass(frozen=True, slots=True)
class Staged:
    """One path as it will be committed."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    oid: str


class OwnCommit:
    """One commit from plan to end; blocking."""

    def __init__(self, program: str, root: str) -> None:
        """Look at the repository around `root`. Raises CommitRefused."""
        place = find(root)
        if place is None:
            raise CommitRefused("This folder is in no git repository.")
        self._place: Place = place
        self._git = PersonalGit(program, place.work_tree)
        for name, what in _UNDER_WAY.items():
            if what and os.path.lexists(os.path.join(place.git_dir, name)):
                raise CommitRefused(f"{what.capitalize()} is in progress: finish it first.")
        if os.path.lexists(os.path.join(place.git_dir, "index.lock")):
            raise CommitRefused("Another git works on this repository (index.lock is there): try again.")
        try:
            if self._git.run(["ls-files", "--unmerged"]):
                raise CommitRefused("Some files have unsolved conflicts: solve them first.")
            self._head = self._commit_id()
        except GitFailed as error:
            raise CommitRefused(f"The repository can't be used: {error}") from error
        self.left_out: list[tuple[str, str]] = []
        """Paths that are not committed, each with the reason."""
        self.staged: list[Staged] = []
        self._committed: dict[str, _Entry | None] = {}
        self._in_index: dict[str, _Entry | None] = {}
        self._executable: set[str] = set()

    def _commit_id(self) -> str:
        try:
            return self._git.run(["rev-parse", "-q", "--verify", "HEAD^{commit}"]).decode().strip()
        except GitFailed:
            return ""

    def plan(self, wanted: Sequence[Wanted]) -> None:
        """Work out what will be committed; reasons against single files go to `left_out`. Raises CommitRefused."""
        for each in wanted:
            try:
                self._plan(each)
            except ValueError as reason:
                self.left_out.append((each.path, str(reason)))
            except GitFailed as error:
                raise CommitRefused(f"The repository can't be read: {error}") from error

    def _plan(self, each: Wanted) -> None:
        full = os.path.join(self._place.work_tree, self._place.prefix + each.path)
        inner = find(os.path.dirname(full)) if os.path.isdir(os.path.dirname(full)) else self._place
        if inner is None or inner.work_tree != self._place.work_tree:
            raise ValueError("is in a repository of its own")
        path = self._place.prefix + each.path
        committed, staged = self._entry_in_head(path), self._entry_in_index(path)
        for entry in (committed, staged):
            if entry is not None and entry.mode not in _REGULAR:
                raise ValueError("is a link or a submodule in git")
        before = self._git.run(["cat-file", "--filters", f"{self._head}:{path}"]) if committed else None
        after = each.make(before)
        if after == before:
            return
        if committed is None and staged is None and self._is_ignored(path):
            raise ValueError("is ignored by git")
        if staged != committed and (committed is None or staged is None):
            raise ValueError("is staged as a whole file: commit it yourself")
        self._committed[path], self._in_index[path] = committed, staged
        if each.executable:
            self._executable.add(path)
        self.staged.append(Staged(path, before, after))

    def _entry_in_head(self, path: str) -> _Entry | None:
        if not self._head:
            return None
        listed = self._git.run(["ls-tree", "-z", "--full-tree", self._head, path]).split(b"\0")[0]
        fields = listed.split(b"\t")[0].split()
        return _Entry(fields[0].decode(), fields[2].decode()) if fields else None

    def _entry_in_index(self, path: str) -> _Entry | None:
        fields = (
            self._git.run(["--literal-pathspecs", "ls-files", "-z", "--stage", "--", path])
            .split(b"\t")[0]
            .split()
        )
        return _Entry(fields[0].decode(), fields[1].decode()) if fields else None

    def _is_ignored(self, path: str) -> bool:
        try:
            return bool(
                self._git.run(["check-ignore", "--no-index", "-z", "--stdin"], stdin=os.fsencode(path))
            )
        except GitFailed:
            return False

    def carry_out(
        self, index: str, message: str | None, merge: Callable[[bytes, bytes, bytes], bytes | None]
    ) -> bool:
        """Commit what is planned through an index at the path `index`; False if git or a hook said no.

        `merge` joins base, staged and committed bytes of a file of which the person staged a part.
        Raises CommitRefused, also if the commit is made but the person's index could not follow.
        """
        try:
            self._fill(index)
            words = ["commit", "--quiet"] if message is None else ["commit", "--quiet", "-m", message]
            if self._git.talk(["-c", "core.splitIndex=false", *words], index=index):
                return False
        except GitFailed as error:
            raise CommitRefused(f"Nothing was committed: {error}") from error
        finally:
            for name in (index, index + ".lock"):
                if os.path.lexists(name):
                    os.unlink(name)
        try:
            self._follow(merge)
        except GitFailed as error:
            raise CommitRefused(
                f"The commit is made, but your index could not follow ({error}): the files show as staged."
            ) from error
        return True

    def _fill(self, index: str) -> None:
        quiet = ("-c", "core.splitIndex=false", "-c", "core.fsmonitor=false")
        records: list[bytes] = []
        if self._head:
            records.append(self._git.run(["ls-tree", "-r", "-z", "--full-tree", self._head]))
        for file in self.staged:
            entry: _Entry | None = None
            if file.after is not None:
                oid = self._git.run(["hash-object", "-w", f"--path={file.path}", "--stdin"], stdin=file.after)
                old = self._committed[file.path]
                mode = old.mode if old else _REGULAR[file.path in self._executable]
                entry = _Entry(mode, oid.decode().strip())
            records.append(_record(file.path, entry, self._null()))
        self._git.run([*quiet, "update-index", "-z", "--index-info"], index=index, stdin=b"".join(records))

    def _null(self) -> str:
        return "0" * (len(self._head) or 40)

    def _follow(self, merge: Callable[[bytes, bytes, bytes], bytes | None]) -> None:
        """Let the person's index have what was committed; what they had staged in the same files stays staged."""
        self._head = self._commit_id()
        records: list[bytes] = []
        for file in self.staged:
            old, staged, now = (
                self._committed[file.path],
                self._in_index[file.path],
                self._entry_in_head(file.path),
            )
            if staged != old and staged is not None and old is not None and now is not None:
                images = (self._git.run(["cat-file", "blob", entry.oid]) for entry in (old, staged, now))
                joined = merge(*images)
                if joined is None:
                    continue
                oid = self._git.run(["hash-object", "-w", "--stdin"], stdin=joined).decode().strip()
                now = _Entry(staged.mode, oid)
            records.append(_record(file.path, now, self._null()))
        self._git.run(["update-index", "-z", "--index-info"], stdin=b"".join(records))


def _record(path: str, entry: _Entry | None, null: str) -> bytes:
    if entry is None:
        return b"0 %s\t%s\0" % (null.encode(), os.fsencode(path))
    return b"%s %s\t%s\0" % (entry.mode.encode(), entry.oid.encode(), os.fsencode(path))
