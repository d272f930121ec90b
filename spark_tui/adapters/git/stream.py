"""Words checkpoints as a `git fast-import` stream: plain values in, bytes out.

The tree of a session's commits holds only files that landings touched. Where the journal shows that a file was
not as the last commit has it, a commit with the state before the landing comes first.
"""

import json
import os
from dataclasses import field

from spark_tui.adapters.git.marks import object_id
from spark_tui.core.checkpoint import Checkpoint, Intent
from spark_tui.core.paths import check_existing
from spark_tui.core.values import dataclass

IDENTITY = b"spark-tui <spark-tui@localhost>"


@dataclass(slots=True)
class Branch:
    """The commits of one session as they are, or will be when the stream has run."""

    ref: str
    tree: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Mode and blob of every path."""
    exists: bool = False
    """Whether there is a commit already."""
    last: int = 0
    """The checkpoint that its newest commit shows."""


def ref_of(session: str) -> str:
    """Reference of a session's commits."""
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in session)
    return f"refs/spark/{safe or 'none'}/head"


def commits(
    branch: Branch, checkpoint: Checkpoint, intent: Intent, is_first: bool
) -> tuple[bytes, dict[str, int]]:
    """Word one checkpoint and bring `branch` up to date; return also blob names with their sizes.

    `is_first`: the stream has no commit of this branch yet.
    """
    skipped = [write.path for write in intent.writes if check_existing(write.path)]
    writes = [write for write in intent.writes if write.path not in skipped]
    blobs: dict[str, int] = {}
    old: list[bytes] = []
    new: list[bytes] = []
    for write, ground in zip(intent.writes, intent.grounds, strict=True):
        if write in writes:
            old += _change(branch.tree, write.path, write.before, ground.mode, blobs)
    for write in sorted(writes, key=lambda write: write.after is not None):
        new += _change(branch.tree, write.path, write.after, write.mode, blobs)
    facts = {
        "op": intent.id,
        "token": intent.token,
        "kind": intent.kind.value,
        "turn": intent.turn,
        "session": checkpoint.session,
        "skipped": skipped,
    }
    title = f"{intent.kind.value} #{intent.id}"
    parts: list[bytes] = []
    if old:
        parts += _commit(branch, intent, f"before {title}", {"before": intent.id}, old, is_first)
        is_first = False
    note = " ".join(intent.note.split()) or ", ".join(write.path for write in writes)[:60]
    parts += _commit(branch, intent, f"{title}: {note}", facts, new, is_first)
    return b"".join(parts), blobs


def _change(
    tree: dict[str, tuple[int, str]], path: str, data: bytes | None, mode: int | None, blobs: dict[str, int]
) -> list[bytes]:
    """Bring one path of `tree` to the given bytes; return the lines for it, none if it is so already."""
    if data is None:
        return [b"D " + _quoted(path) + b"\n"] if tree.pop(path, None) else []
    want = (0o100755 if mode is not None and mode & 0o100 else 0o100644, object_id(data))
    if tree.get(path) == want:
        return []
    tree[path] = want
    blobs[want[1]] = len(data)
    return [b"M %o inline %s\ndata %d\n" % (want[0], _quoted(path), len(data)), data, b"\n"]


def _commit(
    branch: Branch, intent: Intent, title: str, facts: dict[str, object], changes: list[bytes], is_first: bool
) -> list[bytes]:
    message = f"{title}\n\n{json.dumps(facts, sort_keys=True)}\n".encode("utf-8", "backslashreplace")
    ref = branch.ref.encode()
    head = [
        b"commit %s\n" % ref,
        b"committer %s %d +0000\n" % (IDENTITY, max(0, int(intent.time))),
        b"data %d\n" % len(message),
        message,
    ]
    if is_first and branch.exists:
        head.append(b"from %s^0\n" % ref)
    branch.exists = True
    return [*head, *changes, b"\n"]


def _quoted(path: str) -> bytes:
    """Quote a path the way C does, so that any byte survives."""
    quoted = bytearray(b'"')
    for byte in os.fsencode(path):
        if byte in b'"\\':
            quoted += b"\\" + bytes([byte])
        elif 0x20 <= byte < 0x7F:
            quoted.append(byte)
        else:
            quoted += b"\\%03o" % byte
    return bytes(quoted + b'"')
