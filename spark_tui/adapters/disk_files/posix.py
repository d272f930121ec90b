"""The system calls of reading and landing, one method each, relative to open folders.

Nothing here decides anything: a test can stand in for this class to fail or stop at any call.
"""

import ctypes
import errno
import os
import sys
from functools import lru_cache

_RESOLVE_BENEATH = 0x08
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_NO_SYMLINKS = 0x04
_SYS_OPENAT2 = 437
_NOREPLACE = 1
_EXCHANGE = 2
_MAC_SWAP = 0x02
_MAC_EXCL = 0x04
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EPERM)
_RACES = 64
"""How often an open is tried again while somebody renames folders on its way."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Unsupported(OSError):
    """The file system or kernel lacks the call; a weaker way must do."""


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _fail(name: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), name)


class _Opening:
    """Calls that open something."""

    def __init__(self) -> None:
        self._has_openat2 = sys.platform == "linux"
        """Taken for granted until the kernel says otherwise."""

    def open_root(self, path: str) -> int:
        """Open the workspace itself; here links are followed, once."""
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def open(self, folder: int, path: str, flags: int, mode: int = 0) -> int:
        """Open `path` below `folder` without passing through a single link or out of it."""
        flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY
        if "/" not in path:
            return os.open(path, flags, mode, dir_fd=folder)
        if self._has_openat2:
            try:
                return self._openat2(folder, path, flags, mode)
            except Unsupported:
                self._has_openat2 = False
        return self._walk(folder, path, flags, mode)

    def open_folder(self, folder: int, path: str) -> int:
        """Open the folder `path` below `folder`; the empty path is the folder itself."""
        return self.open(folder, path, _FOLDER) if path else os.dup(folder)

    def _openat2(self, folder: int, path: str, flags: int, mode: int) -> int:
        how = _OpenHow(flags, mode, _RESOLVE_BENEATH | _RESOLVE_NO_MAGICLINKS | _RESOLVE_NO_SYMLINKS)
        raw = os.fsencode(path)
        for _ in range(_RACES):
            fd: int = _libc().syscall(
                ctypes.c_long(_SYS_OPENAT2),
                ctypes.c_int(folder),
                ctypes.c_char_p(raw),
                ctypes.byref(how),
                ctypes.c_size_t(ctypes.sizeof(how)),
            )
            if fd >= 0:
                return fd
            error = _fail(path)
            if error.errno in (errno.EINTR, errno.EAGAIN):
                continue
            if error.errno in (errno.ENOSYS, errno.EPERM, errno.E2BIG):
                raise Unsupported(error.errno, str(error), path)
            raise error
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), path)

    def _walk(self, folder: int, path: str, flags: int, mode: int) -> int:
        *parents, name = path.split("/")
        here = os.dup(folder)
        try:
            for part in parents:
                if part in ("", ".", ".."):
                    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)
                below = os.open(part, _FOLDER, dir_fd=here)
                os.close(here)
                here = below
            return os.open(name, flags, mode, dir_fd=here)
        finally:
            os.close(here)


class _OpenFiles:
    """Calls on descriptors."""

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)

    def read(self, fd: int, size: int) -> bytes:
        """Read at most `size` bytes."""
        return os.read(fd, size)

    def write(self, fd: int, data: memoryview) -> int:
        """Write some of `data` and return how much."""
        return os.write(fd, data)

    def seek(self, fd: int, offset: int) -> None:
        """Move to an absolute offset."""
        os.lseek(fd, offset, os.SEEK_SET)

    def truncate(self, fd: int, size: int) -> None:
        """Cut or extend to `size`."""
        os.ftruncate(fd, size)

    def reserve(self, fd: int, size: int) -> None:
        """Make sure that writing up to `size` will not meet a full disk, where the system can promise it."""
        if size and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(fd, 0, size)
            except OSError as error:
                if error.errno not in _UNSUPPORTED:
                    raise

    def sync(self, fd: int) -> None:
        """Make a file or folder durable."""
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(fd, 51)
            return
        os.fsync(fd)

    def stat_root(self, path: str) -> os.stat_result:
        """Status of what is where the workspace was opened."""
        return os.stat(path)

    def stat(self, fd: int) -> os.stat_result:
        """Status of an open file."""
        return os.fstat(fd)

    def chmod(self, fd: int, mode: int) -> None:
        """Set permission bits."""
        os.fchmod(fd, mode)

    def chown(self, fd: int, user: int, group: int) -> None:
        """Set owner and group."""
        os.fchown(fd, user, group)

    def copy_attributes(self, source: int, target: int) -> None:
        """Copy extended attributes and access lists as far as the system permits."""
        if not hasattr(os, "listxattr"):
            return
        try:
            names = os.listxattr(source)
        except OSError:
            return
        for name in names:
            try:
                os.setxattr(target, name, os.getxattr(source, name))
            except OSError:
                continue


class _Names:
    """Calls on names in an open folder."""

    def look(self, folder: int, name: str) -> os.stat_result:
        """Status of a name, of the link itself if it is one."""
        return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def read_link(self, folder: int, name: str) -> str:
        """Where a link points."""
        return os.readlink(name, dir_fd=folder)

    def may_write(self, folder: int, name: str) -> bool:
        """Whether this process may write the file or change the folder `name`."""
        return os.access(name, os.W_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids)

    def make_folder(self, folder: int, name: str) -> None:
        """Make a folder."""
        os.mkdir(name, dir_fd=folder)

    def remove_folder(self, folder: int, name: str) -> None:
        """Remove an empty folder."""
        os.rmdir(name, dir_fd=folder)

    def remove(self, folder: int, name: str) -> None:
        """Remove a name."""
        os.unlink(name, dir_fd=folder)

    def link(self, folder: int, name: str, other: str) -> None:
        """Give a file a second name. Raises Unsupported where there are no hard links."""
        try:
            os.link(name, other, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            if error.errno in (*_UNSUPPORTED, errno.EMLINK):
                raise Unsupported(error.errno, error.strerror, name) from error
            raise

    def rename(self, folder: int, name: str, other: str) -> None:
        """Rename, replacing what is at `other`."""
        os.rename(name, other, src_dir_fd=folder, dst_dir_fd=folder)

    def exchange(self, folder: int, name: str, other: str) -> None:
        """Exchange two names in one step. Raises Unsupported where that does not exist."""
        self._rename_with(folder, name, other, _EXCHANGE, _MAC_SWAP)

    def rename_new(self, folder: int, name: str, other: str) -> None:
        """Rename to a name that nothing has yet. Raises FileExistsError, Unsupported."""
        self._rename_with(folder, name, other, _NOREPLACE, _MAC_EXCL)

    def _rename_with(self, folder: int, name: str, other: str, linux: int, mac: int) -> None:
        symbol = "renameatx_np" if sys.platform == "darwin" else "renameat2"
        call = getattr(_libc(), symbol, None)
        if call is None:
            raise Unsupported(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
        flags = ctypes.c_uint(mac if sys.platform == "darwin" else linux)
        old, new = os.fsencode(name), os.fsencode(other)
        while call(
            ctypes.c_int(folder), ctypes.c_char_p(old), ctypes.c_int(folder), ctypes.c_char_p(new), flags
        ):
            error = _fail(name)
            if error.errno == errno.EINTR:
                continue
            if error.errno in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP):
                raise Unsupported(error.errno, str(error), name)
            raise error


class Posix(_Opening, _OpenFiles, _Names):
    """System calls of one process. Names are relative to an open folder and never followed through links."""
