"""Reads the settings file."""

import os
import tomllib
from collections.abc import Callable
from pathlib import Path

from spark_tui.adapters.own_files import read_small
from spark_tui.core.settings import Settings, SettingsFault, defaults, read_settings
from spark_tui.ports import SettingsWrong

_MOST_BYTES = 1 << 20


def settings_file(directory: Path) -> Path:
    """Return where the settings are, in the folder of the person's own files."""
    return directory / "config.toml"


def read_table(file: Path) -> dict[str, object] | None:
    """Read a TOML file; None if it is not there. Raises SettingsWrong."""
    try:
        return tomllib.loads(read_small(file, _MOST_BYTES).decode("utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsWrong(f"{file}: can't be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SettingsWrong(f"{file}: not valid TOML: {error}") from error


def load_settings(
    directory: Path,
    environ: dict[str, str] | os._Environ[str] = os.environ,
    *,
    has_key: Callable[[str], bool] | None = None,
) -> Settings:
    """Read `config.toml` over the defaults. Raises SettingsWrong with one sentence per fault.

    `has_key` knows of keys in other places than the environment.
    """
    base = defaults(has_key or (lambda name: bool(name and environ.get(name))))
    file = settings_file(directory)
    data = read_table(file)
    if data is None:
        return base
    try:
        return read_settings(data, base, str(file))
    except SettingsFault as error:
        raise SettingsWrong(str(error)) from error
