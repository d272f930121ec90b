"""Lets an app wear a keymap: bindings of its widgets follow it, and several keys in a row can be one command."""

from collections.abc import Mapping, Sequence

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.message import Message

from spark_tui.ui.commands import key_label
from spark_tui.ui.keymaps.keymap import DEFAULT, Keymap, entries


class KeymapMoved(Message):
    """Keys do something else now."""


class KeyTold(Message):
    """Some keys are begun, or mean nothing."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class WornBindings(BindingsMap):
    """Bindings as one keymap has them."""

    worn: Keymap


def dressed(own: BindingsMap, keymap: Keymap) -> WornBindings:
    """Return bindings under a keymap; what has no id of a command stays."""
    worn = WornBindings()
    worn.worn = keymap
    known = entries()
    for key, bindings in own.key_to_bindings.items():
        for binding in bindings:
            id = binding.id or ""
            if id not in known:
                worn.key_to_bindings.setdefault(key, []).append(binding)
            elif binding is _first_of(own, binding):
                for now in keymap.keys(id):
                    worn.key_to_bindings.setdefault(now, []).append(binding.with_key(key=now))
    return worn


def _first_of(own: BindingsMap, binding: Binding) -> Binding:
    """Return the binding of a command under its first key, so that it is worn once."""
    return next(one for bindings in own.key_to_bindings.values() for one in bindings if one.id == binding.id)


class Keyed(App[None]):
    """An app with a keymap."""

    keymap: Keymap = DEFAULT
    """The keys as they are now."""
    own_keys: Mapping[str, Sequence[str]] = {}
    """The person's rows, which stay on top of any preset."""
    can_shape = False
    """Whether the terminal's own cursor can be shown, in a shape that tells the mode."""
    _begun = ""
    """Keys pressed that may become a command with the next one."""

    def tell_key(self, sentence: str) -> None:
        """Say which keys were begun, or that they mean nothing."""
        self.screen_stack[0].post_message(KeyTold(sentence))

    def wear(self, keymap: Keymap) -> None:
        """Change the keys of everything."""
        self.keymap = keymap
        self._begun = ""
        self.screen_stack[0].post_message(KeymapMoved())

    def _dress(self) -> None:
        """Let everything that could take a key wear the keymap."""
        focused = self.screen.focused
        for node in focused.ancestors_with_self if focused is not None else [self.screen, self]:
            worn = getattr(node._bindings, "worn", DEFAULT)
            if worn is not self.keymap:
                node._bindings = dressed(node._merged_bindings or BindingsMap(), self.keymap)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        self._dress()
        if priority:
            taken = await self._in_a_row(key)
            if taken is not None:
                return taken
        return await super()._check_bindings(key, priority)

    async def _in_a_row(self, key: str) -> bool | None:
        """Follow keys in a row; None leaves the key to what it means alone."""
        if not self.keymap.changed:
            return None
        keys = f"{self._begun} {key}".strip()
        chain = self.screen._modal_binding_chain
        if self._begun:
            for node, bindings in chain:
                for binding in bindings.key_to_bindings.get(keys, ()):
                    self._begun = ""
                    self.tell_key("")
                    await self.run_action(binding.action, node)
                    return True
        begins = keys + " "
        if any(known.startswith(begins) for _, bindings in chain for known in bindings.key_to_bindings):
            self._begun = keys
            self.tell_key(f"{key_label(keys)} ...")
            return True
        if not self._begun:
            return None
        self._begun = ""
        self.tell_key(f"{key_label(keys)} means nothing here.")
        return True


def keymap_of(node: DOMNode) -> Keymap:
    """Return the keymap of the app that a widget is in."""
    app = node.app
    return app.keymap if isinstance(app, Keyed) else DEFAULT


def can_shape(node: DOMNode) -> bool:
    """Whether a widget's caret may be the terminal's own cursor."""
    app = node.app
    return isinstance(app, Keyed) and app.can_shape
