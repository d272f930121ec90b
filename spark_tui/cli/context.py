"""`spark-tui context`: what would go to the model for a prompt, without sending anything."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Mapping

from spark_tui.cli.ask import indexed, relative
from spark_tui.cli.compose import Built, build
from spark_tui.cli.saying import fail, say
from spark_tui.core.context import Chosen, ContextPlan, Form, Piece
from spark_tui.core.display import inert
from spark_tui.core.settings import LaneProfile, Wire
from spark_tui.core.wire.chat import chat_request
from spark_tui.engine.measuring import on_the_wire
from spark_tui.ports import PortError

SHOWN = 40
"""Left-out pieces that the table names."""


def run_context(folder: str, prompt: str, options: argparse.Namespace) -> int:
    """Plan a request and tell of it; 1 if nothing could be sent."""
    options.only_looks = True
    try:
        return asyncio.run(_context(folder, prompt, options))
    except PortError as error:
        return fail(error)


async def _context(folder: str, prompt: str, options: argparse.Namespace) -> int:
    built = await build(folder, options)
    try:
        return await _tell(built, prompt, options)
    finally:
        await built.engine.close()
        await built.close()


async def _tell(built: Built, prompt: str, options: argparse.Namespace) -> int:
    engine = built.engine
    talk = engine.conversation
    talk.switch(options.lane)
    await engine.refresh_tree()
    await indexed(engine)
    for name in options.file:
        path = relative(engine.root, name)
        if path is None:
            return fail(f"there is no file {name} in {engine.root}", 2)
        await engine.workspace.open(path)
    composed = await talk.composer.estimate(talk.link, prompt, options.budget)
    plan = composed.plan
    for sentence in (*([engine.listing.note] if engine.listing.note else []), *plan.notes, plan.refusal):
        if sentence:
            say(sentence)
    if options.print:
        if not plan.refusal:
            request = talk.link.request(composed.items)
            sys.stdout.buffer.write(as_sent(talk.link.profile, request))
            sys.stdout.buffer.flush()
    elif options.json:
        print(json.dumps(plan_fields(plan)))
    else:
        for line in table(plan):
            print(line)
    return 1 if plan.refusal else 0


def as_sent(profile: LaneProfile, request: Mapping[str, object]) -> bytes:
    """The bytes of a request on a fresh connection, as the lane's first way sends them."""
    wire = profile.provider.wire
    if wire is Wire.CHAT:
        request = chat_request(request)
    elif wire is Wire.RESPONSES_HTTP:
        from spark_tui.adapters.model_http import responses_body

        request = responses_body(request)
    return on_the_wire(request).encode()


def plan_fields(plan: ContextPlan) -> dict[str, object]:
    """A plan as plain values."""
    return {
        "budget": plan.budget.limit,
        "used": plan.tokens,
        "counts_exact": plan.exact,
        "pieces": [_fields(entry.piece, entry.form, entry.tokens, entry.reason) for entry in sent(plan)],
        "dropped": [_fields(entry.piece, Form.OUT, entry.tokens, entry.reason) for entry in plan.left_out],
    }


def _fields(piece: Piece, form: Form, tokens: int, reason: str) -> dict[str, object]:
    return {
        "kind": str(piece.kind),
        "path": piece.path or None,
        "form": form.word,
        "tokens": tokens,
        "reason": reason,
    }


def sent(plan: ContextPlan) -> Iterable[Chosen]:
    """Everything that goes along, what always does first."""
    return (*plan.always, *plan.chosen)


def table(plan: ContextPlan) -> Iterable[str]:
    """A plan for people."""
    exact = "" if plan.exact else " (estimated: the model's own way of counting is not known)"
    yield f"{plan.tokens:,} of {plan.budget.limit:,} tokens{exact}"
    yield ""
    for entry in sent(plan):
        yield _row(entry.tokens, entry.form.word, entry.piece, entry.reason)
    if plan.left_out:
        yield ""
        yield "left out"
        for left in plan.left_out[:SHOWN]:
            yield _row(left.tokens, "out", left.piece, left.reason)
        more = len(plan.left_out) - SHOWN
        if more > 0:
            yield f"{'':>9}  and {more:,} more (--json names them all)"


def _row(tokens: int, form: str, piece: Piece, reason: str) -> str:
    count = f"{tokens:,}" if tokens else "-"
    return f"{count:>9}  {form:<9} {piece.kind!s:<13} {inert(piece.label)}  {inert(reason)}".rstrip()
