"""The person's own editor, run on a text in a file that nobody else sees; the terminal is the editor's meanwhile."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from spark_tui.ports import PortError

FALLBACKS = ("sensible-editor", "vi", "nano")
"""What is tried when neither VISUAL nor EDITOR says anything."""


class EditorFailed(PortError):
    """The editor could not be started, or ended with an error; the message is a sentence for people."""


def edit_outside(text: str, path: str, env: Mapping[str, str] | None = None) -> str | None:
    """Have `text` edited in a file named like `path`; None if it was left as it is. Raises EditorFailed.

    Blocks until the editor ends.
    """
    wanted = os.environ if env is None else env
    named = wanted.get("VISUAL") or wanted.get("EDITOR") or ""
    try:
        commands = [shlex.split(named)] if named.strip() else [[name] for name in FALLBACKS]
    except ValueError as error:
        raise EditorFailed(f"VISUAL or EDITOR is no command: {error}") from error
    with tempfile.TemporaryDirectory(prefix="spark-edit-") as folder:
        file = Path(folder) / (PurePosixPath(path).name or "edit.txt")
        try:
            file.write_bytes(text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise EditorFailed(f"the text can't be handed over: {error.strerror}") from error
        _run(commands, file, wanted)
        try:
            edited = file.read_bytes().decode("utf-8", "strict")
        except (OSError, UnicodeDecodeError) as error:
            raise EditorFailed(f"what the editor left can't be read: {error}") from error
    edited = edited.replace("\r\n", "\n")
    return None if edited == text else edited


def _run(commands: list[list[str]], file: Path, env: Mapping[str, str]) -> None:
    for command in commands:
        try:
            done = subprocess.run([*command, str(file)], env=dict(env), check=False)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise EditorFailed(f"{command[0]} can't be started: {why}") from error
        if done.returncode != 0:
            raise EditorFailed(f"{command[0]} ended with {done.returncode}: nothing was changed")
        return
    raise EditorFailed(f"there is no editor {commands[0][0]}: set VISUAL or EDITOR")
