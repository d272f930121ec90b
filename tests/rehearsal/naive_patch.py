"""A patch applier written apart from the package: exact matches only, and every place must be the only one."""


class BadPatch(AssertionError):
    """The patch is malformed, or a hunk has no place, or more than one."""


def apply_patch(files: dict[str, list[str]], patch: str) -> dict[str, list[str]]:
    """The files after the patch; those it does not name are left as they are."""
    rows = patch.split("\n")
    if rows[0] != "*** Begin Patch" or rows[-2:] != ["*** End Patch", ""]:
        raise BadPatch("no envelope")
    result = {path: list(lines) for path, lines in files.items()}
    rows = rows[1:-2]
    at = 0
    seen = set()
    while at < len(rows):
        if not rows[at].startswith("*** Update File: "):
            raise BadPatch(f"not a section: {rows[at]!r}")
        path = rows[at].removeprefix("*** Update File: ")
        if path in seen:
            raise BadPatch("a file twice")
        seen.add(path)
        stop = at + 1
        while stop < len(rows) and not rows[stop].startswith("*** Update File: "):
            stop += 1
        result[path] = _apply_section(files[path], rows[at + 1 : stop])
        at = stop
    return result


def _apply_section(lines: list[str], rows: list[str]) -> list[str]:
    hunks: list[list[str]] = []
    for row in rows:
        if row == "@@":
            hunks.append([])
        else:
            hunks[-1].append(row)
    if not hunks:
        raise BadPatch("no hunks")
    result: list[str] = []
    cursor = 0
    for hunk in hunks:
        at_end = hunk[-1] == "*** End of File"
        body = hunk[:-1] if at_end else hunk
        if not any(row[0] in "+-" for row in body):
            raise BadPatch("a hunk that changes nothing")
        old = [row[1:] for row in body if row[0] in " -"]
        new = [row[1:] for row in body if row[0] in " +"]
        if any(row[0] not in " +-" for row in body):
            raise BadPatch("a row of no kind")
        place = _place(lines, old, cursor, at_end)
        result += lines[cursor:place] + new
        cursor = place + len(old)
    return result + lines[cursor:]


def _place(lines: list[str], old: list[str], cursor: int, at_end: bool) -> int:
    if not old and lines:
        raise BadPatch("an old side without lines")
    places = [
        start
        for start in range(cursor, len(lines) - len(old) + 1)
        if lines[start : start + len(old)] == old and (not at_end or start + len(old) == len(lines))
    ]
    if len(places) != 1:
        raise BadPatch(f"{len(places)} places for {old!r}")
    return places[0]
