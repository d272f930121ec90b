"""The board of the main screen: places the panes, moves the focus when asked, and routes pulses and sentences."""

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from spark_tui.core.layout import Layout
from spark_tui.engine import Engine, Sight, Trouble, TurnMoved
from spark_tui.ui.bridge import Bridge, Notice
from spark_tui.ui.commands import COMMANDS, Where, key_label
from spark_tui.ui.easing import is_linear, period
from spark_tui.ui.keymaps import KeymapMoved, KeyTold
from spark_tui.ui.panes.editor import EditorPane
from spark_tui.ui.panes.prompt import PromptPane
from spark_tui.ui.panes.review import ReviewPane
from spark_tui.ui.panes.review_writing import OutsideEditor
from spark_tui.ui.panes.status import StatusPane
from spark_tui.ui.panes.talk import TalkPane
from spark_tui.ui.panes.tree import TreePane
from spark_tui.ui.screens.arrangement import AREAS, Arrangement
from spark_tui.ui.screens.modes import grant, mode_words, typed_in
from spark_tui.ui.screens.too_small import cover
from spark_tui.ui.widgets.bursts import KeyRhythm
from spark_tui.ui.widgets.echo_first import EchoFirst
from spark_tui.ui.widgets.editor import EditorView
from spark_tui.ui.widgets.lines import Line, LineView, Part
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.review_list import ReviewList
from spark_tui.ui.widgets.sparing import SparingCompositor
from spark_tui.ui.widgets.steady import Steady
from spark_tui.ui.widgets.whole_first import WholeFirst

_WHERE = {
    "tree": Where.TREE, "editor": Where.EDITOR, "review": Where.REVIEW, "talk": Where.TALK,
    "prompt": Where.PROMPT,
}  # fmt: skip
_STRIP = tuple(
    (area, key_label(command.keys[0]), command.hint)
    for area in AREAS
    for command in COMMANDS
    if command.id == f"pane.{area}"
)
"""Pane, key, word: for the row that names the panes when only one is shown."""


def _strip_line(current: str, waiting: int, unheard: bool) -> Line:
    parts: list[Part] = []
    for area, key, word in _STRIP:
        count = f" {waiting}" if area == "review" and waiting else " *" if area == "talk" and unheard else ""
        parts += [("muted", " "), ("here" if area == current else "muted", f" {key} {word}{count} ")]
    return Line(tuple(parts))


class Board(Steady, EchoFirst[None], WholeFirst[None]):
    """Tree, editor, review, talk, prompt, status."""

    AUTO_FOCUS = None

    def __init__(
        self,
        engine: Engine,
        rhythm: KeyRhythm,
        faults: Sequence[str] = (),
        outside: OutsideEditor | None = None,
    ) -> None:
        super().__init__(id="workspace")
        self._compositor = SparingCompositor()
        self.engine = engine
        """What the panes show and steer."""
        self._faults = faults
        self._bridge = Bridge(engine, self.post_message, lambda: period(self, rhythm.clock() - rhythm.last))
        self._arrangement = Arrangement()
        self.bottom = StatusPane(engine, self._remark)
        """What is said, and which keys there are."""
        self.prompt = PromptPane(engine)
        """Where the person asks."""
        self.editor = EditorPane(engine)
        """Where the text is."""
        self.review = ReviewPane(engine, rhythm, outside)
        """Where decisions are taken."""
        self.files = TreePane(engine)
        """Which files there are."""
        self._areas: dict[str, Pane] = {
            "tree": self.files,
            "editor": self.editor,
            "review": self.review,
            "talk": TalkPane(engine),
        }
        self.when_mounted: Callable[[], None] = lambda: None
        """Called when keys find their place."""
        self._strip = LineView(can_focus=False, classes="bar", id="strip")
        self._unheard = False

    def compose(self) -> ComposeResult:
        """Place the panes."""
        yield self._strip
        with Horizontal(id="areas"):
            yield self._areas["tree"]
            yield self._areas["editor"]
            yield self._areas["review"]
        yield self._areas["talk"]
        yield self.prompt
        yield self.bottom

    def on_mount(self) -> None:
        """Begin in the prompt, and listen to the engine."""
        self._strip.when_sized = self._draw_bars
        self._arrange()
        self.set_focus(self.prompt.input, scroll_visible=False)
        self._bridge.start()
        keeping = self.engine.navigation.keeping
        keeping.look, keeping.on_back = self._sight, self._come_back
        self._look(None)
        if self._faults:
            notice = Notice()
            for fault in self._faults:
                notice.take(Trouble("settings", fault))
            self._look(notice, notice)
        self.when_mounted()

    def on_unmount(self) -> None:
        """Listen no more; how everything was left is known for good."""
        self._bridge.stop()
        sight = self._sight()
        self.engine.navigation.keeping.look = lambda: sight

    def _sight(self) -> Sight:
        return Sight(
            self.editor.spots(),
            self.editor.other_path,
            self.files.open_folders,
            tuple(sorted(self._arrangement.hidden)),
        )

    def _come_back(self, layout: Layout) -> None:
        """Stand as the last sitting was left; the second half comes when its file is open again."""
        if layout.folders:
            self.files.open_only(layout.folders)
        self._arrangement.hidden |= {name for name in layout.hidden if name in AREAS and name != self.here}
        self._arrange()
        if layout.other in self.engine.workspace.tabs:
            self.editor.look()
            self.call_later(self.editor.split, layout.other)

    # What moved

    def on_bridge_pulse(self) -> None:
        """Something moved in the engine: let the panes look again."""
        self._look(self._bridge.take(), self._bridge.take_summary())
        self._bridge.done()

    def _look(self, notice: Notice | None, summary: Notice | None = None) -> None:
        """Let every pane look that has to; without a notice, all of them look at everything."""
        if notice is None or notice.kinds:
            self.editor.look(notice)
            self.review.look(notice)
            self.prompt.look(notice)
        if notice is not None and summary is None:
            if notice.has(TurnMoved):
                self._areas["talk"].look(notice)
            return
        if summary is not None and summary.troubles:
            self.bottom.say(summary.troubles[-1].sentence)
        self.files.look(summary)
        self._areas["talk"].look(summary)
        self._unheard = not self._areas["talk"].display and (
            self._unheard or (summary is not None and summary.has(TurnMoved, Trouble))
        )
        self._draw_bars()

    def on_key_told(self, event: KeyTold) -> None:
        """Keys in a row are begun, or mean nothing."""
        self.bottom.say(event.sentence)

    def on_keymap_moved(self, event: KeymapMoved) -> None:
        """Show the keys as they are now."""
        for view in self.query(EditorView):
            view.follow_keymap()
        self._draw_bars()

    def on_editor_view_mode_moved(self, event: EditorView.ModeMoved) -> None:
        """Say what keys do in the editor."""
        event.stop()
        self.bottom.type_along(typed_in(self.focused))

    def on_editor_view_wished(self, event: EditorView.Wished) -> None:
        """Do what was typed as a command in the editor."""
        event.stop()
        grant(self, self.engine, event)

    def on_review_list_selected(self, event: ReviewList.Selected) -> None:
        """The person went to a hunk: the editor shows it in its place."""
        event.stop()
        self.editor.reveal(event.hunk)

    def on_pane_said(self, event: Pane.Said) -> None:
        """A pane has something to say."""
        event.stop()
        self.bottom.say(event.sentence)

    def _remark(self, where: Where) -> list[Part]:
        live = self.review.live
        said: list[Part] = [("near", live.remark())]
        if self._arrangement.single and not live.remark():
            said.append(("muted", live.debt))
        if where is Where.EDITOR:
            said.append(("muted", self.editor.plain_reason))
            said.extend(mode_words(self.focused))
        return said

    def _draw_bars(self) -> None:
        here = self.here
        pane = self._areas.get(here)
        self.bottom.set_where((pane.where if pane else None) or _WHERE[here])
        if self._arrangement.single:
            pending = self.engine.status.pending
            self._strip.set_lines([_strip_line(self._arrangement.current, pending, self._unheard)])

    # Where the person is

    @property
    def here(self) -> str:
        """The pane that has the focus; the prompt when nothing has."""
        focused = self.focused
        for name, pane in self._areas.items():
            if focused is not None and pane in focused.ancestors_with_self:
                return name
        return "prompt"

    def on_resize(self, event: events.Resize) -> None:
        """Stand side by side or one at a time."""
        self._arrangement.resize(event.size.width, event.size.height, is_linear=is_linear(self))
        self._arrange()
        cover(self.app, event.size)

    def on_descendant_focus(self) -> None:
        """The person went somewhere, by key or mouse."""
        if self.here in AREAS and self._arrangement.current != self.here:
            self._arrangement.go(self.here)
            self._arrange()
        self._show_here()

    def _show_here(self) -> None:
        here = self.here
        for name, pane in self._areas.items():
            pane.set_here(name == here)
        self.prompt.set_here(here == "prompt")
        self._draw_bars()

    def _arrange(self) -> None:
        shown = self._arrangement.shown()
        single = self._arrangement.single
        self.set_class(single, "-single")
        self._strip.display = single
        self._unheard = self._unheard and "talk" not in shown
        for name, pane in self._areas.items():
            pane.display = name in shown
        upper = [name for name in shown if name != "talk"]
        self.query_one("#areas").display = bool(upper)
        self._areas["talk"].set_class(not upper, "-alone")
        self._areas["review"].set_class(upper[:1] == ["review"] or upper == ["tree", "review"], "-wide")
        self._areas["tree"].set_class(upper == ["tree"], "-wide")

    def action_go(self, pane: str) -> None:
        """Go to a pane; in a pane at the side already: hide it and go to the text, or to the prompt without one."""
        if self.here == pane and pane == "editor":
            self.editor.go_across()
            return
        if self.here == pane and pane in AREAS and not self._arrangement.single:
            self.action_hide()
            return
        self._arrangement.go(pane)
        self._arrange()
        target: Widget = self.prompt.input if pane == "prompt" else self._areas[pane].target()
        # At once: keys that are queued behind this one belong to the pane they were meant for.
        self.set_focus(target, scroll_visible=False)

    def action_hide(self) -> None:
        """Hide the pane where the person is, or was before going to the prompt."""
        pane = self._arrangement.current
        if self._arrangement.single:
            self.bottom.say("There is room for one pane only: nothing to hide.")
            return
        text = self._areas["editor"]
        goes_to_text = pane != "editor" and text.display and self.engine.workspace.active is not None
        target = text.target() if goes_to_text else self.prompt.input
        self.set_focus(target, scroll_visible=False)
        self._arrangement.hide(pane)
        self._arrange()

    def on_pane_went_to(self, event: Pane.WentTo) -> None:
        """The person asked a pane to be taken to another one."""
        event.stop()
        if self.here != event.pane:
            self.action_go(event.pane)
        if event.hunk:
            self.review.hunks.select(event.hunk)

    def action_stop_or_back(self) -> None:
        """Stop the stream; with nothing to stop, go back to the prompt. Never a decision, never a send."""
        if self.engine.conversation.is_busy:
            self.engine.start(self.engine.conversation.cut(), "stop")
        else:
            self.set_focus(self.prompt.input, scroll_visible=False)


def place_here(board: Board) -> tuple[Where | None, Pane | None]:
    """Whose commands apply where the person is, and the pane that does them; nothing in editor and prompt."""
    pane = board._areas.get(board.here) if board.here != "editor" else None
    return (pane.where or _WHERE[board.here], pane) if pane is not None else (None, None)
