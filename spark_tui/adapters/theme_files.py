"""Finds theme files, in the wheel, in a checkout and in the person's config folder, and reads them."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from spark_tui.adapters.own_files import read_small
from spark_tui.core.theme import ThemeSpec, theme_from
from spark_tui.core.values import dataclass

_TOO_BIG = 100_000


@dataclass(frozen=True, slots=True)
class ThemesFound:
    """What the theme files held."""

    specs: tuple[ThemeSpec, ...]
    """Bundled themes first; one of the person's own with the same name takes the bundled one's place."""
    faults: tuple[str, ...]
    """One sentence for each thing wrong, naming file and key."""


def bundled_themes() -> Path:
    """Return the folder of the themes that come with the program: inside the wheel, or beside a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def load_themes(config_dir: Path | None = None) -> ThemesFound:
    """Read the bundled themes and those in `config_dir/themes`; none of them can stop the program.

    A theme's base is one that comes before it: a bundled one, or an own one by the order of file names.
    """
    folders = [bundled_themes()]
    if config_dir is not None:
        folders.append(config_dir / "themes")
    specs: dict[str, ThemeSpec] = {}
    faults: list[str] = []
    for path in _files(folders):
        spec, wrong = _read(path, specs)
        faults.extend(wrong)
        if spec is not None:
            specs[spec.name] = spec
    return ThemesFound(tuple(specs.values()), tuple(faults))


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        try:
            yield from sorted(folder.glob("*.toml"))
        except OSError:
            continue


def _read(path: Path, bases: Mapping[str, ThemeSpec]) -> tuple[ThemeSpec | None, tuple[str, ...]]:
    try:
        table = tomllib.loads(read_small(path, _TOO_BIG).decode())
    except OSError as error:
        return None, (f"{path}: can't be read: {error.strerror or error}.",)
    except (ValueError, RecursionError) as error:
        return None, (f"{path}: not valid TOML: {error}.",)
    return theme_from(table, str(path), bases)
