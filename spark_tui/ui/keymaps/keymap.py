"""A keymap: every command with the keys that it has now. Pure; the screen wears it elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches
from functools import lru_cache

from spark_tui.core.values import dataclass
from spark_tui.ui.commands import COMMANDS, Where
from spark_tui.ui.commands.editor import BAR_COMMANDS
from spark_tui.ui.commands.editor import COMMANDS as EDITOR_COMMANDS
from spark_tui.ui.keymaps.names import NoKey, normal, types
from spark_tui.ui.keymaps.presets import PRESETS

_BAR = "the bar to find"
_TYPING = (
    Where.ANYWHERE,
    Where.WORKSPACE,
    Where.EDITOR,
    Where.PROMPT,
    Where.PICKER,
    Where.LINE,
    Where.DRAFT,
    _BAR,
)
"""Places in which people type text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command as far as keys matter."""

    id: str
    place: str
    keys: tuple[str, ...]
    """Its own keys."""
    is_fixed: bool = False
    """Whether its keys mean what is written on them."""


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Entry]:
    """Return every command of every table."""
    found = [Entry(one.id, one.where, one.keys, "{key}" in one.action) for one in COMMANDS]
    for place, table in ((str(Where.EDITOR), EDITOR_COMMANDS), (_BAR, BAR_COMMANDS)):
        found += [Entry(one.id, place, tuple(key for key in one.keys.split(",") if key)) for one in table]
    return {entry.id: entry for entry in found}


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys as they are now."""

    preset: str = "default"
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Commands whose keys are not their own."""

    @property
    def is_modal(self) -> bool:
        """Whether the editor has modes."""
        return self.preset == "vim"

    def keys(self, id: str) -> tuple[str, ...]:
        """Return the keys of a command, the one to show first."""
        changed = self.changed.get(id)
        if changed is not None:
            return changed
        entry = entries().get(id)
        return entry.keys if entry is not None else ()

    def first(self, id: str) -> str:
        """Return the key to show; empty if there is none."""
        return next(iter(self.keys(id)), "")

    def actions(self, where: Where) -> Mapping[str, str]:
        """Map keys to actions, for a widget that reads keys itself."""
        return {key: one.action for one in COMMANDS if one.where is where for key in self.keys(one.id)}


DEFAULT = Keymap()
"""The commands' own keys."""


def resolve(preset: str, rows: Mapping[str, Sequence[str]]) -> tuple[Keymap, list[str]]:
    """Lay a person's rows over a preset; return the keymap and a sentence for every row that can't be used."""
    faults: list[str] = []
    known = entries()
    if preset not in PRESETS:
        near = get_close_matches(preset, PRESETS, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(PRESETS)}"
        faults.append(f"The keymap {preset} is not there, {hint}")
        preset = "default"
    keys = {id: entry.keys for id, entry in known.items()}
    keys.update(_laid({id: tuple(own) for id, own in PRESETS[preset].items() if id in known}, keys))
    wanted: dict[str, tuple[str, ...]] = {}
    for id, written in rows.items():
        fault, row = _row(id, written, wanted)
        if fault:
            faults.append(fault)
        else:
            wanted[id] = row
    keys.update(_laid(wanted, keys))
    changed = {id: now for id, now in keys.items() if now != known[id].keys}
    return Keymap(preset, changed), faults


def _laid(
    wanted: Mapping[str, tuple[str, ...]], keys: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Give commands their keys, and take these from others of the same place."""
    known = entries()
    taken = {(known[id].place, key) for id, own in wanted.items() for key in own}
    laid = dict(wanted)
    for id, own in keys.items():
        if id not in wanted and any((known[id].place, key) in taken for key in own):
            laid[id] = tuple(key for key in own if (known[id].place, key) not in taken)
    return laid


def _row(
    id: str, written: Sequence[str], others: Mapping[str, tuple[str, ...]]
) -> tuple[str, tuple[str, ...]]:
    """Check one row; return what is wrong with it, and its keys."""
    known = entries()
    entry = known.get(id)
    if entry is None:
        near = get_close_matches(id, known, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else "F1 shows the commands, the README their ids."
        return f"keys: there is no command {id}, {hint}", ()
    if entry.is_fixed:
        return f"keys: the keys of {id} can't be changed.", ()
    found: list[str] = []
    for text in written:
        try:
            key = normal(text)
        except NoKey as error:
            return f"keys: {id} {error}.", ()
        if types(key) and entry.place in _TYPING and key not in entry.keys:
            return f"keys: {id} can't have {text}, which types something there.", ()
        owner = next(
            (one for one, own in others.items() if key in own and known[one].place == entry.place), None
        )
        if owner is not None:
            return f"keys: {id} can't have {text}, {owner} has it already.", ()
        found.append(key)
    return "", tuple(dict.fromkeys(found))
