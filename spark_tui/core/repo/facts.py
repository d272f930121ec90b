"""What is known about the files of a repository: definitions, words, sizes, and which were changed together.

Lines are 0-based; an end line is the last line that belongs.
"""

from collections.abc import Mapping
from dataclasses import field

from spark_tui.core.values import dataclass

Kept = tuple[tuple[int, int], ...]
"""Ranges of lines, each `(first, after the last)`, in order and apart: what a skeleton keeps of a file."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class, heading, table, … that a file defines."""

    name: str
    kind: str
    """A word for people: `function`, `class`, `heading`."""
    line: int
    """Where its name stands."""
    end_line: int
    """The last line of the whole definition."""
    signature: str
    """The line that defines it, stripped."""
    parent: str = ""
    """Names of the definitions around it, joined by dots."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known about one file without reading it again."""

    path: str
    """Workspace-relative, `/`-separated."""
    size: int
    """Bytes."""
    language: str | None = None
    definitions: tuple[Definition, ...] = ()
    """In the order of the source."""
    lines: int = 0
    """Lines as people count them."""
    skeleton: Kept = ()
    """What stays when the bodies go; empty where that would save nothing."""
    digest: str = ""
    """SHA-256 of the bytes these facts are about."""
    note: str = ""
    """Why it was left out, one sentence; empty if it was read whole."""
    brief: str = ""
    """Why only a few lines of it go along when it is found, one sentence; empty if all of it may."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one file says: the raw material of ranking."""

    references: Mapping[str, int] = field(default_factory=dict)
    """Names it uses, as written, with how often."""
    words: Mapping[str, int] = field(default_factory=dict)
    """Stems of all words in it (identifiers split, comments and prose included), with how often."""
    imports: tuple[str, ...] = ()
    """What it imports, as written."""


@dataclass(frozen=True, slots=True)
class PastCommit:
    """One commit of the history."""

    time: int
    """Seconds since the epoch."""
    paths: tuple[str, ...]
    """The files it touched, workspace-relative."""
    message: str = ""
    """Its first lines."""


@dataclass(frozen=True, slots=True)
class RepoFacts:
    """Everything known about a repository at one moment."""

    files: Mapping[str, FileFacts] = field(default_factory=dict)
    """By path, in path order; files that were left out are here too, with a note."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """By path. Only the process that ranks holds them."""
    history: tuple[PastCommit, ...] = ()
    """Newest first. Only the process that ranks holds it."""
    revision: int = 0
    """Rises with every change."""
    notes: tuple[str, ...] = ()
    """Sentences on what was left out as a whole."""
