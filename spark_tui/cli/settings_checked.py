"""Checks settings, keymap and themes: one sentence for each fault, with file, key and what may have been meant."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.settings_file import read_table, settings_file
from spark_tui.adapters.theme_files import load_themes
from spark_tui.core.settings import Settings, SettingsFault, defaults, read_settings
from spark_tui.core.theme import theme_from
from spark_tui.ports import SettingsWrong

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_THEMES = ("name", "base", "colors", "variables", "syntax")
"""Keys that settings do not have."""


def check_all(folder: Path) -> tuple[list[str], list[str]]:
    """Check what is in the folder of the person's own files; return the files there are, and the faults."""
    settings, themes = settings_file(folder), sorted((folder / "themes").glob("*.toml"))
    unused = Keys(folder).fault()
    faults = [*_of_settings(settings, folder), *load_themes(folder).faults, *([unused] if unused else [])]
    return [str(file) for file in (settings, folder / "keys", *themes) if file.exists()], faults


def check_file(file: Path, folder: Path) -> list[str]:
    """Check one file, settings or a theme, whatever it is called; `folder` is that of the person's own files."""
    try:
        table = read_table(file)
    except SettingsWrong as error:
        return [str(error)]
    if table is None:
        return [f"{file}: is not there"]
    if any(name in table for name in _OF_THEMES):
        bases = {spec.name: spec for spec in load_themes(folder).specs}
        return list(theme_from(table, str(file), bases)[1])
    return list(_of_settings(file, folder))


def _of_settings(file: Path, folder: Path) -> Iterator[str]:
    base = defaults(lambda name: False)
    try:
        table = read_table(file)
        settings = base if table is None else read_settings(table, base, str(file))
    except (SettingsWrong, SettingsFault) as error:
        yield from str(error).split("\n")
        return
    for name, provider in settings.providers.items():
        if provider.env_key and not _VARIABLE.fullmatch(provider.env_key):
            yield f"{file}: providers.{name}.env_key: must be the name of a variable that holds the key, not the key"
    yield from (f"{file}: {fault}" for fault in _of_theme(settings, folder))
    if settings.keys or settings.keymap != base.keymap:
        from spark_tui.ui.keymaps import resolve

        yield from (f"{file}: {fault}" for fault in resolve(settings.keymap, settings.keys)[1])


def _of_theme(settings: Settings, folder: Path) -> Iterator[str]:
    names = [spec.name for spec in load_themes(folder).specs]
    if settings.theme not in names:
        near = get_close_matches(settings.theme, names, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
        yield f"theme: {settings.theme} is not there, {hint}"
