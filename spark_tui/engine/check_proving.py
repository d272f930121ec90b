"""Proves one trial with one tool: what is found in it that the files before did not have."""

import asyncio
import posixpath
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from spark_tui.core.checks import (
    PARSE,
    CheckEnd,
    CheckRan,
    CheckResult,
    CheckRun,
    Finding,
    Format,
    Outcome,
    Severity,
    Wanted,
    fresh_findings,
    read_output,
)
from spark_tui.core.text import Text
from spark_tui.core.values import dataclass
from spark_tui.engine.check_book import Book
from spark_tui.engine.check_outputs import Outputs, Ran
from spark_tui.engine.check_survey import Survey
from spark_tui.engine.check_trials import NOTHING, Trial, Trials
from spark_tui.ports import CheckRoom, CheckTrouble, Clock

# The parser is heavy: it is imported where something is parsed, after the first paint.
if TYPE_CHECKING:
    from spark_tui.syntax import FaultFinder

PARSE_SECONDS = 3.0
_KEPT = 400
"""Runs that are remembered."""
_FINDERS = 16
_MAX_OUTPUT = 60_000
"""Characters of a run that people may read."""
_MORE_EXITS = {Format.PYTEST: (0, 1, 2, 5), Format.FORMATTER: (0, 1)}
_ENDS = {
    CheckEnd.TIME: "took longer than it may ({seconds} s) and was ended",
    CheckEnd.MEMORY: "needed more memory than it may ({memory} MiB) and was ended",
    CheckEnd.FLOOD: "wrote without end and was ended",
    CheckEnd.NOT_RUN: "could not be run",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one run of one tool found."""

    findings: tuple[Finding, ...]
    output: str
    sentence: str = ""
    """Why nothing can be said."""
    seconds: float = 0.0


class Prover:
    """Runs tools on trials and remembers what they said of the same contents."""

    def __init__(
        self, room: CheckRoom | None, survey: Survey, trials: Trials, book: Book, clock: Clock
    ) -> None:
        self._room = room
        self._survey = survey
        self._trials = trials
        self._book = book
        self._clock = clock
        self.outputs = Outputs()
        """What ran last."""
        self._remembered: OrderedDict[tuple[object, ...], Found] = OrderedDict()
        self._finders: OrderedDict[
            str, tuple[Text | None, tuple[FaultFinder, tuple[Finding, ...]] | None]
        ] = OrderedDict()

    # Parsing: runs nothing

    async def parse(self, trial: Trial, path: str) -> CheckResult | None:
        """Say whether a file parses as well as before; None where nobody can know."""
        file = trial.file(path)
        if file is None or file.after is None:
            return None
        began = self._clock.tick()
        known = await self._finder(path, file.before)
        if known is None:
            return None
        finder, before = known
        after = await asyncio.to_thread(faults_in, finder, path, file.after)
        if after is None:
            return CheckResult(PARSE, Outcome.UNKNOWN, sentence="It is too large to parse in time.")
        fresh = fresh_findings(before, after, trial.moved)
        seconds = self._clock.tick() - began
        return CheckResult(PARSE, Outcome.WORSE if fresh else Outcome.CLEAN, fresh, seconds=seconds)

    async def faults(self, path: str, text: Text) -> tuple[Finding, ...]:
        """Return what does not parse in a text."""
        from spark_tui.syntax import FaultFinder, language_for

        language = language_for(path, text.line(0))
        if language is None:
            return ()
        return await asyncio.to_thread(faults_in, FaultFinder(language), path, text) or ()

    async def _finder(
        self, path: str, before: Text | None
    ) -> "tuple[FaultFinder, tuple[Finding, ...]] | None":
        known = self._finders.get(path)
        if known is not None and known[0] is before:
            self._finders.move_to_end(path)
            return known[1]
        first = before if before is not None else Text.of("")
        from spark_tui.syntax import FaultFinder, language_for

        language = language_for(path, first.line(0))
        if language is None:
            return None
        finder = FaultFinder(language)
        found = await asyncio.to_thread(faults_in, finder, path, first)
        # What is too large for it is not tried again with every edit.
        able = None if found is None else (finder, found)
        self._finders[path] = before, able
        while len(self._finders) > _FINDERS:
            self._finders.popitem(last=False)
        return able

    # Tools: run in the room

    async def prove(self, wanted: Wanted, trial: Trial, rest: Trial | None) -> CheckResult | None:
        """Say what a tool finds in a trial that was not there before; `rest` is the trial of the whole call.

        None: there is nothing for it to look at.
        """
        name, paths = wanted.tool.name, trial.paths
        after = await self._find(wanted, trial, paths)
        if after is None:
            return None
        if after.sentence:
            return CheckResult(name, Outcome.UNKNOWN, (), after.sentence, after.output, after.seconds)
        old: tuple[Finding, ...] = ()
        if after.findings:
            before = await self._find(wanted, NOTHING, paths)
            old = before.findings if before is not None and not before.sentence else ()
        fresh = fresh_findings(old, after.findings, trial.moved)
        outcome = Outcome.WORSE if fresh else Outcome.CLEAN
        verdict = CheckResult(name, outcome, fresh, "", after.output, after.seconds)
        if not fresh or rest is None or set(rest.hunks) <= set(trial.hunks):
            return verdict
        others = await self._find(wanted, rest, paths)
        if others is None or others.sentence:
            return verdict
        still = fresh_findings(old, others.findings, rest.moved)
        own = {file.path for file in trial.files}
        if any(wanted.tool.whole or finding.path in own for finding in still):
            return verdict
        return replace(verdict, outcome=Outcome.TOGETHER, fresh=())

    async def findings(self, wanted: Wanted, path: str) -> tuple[Finding, ...] | None:
        """Return everything a tool finds in a file as it is in memory; None where it can't say."""
        if wanted.tool.executes and not self._survey.is_sealed:
            return None
        found = await self._find(wanted, NOTHING, [path])
        if found is None or found.sentence:
            return None
        return tuple(finding for finding in found.findings if finding.path == path)

    async def _find(self, wanted: Wanted, trial: Trial, paths: Sequence[str]) -> Found | None:
        """Run a tool unless it is known what it says; None where there is nothing for it to look at."""
        texts = {**self._trials.unsaved(), **trial.texts()}
        arguments = await self._arguments(wanted, paths, texts)
        program = await self._survey.program(wanted)
        if arguments is None or not program or self._room is None:
            return None
        changed = await asyncio.to_thread(_encoded, texts)
        digests = tuple(
            sorted((path, text.digest() if text is not None else "") for path, text in texts.items())
        )
        key = wanted.tool.name, wanted.folder, arguments, digests, self._book.ground
        known = self._remembered.get(key)
        if known is not None:
            self._remembered.move_to_end(key)
            return known
        settings = self._survey.settings
        run = CheckRun(program, arguments, wanted.folder, settings.seconds, settings.memory_mib)
        began = self._clock.tick()
        try:
            ran = await self._room.run(run, self._survey.needed(wanted, paths), changed)
        except CheckTrouble as error:
            return Found((), "", str(error))
        found = self._read(wanted, paths, ran, self._clock.tick() - began)
        self.outputs.take(
            wanted.tool.name,
            Ran(
                (posixpath.basename(program), *arguments),
                trial.paths,
                found.output,
                found.findings,
                found.sentence,
            ),
        )
        self._remembered[key] = found
        while len(self._remembered) > _KEPT:
            self._remembered.popitem(last=False)
        return found

    async def _arguments(
        self, wanted: Wanted, paths: Sequence[str], texts: Mapping[str, Text | None]
    ) -> tuple[str, ...] | None:
        """Fill in what stands for files; None if there is none to fill in."""
        from spark_tui.syntax import language_for

        prefix = f"{wanted.folder}/" if wanted.folder else ""
        places: dict[str, list[str]] = {}
        if "{file}" in wanted.tool.arguments or any("{file}" in word for word in wanted.tool.arguments):
            places["{file}"] = [
                path
                for path in paths
                if path.startswith(prefix)
                and texts.get(path, "") is not None
                and language_for(path) in wanted.tool.languages
            ]
        if "{tests}" in wanted.tool.arguments:
            changed = {
                path: "\n".join(text.lines())
                for path, text in texts.items()
                if text is not None and path.endswith(".py")
            }
            tests = [test for path in paths for test in await self._survey.tests_for(path, changed)]
            places["{tests}"] = [test for test in dict.fromkeys(tests) if test.startswith(prefix)]
        if any(not found for found in places.values()):
            return None
        words: list[str] = []
        for word in wanted.tool.arguments:
            mark = next((mark for mark in places if mark in word), None)
            if mark is None:
                words.append(word)
            else:
                words += [word.replace(mark, _safe(path[len(prefix) :])) for path in places[mark]]
        return tuple(words)

    def _read(self, wanted: Wanted, paths: Sequence[str], ran: CheckRan, seconds: float) -> Found:
        tool = wanted.tool
        said = "\n".join(part for part in (ran.output, ran.errors) if part.strip())
        shown = said.replace(f"{ran.tree}/", "")[-_MAX_OUTPUT:]
        if ran.end is not CheckEnd.DONE:
            settings = self._survey.settings
            words = _ENDS[ran.end].format(seconds=settings.seconds, memory=settings.memory_mib)
            return Found((), shown, f"{tool.name} {words}.", seconds)
        if ran.status not in (*tool.good_exits, *_MORE_EXITS.get(tool.format, ())):
            last = next((line for line in reversed(shown.split("\n")) if line.strip()), "")
            return Found((), shown, f"{tool.name} ended with {ran.status}: {last.strip()[:200]}", seconds)
        findings = read_output(tool.format, said, tool.name)
        if tool.format is Format.FORMATTER and ran.status == 1:
            findings = (_unformatted(tool.name, paths[0] if len(paths) == 1 else ""),)
        else:
            findings = tuple(
                replace(one, path=_placed(one.path, ran.tree, wanted.folder)) for one in findings
            )
        return Found(findings, shown if tool.format in _READABLE else "", "", seconds)


_READABLE = (Format.LINES, Format.TSC, Format.PYTEST, Format.FORMATTER)
"""Formats that are written for people."""


def faults_in(finder: "FaultFinder", path: str, text: Text) -> tuple[Finding, ...] | None:
    """Return what does not parse in a text; None if it can't be known in time. Blocks; for a thread."""
    found = finder.faults("\n".join(text.lines()).encode("utf-8", "replace"), PARSE_SECONDS)
    if found is None:
        return None
    return tuple(
        Finding(
            path, one.line, one.column, one.end_line, one.end_column, Severity.ERROR, "", one.words, PARSE
        )
        for one in found
    )


def _encoded(texts: Mapping[str, Text | None]) -> dict[str, bytes | None]:
    """Encode texts and let each remember its fingerprint; for a thread."""
    for text in texts.values():
        if text is not None:
            text.digest()
    return {path: None if text is None else text.encode() for path, text in texts.items()}


def _unformatted(tool: str, path: str) -> Finding:
    message = "it would be laid out in another way"
    return Finding(path, -1, 0, -1, 0, Severity.WARNING, "", message, tool)


def _safe(path: str) -> str:
    """A path never looks like an option."""
    return f"./{path}" if path.startswith(("-", "@")) else path


def _placed(path: str, tree: str, folder: str) -> str:
    """Return the path of a finding, relative to the workspace."""
    if path.startswith(f"{tree}/"):
        return path[len(tree) + 1 :]
    if not path or path.startswith("/"):
        return path
    return posixpath.normpath(f"{folder}/{path}" if folder else path)
