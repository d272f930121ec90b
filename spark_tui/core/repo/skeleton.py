"""Skeletons as text: the lines of a file that are kept, with a mark where lines were left out."""

from collections.abc import Iterable, Sequence

from spark_tui.core.repo.facts import Definition, FileFacts, Kept

ELISION = "…"
"""Stands on a line of its own where lines were left out: one token with its line break."""
SMALL = 8
"""Definitions in a small skeleton."""


def skeleton_text(lines: Sequence[str], kept: Kept) -> str:
    """Join the kept lines (without endings) by line feeds; every gap becomes one line with `ELISION`.

    A gap of blank lines only is no gap.
    """
    rows: list[str] = []
    at = 0
    for first, after in (*kept, (len(lines), len(lines))):
        if any(line and not line.isspace() for line in lines[at:first]):
            rows.append(ELISION)
        rows += lines[first:after]
        at = after
    return "".join(f"{row}\n" for row in rows)


def ranges(rows: Iterable[int]) -> Kept:
    """Put line numbers together to ranges, in order and apart."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row:
            found[-1] = (found[-1][0], row + 1)
        else:
            found.append((row, row + 1))
    return tuple(found)


def small_skeleton(facts: FileFacts, names: Sequence[str] = (), most: int = SMALL) -> Kept:
    """The lines of at most `most` definitions: those of the given names first, then the outermost, in order.

    Nothing for a file without definitions.
    """
    wanted = {name: place for place, name in enumerate(names)}

    def place(one: Definition) -> tuple[int, int, int]:
        return wanted.get(one.name, len(wanted)), one.parent.count(".") + bool(one.parent), one.line

    best = sorted(facts.definitions, key=place)
    rows: dict[int, None] = {}
    for one in best:
        rows.setdefault(one.line)
        if len(rows) == most:
            break
    return ranges(rows)


def telling_rows(lines: Sequence[str], names: Sequence[str], most: int = SMALL) -> Kept:
    """The lines that name something, with what follows each; of a text that names none of it the first lines.

    Of many the outermost ones are taken: there things are declared, further in they are mentioned.
    """
    text = "\n".join(lines)
    found: list[tuple[int, int]] = []
    for name in names:
        at = text.find(name)
        while at >= 0 and len(found) < _MOST_SEEN:
            if not (_is_inside(text, at - 1) or _is_inside(text, at + len(name))):
                row = text.count("\n", 0, at)
                line = lines[row]
                found.append((len(line) - len(line.lstrip()), row))
                at = text.find("\n", at)
            at = text.find(name, at + 1) if at >= 0 else -1
    kept = set(range(min(most, len(lines)))) if not found else set()
    for _, row in sorted(found)[:most]:
        kept.add(row)
        for below in range(row + 1, min(row + _FOLLOWING, len(lines))):
            if not lines[below].strip():
                break
            kept.add(below)
    return ranges(kept)


def _is_inside(text: str, at: int) -> bool:
    """Whether a word goes on there."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


_MOST_SEEN = 200
_FOLLOWING = 4
