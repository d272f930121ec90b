"""Finds the keys of providers: in the environment, in a file that only its owner may read, in the system's keyring."""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from spark_tui.adapters.own_files import read_owned

_SERVICE = "spark-tui"
_MOST_BYTES = 1 << 16


class Keys:
    """Looks for a key when it is needed, and never writes one down."""

    def __init__(self, directory: Path, environ: Mapping[str, str] = os.environ) -> None:
        """`directory` may hold a file `keys` with a line `NAME=value` for each key."""
        self._file = directory / "keys"
        self._environ = environ
        self._found: dict[str, str] = {}
        self.note = ""
        """Why the file is not used, in one sentence, if it is there and is not."""

    def __repr__(self) -> str:
        return f"Keys({', '.join(sorted(self._found))})"

    def find(self, name: str) -> str:
        """The key of that name, or nothing."""
        if not name:
            return ""
        key = self._environ.get(name, "").strip() or self._found.get(name, "")
        key = key or self._read().get(name, "") or _from_keyring(name)
        if key:
            self._found[name] = key
        return key

    def where(self, name: str) -> str:
        """Say where the key of that name is found; nothing if it is nowhere."""
        if not self.find(name):
            return ""
        if self._environ.get(name, "").strip():
            return "the environment"
        return f"{self._file}" if name in self._read() else "the keyring"

    def fault(self) -> str:
        """Look at the file, and say why it is not used; nothing if it is, or is not there."""
        self._read()
        return self.note

    def known(self) -> tuple[str, ...]:
        """Every key that was found so far, to be kept out of whatever is written."""
        return tuple(self._found.values())

    def _read(self) -> dict[str, str]:
        self.note = ""
        try:
            lines = read_owned(self._file, _MOST_BYTES, 0o077).decode("utf-8", "replace").split("\n")
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except PermissionError:
            self.note = f"{self._file} is not used: it must be yours alone (chmod 600)"
            return {}
        except OSError:
            self.note = f"{self._file} is not used: it must be a small file, and no link"
            return {}
        pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
        return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}


def _from_keyring(name: str) -> str:
    """Ask the keyring if its library is installed; whatever goes wrong there means that there is no key."""
    try:
        keyring = import_module("keyring")
        errors = import_module("keyring.errors")
    except ImportError:
        return ""
    try:
        found = keyring.get_password(_SERVICE, name)
    except (errors.KeyringError, OSError, RuntimeError):
        return ""
    return found.strip() if isinstance(found, str) else ""
