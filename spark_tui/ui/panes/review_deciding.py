"""The keys of the review that decide: each is checked, told to the engine, and followed by going on."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from spark_tui.core.review import FileView, HunkState, HunkView
from spark_tui.engine import LOST, Engine
from spark_tui.ui.widgets.deliberate import TOO_NEW, Deliberate
from spark_tui.ui.widgets.review_list import ReviewList
from spark_tui.ui.widgets.review_rows import hidden_in
from spark_tui.ui.widgets.sight import Shape, shape_of


def counted(number: int, word: str) -> str:
    """Write a number with its word: `1 edit`, `2 edits`."""
    return f"{number} {word}{'s' * (number != 1)}"


class Deciding:
    """Takes decisions on what the list shows."""

    def __init__(
        self, engine: Engine, hunks: ReviewList, deliberate: Deliberate, say: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._list = hunks
        self._deliberate = deliberate
        self._say = say
        self._warned: Shape | None = None

    # One hunk, or lines of it

    def accept(self) -> None:
        """Accept the hunk or the picked lines, or decide so for when it is complete."""
        self._deliberate.on_selected(self._accept)

    def _is_arriving(self, *hunks: HunkView) -> bool:
        """Whether another version is being written, so that what is shown is not what would be decided."""
        if not any(self._engine.versions.arriving(hunk.id) for hunk in hunks):
            return False
        self._say("Another version is being written: wait for it, or stop it with Esc.")
        return True

    def _accept(self, hunk: HunkView) -> None:
        if self._is_arriving(hunk):
            return
        if hunk.state is HunkState.AMBIGUOUS:
            self._say("This fits in several places: press the number of the right one first.")
        elif hunk.state not in (HunkState.PROPOSED, HunkState.STREAMING):
            self._say(hunk.note or f"This edit is {hunk.state}: there is nothing to accept.")
        elif self._list.picker.is_on:
            self._lines(hunk, self._engine.decisions.accept, "accept")
        elif (doubt := self._doubt(hunk)) and self._warned != shape_of(hunk):
            self._warned = shape_of(hunk)
            self._say(doubt)
        else:
            self._engine.start(self._land(hunk), f"accept {hunk.path}")

    async def _land(self, hunk: HunkView) -> None:
        """Accept and go on at once; back to the hunk if the disk refuses, unless the person did something since."""
        self._go_on(hunk)
        went, pressed = self._list.selected, self._deliberate.last_key
        # The next one is drawn first: working out what to write takes longer than that.
        await asyncio.sleep(0)
        seen = self._engine.decisions.review.hunk(hunk.id)
        if seen is None or shape_of(seen) != shape_of(hunk):
            self._say(TOO_NEW)
            self._list.select(hunk.id)
            return
        await self._engine.decisions.accept([hunk.id])
        now = self._engine.decisions.review.hunk(hunk.id)
        is_untouched = (
            went is not None and self._list.selected is not None and went.id == self._list.selected.id
        )
        if now is not None and now.state in LOST and is_untouched and pressed == self._deliberate.last_key:
            self._list.select(hunk.id)

    def _doubt(self, hunk: HunkView) -> str:
        """Say why accepting needs a second key press; empty if one is enough."""
        if hidden_in(hunk):
            return "It brings in hidden characters: press a again to accept them."
        if hunk.state is HunkState.PROPOSED and not self._list.sight.is_whole:
            return "It is longer than what you have seen: PgDn scrolls, a again accepts all of it."
        return ""

    def reject(self) -> None:
        """Reject the hunk or the picked lines, or decide so for when it is complete."""
        self._deliberate.on_selected(self._reject)

    def _reject(self, hunk: HunkView) -> None:
        if self._is_arriving(hunk):
            return
        if hunk.state in (HunkState.APPLIED, HunkState.REJECTED):
            self._say("That is decided already; u takes the last decision back.")
        elif self._list.picker.is_on:
            self._lines(hunk, self._engine.decisions.reject, "reject")
        else:
            self._engine.start(self._engine.decisions.reject([hunk.id]), f"reject {hunk.path}")
            self._go_on(hunk)

    def _lines(
        self,
        hunk: HunkView,
        decide: Callable[[list[str], dict[str, frozenset[int]]], Coroutine[Any, Any, None]],
        word: str,
    ) -> None:
        rows = self._list.picked_rows
        if hunk.state is HunkState.STREAMING:
            self._say("Lines can be decided on once the hunk is complete.")
        elif not rows:
            self._say("None of these lines changes anything.")
        else:
            self._list.picker.end()
            self._engine.start(decide([hunk.id], {hunk.id: frozenset(rows)}), f"{word} lines of {hunk.path}")

    def _go_on(self, hunk: HunkView) -> None:
        if hunk.state is not HunkState.STREAMING:
            self._list.go_on(hunk)

    def defer(self) -> None:
        """Put the hunk off, or take that back."""
        self._deliberate.on_selected(self._defer)

    def _defer(self, hunk: HunkView) -> None:
        if self._engine.marks.defer(hunk):
            self._say("Put off: it stays open, and going on passes it. x takes that back.")
            self._go_on(hunk)
        else:
            self._say("Not put off any more.")

    # Several at once

    def accept_file(self) -> None:
        """Accept what is safely placed in the rest of the file."""
        self._deliberate.on_selected(
            lambda hunk: self._whole_file(hunk, self._engine.decisions.accept_file, "accept")
        )

    def reject_file(self) -> None:
        """Reject what is open in the file."""
        self._deliberate.on_selected(
            lambda hunk: self._whole_file(hunk, self._engine.decisions.reject_file, "reject")
        )

    def _whole_file(
        self, hunk: HunkView, decide: Callable[[str], Coroutine[Any, Any, None]], word: str
    ) -> None:
        file = self._list.file_of(hunk)
        if not self._is_arriving(*file.hunks):
            self._engine.start(decide(file.id), f"{word} {hunk.path}")

    def safe(self, files: Sequence[FileView]) -> list[HunkView]:
        """Return what can be accepted together: safely placed, not put off, and nothing hidden in it."""
        return [
            hunk
            for file in files
            for hunk in file.hunks
            if hunk.state is HunkState.PROPOSED
            and not self._engine.marks.is_deferred(hunk)
            and not hidden_in(hunk)
        ]

    def question(self, hunks: Sequence[HunkView]) -> str:
        """Ask whether all these shall be accepted."""
        added, removed = sum(hunk.added for hunk in hunks), sum(hunk.removed for hunk in hunks)
        unseen = sum(not self._engine.marks.is_seen(hunk) for hunk in hunks)
        files = counted(len({hunk.path for hunk in hunks}), "file")
        seen = f" {unseen} not seen yet." if unseen else ""
        return f"Accept {counted(len(hunks), 'edit')} in {files}, +{added} -{removed}?{seen} Enter accepts, Esc leaves."

    def accept_together(self, asked: Sequence[HunkView], files: Callable[[], Sequence[FileView]]) -> None:
        """Accept what was asked about, if it is still exactly that; one undo takes all of it back."""

        def act() -> None:
            now = self.safe(files())
            if [shape_of(hunk) for hunk in now] != [shape_of(hunk) for hunk in asked]:
                self._say("Something changed meanwhile: nothing was accepted, look again.")
            else:
                self._engine.start(self._engine.decisions.accept([hunk.id for hunk in now]), "accept all")

        self._deliberate.at_once(act)

    # Steps and places

    def step(self, what: str) -> None:
        """Take back the last decision (`undo`), or bring it again (`redo`)."""
        decisions = self._engine.decisions
        step = decisions.undo if what == "undo" else decisions.redo
        self._deliberate.at_once(lambda: self._engine.start(step(), what))

    def choose(self, number: int) -> None:
        """Pick the place of a hunk that fits in several, or one of its versions."""
        self._deliberate.on_selected(lambda hunk: self._choose(hunk, number))

    def _choose(self, hunk: HunkView, number: int) -> None:
        if hunk.state is HunkState.AMBIGUOUS and 0 < number <= len(hunk.alternatives):
            self._engine.decisions.choose(hunk.id, hunk.alternatives[number - 1])
        elif self._engine.versions.choose(hunk.id, number):
            self._list.show_columns(False)
            self._list.call_after_refresh(self._list.show_selected)
        else:
            self._say("There is no such place or version to choose.")

    def place_again(self) -> None:
        """Look for the hunk's place in the file as it is now."""
        hunk = self._list.selected
        if hunk is not None:
            self._engine.start(self._engine.decisions.place_again(hunk.id), f"place {hunk.path}")
