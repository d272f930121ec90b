"""The box a prompt is typed in: several lines, history at the edges, a word for completion after `@`."""

import re
from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from spark_tui.ui.commands import Where
from spark_tui.ui.keymaps import keymap_of
from spark_tui.ui.widgets.pasted import Pasted
from spark_tui.ui.widgets.steady import Steady

_MENTION = re.compile(r"(?:^|(?<=[\s(]))@([^\s@]*)$")

ASKS = "Ask for a change; @ names a file"
"""Stands in the empty box."""

WHILE_WRITING = "Enter: change course. Tab: ask afterwards"
"""Stands in the empty box while the model writes."""


class History:
    """Prompts sent or put aside, and where in them the person is."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._place: int | None = None
        self._draft = ""

    def add(self, text: str) -> None:
        """Keep a prompt; going back starts from it."""
        if text.strip() and (not self._kept or self._kept[-1] != text):
            self._kept.append(text)
        self._place = None

    def older(self, draft: str) -> str | None:
        """Go one back; None at the beginning."""
        if self._place is None:
            self._draft = draft
        place = len(self._kept) if self._place is None else self._place
        if place == 0:
            return None
        self._place = place - 1
        return self._kept[self._place]

    def newer(self) -> str | None:
        """Go one forward, at last to the draft; None when there."""
        if self._place is None:
            return None
        self._place += 1
        if self._place >= len(self._kept):
            self._place = None
            return self._draft
        return self._kept[self._place]


class PromptInput(Steady, TextArea):
    """A small text area in which Enter sends."""

    class Sent(Message):
        """The person sent the prompt."""

        def __init__(self, text: str, *, later: bool = False) -> None:
            super().__init__()
            self.text = text
            self.later = later
            """Whether it is for when the turn under way is over."""

    class TakenBack(Message):
        """The person wants the prompt queued last in the box again."""

    class Mentioning(Message):
        """The word after `@` before the caret changed; None: there is none."""

        def __init__(self, word: str | None) -> None:
            super().__init__()
            self.word = word

    def __init__(self, *, id: str) -> None:
        super().__init__(
            id=id,
            soft_wrap=True,
            compact=True,
            highlight_cursor_line=False,
            placeholder=ASKS,
        )
        self.past = History()
        self.choices: Sequence[str] = ()
        """What the completion list offers; empty: it is closed."""
        self.choice = 0
        self.may_queue = False
        """Whether a turn is under way, so that a prompt can wait for its end."""
        self.has_queued = False
        """Whether some prompt waits already."""
        self._word: str | None = None
        self._pasted = Pasted()

    @property
    def draft(self) -> str:
        """What would be sent: the text, with all that is folded in the box."""
        return self._pasted.unfold(self.text)

    def show(self, text: str) -> None:
        """Put another text in the box, the caret behind it."""
        self.text = self._pasted.fold(text)
        self.move_cursor(self.document.end)

    def on_mount(self) -> None:
        """A still caret costs nothing while idle."""
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        action = keymap_of(self).actions(Where.PROMPT).get(event.key)
        if action is None and event.key.startswith("alt+"):
            # Terminals tell the letter, too; it is a command and no text.
            event.prevent_default()
            return
        if event.key == "escape" and self.choices:
            self._mention(None)
        elif action is None or not self._act(action):
            return
        event.stop()
        event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        word = self._pasted.fold(event.text)
        if word != event.text:
            event.prevent_default()
            self.replace(word, *self.selection, maintain_selection_offset=False)

    def action_delete_left(self) -> None:
        """Delete what is folded as a whole."""
        row, column = self.cursor_location
        word = self._pasted.word_before(self.document.get_line(row)[:column])
        if word and self.selection.is_empty:
            self.delete((row, column - len(word)), (row, column))
        else:
            super().action_delete_left()

    def _act(self, action: str) -> bool:
        """Do what a key means here; False leaves it to the text area."""
        match action:
            case "send" if self.choices and self.choices[self.choice] != self._word:
                self.complete()
            case "send":
                self._send()
            case "newline":
                self.insert("\n")
            case "complete" if self.choices:
                self.complete()
            case "complete" if self.may_queue and self.text.strip():
                self._send(later=True)
            case "complete":
                return False
            case "older" if self.has_queued and not self.text:
                self.post_message(self.TakenBack())
            case "older" if self.choices:
                self._choose(-1)
            case "newer" if self.choices:
                self._choose(1)
            case "older" if self.cursor_at_first_line:
                self._replace(self.past.older(self.text))
            case "newer" if self.cursor_at_last_line:
                self._replace(self.past.newer())
            case _:
                return False
        return True

    def _send(self, *, later: bool = False) -> None:
        text = self.text.strip()
        if text:
            self.past.add(text)
            self.clear()
            self.post_message(self.Sent(self._pasted.unfold(text), later=later))

    def _replace(self, text: str | None) -> None:
        if text is not None:
            self.show(text)

    def put_aside(self) -> bool:
        """Empty the box and keep its text in the history; False if it was empty."""
        if not self.text.strip():
            return False
        self.past.add(self.text)
        self.clear()
        return True

    # Completion after @

    @property
    def word(self) -> str | None:
        """What stands behind the `@` before the caret; None: there is none."""
        return self._word

    def on_text_area_selection_changed(self) -> None:
        """See whether the caret stands behind a mention."""
        row, column = self.cursor_location
        match = _MENTION.search(self.document.get_line(row)[:column])
        self._mention(match.group(1) if match else None)

    def _mention(self, word: str | None) -> None:
        if word is None:
            self.choices = ()
        if word != self._word or word is None:
            self._word, self.choice = word, 0
            self.post_message(self.Mentioning(word))

    def _choose(self, by: int) -> None:
        self.choice = (self.choice + by) % len(self.choices)
        self.post_message(self.Mentioning(self._word))

    def complete(self) -> None:
        """Put the chosen path in the place of the word."""
        if not self.choices or self._word is None:
            return
        row, column = self.cursor_location
        path = self.choices[self.choice]
        self.replace(f"{path} ", (row, column - len(self._word)), (row, column))
