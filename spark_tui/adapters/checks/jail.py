"""Runs one program shut in: started as a script in a process of its own, it imports nothing of this package.

It reads what to do as JSON from standard input: how to shut the program in, its limits, and what to run. It
stays beside the program, watches memory and time, and ends only when every process of the program is gone. What
happened goes as JSON to the descriptor that it was told.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

_TICK = 0.05
"""Seconds between two looks at the memory."""
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 22, 36, 38
_NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _DEVICE = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _DEVICE
_O_PATH = 0o10000000
_SOCKETS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine to the kernel's number for it and that of the call `socket`."""
_IO_URING_SETUP = 425
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | 13
_INTERNET = (2, 10, 16)
"""Families of sockets that are harmless where the network is one of our own, and empty."""
_NOT_RUN = 127


def landlock_abi() -> int:
    """Return which Landlock the kernel has; 0: none."""
    if not sys.platform.startswith("linux"):
        return 0
    version: int = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return max(version, 0)


def can_filter_calls() -> bool:
    """Whether the calls of this machine are known well enough to keep some of them from a program."""
    return sys.platform.startswith("linux") and platform.machine() in _SOCKETS


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: object) -> None:
    values = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in (*arguments, 0, 0, 0)]
    if _libc().prctl(option, *values[:4]):
        raise OSError(ctypes.get_errno(), "prctl")


def _may_have_namespaces() -> bool:
    """Try it in a process that is thrown away: half of the way there is no way back."""
    trial = os.fork()
    if trial == 0:
        try:
            os._exit(0 if _own_namespaces() else 1)
        except OSError:
            os._exit(1)
    return os.waitpid(trial, 0)[1] == 0


def _own_namespaces() -> bool:
    """Move into namespaces of our own, with an empty network; False where the system does not let us."""
    user, group = os.getuid(), os.getgid()
    if _libc().unshare(_NEWUSER | _NEWPID | _NEWNET | _NEWIPC):
        return False
    for name, said in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(said)
    _raise_loopback()
    return True


def _raise_loopback() -> None:
    """Let programs talk to themselves, as tests do."""
    import fcntl
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
            asked = fcntl.ioctl(plug, _GET_FLAGS, struct.pack("16sH14x", b"lo", 0))
            flags = struct.unpack("16sH14x", asked)[1] | _UP
            fcntl.ioctl(plug, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags))
    except OSError:
        return


def _close_files(reads: Sequence[str], writes: Sequence[str], has_own_network: bool) -> None:
    """Take every right on files away that is not named, for good. Raises OSError."""
    abi = landlock_abi()
    rights = (1 << (16 if abi >= 5 else 15)) - 1
    network = 3 if abi >= 4 and not has_own_network else 0
    scoped = 3 if abi >= 6 else 0
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    packed = struct.pack("QQQ", rights, network, scoped)[:size]
    libc = _libc()
    ruleset = libc.syscall(
        _CREATE_RULESET, ctypes.c_char_p(packed), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path in reads:
        _allow(libc, ruleset, path, _EXECUTE | _READ | _LIST)
    for path in writes:
        _allow(libc, ruleset, path, rights)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)):
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    """Give rights below a path; one that is not there needs none."""
    try:
        place = os.open(path, _O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(f"/proc/self/fd/{place}"):
            rights &= _OF_FILES
        rule = ctypes.c_char_p(struct.pack("=Qi", rights, place))
        if libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0)):
            raise OSError(ctypes.get_errno(), "landlock_add_rule")
    finally:
        os.close(place)


def _close_sockets(has_own_network: bool) -> None:
    """Let the program make no socket that leads out, for good. Raises OSError."""
    machine, call = _SOCKETS[platform.machine()]
    families = _INTERNET if has_own_network else ()
    # Offsets in what the kernel hands the filter: 0 the call, 4 the machine, 16 the low half of its first argument.
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    filters = [(load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, _DENY), (load, 0, 0, 0)]
    filters += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, _DENY)]
    filters += [(equal, 0, 1, _IO_URING_SETUP), (answer, 0, 0, _DENY)]
    filters += [(equal, 1, 0, call), (answer, 0, 0, _ALLOW), (load, 0, 0, 16)]
    for family in families:
        filters += [(equal, 0, 1, family), (answer, 0, 0, _ALLOW)]
    filters.append((answer, 0, 0, _DENY))
    code = b"".join(struct.pack("HBBI", *one) for one in filters)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxQ", len(filters), ctypes.addressof(buffer))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_SECCOMP, 2, ctypes.c_char_p(program))


def _limit(limits: Mapping[str, int], counts_processes: bool) -> None:
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: limits["memory"],
        resource.RLIMIT_FSIZE: limits["file"],
        resource.RLIMIT_NOFILE: limits["files"],
    }
    if counts_processes and hasattr(resource, "RLIMIT_NPROC"):
        # Only in a namespace of our own are the person's other processes not counted.
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    for kind, most in wanted.items():
        try:
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            continue


def _become(spec: Mapping[str, Any], has_own: bool, mask: set[signal.Signals]) -> NoReturn:
    """Turn into the program; what goes wrong before that is said on standard error."""
    try:
        if sys.platform.startswith("linux"):
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        _limit(spec["limits"], has_own)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.chdir(spec["folder"])
        if spec["shelter"] == "landlock":
            _close_files(spec["reads"], spec["writes"], has_own)
            _close_sockets(has_own)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.execve(spec["argv"][0], spec["argv"], spec["environment"])
    except (OSError, ValueError, KeyError) as error:
        os.write(2, f"not run: {error}\n".encode("utf-8", "replace"))
    os._exit(_NOT_RUN)


def _descendants(process: int) -> list[int]:
    """Return the processes below one, as far as the system tells."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        one = waiting.pop()
        try:
            threads = os.listdir(f"/proc/{one}/task")
        except OSError:
            continue
        for thread in threads:
            try:
                with open(f"/proc/{one}/task/{thread}/children", encoding="ascii") as file:
                    below = [int(word) for word in file.read().split()]
            except (OSError, ValueError):
                continue
            found += below
            waiting += below
    return found


def _memory_of(processes: Sequence[int]) -> int:
    pages = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/statm", encoding="ascii") as file:
                pages += int(file.read().split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return pages * resource.getpagesize()


def _end_all(child: int) -> None:
    """Kill what is left, and what that has started meanwhile, until nothing is."""
    for _ in range(200):
        for process in (child, *_descendants(os.getpid())):
            for kill in (os.killpg, os.kill):
                try:
                    kill(process, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(0.005)


def _watch(child: int, limits: Mapping[str, int], awaited: set[signal.Signals]) -> tuple[str, int, int]:
    """Wait for the end; return how it came, the exit code, and the most memory that was seen."""
    deadline = time.monotonic() + limits["seconds"]
    peak = 0
    while True:
        told = _wait_a_moment(awaited)
        if told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            return "stopped", -1, peak
        try:
            ended, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            return "done", -1, peak
        if ended:
            return "done", os.waitstatus_to_exitcode(status), peak
        peak = max(peak, _memory_of(_descendants(os.getpid())))
        if peak > limits["memory"]:
            return "memory", -1, peak
        if time.monotonic() > deadline:
            return "time", -1, peak


def _wait_a_moment(awaited: set[signal.Signals]) -> int:
    if hasattr(signal, "sigtimedwait"):
        told = signal.sigtimedwait(awaited, _TICK)
        return told.si_signo if told is not None else 0
    time.sleep(_TICK)
    pending = signal.sigpending() & awaited - {signal.SIGCHLD}
    return next(iter(pending), 0)


def main() -> int:
    """Do what standard input says."""
    spec = json.load(sys.stdin)
    report: int = spec["report"]
    os.set_inheritable(report, False)
    awaited = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    has_own = False
    if sys.platform.startswith("linux"):
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != spec["parent"]:
            return 1
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        has_own = spec["shelter"] != "bubblewrap" and _may_have_namespaces() and _own_namespaces()
    child = os.fork()
    if child == 0:
        _become(spec, has_own, {signal.Signals(number) for number in mask})
    end, status, peak = _watch(child, spec["limits"], awaited)
    _end_all(child)
    os.write(report, json.dumps({"end": end, "status": status, "peak": peak}).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
