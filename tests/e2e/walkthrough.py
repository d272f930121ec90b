"""A review from the prompt to the last undo, as a person does it; every step is timed from its key to the screen."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.terminal import PATIENCE, Terminal

F3, F4, F7, ESC, CTRL_S = "\x1b[13~", "\x1bOS", "\x1b[18~", "\x1b", "\x13"
RATE = "80"
"""Tokens per second of the rehearsal: slow enough to freeze the first hunk in its middle on any machine."""

LOOK = 0.45
"""Seconds in which a person looks before deciding."""

_NOT_YET = ("only just appeared", "came too fast", "It is longer than")
"""Sentences after which nothing was decided."""

NAMES = ("refund", "charge", "credit", "settle", "reserve", "release", "capture", "reverse")


def function(name: str) -> str:
    """One function of the shop; each is a hunk of its own when its amount is renamed."""
    notes = "".join(f"    order.note({number}, amount)\n" for number in range(5)) if name == NAMES[0] else ""
    return (
        f"def {name}(order, amount):\n"
        f'    """Do what {name} does."""\n'
        f"{notes}"
        f"    order.check()\n    order.lock()\n\n"
        f"    if amount > order.total:\n"
        f"        raise ValueError(amount)\n"
        f"    order.book(amount)\n\n"
        f"    order.unlock()\n    order.log()\n    order.tell()\n    return order\n"
    )


def shop(folder: Path) -> Path:
    """Make a repository whose one file becomes eight hunks."""
    folder.mkdir(parents=True)
    (folder / "pay.py").write_text('"""Payments."""\n\n\n' + "\n\n".join(map(function, NAMES)))
    identity = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
    for arguments in (["init", "-q", "-b", "trunk"], ["add", "."], [*identity, "commit", "-qm", "shop"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the walk."""

    at: float
    """Seconds since Enter in the prompt."""
    keys: str
    what: str
    took: float
    """Seconds from the key until the screen, or the disk, had it."""


class Walk:
    """Presses keys, waits for what should come, and keeps the clock."""

    def __init__(self, terminal: Terminal, repo: Path) -> None:
        self.terminal = terminal
        self.file = repo / "pay.py"
        self.rows: list[Row] = []
        self._began = time.monotonic()

    def look(self, seconds: float = LOOK) -> None:
        """Let the screen go on while nothing is pressed."""
        self.terminal.rest(seconds)

    def begin(self, prompt: str) -> None:
        """Write the prompt; Enter starts the clock."""
        self.terminal.wait_for("pay.py", "rehearsal (offline)")
        self.terminal.send(F7)
        self.terminal.wait_for("Enter send")
        self.terminal.send(prompt)
        self.terminal.wait_for(prompt)
        self._began = time.monotonic()

    def step(
        self, keys: str, what: str, *seen: str, gone: str = "", disk: Callable[[], bool] | None = None
    ) -> None:
        """Press keys and wait until the screen shows something, and the disk holds something."""
        at = time.monotonic()
        if keys:
            self.terminal.send(keys)
        self._until(seen, gone, keys)
        while disk is not None and not disk():
            self.terminal.pump(0.002)
            assert time.monotonic() - at < PATIENCE, f"the disk never had: {what}\n{self.terminal.text()}"
        self.rows.append(Row(at - self._began, _shown(keys), what, time.monotonic() - at))

    def _until(self, seen: tuple[str, ...], gone: str, keys: str) -> None:
        end = time.monotonic() + PATIENCE
        said = False
        while time.monotonic() < end:
            text = self.terminal.text()
            if all(part in text for part in seen) and not (gone and gone in text):
                return
            was_said, said = said, any(sentence in text for sentence in _NOT_YET)
            if was_said and not said:
                # It was too early, and nothing was done: a person looks and presses again.
                self.terminal.send(keys)
            assert self.terminal.pump(0.05), f"it ended; last on the screen:\n{text}"
        raise AssertionError(f"never saw {seen} (without {gone!r}) on:\n{self.terminal.text()}")

    def write(self, text: str) -> None:
        """Type as a person does, and wait until it stands there."""
        for char in text:
            self.terminal.send(char)
            self.look(0.02)
        self.terminal.wait_for(text)

    def has(self, text: str) -> bool:
        """Whether the file on disk holds a text."""
        return text in self.file.read_text()

    def table(self) -> str:
        """The clock, as a table."""
        rows = [f"{'t':>7}  {'keys':<12} {'took':>8}  what happened"]
        rows += [f"{row.at:6.2f}s  {row.keys:<12} {row.took * 1e3:6.0f}ms  {row.what}" for row in self.rows]
        return "\n".join(rows)


def _shown(keys: str) -> str:
    names = {"\r": "Enter", F4: "F4", F7: "F7", F3: "F3", ESC: "Esc", CTRL_S: "^S", " ": "Space"}
    return names.get(keys, keys) or "-"


def _lines(it: Walk) -> None:
    """Two lines of hunk 2 alone."""
    it.look()
    it.step("v", "a line is picked", ">")
    it.look()
    it.step("j", "and one more", "Ask for a change")
    it.look()
    it.step(
        "a",
        "only the two lines are accepted; the rest of hunk 2 stays open",
        "7 open of 8",
        disk=lambda: it.has("def charge(order, euros)"),
    )
    assert "order.book(euros)" not in it.file.read_text().split("def charge")[1].split("def credit")[0]


def _three(it: Walk) -> None:
    """Three versions of hunk 3."""
    it.look()
    it.step("j", "hunk 3 is shown", "def credit(order, amount)")
    it.look()
    it.step(
        "n",
        "three versions of hunk 3 are there",
        "1 smallest change",
        "2 clearest",
        "3 fastest",
        gone="writing",
    )
    it.look()
    it.step("2", "the second one is what the hunk proposes", "[2 clearest]")
    it.look()
    it.step("?", "why, in one sentence beside the hunk", "why: It carries out")
    it.look()
    it.step("?", "the explanation makes room", gone="why: It")
    it.look()
    it.step(
        "a", "the second version is on disk", "6 open of 8", disk=lambda: it.has("rehearsal: for the reader")
    )


def _edit(it: Walk) -> None:
    """Hunk 4, spoilt by hand, found out by the checks, and mended by the model."""
    it.look()
    it.step("e", "hunk 4 can be edited", "new side of pay.py")
    it.look()
    it.step("%%", "two characters too many", "%%")
    it.step(CTRL_S, "the hunk proposes that now, and its checks say what is wrong", "does not parse")
    it.look()
    it.step("t", "what the checks found", "parse")
    it.look()
    it.step(
        ESC,
        "back at the hunk",
        "6 open of 8",
    )
    it.look(1.5)
    # A hunk that the person has not looked at is mended without being asked for it.
    mend = "m" if "does not parse" in it.terminal.text() else ""
    it.step(mend, "the model has mended it; its checks are green", "checks: parses", gone="does not parse")
    it.look()
    it.step("S", "asks what shall be different", "What shall be different?")
    it.write("total, not euros")
    it.step("\r", "another version of hunk 4", "book(total)")
    it.look()
    it.step("a", "hunk 4 is on disk", "5 open of 8", disk=lambda: it.has("def settle(order, total)"))


def _comment(it: Walk) -> None:
    it.look()
    it.step("c", "asks for the comment", "Comment on this edit")
    it.write("why lock it twice?")
    it.step("\r", "the comment stands under the hunk", "# why lock it twice?")


def _deep(it: Walk) -> None:
    it.look()
    it.step("!", "what would go along to the deep lane", "Hand it to the deep lane")
    it.step("\r", "the deep lane works beside", "deep lane")


def _all(it: Walk) -> None:
    """Everything that is left, back again, and the comments."""
    it.look(1.5)
    it.step("g", "how much would be accepted", "Accept ", "Enter accepts")
    it.look()
    it.step("\r", "all of it is on disk", disk=lambda: it.has("def reverse(order, euros)"))
    it.look()
    it.step("u", "one undo brings all of it back", disk=lambda: not it.has("def reverse(order, euros)"))
    it.look()
    it.step("C", "the comments go to the model as one prompt", "Comments: why lock it twice?")


def walk(terminal: Terminal, repo: Path) -> Walk:
    """Review eight hunks in every way there is."""
    it = Walk(terminal, repo)
    it.begin("rename amount to euros")
    it.step("\r", "the prompt stands in the talk", " > rename amount to euros", "Ask for a change")
    it.step("", "the first lines stand in the editor, at their place", "+ def refund(order, euros)")
    it.step(F4, "the review has the focus, on the hunk that arrives", "a accept", "arriving")
    it.step(" ", "the stream is frozen at a line", "frozen: Space goes on")
    it.look()
    it.step("S", "asks what shall be different", "These lines stay; what shall be different")
    it.write("RefundError, not ValueError")
    it.step("\r", "the lines above stay, the tail of the hunk is written anew", "raise RefundError")
    it.step("", "the other hunks follow", "8 open of 8", "waiting for your decisions")
    it.look()
    it.step(
        "a",
        "hunk 1 is in the buffer and on disk, and hunk 2 is shown",
        "7 open of 8",
        disk=lambda: it.has("def refund(order, euros)"),
    )
    _lines(it)
    _three(it)
    _edit(it)
    _comment(it)
    it.look()
    it.step("r", "hunk 5 is rejected", "rejected")
    it.look()
    it.step("u", "and it is open again", gone="rejected")
    _deep(it)
    _all(it)
    return it
