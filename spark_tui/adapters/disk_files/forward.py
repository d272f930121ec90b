"""The forward half of a landing on disk: survey the targets, stage the new bytes beside them, swap them in."""

import errno
import os
import stat

from spark_tui.adapters.disk_files.names import Raced, exchange, rename_new
from spark_tui.adapters.disk_files.posix import Posix
from spark_tui.adapters.disk_files.states import State, state_of
from spark_tui.adapters.disk_files.tree import Tree, split
from spark_tui.core.checkpoint import FileWrite, Ground, Intent
from spark_tui.core.paths import shown
from spark_tui.ports import FileChangedOnDisk, FileGone, WriteFailed

_READ = os.O_RDONLY | os.O_NONBLOCK
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


# -- survey


def survey(tree: Tree, write: FileWrite) -> Ground:
    """Compare a target with its `before` and tell how it has to be written. Touches nothing. Raises PathError."""
    tree.check_target(write.path)
    try:
        if write.before is None:
            return _survey_absent(tree, write)
        with tree.parent(write.path) as (folder, name):
            return _survey_present(tree, write, folder, name)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileGone(write.path, f"{shown(write.path)} does not exist any more.") from error
    except OSError as error:
        raise tree.failed(write.path, error) from error


def _survey_absent(tree: Tree, write: FileWrite) -> Ground:
    folders = tree.missing(write.path)
    place = split(folders[0])[0] if folders else split(write.path)[0]
    with tree.folder(place) as folder:
        if not folders:
            try:
                tree.calls.look(folder, split(write.path)[1])
            except FileNotFoundError:
                pass
            else:
                raise FileChangedOnDisk(
                    write.path, f"{shown(write.path)} exists already: open it, then decide again."
                )
        if not write.is_empty and not tree.calls.may_write(folder, "."):
            raise WriteFailed(write.path, f"{shown(write.path)} was not written: its folder is read-only.")
    return Ground(write.mode, folders)


def _survey_present(tree: Tree, write: FileWrite, folder: int, name: str) -> Ground:
    fd = tree.calls.open(folder, name, _READ)
    try:
        data, status = tree.slurp(fd, write.path)
    finally:
        tree.calls.close(fd)
    if data != write.before:
        raise changed(write.path)
    mode = stat.S_IMODE(status.st_mode)
    if write.is_empty:
        return Ground(mode)
    reason = _in_place_reason(tree.calls, folder, status)
    if write.after is None:
        if not tree.calls.may_write(folder, "."):
            raise WriteFailed(write.path, f"{shown(write.path)} was not deleted: its folder is read-only.")
        return Ground(mode)
    if not reason:
        return Ground(mode)
    return Ground(mode, in_place=True, why=f"{shown(write.path)} was written in place: {reason}.")


def _in_place_reason(calls: Posix, folder: int, status: os.stat_result) -> str:
    """Why exchanging the name would break something, or an empty string."""
    if status.st_nlink > 1:
        return "it has several names (hard links)"
    if status.st_dev != calls.stat(folder).st_dev:
        return "it is mounted on its own"
    if not calls.may_write(folder, "."):
        return "its folder is read-only"
    user = os.geteuid()
    if user and status.st_uid != user:
        return "it belongs to another user"
    if user and status.st_gid not in (os.getegid(), *os.getgroups()):
        return "it belongs to a group that can't be set again"
    return ""


def changed(path: str) -> FileChangedOnDisk:
    """Word the discovery of other bytes than expected."""
    sentence = f"{shown(path)} was changed on disk by another program: look at it, then decide again."
    return FileChangedOnDisk(path, sentence)


# -- stage


def stage(tree: Tree, intent: Intent) -> None:
    """Put the new bytes of every file durably beside its target. Raises WriteFailed."""
    for number, (write, ground) in enumerate(zip(intent.writes, intent.grounds, strict=True)):
        if write.is_empty or write.after is None or ground.in_place:
            continue
        try:
            if write.before is None:
                _make_folders(tree, ground.folders)
            with tree.parent(write.path) as (folder, name):
                _stage_one(tree.calls, folder, name, intent.staged_name(number), write)
        except OSError as error:
            raise tree.failed(write.path, error) from error
    sync_folders(tree, intent)


def _make_folders(tree: Tree, folders: tuple[str, ...]) -> None:
    for path in folders:
        with tree.parent(path) as (above, name):
            try:
                tree.calls.make_folder(above, name)
            except FileExistsError:
                continue
            sync_folder(tree.calls, above)


def _stage_one(calls: Posix, folder: int, name: str, staged: str, write: FileWrite) -> None:
    is_plain = write.before is None and write.mode is None
    fd = calls.open(folder, staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if is_plain else 0o600)
    try:
        if write.before is not None:
            _dress(calls, folder, name, fd)
        elif write.mode is not None:
            calls.chmod(fd, write.mode)
        write_all(calls, fd, write.after or b"")
        calls.sync(fd)
    finally:
        calls.close(fd)


def _dress(calls: Posix, folder: int, name: str, fd: int) -> None:
    """Give a staged file owner, attributes and permissions of its target, before its first byte."""
    source = calls.open(folder, name, _READ)
    try:
        want, have = calls.stat(source), calls.stat(fd)
        if (want.st_uid, want.st_gid) != (have.st_uid, have.st_gid):
            calls.chown(fd, want.st_uid, want.st_gid)
        calls.copy_attributes(source, fd)
        calls.chmod(fd, stat.S_IMODE(want.st_mode))
    finally:
        calls.close(source)


def write_all(calls: Posix, fd: int, data: bytes) -> None:
    """Write every byte, however often the system takes only a part."""
    rest = memoryview(data)
    while rest:
        rest = rest[calls.write(fd, rest) :]


def sync_folders(tree: Tree, intent: Intent) -> None:
    """Make the names in every touched folder durable. Raises WriteFailed."""
    for place in dict.fromkeys(split(write.path)[0] for write in intent.writes if not write.is_empty):
        try:
            with tree.folder(place) as folder:
                sync_folder(tree.calls, folder)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise tree.failed(place or ".", error) from error


def sync_folder(calls: Posix, folder: int) -> None:
    """Make the names in an open folder durable, where the file system knows how."""
    try:
        calls.sync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


# -- swap


def swap(tree: Tree, intent: Intent) -> None:
    """Exchange every target with its staged bytes and verify what was displaced. Raises PathError."""
    for number, (write, ground) in enumerate(zip(intent.writes, intent.grounds, strict=True)):
        if write.is_empty:
            continue
        try:
            with tree.parent(write.path) as (folder, name):
                if ground.in_place:
                    overwrite(tree, folder, name, write.path, write.before or b"", write.after or b"")
                else:
                    _swap_one(tree.calls, folder, name, intent, number)
        except (FileExistsError, FileNotFoundError, Raced) as error:
            raise changed(write.path) from error
        except OSError as error:
            raise tree.failed(write.path, error) from error
    sync_folders(tree, intent)


def _swap_one(calls: Posix, folder: int, name: str, intent: Intent, number: int) -> None:
    write, staged = intent.writes[number], intent.staged_name(number)
    if write.before is None:
        rename_new(calls, folder, staged, name)
        return
    if write.after is None:
        rename_new(calls, folder, name, staged)
        if state_of(calls, folder, staged, write) is not State.BEFORE:
            rename_new(calls, folder, staged, name)
            raise changed(write.path)
        return

    def still(expected: State) -> bool:
        return state_of(calls, folder, name, write) is expected

    spare = intent.staged_name(number, "old")
    if not exchange(calls, folder, staged, name, spare, lambda: still(State.BEFORE)):
        return
    if state_of(calls, folder, staged, write) is not State.BEFORE:
        exchange(calls, folder, staged, name, spare, lambda: still(State.AFTER))
        raise changed(write.path)


def overwrite(tree: Tree, folder: int, name: str, path: str, old: bytes, new: bytes) -> None:
    """Write into the same inode, which is the weak way: a crash can leave it torn. Raises PathError, OSError."""
    calls = tree.calls
    fd = calls.open(folder, name, os.O_RDWR | os.O_NONBLOCK)
    try:
        if tree.slurp(fd, path)[0] != old:
            raise changed(path)
        calls.reserve(fd, len(new))
        calls.seek(fd, 0)
        write_all(calls, fd, new)
        calls.truncate(fd, len(new))
        calls.sync(fd)
    finally:
        calls.close(fd)
