"""Makes foreign text safe to show: control, bidi and invisible characters become visible symbols.

Everything that a model, a file or a repository says passes through here before it reaches a terminal.
Replacement keeps one code point for one code point, so columns stay true.
"""

from functools import lru_cache

_NAMED = {
    0x00AD: "soft hyphen",
    0x061C: "arabic letter mark",
    0x180E: "mongolian vowel separator",
    0x200B: "zero width space",
    0x200C: "zero width non-joiner",
    0x200D: "zero width joiner",
    0x200E: "left-to-right mark",
    0x200F: "right-to-left mark",
    0x202A: "left-to-right embedding",
    0x202B: "right-to-left embedding",
    0x202C: "pop directional formatting",
    0x202D: "left-to-right override",
    0x202E: "right-to-left override",
    0x2060: "word joiner",
    0x2066: "left-to-right isolate",
    0x2067: "right-to-left isolate",
    0x2068: "first strong isolate",
    0x2069: "pop directional isolate",
    0xFEFF: "byte order mark",
}
HIDDEN_MARK = "\u00bf"
"""Stands where an invisible or direction-changing character was."""


def _replacement(code: int) -> str | None:
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0:
        return "\ufffd"
    hidden = (
        code in _NAMED
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xFFF9 <= code <= 0xFFFB
        or 0xE0000 <= code <= 0xE0FFF
        or 0xD800 <= code <= 0xDFFF
        or code == 0x034F
        or 0x180B <= code <= 0x180F
        # Variation selectors; the last two choose between text and emoji and are seen every day.
        or 0xFE00 <= code <= 0xFE0D
    )
    return HIDDEN_MARK if hidden else None


_TABLE: dict[int, str] = {
    code: mark
    for block in (
        range(0xA0),
        range(0xAD, 0xAE),
        range(0x340, 0x350),
        range(0x600, 0x700),
        range(0x1800, 0x1810),
        range(0x2000, 0x2070),
        range(0xD800, 0xE000),
        range(0xFE00, 0x10000),
        range(0xE0000, 0xE1000),
    )
    for code in block
    if (mark := _replacement(code)) is not None
}
_KEEP_TAB = {**_TABLE, 0x09: "\t"}


def inert(text: str, *, keep_tabs: bool = False) -> str:
    """Return `text` with every control or hidden character replaced by one visible character.

    Newlines are replaced too: pass single lines. With `keep_tabs` a tab stays a tab.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_KEEP_TAB if keep_tabs else _TABLE)


@lru_cache(maxsize=4096)
def hidden_names(text: str) -> tuple[str, ...]:
    """Name the hidden characters in `text` in order of appearance, for a warning beside a hunk."""
    names: list[str] = []
    for char in text:
        code = ord(char)
        if code in _TABLE and code not in (0x09, 0x0A, 0x0D):
            name = _NAMED.get(code, f"U+{code:04X}")
            if name not in names:
                names.append(name)
    return tuple(names)
