"""The keys of the review that act on the stream: freezing, following, letting more through, other versions."""

from collections.abc import Callable

from spark_tui.core.display import inert
from spark_tui.core.review import HunkState, HunkView
from spark_tui.engine import LOST, Engine, Hold, can_go_on_from
from spark_tui.ui.panes.review_writing import OPEN, Writing
from spark_tui.ui.widgets.deliberate import NOTHING
from spark_tui.ui.widgets.lines import Part
from spark_tui.ui.widgets.review_list import ReviewList


class Live:
    """Holds the stream and turns it, for the person."""

    def __init__(
        self, engine: Engine, hunks: ReviewList, writing: Writing, say: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._list = hunks
        self._writing = writing
        self._say = say

    # What is said about it

    def notice(self) -> str:
        """Say in one sentence why nothing moves, and what can be done; empty while the stream is free."""
        gate, governor = self._engine.gate, self._engine.governor
        if self._engine.decisions.applying:
            return inert(self._engine.decisions.applying)
        if gate.is_frozen:
            return "frozen: Space goes on, S keeps these lines and rewrites the rest, Esc stops"
        if gate.waits_for is Hold.GOVERNOR:
            return f"held: {governor.debt.lines} lines wait for you, the limit is {governor.limit}; + lets more through"
        return ""

    def remark(self) -> str:
        """The same in a few words, for the status line."""
        gate = self._engine.gate
        if gate.is_frozen:
            return "frozen"
        if gate.waits_for is Hold.GOVERNOR:
            return f"held, {self.debt}"
        return ""

    @property
    def debt(self) -> str:
        """How much waits for the person, and how much may; empty if nothing does."""
        governor = self._engine.governor
        waiting = governor.debt.lines
        if not waiting or not governor.limit:
            return ""
        return f"debt {waiting}/{governor.limit}"

    def header(self) -> list[Part]:
        """The debt, in words that stand out when it is too much."""
        governor = self._engine.governor
        style = "near" if governor.debt.lines > governor.limit else "muted"
        return [(style, f"{self.debt}  ")] if self.debt else []

    # The stream

    def freeze(self) -> bool:
        """Freeze the stream at the line it is at, or let it go on; False if there is none."""
        gate = self._engine.gate
        if gate.is_frozen:
            gate.go_on()
        elif self._engine.conversation.is_busy:
            gate.freeze()
        else:
            return False
        return True

    def follow(self) -> None:
        """Keep the newest lines in view until the next key, or stop that."""
        self._list.follow()
        if self._list.following.is_on:
            self._say("Follows the stream; any key or scrolling lets go.")

    def let_more_through(self) -> None:
        """Let the stream go on although more waits than the limit allows."""
        governor = self._engine.governor
        if not governor.limit:
            self._say("Nothing is ever held: there is no limit.")
            return
        now = governor.release()
        self._engine.gate.look_again()
        self._say(f"Up to {now} lines may wait now.")

    # Other versions

    def again(self) -> None:
        """Ask for another version of the hunk, or for the rest of one that was cut."""
        hunk = self._list.selected
        if hunk is None:
            self._say(NOTHING)
        elif hunk.state is HunkState.STREAMING:
            self._say("It still arrives: S keeps these lines and rewrites the rest with a note.")
        elif self._can_ask(hunk):
            self._ask(hunk, "")

    def with_note(self) -> None:
        """The same with a note; of a hunk that streams, the lines so far stay and the rest becomes another one."""
        hunk = self._list.selected
        if hunk is None:
            self._say(NOTHING)
        elif hunk.state is HunkState.STREAMING and self._engine.versions.arriving(hunk.id) is None:
            self._engine.gate.freeze()
            self._writing.ask(
                "These lines stay; what shall be different about the rest?",
                lambda note: self._engine.start(self._engine.steering.steer(note), "steer"),
                "",
            )
        elif self._can_ask(hunk):
            self._writing.ask("What shall be different?", lambda note: self._ask(hunk, note), "")

    def three(self) -> None:
        """Ask for three versions of the hunk, and show them side by side; or show them no more."""
        hunk = self._list.selected
        if hunk is None:
            self._say(NOTHING)
        elif self._list.shows_columns:
            self._list.show_columns(False)
        elif self._engine.versions.choices(hunk):
            self._list.show_columns(True)
        elif hunk.state not in OPEN:
            self._say("Only an open edit can have other versions.")
        else:
            self._list.show_columns(True)
            self._engine.start(self._engine.versions.three(hunk.id), f"three versions of {hunk.path}")
            self._say(
                "Three versions are being written: a number takes one, 0 the first, n shows one or all."
            )

    def why(self) -> None:
        """Explain the hunk, or stop explaining; the model is asked once."""
        hunk = self._list.selected
        if self._list.toggle_why() and hunk is not None and hunk.rows and hunk.tail is None:
            self._engine.start(self._engine.whys.ask(hunk), f"why {hunk.path}")

    def hand_over(self) -> None:
        """Hand the hunk to the deep lane, if the person says so to what would go along."""
        hunk, handing = self._list.selected, self._engine.handing
        if hunk is None:
            self._say(NOTHING)
        elif hunk.state is HunkState.STREAMING:
            self._say("It still arrives: it can be handed over once it is complete.")
        elif hunk.id in handing.away:
            self._say("The deep lane works on it already.")
        elif not handing.is_there:
            self._say("There is no deep lane: name a model for it in the settings.")
        else:

            def hand(note: str) -> None:
                self._engine.start(handing.hand(hunk, note), f"hand {hunk.path} over")
                self._say("The deep lane works on it; what it brings comes into the queue.")

            self._writing.ask(handing.card(hunk), hand, "")

    def stop(self) -> bool:
        """Stop versions that are being written; whether there were any."""
        return self._engine.versions.stop()

    def _can_ask(self, hunk: HunkView) -> bool:
        if self._engine.versions.is_asked(hunk.id):
            self._say("It is being written already: Esc stops that.")
        elif hunk.state not in (*OPEN, *LOST):
            self._say("Only an open edit can have another version.")
        elif can_go_on_from(hunk) and self._engine.conversation.is_busy:
            self._say("The stream is still running: wait for its end, or stop it with Esc.")
        else:
            return True
        return False

    def _ask(self, hunk: HunkView, note: str) -> None:
        steering, versions = self._engine.steering, self._engine.versions
        if can_go_on_from(hunk):
            self._engine.start(steering.finish(hunk.id, note), f"finish {hunk.path}")
        else:
            self._engine.start(versions.again(hunk.id, note), f"another version of {hunk.path}")

    def step(self, by: int) -> None:
        """Show another version of the hunk."""
        hunk = self._list.selected
        if hunk is None or not self._engine.versions.step(hunk.id, by):
            self._say("There is only one version: s asks for another, S with a note.")
