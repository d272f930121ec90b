"""Which keys do what: the commands' own keys, a preset over them, and the person's rows over that."""

from spark_tui.ui.keymaps.keyed import Keyed, KeymapMoved, KeyTold, can_shape, keymap_of
from spark_tui.ui.keymaps.keymap import DEFAULT, Keymap, resolve
from spark_tui.ui.keymaps.mouse import is_wanted
from spark_tui.ui.keymaps.presets import PRESETS

__all__ = [
    "DEFAULT",
    "PRESETS",
    "KeyTold",
    "Keyed",
    "Keymap",
    "KeymapMoved",
    "can_shape",
    "is_wanted",
    "keymap_of",
    "resolve",
]
