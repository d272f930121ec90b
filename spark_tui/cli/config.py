"""`spark-tui config`: where settings are, what they are, what is wrong with them."""

import argparse
import json
import os
from dataclasses import fields, replace
from pathlib import Path

from spark_tui.adapters.model_keys import Keys
from spark_tui.adapters.outside_editor import edit_outside
from spark_tui.adapters.own_files import make_private, replace_small
from spark_tui.adapters.places import cache_dir, config_dir, state_dir
from spark_tui.adapters.program_log import default_place
from spark_tui.adapters.settings_file import load_settings, read_table, settings_file
from spark_tui.adapters.theme_files import load_themes
from spark_tui.cli.saying import fail
from spark_tui.cli.settings_checked import check_all, check_file
from spark_tui.cli.settings_shown import Shown, Sources, as_json, as_toml, shown
from spark_tui.core.display import inert
from spark_tui.core.settings import Settings, defaults
from spark_tui.ports import PortError, SettingsWrong

_NEW = "# Settings of spark-tui. `spark-tui config show` prints every one there is, in this form.\n"


def paths(options: argparse.Namespace) -> int:
    """Print where things are."""
    config = config_dir()
    places = {
        "settings": settings_file(config),
        "keys": config / "keys",
        "themes": config / "themes",
        "state": state_dir(),
        "cache": cache_dir(),
        "log": Path(os.environ.get("SPARK_TUI_LOG") or default_place()),
    }
    if options.name:
        print(places[options.name])
        return 0
    for name, place in places.items():
        print(f"{name:<8}  {place}{'' if place.exists() else '  (not there)'}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print the settings as they are."""
    folder = config_dir()
    keys, file = Keys(folder), settings_file(folder)
    names = {field.name for field in fields(Settings)}
    flags = {name: value for name, value in vars(options).items() if name in names and value}

    def has(name: str) -> bool:
        return bool(keys.find(name))

    try:
        settings = replace(load_settings(folder, has_key=has), **flags)
        _known_theme(settings.theme, folder)
        sources = Sources(defaults(lambda name: False), defaults(has), read_table(file) or {}, flags)
    except SettingsWrong as error:
        return fail(error)
    for provider in settings.providers.values():
        has(provider.env_key)
    values = shown(settings, sources, keys.known())
    if options.json:
        found = {
            one.env_key: keys.where(one.env_key) for one in settings.providers.values() if has(one.env_key)
        }
        print(json.dumps({"file": str(file), "settings": as_json(values), "keys_found": found}, indent=2))
        return 0

    def note(value: Shown) -> str:
        if value.path[-1] != "env_key" or not value.value:
            return ""
        name = settings.providers[value.path[1]].env_key
        where = keys.where(name)
        return f"key found in {where}" if where else "key not found"

    print(f"# {inert(str(file))}{'' if file.exists() else ' is not there'}")
    if os.environ.get("NO_COLOR") is not None:
        print("# NO_COLOR is set: no colours are shown, whatever the theme")
    print("\n".join(as_toml(values, note)))
    return 0


def _known_theme(theme: str, folder: Path) -> None:
    names = [spec.name for spec in load_themes(folder).specs]
    if theme not in names:
        raise SettingsWrong(f"theme {theme} is not there: known are {', '.join(names)}")


def check(options: argparse.Namespace) -> int:
    """Say what is wrong, and end with 1 if anything is."""
    folder = config_dir()
    if options.file:
        files, faults = [options.file], check_file(Path(options.file).expanduser(), folder)
    else:
        files, faults = check_all(folder)
    if options.json:
        print(json.dumps({"files": files, "faults": faults}, indent=2))
    else:
        for fault in faults:
            print(inert(fault))
        if not faults:
            print(
                "\n".join(f"{inert(file)}: fine" for file in files) or f"defaults; {folder} holds no settings"
            )
    return 1 if faults else 0


def edit(options: argparse.Namespace) -> int:
    """Have the settings edited, then check them."""
    folder = config_dir()
    # A link to a file elsewhere stays one.
    file = Path(os.path.realpath(settings_file(folder)))
    try:
        before = file.read_text("utf-8") if file.exists() else _NEW
        edited = edit_outside(before, "config.toml")
        if edited is not None:
            make_private(file.parent)
            replace_small(file, edited.encode("utf-8"))
    except (OSError, ValueError, PortError) as error:
        return fail(error)
    options.file, options.json = "", False
    return check(options)
