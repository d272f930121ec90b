"""Answers requests about one hunk: another version, the rest of a stopped one, one that fits no more, why.

All of it is mechanical: words are put in the place of others, comments are added; nothing is thought about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from spark_tui.rehearsal.answer import Answer
from spark_tui.rehearsal.instructions import Rename, Replace, understand
from spark_tui.rehearsal.patch_writer import FilePatch, blocks_between, write_patch
from spark_tui.rehearsal.performer_prompt import Brief

_SECTION = re.compile(r"\*\*\* (Add|Update|Delete) File: (.+)")
_PLACE = re.compile(r"lines (\d+)-(\d+) of the file as it is now")
_INSTEAD = re.compile(r"[`'\"]?(\w+)[`'\"]?,? not [`'\"]?(\w+)")
_UNEXPECTED = re.compile(r"unexpected (\S+)")
_WORD = re.compile(r"\w+|[^\w\s]|\s+")
_HASH_COMMENTS = (".py", ".sh", ".rb", ".toml", ".yml", ".yaml", ".txt", ".cfg")

Edit = Callable[[str], str]
"""What is done to a line."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The hunk that a request quotes."""

    op: str
    path: str
    header: str
    rows: tuple[str, ...]
    """Each with its sign."""

    @property
    def old(self) -> list[str]:
        """The lines it stands for."""
        return [row[1:] for row in self.rows if row[0] != "+"]

    @property
    def new(self) -> list[str]:
        """The lines it leaves."""
        return [row[1:] for row in self.rows if row[0] != "-"]

    def with_added(self, edit: Callable[[list[str]], list[str]]) -> list[str]:
        """The lines it leaves, with every run of added ones edited."""
        out: list[str] = []
        run: list[str] = []
        for row in (*self.rows, " "):
            if row[0] == "+":
                run.append(row[1:])
                continue
            out += edit(run) if run else []
            run = []
            out += [row[1:]] if row[0] == " " else []
        return out[:-1]


def answer_about_hunk(brief: Brief, again: Callable[[str], Answer]) -> Answer | None:
    """Answer a request about one hunk; None if it is none. `again` carries out an instruction on the same files."""
    text = brief.instruction
    quoted = _quoted(text)
    if quoted is None:
        return None
    if text.startswith("In one sentence"):
        return Answer(_why(quoted))
    if text.startswith("Write this hunk once more"):
        return _version(brief, quoted, text)
    if text.startswith("Propose this hunk anew"):
        return _anew(brief, quoted, text)
    if text.startswith("The patch was stopped inside this hunk"):
        return _rest(quoted, text, again(brief.before).patch)
    if text.startswith("Take this over"):
        task = re.search(r"The task was: (.*)", text)
        asked = task[1].split("; then: ") if task else [""]
        return again(next((each for each in asked if understand(each) is not None), asked[-1]))
    return None


def _quoted(text: str) -> Quoted | None:
    rows = text.split("\n")
    if "*** Begin Patch" not in rows:
        return None
    start = rows.index("*** Begin Patch") + 1
    found = _SECTION.fullmatch(rows[start]) if start < len(rows) else None
    if found is None:
        return None
    start += 1
    header = ""
    if start < len(rows) and rows[start].startswith("@@"):
        header, start = rows[start], start + 1
    stop = start
    while stop < len(rows) and rows[stop][:1] in ("+", "-", " "):
        stop += 1
    return Quoted(found[1], found[2], header, tuple(rows[start:stop])) if stop > start else None


def _comment(path: str, line: str, text: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}{'#' if path.endswith(_HASH_COMMENTS) else '//'} {text}"


def _why(hunk: Quoted) -> str:
    swaps = _swaps(hunk)
    what = ", ".join(f"`{old}` becomes `{new}`" for old, new in list(swaps.items())[:3])
    return (
        f"It carries out the instruction here: {what}."
        if what
        else "It carries out the instruction on these lines."
    )


def _swaps(hunk: Quoted) -> dict[str, str]:
    """Words that the hunk puts in the place of others."""
    gone = [row[1:] for row in hunk.rows if row[0] == "-"]
    come = [row[1:] for row in hunk.rows if row[0] == "+"]
    out: dict[str, str] = {}
    for old, new in zip(gone, come, strict=False):
        one, two = _WORD.findall(old), _WORD.findall(new)
        matcher = SequenceMatcher(None, one, two, autojunk=False)
        for tag, start, stop, first, last in matcher.get_opcodes():
            words = [*one[start:stop], *two[first:last]]
            if tag == "replace" and len(words) == 2 and all(word.isidentifier() for word in words):
                out.setdefault(words[0], words[1])
    return out


def _as_told(note: str) -> Edit | None:
    """What a note asks to do to words; None if it is nothing that can be done without thinking."""
    instruction = understand(note)
    if isinstance(instruction, Rename | Replace):
        return _swap({instruction.old: instruction.new})
    wrong = _UNEXPECTED.search(note)
    if wrong is not None:
        return lambda line: line.replace(wrong[1], "")
    found = _INSTEAD.search(note)
    return _swap({found[2]: found[1]}) if found else None


def _swap(words: dict[str, str]) -> Edit:
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    return (lambda line: pattern.sub(lambda found: words[found[0]], line)) if words else (lambda line: line)


def _version(brief: Brief, hunk: Quoted, text: str) -> Answer:
    note = text.split("\n", 1)[0].rpartition(": ")[2]
    edit = _as_told(note)

    def change(run: list[str]) -> list[str]:
        if edit is not None:
            return [edit(line) for line in run]
        if "smallest" in note:
            return [line for line in run if line.strip() and line.lstrip()[:1] not in ("#", "/")] or run
        word = "for the reader" if "clear" in note else "no faster way is known" if "fast" in note else note
        return [_comment(hunk.path, run[0], f"rehearsal: {word[:60]}"), *run]

    lines = hunk.with_added(change)
    if hunk.op == "Add":
        rows = "".join(f"+{line}\n" for line in lines)
        return Answer("", f"*** Begin Patch\n*** Add File: {hunk.path}\n{rows}*** End Patch\n")
    found = _PLACE.search(text)
    file = brief.files.get(hunk.path)
    if file is None:
        return Answer(f"I was not shown the whole of `{hunk.path}`.")
    first = int(found[1]) - 1 if found else _find(file.lines, hunk.old)
    return _in_place(hunk.path, file.lines, first, len(hunk.old), lines)


def _anew(brief: Brief, hunk: Quoted, text: str) -> Answer:
    file = brief.files.get(hunk.path)
    now = [row[2:] for row in text.split("\n") if row.startswith("| ")] or hunk.old
    first = _find(file.lines, now) if file is not None else -1
    swaps = _swaps(hunk)
    if file is None or first < 0 or not swaps:
        return Answer("These lines are too different now for something mechanical.")
    return _in_place(hunk.path, file.lines, first, len(now), [_swap(swaps)(line) for line in now])


def _find(lines: Sequence[str], wanted: Sequence[str]) -> int:
    places = range(len(lines) - len(wanted) + 1)
    return next((at for at in places if list(lines[at : at + len(wanted)]) == list(wanted)), -1)


def _in_place(path: str, lines: Sequence[str], first: int, count: int, new: Sequence[str]) -> Answer:
    if first < 0:
        return Answer("I do not find these lines.")
    after = [*lines[:first], *new, *lines[first + count :]]
    patch = write_patch([FilePatch(path, lines, blocks_between(lines, after))])
    return Answer("" if patch else "Nothing would change.", patch)


def _rest(hunk: Quoted, text: str, patch: str) -> Answer:
    """Go on from the rows that stay: as the patch that was stopped did, with the note applied to what follows."""
    found = re.search(r"The rest is to become another one: (.*)", text)
    note = found[1] if found else ""
    edit = _as_told(note) if note else None
    rows = patch.split("\n")
    kept = list(hunk.rows)
    at = next((at for at in range(len(rows)) if rows[at : at + len(kept)] == kept), -1)
    if at < 0:
        return Answer("I do not find what was stopped.")
    stop = at + len(kept)
    while stop < len(rows) and rows[stop][:1] in ("+", "-", " "):
        stop += 1
    tail = [_told(row, edit) for row in rows[at + len(kept) : stop]]
    if note and edit is None:
        line = next((row[1:] for row in tail if row[:1] == "+"), "")
        place = next((place for place, row in enumerate(tail) if row[:1] == "+"), len(tail))
        tail.insert(place, "+" + _comment(hunk.path, line, f"rehearsal: {note[:60]}"))
    head = ["*** Begin Patch", f"*** {hunk.op} File: {hunk.path}", *([hunk.header] if hunk.header else [])]
    return Answer("", "\n".join([*head, *kept, *tail, *rows[stop:]]))


def _told(row: str, edit: Edit | None) -> str:
    return row[0] + edit(row[1:]) if edit is not None and row[:1] == "+" else row
