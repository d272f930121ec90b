"""What runs in the process of the index; started by the program itself, not by people."""

import os
import sys


def main() -> int:
    """Serve the index of the folder named first; the database is named second."""
    from spark_tui.adapters.repo_index.worker import serve

    if len(sys.argv) != 3:
        return 2
    if place := os.environ.get("SPARK_TUI_LOG"):
        from spark_tui.adapters.program_log import tell_crashes

        tell_crashes(place)
    replies = os.dup(1)
    # Nothing that a library prints may end up between our messages.
    os.dup2(2, 1)
    serve(sys.argv[1], sys.argv[2], 0, replies)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
