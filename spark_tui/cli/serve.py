"""`spark-tui serve`: the rehearsal server alone, on loopback."""

import argparse
import asyncio
import json
import os
import sys

TOKEN_VARIABLE = "SPARK_TUI_REHEARSAL_TOKEN"


def run_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted; prints one JSON line with the port when ready."""
    from spark_tui.rehearsal.server import serve

    def ready(port: int) -> None:
        print(json.dumps({"port": port}), flush=True)
        if not options.watch_stdin:
            print(
                f"rehearsal listens on http://127.0.0.1:{port}/v1 (Responses over WebSocket); Ctrl+C stops it",
                file=sys.stderr,
                flush=True,
            )

    try:
        asyncio.run(
            serve(
                port=options.port,
                rate=options.rate,
                token=os.environ.get(TOKEN_VARIABLE, ""),
                on_ready=ready,
                watch_stdin=options.watch_stdin,
            )
        )
    except OSError as error:
        print(f"spark-tui: port {options.port} can't be used: {error.strerror}", file=sys.stderr)
        return 1
    return 0
