"""What runs in the process of the index; started by the program itself, not by people."""

import os
import sys


def main() -> int:
    """Serve the index of the folder named first; the database is named second."""
    from spark_tui.adapters.repo_index.worker import serve
    from spark_tui.adapters.token_count import O200kCounter

    if len(sys.argv) != 3:
        return 2
    replies = os.dup(1)
    # Nothing that a library prints may end up between our messages.
    os.dup2(2, 1)
    counter = O200kCounter()
    # Loaded before the children are made, which share it then.
    counter.count("")
    serve(sys.argv[1], sys.argv[2], counter.count, 0, replies)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
