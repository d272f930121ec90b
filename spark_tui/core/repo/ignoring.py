"""Ignore files: rules as in `.gitignore`, from several folders, applied to paths."""

import re
from collections.abc import Iterable, Mapping

_LONGEST = 1000
MOST_RULES = 5000


class Ignoring:
    """Rules by the folder in which their file stands; a deeper file overrules, in one file a later line does."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files` maps folders (`` for the top, `a/b` for others) to the texts of their ignore files."""
        self._rules = {
            folder: rules for folder, text in sorted(files.items()) if (rules := list(_rules(text)))
        }
        self._folders: dict[str, bool] = {"": False}

    def hides(self, path: str) -> bool:
        """Whether a file is ignored, by itself or because a folder around it is."""
        folder = path.rpartition("/")[0]
        return self._hides_folder(folder) or self._judged(path, False)

    def visible(self, paths: Iterable[str]) -> list[str]:
        """Return those that are not ignored."""
        return [path for path in paths if not self.hides(path)] if self._rules else list(paths)

    def _hides_folder(self, folder: str) -> bool:
        known = self._folders.get(folder)
        if known is None:
            above = folder.rpartition("/")[0]
            known = self._hides_folder(above) or self._judged(folder, True)
            self._folders[folder] = known
        return known

    def _judged(self, path: str, is_folder: bool) -> bool:
        parts = path.split("/")
        verdict = False
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth])
            rest = "/".join(parts[depth:])
            for pattern, hides, folders_only in self._rules.get(folder, ()):
                if (is_folder or not folders_only) and pattern.fullmatch(rest):
                    verdict = hides
        return verdict


def _rules(text: str) -> Iterable[tuple[re.Pattern[str], bool, bool]]:
    for line in text.split("\n")[:MOST_RULES]:
        line = line.rstrip("\r")
        stripped = line.rstrip(" ")
        if stripped.endswith("\\") and len(stripped) < len(line):
            stripped += " "
        if not stripped or stripped.startswith("#") or len(stripped) > _LONGEST:
            continue
        hides = not stripped.startswith("!")
        body = stripped[not hides :]
        folders_only = body.endswith("/")
        body = body.rstrip("/") if folders_only else body
        anchored = "/" in body
        body = body.removeprefix("/")
        if not body:
            continue
        try:
            yield re.compile(_expression(body, anchored), re.DOTALL), hides, folders_only
        except re.error:
            # A pattern that is no pattern matches nothing.
            continue


def _expression(body: str, anchored: bool) -> str:
    found = "" if anchored else "(?:.*/)?"
    at = 0
    while at < len(body):
        rest = body[at:]
        if rest.startswith("**/") and (at == 0 or body[at - 1] == "/"):
            found, at = found + "(?:.*/)?", at + 3
        elif rest == "**" and (at == 0 or body[at - 1] == "/"):
            found, at = found + ".+", at + 2
        elif rest[0] == "*":
            found, at = found + "[^/]*", at + len(rest) - len(rest.lstrip("*"))
        elif rest[0] == "?":
            found, at = found + "[^/]", at + 1
        elif rest[0] == "\\" and len(rest) > 1:
            found, at = found + re.escape(rest[1]), at + 2
        elif rest[0] == "[" and (one := re.match(r"\[(!|\^)?(\]?[^\]]*)\]", rest)):
            inside = one[2].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
            inside = f"\\]{inside[1:]}" if inside.startswith("]") else inside
            found, at = found + f"(?!/)[{'^' if one[1] else ''}{inside}]", at + one.end()
        elif rest[0] == "[":
            return "(?!)"
        else:
            found, at = found + re.escape(rest[0]), at + 1
    return found
