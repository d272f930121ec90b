"""The talk: prompts, what the model said, what came of it, and sentences about trouble. Never a diff."""

from textual.app import ComposeResult
from textual.widget import Widget

from spark_tui.core.display import inert
from spark_tui.core.review import FileView
from spark_tui.engine import Engine, ReviewMoved, Trouble, TurnMoved, TurnView
from spark_tui.ui.bridge import Notice
from spark_tui.ui.commands import Where, bindings
from spark_tui.ui.widgets.lines import BLANK, Line, LineView, plain
from spark_tui.ui.widgets.pane import Pane
from spark_tui.ui.widgets.talk_rows import ProseSheet, Tally, note_lines, prose_width, turn_lines

MAX_NOTES = 300


class TalkPane(Pane):
    """Shows every turn, and follows new lines unless the person scrolled up."""

    BINDINGS = bindings(Where.TALK)

    def __init__(self, engine: Engine) -> None:
        super().__init__(id="talk")
        self._engine = engine
        self._view = LineView(id="talk-view")
        self._view.when_sized = self.look
        self._notes: list[tuple[int, Trouble]] = []
        self._drawn: list[tuple[object, list[Line]]] = []
        self._sheets: dict[str, ProseSheet] = {}
        self._follows = True

    def compose_body(self) -> ComposeResult:
        """Show the lines."""
        yield self._view

    def target(self) -> Widget:
        """The lines take the focus."""
        return self._view

    def header_line(self) -> Line:
        """Name the pane and say whether it follows."""
        return Line(((self.title_style, " talk "),), () if self._follows else (("stale", "End: follow "),))

    def look(self, notice: Notice | None = None) -> None:
        """Keep sentences of trouble even while hidden."""
        if notice is not None and notice.troubles:
            turns = len(self._engine.conversation.turns)
            self._notes.extend((turns, trouble) for trouble in notice.troubles)
            del self._notes[:-MAX_NOTES]
        super().look(notice)

    def redraw(self, notice: Notice | None) -> None:
        """Draw the turns that changed."""
        if notice is not None and not notice.has(TurnMoved, ReviewMoved, Trouble):
            return
        width = self._view.size.width
        files = self._engine.decisions.review.files()
        turns = self._engine.conversation.turns
        blocks: list[tuple[object, list[Line]]] = []
        for number in range(len(turns) + 1):
            if number:
                self._add_turn(blocks, turns[number - 1], files, width)
            for at, trouble in self._notes:
                if at == number:
                    self._add_note(blocks, trouble, width)
        self._drawn = blocks
        lines = [line for _, block in blocks for line in block] or _welcome()
        self._view.set_lines(lines)
        if self._follows:
            self._view.scroll_to_row(len(lines))

    def _add_turn(
        self, blocks: list[tuple[object, list[Line]]], turn: TurnView, files: tuple[FileView, ...], width: int
    ) -> None:
        tally = _tally([file for file in files if file.turn == turn.id])
        key = (turn.id, len(turn.prose), turn.state, turn.sentence, turn.timing, tally, width)
        blocks.append(
            self._known(len(blocks), key) or (key, turn_lines(turn, tally, self._sheet(turn.id, width)))
        )

    def _sheet(self, turn: str, width: int) -> ProseSheet:
        """Return the sheet that sets a turn's prose; another width begins another one."""
        known = self._sheets.get(turn)
        if known is None or known.width != prose_width(width):
            known = self._sheets[turn] = ProseSheet(prose_width(width))
        return known

    def _add_note(self, blocks: list[tuple[object, list[Line]]], trouble: Trouble, width: int) -> None:
        key = (trouble, width)
        lines = self._known(len(blocks), key)
        blocks.append(lines or (key, [*note_lines(trouble.title, trouble.sentence, width), BLANK]))

    def _known(self, place: int, key: object) -> tuple[object, list[Line]] | None:
        if place < len(self._drawn) and self._drawn[place][0] == key:
            return self._drawn[place]
        return None

    def action_scroll(self, what: str, by: int) -> None:
        """Scroll by `line` or `page`, or to an `edge`; at the end new lines are followed again."""
        if what == "line":
            self._view.scroll_to_row(self._view.scroll_offset.y + by)
        elif what == "page":
            self._view.scroll_page(by)
        else:
            self._view.scroll_to_row(len(self._view.lines) if by > 0 else 0)
        self._follow_at_end()

    def _follow_at_end(self) -> None:
        self._follows = self._view.scroll_offset.y + self._view.size.height >= len(self._view.lines)
        self.refresh_header()

    def action_tall(self) -> None:
        """Make the pane taller, or small again."""
        self.toggle_class("-tall")

    def action_copy(self) -> None:
        """Copy the last answer; only ever at this key."""
        turns = self._engine.conversation.turns
        if not turns or not turns[-1].prose.strip():
            self.post_message(self.Said("There is no answer to copy."))
            return
        self.app.copy_to_clipboard(turns[-1].prose.strip())
        self.post_message(self.Said("Copied the last answer."))

    def on_mouse_scroll_up(self) -> None:
        """Stop following when the wheel goes up."""
        self._follows = False
        self.refresh_header()

    def on_mouse_scroll_down(self) -> None:
        """Follow again when the wheel reaches the end."""
        self.call_after_refresh(self._follow_at_end)


def _tally(files: list[FileView]) -> Tally:
    return Tally(
        hunks=sum(len(file.hunks) for file in files),
        files=len({file.path for file in files}),
        pending=sum(file.pending for file in files),
        accepted=sum(file.accepted for file in files),
        rejected=sum(file.rejected for file in files),
    )


def _welcome() -> list[Line]:
    return [plain(f"   {inert(text)}", "muted") for text in (
        "Ask for a change below; @ names a file. Edits stream into the editor and the review.",
        "Each waits for you: a accepts, r rejects, u takes any decision back. Esc stops the stream.",
    )]  # fmt: skip
