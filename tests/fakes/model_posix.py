"""A file system in memory that forgets, at a power cut, whatever was not made durable.

Each folder keeps its names as they are and as they are on disk, and the changes in between; each file its bytes
likewise. A power cut keeps any choice of the changes that were not synced yet, and none, half or all of the bytes.
"""

import errno
import os
import random
import stat
from dataclasses import dataclass, field
from itertools import count

from spark_tui.adapters.disk_files import Posix
from spark_tui.adapters.disk_files.posix import Unsupported
from tests.fakes.faulty_posix import Crash


@dataclass(eq=False, slots=True)
class Node:
    """A file or folder."""

    inode: int
    is_folder: bool
    mode: int
    data: bytes = b""
    durable_data: bytes = b""
    names: "dict[str, Node]" = field(default_factory=dict)
    durable_names: "dict[str, Node]" = field(default_factory=dict)
    pending: "list[dict[str, Node | None]]" = field(default_factory=list)
    """Changes of names since the last sync, each in one piece."""


@dataclass(slots=True)
class Status:
    """The fields of a status that are asked for."""

    st_mode: int
    st_ino: int
    st_size: int
    st_nlink: int = 1
    st_dev: int = 1
    st_uid: int = field(default_factory=os.geteuid)
    st_gid: int = field(default_factory=os.getegid)
    st_mtime_ns: int = 0


def _no(number: int, name: str = "") -> OSError:
    return OSError(number, os.strerror(number), name)


class ModelPosix(Posix):
    """The calls of `Posix` on the model. At call number `cut_at` the power goes."""

    def __init__(
        self, root: Node | None = None, cut_at: int | None = None, lacking: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self.root = root or Node(0, True, 0o755)
        self.count = 0
        self.cut_at = cut_at
        self.lacking = lacking
        self._inodes = count(self._highest(self.root) + 1)
        self._open: dict[int, tuple[Node, int]] = {}
        self._fds = count(1000)

    def _highest(self, node: Node) -> int:
        return max([node.inode, *(self._highest(below) for below in node.names.values())])

    def _step(self, name: str = "") -> None:
        self.count += 1
        if self.cut_at is not None and self.count >= self.cut_at:
            raise Crash
        if name in self.lacking:
            raise Unsupported(errno.EINVAL, "lacking")

    # -- the world outside

    def put(self, path: str, data: bytes) -> None:
        """Let a file be there for good, as by another program that saves atomically and syncs."""
        here = self.root
        *parents, name = path.split("/")
        for part in parents:
            if part not in here.names:
                here.names[part] = Node(next(self._inodes), True, 0o755)
            self._settle(here)
            here = here.names[part]
        self._settle(here)
        here.names[name] = here.durable_names[name] = Node(next(self._inodes), False, 0o644, data, data)

    def tree(self) -> dict[str, bytes | None]:
        """Every file with its bytes, and every empty folder."""
        found: dict[str, bytes | None] = {}

        def visit(node: Node, prefix: str) -> None:
            for name, below in node.names.items():
                if below.is_folder:
                    if not below.names:
                        found[f"{prefix}{name}/"] = None
                    visit(below, f"{prefix}{name}/")
                else:
                    found[prefix + name] = below.data

        visit(self.root, "")
        return found

    def after_power_cut(self, chance: random.Random, is_ordered: bool) -> "ModelPosix":
        """One of the states in which the disk may be found; `is_ordered`: changes are kept in their order."""
        copies: dict[int, Node] = {}

        def revive(node: Node) -> Node:
            if node.inode in copies:
                return copies[node.inode]
            data = node.durable_data
            if node.data != data:
                data = chance.choice((data, node.data[: len(node.data) // 2], node.data))
            copy = copies[node.inode] = Node(node.inode, node.is_folder, node.mode, data, data)
            names = dict(node.durable_names)
            kept = chance.randint(0, len(node.pending))
            for number, change in enumerate(node.pending):
                if number < kept if is_ordered else chance.random() < 0.5:
                    for name, target in change.items():
                        if target is None:
                            names.pop(name, None)
                        else:
                            names[name] = target
            copy.names = {name: revive(target) for name, target in names.items()}
            copy.durable_names = dict(copy.names)
            return copy

        return ModelPosix(revive(self.root), lacking=self.lacking)

    # -- calls

    def _settle(self, node: Node) -> None:
        node.durable_names = dict(node.names)
        node.pending.clear()

    def _change(self, folder: int, change: dict[str, Node | None]) -> None:
        node = self._open[folder][0]
        for name, target in change.items():
            if target is None:
                node.names.pop(name, None)
            else:
                node.names[name] = target
        node.pending.append(change)

    def _named(self, folder: int, name: str) -> Node:
        node = self._open[folder][0]
        if name == ".":
            return node
        if name not in node.names:
            raise _no(errno.ENOENT, name)
        return node.names[name]

    def _give(self, node: Node) -> int:
        fd = next(self._fds)
        self._open[fd] = (node, 0)
        return fd

    def open_root(self, path: str) -> int:
        return self._give(self.root)

    def open_folder(self, folder: int, path: str) -> int:
        here = self._open[folder][0]
        for part in path.split("/") if path else []:
            if part not in here.names:
                raise _no(errno.ENOENT, path)
            here = here.names[part]
            if not here.is_folder:
                raise _no(errno.ENOTDIR, path)
        return self._give(here)

    def open(self, folder: int, path: str, flags: int, mode: int = 0) -> int:
        self._step()
        node = self._open[folder][0].names.get(path)
        if flags & os.O_CREAT:
            if node is not None:
                raise _no(errno.EEXIST, path)
            node = Node(next(self._inodes), False, mode & 0o755)
            self._change(folder, {path: node})
        if node is None:
            raise _no(errno.ENOENT, path)
        return self._give(node)

    def close(self, fd: int) -> None:
        self._open.pop(fd, None)

    def read(self, fd: int, size: int) -> bytes:
        node, offset = self._open[fd]
        data = node.data[offset : offset + size]
        self._open[fd] = (node, offset + len(data))
        return data

    def write(self, fd: int, data: memoryview) -> int:
        self._step()
        node, offset = self._open[fd]
        part = bytes(data[: max(1, len(data) // 2)])
        node.data = node.data[:offset] + part + node.data[offset + len(part) :]
        self._open[fd] = (node, offset + len(part))
        return len(part)

    def seek(self, fd: int, offset: int) -> None:
        self._open[fd] = (self._open[fd][0], offset)

    def truncate(self, fd: int, size: int) -> None:
        self._step()
        node = self._open[fd][0]
        node.data = node.data[:size].ljust(size, b"\0")

    def reserve(self, fd: int, size: int) -> None:
        self._step()

    def sync(self, fd: int) -> None:
        self._step()
        node = self._open[fd][0]
        node.durable_data = node.data
        self._settle(node)

    def stat(self, fd: int) -> os.stat_result:
        return self._status(self._open[fd][0])

    def look(self, folder: int, name: str) -> os.stat_result:
        return self._status(self._named(folder, name))

    def _status(self, node: Node) -> os.stat_result:
        kind = stat.S_IFDIR if node.is_folder else stat.S_IFREG
        return Status(kind | node.mode, node.inode, len(node.data))  # type: ignore[return-value]

    def chmod(self, fd: int, mode: int) -> None:
        self._open[fd][0].mode = mode

    def chown(self, fd: int, user: int, group: int) -> None:
        pass

    def copy_attributes(self, source: int, target: int) -> None:
        pass

    def may_write(self, folder: int, name: str) -> bool:
        return True

    def make_folder(self, folder: int, name: str) -> None:
        self._step()
        if name in self._open[folder][0].names:
            raise _no(errno.EEXIST, name)
        self._change(folder, {name: Node(next(self._inodes), True, 0o755)})

    def remove_folder(self, folder: int, name: str) -> None:
        self._step()
        if self._named(folder, name).names:
            raise _no(errno.ENOTEMPTY, name)
        self._change(folder, {name: None})

    def remove(self, folder: int, name: str) -> None:
        self._step()
        self._named(folder, name)
        self._change(folder, {name: None})

    def link(self, folder: int, name: str, other: str) -> None:
        self._step("link")
        if other in self._open[folder][0].names:
            raise _no(errno.EEXIST, other)
        self._change(folder, {other: self._named(folder, name)})

    def rename(self, folder: int, name: str, other: str) -> None:
        self._step()
        self._change(folder, {other: self._named(folder, name), name: None})

    def exchange(self, folder: int, name: str, other: str) -> None:
        self._step("exchange")
        self._change(folder, {name: self._named(folder, other), other: self._named(folder, name)})

    def rename_new(self, folder: int, name: str, other: str) -> None:
        self._step("rename_new")
        if other in self._open[folder][0].names:
            raise _no(errno.EEXIST, other)
        self._change(folder, {other: self._named(folder, name), name: None})
