"""Registers: what was yanked, deleted, recorded and typed, under names of one letter."""

from typing import NamedTuple

from spark_tui.ui.vim.page import Shape


class Register(NamedTuple):
    """Text that can be put."""

    text: str
    shape: Shape = Shape.CHARS
    keys: tuple[str, ...] = ()
    """What was recorded as keys, if the register holds a macro."""


CLIPBOARD = "+*"


class Registers:
    """Every register of one sitting."""

    def __init__(self) -> None:
        self._kept: dict[str, Register] = {}
        self.inserted: tuple[str, ...] = ()
        """The keys typed in insert mode last."""

    def get(self, name: str) -> Register | None:
        """Return a register."""
        if name == ".":
            return Register("".join(key for key in self.inserted if len(key) == 1))
        return self._kept.get(name.lower() or '"')

    def keep(self, name: str, register: Register) -> None:
        """Set a register; a capital letter adds to it."""
        if name == "_":
            return
        if name.isupper():
            register = _joined(self._kept.get(name.lower()), register)
        self._kept[name.lower()] = register
        if name.isalpha() or name.isdigit() or name in CLIPBOARD:
            self._kept['"'] = register

    def record(self, name: str, register: Register) -> None:
        """Keep a macro; what was yanked last stays that."""
        last = self._kept.get('"')
        self.keep(name, register)
        if last is not None:
            self._kept['"'] = last
        else:
            self._kept.pop('"', None)

    def yanked(self, name: str, register: Register) -> None:
        """Keep what was yanked."""
        if name:
            self.keep(name, register)
        else:
            self._kept["0"] = self._kept['"'] = register

    def deleted(self, name: str, register: Register, *, is_small: bool) -> None:
        """Keep what was deleted: less than a line in `-`, more in `1`, where older ones move on."""
        if name:
            self.keep(name, register)
            if name == "_" or is_small:
                return
        if is_small:
            self._kept["-"] = register
        else:
            for number in range(9, 1, -1):
                if str(number - 1) in self._kept:
                    self._kept[str(number)] = self._kept[str(number - 1)]
            self._kept["1"] = register
        self._kept['"'] = register

    def names(self) -> list[str]:
        """Return the names of what is kept, in order."""
        return sorted(self._kept)


def _joined(first: Register | None, second: Register) -> Register:
    if first is None:
        return second
    if first.keys or second.keys:
        return Register(first.text + second.text, first.shape, first.keys + second.keys)
    if Shape.LINES in (first.shape, second.shape):
        return Register(f"{first.text}\n{second.text}", Shape.LINES)
    return Register(first.text + second.text, first.shape)
