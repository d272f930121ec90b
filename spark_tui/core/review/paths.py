"""Paths as a model writes them: brought into one form, and refused where they lead out of the workspace."""

from spark_tui.core.display import inert

_LONGEST_PATH = 4096
_LONGEST_NAME = 255


def normal_path(path: str) -> str:
    """Return a path without `.` parts and doubled slashes; what leads upwards or is absolute stays so."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return ("/" if path.startswith("/") else "") + "/".join(parts)


def why_unsafe(path: str) -> str:
    """Say why a path may not be touched, going by its text alone; empty if it may."""
    shown = inert(path) if len(path) <= 80 else inert(path[:79]) + "…"
    parts = normal_path(path).split("/")
    if parts == [""]:
        return "The path is empty."
    if "\0" in path:
        return f"The path {shown} holds a NUL character."
    if path.startswith("/") or ".." in parts:
        return f"The path {shown} leads out of the workspace."
    if len(path.encode("utf-8", "replace")) >= _LONGEST_PATH:
        return f"The path {shown} is too long."
    if any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in parts):
        return f"A name in the path {shown} is too long."
    return ""
