"""What a ranking is asked, and what it answers."""

from spark_tui.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A prompt and where the person is; all paths are workspace-relative."""

    prompt: str = ""
    mentioned: tuple[str, ...] = ()
    """Files the prompt names."""
    open_files: tuple[str, ...] = ()
    """The one in front first."""
    pins: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    """Edited or decided on lately, the latest first."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One file of a ranking."""

    path: str
    score: float
    """Above 0; the best of a ranking has 1 or less."""
    reason: str
    """Why it stands where it does, for people: `named in the prompt; defines render; used by views.py`."""
    names: tuple[str, ...] = ()
    """Its definitions that the prompt is about, the most telling first; for a file that defines nothing, what the
    prompt names."""
