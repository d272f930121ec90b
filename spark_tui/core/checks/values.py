"""The values of checking: tools, findings, outcomes, and what the person set. Nothing here runs anything."""

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum, StrEnum

from spark_tui.core.values import dataclass


class Severity(IntEnum):
    """How bad a finding is; the lowest is the worst."""

    ERROR = 0
    WARNING = 1
    INFO = 2


class Outcome(StrEnum):
    """What came of one check of one edit."""

    WAITING = "waiting"
    """Not begun, or under way."""
    CLEAN = "clean"
    """Nothing that was not there before."""
    WORSE = "worse"
    """Findings that were not there before."""
    TOGETHER = "together"
    """New findings alone, none with the other open edits of its call."""
    UNKNOWN = "unknown"
    """It could not be said: the tool failed, took too long, needed too much, or was stopped."""


class Repair(StrEnum):
    """Which edits are repaired once without being asked for it."""

    OFF = "off"
    PARSE = "parse"
    """Those that do not parse."""
    ALL = "all"
    """Those with any new finding."""


class Format(StrEnum):
    """How a tool writes what it finds."""

    RUFF = "ruff"
    """JSON of `ruff check`."""
    FORMATTER = "formatter"
    """The exit code says it: 1 stands for one finding in the whole file."""
    LINES = "lines"
    """`path:line:column: message`, as compilers write; mypy, go vet and most others."""
    PYRIGHT = "pyright"
    """JSON of pyright."""
    ESLINT = "eslint"
    """JSON of eslint."""
    TSC = "tsc"
    """`path(line,column): error TS1: message`."""
    CARGO = "cargo"
    """One JSON object a line, as rustc writes."""
    PYTEST = "pytest"
    """The short summary at the end of a run."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One check that a program of somebody else makes."""

    name: str
    """What people call it, and what the settings call it."""
    languages: tuple[str, ...]
    """Of which files it says something."""
    program: str
    """Name of the program."""
    arguments: tuple[str, ...]
    """`{file}` stands for the changed files, `{tests}` for the affected tests."""
    format: Format
    stage: int
    """Cheaper ones come first."""
    markers: tuple[str, ...] = ()
    """Files that show that the folder uses it; it runs in the nearest folder above that has one."""
    sections: tuple[tuple[str, str], ...] = ()
    """File and the words in it which show the same, for files that many tools share."""
    whole: bool = False
    """Whether it looks beyond the changed file, so that other files can be hurt."""
    executes: bool = False
    """Whether it runs code of the folder, not only reads it."""
    unwatched: bool = False
    """Whether it runs where nothing shows that the folder uses it."""
    good_exits: tuple[int, ...] = (0, 1)
    """Exit codes after which its output can be believed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    path: str
    """Relative to the workspace; foreign text like the message."""
    line: int
    """Counted from zero; -1: of the file as a whole."""
    column: int
    end_line: int
    end_column: int
    severity: Severity
    code: str
    """The rule's name, or the test's."""
    message: str
    source: str
    """The tool."""

    @property
    def place(self) -> str:
        """Path and line as people write them."""
        return self.path if self.line < 0 else f"{self.path}:{self.line + 1}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one tool says about one edit."""

    tool: str
    outcome: Outcome
    fresh: tuple[Finding, ...] = ()
    """What was not there before."""
    sentence: str = ""
    """Why nothing can be said; empty where something is."""
    output: str = ""
    """What the tool wrote, cut to a bearable length."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What the person set under `[checks]`."""

    enabled: bool = True
    """Whether edits are checked at all."""
    repair: Repair = Repair.PARSE
    """Which edits are repaired once without being asked for it: off, parse, all."""
    seconds: int = 30
    """Longest time for one run of one tool."""
    memory_mib: int = 2048
    """Most memory for one run, all its processes together."""
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per language the tools to run instead of those that are found; a name from the list, or a command line
    in which `{file}` stands for the changed file. An empty list: none."""
