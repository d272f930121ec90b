"""The modes of modal editing; apart from what understands them, which is loaded where a keymap is modal."""

from enum import StrEnum


class Mode(StrEnum):
    """What keys do; the words are shown to people."""

    NORMAL = "normal"
    INSERT = "insert"
    REPLACE = "replace"
    VISUAL = "visual"
    VISUAL_LINE = "visual line"
    VISUAL_BLOCK = "visual block"
    COMMAND = "command"

    @property
    def is_visual(self) -> bool:
        """Whether motions select."""
        return self in (Mode.VISUAL, Mode.VISUAL_LINE, Mode.VISUAL_BLOCK)
