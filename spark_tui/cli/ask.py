"""`spark-tui ask`: one turn without a screen; JSON lines or plain text on standard output."""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import time
from typing import Any

from spark_tui.cli.compose import Built, build
from spark_tui.cli.log_keeping import Keeping
from spark_tui.cli.saying import say
from spark_tui.core.context import ContextPlan, Piece
from spark_tui.core.display import inert
from spark_tui.core.edits import RowKind
from spark_tui.core.review import HunkState, HunkView
from spark_tui.core.wire.refusals import span
from spark_tui.engine import (
    Engine,
    EngineEvent,
    Landed,
    LinkMoved,
    ReviewMoved,
    Trouble,
    TurnMoved,
    TurnState,
)
from spark_tui.ports import PortError

INDEX_PATIENCE = 8.0
"""Seconds that a command waits for the index."""
INDEX_TOLD = 0.25
"""Seconds after which, and between, it is told how far the index is."""
_MARKS = {RowKind.CONTEXT: " ", RowKind.REMOVE: "-", RowKind.ADD: "+"}
_DECIDED = {HunkState.APPLIED: "accept", HunkState.REJECTED: "reject"}


def run_ask(folder: str, prompt: str, options: argparse.Namespace) -> int:
    """Run one turn; the exit code says whether everything proposed was applied."""
    voice: Voice = JsonVoice() if options.json else TextVoice()
    try:
        with Keeping(options) as keeping:
            return asyncio.run(_ask(folder, prompt, options, voice, keeping))
    except PortError as error:
        voice.error("setup", str(error))
        return 1
    except KeyboardInterrupt:
        voice.error("interrupted", "interrupted: what was accepted stays, nothing else was written")
        return 130


class Voice:
    """How a turn is told on standard output."""

    def say(self, kind: str, **fields: Any) -> None:
        """Tell one event."""

    def error(self, code: str, message: str) -> None:
        """Tell what went wrong."""


class JsonVoice(Voice):
    """One JSON object a line."""

    def say(self, kind: str, **fields: Any) -> None:
        """Tell one event as a line."""
        print(json.dumps({"type": kind, **fields}), flush=True)

    def error(self, code: str, message: str) -> None:
        """An error is a line too, and a sentence for whoever watches."""
        self.say("error", code=code, message=message)
        say(message)


class TextVoice(Voice):
    """Prose and hunks for people; numbers go to standard error."""

    def say(self, kind: str, **fields: Any) -> None:
        """Write what a person wants to see of an event."""
        match kind:
            case "text.delta":
                print("\n".join(inert(line) for line in fields["text"].split("\n")), end="", flush=True)
            case "text.discarded":
                print("\n")
            case "hunk":
                self._hunk(fields)
            case "decision":
                print(f"  {fields['verdict']}ed {fields['id']} in {inert(fields['path'])}")
            case "checkpoint":
                say(f"checkpoint {fields['id']}")
            case "turn.completed":
                print()
                say(f"{fields['state']}{_figures(fields)}")

    def _hunk(self, fields: dict[str, Any]) -> None:
        print(
            f"\n{inert(fields['path'])} {inert(fields['header'])} [{fields['state']}] {inert(fields['note'])}".rstrip()
        )
        for row in fields["lines"]:
            print(_MARKS[RowKind(row["kind"])] + inert(row["text"], keep_tabs=True))

    def error(self, code: str, message: str) -> None:
        """A sentence on standard error."""
        say(message)


def _figures(fields: dict[str, Any]) -> str:
    """What was measured of a turn; nothing about what was not, or was too short to be measured."""
    tokens, timing = fields["usage"]["output_tokens"], fields["timing"]
    said = [f"{tokens} token{'s' * (tokens != 1)}"] if tokens else []
    if timing["first_token"] is not None:
        said.append(f"first after {timing['first_token']:.2f} s")
    if timing["tokens_per_second"] >= 1:
        said.append(f"{timing['tokens_per_second']:.0f} tokens/s")
    if fields["way"]["retries"]:
        said.append(f"asked again {fields['way']['retries']}x")
    return "".join(f", {part}" for part in said)


class _Teller:
    """Turns engine events into what the voice says, each fact once."""

    def __init__(self, engine: Engine, voice: Voice) -> None:
        self._engine = engine
        self._voice = voice
        self._prose = 0
        self._hunks: dict[str, HunkState] = {}
        self.moved = asyncio.Event()
        self._told_of_link = ""
        self.is_alone = False
        """Whether whoever read our output has left."""

    def hear(self, event: EngineEvent) -> None:
        """Take one event of the engine; that nobody reads any more is remembered, not raised into the engine."""
        try:
            self._hear(event)
        except BrokenPipeError:
            self.is_alone = True
            self.moved.set()

    def _hear(self, event: EngineEvent) -> None:
        if self.is_alone:
            return
        match event:
            case TurnMoved():
                self._text()
            case ReviewMoved():
                self.review()
            case Landed(checkpoint=point):
                self._voice.say(
                    "checkpoint", id=point.id, cause=str(point.kind), paths=list(point.paths), time=point.time
                )
            case LinkMoved():
                self._link()
                return
            case Trouble(title=title, sentence=sentence):
                say(f"{title}: {sentence}")
            case _:
                return
        self.moved.set()

    def _link(self) -> None:
        """Tell what the server makes us wait for, as soon as it is known; a count of seconds is no news."""
        status = self._engine.status
        waits = status.retry_at is not None
        news = "".join(char for char in status.link_sentence if not char.isdigit())
        if not news or news == self._told_of_link or not (waits or status.link == "streaming"):
            return
        self._told_of_link = news
        left = None if status.retry_at is None else max(status.retry_at - time.time(), 0.0)
        self._voice.say("waiting", sentence=status.link_sentence, seconds=left)
        later = "" if left is None else f" in {span(left)}"
        say(f"{status.link_sentence}{later}", flush=True)

    def _text(self) -> None:
        newest = self._engine.conversation.newest
        if newest is not None and len(newest.prose) < self._prose:
            # The answer broke off and comes once more; what was told of it can't be taken back.
            self._voice.say("text.discarded", characters=self._prose - len(newest.prose))
            self._prose = len(newest.prose)
        if newest is not None and len(newest.prose) > self._prose:
            self._voice.say("text.delta", text=newest.prose[self._prose :])
            self._prose = len(newest.prose)

    def review(self) -> None:
        """Tell hunks that became complete and decisions that were taken since the last look."""
        if self._engine.decisions.is_landing:
            return
        for file in self._engine.decisions.review.files():
            for hunk in file.hunks:
                before = self._hunks.get(hunk.id)
                if hunk.state is HunkState.STREAMING or hunk.state is before:
                    continue
                if before is None:
                    self._voice.say("hunk", **hunk_fields(hunk))
                self._hunks[hunk.id] = hunk.state
                if hunk.state in _DECIDED:
                    self._voice.say("decision", id=hunk.id, path=hunk.path, verdict=_DECIDED[hunk.state])


def hunk_fields(hunk: HunkView) -> dict[str, Any]:
    """A hunk as plain values."""
    return {
        "id": hunk.id,
        "path": hunk.path,
        "new_path": hunk.new_path,
        "op": str(hunk.op),
        "state": str(hunk.state),
        "line": None if hunk.line is None else hunk.line + 1,
        "added": hunk.added,
        "removed": hunk.removed,
        "candidates": hunk.candidates,
        "header": hunk.header,
        "note": hunk.note,
        "lines": [{"kind": str(row.kind), "text": row.text} for row in hunk.rows],
    }


def context_fields(plan: ContextPlan) -> dict[str, Any]:
    """A context plan as plain values."""

    def fields(piece: Piece, tokens: int, **more: str) -> dict[str, Any]:
        return {"kind": str(piece.kind), "name": piece.label, "tokens": tokens, **more}

    return {
        "tokens": plan.tokens,
        "budget": plan.budget.limit,
        "exact": plan.exact,
        "included": [
            fields(entry.piece, entry.tokens, form=entry.form.word, reason=entry.reason)
            for entry in plan.chosen
        ],
        "left_out": [fields(entry.piece, entry.tokens, reason=entry.reason) for entry in plan.left_out],
    }


async def _ask(folder: str, prompt: str, options: argparse.Namespace, voice: Voice, keeping: Keeping) -> int:
    built = await build(folder, options)
    engine = built.engine
    keeping.heed(engine, built.secrets)
    try:
        return await _turn(built, prompt, options, voice)
    finally:
        await engine.close()
        await built.close()


async def _turn(built: Built, prompt: str, options: argparse.Namespace, voice: Voice) -> int:
    engine, talk = built.engine, built.engine.conversation
    teller = _Teller(engine, voice)
    engine.subscribe(teller.hear)
    talk.switch(options.lane)
    await engine.open()
    await indexed(engine)
    for name in options.file:
        path = relative(engine.root, name)
        if path is None:
            voice.error("no_file", f"there is no file {name} in {engine.root}")
            return 2
        await engine.workspace.open(path)
    voice.say(
        "turn.started",
        prompt=prompt,
        lane=options.lane,
        provider=talk.link.profile.provider.name,
        model=talk.link.profile.model.slug,
    )
    running = asyncio.ensure_future(talk.submit(prompt))
    running.add_done_callback(lambda task: teller.moved.set())
    told_context = False
    while not running.done():
        await teller.moved.wait()
        teller.moved.clear()
        if teller.is_alone:
            await talk.cut()
            raise BrokenPipeError
        newest = talk.newest
        if newest is not None and newest.state is not TurnState.GATHERING and talk.plan and not told_context:
            voice.say("context", **context_fields(talk.plan))
            told_context = True
        if newest is not None and newest.state is TurnState.REVIEW:
            if options.accept == "none":
                await talk.cut()
                break
            await engine.decisions.accept_all(newest.id)
            talk.go_on()
    await running
    teller.review()
    return _conclude(engine, voice)


async def indexed(engine: Engine) -> None:
    """Wait for the index, but not for ever: without it files are ranked by words alone. A terminal is told of it."""
    telling = asyncio.ensure_future(_tell_of_index(engine)) if sys.stderr.isatty() else None
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(engine.indexing.settled(), INDEX_PATIENCE)
    if telling is not None:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell_of_index(engine: Engine) -> None:
    """Say again and again how far the index is, on one line that goes when it is no longer true."""
    try:
        while True:
            await asyncio.sleep(INDEX_TOLD)
            progress = engine.indexing.progress
            of = f": {progress.done:,} of {progress.total:,} files" if progress.total else ""
            print(f"\r\x1b[Kspark-tui: reading the repository{of}", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _conclude(engine: Engine, voice: Voice) -> int:
    newest = engine.conversation.newest
    assert newest is not None
    hunks = [hunk for file in engine.decisions.review.files() for hunk in file.hunks]
    applied = sum(hunk.state is HunkState.APPLIED for hunk in hunks)
    if newest.state is TurnState.FAILED:
        voice.error("turn_failed", newest.sentence or "the turn failed")
    usage, timing = newest.usage, newest.timing
    voice.say(
        "turn.completed",
        state=str(newest.state),
        sentence=newest.sentence,
        hunks={"proposed": len(hunks), "applied": applied, "left_out": len(hunks) - applied},
        usage={
            "input_tokens": usage.input_tokens if usage else 0,
            "cached_tokens": usage.cached_tokens if usage else 0,
            "output_tokens": timing.output_tokens,
        },
        timing={
            "first_token": timing.first_token,
            "first_hunk": timing.first_hunk,
            "total": timing.total,
            "tokens_per_second": timing.tokens_per_second,
        },
        way={
            "transport": newest.way.transport,
            "model": newest.way.model,
            "connect": newest.way.connect,
            "warm_up": newest.way.warm_up,
            "warm": newest.way.was_warm,
            "retries": newest.way.retries,
            "waited": newest.way.waited,
        },
    )
    if newest.state is TurnState.FAILED:
        return 1
    return 3 if applied < len(hunks) else 0


def relative(root: str, name: str) -> str | None:
    """Name a file relative to the workspace, whether it was given so, absolute, or relative to here."""
    for place in (os.path.join(root, name), os.path.abspath(name)):
        inside = os.path.relpath(place, root)
        if os.path.isfile(place) and not inside.startswith(os.pardir):
            return inside.replace(os.sep, "/")
    return None
