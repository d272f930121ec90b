"""Where settings and state are kept, and the name of a workspace there. Imports little: the start needs it."""

import hashlib
import os
from pathlib import Path


def config_dir(environ: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    """Where `config.toml` and the person's themes are looked for."""
    return _place(environ, "XDG_CONFIG_HOME", ".config", "config")


def state_dir(environ: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    """Where journals, mirrors and logs are kept."""
    return _place(environ, "XDG_STATE_HOME", ".local/state", "state")


def cache_dir(environ: dict[str, str] | os._Environ[str] = os.environ) -> Path:
    """Where what can be found out again is kept: the index."""
    return _place(environ, "XDG_CACHE_HOME", ".cache", "cache")


def _place(environ: dict[str, str] | os._Environ[str], variable: str, fallback: str, inside: str) -> Path:
    own = environ.get("SPARK_TUI_HOME", "")
    if own:
        return Path(own) / inside
    base = environ.get(variable, "")
    # The XDG specification tells programs to ignore relative values.
    root = Path(base) if base.startswith("/") else _home(environ) / fallback
    return root / "spark-tui"


def _home(environ: dict[str, str] | os._Environ[str]) -> Path:
    """The person's home; the root, where hardly anybody may write, if nobody knows of one."""
    home = environ.get("HOME", "")
    if not home.startswith("/"):
        # Rarely needed at a start.
        import pwd

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            home = ""
    return Path(home if home.startswith("/") else "/")


def workspace_id(root: str) -> str:
    """Name of a workspace: the same for as long as path and folder are the same. Raises OSError."""
    real = os.path.realpath(root)
    status = os.stat(real)
    name = b"%s\0%d\0%d" % (os.fsencode(real), status.st_dev, status.st_ino)
    return hashlib.sha256(name).hexdigest()[:16]
