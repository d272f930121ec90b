"""The rehearsal's answers: reads a prompt, carries out a mechanical instruction, and says what it did.

It sees what the prompt contains and nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from typing import assert_never

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.instructions import (
    AddDocstrings,
    ExtractConstant,
    Instruction,
    RemoveUnusedImports,
    Rename,
    Replace,
    Scope,
    WrapInLogging,
    help_text,
    understand,
)
from spark_tui.rehearsal.patch_writer import FilePatch, write_patch
from spark_tui.rehearsal.performer_constants import extract_constant
from spark_tui.rehearsal.performer_docstrings import add_docstrings
from spark_tui.rehearsal.performer_edits import Outcome, Target, blocks_of, listed
from spark_tui.rehearsal.performer_hunks import answer_about_hunk
from spark_tui.rehearsal.performer_imports import remove_unused_imports
from spark_tui.rehearsal.performer_logging import wrap_in_logging
from spark_tui.rehearsal.performer_prompt import Brief, read_prompt
from spark_tui.rehearsal.performer_rename import rename
from spark_tui.rehearsal.performer_replace import replace

_CONNECT = (
    "For a model, set the environment variable OPENAI_API_KEY, or add a row under `providers` to config.toml, "
    "and start again."
)
# How the outcome of a hunk begins in a tool's output, and the word for it; the first that fits counts.
_OUTCOMES = (
    (re.compile(r"not applied|stale|refused"), "not applied"),
    (re.compile(r"could not be placed"), "without a place"),
    (re.compile(r"rejected"), "rejected"),
    (re.compile(r"accepted in part"), "accepted in part"),
    (re.compile(r"accepted|applied|renamed"), "accepted"),
    (re.compile(r"waits|pending|undecided"), "not yet decided"),
)
_HUNK = re.compile(r"\s*Hunk \d+: (.*)")


def perform(messages: Sequence[Mapping[str, object]]) -> Answer:
    """Answers a conversation, given as input items as they stand on the wire."""
    brief = read_prompt(messages)
    if brief.tool_output is not None:
        return Answer(_closing(brief.tool_output))
    about_hunk = answer_about_hunk(brief, lambda said: _perform(changed(brief, instruction=said)))
    return about_hunk or _perform(brief)


def _perform(brief: Brief) -> Answer:
    """Carries out the instruction of a brief."""
    instruction = understand(brief.instruction)
    if instruction is None:
        return Answer(_introduction(brief))
    targets, complaint = _targets(brief, instruction.scope)
    if complaint:
        return Answer(complaint)
    outcome = _carry_out(instruction, targets)
    patches = [
        FilePatch(target.path, target.lines, blocks_of(target.lines, outcome.edits[target.path]))
        for target in targets
        if target.path in outcome.edits
    ]
    said = [outcome.summary, *outcome.remarks]
    if brief.excerpts and not instruction.scope.paths:
        said.append(f"Of {listed(brief.excerpts)} only a part was shown to me, so I did not touch it.")
    return Answer("\n".join(said), write_patch(patches))


def _carry_out(instruction: Instruction, targets: Sequence[Target]) -> Outcome:
    match instruction:
        case Rename():
            return rename(instruction, targets)
        case AddDocstrings():
            return add_docstrings(instruction, targets)
        case Replace():
            return replace(instruction, targets)
        case RemoveUnusedImports():
            return remove_unused_imports(instruction, targets)
        case WrapInLogging():
            return wrap_in_logging(instruction, targets)
        case ExtractConstant():
            return extract_constant(instruction, targets)
        case _:
            assert_never(instruction)


def _targets(brief: Brief, scope: Scope) -> tuple[list[Target], str]:
    """The files to work in, or what keeps from working."""
    if not brief.files:
        return (
            [],
            "I was shown no whole file, so there is nothing I could edit. Open one, or mention one with @path.",
        )
    if scope.selection:
        selection = brief.selection
        if selection is None:
            return [], "Nothing is selected, so I do not know which lines are meant."
        file = brief.files.get(selection.path)
        if file is None:
            return [], f"I was not shown the whole of `{selection.path}`, so I did not touch it."
        return [Target(file, selection.first, selection.last)], ""
    chosen = list(brief.files.values())
    if scope.here:
        chosen = [file for file in chosen if file.path == brief.here] or (chosen if len(chosen) == 1 else [])
        if not chosen:
            return [], "I do not know which file is meant: say `in PATH`."
    if scope.paths:
        matching = {path: [file for file in chosen if _is_meant(file.path, path)] for path in scope.paths}
        missing = [path for path, files in matching.items() if not files]
        if missing:
            return (
                [],
                f"I was not shown the whole of {listed(missing)}. What I have: {listed(list(brief.files), 20)}.",
            )
        meant = {file.path for files in matching.values() for file in files}
        chosen = [file for file in chosen if file.path in meant]
    return [Target(file, 0, max(0, len(file.lines) - 1)) for file in chosen], ""


def _is_meant(path: str, said: str) -> bool:
    said = said.removeprefix("./")
    return path == said or path.endswith("/" + said) or path.startswith(said.rstrip("/") + "/")


def _introduction(brief: Brief) -> str:
    files = f"I was shown {listed(list(brief.files))}.\n" if brief.files else ""
    return (
        "This is a rehearsal: there is no model behind it, only a few mechanical edits on the code in the prompt. "
        f"I understand:\n{help_text()}\n{files}{_CONNECT}"
    )


def _closing(output: str) -> str:
    """One sentence on what became of the hunks."""
    told = [found[1] for row in output.split("\n") if (found := _HUNK.fullmatch(row))]
    counts: dict[str, int] = {}
    for row in told:
        word = next((word for pattern, word in _OUTCOMES if pattern.match(row)), "told otherwise")
        counts[word] = counts.get(word, 0) + 1
    if not counts:
        return "Done."
    return f"Done: {', '.join(f'{number} {word}' for word, number in counts.items())}."
