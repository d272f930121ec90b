"""The editor's looks: theme variables in, terminal styles out. No colour is written here."""

from collections.abc import Mapping
from enum import IntEnum, IntFlag

from rich.style import Style
from textual.color import Color, ColorParseError


class Ground(IntEnum):
    """What a row is, which decides its background."""

    TEXT = 0
    CURRENT = 1
    """The line of the caret."""
    REMOVED = 2
    ADDED = 3
    STALE = 4
    """A proposal that has no place in the text as it is now."""
    HEADER = 5
    """The row that names a pending hunk."""


class Flag(IntFlag):
    """What is special about a character."""

    NONE = 0
    SELECTED = 1
    CARET = 2
    CARET_IDLE = 4
    """The caret of an editor without the focus."""
    HIDDEN = 8
    """A visible mark in the place of a character that has no looks of its own."""
    TRAILING = 16
    """White space at the end of a line."""
    GUTTER = 32
    SIGN = 64
    """The mark in the gutter that says what becomes of the line."""
    FOUND = 128
    """Part of a match of the search."""
    BRACKET = 256
    """A bracket at the caret, or its partner."""
    GUIDE = 512
    """A line that shows how deep code is indented."""
    ADDED = 1024
    """The mark of a line that the last commit has not."""
    CHANGED = 2048
    REMOVED = 4096
    ERROR = 8192
    """Something is wrong here."""
    WARNING = 16384
    INFO = 32768


_GROUND_BACK: dict[Ground, tuple[str, ...]] = {
    Ground.CURRENT: ("editor-line-bg", "surface"),
    Ground.REMOVED: ("diff-removed-bg", "error-muted"),
    Ground.ADDED: ("diff-added-bg", "success-muted"),
    Ground.STALE: ("diff-stale-bg", "panel"),
    Ground.HEADER: ("diff-header-bg", "panel"),
}
_GROUND_FRONT: dict[Ground, tuple[str, ...]] = {
    Ground.REMOVED: ("diff-removed", "text-error"),
    Ground.ADDED: ("diff-added", "text-success"),
    Ground.STALE: ("diff-stale", "text-warning"),
    Ground.HEADER: ("primary",),
}
_GROUND_STYLE: dict[Ground, str] = {Ground.REMOVED: "removed-style", Ground.ADDED: "added-style"}
_MUTED = ("muted", "foreground-muted")
_WARNING = ("warning",)
_SELECTION = ("editor-selection-bg", "input-selection-background", "cursor-bg")
_MARK_FRONT: tuple[tuple[Flag, tuple[str, ...]], ...] = (
    (Flag.ADDED, ("diff-added", "text-success")),
    (Flag.CHANGED, ("diff-stale", "text-warning")),
    (Flag.REMOVED, ("diff-removed", "text-error")),
    (Flag.ERROR, ("error",)),
    (Flag.WARNING, _WARNING),
    (Flag.INFO, ("secondary", *_MUTED)),
)
_WRONG = Flag.ERROR | Flag.WARNING | Flag.INFO
_GUIDE = ("rule", "panel", *_MUTED)
_BRACKET = ("cursor-bg", "panel")
_FOUND = ("editor-found-bg", "token-rest", "panel")
_SYNTAX: dict[str, tuple[str, ...]] = {
    "comment": ("syntax-comment", *_MUTED),
    "constructor": ("syntax-type", "text-secondary"),
    "constant": ("syntax-constant", "text-accent"),
    "embedded": ("syntax-variable",),
    "function": ("syntax-function", "text-primary"),
    "keyword": ("syntax-keyword", "text-accent"),
    "label": ("syntax-attribute", "text-secondary"),
    "markup.heading": ("syntax-keyword", "text-primary"),
    "markup.link": ("syntax-function", "text-primary"),
    "markup.list": ("syntax-punctuation", *_MUTED),
    "markup.quote": ("syntax-comment", *_MUTED),
    "markup.raw": ("syntax-string", "text-success"),
    "module": ("syntax-type", "text-secondary"),
    "number": ("syntax-number", "text-warning"),
    "operator": ("syntax-operator",),
    "property": ("syntax-variable",),
    "punctuation": ("syntax-punctuation", *_MUTED),
    "string": ("syntax-string", "text-success"),
    "string.escape": ("syntax-constant", "text-warning"),
    "tag": ("syntax-tag", "text-primary"),
    "type": ("syntax-type", "text-secondary"),
    "attribute": ("syntax-attribute", "text-secondary"),
    "variable": ("syntax-variable",),
    "variable.builtin": ("syntax-constant", "text-secondary"),
}
_ATTRIBUTES: dict[str, Style] = {
    "markup.heading": Style(bold=True),
    "markup.strong": Style(bold=True),
    "markup.italic": Style(italic=True),
    "markup.link": Style(underline=True),
}


class EditorStyles:
    """Styles made from one theme, each when it is first asked for."""

    def __init__(
        self, variables: Mapping[str, str], foreground: Color, background: Color, *, has_colour: bool = True
    ) -> None:
        self._variables = variables
        self._foreground = _opaque(foreground, background)
        self._background = background
        self._known: dict[tuple[str, Ground, Flag], Style] = {}
        selection = self._colour(_SELECTION)
        self._reverses_selection = not has_colour or selection in (None, background) or _is_default(selection)
        """Whether a selection is shown by reversed colours because it has no colour of its own."""

    def style(self, capture: str, ground: Ground, flags: Flag) -> Style:
        """Return the style of a character: what the grammar calls it, the row it is on, what is special."""
        key = (capture, ground, flags)
        style = self._known.get(key)
        if style is None:
            style = self._known[key] = self._make(capture, ground, flags)
        return style

    def _make(self, capture: str, ground: Ground, flags: Flag) -> Style:
        back = self._colour(_GROUND_BACK.get(ground, ())) or self._background
        if flags & Flag.BRACKET:
            back = self._colour(_BRACKET) or back
        if flags & Flag.FOUND:
            back = self._colour(_FOUND) or back
        if flags & Flag.SELECTED and not self._reverses_selection:
            back = self._colour(_SELECTION) or back
        front = self._front(capture, ground, flags)
        style = Style.from_color(front.rich_color, back.rich_color) + self._attributes(capture, ground, flags)
        is_reversed = bool(flags & Flag.CARET) != (bool(flags & Flag.SELECTED) and self._reverses_selection)
        if is_reversed:
            style += Style(reverse=True)
        if flags & Flag.CARET_IDLE or flags & Flag.CARET and self._reverses_selection:
            style += Style(underline=True)
        return style

    def _front(self, capture: str, ground: Ground, flags: Flag) -> Color:
        if flags & Flag.HIDDEN:
            return self._colour(_WARNING) or self._foreground
        if flags & (Flag.GUTTER | Flag.SIGN):
            for flag, names in _MARK_FRONT:
                if flags & flag:
                    return self._colour(names) or self._foreground
        if flags & Flag.GUTTER and ground is Ground.CURRENT:
            return self._foreground
        if flags & Flag.GUIDE:
            return self._colour(_GUIDE) or self._foreground
        if flags & (Flag.TRAILING | Flag.GUTTER):
            return self._colour(_MUTED) or self._foreground
        if ground in _GROUND_FRONT:
            return self._colour(_GROUND_FRONT[ground]) or self._foreground
        return self._syntax(capture) or self._foreground

    def _attributes(self, capture: str, ground: Ground, flags: Flag) -> Style:
        style = Style.null()
        if flags & Flag.SIGN:
            return Style(bold=True)
        if flags & (Flag.GUTTER | Flag.TRAILING):
            return self._attribute("muted-style")
        if flags & Flag.HIDDEN:
            style += Style(bold=True)
        if flags & Flag.FOUND:
            style += Style(underline=True)
        if flags & Flag.BRACKET:
            style += Style(bold=True, underline=True)
        if flags & _WRONG:
            style += Style(underline=True)
        if ground in _GROUND_STYLE:
            style += self._attribute(_GROUND_STYLE[ground])
        if ground is Ground.REMOVED:
            style += Style(strike=True)
        if ground in (Ground.TEXT, Ground.CURRENT):
            style += _ATTRIBUTES.get(capture, Style.null())
            if capture.startswith("comment"):
                style += self._attribute("muted-style")
        return style

    def _syntax(self, capture: str) -> Color | None:
        """Return the colour of a capture, or of the part of its name that the theme knows."""
        while capture:
            if capture in _SYNTAX:
                return self._colour(_SYNTAX[capture])
            capture = capture.rpartition(".")[0]
        return None

    def _colour(self, names: tuple[str, ...]) -> Color | None:
        """Return the first of some variables that is a colour, laid over the background."""
        for name in names:
            value = self._variables.get(name)
            if value is None or value.startswith("auto"):
                continue
            try:
                colour = Color.parse(value)
            except ColorParseError:
                continue
            return _opaque(colour, self._background)
        return None

    def _attribute(self, name: str) -> Style:
        """Return text attributes named by a variable, without colours."""
        words = self._variables.get(name, "none").split()
        return Style(
            bold="bold" in words or None,
            dim="dim" in words or None,
            italic="italic" in words or None,
            underline="underline" in words or None,
            reverse="reverse" in words or None,
        )


def _opaque(colour: Color, background: Color) -> Color:
    return background + colour if colour.a < 1 and colour.ansi is None else colour


def _is_default(colour: Color | None) -> bool:
    return colour is not None and colour.ansi == -1
