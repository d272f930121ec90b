"""Names of keys: what people write in a keymap, turned into Textual's names."""

import re

from textual.keys import Keys, _character_to_key

_MODIFIERS = {
    "c": "ctrl", "ctrl": "ctrl", "control": "ctrl", "^": "ctrl", "m": "alt", "a": "alt", "alt": "alt", "meta": "alt",
    "s": "shift", "shift": "shift", "super": "super", "cmd": "super", "d": "super",
}  # fmt: skip
_ORDER = ("super", "alt", "ctrl", "shift")
_ALIASES = {
    "esc": "escape", "return": "enter", "cr": "enter", "spc": "space", "del": "delete", "bs": "backspace",
    "pgup": "pageup", "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown", "ins": "insert",
}  # fmt: skip
_NAMED = frozenset(key.value for key in Keys if "+" not in key.value and "<" not in key.value) | {"space"}
_PLAIN = frozenset(("shift", ""))
MOST_STEPS = 3
"""Keys one after the other at most."""


class NoKey(ValueError):
    """A key can't be used; the text says why."""


def normal(written: str) -> str:
    """Return Textual's name of a key, or of several pressed one after the other. Raises NoKey."""
    steps = written.split()
    if not steps:
        raise NoKey("is empty")
    if len(steps) > MOST_STEPS:
        raise NoKey(f"has more than {MOST_STEPS} keys in a row")
    return " ".join(_one(step) for step in steps)


def _one(written: str) -> str:
    text = written[1:-1] if re.fullmatch(r"<[^<>]{2,}>", written) else written
    if len(text) == 2 and text[0] == "^" and text[1].isprintable():
        text = f"ctrl+{text[1]}"
    modifiers: set[str] = set()
    while (match := re.match(r"([A-Za-z]+|\^)[+-](?=.)", text)) and match[1].lower() in _MODIFIERS:
        modifiers.add(_MODIFIERS[match[1].lower()])
        text = text[match.end() :]
    if len(text) == 1:
        if text.isupper() and modifiers - {"shift"}:
            text = text.lower()
        elif "shift" in modifiers and text.isalpha():
            modifiers.discard("shift")
            text = text.upper()
        name = _character_to_key(text)
    else:
        name = _ALIASES.get(text.lower(), text.lower())
        if name not in _NAMED and name not in _SIGNS:
            raise NoKey(f"has no key called {written}")
    if modifiers == {"ctrl"} and name in ("at", "space"):
        # Terminals send the same for both, and this is what it is called.
        return "ctrl+@"
    return "+".join([*(one for one in _ORDER if one in modifiers), name])


_SIGNS = frozenset(_character_to_key(chr(code)) for code in range(0x21, 0x7F))


def types(key: str) -> bool:
    """Whether a key, or the first of several, types a character where text is typed."""
    *modifiers, name = key.split(" ")[0].split("+")
    if set(modifiers) - _PLAIN:
        return False
    return len(name) == 1 or name in ("space", "tab", "enter", "backspace", "delete") or name in _SIGNS
