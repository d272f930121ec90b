"""The clipboard of the system this runs on, reached through the programs people have for it.

What the terminal does with a copy of its own accord is not known here.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping

from spark_tui.adapters.programs import find_program

SECONDS = 2.0
"""Longest time a program may take for one copy."""

_WAYLAND = (("wl-copy", "--type", "text/plain"),)
_X11 = (("xclip", "-selection", "clipboard", "-in"), ("xsel", "--clipboard", "--input"))
_MAC = (("pbcopy",),)
_HANDED_ON = ("DISPLAY", "HOME", "TMPDIR", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR")


def find_clipboard(
    env: Mapping[str, str], workspace: str, system: str = sys.platform
) -> tuple[str, ...] | None:
    """Return the command that copies what it reads: an absolute program outside the workspace; None without one.

    Over ssh there is none: its clipboard would be that of another machine.
    """
    if env.get("SSH_CONNECTION"):
        return None
    commands = [
        *(_WAYLAND if env.get("WAYLAND_DISPLAY") else ()),
        *(_X11 if env.get("DISPLAY") else ()),
        *(_MAC if system == "darwin" else ()),
    ]
    for name, *arguments in commands:
        program = find_program(name, env.get("PATH", ""), workspace)
        if program is not None:
            return (program, *arguments)
    return None


class SystemClipboard:
    """Hands texts to a program in a thread of its own, one after the other; whatever fails there stays silent."""

    def __init__(self, command: tuple[str, ...], env: Mapping[str, str]) -> None:
        self._command = command
        self._env = {
            "PATH": os.defpath,
            "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
            **{name: env[name] for name in _HANDED_ON if name in env},
        }
        self._lock = threading.Lock()
        self._waiting: str | None = None
        self._is_busy = False

    def copy(self, text: str) -> None:
        """Return at once; of texts that wait, only the newest is copied."""
        with self._lock:
            self._waiting = text
            if self._is_busy:
                return
            self._is_busy = True
        threading.Thread(target=self._work, name="clipboard").start()

    def _work(self) -> None:
        while True:
            with self._lock:
                text, self._waiting = self._waiting, None
                if text is None:
                    self._is_busy = False
                    return
            self._hand_over(text)

    def _hand_over(self, text: str) -> None:
        try:
            subprocess.run(
                self._command,
                input=text.encode("utf-8", "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=self._env,
                # What keeps the text for others lives on when the terminal is closed.
                start_new_session=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            return
