"""What a command is, and the places in which keys apply."""

from enum import StrEnum

from spark_tui.core.values import dataclass


class Where(StrEnum):
    """The part of the screen in which a command's keys apply; the words are shown to people."""

    ANYWHERE = "everywhere"
    WORKSPACE = "in the workspace"
    TREE = "files"
    EDITOR = "editor"
    REVIEW = "review"
    TALK = "talk"
    PROMPT = "prompt"
    PICKER = "lists to pick from"
    LINE = "questions"
    DRAFT = "a hunk being edited"
    TIMELINE = "checkpoints"
    STEP = "a step back"
    SEARCH = "search in files"
    CONTEXT = "context"
    OUTSIDE = "a file changed on disk"
    CHECKS = "checks of a hunk"
    TRUST = "trusting a folder"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do."""

    id: str
    """Stable name, for key maps."""
    keys: tuple[str, ...]
    """Textual's names of the keys, the one to show first; none: only through the palette."""
    title: str
    """Two or three words, for the palette and the help screen."""
    help: str
    """One sentence."""
    action: str
    """Name of the action, with arguments if any; `{key}` stands for the key that was pressed."""
    hint: str = ""
    """A word for the line of key hints; empty: not shown there."""
    in_palette: bool = False
    """Whether it makes sense without the place where its keys apply."""
    first: bool = False
    """Whether its keys come before those of the widget that has the focus."""
    where: Where = Where.ANYWHERE
