"""Writes settings down as TOML that could be their file, or as JSON: every value with its source, and no secret.

What there is to show comes from the types of the settings, so that a new one shows by itself.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import groupby

from spark_tui.core.context.secrets import redact
from spark_tui.core.display import inert
from spark_tui.core.settings import Settings
from spark_tui.core.values import dataclass

Path = tuple[str, ...]
WITHHELD = "…"
"""Stands for what may be a secret."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_USER = re.compile(r"(?<=://)[^/@\s]*@|(?<=[?&#]).*")
_WIDTH = 44


@dataclass(frozen=True, slots=True)
class Shown:
    """One value."""

    path: Path
    value: object
    """Text, number, truth, or sequences and mappings of those."""
    source: str

    @property
    def key(self) -> str:
        """The key as TOML has it."""
        return ".".join(map(_key, self.path))


@dataclass(frozen=True, slots=True)
class Sources:
    """What settings were laid over one another."""

    plain: Settings
    """The defaults where no key of a provider is found."""
    base: Settings
    """The defaults here."""
    file: Mapping[str, object]
    """What the file holds."""
    flags: Mapping[str, object]
    """What the command line says, by the names of settings."""


def shown(settings: Settings, sources: Sources, secrets: Collection[str]) -> list[Shown]:
    """List every value with its source."""
    plain, base = dict(_leaves(sources.plain, ())), dict(_leaves(sources.base, ()))

    def source(path: Path, value: object) -> str:
        if path[0] in sources.flags:
            return f"flag --{path[0]}"
        if _holds(sources.file, path):
            return "file"
        if path in base and value == base[path]:
            return "default" if plain.get(path) == base[path] else "environment: the keys that are found"
        return "file"

    return [
        Shown(path, _without_secrets(path, value, secrets), source(path, value))
        for path, value in _leaves(settings, ())
    ]


def as_toml(values: Sequence[Shown], note: Callable[[Shown], str]) -> Iterator[str]:
    """Yield lines; `note` says more about a value than its source."""
    # What stands in no table has to come first.
    ordered = sorted(values, key=lambda one: len(one.path) > 1)
    for table, ones in groupby(ordered, key=lambda one: one.path[:-1]):
        if table:
            yield ""
            yield f"[{'.'.join(map(_key, table))}]"
        for one in ones:
            said = ", ".join(part for part in (one.source, note(one)) if part)
            yield f"{f'{_key(one.path[-1])} = {_toml(one.value)}':<{_WIDTH}}  # {inert(said)}"


def as_json(values: Sequence[Shown]) -> list[dict[str, object]]:
    """Return plain values."""
    return [{"key": one.key, "value": one.value, "source": one.source} for one in values]


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            inner = getattr(value, field.name)
            # What is named by its table does not name itself.
            if field.name != "name" or not path or inner != path[-1]:
                yield from _leaves(inner, (*path, field.name))
    elif isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif value is not None:
        yield path, value


def _holds(table: object, path: Path) -> bool:
    for key in path:
        if not isinstance(table, Mapping) or key not in table:
            return False
        table = table[key]
    return True


def _without_secrets(path: Path, value: object, secrets: Collection[str]) -> object:
    if isinstance(value, str):
        return _text(path, str(value), secrets)
    if isinstance(value, Sequence):
        return [_without_secrets(path, one, secrets) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def _text(path: Path, text: str, secrets: Collection[str]) -> str:
    last = path[-1]
    if "://" in text:
        text = _USER.sub(WITHHELD, text)
    is_odd = last == "env_key" and text and not _VARIABLE.fullmatch(text)
    if is_odd or "headers" in path or redact(f'{last} = "{text}"').withheld:
        return WITHHELD
    for secret in secrets:
        text = text.replace(secret, WITHHELD)
    return text


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _toml(value: object) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(key))} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def _string(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"
