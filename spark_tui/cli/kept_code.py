"""The code of all that a start imports, kept in one file: finding and reading hundreds of files takes its time.

As with Python's own cache, code is used as long as its source has the same size and time of change. Where Python
keeps no code of the program, because it can't or is told not to, this also saves compiling it at every start.
"""

import marshal
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_NUMBER = 4
"""Bytes of the number that the file begins with: how long the table is."""
_LONGEST_TABLE = 1 << 22
_MOST = 1 << 26
"""Bytes of code beyond which what earlier starts needed is left out."""

_Entry = tuple[str, tuple[int, int] | None, bool, int, int]
"""Path and stamp of the source, whether it is a package, where its code is in the file, and how long."""


def places() -> Iterator[str]:
    """Yield the folders the file may be in, the best first: with Python's own cache of the program, or among ours."""
    if not sys.dont_write_bytecode and sys.pycache_prefix is None:
        yield os.path.join(_HERE, "__pycache__")
    from spark_tui.adapters.places import cache_dir

    own = os.path.join(cache_dir(), "code")
    if not _lies_here(own):
        yield own


def _lies_here(path: str) -> bool:
    """Whether a path is in the folder that we are started in, which may be a stranger's; home is not."""
    here = os.path.realpath(os.curdir).rstrip("/") + "/"
    home = os.path.realpath(os.path.expanduser("~")) + "/"
    return os.path.realpath(path).startswith(here) and not home.startswith(here)


def _stamp(path: str) -> tuple[int, int] | None:
    """Time of change and size; None: it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _is_fresh(entry: _Entry) -> bool:
    """Whether the source is there, and as it was."""
    return entry[1] is not None and _stamp(entry[0]) == entry[1]


class KeptCode:
    """Finds modules whose code is kept, and remembers the others of this start to keep them too."""

    def __init__(self, folders: Callable[[], Iterable[str]] = places) -> None:
        """`folders` are where the file may be; it is written to the first that lets us."""
        self._folders = folders
        # The first entry is the folder of the script, or the one that the program was started in; processes that the
        # program starts itself have none.
        self._here = None if sys.flags.safe_path else sys.path[0]
        lasting = sys.path if sys.flags.safe_path else sys.path[1:]
        self._head = ascii((sys.version, sys.flags.optimize, _HERE, lasting))
        self._table: dict[str, _Entry] = {}
        self._made: dict[str, tuple[_Entry, CodeType]] | None = {}
        self._file, self._base = -1, 0

    def use(self) -> None:
        """Find modules from now on."""
        for path in self._files():
            try:
                self._open(path)
                break
            except (OSError, ValueError, EOFError, TypeError):
                continue
        sys.meta_path.insert(sys.meta_path.index(PathFinder), self)

    def _files(self) -> Iterator[str]:
        for folder in self._folders():
            yield os.path.join(folder, f"start.{sys.implementation.cache_tag}.code")

    def _open(self, path: str) -> None:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            status = os.fstat(file)
            # Before anything is read: what others made could do harm already while it is taken apart.
            if (
                not stat.S_ISREG(status.st_mode)
                or status.st_uid not in (os.getuid(), 0)
                or status.st_mode & 0o022
            ):
                raise ValueError("for others to change")
            length = int.from_bytes(os.pread(file, _NUMBER, 0), "little")
            head, table = marshal.loads(os.pread(file, min(length, _LONGEST_TABLE), _NUMBER))
            if head != self._head:
                raise ValueError("kept for another program")
        except BaseException:
            os.close(file)
            raise
        self._file, self._table, self._base = file, table, _NUMBER + length

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module; the way `importlib` asks."""
        entry = self._table.get(fullname)
        if entry is not None and _is_fresh(entry):
            place, _, is_package, *_ = entry
            spec = ModuleSpec(fullname, _Kept(fullname, place, self), origin=place, is_package=is_package)
            spec.has_location = True
            if spec.submodule_search_locations is not None:
                spec.submodule_search_locations.append(os.path.dirname(place))
            return spec
        if self._made is None:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is not None and type(found.loader) is SourceFileLoader and self._is_lasting(found):
            found.loader = _Remembered(fullname, str(found.loader.path), self)
        return found

    def _is_lasting(self, spec: ModuleSpec) -> bool:
        """Whether another start would find the same; what lies in the folder of the start may not be found again."""
        top = spec.name.partition(".")[0]
        outer = spec if top == spec.name else getattr(sys.modules.get(top), "__spec__", None)
        if outer is None or outer.origin is None:
            return False
        folder = os.path.dirname(outer.origin)
        return top == "spark_tui" or self._here not in (folder, os.path.dirname(folder))

    def code(self, name: str) -> CodeType:
        """Return what is kept of a module. Raises OSError, ValueError, EOFError, TypeError."""
        code: CodeType = marshal.loads(self._raw(self._table[name]))
        return code

    def _raw(self, entry: _Entry) -> bytes:
        *_, begin, length = entry
        return os.pread(self._file, length, self._base + begin)

    def remember(self, name: str, entry: _Entry, code: CodeType) -> None:
        """Have the code of a module, as it was when it was loaded."""
        if self._made is not None:
            self._made[name] = entry, code

    def keep(self) -> None:
        """Write down what had to be looked for elsewhere, if anything had; remembers no more."""
        made, self._made = dict(self._made or ()), None
        if not made:
            return
        # Not needed for the first frame.
        from pathlib import Path

        from spark_tui.adapters.own_files import make_private, replace_small

        table: dict[str, _Entry] = {}
        parts: list[bytes] = []
        end = 0
        is_small = sum(entry[-1] for entry in self._table.values()) < _MOST
        old = [name for name, entry in self._table.items() if is_small and _is_fresh(entry)]
        for name in dict.fromkeys([*old, *made]):
            entry, code = made.get(name, (None, None))
            part = marshal.dumps(code) if entry is not None else self._raw(self._table[name])
            table[name] = (*(entry or self._table[name])[:3], end, len(part))
            parts.append(part)
            end += len(part)
        raw = marshal.dumps((self._head, table))
        content = b"".join([len(raw).to_bytes(_NUMBER, "little"), raw, *parts])
        for path in map(Path, self._files()):
            try:
                make_private(path.parent)
                replace_small(path, content)
                break
            except OSError:
                continue


class _Kept(SourceFileLoader):
    """Loads a module from its kept code."""

    def __init__(self, name: str, path: str, kept: KeptCode) -> None:
        super().__init__(name, path)
        self._kept = kept

    def get_code(self, fullname: str) -> CodeType | None:
        try:
            return self._kept.code(fullname)
        except (OSError, ValueError, EOFError, TypeError):
            # A damaged file is no reason not to start.
            return super().get_code(fullname)


class _Remembered(SourceFileLoader):
    """Loads a module as ever, and has its code remembered."""

    def __init__(self, name: str, path: str, kept: KeptCode) -> None:
        super().__init__(name, path)
        self._kept = kept

    def get_code(self, fullname: str) -> CodeType | None:
        path = str(self.path)
        entry = path, _stamp(path), self.is_package(fullname), 0, 0
        code = super().get_code(fullname)
        if code is not None:
            self._kept.remember(fullname, entry, code)
        return code
