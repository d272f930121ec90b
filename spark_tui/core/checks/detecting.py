"""Which tools a folder has for a changed file: by the files that are there, and by what the person set."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from spark_tui.core.checks.table import CONFIGURATION, TOOLS
from spark_tui.core.checks.values import CheckSettings, Format, Tool
from spark_tui.core.values import dataclass

_OWN_STAGE = 2
_WORD = re.compile(r"""(?<!\S)(?:"([^"]*)"|'([^']*)'|([^\s"']+))(?!\S)""")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a folder without running anything."""

    paths: frozenset[str]
    """Every visible file."""
    texts: Mapping[str, str]
    """Content of the files that several tools share, such as `pyproject.toml`, by path."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tool that should look at a file, and the folder to run it in."""

    tool: Tool
    folder: str
    """Relative to the workspace; empty for the workspace itself."""


def marks_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files whose content decides which tools apply."""
    names = {name for tool in TOOLS for name, _ in tool.sections}
    return tuple(sorted(path for path in paths if path.rpartition("/")[2] in names))


def configuration_in(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files that decide what programs do: what is trusted is what they say."""
    return tuple(path for path in paths if path.rpartition("/")[2] in CONFIGURATION)


def applicable(language: str | None, path: str, facts: Facts, settings: CheckSettings) -> tuple[Wanted, ...]:
    """Return the tools for one changed file, cheapest first."""
    if language is None or not settings.enabled:
        return ()
    own = settings.commands.get(language)
    if own is not None:
        tools = tuple(tool for line in own if (tool := _named(line, language)) is not None)
        found = [Wanted(tool, _folder(tool, path, facts) or "") for tool in tools]
    else:
        found = [
            Wanted(tool, folder)
            for tool in TOOLS
            if language in tool.languages and (folder := _folder(tool, path, facts)) is not None
        ]
    return tuple(sorted(found, key=lambda wanted: wanted.tool.stage))


def _named(line: str, language: str) -> Tool | None:
    for tool in TOOLS:
        if tool.name == line.strip():
            return tool
    words = split_command(line)
    if not words:
        return None
    name = words[0].rpartition("/")[2]
    known = next((tool for tool in TOOLS if tool.program == words[0]), None)
    shape = Format.PYTEST if known is not None and known.format is Format.PYTEST else Format.LINES
    arguments = tuple(words[1:])
    whole = not any("{file}" in word for word in arguments)
    stage = known.stage if known is not None else _OWN_STAGE
    plain = Tool(name, (language,), words[0], arguments, shape, stage, executes=True)
    return replace(plain, whole=whole, unwatched=True)


def split_command(line: str) -> tuple[str, ...]:
    """Split a command line into words, quoted ones whole; nothing where quotes do not match. No shell reads it."""
    words = _WORD.findall(line)
    if "".join(_WORD.sub("", line).split()):
        return ()
    return tuple(double or single or bare for double, single, bare in words)


def _folder(tool: Tool, path: str, facts: Facts) -> str | None:
    """Return the folder in which a tool runs for a file; None if nothing shows that it is used."""
    for folder in _above(path):
        prefix = f"{folder}/" if folder else ""
        if any(prefix + name in facts.paths for name in tool.markers):
            return folder
        if any(words in facts.texts.get(prefix + name, "") for name, words in tool.sections):
            return folder
    return "" if tool.unwatched else None


def _above(path: str) -> Sequence[str]:
    folders = []
    while path:
        path = path.rpartition("/")[0]
        folders.append(path)
    return folders
