"""The backward half of a landing on disk: bring every target back to what it was, and remove the traces.

It never relies on memory of what was done. For each file it asks what stands at the path and beside it (the old
image, the new one, a torn one, something foreign) and takes the step that leads back without destroying anything
foreign. That makes it right after a failure, after a crash, and after a crash of itself.
"""

import errno
import os

from spark_tui.adapters.disk_files.forward import overwrite, sync_folder, sync_folders, write_all
from spark_tui.adapters.disk_files.names import Raced, exchange, is_same, rename_new
from spark_tui.adapters.disk_files.posix import Posix
from spark_tui.adapters.disk_files.states import State, contents, is_mixture, state_of
from spark_tui.adapters.disk_files.tree import READ_LIMIT, Tree
from spark_tui.core.checkpoint import FileWrite, Foreign, Ground, Intent
from spark_tui.core.values import dataclass

_ROLES = ("new", "old", "again")
"""Staged names of one file: the new bytes (later what they displaced), a spare name, a rebuilt old image."""
_KEEPS_FOLDER = (
    errno.ENOTEMPTY,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EBUSY,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """One file of a landing, with its folder open."""

    tree: Tree
    folder: int
    name: str
    write: FileWrite
    ground: Ground
    staged: str
    spare: str
    again: str

    @property
    def calls(self) -> Posix:
        return self.tree.calls

    def state(self, name: str) -> State:
        return state_of(self.calls, self.folder, name, self.write)

    def remove(self, name: str) -> None:
        self.calls.remove(self.folder, name)


def roll_back(tree: Tree, intent: Intent) -> tuple[Foreign, ...]:
    """Bring every target back to `before`; return those where another program's bytes stand instead.

    Raises WriteFailed; what was brought back until then stays so, and calling again goes on.
    """
    found: list[Foreign] = []
    for number in reversed(range(len(intent.writes))):
        write = intent.writes[number]
        if write.is_empty:
            continue
        try:
            with tree.parent(write.path) as (folder, name):
                is_back = _back(_place(tree, folder, name, intent, number))
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EXDEV):
                raise tree.failed(write.path, error) from error
            is_back = write.before is None
        if not is_back:
            found.append(Foreign(write.path, None))
    return tuple(found)


def clear(tree: Tree, intent: Intent, anyway: bool) -> tuple[Foreign, ...]:
    """Remove staged files and folders that are no longer needed. Raises WriteFailed."""
    found: list[Foreign] = []
    for number, write in enumerate(intent.writes):
        if write.is_empty:
            continue
        try:
            with tree.parent(write.path) as (folder, name):
                found += _clear_one(_place(tree, folder, name, intent, number), anyway)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise tree.failed(write.path, error) from error
    # Only when the names are right for good may the journal forget the landing.
    sync_folders(tree, intent)
    for write, ground in zip(intent.writes, intent.grounds, strict=True):
        if write.after is None if intent.is_landed else write.before is None:
            _remove_folders(tree, ground.folders)
    return tuple(found)


def _place(tree: Tree, folder: int, name: str, intent: Intent, number: int) -> _Place:
    staged, spare, again = (intent.staged_name(number, role) for role in _ROLES)
    return _Place(tree, folder, name, intent.writes[number], intent.grounds[number], staged, spare, again)


def _back(place: _Place) -> bool:
    """Bring one file back; False if another program's bytes stand there now."""
    if place.ground.in_place:
        return _back_in_place(place)
    _drop_spare(place)
    if not _drop_rebuilt(place):
        return False
    if place.write.before is None:
        return _back_created(place)
    if place.write.after is None:
        return _back_deleted(place)
    return _back_changed(place)


def _drop_spare(place: _Place) -> None:
    """Finish a weak exchange that was cut: the spare name goes, or becomes the staged one."""
    if place.state(place.spare) is State.ABSENT:
        return
    if is_same(place.calls, place.folder, place.spare, place.name):
        place.remove(place.spare)
    elif place.state(place.staged) is State.ABSENT:
        place.calls.rename(place.folder, place.spare, place.staged)


def _drop_rebuilt(place: _Place) -> bool:
    """Deal with a rebuilt image that an earlier recovery left; False if it had displaced foreign bytes."""
    match place.state(place.again):
        case State.ABSENT:
            return True
        case State.FOREIGN if place.state(place.name) is State.BEFORE:
            exchange(place.calls, place.folder, place.again, place.name, place.spare, lambda: True)
            return False
        case State.FOREIGN:
            return True
        case _:
            place.remove(place.again)
            return True


def _back_created(place: _Place) -> bool:
    state = place.state(place.name)
    if state is not State.AFTER:
        return state is State.ABSENT
    if is_same(place.calls, place.folder, place.name, place.staged):
        place.remove(place.staged)
    elif place.state(place.staged) is not State.ABSENT:
        return False
    rename_new(place.calls, place.folder, place.name, place.staged)
    if place.state(place.staged) is State.AFTER:
        return True
    rename_new(place.calls, place.folder, place.staged, place.name)
    return False


def _back_deleted(place: _Place) -> bool:
    state = place.state(place.name)
    if state is not State.ABSENT:
        return state is State.BEFORE
    source = place.staged
    if place.state(source) is State.ABSENT:
        source = _rebuild(place)
    try:
        rename_new(place.calls, place.folder, source, place.name)
    except FileExistsError:
        return False
    return place.state(place.name) is State.BEFORE


def _back_changed(place: _Place) -> bool:
    state = place.state(place.name)
    if state is not State.AFTER:
        return state is State.BEFORE
    source = place.staged
    if place.state(source) not in (State.BEFORE, State.FOREIGN):
        source = _rebuild(place)

    def is_ours() -> bool:
        return place.state(place.name) is State.AFTER

    try:
        kept = exchange(place.calls, place.folder, source, place.name, place.spare, is_ours)
    except Raced:
        return False
    if kept and place.state(source) is not State.AFTER:
        exchange(place.calls, place.folder, source, place.name, place.spare, lambda: True)
        return False
    return place.state(place.name) is State.BEFORE


def _back_in_place(place: _Place) -> bool:
    old, new = place.write.before or b"", place.write.after or b""
    data = contents(place.calls, place.folder, place.name, max(len(old), len(new)))
    if data is None or data == old:
        return data is not None
    if data != new and not is_mixture(data, old, new):
        return False
    overwrite(place.tree, place.folder, place.name, place.write.path, data, old)
    return True


def _rebuild(place: _Place) -> str:
    """Write the old image from the journal once more, durably, and return its staged name."""
    fd = place.calls.open(place.folder, place.again, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if place.ground.mode is not None:
            place.calls.chmod(fd, place.ground.mode)
        write_all(place.calls, fd, place.write.before or b"")
        place.calls.sync(fd)
    finally:
        place.calls.close(fd)
    place.calls.sync(place.folder)
    return place.again


def _clear_one(place: _Place, anyway: bool) -> list[Foreign]:
    found: list[Foreign] = []
    for name in (place.staged, place.spare, place.again):
        match place.state(name):
            case State.ABSENT:
                continue
            case State.FOREIGN:
                data = contents(place.calls, place.folder, name, READ_LIMIT)
                if data is None:
                    _set_aside(place, name)
                    found.append(Foreign(place.write.path, None))
                elif anyway:
                    place.remove(name)
                else:
                    found.append(Foreign(place.write.path, data))
            case _:
                place.remove(name)
    return found


def _set_aside(place: _Place, name: str) -> None:
    """Give something that the journal can't hold a name that people see."""
    rename_new(place.calls, place.folder, name, f"{place.name[:180]}.kept-{name.split('-')[1]}")


def _remove_folders(tree: Tree, folders: tuple[str, ...]) -> None:
    """Remove folders that came with a file, as far as they are empty, innermost first."""
    for path in reversed(folders):
        try:
            with tree.parent(path) as (above, name):
                tree.calls.remove_folder(above, name)
                sync_folder(tree.calls, above)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in _KEEPS_FOLDER:
                raise tree.failed(path, error) from error
            return
