"""Records the walk-through as an asciinema cast: the real program in a real terminal, against the rehearsal.

Run it from a checkout: `python -m tests.pictures.record`; it writes walkthrough.cast beside itself and prints the
clock of the walk. `asciinema play tests/pictures/walkthrough.cast` shows it.
"""

import codecs
import json
import tempfile
from pathlib import Path

from tests.e2e.places import COMMAND, environment
from tests.e2e.terminal import Terminal
from tests.e2e.walkthrough import RATE, shop, walk

COLUMNS, ROWS = 140, 50


def cast(log: list[tuple[float, bytes]]) -> str:
    """Write what came, and when, in the second version of asciinema's format."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    head = {
        "version": 2,
        "width": COLUMNS,
        "height": ROWS,
        "idle_time_limit": 1.0,
        "title": "spark-tui: a review",
    }
    begin = log[0][0]
    events = [[round(at - begin, 3), "o", decode(data)] for at, data in log]
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in (head, *events)) + "\n"


def main() -> None:
    """Walk, print the clock, keep the recording."""
    with tempfile.TemporaryDirectory() as place:
        repo = shop(Path(place) / "repo")
        command = [*COMMAND, "--rate", RATE, str(repo / "pay.py")]
        with Terminal(command, environment(Path(place)), repo, COLUMNS, ROWS) as terminal:
            print(walk(terminal, repo).table())
        (Path(__file__).parent / "walkthrough.cast").write_text(cast(terminal.log))


if __name__ == "__main__":
    main()
