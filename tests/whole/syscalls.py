"""Lets the real kernel fail or end a process, git and SQLite included, at any system call that touches a folder.

The calls are stopped by a seccomp filter and answered by ptrace, from a process with one thread. Linux on x86-64
only: `why_not` says so elsewhere.
"""

import contextlib
import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

CALLS = {
    0: "read", 1: "write", 2: "open", 4: "stat", 5: "fstat", 6: "lstat", 9: "mmap", 17: "pread64", 18: "pwrite64",
    20: "writev", 21: "access", 72: "fcntl", 73: "flock", 74: "fsync", 75: "fdatasync", 76: "truncate",
    77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 85: "creat", 86: "link", 87: "unlink", 90: "chmod",
    91: "fchmod", 217: "getdents64", 257: "openat", 258: "mkdirat", 262: "newfstatat", 263: "unlinkat",
    264: "renameat", 265: "linkat", 268: "fchmodat", 269: "faccessat", 277: "sync_file_range", 285: "fallocate",
    306: "syncfs", 316: "renameat2", 332: "statx", 437: "openat2", 439: "faccessat2",
}  # fmt: skip
"""The calls that can touch a file, by number."""
_SLEEPS = {35, 230}
"""Calls that only wait: SQLite does so for many seconds when it can't give a lock back. They are over at once."""
_BY_PATH = {2, 4, 6, 21, 76, 82, 83, 84, 85, 86, 87, 90}
_BY_FOLDER = {257, 258, 262, 263, 264, 265, 268, 269, 316, 332, 437, 439}
FAILED = 70
"""Exit code of a process whose work raised something."""
KILL = "SIGKILL"
ERRORS = ("ENOSPC", "EACCES", "EROFS", "EIO", "EMFILE", "EINTR", KILL)
"""What can happen at a call."""

_TRACEME, _PEEKDATA, _CONT, _GETREGS, _SETREGS, _SETOPTIONS = 0, 2, 7, 12, 13, 0x4200
_FORK, _VFORK, _CLONE, _EXEC, _SECCOMP, _EXITKILL = 2, 4, 8, 16, 128, 0x100000
_WALL = 0x40000000
_ALLOW, _TRACE = 0x7FFF0000, 0x7FF00000


class _Registers(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_ulonglong)
        for name in (
            "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base"
            " ds es fs gs"
        ).split()
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def why_not() -> str:
    """Why this can't work here; empty if it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "only on Linux on x86-64"
    try:
        seen = trace(lambda: None, "/nowhere")
    except OSError as error:
        return f"no process can be traced here: {error}"
    return "" if seen.status == 0 else f"no process can be traced here: it ended with {seen.status}"


@dataclass
class Seen:
    """What a traced process did."""

    status: int = -1
    """Exit code, or minus the signal that ended it."""
    calls: list[str] = field(default_factory=list)
    """Names of the calls that touched the folder, in order."""
    struck: str = ""
    """The call that was answered with a fault."""


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    return libc


_C = _libc()


def _ptrace(request: int, process: int, address: int | None = None, data: object = None) -> int:
    ctypes.set_errno(0)
    answer: int = _C.ptrace(request, process, address, data)
    number = ctypes.get_errno()
    if answer == -1 and number:
        raise OSError(number, os.strerror(number))
    return answer


def _filter() -> bytes:
    """Stop at the calls of the table and at those that sleep, let all others pass."""
    numbers = sorted({*CALLS, *_SLEEPS})
    rules = [struct.pack("HBBI", 0x20, 0, 0, 0)]
    rules += [
        struct.pack("HBBI", 0x15, len(numbers) - place, 0, number) for place, number in enumerate(numbers)
    ]
    rules += [struct.pack("HBBI", 0x06, 0, 0, _ALLOW), struct.pack("HBBI", 0x06, 0, 0, _TRACE)]
    return b"".join(rules)


def _be_traced(work: Callable[[], None]) -> None:
    """The traced process, from its first moment to its end."""
    code = FAILED
    try:
        _ptrace(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        rules = _filter()
        program = _Program(len(rules) // 8, rules)
        if _C.prctl(38, 1, 0, 0, 0) or _C.prctl(22, 2, ctypes.byref(program), 0, 0):
            return
        work()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        # Nothing of the process that this one was made from may run here.
        os._exit(code)


def trace(work: Callable[[], None], folder: str, at: int = 0, fault: str = "") -> Seen:
    """Run `work` in a process of its own and let `fault` happen at call number `at` (from 1) below `folder`."""
    root = os.fork()
    if root == 0:
        _be_traced(work)
    seen = Seen()
    _, status = os.waitpid(root, 0)
    if not os.WIFSTOPPED(status):
        raise OSError(errno.EPERM, "it may not be traced")
    _ptrace(_SETOPTIONS, root, None, _FORK | _VFORK | _CLONE | _EXEC | _SECCOMP | _EXITKILL)
    _ptrace(_CONT, root)
    try:
        _follow(root, seen, folder.rstrip("/") + "/", at, fault)
    finally:
        _end_all(root)
    return seen


def _end_all(process: int) -> None:
    """Kill and wait for everything that was traced."""
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        try:
            process, _ = os.waitpid(-1, _WALL)
        except ChildProcessError:
            return


def _follow(root: int, seen: Seen, folder: str, at: int, fault: str) -> None:
    while True:
        process, status = os.waitpid(-1, _WALL)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if process == root:
                seen.status = os.waitstatus_to_exitcode(status)
                return
            continue
        stop, event = os.WSTOPSIG(status), status >> 16
        pass_on = 0
        if event == 7:
            if _is_asleep(process):
                _answer(process, 0)
            elif _touches(process, folder, seen) and len(seen.calls) == at:
                seen.struck = seen.calls[-1]
                if fault == KILL:
                    os.kill(root, signal.SIGKILL)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                    continue
                _answer(process, -getattr(errno, fault))
        elif not event and stop not in (signal.SIGSTOP, signal.SIGTRAP):
            pass_on = stop
        with contextlib.suppress(ProcessLookupError):
            _ptrace(_CONT, process, None, pass_on)


def _registers(process: int) -> _Registers:
    registers = _Registers()
    _ptrace(_GETREGS, process, None, ctypes.byref(registers))
    return registers


def _answer(process: int, value: int) -> None:
    """Let the call not happen and return `value`."""
    registers = _registers(process)
    registers.orig_rax = 2**64 - 1
    registers.rax = value % 2**64
    _ptrace(_SETREGS, process, None, ctypes.byref(registers))


def _is_asleep(process: int) -> bool:
    try:
        return _registers(process).orig_rax in _SLEEPS
    except OSError:
        return False


def _touches(process: int, folder: str, seen: Seen) -> bool:
    try:
        registers = _registers(process)
        path = _path(process, registers)
    except OSError:
        return False
    if not (path + "/").startswith(folder):
        return False
    seen.calls.append(f"{CALLS[registers.orig_rax]} {path[len(folder) :]}")
    return True


def _path(process: int, registers: _Registers) -> str:
    """What a call is about."""
    number = registers.orig_rax
    if number in _BY_PATH:
        return _absolute(process, "cwd", registers.rdi)
    if number in _BY_FOLDER:
        where = ctypes.c_int(registers.rdi & 0xFFFFFFFF).value
        place = "cwd" if where == -100 else f"fd/{where}"
        return _absolute(process, place, registers.rsi)
    # mmap has its descriptor in the fifth place.
    fd = registers.r8 if number == 9 else registers.rdi
    return os.readlink(f"/proc/{process}/fd/{ctypes.c_int(fd & 0xFFFFFFFF).value}")


def _absolute(process: int, place: str, address: int) -> str:
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        name = os.fsdecode(memory.read(1024).split(b"\0")[0])
    if name.startswith("/"):
        return name
    return os.path.join(os.readlink(f"/proc/{process}/{place}"), name).rstrip("/")
