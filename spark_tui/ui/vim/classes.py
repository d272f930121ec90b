"""Which characters make a word together."""

import unicodedata

_SCRIPTS = ((0x3040, 0x309F), (0x30A0, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1F000, 0x1FAFF))


def class_of(char: str, big: bool = False) -> int:
    """Return 0 for blanks, and equal numbers for characters that make a word together."""
    if char in " \t\0" or char.isspace():
        return 0
    if big:
        return 1
    if char == "_" or char.isascii():
        return 2 if char == "_" or char.isalnum() else 1
    code = ord(char)
    for number, (first, last) in enumerate(_SCRIPTS, 3):
        if first <= code <= last:
            return number
    return 1 if unicodedata.category(char)[0] in "PS" and code >= 0x2000 else 2
