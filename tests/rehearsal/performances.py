"""Prompts as the engine sends them, and what comes of an answer when its patch is applied."""

from spark_tui.rehearsal.performer import perform
from tests.rehearsal.naive_patch import apply_patch


def escaped(value: str) -> str:
    for character, entity in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        value = value.replace(character, entity)
    return value


def block(path: str, text: str) -> str:
    """A file block."""
    rows = text.split("\n")
    ended = rows[-1] == ""
    rows = rows[:-1] if ended else rows
    mark = "" if ended else ' final_newline="no"'
    return "\n".join([f'<file path="{escaped(path)}" lines="{len(rows)}"{mark}>', *rows, "</file>"])


def user(text: str) -> dict[str, object]:
    """A user message."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def ask(prompt: str, files: dict[str, str], *marks: str) -> tuple[str, dict[str, str]]:
    """The prose, and the files that changed."""
    context = [user("\n".join(block(path, text) for path, text in files.items()))] if files else []
    answer = perform([*context, *(user(mark) for mark in marks), user(prompt)])
    if not answer.patch:
        return answer.prose, {}
    before = {path: text.removesuffix("\n").split("\n") if text else [] for path, text in files.items()}
    after = apply_patch(before, answer.patch)
    return answer.prose, {
        path: "\n".join(lines) + ("\n" if files[path].endswith("\n") or not files[path] else "")
        for path, lines in after.items()
        if lines != before[path]
    }
