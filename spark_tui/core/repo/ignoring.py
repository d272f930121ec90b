"""Ignore files: rules as in `.gitignore`, from several folders, applied to paths."""

import re
from collections.abc import Iterable, Mapping

from spark_tui.core.globs import Piece, Wild, expression

_LONGEST = 1000
MOST_RULES = 5000
_Rule = tuple[re.Pattern[str], bool, bool]
"""A pattern, whether it hides, and whether it is for folders alone."""
_Above = tuple[tuple[int, list[_Rule]], ...]
"""Where a path goes on below each folder with rules, and these."""


class Ignoring:
    """Rules by the folder in which their file stands; a deeper file overrules, in one file a later line does."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files` maps folders (`` for the top, `a/b` for others) to the texts of their ignore files."""
        self._rules = {
            folder: rules for folder, text in sorted(files.items()) if (rules := list(_rules(text)))
        }
        self._folders: dict[str, bool] = {"": False}
        top = self._rules.get("")
        self._chains: dict[str, _Above] = {"": ((0, top),) if top else ()}

    def hides(self, path: str) -> bool:
        """Whether a file is ignored, by itself or because a folder around it is."""
        folder = path.rpartition("/")[0]
        return self._hides_folder(folder) or self._judged(path, False)

    def visible(self, paths: Iterable[str]) -> list[str]:
        """Return those that are not ignored."""
        return [path for path in paths if not self.hides(path)] if self._rules else list(paths)

    def _hides_folder(self, folder: str) -> bool:
        unknown = []
        while (known := self._folders.get(folder)) is None:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        for below in reversed(unknown):
            known = known or self._judged(below, True)
            self._folders[below] = known
        return known

    def _judged(self, path: str, is_folder: bool) -> bool:
        verdict = False
        for start, rules in self._above(path.rpartition("/")[0]):
            rest = path[start:]
            for pattern, hides, folders_only in rules:
                if (is_folder or not folders_only) and pattern.fullmatch(rest):
                    verdict = hides
        return verdict

    def _above(self, folder: str) -> _Above:
        """The rules of a folder and of those around it, the outermost first."""
        unknown = []
        while (known := self._chains.get(folder)) is None:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        for below in reversed(unknown):
            own = self._rules.get(below)
            known = (*known, (len(below) + 1, own)) if own else known
            self._chains[below] = known
        return known


def _rules(text: str) -> Iterable[_Rule]:
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
            yield re.compile(expression(_pieces(body, anchored)), re.DOTALL), hides, folders_only
        except re.error:
            # A pattern that is no pattern matches nothing.
            continue


def _pieces(body: str, anchored: bool) -> list[Piece]:
    found: list[Piece] = [] if anchored else [Wild.FOLDERS]
    at = 0
    while at < len(body):
        rest = body[at:]
        piece, length = _piece(rest, at == 0 or body[at - 1] == "/")
        found += piece
        at += length
    return found


def _piece(rest: str, begins_name: bool) -> tuple[list[Piece], int]:
    """Read what stands at the beginning of a rest; return it, and how many characters it takes."""
    if rest.startswith("**/") and begins_name:
        return [Wild.FOLDERS], 3
    if rest == "**" and begins_name:
        return [".", Wild.ANYTHING], 2
    if rest[0] == "*":
        return [Wild.STAR], len(rest) - len(rest.lstrip("*"))
    if rest[0] == "?":
        return ["[^/]"], 1
    if rest[0] == "\\" and len(rest) > 1:
        return [re.escape(rest[1])], 2
    if rest[0] == "[":
        one = re.match(r"\[(!|\^)?(\]?[^\]]*)\]", rest)
        return ([_class(one[2], one[1] is not None)], one.end()) if one else (["(?!)"], len(rest))
    return [re.escape(rest[0])], 1


def _class(inside: str, is_not: bool) -> str:
    """One character out of some, ranges among them."""
    ranges = re.sub(r"(?s)(.)(?:(-)(.))?", lambda one: _range(one[1], one[3] if one[2] else ""), inside)
    return f"(?!/)[{'^' * is_not}{ranges}]"


def _range(first: str, last: str) -> str:
    return re.escape(first) + (f"-{re.escape(last)}" if last else "")
