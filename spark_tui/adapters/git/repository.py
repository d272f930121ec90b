"""The `Repository` port: branch and visible files of the person's repository, read without running what it names."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence

from spark_tui.adapters.git.command import Git, GitFailed
from spark_tui.adapters.git.index import (
    ENTRY_ARGUMENTS,
    OTHERS_ARGUMENTS,
    STAGED_ARGUMENTS,
    UnknownForm,
    parse_names,
    parse_staged,
)
from spark_tui.adapters.git.marks import Habits, Marker
from spark_tui.adapters.git.nested import nested_files
from spark_tui.adapters.git.past import past_commits
from spark_tui.adapters.git.place import Place, find, head
from spark_tui.core.checkpoint import is_staged_name
from spark_tui.core.display import inert
from spark_tui.core.repo import PastCommit
from spark_tui.ports import Entry, Head, Listing

LISTING_LIMIT = 200_000
"""Most files that are listed."""
_LISTING_SECONDS = 10.0
_PERSONAL = r"^(core\.excludesfile|core\.autocrlf|safe\.directory)$"
_LOCAL = r"^core\.(autocrlf|filemode)$"
_GREP_ARGUMENTS = (
    "--files-with-matches", "--null", "--fixed-strings", "--full-name", "--no-color", "--no-textconv",
    "--no-recurse-submodules",
)  # fmt: skip
_TRUE = ("true", "yes", "on", "1")


class GitRepository:
    """Reads one repository; without git it still knows the branch."""

    def __init__(self, root: str, git: Git | None) -> None:
        """Look at the repository that `root` belongs to, with `git` where there is one."""
        self.note = ""
        self._root = root
        self._git = git
        self._personal: dict[str, list[str]] | None = None
        self._marker: Marker | None = None

    @property
    def guarded(self) -> tuple[str, ...]:
        """Workspace-relative folders, other than `.git`, in which git keeps this repository."""
        place = find(self._root)
        if place is None:
            return ()
        root = os.path.realpath(self._root).rstrip("/") + "/"
        places = {place.git_dir, place.common_dir}
        return tuple(sorted(path[len(root) :] for path in places if path.startswith(root)))

    async def head(self) -> Head | None:
        """Where it stands; None without a repository."""
        return await asyncio.to_thread(self._head)

    async def listing(self) -> Listing | None:
        """Visible files with marks; None without a repository or git, with the reason in `note`."""
        place = await asyncio.to_thread(find, self._root)
        self.note = ""
        if place is None:
            return None
        if self._git is None:
            self.note = "git is not installed: files are listed without it."
            return None
        if not await asyncio.to_thread(self._is_trusted, place):
            self.note = "The repository belongs to another user: files are listed without git."
            return None
        try:
            found = await self._list(self._git, place)
            if place.prefix and not found.entries:
                self.note = "The repository around this folder ignores it: files are listed without git."
                return None
            return found
        except GitFailed as error:
            self.note = (
                f"git can't read this repository, files are listed without it: {inert(str(error))[:200]}"
            )
            return None

    async def committed(self, paths: Sequence[str]) -> Mapping[str, bytes]:
        """What the last commit holds of these files; those it does not have or that are too large are left out."""
        return await asyncio.to_thread(self._committed, paths)

    def _committed(self, paths: Sequence[str]) -> dict[str, bytes]:
        place = find(self._root)
        wanted = [path for path in paths if "\n" not in path]
        if place is None or self._git is None or not wanted or not self._is_trusted(place):
            return {}
        names = b"".join(os.fsencode(f"HEAD:{place.prefix}{path}\n") for path in wanted)
        try:
            output = self._git.run(place.git_dir, ["cat-file", "--batch"], stdin=names).stdout
        except GitFailed:
            return {}
        return dict(_blobs(wanted, output))

    async def past(self, most: int) -> tuple[PastCommit, ...]:
        """The latest commits; none where git can't tell."""
        return await asyncio.to_thread(self._past, most)

    def _past(self, most: int) -> tuple[PastCommit, ...]:
        place = find(self._root)
        if place is None or self._git is None or not self._is_trusted(place):
            return ()
        try:
            return past_commits(self._git, place, most)
        except GitFailed:
            return ()

    async def names(self) -> Listing | None:
        """Tracked files without marks, many times sooner than `listing`; None without a repository or git."""
        return await asyncio.to_thread(self._names)

    def _names(self) -> Listing | None:
        place = find(self._root)
        if place is None or self._git is None or not self._is_trusted(place):
            return None
        try:
            named = self._named(place, ["ls-files", "-z", "--full-name"])
        except GitFailed:
            return None
        # Git names them in order; a path in conflict comes several times.
        paths = sorted(dict.fromkeys(named))
        if not paths:
            return None
        return Listing(tuple(map(Entry, paths[:LISTING_LIMIT])), len(paths) > LISTING_LIMIT)

    def holding(self, text: str, is_exact: bool) -> tuple[frozenset[str], frozenset[str]] | None:
        """Which tracked files hold a text, and which are tracked; None where git can't say. Blocks."""
        place = find(self._root)
        if place is None or self._git is None or not self._is_trusted(place):
            return None
        case = [] if is_exact else ["--ignore-case"]
        try:
            # 1 means: none.
            found = self._named(place, ["grep", *_GREP_ARGUMENTS, *case, "-e", text], (0, 1))
            return frozenset(found), frozenset(self._named(place, ["ls-files", "-z", "--full-name"]))
        except GitFailed:
            return None

    def _named(self, place: Place, arguments: Sequence[str], good: Sequence[int] = (0,)) -> list[str]:
        """Have git name files below the workspace. Raises GitFailed."""
        assert self._git is not None
        scope = ["--", place.prefix] if place.prefix else []
        said = self._git.run(
            place.git_dir, [*arguments, *scope], work_tree=place.work_tree, timeout=_LISTING_SECONDS
        )
        if said.status not in good:
            raise GitFailed(f"git {arguments[0]} ended with {said.status}")
        start = len(place.prefix)
        named = parse_names(said.stdout)
        return [path[start:] for path in named] if start else named

    def _head(self) -> Head | None:
        place = find(self._root)
        if place is None:
            return None
        found = head(place)
        if found is not None or self._git is None or not self._is_trusted(place):
            return found
        try:
            name = self._git.run(place.git_dir, ["symbolic-ref", "-q", "HEAD"]).stdout
            oid = self._git.run(place.git_dir, ["rev-parse", "-q", "--verify", "HEAD^{commit}"]).stdout
        except GitFailed:
            return None
        branch, commit = os.fsdecode(name).strip(), os.fsdecode(oid).strip()
        if not branch and not commit:
            return None
        if not branch:
            return Head(commit[:8], detached=True, oid=commit)
        return Head(branch.removeprefix("refs/heads/"), unborn=not commit, oid=commit)

    def _is_trusted(self, place: Place) -> bool:
        """Whether git would work in this repository: it is the user's own, or the user said so."""
        if place.is_ours:
            return True
        named = self._settings().get("safe.directory", [])
        return "*" in named or place.work_tree in named

    def _settings(self) -> dict[str, list[str]]:
        if self._personal is None:
            try:
                self._personal = self._git.personal(_PERSONAL) if self._git else {}
            except GitFailed:
                self._personal = {}
        return self._personal

    def _excludes(self) -> str:
        """The person's own ignore file; a repository does not choose it."""
        named = self._settings().get("core.excludesfile", [""])[-1]
        if named:
            return os.path.expanduser(named)
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        return os.path.join(base, "git", "ignore")

    async def _list(self, git: Git, place: Place) -> Listing:
        options = [f"core.excludesFile={await asyncio.to_thread(self._excludes)}"]
        scope = ["--", place.prefix] if place.prefix else []

        def run(arguments: tuple[str, ...]) -> bytes:
            output = git.run(
                place.git_dir,
                [*arguments, *scope],
                work_tree=place.work_tree,
                options=options,
                timeout=_LISTING_SECONDS,
            )
            if output.status and arguments is not STAGED_ARGUMENTS:
                raise GitFailed(output.stderr.decode("utf-8", "replace").strip())
            return output.stdout

        tracked, others, staged, habits = await asyncio.gather(
            asyncio.to_thread(run, ENTRY_ARGUMENTS),
            asyncio.to_thread(run, OTHERS_ARGUMENTS),
            asyncio.to_thread(run, STAGED_ARGUMENTS),
            asyncio.to_thread(self._habits, git, place),
        )
        found = head(place)
        is_unborn = found is not None and found.unborn
        return await asyncio.to_thread(self._merge, place, (tracked, others, staged), habits, is_unborn)

    def _habits(self, git: Git, place: Place) -> Habits:
        """What of the settings matters for marks."""
        local: dict[str, str] = {}
        for record in git.run(place.git_dir, ["config", "-z", "--get-regexp", _LOCAL]).stdout.split(b"\0"):
            name, _, value = record.partition(b"\n")
            local[os.fsdecode(name)] = os.fsdecode(value).lower()
        own = self._settings().get("core.autocrlf", ["false"])[-1].lower()
        converts = local.get("core.autocrlf", own) in (*_TRUE, "input")
        try:
            written = os.stat(os.path.join(place.git_dir, "index")).st_mtime_ns
        except OSError:
            written = 0
        return Habits(local.get("core.filemode", "true") in (*_TRUE, ""), converts, written)

    def _merge(
        self, place: Place, outputs: tuple[bytes, bytes, bytes], habits: Habits, is_unborn: bool
    ) -> Listing:
        marks = self._tracked(place, outputs[0], dict(parse_staged(outputs[2])), habits, is_unborn)
        for path in parse_names(outputs[1]):
            if path.endswith("/"):
                marks.update(dict.fromkeys(nested_files(place.work_tree, path), "?"))
            elif not is_staged_name(path.rpartition("/")[2]):
                marks[path] = "?"
        start = len(place.prefix)
        paths = sorted(marks)
        truncated = len(paths) > LISTING_LIMIT
        note = f"Only the first {LISTING_LIMIT:,} files are listed." if truncated else ""
        if self._marker is not None and self._marker.is_cut and not note:
            note = "Some marks are guesses: too many files to compare at once."
        entries = tuple(Entry(path[start:], marks[path]) for path in paths[:LISTING_LIMIT])
        return Listing(entries, truncated, note)

    def _tracked(
        self, place: Place, output: bytes, staged: dict[str, str], habits: Habits, is_unborn: bool
    ) -> dict[str, str]:
        if self._marker is None or self._marker.work_tree != place.work_tree:
            self._marker = Marker(place.work_tree)
        converts = habits.converts or b".gitattributes\0" in output
        self._marker.begin(Habits(habits.file_modes, converts, habits.index_mtime_ns))
        try:
            marks = self._marker.mark_all(output)
        except UnknownForm as error:
            raise GitFailed("its list of files is in an unknown form") from error
        fresh = list(marks) if is_unborn else [path for path, letter in staged.items() if letter == "A"]
        for path in fresh:
            if marks.get(path) == "D":
                del marks[path]
            elif path in marks:
                marks[path] = "A"
        for path, letter in staged.items():
            if letter == "D":
                marks[path] = "D"
            elif marks.get(path) == "":
                marks[path] = "M"
        return marks


def _blobs(paths: Sequence[str], output: bytes) -> Iterator[tuple[str, bytes]]:
    """Read what `git cat-file --batch` says about each path."""
    at = 0
    for path in paths:
        end = output.find(b"\n", at)
        words = output[at:end].rsplit(b" ", 2)
        at = end + 1
        if end < 0 or len(words) < 3 or not words[2].isdigit():
            continue
        size = int(words[2])
        if words[1] == b"blob":
            yield path, output[at : at + size]
        at += size + 1
