"""The levels at which two lines may count as equal, from exact bytes to typographic look-alikes."""

import unicodedata
from enum import IntEnum


class Level(IntEnum):
    """How much of a line is ignored when lines are compared; a higher level ignores more."""

    EXACT = 0
    TRAILING = 1
    """White space at the end is ignored."""
    STRIPPED = 2
    """White space at both ends is ignored."""
    PUNCTUATION = 3
    """Dashes, quotes and spaces of all kinds count as their ASCII forms, too."""
    COMPOSED = 4
    """Composed and decomposed characters count as equal, too."""


# Unicode White_Space. Python's own idea of it also holds the four separators U+001C to U+001F.
_WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_LOOKALIKES = {
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-"),
    **dict.fromkeys(range(0x2018, 0x201C), "'"),
    **dict.fromkeys(range(0x201C, 0x2020), '"'),
    **dict.fromkeys([0xA0, *range(0x2002, 0x200B), 0x202F, 0x205F, 0x3000], " "),
}


def fold(line: str, level: int) -> str:
    """Return what of `line` is compared at `level`."""
    if level == Level.EXACT:
        return line
    if level == Level.TRAILING:
        return line.rstrip(_WHITE)
    stripped = line.strip(_WHITE)
    if level == Level.STRIPPED or stripped.isascii():
        return stripped
    plain = stripped.translate(_LOOKALIKES)
    return plain if level == Level.PUNCTUATION else unicodedata.normalize("NFC", plain)
