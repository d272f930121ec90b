"""The real screen in a real terminal, with every text in it meaning harm. Started by the test as a process."""

from dataclasses import replace
from typing import cast

from textual.widgets import Input, Label, Static, TextArea

from spark_tui.adapters.theme_files import load_themes
from spark_tui.engine import Engine, Trouble
from spark_tui.ui.app import AppOptions, SparkApp
from tests.fakes.engine import FakeEngine, hunk, turn

PAYLOADS = (
    "\x1b]52;c;aGFja2Vk\x07", "\x1b]0;owned\x07", "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "\x1bPq#0~\x1b\\",
    "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b_apc\x1b\\", "\x9b31m", "\x9d0;c1\x9c", "\x07\x08\x0b\x0c\x0e",
    "\u202eevil\u202c", "zero\u200bwidth\u2060\ufeff", "\x7f\x85\u2028", "[bold red]markup[/] [@click=app.bell]x[/]",
)  # fmt: skip
HOSTILE = "END".join(PAYLOADS)


class HostileApp(SparkApp):
    """Shows the payloads in every pane, and raw in widgets that know nothing of inert text."""

    def _begin(self) -> None:
        # Keys are no longer kept back for a screen that is still to come.
        self._early = None
        engine = cast(FakeEngine, self.engine)
        engine.root = f"/x/{HOSTILE}"
        engine.list_files(*(f"dir/{payload}.py" for payload in PAYLOADS), f"{PAYLOADS[0]}.py")
        engine.workspace.files["a.py"] = "\n".join(PAYLOADS).replace("\x0b", "").encode()
        engine.start(engine.workspace.open(PAYLOADS[0]), "open")
        engine.start(engine.workspace.open("a.py"), "open")
        engine.shown = replace(engine.shown, branch=HOSTILE, provider=HOSTILE, model=HOSTILE)
        engine.conversation.set(turn(prompt=HOSTILE, prose=HOSTILE, sentence=HOSTILE))
        rows = [f"+{payload}" for payload in PAYLOADS]
        engine.propose(hunk("1.1.1", *rows, path="a.py", header=HOSTILE, note=HOSTILE))
        engine.emit(Trouble(HOSTILE, HOSTILE, HOSTILE))
        self.notify(HOSTILE, title=HOSTILE)
        self.title = HOSTILE
        for raw in (
            Static(HOSTILE, markup=False),
            Label(HOSTILE, markup=False),
            Input(HOSTILE),
            TextArea(HOSTILE),
        ):
            raw.styles.height = 3
            raw.border_title = None
            self.screen.mount(raw)
        self.set_timer(1.0, lambda: self.screen.mount(Static("all is drawn")))


if __name__ == "__main__":
    HostileApp(cast(Engine, FakeEngine()), load_themes().specs, AppOptions()).run()
