"""`spark-tui serve`: the rehearsal server alone, on loopback."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from spark_tui.cli.saying import fail
from spark_tui.rehearsal.faults import BadScript, Script
from spark_tui.rehearsal.house import Manners

TOKEN_VARIABLE = "SPARK_TUI_REHEARSAL_TOKEN"


def run_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted; prints one JSON line with the port when ready."""
    from spark_tui.rehearsal.server import serve

    def ready(port: int) -> None:
        print(json.dumps({"port": port}), flush=True)
        if not options.watch_stdin:
            print(
                f"rehearsal listens on http://127.0.0.1:{port}/v1 (Responses over WebSocket and HTTP, "
                "chat completions); Ctrl+C stops it",
                file=sys.stderr,
                flush=True,
            )

    with ExitStack() as stack:
        try:
            script = Script.read(Path(options.faults).read_text("utf-8")) if options.faults else Script()
            record = _recorder(options.record, stack) if options.record else None
            manners = read_manners(
                options.manner, Manners(rate=options.rate, lean=options.lean, lanes=not options.no_lanes)
            )
        except (OSError, ValueError, BadScript) as error:
            return fail(error, 2)
        try:
            asyncio.run(
                serve(
                    port=options.port,
                    token=os.environ.get(TOKEN_VARIABLE, ""),
                    on_ready=ready,
                    watch_stdin=options.watch_stdin,
                    manners=manners,
                    script=script,
                    seed=options.seed,
                    record=record,
                )
            )
        except OSError as error:
            return fail(f"port {options.port} can't be used: {error.strerror}")
    return 0


def read_manners(wanted: Sequence[str], manners: Manners) -> Manners:
    """Lay `NAME=VALUE` over the manners. Raises BadScript."""
    known = {field.name: getattr(manners, field.name) for field in fields(manners)}
    changes: dict[str, Any] = {}
    for entry in wanted:
        name, _, value = entry.partition("=")
        usual = known.get(name)
        try:
            if isinstance(usual, bool):
                changes[name] = {"true": True, "false": False}[value]
            elif isinstance(usual, int | float):
                changes[name] = type(usual)(value)
            else:
                raise BadScript(f"there is no manner {name!r}: known are {', '.join(sorted(known))}")
        except (KeyError, ValueError):
            raise BadScript(f"{value!r} is no value for {name}: it is {usual!r} otherwise") from None
    return replace(manners, **changes)


def _recorder(path: str, stack: ExitStack) -> Callable[[str, str, object], None]:
    """Write frames as lines: `C` or `S`, the connection, the frame."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    file = stack.enter_context(os.fdopen(fd, "w", encoding="utf-8", errors="replace", buffering=1))

    def record(sender: str, place: str, frame: object) -> None:
        file.write(f"{sender}@{place} {json.dumps(frame, ensure_ascii=False)}\n")

    return record
