"""The acting half of the editor: motions, edits, undo and the clipboard, at one caret or at several.

What keys mean is in `editor_motions`, `editor_edits` and `editor_lines`; here it is sent to the host and shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum

from spark_tui.core.text import Position, Span, Text
from spark_tui.ui.easing import step_blanks
from spark_tui.ui.widgets.editor_carets import Carets
from spark_tui.ui.widgets.editor_edits import EDITS, cut_span, delete_for_cut, paste_text, text_of, type_text
from spark_tui.ui.widgets.editor_host import EditorHost
from spark_tui.ui.widgets.editor_lines import LINE_EDITS
from spark_tui.ui.widgets.editor_many import Grouping, Made, at_carets, each, perform
from spark_tui.ui.widgets.editor_messages import CaretMoved, Edited, Refused
from spark_tui.ui.widgets.editor_motions import MOTIONS, collapsed
from spark_tui.ui.widgets.editor_multiply import (
    MOST,
    Rectangle,
    add_all,
    add_next,
    add_vertically,
    rectangle_of,
)
from spark_tui.ui.widgets.editor_pairs import erase_paired, type_paired
from spark_tui.ui.widgets.editor_scene import EditCommand, Scene, Selection
from spark_tui.ui.widgets.editor_trail import Trail
from spark_tui.ui.widgets.editor_viewport import EditorViewport

_MULTIPLIERS = ("add_above", "add_below", "add_next", "add_all", "mark", "single")


class Marking(Enum):
    """What motions without Shift do."""

    NONE = 0
    LINES = 1
    """They select."""
    BLOCK = 2
    """They select a block."""


class EditorActor(EditorViewport):
    """Does what commands say."""

    def __init__(self, host: EditorHost, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(host, id=id, classes=classes)
        self._path = ""
        self._grouping = Grouping()
        self._trail = Trail()
        self._marking = Marking.NONE
        self._block: Rectangle | None = None
        self._is_pairing = True

    @property
    def caret(self) -> Position:
        """Where the caret is; of several the main one."""
        return self._sheet.carets.primary.head

    @property
    def selection(self) -> Span | None:
        """What is selected, if anything."""
        selection = self._sheet.carets.primary
        return None if selection.is_empty else selection.span

    def _scene(self) -> Scene:
        return self._sheet.scene(max(1, self._view.height))

    def action_editor(self, name: str) -> None:
        """Do one of the commands of the key table."""
        self._act(name)

    def _act(self, name: str) -> bool:
        """Do a command of the key table; False if it is not known here."""
        motion = name.removeprefix("select_")
        if motion in MOTIONS:
            self._move(motion, is_selecting=motion != name)
        elif name == "backspace":
            self._erase()
        elif name in EDITS or name in LINE_EDITS:
            self._edit(lambda scene, carets: perform(name, scene, carets))
        elif name in ("undo", "redo"):
            self._step(self._host.undo if name == "undo" else self._host.redo)
        elif name in ("older", "newer"):
            self._step(lambda: self._host.travel(-1 if name == "older" else 1))
        elif name in ("scroll_up", "scroll_down"):
            self._scroll_to_row(self.scroll_offset.y + (1 if name == "scroll_down" else -1))
        elif name == "select_all":
            self._move_to(Carets.one(Selection(Position(0, 0), self._sheet.text.end)))
        elif name in ("toggle_wrap", "toggle_guides", "toggle_pairs", "toggle_blanks"):
            self._toggle(name)
        elif name in _MULTIPLIERS:
            self._multiply(name)
        elif name in ("copy", "cut", "paste"):
            self._clip(name)
        else:
            return False
        return True

    # --- moving

    def _move(self, name: str, *, is_selecting: bool) -> None:
        """Move every caret, or the corner of a block."""
        if self._block is not None:
            self._move_block(self._block.moved(name, self._scene()))
            return
        is_selecting = is_selecting or self._marking is Marking.LINES
        scene, carets = self._scene(), self._sheet.carets
        moved: list[Selection] = []
        goals: list[int | None] = []
        for selection, goal in zip(carets.all, carets.goals, strict=True):
            here = replace(scene, selection=selection, goal=goal) if carets.is_many else scene
            move = None if is_selecting else collapsed(name, here)
            if move is None:
                move = MOTIONS[name](here)
            moved.append(Selection(selection.anchor if is_selecting else move.place, move.place))
            goals.append(move.goal)
        self._move_to(Carets.of(moved, carets.main, goals))

    def _move_block(self, block: Rectangle) -> None:
        self._move_to(block.carets(self._sheet.text, self._sheet.indent.tab_size))
        self._block = block

    def _move_to(self, carets: Carets) -> None:
        self._grouping.end()
        self._block = None
        if self._sheet.closers:
            self._sheet.closers = _reachable(self._sheet.closers, carets)
        self._select(carets)
        self._tell_caret()

    def _toggle(self, name: str) -> None:
        """Turn one of the ways of showing and typing on or off."""
        if name == "toggle_wrap":
            self._toggle_wrap()
        elif name == "toggle_blanks":
            self.post_message(Refused(step_blanks(self)))
        elif name == "toggle_guides":
            self._sheet.has_guides = not self._sheet.has_guides
            self._repaint()
        else:
            self._is_pairing = not self._is_pairing
            said = "closed by themselves" if self._is_pairing else "left as typed"
            self.post_message(Refused(f"Brackets and quotes are {said}."))

    def _multiply(self, name: str) -> None:
        """Make more carets, or one of many."""
        scene, carets = self._scene(), self._sheet.carets
        more: Carets | None
        if name in ("add_above", "add_below"):
            more = add_vertically(scene, carets, "up" if name == "add_above" else "down")
        elif name == "add_next":
            more = add_next(scene, carets)
        elif name == "add_all":
            more = add_all(scene, carets)
        else:
            self._mark(name)
            return
        if more is None:
            self.post_message(Refused("There is no other." if name == "add_next" else "There are too many."))
        elif len(more.all) > MOST:
            self.post_message(Refused(f"More than {MOST} carets are too many."))
        else:
            self._move_to(more)

    def _mark(self, name: str) -> None:
        """Let the arrows select, then a block, then move again; `single` ends it and leaves one caret."""
        if name == "single":
            self._marking = Marking.NONE
            self._move_to(Carets.one(self._sheet.carets.primary))
        elif self._marking is Marking.NONE:
            self._marking = Marking.LINES
            self.post_message(Refused("Arrows select; again: a block; Esc ends it."))
        elif self._marking is Marking.LINES:
            self._marking = Marking.BLOCK
            self._move_block(rectangle_of(self._sheet.carets, self._sheet.text, self._sheet.indent.tab_size))
            self.post_message(Refused("Arrows select a block; Esc ends it."))
        else:
            self._marking = Marking.NONE
            self._block = None

    def _tell_caret(self) -> None:
        caret, selection = self.caret, self.selection
        self._host.looked(caret, selection)
        self.post_message(CaretMoved(caret, selection))

    # --- editing

    def _edit_each(self, command: EditCommand) -> None:
        """Do an edit at every caret."""
        self._edit(lambda scene, carets: at_carets(command, scene, carets))

    def _edit(self, command: Callable[[Scene, Carets], Made | None]) -> None:
        """Send an edit to the host and show what came of it."""
        if not self._may_edit():
            return
        if self._host.text() is not self._sheet.text:
            self.refresh_text()
        before, carets = self._sheet.text, self._sheet.carets
        made = command(self._scene(), carets)
        if made is None:
            return
        if not self._host.apply(made.changes, self._grouping.name(made, carets)):
            self.post_message(Refused("The file can't be changed now."))
            return
        self._marking, self._block = Marking.NONE, None
        self._adopt(made.changes, made.carets)
        self._keep_closers(made)
        if carets.is_many:
            self._trail.note(before, carets, self._sheet.text, self._sheet.carets)
        self.post_message(Edited(self._path))
        self._tell_caret()

    def _type(self, text: str) -> None:
        """Type a character."""
        command = type_paired if self._is_pairing else type_text
        self._edit_each(lambda scene: command(scene, text))

    def _erase(self) -> None:
        """Erase to the left; what came by itself goes by itself."""
        self._edit_each(lambda scene: erase_paired(scene) or EDITS["backspace"](scene))

    def _keep_closers(self, made: Made) -> None:
        """Follow the closing brackets that came by themselves, as long as a caret stands before them."""
        places = made.changes.map_all(sorted(self._sheet.closers), after=True)
        text = self._sheet.text
        if made.opens:
            places += [one.head for one in made.carets.all if one.head.column < len(text.line(one.head.line))]
        self._sheet.closers = _reachable(places, made.carets)

    def _step(self, walk: Callable[[], Span | None]) -> None:
        """Go to another text that was there."""
        if not self._may_edit():
            return
        self._grouping.end()
        place = walk()
        if place is None:
            return
        carets = self._trail.carets_of(self._host.text()) or Carets.one(Selection.at(place.end))
        self._adopt(None, carets)
        self.post_message(Edited(self._path))
        self._tell_caret()

    def refresh_text(self) -> None:
        """Follow the host's text."""
        raise NotImplementedError

    def _clip(self, name: str) -> None:
        """Copy, cut or paste."""
        if name == "paste":
            if self.app.clipboard:
                self._paste(self.app.clipboard, from_terminal=False)
            return
        if name == "cut" and not self._may_edit():
            return
        scene = self._scene()
        spans = [cut_span(replace(scene, selection=one)) for one in self._sheet.carets.all]
        texts = [text_of(scene.text, span) for span in spans]
        if len(texts) > 1:
            texts = ["\n".join(text.removesuffix("\n") for text in texts)]
        self.app.copy_to_clipboard(texts[0])
        if name == "cut":
            self._edit_each(delete_for_cut)

    def _paste(self, text: str, *, from_terminal: bool) -> None:
        """Insert text at every caret; as many lines as there are carets go to one each."""
        count = len(self._sheet.carets.all)
        parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if count > 1 else []
        texts = parts if len(parts) == count else [text] * count
        self._edit(
            lambda scene, carets: each(
                lambda one, number: paste_text(one, texts[number], from_terminal=from_terminal), scene, carets
            )
        )

    def _may_edit(self) -> bool:
        """Say whether the file can be edited, and to the person why not."""
        if self._host.read_only():
            self.post_message(Refused(_why_read_only(self._sheet.text)))
            return False
        return True


def _reachable(places: Iterable[Position], carets: Carets) -> frozenset[Position]:
    """Return those places that a caret stands before on the same line."""
    first: dict[int, int] = {}
    for one in carets.all:
        first[one.head.line] = min(one.head.column, first.get(one.head.line, one.head.column))
    return frozenset(place for place in places if first.get(place.line, place.column + 1) <= place.column)


def _why_read_only(text: Text) -> str:
    if text.binary:
        return "This is a binary file: it is shown read-only."
    if text.read_only:
        return "This file is not UTF-8: it is shown read-only, so that no byte of it changes."
    return "This file is read-only."
